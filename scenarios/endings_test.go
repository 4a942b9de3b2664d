package scenarios_test

import (
	"context"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios"
	"mppsim/scenarios/check"
	"mppsim/scenarios/world"
	"mppsim/wallet/clock"
	"mppsim/wallet/trace"
)

func TestARunThatCannotBegin(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		text   string
		change func(*scenarios.Options)
		exit   int
		want   string
	}{
		{"nothing selected", feature("ACQ-UPM-01: Then all is well"), func(o *scenarios.Options) { o.Selection = []string{"@nothing"} }, 2, "nothing to run"},
		{"an unknown id", feature("ACQ-UPM-01: Then all is well"), func(o *scenarios.Options) { o.Selection = []string{"ACQ-UPM-77"} }, 2, "ACQ-UPM-77"},
		{"nothing applies", feature("ACQ-UPM-09: Then all is well"), func(*scenarios.Options) {}, 2, "capability"},
		{"an undefined step", feature("ACQ-UPM-01: Then nobody knows"), func(*scenarios.Options) {}, 5, "test.feature:5: step is undefined: nobody knows"},
		{"an ambiguous step", feature("ACQ-UPM-01: Then all is well"), func(o *scenarios.Options) { o.Steps = append(o.Steps, o.Steps[0]) }, 5, "ambiguous (2 definitions)"},
		{"an unknown requirement", feature("ACQ-UPM-66: Then all is well"), func(*scenarios.Options) {}, 5, "@ACQ-UPM-66 names no requirement"},
		{"a feature that does not parse", "Feature: x\n  Scenario: y\n    Given a\n    nonsense\n", func(*scenarios.Options) {}, 5, "test.feature"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, tt.text)
				tt.change(&b.options)
				_, err := scenarios.Run(t.Context(), b.options)
				if scenarios.ExitOf(err) != tt.exit || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("exit %d, error %v; want %d, …%s…", scenarios.ExitOf(err), err, tt.exit, tt.want)
				}
				if len(b.journal.all()) > 0 || b.calls.Load() > 0 {
					t.Error("something ran")
				}
			})
		})
	}
}

func TestAnAcquirerThatIsNotThereIsNotAccused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, feature("ACQ-UPM-01: Then it errs"))
		b.till.dead.Store(true)
		result := b.run(t.Context())
		if result.Summary.Exit != 3 || !strings.Contains(result.Summary.Verdict, "cannot be reached") {
			t.Errorf("exit %d: %s", result.Summary.Exit, result.Summary.Verdict)
		}
		if got := verdictOf(result, "ACQ-UPM-01").Verdict; got != journal.NotRun {
			t.Errorf("ACQ-UPM-01 is %s", got)
		}
		if e := b.journal.all(); e[len(e)-1].Summary == nil {
			t.Error("the journal has no summary")
		}
	})
}

func TestAnAcquirerThatDiesIsNotAccused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, feature(
			"ACQ-UPM-01: When a shop charges; And the acquirer dies; Then it errs",
			"ACQ-UPM-03: Given time passes; Then it errs",
			"ACQ-UPM-04: Then all is well"))
		b.options.Parallel = 2
		result := b.run(t.Context())
		if result.Summary.Exit != 4 || !strings.Contains(result.Summary.Verdict, "went away") {
			t.Errorf("exit %d: %s", result.Summary.Exit, result.Summary.Verdict)
		}
		for _, s := range result.Scenarios[:2] {
			if s.Ended.Verdict != journal.Inconclusive || len(s.Findings) > 0 {
				t.Errorf("%s ended %s (%s) with %d findings", s.ID, s.Ended.Verdict, s.Ended.Reason, len(s.Findings))
			}
		}
	})
}

func TestASimulatorThatDiesIsOurFault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, feature("ACQ-UPM-01: Given the simulator dies; Then time passes", "ACQ-UPM-03: Then all is well"))
		b.options.Parallel = 1
		result := b.run(t.Context())
		if result.Summary.Exit != 5 || !strings.Contains(result.Summary.Verdict, "test system itself failed") {
			t.Errorf("exit %d: %s", result.Summary.Exit, result.Summary.Verdict)
		}
	})
}

// A call that gets no answer, of a simulator that answers the next one, is for lack of time: nothing is known, and nobody to blame.
func TestASimulatorThatIsSlowOnceIsNobodysFault(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"open timeline", "close timeline"} {
		for name, down := range map[string]bool{" and answers again": false, " and is gone": true} {
			t.Run(operation+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					b := newBench(t, feature("ACQ-UPM-01: Then all is well"))
					b.sim.silent = operation
					b.sim.gone = down
					result := b.run(t.Context())
					ended, exit := journal.Inconclusive, 4
					if down {
						ended, exit = journal.HarnessError, 5
					}
					s := result.Scenarios[0]
					if s.Ended.Verdict != ended || result.Summary.Exit != exit || !strings.Contains(s.Ended.Reason, operation+": no answer: EOF") {
						t.Errorf("exit %d: %s; %s: %s", result.Summary.Exit, result.Summary.Verdict, s.Ended.Verdict, s.Ended.Reason)
					}
					if down && (!strings.Contains(result.Summary.Verdict, s.ID) || !strings.Contains(result.Summary.Verdict, operation)) {
						t.Errorf("the verdict does not name the cause: %s", result.Summary.Verdict)
					}
				})
			})
		}
	}
}

