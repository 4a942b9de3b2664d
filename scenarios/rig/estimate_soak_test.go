//go:build soak

package rig_test

import (
	"flag"
	"os"
	"testing"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios"
	"mppsim/scenarios/estimate"
	"mppsim/scenarios/rig"
)

var (
	update = flag.Bool("update", false, "measure how long the scenarios take, and write durations.yaml")
	real   = flag.Float64("at", 0.1, "factor of the run that the estimate is compared with")
)

// TestSoakEstimate compares the estimate of a whole run with how long it takes.
func TestSoakEstimate(t *testing.T) {
	if *update {
		var runs []*journal.Model
		for _, f := range []float64{0.05, 0.2, 0.4, 1} {
			_, m := certify(t, start(t, rig.Options{Factor: f}), func(*scenarios.Options) {})
			runs = append(runs, m)
		}
		if err := os.WriteFile("../estimate/durations.yaml", estimate.Measure(runs...), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	r := start(t, rig.Options{Factor: *real})
	var foreseen scenarios.Estimate
	result, _ := certify(t, r, func(o *scenarios.Options) {
		var err error
		if foreseen, err = scenarios.Foresee(*o); err != nil {
			t.Fatal(err)
		}
	})
	least, most := estimate.Bounds(foreseen.Whole)
	took := result.Summary.Duration
	t.Logf("at factor %g: estimated %s, took %s (%+.0f %%); %d scenarios were not measured", *real, foreseen.Whole.Round(time.Second),
		took.Round(time.Second), 100*(float64(took)/float64(foreseen.Whole)-1), foreseen.Unmeasured)
	if took < least || took > most {
		t.Errorf("took %s, which is not between %s and %s", took, least, most)
	}
}
