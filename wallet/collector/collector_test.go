package collector_test

import (
	"runtime/debug"
	"testing"

	"mppsim/wallet/collector"
)

// present is what the collector is set to.
func present() (percent int, limit int64) {
	percent = debug.SetGCPercent(100)
	debug.SetGCPercent(percent)
	return percent, debug.SetMemoryLimit(-1)
}

// TestRelax changes what holds for the whole process, so that it cannot run beside others.
func TestRelax(t *testing.T) {
	percent, limit := present()
	for _, c := range []struct {
		name           string
		set            map[string]string
		percent, limit bool // changed
	}{
		{"nobody said anything", nil, true, true},
		{"GOGC is set", map[string]string{"GOGC": "100"}, false, true},
		{"GOMEMLIMIT is set", map[string]string{"GOMEMLIMIT": "4GiB"}, true, false},
	} {
		restore := collector.Relax(func(name string) string { return c.set[name] })
		if p, l := present(); (p != percent) != c.percent || (l != limit) != c.limit {
			t.Errorf("%s: %d percent, limit %d", c.name, p, l)
		}
		restore()
		if p, l := present(); p != percent || l != limit {
			t.Errorf("%s: %d percent and limit %d are left", c.name, p, l)
		}
	}
}

// TestBound changes what holds for the whole process, as TestRelax does.
func TestBound(t *testing.T) {
	percent, limit := present()
	for set, want := range map[string]int64{"": 1 << 40, "4GiB": limit} {
		restore := collector.Bound(1<<40, func(string) string { return set })
		if p, l := present(); p != percent || l != want {
			t.Errorf("GOMEMLIMIT %q: %d percent, limit %d, want %d", set, p, l, want)
		}
		restore()
		if p, l := present(); p != percent || l != limit {
			t.Errorf("GOMEMLIMIT %q: %d percent and limit %d are left", set, p, l)
		}
	}
}
