package scenarios_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios"
	"mppsim/scenarios/world"
	"mppsim/wallet/control"
)

// HoldTimeline implements control.API.
func (s *simulator) HoldTimeline(_ context.Context, id string, hold control.Hold) (control.Timeline, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held == nil {
		s.held = map[string]bool{}
	}
	s.held[id] = hold.Still
	return control.Timeline{ID: id, Held: hold.Still}, nil
}

// follow lets somebody look at a bench's run who takes two minutes for it, and notes where it stopped.
func follow(b *bench, breakAt ...string) *[]string {
	stops := &[]string{}
	b.options.Steps = append(b.options.Steps, scenarios.Phrase{Pattern: regexp.MustCompile("^" + scenarios.PersonLooks + "$"), Func: func() error { return nil }})
	b.options.Debug = &scenarios.Debug{BreakAt: breakAt, Look: func(_ context.Context, s scenarios.Sight) error {
		stop := fmt.Sprintf("before %d", s.Next)
		if s.Failed != nil {
			stop = fmt.Sprintf("after %d: %v", s.Next-1, s.Failed)
		}
		b.sim.mu.Lock()
		if !b.sim.held[s.World.Timeline()] {
			stop += ", and time runs on"
		}
		b.sim.mu.Unlock()
		*stops = append(*stops, stop)
		time.Sleep(2 * time.Minute)
		return nil
	}}
	return stops
}

func TestARunThatIsFollowedStopsWhereItIsTold(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rule    string
		breakAt []string
		want    string
	}{
		"nowhere":                 {"Given all is well; When all is well; Then all is well", nil, ""},
		"where a person looks":    {"Given all is well; When a person looks; Then all is well", nil, "before 1"},
		"before a step":           {"Given all is well; When a call arrives; Then all is well", []string{"when a  CALL"}, "before 1"},
		"before several":          {"Given all is well; When a call arrives; Then all is well", []string{"all is"}, "before 0; before 2"},
		"after a step that fails": {"Given all is well; When a call arrives; Then it errs; And all is well", nil, "after 2: ACQ-UPM-01: expected better; seen: worse"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, feature("ACQ-UPM-01: "+tt.rule))
				stops := follow(b, tt.breakAt...)
				result := b.run(t.Context())
				got := strings.Join(*stops, "; ")
				if !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" || strings.Contains(got, "runs on") {
					t.Errorf("stopped %q, want %q", got, tt.want)
				}
				if result.Summary.Exit != 4 || result.Summary.Certificate || !strings.Contains(result.Summary.Verdict, "nothing is scored") {
					t.Errorf("exit %d: %s", result.Summary.Exit, result.Summary.Verdict)
				}
				if got := verdictOf(result, "ACQ-UPM-01"); got.Verdict != journal.NotRun || !strings.Contains(got.Reason, "not scored") {
					t.Errorf("ACQ-UPM-01 is %s (%s)", got.Verdict, got.Reason)
				}
				for id, held := range b.sim.held {
					if held {
						t.Errorf("the time of %s still stands", id)
					}
				}
			})
		})
	}
}

func TestWaitsOfARunThatIsFollowedAreWide(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, feature("ACQ-UPM-01: Given a person looks; When somebody is slow; Then all is well"))
		b.options.Limit = time.Second
		follow(b)
		b.options.Steps = append(b.options.Steps, scenarios.Phrase{Pattern: regexp.MustCompile("^somebody is slow$"), Func: func(ctx context.Context) error {
			w, began := world.From(ctx), time.Now()
			met, err := w.Await(ctx, "reaction", "somebody", func(*world.View) bool { return time.Since(began) > 4*time.Second })
			if err != nil || met {
				return err
			}
			time.Sleep(5 * time.Second)
			w.Tell()
			return nil
		}})
		began := time.Now()
		result := b.run(t.Context())
		if got := result.Scenarios[0].Ended; got.Verdict != journal.Pass || time.Since(began) < 2*time.Minute {
			t.Errorf("ended %s (%s) after %s", got.Verdict, got.Reason, time.Since(began))
		}
	})
}

func TestABreakpointThatNoStepMeets(t *testing.T) {
	t.Parallel()
	b := newBench(t, feature("ACQ-UPM-01: Then all is well"))
	follow(b, "all is lost")
	_, err := scenarios.Run(t.Context(), b.options)
	if scenarios.ExitOf(err) != 2 || !strings.Contains(err.Error(), `no step of these scenarios holds "all is lost"`) {
		t.Errorf("error %v", err)
	}
}

// TestAPersonSeesWhatHasJustBeenAskedFor: a step ends before what it began has arrived.
func TestAPersonSeesWhatHasJustBeenAskedFor(t *testing.T) {
	t.Parallel()
	for late, want := range map[string]int{"150": 1, "350": 0} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, feature("ACQ-UPM-01: Given a call arrives "+late+" ms later; When a person looks; Then all is well"))
			follow(b)
			seen := -1
			b.options.Debug.Look = func(_ context.Context, s scenarios.Sight) error {
				seen = len(s.World.Exchanges())
				return nil
			}
			b.run(t.Context())
			if seen != want {
				t.Errorf("%s ms later: %d messages to be seen, want %d", late, seen, want)
			}
		})
	}
}
