package scenarios_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"mppsim/features"
	"mppsim/reports/journal"
	"mppsim/scenarios"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/check"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

const book = `
catalogue: test
version: "1"
areas: { UPM: codes }
capabilities: { upm: codes, fx: exchange, refund: giving back }
requirements:
- {id: ACQ-UPM-01, level: MUST, title: t, requirement: r, needs: [upm], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: both, source: [p], confidence: sdk}
- {id: ACQ-UPM-02, level: SHOULD, title: t, requirement: r, needs: [upm], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: both, source: [p], confidence: sdk}
- {id: ACQ-UPM-03, level: MUST, title: t, requirement: r, needs: [upm], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: both, source: [p], confidence: sdk}
- {id: ACQ-UPM-04, level: MUST, title: t, requirement: r, needs: [upm], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: both, source: [p], confidence: sdk}
- {id: ACQ-UPM-05, level: MUST, title: t, requirement: r, needs: [upm], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: both, source: [p], confidence: sdk}
- {id: ACQ-UPM-06, level: MUST, title: t, requirement: r, needs: [upm, refund], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: both, source: [p], confidence: sdk}
- {id: ACQ-UPM-07, level: SHOULD, title: t, requirement: r, needs: [refund], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: both, source: [p], confidence: sdk}
- {id: ACQ-UPM-09, level: MUST, title: t, requirement: r, needs: [fx], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: both, source: [p], confidence: sdk}
`

// bench is one run of a small suite against fakes.
type bench struct {
	t       *testing.T
	sim     *simulator
	till    *till
	journal *record
	options scenarios.Options
	calls   atomic.Int64
}

// feature writes a suite: one rule per requirement id, one scenario with the given lines each.
func feature(rules ...string) string {
	text := "Feature: Test\n"
	for i, rule := range rules {
		id, steps, _ := strings.Cut(rule, ": ")
		text += fmt.Sprintf("  @%s\n  Rule: Rule %d\n    Scenario: Case %d\n", strings.ReplaceAll(id, " ", " @"), i, i)
		for step := range strings.SplitSeq(steps, "; ") {
			text += "      " + step + "\n"
		}
	}
	return text
}

func newBench(t *testing.T, text string) *bench {
	t.Helper()
	catalogue, err := features.Parse("book", []byte(book))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, sim: newSimulator(), till: newTill(acquirer.Paid), journal: &record{}}
	var ids atomic.Int64
	b.options = scenarios.Options{
		ClockByRestart: true,
		Features:       fstest.MapFS{"test.feature": {Data: []byte(text)}}, Catalogue: catalogue, Steps: b.steps(),
		Tolerances: quick(t), Acquirer: b.till, Sim: b.sim, Journal: b.journal, Clock: clock.System(), Probe: b.till.Probe,
		NewID:  func() string { return "id" + strconv.FormatInt(ids.Add(1), 10) },
		Logger: slog.New(slog.DiscardHandler),
		Facts: check.Facts{
			Dialect: "aps", Factor: 1, Capabilities: []string{"upm"},
			Shops: []acquirer.Shop{{Role: "corner", Merchant: "M", Currencies: []string{"SGD"}}},
		},
	}
	return b
}

// quick is the suite's table with bounds for fakes.
func quick(t *testing.T) tolerance.Table {
	t.Helper()
	table, err := tolerance.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for name, entry := range table {
		entry.Bound, entry.Slack, entry.Scales = 300*time.Millisecond, 0, false
		table[name] = entry
	}
	for name, bound := range map[tolerance.Name]time.Duration{tolerance.Quiet: 20 * time.Millisecond, tolerance.Outage: 200 * time.Millisecond} {
		entry := table[name]
		entry.Bound = bound
		table[name] = entry
	}
	return table
}

