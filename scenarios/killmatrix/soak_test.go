//go:build soak

package killmatrix_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mppsim/reports/journal"
	"mppsim/reports/matrix"
	"mppsim/scenarios/killmatrix"
)

var (
	only = flag.String("only", "", "defects and habits of the matrix, separated by commas; all of them if empty")
	side = flag.Int("side", 2, "acquirers side by side")
	out  = flag.String("out", "", "folder that gets the matrix as Markdown and HTML")
)

// TestSoakMatrix runs the whole suite against every defect and habit.
func TestSoakMatrix(t *testing.T) {
	data := prove(t, killmatrix.Options{Kills: picked(t, kills(t)), Habits: picked(t, habits(t)), Side: *side})
	publish(t, data)
	expectDeclared(t, slices.Concat(data.Defects, data.Habits))
	if unkilled := data.Unkilled(); *only == "" && len(unkilled) > 0 {
		t.Errorf("killed by nothing: %s", strings.Join(unkilled, " "))
	}
}

func picked(t *testing.T, list []killmatrix.Kill) []killmatrix.Kill {
	t.Helper()
	if *only == "" {
		return list
	}
	names := strings.Split(*only, ",")
	return slices.DeleteFunc(list, func(k killmatrix.Kill) bool { return !slices.Contains(names, k.Name) })
}

func publish(t *testing.T, data matrix.Data) {
	t.Helper()
	if *out == "" {
		return
	}
	for name, write := range map[string]func(*os.File) error{
		"matrix.md":   func(f *os.File) error { return matrix.Markdown(f, data) },
		"matrix.html": func(f *os.File) error { return matrix.HTML(f, data) },
	} {
		f, err := os.Create(filepath.Join(*out, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := write(f); err != nil {
			t.Error(err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestSoakTwenty certifies the correct acquirer twenty times in a row, in shuffled orders: not one finding.
func TestSoakTwenty(t *testing.T) {
	for i := range 20 {
		s := settings(t)
		s.Seed = int64(i)
		if bad := unmet(t, s); len(bad) > 0 {
			t.Errorf("run %d: %s", i+1, strings.Join(bad, " "))
		}
	}
}

// TestSoakParallel certifies the correct acquirer and a broken one with 1, 4 and 16 scenarios at a time, in
// shuffled orders: the same verdicts each time.
func TestSoakParallel(t *testing.T) {
	for _, defects := range [][]string{nil, {"takes-timeout-as-declined"}} {
		var first map[string]journal.Verdict
		for i, parallel := range []int{16, 4, 1} {
			s := settings(t)
			s.Parallel, s.Seed = parallel, int64(i)
			got, err := s.Over()(t.Context(), defects, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = got
			}
			if !maps.Equal(first, got) {
				t.Errorf("%d at a time, defects %v: the verdicts differ from those of 16 at a time: %s", parallel, defects, differences(first, got))
			}
		}
	}
}

func differences(a, b map[string]journal.Verdict) string {
	var list []string
	for id, v := range a {
		if b[id] != v {
			list = append(list, fmt.Sprintf("%s %s/%s", id, v, b[id]))
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// unmet lists what a run of the whole suite against the correct acquirer did not pass.
func unmet(t *testing.T, s killmatrix.Settings) []string {
	t.Helper()
	got, err := s.Over()(t.Context(), nil, nil, nil)
	if err != nil {
		return []string{err.Error()}
	}
	row := killmatrix.Kill{Name: "correct"}.Row(got)
	return row.Wrong()
}
