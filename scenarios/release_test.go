package scenarios_test

import (
	"context"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"
	"weak"

	"mppsim/reports/journal"
	"mppsim/scenarios"
	"mppsim/scenarios/check"
	"mppsim/scenarios/world"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// forgetful is a journal that notes what it need not hold any more.
type forgetful struct {
	record
	gone []string
}

func (f *forgetful) Forget(scenario string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gone = append(f.gone, scenario)
}

func (f *forgetful) forgot() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.gone)
}

// forgetting makes a run that forgets, with steps that only it needs.
func forgetting(t *testing.T, rules ...string) (*bench, *forgetful) {
	t.Helper()
	b, kept := newBench(t, ""), &forgetful{}
	files := fstest.MapFS{} // a scenario is played from its whole file
	for i, rule := range rules {
		files[fmt.Sprintf("case-%03d.feature", i)] = &fstest.MapFile{Data: []byte(feature(rule))}
	}
	b.options.Features = files
	b.options.Forgets, b.options.Journal, b.options.Parallel = true, kept, 4
	b.options.Watches = []check.Watch{{Requirement: "ACQ-UPM-03", Name: "nothing late", Judge: func(s check.Scene) check.Result {
		result := check.Result{Judged: len(s.Exchanges)}
		for _, e := range s.Exchanges {
			if e.API == "late" {
				result.Findings = append(result.Findings, journal.Finding{Requirement: "ACQ-UPM-03", Expected: "silence", Seen: "noise", Exchanges: []string{e.ID}})
			}
		}
		return result
	}}}
	return b, kept
}

func (b *bench) step(pattern string, f any) {
	b.options.Steps = append(b.options.Steps, scenarios.Phrase{Pattern: regexp.MustCompile("^" + pattern + "$"), Func: f})
}

// held counts the worlds that cannot be collected.
type held struct {
	mu     sync.Mutex
	worlds []weak.Pointer[world.World]
}

func (h *held) note(w *world.World) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.worlds = append(h.worlds, weak.Make(w))
}

func (h *held) count() (n int) {
	runtime.GC()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, w := range h.worlds {
		if w.Value() != nil {
			n++
		}
	}
	return n
}

// TestALongRunHoldsOnlyWhatIsUnderWay plays many scenarios, ten a second, and counts at the end how many of them are
// still held: those of the last seconds, and the one that failed.
func TestALongRunHoldsOnlyWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	const all, most = 150, 50
	for name, forgets := range map[string]bool{"that forgets": true, "that does not": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				rules := slices.Repeat([]string{"ACQ-UPM-01: When a shop charges; And the network has taken all; And a call arrives; And it is noted; Then all is well"}, all)
				rules[7] = "ACQ-UPM-01: Given it is noted; Then it errs"
				b, kept := forgetting(t, append(rules, "ACQ-UPM-03: Given it is counted; Then all is well")...)
				b.options.Forgets, b.options.Rate = forgets, 10
				var worlds held
				left := 0
				b.step("it is noted", func(ctx context.Context) error { worlds.note(world.From(ctx)); return nil })
				b.step("it is counted", func(context.Context) error { left = worlds.count(); return nil })
				result := b.run(t.Context())
				if few := left <= most; few != forgets || left == 0 {
					t.Errorf("%d of %d scenarios are held", left, all)
				}
				if counts := result.Summary.Scenarios; result.Summary.Exit != 1 || counts[journal.Pass] != all || counts[journal.Fail] != 1 {
					t.Errorf("exit %d, %v", result.Summary.Exit, counts)
				}
				if watched := verdictOf(result, "ACQ-UPM-03").Watched; watched != all {
					t.Errorf("what was judged of %d messages counts, want that of %d", watched, all)
				}
				if gone := kept.forgot(); (len(gone) >= all-most) != forgets || slices.Contains(gone, "case-007/acq-upm-01-case-0") {
					t.Errorf("the journal need not hold %d scenarios", len(gone))
				}
			})
		})
	}
}