func (b *bench) steps() []scenarios.Phrase {
	phrase := func(pattern string, f any) scenarios.Phrase {
		return scenarios.Phrase{Pattern: regexp.MustCompile("^" + pattern + "$"), Func: f}
	}
	call := func(ctx context.Context) trace.Exchange {
		w := world.From(ctx)
		id := b.sim.put(trace.Exchange{Timeline: w.Timeline(), API: "pay", PaymentRequestID: "r-" + w.Timeline()})
		_, _ = w.Await(ctx, tolerance.Reaction, "the call", func(v *world.View) bool { return len(v.Exchanges) > 0 })
		return trace.Exchange{ID: id}
	}
	return []scenarios.Phrase{
		phrase("all is well", func(ctx context.Context) error { b.calls.Add(1); return ctx.Err() }),
		phrase("it errs", func(ctx context.Context) error {
			return world.From(ctx).Fail("better", "worse", world.From(ctx).Ex(call(ctx)))
		}),
		phrase("a payment found by its (.*) errs", func(ctx context.Context, match string) error {
			w := world.From(ctx)
			id := b.sim.put(trace.Exchange{Timeline: w.Timeline(), API: "pay", PaymentRequestID: "guess", Match: match})
			_, _ = w.Await(ctx, tolerance.Reaction, "the call", func(v *world.View) bool { return len(v.Exchanges) > 0 })
			return w.Fail("better", "worse", w.Ex(trace.Exchange{ID: id}))
		}),
		phrase("a stranger pays", func() error { b.sim.put(trace.Exchange{API: "pay", PaymentRequestID: "theirs"}); return nil }),
		phrase("it errs against (.*)", func(ctx context.Context, id string) error {
			return world.From(ctx).FailFor(id, "better", "worse", world.From(ctx).Ex(call(ctx)))
		}),
		phrase("it errs without evidence", func(ctx context.Context) error { return world.From(ctx).Fail("better", "worse") }),
		phrase("it gets nowhere", func(ctx context.Context) error { return world.From(ctx).NotReached("a locked door", "ACQ-UPM-05") }),
		phrase("the cable breaks", func(context.Context) error { return errors.New("no cable") }),
		phrase("the step breaks down", func(ctx context.Context) error {
			_, err := world.From(ctx).Payments()[0].Answer(ctx) // takes for granted that there is a payment
			return err
		}),
		phrase("a call arrives", func(ctx context.Context) error { call(ctx); return nil }),
		phrase("a call arrives (\\d+) ms later", func(ctx context.Context, ms int) error {
			line := world.From(ctx).Timeline()
			time.AfterFunc(time.Duration(ms)*time.Millisecond, func() { b.sim.put(trace.Exchange{Timeline: line, API: "late"}) })
			return nil
		}),
		phrase("a stranger calls", func(context.Context) error { b.sim.put(trace.Exchange{API: "pay"}); return nil }),
		phrase("a fault is armed", func(ctx context.Context) error {
			_, err := world.From(ctx).Arm(ctx, "answer-lost", aps.Pay, world.OnCode("1"))
			return err
		}),
		phrase("a shop charges", func(ctx context.Context) error {
			w := world.From(ctx)
			if _, err := w.NewPayer(ctx, "rich"); err != nil {
				return err
			}
			p, err := w.Charge(ctx, world.ChargeOrder{Amount: money.Of("SGD", 100)})
			if err != nil {
				return err
			}
			_, err = p.Answer(ctx)
			return err
		}),
		phrase("the network has taken (.*)", func(ctx context.Context, minor string) error {
			w, value := world.From(ctx), int64(100)
			if minor == "half" {
				value = 50
			}
			payer, err := w.PayerBy("")
			b.sim.mu.Lock()
			defer b.sim.mu.Unlock()
			b.sim.orders[w.Timeline()] = []control.Order{{Code: payer.Codes()[0].Digits, State: "SUCCESS", Amount: money.Of("SGD", value)}}
			return err
		}),
		phrase("the network takes (\\d+) more (\\d+) ms later", func(ctx context.Context, minor, ms int) error {
			line := world.From(ctx).Timeline()
			time.AfterFunc(time.Duration(ms)*time.Millisecond, func() {
				b.sim.mu.Lock()
				defer b.sim.mu.Unlock()
				b.sim.orders[line] = append(slices.Clone(b.sim.orders[line]),
					control.Order{PaymentRequestID: "out of nowhere", State: "SUCCESS", Amount: money.Of("SGD", int64(minor))})
			})
			return nil
		}),
		phrase("it is no question", func(ctx context.Context) error { return world.From(ctx).NotApplicable("no such product") }),
		phrase("nobody could see it", func(ctx context.Context) error { return world.From(ctx).NotJudged("it is too dark") }),
		phrase("the acquirer dies", func(context.Context) error { b.till.dead.Store(true); return nil }),
		phrase("the simulator dies", func(context.Context) error {
			b.sim.mu.Lock()
			defer b.sim.mu.Unlock()
			b.sim.down = true
			return nil
		}),
		phrase("time passes", func(ctx context.Context) error { return world.From(ctx).Pass(ctx, time.Minute) }),
		phrase("it is too late", func(ctx context.Context) error {
			world.From(ctx).AtEnd(func(ctx context.Context) error { return world.From(ctx).Fail("nothing", "something") })
			call(ctx)
			return nil
		}),
	}
}

