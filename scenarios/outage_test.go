package scenarios_test

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios"
	"mppsim/scenarios/world"
	"mppsim/wallet/trace"
)

// deploy is a bench whose acquirer goes away by steps, with a minute of patience.
func deploy(t *testing.T, rules ...string) *bench {
	t.Helper()
	b := newBench(t, feature(rules...))
	b.options.Patience = time.Minute
	b.till.version.Store("1")
	phrase := func(pattern string, f any) {
		b.options.Steps = append(b.options.Steps, scenarios.Phrase{Pattern: regexp.MustCompile("^" + pattern + "$"), Func: f})
	}
	var fell, ran atomic.Int64
	phrase("the acquirer falls for (\\d+) s(, the first time)?", func(ctx context.Context, seconds int, once string) error {
		if fell.Add(1) > 1 && once != "" {
			return nil
		}
		b.till.dead.Store(true)
		time.AfterFunc(time.Duration(seconds)*time.Second, func() { b.till.dead.Store(false) })
		<-ctx.Done() // the run breaks it off
		return ctx.Err()
	})
	phrase("another version takes its place, the first time", func(context.Context) error {
		if ran.Add(1) == 1 {
			b.till.version.Store("2")
			time.Sleep(2 * time.Second)
		}
		return nil
	})
	phrase("it errs, the first time", func(ctx context.Context) error {
		w := world.From(ctx)
		if ran.Load() > 1 {
			return nil
		}
		return w.Fail("better", "worse", w.Ex(trace.Exchange{ID: "e"}))
	})
	return b
}

// states are the entries about the acquirer as a whole.
func states(b *bench) []journal.HealthState {
	var list []journal.HealthState
	for _, e := range b.journal.all() {
		if e.Health != nil {
			list = append(list, e.Health.State)
		}
	}
	return list
}

func TestAnOutageIsWaitedForAndWhatItStruckIsPlayedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := deploy(t, "ACQ-UPM-01: When the acquirer falls for 20 s, the first time; Then all is well",
			"ACQ-UPM-03: Given time passes; Then all is well", "ACQ-UPM-04: Then all is well")
		b.options.Parallel = 2
		result := b.run(t.Context())
		if result.Summary.Exit != 0 || result.Summary.Certificate || len(result.Scenarios) != 3 {
			t.Errorf("exit %d: %s", result.Summary.Exit, result.Summary.Verdict)
		}
		for _, s := range result.Scenarios {
			if s.Ended.Verdict != journal.Pass {
				t.Errorf("%s ended %s (%s)", s.ID, s.Ended.Verdict, s.Ended.Reason)
			}
		}
		if got := strings.Join(result.Summary.Reservations, "\n"); !strings.Contains(got, "was away in mid-run, for 2") {
			t.Errorf("reservations: %s", got)
		}
		want := []journal.HealthState{journal.There, journal.Away, journal.Back, journal.There}
		if got := states(b); !slices.Equal(got, want) {
			t.Errorf("the journal tells %v, want %v", got, want)
		}
	})
}

func TestNothingBeginsWhileTheAcquirerIsAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := deploy(t, "ACQ-UPM-01: When the acquirer falls for 30 s, the first time; Then all is well", "ACQ-UPM-03: Given it is there; Then all is well", "ACQ-UPM-04: Given it is there; Then all is well")
		b.options.Parallel = 1
		var absent, began atomic.Int64
		b.options.Steps = append(b.options.Steps, scenarios.Phrase{Pattern: regexp.MustCompile("^it is there$"), Func: func(context.Context) error {
			began.Add(1)
			if b.till.dead.Load() {
				absent.Add(1)
			}
			return nil
		}})
		if result := b.run(t.Context()); result.Summary.Exit != 0 || absent.Load() > 0 || began.Load() != 2 {
			t.Errorf("exit %d, %d of %d scenarios began while the acquirer was away", result.Summary.Exit, absent.Load(), began.Load())
		}
	})
}

