package scenarios

import (
	"context"
	"errors"
	"testing"
	"time"

	"mppsim/scenarios/acquirer"
)

// stopped is a clock that stands still between steps of the test.
type stopped struct{ now time.Time }

func (s *stopped) Now() time.Time { return s.now }

func (s *stopped) AfterFunc(time.Duration, func()) func() bool { return func() bool { return true } }

func TestASlowProbeIsMeasuredByWhatIsUsual(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for name, tt := range map[string]struct {
		took      []time.Duration // the last one is judged
		over, err error
		want      time.Duration // 0: not worth mentioning
	}{
		"as fast as ever":             {took: []time.Duration{5 * ms, 6 * ms}},
		"slower, but not by much":     {took: []time.Duration{5 * ms, 250 * ms}},
		"much slower":                 {took: []time.Duration{5 * ms, 605 * ms}, want: 600 * ms},
		"always slow":                 {took: []time.Duration{700 * ms, 800 * ms}},
		"slow from the beginning":     {took: []time.Duration{700 * ms}},
		"no answer in time":           {took: []time.Duration{5 * ms, 2005 * ms}, over: context.DeadlineExceeded, err: context.DeadlineExceeded, want: 2 * time.Second},
		"an error, but late":          {took: []time.Duration{5 * ms, 605 * ms}, err: errors.New("HTTP status 500"), want: 600 * ms},
		"away":                        {took: []time.Duration{5 * ms, 605 * ms}, err: acquirer.ErrUnreachable},
		"the run was over in between": {took: []time.Duration{5 * ms, 605 * ms}, over: context.Canceled, err: context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := &stopped{now: time.Unix(1000, 0)}
			h := newHealth(clock, nil)
			var began time.Time
			for i, took := range tt.took {
				began = clock.now
				clock.now = began.Add(took)
				if i < len(tt.took)-1 {
					h.pace(began, nil, nil)
				}
			}
			h.pace(began, tt.over, tt.err)
			late, starved := h.starved(began, clock.now)
			if starved != (tt.want > 0) || late.late() != tt.want {
				t.Errorf("%s, starved %t; want %s", late.late(), starved, tt.want)
			}
			if _, before := h.starved(time.Unix(0, 0), time.Unix(1000, 0)); before {
				t.Error("what came later counts for what was before")
			}
		})
	}
}