func (b *bench) run(ctx context.Context) scenarios.Result {
	b.t.Helper()
	result, err := scenarios.Run(ctx, b.options)
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

func verdictOf(result scenarios.Result, id string) journal.Requirement {
	for _, q := range result.Requirements {
		if q.ID == id {
			return q
		}
	}
	return journal.Requirement{}
}

func TestEachVerdict(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		rules []string
		exit  int
		want  map[string]journal.Verdict
		ended journal.Verdict // of the first scenario
		why   string
	}{
		{
			"pass",
			[]string{"ACQ-UPM-01: Given all is well; Then all is well"},
			0,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.Pass, "ACQ-UPM-03": journal.NotRun, "ACQ-UPM-09": journal.NotApplicable},
			journal.Pass, "",
		},
		{
			"fail",
			[]string{"ACQ-UPM-01: Given all is well; Then it errs; And all is well"},
			1,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.Fail},
			journal.Fail, "worse",
		},
		{"a SHOULD warns", []string{"ACQ-UPM-02: Then it errs"}, 0, map[string]journal.Verdict{"ACQ-UPM-02": journal.Warn}, journal.Warn, "worse"},
		{
			"a Given does not accuse",
			[]string{"ACQ-UPM-01: Given it errs; Then all is well"},
			4,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.NotReached},
			journal.NotReached, "it errs: worse",
		},
		{
			"an And after a When neither",
			[]string{"ACQ-UPM-01: When all is well; And it errs; Then all is well"},
			4,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.NotReached},
			journal.NotReached, "worse",
		},
		{
			"another requirement failed first",
			[]string{"ACQ-UPM-01 ACQ-UPM-03: Then it errs against ACQ-UPM-03"},
			1,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.NotReached, "ACQ-UPM-03": journal.Fail},
			journal.Fail, "ACQ-UPM-03: worse",
		},
		{
			"without evidence",
			[]string{"ACQ-UPM-01: Then it errs without evidence"},
			4,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.Inconclusive},
			journal.Inconclusive, "without evidence",
		},
		{
			"not reached",
			[]string{"ACQ-UPM-01: Given it gets nowhere; Then it errs"},
			4,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.NotReached},
			journal.NotReached, "a locked door",
		},
		{
			"not applicable",
			[]string{"ACQ-UPM-01: Given it is no question; Then it errs", "ACQ-UPM-03: Then all is well"},
			0,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.NotApplicable, "ACQ-UPM-03": journal.Pass},
			journal.NotApplicable, "no such product",
		},
		{
			"applicable in one of two scenarios",
			[]string{"ACQ-UPM-01: Given it is no question; Then it errs", "ACQ-UPM-01: Then all is well"},
			0,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.Pass},
			journal.NotApplicable, "no such product",
		},
		{
			"not judged",
			[]string{"ACQ-UPM-01: Given a fault is armed; And nobody could see it; Then all is well", "ACQ-UPM-01: Then all is well"},
			0,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.NotRun},
			journal.NotRun, "not judged: it is too dark",
		},
		{
			"the environment",
			[]string{"ACQ-UPM-01: Then the cable breaks"},
			4,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.Inconclusive},
			journal.Inconclusive, "no cable",
		},
		{
			"a step that breaks down",
			[]string{"ACQ-UPM-01: Then the step breaks down"},
			5,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.HarnessError},
			journal.HarnessError, "broke down: runtime error: index out of range",
		},
		{
			"a fault that met nothing",
			[]string{"ACQ-UPM-01: Given a fault is armed; Then all is well"},
			4,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.NotReached},
			journal.NotReached, "answer-lost on pay",
		},
		{
			"the books agree",
			[]string{"ACQ-UPM-01: When a shop charges; And the network has taken all; Then all is well"},
			0,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.Pass},
			journal.Pass, "",
		},
		{
			"the books differ",
			[]string{"ACQ-UPM-01: When a shop charges; And the network has taken half; Then all is well"},
			4,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.Inconclusive},
			journal.Inconclusive, "money audit",
		},
		{
			"the books differ and a finding says why",
			[]string{"ACQ-UPM-01: When a shop charges; And the network has taken half; Then it errs"},
			1,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.Fail},
			journal.Fail, "worse",
		},
		{
			"found at the end",
			[]string{"ACQ-UPM-01: Then it is too late"},
			1,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.Fail},
			journal.Fail, "something",
		},
		{
			"the worst of several scenarios counts",
			[]string{"ACQ-UPM-01: Then all is well", "ACQ-UPM-01: Then the cable breaks"},
			4,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.Inconclusive},
			journal.Pass, "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, feature(tt.rules...))
				result := b.run(t.Context())
				if result.Summary.Exit != tt.exit {
					t.Errorf("exit %d, want %d: %s", result.Summary.Exit, tt.exit, result.Summary.Verdict)
				}
				for id, want := range tt.want {
					if got := verdictOf(result, id); got.Verdict != want {
						t.Errorf("%s is %s (%s), want %s", id, got.Verdict, got.Reason, want)
					}
				}
				ended := result.Scenarios[0].Ended
				if ended.Verdict != tt.ended || !strings.Contains(ended.Reason, tt.why) {
					t.Errorf("ended %s (%s), want %s (…%s…)", ended.Verdict, ended.Reason, tt.ended, tt.why)
				}
				if len(b.sim.closed) != len(tt.rules) {
					t.Errorf("%d timelines closed", len(b.sim.closed))
				}
			})
		})
	}
}