// A step that does not heed the end of its time is our fault, and is named, unless the machine had no time for us.
func TestAStepThatDoesNotEndIsNamed(t *testing.T) {
	t.Parallel()
	for name, starved := range map[string]bool{"by its own fault": false, "on a starved machine": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, feature("ACQ-UPM-01: Given all is well; When it hangs; Then all is well"))
				c := &lateClock{Clock: clock.System()}
				c.late.Store(starved)
				b.options.Clock, b.options.Limit = c, time.Second
				b.options.Steps = append(b.options.Steps, scenarios.Phrase{
					Pattern: regexp.MustCompile("^it hangs$"), Func: func(context.Context) error { time.Sleep(time.Minute); return nil },
				})
				result := b.run(t.Context())
				time.Sleep(time.Minute) // so that the step can end
				want, exit := journal.HarnessError, 5
				if starved {
					want, exit = journal.Inconclusive, 4
				}
				s := result.Scenarios[0]
				if s.Ended.Verdict != want || result.Summary.Exit != exit || !strings.Contains(s.Ended.Reason, "longer than its limit): it hangs") {
					t.Errorf("exit %d, %s: %s", result.Summary.Exit, s.Ended.Verdict, s.Ended.Reason)
				}
				if !starved && !strings.Contains(result.Summary.Verdict, "it hangs") {
					t.Errorf("the verdict does not name the step: %s", result.Summary.Verdict)
				}
			})
		})
	}
}

func TestAJournalThatCannotBeWrittenIsOurFault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, feature("ACQ-UPM-01: Then all is well"))
		b.journal.full = true
		if result := b.run(t.Context()); result.Summary.Exit != 5 || !strings.Contains(result.Summary.Verdict, "no space left") {
			t.Errorf("exit %d: %s", result.Summary.Exit, result.Summary.Verdict)
		}
	})
}

// lateClock fires timers of 50 ms late, as a machine without time for us does.
type lateClock struct {
	clock.Clock
	late atomic.Bool
}

func (c *lateClock) AfterFunc(d time.Duration, f func()) func() bool {
	if d == 50*time.Millisecond && c.late.Load() {
		d += 700 * time.Millisecond
	}
	return c.Clock.AfterFunc(d, f)
}

// tally counts the outcomes that hold.
type tally struct{ hold atomic.Int64 }

func (*tally) Planned(int)                         {}
func (*tally) Started(string)                      {}
func (*tally) Note(string)                         {}
func (t *tally) Ended(string, journal.Verdict)     { t.hold.Add(1) }
func (t *tally) Withdrawn(string, journal.Verdict) { t.hold.Add(-1) }

func TestWhatABusyMachineSawIsPlayedAgain(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		healed bool
		want   journal.Verdict
	}{
		"and counts when the machine has time":       {true, journal.Pass},
		"and is not believed when it still has none": {false, journal.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, feature("ACQ-UPM-01: Given time passes; Then it errs while it is busy", "ACQ-UPM-03: Given time passes; Then all is well"))
				slow := &lateClock{Clock: clock.System()}
				slow.late.Store(true)
				b.options.Clock = slow
				b.options.Facts.Factor = 0.02 // "time passes": 1.2 s
				var tries atomic.Int64
				b.options.Steps = append(b.options.Steps, scenarios.Phrase{Pattern: regexp.MustCompile("^it errs while it is busy$"), Func: func(ctx context.Context) error {
					w := world.From(ctx)
					if tries.Add(1) > 1 && tt.healed {
						return nil
					}
					slow.late.Store(!tt.healed)
					return w.Fail("better", "worse", w.Ex(trace.Exchange{ID: "e"}))
				}})
				told := &tally{}
				b.options.Progress = told
				result := b.run(t.Context())
				if got := result.Scenarios[0].Ended; got.Verdict != tt.want || tries.Load() != 2 {
					t.Errorf("ended %s (%s) after %d tries", got.Verdict, got.Reason, tries.Load())
				}
				if told.hold.Load() != 2 {
					t.Errorf("the display counts %d scenarios, want 2", told.hold.Load())
				}
				if got := result.Scenarios[1].Ended.Verdict; got != journal.Pass || len(result.Scenarios) != 2 {
					t.Errorf("the other one ended %s, %d scenarios in all", got, len(result.Scenarios))
				}
				begun := 0
				for _, e := range b.journal.all() {
					if e.Started != nil {
						begun++
					}
				}
				if begun != 3 {
					t.Errorf("%d beginnings in the journal, want 3", begun)
				}
			})
		})
	}
}