// TestWhatComesLateIsNoticed: what comes within the settling time is judged as ever, with all its evidence. What comes after it
// leaves the scenario undecided if it has changed the books.
func TestWhatComesLateIsNoticed(t *testing.T) {
	t.Parallel()
	const charge = "ACQ-UPM-01: When a shop charges; And the network has taken all; And a call arrives; And "
	for name, tt := range map[string]struct {
		rule           string
		random, forgot bool
		want           journal.Verdict
		why            string
	}{
		"nothing":                           {charge + "all is well", false, true, journal.Pass, ""},
		"a call within the settling time":   {charge + "a call arrives 200 ms later", false, false, journal.Fail, "noise"},
		"money within the settling time":    {charge + "the network takes 100 more 200 ms later", false, false, journal.Inconclusive, "after everything had settled"},
		"a call after it":                   {charge + "a call arrives 5000 ms later", false, true, journal.Pass, ""},
		"a call after it that moves money":  {charge + "a call arrives 5000 ms later; And the network takes 100 more 5000 ms later", false, true, journal.Inconclusive, "1 messages came when it had been settled"},
		"a call that is under way for ever": {"ACQ-UPM-01: When a charge is never answered", true, false, journal.Pass, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b, kept := forgetting(t, tt.rule+"; Then all is well", "ACQ-UPM-04: Given it takes a while; Then all is well")
				b.step("it takes a while", func(ctx context.Context) error { return world.From(ctx).Pass(ctx, 10*time.Second) })
				b.step("a charge is never answered", func(ctx context.Context) error {
					w := world.From(ctx)
					b.till.hangs.Store(true)
					_, err := w.Charge(ctx, world.ChargeOrder{Code: "28", Amount: money.Of("SGD", 100)})
					return err
				})
				b.options.Random = tt.random
				result := b.run(t.Context())
				first := result.Scenarios[0]
				if first.Ended.Verdict != tt.want || !strings.Contains(first.Ended.Reason, tt.why) {
					t.Errorf("%s: %s; want %s, %q", first.Ended.Verdict, first.Ended.Reason, tt.want, tt.why)
				}
				if got := slices.Contains(kept.forgot(), first.ID); got != tt.forgot {
					t.Errorf("forgotten: %v, want %v", got, tt.forgot)
				}
				for _, f := range first.Findings {
					if !slices.ContainsFunc(kept.all(), func(e journal.Entry) bool { return e.Exchange != nil && slices.Contains(f.Exchanges, e.Exchange.ID) }) {
						t.Errorf("the journal lacks the evidence of %+v", f)
					}
				}
			})
		})
	}
}

// TestStraysOfForgottenScenariosAreNoStrays: a message that found its owner late, or came for one that was let go, is nobody else's.
func TestStraysOfForgottenScenariosAreNoStrays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, kept := forgetting(t, "ACQ-UPM-01: Given an unowned call arrives; And it is found; And a call arrives 5000 ms later; Then all is well",
			"ACQ-UPM-04: Given a stranger calls; And it takes a while; Then all is well")
		b.step("it takes a while", func(ctx context.Context) error { return world.From(ctx).Pass(ctx, 10*time.Second) })
		b.step("an unowned call arrives", func(ctx context.Context) error {
			id := b.sim.put(trace.Exchange{API: "pay"})
			if err := world.From(ctx).Pass(ctx, time.Second); err != nil { // it is known as a stray
				return err
			}
			b.sim.mu.Lock()
			defer b.sim.mu.Unlock()
			for i, e := range b.sim.exchanges {
				if e.ID == id {
					b.sim.exchanges[i].Timeline = world.From(ctx).Timeline()
				}
			}
			return nil
		})
		b.step("it is found", func(ctx context.Context) error {
			if n := len(world.From(ctx).Exchanges()); n != 1 {
				return fmt.Errorf("%d calls are found", n)
			}
			return nil
		})
		result := b.run(t.Context())
		if len(kept.forgot()) == 0 || result.Strays != 1 {
			t.Errorf("%d strays, want one; forgotten: %v; %+v", result.Strays, kept.forgot(), result.Scenarios)
		}
	})
}