func TestAFaultThatFiredIsNoReservation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, feature("ACQ-UPM-01: Given a fault is armed; Then all is well"))
		b.sim.fired = true
		if result := b.run(t.Context()); result.Summary.Exit != 0 {
			t.Errorf("exit %d: %s", result.Summary.Exit, result.Scenarios[0].Ended.Reason)
		}
		for _, e := range b.journal.all() {
			if e.Fault != nil && e.Fault.Fired == 1 && e.Fault.Fault == "answer-lost" {
				return
			}
		}
		t.Error("the fault's end is not in the journal")
	})
}

func TestTheJournalIsComplete(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, feature("ACQ-UPM-01: Given a call arrives; Then it errs; And all is well", "ACQ-UPM-02: Given a stranger calls; Then all is well"))
		result := b.run(t.Context())
		kinds := map[string]int{}
		entries := b.journal.all()
		for _, e := range entries {
			for kind, has := range map[string]bool{
				"run": e.Run != nil, "planned": e.Planned != nil, "started": e.Started != nil, "step": e.Step != nil, "exchange": e.Exchange != nil,
				"finding": e.Finding != nil, "ended": e.Ended != nil, "verdict": e.Verdict != nil, "stray": e.Stray != nil, "summary": e.Summary != nil,
			} {
				if has {
					kinds[kind]++
				}
			}
		}
		want := map[string]int{"run": 1, "planned": 2, "started": 2, "step": 5, "exchange": 3, "finding": 1, "ended": 2, "verdict": 8, "stray": 1, "summary": 1}
		for kind, n := range want {
			if kinds[kind] != n {
				t.Errorf("%d entries %q, want %d", kinds[kind], kind, n)
			}
		}
		if entries[0].Run == nil || entries[len(entries)-1].Summary == nil {
			t.Error("the run does not come first, or the summary not last")
		}
		if result.Strays != 1 {
			t.Errorf("%d strays", result.Strays)
		}
		if f := result.Scenarios[0].Findings[0]; f.Check != "it errs" || len(f.Exchanges) != 1 {
			t.Errorf("finding %+v", f)
		}
	})
}