func TestProbesOfAnAbsentAcquirerBecomeRare(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := deploy(t, "ACQ-UPM-01: When the acquirer falls for 600 s; Then all is well")
		probe, asked := b.options.Probe, atomic.Int64{}
		b.options.Probe = func(ctx context.Context) (string, error) {
			asked.Add(1)
			return probe(ctx)
		}
		began := time.Now()
		result := b.run(t.Context())
		if result.Summary.Exit != 4 || !strings.Contains(result.Summary.Verdict, "went away") {
			t.Errorf("exit %d: %s", result.Summary.Exit, result.Summary.Verdict)
		}
		if took := time.Since(began); took < time.Minute || took > time.Minute+10*time.Second {
			t.Errorf("the run waited for %s, want a minute", took)
		}
		if n := asked.Load(); n < 5 || n > 20 {
			t.Errorf("%d probes in a minute", n)
		}
		if got := states(b); got[len(got)-1] != journal.Gone {
			t.Errorf("the journal tells %v", got)
		}
	})
}

func TestARedeployIsToldAndWhatItStruckIsPlayedAgain(t *testing.T) {
	t.Parallel()
	for name, certificate := range map[string]bool{"a run": false, "a run for a certificate": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := deploy(t, "ACQ-UPM-01: When another version takes its place, the first time; Then it errs, the first time")
				b.options.Certificate = certificate
				result := b.run(t.Context())
				want := map[bool]int{false: 0, true: 4}[certificate]
				if s := result.Scenarios[0]; result.Summary.Exit != want || s.Ended.Verdict != journal.Pass || len(s.Findings) > 0 {
					t.Errorf("exit %d, want %d; it ended %s (%s)", result.Summary.Exit, want, s.Ended.Verdict, s.Ended.Reason)
				}
				if !slices.Equal(result.Summary.Versions, []string{"1", "2"}) {
					t.Errorf("versions %v", result.Summary.Versions)
				}
				if got := strings.Join(result.Summary.Reservations, "\n"); !strings.Contains(got, "redeployed in mid-run (versions 1, 2)") {
					t.Errorf("reservations: %s", got)
				}
			})
		})
	}
}

func TestAScenarioThatBringsTheAcquirerDownIsNamed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := deploy(t, "ACQ-UPM-01: When the acquirer falls for 5 s; Then it errs",
			"ACQ-UPM-03: Given time passes; Then all is well", "ACQ-UPM-04: Given time passes; Then all is well")
		b.options.Facts.Factor = 0.02
		result := b.run(t.Context())
		feller := result.Scenarios[0]
		if feller.Ended.Verdict != journal.Inconclusive || len(feller.Findings) > 0 || !strings.Contains(feller.Ended.Reason, "brings the acquirer down") {
			t.Errorf("it ended %s (%s)", feller.Ended.Verdict, feller.Ended.Reason)
		}
		for _, s := range result.Scenarios[1:] {
			if s.Ended.Verdict != journal.Pass {
				t.Errorf("%s, which ran beside it, ended %s (%s)", s.ID, s.Ended.Verdict, s.Ended.Reason)
			}
		}
		got := strings.Join(result.Summary.Reservations, "\n")
		if result.Summary.Exit != 4 || !strings.Contains(got, "each time that "+feller.ID) || !strings.Contains(got, "away 3 times") {
			t.Errorf("exit %d, reservations: %s", result.Summary.Exit, got)
		}
	})
}

func TestAFlappingAcquirerIsNotAccused(t *testing.T) {
	t.Parallel()
	for name, sick := range map[string]bool{"it comes and goes": false, "its health comes and goes": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := deploy(t, "ACQ-UPM-01: When it flaps; Then it errs", "ACQ-UPM-03: Given time passes; Then it errs")
				flag := map[bool]*atomic.Bool{false: &b.till.dead, true: &b.till.sick}[sick]
				flapping, stop := context.WithCancel(t.Context())
				var flap atomic.Bool
				b.options.Steps = append(b.options.Steps, scenarios.Phrase{Pattern: regexp.MustCompile("^it flaps$"), Func: func(ctx context.Context) error {
					if flap.CompareAndSwap(false, true) {
						go func() {
							for flapping.Err() == nil {
								flag.Store(!flag.Load())
								time.Sleep(3100 * time.Millisecond)
							}
						}()
					}
					<-ctx.Done()
					return ctx.Err()
				}})
				result := b.run(t.Context())
				stop()
				for _, s := range result.Scenarios {
					if s.Ended.Verdict != journal.Inconclusive || len(s.Findings) > 0 {
						t.Errorf("%s ended %s (%s)", s.ID, s.Ended.Verdict, s.Ended.Reason)
					}
				}
				if result.Summary.Exit != 4 {
					t.Errorf("exit %d: %s", result.Summary.Exit, result.Summary.Verdict)
				}
				time.Sleep(5 * time.Second) // the flapping ends
			})
		})
	}
}

