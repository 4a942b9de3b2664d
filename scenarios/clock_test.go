package scenarios_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios"
	"mppsim/scenarios/world"
)

func TestTheAcquirersClockIsSetRightAgain(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		steps  string
		stuck  bool
		first  journal.Verdict
		second journal.Verdict
		exit   int
	}{
		"after a scenario":              {"Given a year passes; Then all is well", false, journal.Pass, journal.Pass, 0},
		"after one that fails":          {"Given a year passes; Then it errs", false, journal.Fail, journal.Pass, 1},
		"after one that gets nowhere":   {"Given a year passes; When it gets nowhere; Then all is well", false, journal.NotReached, journal.Pass, 4},
		"or nothing after it is judged": {"Given a year passes; Then all is well", true, journal.Inconclusive, journal.Inconclusive, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				text := feature("ACQ-UPM-01: "+tt.steps, "ACQ-UPM-03: Then it is the present")
				b := newBench(t, strings.ReplaceAll(text, "    Scenario:", "    @alone\n    Scenario:"))
				b.till.stuck.Store(tt.stuck)
				b.options.Patience = time.Minute
				b.options.Steps = append(b.options.Steps,
					scenarios.Phrase{Pattern: regexp.MustCompile("^a year passes$"), Func: func(ctx context.Context) error {
						return world.From(ctx).SetAcquirerClock(ctx, 365*24*time.Hour)
					}},
					scenarios.Phrase{Pattern: regexp.MustCompile("^it is the present$"), Func: func(ctx context.Context) error {
						if ahead := time.Duration(b.till.ahead.Load()); ahead != 0 {
							return world.From(ctx).NotReached(ahead.String(), "")
						}
						return nil
					}})
				result := b.run(t.Context())
				if got := result.Scenarios[1].Ended; got.Verdict != tt.second {
					t.Errorf("the next scenario ended %s (%s), want %s", got.Verdict, got.Reason, tt.second)
				}
				if got := result.Scenarios[0].Ended; !tt.stuck && got.Verdict != tt.first {
					t.Errorf("it ended %s (%s), want %s", got.Verdict, got.Reason, tt.first)
				}
				if result.Summary.Exit != tt.exit {
					t.Errorf("exit %d: %s", result.Summary.Exit, result.Summary.Verdict)
				}
				if told := strings.Join(result.Summary.Reservations, " "); strings.Contains(told, "away") {
					t.Errorf("its absence on purpose counts as an outage: %s", told)
				}
			})
		})
	}
}

func TestAClockIsNotMovedBesideOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, feature("ACQ-UPM-01: Given a year passes; Then all is well"))
		b.options.Steps = append(b.options.Steps, scenarios.Phrase{Pattern: regexp.MustCompile("^a year passes$"), Func: func(ctx context.Context) error {
			return world.From(ctx).SetAcquirerClock(ctx, 365*24*time.Hour)
		}})
		result := b.run(t.Context())
		if got := result.Scenarios[0].Ended; b.till.ahead.Load() != 0 || !strings.Contains(got.Reason, "tagged @alone") {
			t.Errorf("ended %s (%s)", got.Verdict, got.Reason)
		}
	})
}
