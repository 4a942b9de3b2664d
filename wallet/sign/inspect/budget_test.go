package inspect

import (
	"testing"
	"time"
)

func TestBudgetSpreadsCostlyWork(t *testing.T) {
	t.Parallel()
	var b budget
	start := time.Date(2031, 3, 5, 10, 0, 0, 0, time.UTC)
	at := func(d time.Duration) time.Time { return start.Add(d) }
	steps := []struct {
		name  string
		begin time.Duration
		want  bool
		end   time.Duration // 0: not ended yet
	}{
		{"the first is free", 0, true, 5 * time.Millisecond},
		{"a short one is not paid for", 5 * time.Millisecond, true, 105 * time.Millisecond},
		{"a long one is", 200 * time.Millisecond, false, 0},
		{"still", 2 * time.Second, false, 0},
		{"until its share of the time has passed", 2105 * time.Millisecond, true, 0},
		{"one at a time", 5 * time.Second, false, 0},
	}
	for _, s := range steps {
		if got := b.begin(at(s.begin)); got != s.want {
			t.Fatalf("%s: begin says %v", s.name, got)
		}
		if s.end > 0 {
			b.end(at(s.begin), at(s.end))
		}
	}
}
