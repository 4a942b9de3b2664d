package pace

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Rate{
		"": {}, "50/s": {50, time.Second}, "600/m": {600, time.Minute}, "20/500ms": {20, 500 * time.Millisecond}, "1/h": {1, time.Hour},
	} {
		if got, err := Parse(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"50", "/s", "0/s", "-1/s", "x/s", "50/", "50/x", "50/-1s", "50/0s", "2000000/s", "1.5/s"} {
		if got, err := Parse(text); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// TestPaceAdmitsNoMoreThanItsRate whatever the calls' times: a stretch of the rate's length, which begins after a pause
// of that length, sees exactly as many; any stretch sees less than twice as many.
func TestPaceAdmitsNoMoreThanItsRate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		calls := rapid.IntRange(1, 20).Draw(t, "calls")
		p := Pace{Rate: Rate{calls, time.Second}}
		now := time.Date(2031, 3, 5, 10, 0, 0, 0, time.UTC)
		var admitted []time.Time
		for range 200 {
			now = now.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "pause")) * time.Millisecond)
			if p.Admit(now) {
				admitted = append(admitted, now)
			}
		}
		if len(admitted) < calls {
			t.Fatalf("only %d calls admitted", len(admitted))
		}
		for i := 2 * calls; i < len(admitted); i++ {
			if admitted[i].Sub(admitted[i-2*calls]) < time.Second-time.Duration(calls) {
				t.Fatalf("%d calls in %s", 2*calls+1, admitted[i].Sub(admitted[i-2*calls]))
			}
		}
	})
	p := Pace{Rate: Rate{5, time.Second}}
	now := time.Date(2031, 3, 5, 10, 0, 0, 0, time.UTC)
	for i := range 7 {
		if got := p.Admit(now); got != (i < 5) {
			t.Errorf("call %d: %v", i+1, got)
		}
	}
	if !p.Admit(now.Add(200 * time.Millisecond)) {
		t.Error("nothing is admitted after a fifth of the time")
	}
}
