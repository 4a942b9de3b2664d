package scenarios_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios"
)

// Nothing of the test's feature is measured: each of its scenarios counts as long as the suite's usually do, which is more than
// ten seconds and less than five minutes.

func TestWhatDoesNotFitIntoTheBudgetIsListed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		certificate bool
		exit        int
	}{"a run": {false, 0}, "a run for a certificate": {true, 4}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, strings.ReplaceAll(feature("ACQ-UPM-01: Then all is well", "ACQ-UPM-03: Then all is well"), "    Scenario:", "    @alone\n    Scenario:"))
				b.options.Certificate = tt.certificate
				one := foresee(t, b.options) / 2
				b.options.Budget = one + one*2/3 // one of them, and not two
				result := b.run(t.Context())
				if result.Summary.Exit != tt.exit || result.Summary.Certificate || len(result.Scenarios) != 2 || b.calls.Load() != 1 {
					t.Errorf("exit %d: %s; %d calls", result.Summary.Exit, result.Summary.Verdict, b.calls.Load())
				}
				counts := result.Summary.Scenarios
				if counts[journal.Pass] != 1 || counts[journal.NotRun] != 1 {
					t.Errorf("scenarios ended %v", counts)
				}
				if got := strings.Join(result.Summary.Reservations, "\n"); !strings.Contains(got, "1 of 2 scenarios were left out to keep within") {
					t.Errorf("reservations: %s", got)
				}
				planned := b.journal.count(func(e journal.Entry) bool { return e.Planned != nil })
				ended := b.journal.count(func(e journal.Entry) bool { return e.Ended != nil })
				if planned != 2 || ended != 2 {
					t.Errorf("the journal tells of %d planned and %d ended scenarios", planned, ended)
				}
			})
		})
	}
}

func foresee(t *testing.T, o scenarios.Options) time.Duration {
	t.Helper()
	e, err := scenarios.Foresee(o)
	if err != nil || e.Whole < 20*time.Second || e.Unmeasured != e.Scenarios {
		t.Fatalf("%+v, %v", e, err)
	}
	return e.Whole
}

func TestARunThatTakesLongerThanExpectedKeepsItsBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, strings.ReplaceAll(feature("ACQ-UPM-01: Given time passes; Then time passes", "ACQ-UPM-03: Given time passes; Then time passes",
			"ACQ-UPM-04: Given time passes; Then time passes"), "    Scenario:", "    @alone\n    Scenario:"))
		whole := foresee(t, b.options)
		b.options.Facts.Factor = 1
		b.options.Budget = whole * 4 / 3
		for p := range b.options.Steps {
			if b.options.Steps[p].Pattern.String() == "^time passes$" {
				b.options.Steps[p].Func = func() error { time.Sleep(whole / 3); return nil } // each takes two thirds of the whole
			}
		}
		began := time.Now()
		result := b.run(t.Context())
		if got := result.Summary.Scenarios; got[journal.Pass] != 2 || got[journal.NotRun] != 1 {
			t.Errorf("scenarios ended %v", got)
		}
		last := result.Scenarios[2].Ended
		if !strings.Contains(last.Reason, "longer than expected") || time.Since(began) > whole*2 {
			t.Errorf("it ended %s (%s), the run after %s", last.Verdict, last.Reason, time.Since(began))
		}
	})
}

func TestABudgetForNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, feature("ACQ-UPM-01: Then all is well"))
	b.options.Budget = time.Second
	_, err := scenarios.Run(t.Context(), b.options)
	if scenarios.ExitOf(err) != 2 || !strings.Contains(err.Error(), "the shortest takes about") {
		t.Errorf("error %v", err)
	}
}