func TestWatchedChecksJudgeAlsoWhatCameLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, feature("ACQ-UPM-01: Given a call arrives; And a call arrives 100 ms later; Then all is well", "ACQ-UPM-03: Then time passes"))
		b.options.Watches = []check.Watch{{Requirement: "ACQ-UPM-04", Name: "nothing late", Judge: func(s check.Scene) check.Result {
			r := check.Result{Judged: len(s.Exchanges)}
			for _, e := range s.Exchanges {
				if e.API == "late" {
					r.Findings = []journal.Finding{{Requirement: "ACQ-UPM-04", Expected: "nothing", Seen: "a late call", Exchanges: []string{e.ID}}}
				}
			}
			return r
		}}}
		b.options.Facts.Factor = 0.005 // "time passes": 300 ms
		result := b.run(t.Context())
		got := verdictOf(result, "ACQ-UPM-04")
		if got.Verdict != journal.Fail || result.Summary.Exit != 1 {
			t.Errorf("%s (%s), exit %d", got.Verdict, got.Reason, result.Summary.Exit)
		}
		if v := verdictOf(result, "ACQ-UPM-01").Verdict; v != journal.Pass {
			t.Errorf("the scenario's own requirement is %s", v)
		}
		if v := result.Scenarios[0].Ended.Verdict; v != journal.Fail {
			t.Errorf("the scenario ended %s", v)
		}
	})
}

// The books of a scenario agreed when it had settled, and change while others are still played: it is undecided after all.
func TestBooksThatChangeLateAreNotOverlooked(t *testing.T) {
	t.Parallel()
	for late, want := range map[string]journal.Verdict{"100": journal.Inconclusive, "100000": journal.Pass} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, feature("ACQ-UPM-01: Given a shop charges; And the network has taken everything; And the network takes 70 more "+late+" ms later; Then all is well",
				"ACQ-UPM-03: Then time passes"))
			b.options.Facts.Factor = 0.01 // "time passes": 600 ms
			result := b.run(t.Context())
			ended := result.Scenarios[0].Ended
			if ended.Verdict != want || want != journal.Pass && !strings.Contains(ended.Reason, "after everything had settled: order out of nowhere took SGD 0.70") {
				t.Errorf("a change %s ms later: %s (%s), want %s", late, ended.Verdict, ended.Reason, want)
			}
			if got := verdictOf(result, "ACQ-UPM-01").Verdict; got != want {
				t.Errorf("a change %s ms later: the requirement is %s, want %s", late, got, want)
			}
		})
	}
}

