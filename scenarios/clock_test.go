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

// TestAClockThatWasLeftMovedIsSetRight plays the run after one that was killed while the acquirer lived in the future.
func TestAClockThatWasLeftMovedIsSetRight(t *testing.T) {
	t.Parallel()
	const year = 365 * 24 * time.Hour
	for name, tt := range map[string]struct {
		ahead          time.Duration
		tells, restart bool
		stuck          bool
		set            int64 // how often its clock is set
		left           time.Duration
		exit           int
		note           string
	}{
		"a year ahead":                              {ahead: year, tells: true, restart: true, set: 1, note: "wrong by 8760h0m0s"},
		"a year ahead, without telling":             {ahead: year, set: 1},
		"a year ahead, without telling, by restart": {ahead: year, restart: true, left: year},
		"right":                         {tells: true},
		"some seconds behind":           {ahead: -3 * time.Second, tells: true, left: -3 * time.Second},
		"a year ahead, and it is stuck": {ahead: year, tells: true, stuck: true, left: year, exit: 4, note: "cannot be set right: stuck"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, feature("ACQ-UPM-01: Then all is well"))
				b.options.ClockByRestart, b.options.Patience = tt.restart, time.Minute
				b.till.ahead.Store(int64(tt.ahead))
				b.till.tells.Store(tt.tells)
				b.till.stuck.Store(tt.stuck)
				result := b.run(t.Context())
				if left := time.Duration(b.till.ahead.Load()); left != tt.left || b.till.set.Load() != tt.set {
					t.Errorf("its clock was set %d times and is %s ahead", b.till.set.Load(), left)
				}
				if result.Summary.Exit != tt.exit {
					t.Errorf("exit %d: %s", result.Summary.Exit, result.Summary.Verdict)
				}
				noted := b.journal.count(func(e journal.Entry) bool {
					return e.Note != nil && tt.note != "" && strings.Contains(e.Note.Text, tt.note)
				})
				if (noted > 0) != (tt.note != "") {
					t.Errorf("%d notes that say %q", noted, tt.note)
				}
			})
		})
	}
}