func TestAnAcquirerThatDiesAtTheVeryEndIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		away time.Duration
		exit int
	}{"and comes back": {10 * time.Second, 0}, "and stays away": {time.Hour, 4}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := deploy(t, "ACQ-UPM-01: Then all is well")
				b.options.Progress = &onEnd{do: func() {
					b.till.dead.Store(true)
					time.AfterFunc(tt.away, func() { b.till.dead.Store(false) })
				}}
				result := b.run(t.Context())
				if result.Summary.Exit != tt.exit || len(result.Scenarios[0].Findings) > 0 {
					t.Errorf("exit %d, want %d: %s", result.Summary.Exit, tt.exit, result.Summary.Verdict)
				}
			})
		})
	}
}

// onEnd does something when the first scenario has ended.
type onEnd struct {
	tally

	do   func()
	done atomic.Bool
}

func (o *onEnd) Ended(string, journal.Verdict) {
	if o.done.CompareAndSwap(false, true) {
		o.do()
	}
}

func TestAnInterruptionDuringAnOutageEndsTheRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := deploy(t, "ACQ-UPM-01: When the acquirer falls for 600 s; Then all is well", "ACQ-UPM-03: Then all is well")
		b.options.Parallel, b.options.Patience = 1, time.Hour
		ctx, stop := context.WithCancelCause(t.Context())
		time.AfterFunc(20*time.Second, func() { stop(errors.New("enough")) })
		if result := b.run(ctx); result.Summary.Exit != 130 {
			t.Errorf("exit %d: %s", result.Summary.Exit, result.Summary.Verdict)
		}
	})
}

// TestAnAcquirerThatForgetsItsPaymentsWhenItIsReplaced keeps what was judged before, and says what could not be looked at again.
// One that forgets them while it is there all the time leaves them undecided.
func TestAnAcquirerThatForgetsItsPaymentsWhenItIsReplaced(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		replaced bool
		want     journal.Verdict
		told     string
	}{
		"replaced":         {true, journal.Pass, "has forgotten the payments of 1 scenarios since it was away"},
		"without a reason": {false, journal.Inconclusive, "the acquirer does not know it any more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := deploy(t, "ACQ-UPM-01: Given a shop charges; And the network has taken everything; Then all is well", "ACQ-UPM-03: When its memory is lost; Then all is well")
				b.options.Parallel = 1
				b.options.Steps = append(b.options.Steps, scenarios.Phrase{Pattern: regexp.MustCompile("^its memory is lost$"), Func: func(context.Context) error {
					time.Sleep(2 * time.Second) // the scenario before this one has settled
					b.till.forgets.Store(true)
					if tt.replaced {
						b.till.version.Store("2")
					}
					time.Sleep(2 * time.Second)
					return nil
				}})
				result := b.run(t.Context())
				for _, s := range result.Scenarios {
					if strings.Contains(s.ID, "upm-01") && s.Ended.Verdict != tt.want {
						t.Errorf("%s ended %s (%s), want %s", s.ID, s.Ended.Verdict, s.Ended.Reason, tt.want)
					}
				}
				if n := b.journal.count(func(e journal.Entry) bool { return e.Note != nil && strings.Contains(e.Note.Text, tt.told) }); n != 1 {
					t.Errorf("%d notes say that it %s", n, tt.told)
				}
			})
		})
	}
}