func TestWatchedChecksCountWhatTheyJudge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		watch := func(id string, judged int, not string) check.Watch {
			return check.Watch{Requirement: id, Name: id, Judge: func(check.Scene) check.Result { return check.Result{Judged: judged, NotJudged: not} }}
		}
		b := newBench(t, feature("ACQ-UPM-01: Then all is well", "ACQ-UPM-02: Then all is well", "ACQ-UPM-05: Then all is well"))
		b.options.Watches = []check.Watch{watch("ACQ-UPM-03", 2, ""), watch("ACQ-UPM-04", 0, "too fast"), watch("ACQ-UPM-05", 1, ""), watch("ACQ-UPM-09", 1, "")}
		b.options.RunWatches = []check.RunWatch{{Requirement: "ACQ-UPM-03", Judge: func(s []check.Scene) check.Result { return check.Result{Judged: len(s)} }}}
		b.options.Selection = []string{"ACQ-UPM-01", "ACQ-UPM-02"}
		result := b.run(t.Context())
		for id, want := range map[string]journal.Verdict{
			"ACQ-UPM-03": journal.Pass, "ACQ-UPM-04": journal.NotRun, "ACQ-UPM-05": journal.NotRun, "ACQ-UPM-09": journal.NotApplicable,
		} {
			if got := verdictOf(result, id); got.Verdict != want {
				t.Errorf("%s is %s (%s), want %s", id, got.Verdict, got.Reason, want)
			}
		}
		if got := verdictOf(result, "ACQ-UPM-03").Watched; got != 6 {
			t.Errorf("watched %d, want 2 for each of two scenarios and 2 for the run", got)
		}
	})
}

func TestSideBySideGivesTheSameVerdicts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rules := []string{}
		for range 12 {
			rules = append(rules, "ACQ-UPM-01: Given a call arrives; Then all is well", "ACQ-UPM-02: Then it errs", "ACQ-UPM-03: Given it gets nowhere; Then all is well")
		}
		want := ""
		for _, parallel := range []int{1, 4, 16} {
			b := newBench(t, feature(rules...))
			b.options.Parallel, b.options.Seed = parallel, int64(parallel)
			got := ""
			for _, s := range b.run(t.Context()).Scenarios {
				got += fmt.Sprintf("%s %s; ", s.ID, s.Ended.Verdict)
			}
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("%d at a time: %s\nwant %s", parallel, got, want)
			}
		}
	})
}

func TestAloneComesLastAndOneByOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, strings.ReplaceAll(feature("ACQ-UPM-01: Then all is well", "ACQ-UPM-03: Then a call arrives", "ACQ-UPM-04: Then a call arrives"), "@ACQ-UPM-01", "@alone @ACQ-UPM-01"))
		b.run(t.Context())
		var order []string
		for _, e := range b.journal.all() {
			if e.Started != nil || e.Ended != nil {
				order = append(order, e.Scenario)
			}
		}
		last := order[len(order)-2:]
		if last[0] != "test/acq-upm-01-case-0" || last[1] != last[0] {
			t.Errorf("order %q", order)
		}
	})
}

func TestAPaymentThatMayBeAStrangersIsNotJudged(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text string
		want journal.Verdict
	}{
		"by its reference, beside strangers": {"ACQ-UPM-01: When a stranger pays; Then a payment found by its reference errs", journal.Fail},
		"by its amount, and nobody else":     {"ACQ-UPM-01: Then a payment found by its amount errs", journal.Fail},
		"by its amount, beside strangers":    {"ACQ-UPM-01: When a stranger pays; Then a payment found by its amount errs", journal.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				result := newBench(t, feature(tt.text)).run(t.Context())
				if s := result.Scenarios[0]; s.Ended.Verdict != tt.want || (tt.want == journal.Fail) != (len(s.Findings) == 1) {
					t.Errorf("%s, %d findings: %s", s.Ended.Verdict, len(s.Findings), s.Ended.Reason)
				}
			})
		})
	}
}