func TestWhatABusyAcquirerDidIsPlayedAgain(t *testing.T) {
	t.Parallel()
	const busy = 700 * time.Millisecond
	for name, tt := range map[string]struct {
		stays, alone bool
		factor       float64
		errs         int64 // attempts that err
		want         journal.Verdict
	}{
		"and counts when the acquirer has time":            {factor: 0.02, errs: 1, want: journal.Pass},
		"and is not believed when it still has none":       {factor: 0.02, stays: true, errs: 2, want: journal.Inconclusive},
		"and is believed when a scenario has it to itself": {factor: 0.02, stays: true, alone: true, errs: 2, want: journal.Fail},
		"and is believed beside production timers":         {factor: 1, stays: true, errs: 2, want: journal.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				text := feature("ACQ-UPM-01: When it has much to do; Then it errs at times")
				if tt.alone {
					text = strings.Replace(text, "    Scenario:", "    @alone\n    Scenario:", 1)
				}
				b := newBench(t, text)
				b.options.Facts.Factor = tt.factor
				var tries atomic.Int64
				b.options.Steps = append(b.options.Steps,
					scenarios.Phrase{Pattern: regexp.MustCompile("^it has much to do$"), Func: func(context.Context) error {
						if tries.Add(1) == 1 || tt.stays {
							b.till.busy.Store(int64(busy))
						}
						time.Sleep(1500 * time.Millisecond) // two probes
						return nil
					}},
					scenarios.Phrase{Pattern: regexp.MustCompile("^it errs at times$"), Func: func(ctx context.Context) error {
						w := world.From(ctx)
						if !tt.stays {
							b.till.busy.Store(0)
						}
						if tries.Load() > tt.errs {
							return nil
						}
						return w.Fail("better", "worse", w.Ex(trace.Exchange{ID: "e"}))
					}})
				result := b.run(t.Context())
				for _, e := range b.journal.all() {
					if e.Note != nil && strings.Contains(e.Note.Text, "timers came") {
						t.Logf("this machine was busy itself: %s", e.Note.Text)
						return
					}
				}
				if got := result.Scenarios[0].Ended; got.Verdict != tt.want || tries.Load() != 2 {
					t.Errorf("ended %s (%s) after %d tries, want %s after 2", got.Verdict, got.Reason, tries.Load(), tt.want)
				}
			})
		})
	}
}

func TestACheckThatBreaksDownIsOurFault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, feature("ACQ-UPM-01: Then all is well"))
		b.options.Watches = []check.Watch{{Requirement: "ACQ-UPM-03", Name: "fragile", Judge: func(s check.Scene) check.Result {
			return check.Result{Judged: len(s.Orders[0].Code)} // takes for granted that there is an order
		}}}
		if result := b.run(t.Context()); result.Summary.Exit != 5 || !strings.Contains(result.Scenarios[0].Ended.Reason, `check "fragile"`) {
			t.Errorf("exit %d: %s", result.Summary.Exit, result.Scenarios[0].Ended.Reason)
		}
	})
}

func TestAnInterruptionLeavesACompleteJournal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, feature("ACQ-UPM-01: Then it errs", "ACQ-UPM-03: Then time passes", "ACQ-UPM-04: Then somebody breaks it off", "ACQ-UPM-05: Then all is well"))
		b.options.Parallel = 2
		ctx, stop := context.WithCancel(t.Context())
		b.options.Facts.Factor = 1 // "time passes": longer than this test may take
		b.options.Steps = append(b.options.Steps, scenarios.Phrase{Pattern: regexp.MustCompile("^somebody breaks it off$"), Func: func(ctx context.Context) error {
			for b.journal.count(func(e journal.Entry) bool { return e.Started != nil }) < 3 {
				time.Sleep(time.Millisecond)
			}
			stop()
			<-ctx.Done()
			return ctx.Err()
		}})
		result := b.run(ctx)
		if result.Summary.Exit != 130 || !result.Summary.Interrupted {
			t.Errorf("exit %d: %s", result.Summary.Exit, result.Summary.Verdict)
		}
		if got := result.Scenarios[1].Ended; got.Verdict != journal.NotRun {
			t.Errorf("the interrupted scenario ended %s (%s)", got.Verdict, got.Reason)
		}
		closed := map[string]bool{}
		for _, id := range b.sim.closed {
			closed[id] = true // perhaps twice: by the scenario that had ended, and when everything was left
		}
		if ended := b.journal.count(func(e journal.Entry) bool { return e.Ended != nil }); ended != 4 || len(closed) != 3 {
			t.Errorf("%d scenarios have an end, %d timelines closed; want 4 and 3", ended, len(closed))
		}
	})
}

func TestAScenarioHasALimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, feature("ACQ-UPM-01: Then time passes"))
		b.options.Limit = 200 * time.Millisecond
		result := b.run(t.Context())
		if got := result.Scenarios[0].Ended; got.Verdict != journal.Inconclusive || !strings.Contains(got.Reason, "longer than its limit") {
			t.Errorf("ended %s (%s)", got.Verdict, got.Reason)
		}
	})
}
