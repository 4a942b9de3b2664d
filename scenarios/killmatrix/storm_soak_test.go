//go:build soak

package killmatrix_test

import (
	"flag"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"mppsim/reports/progress"
	"mppsim/scenarios/certification"
	"mppsim/scenarios/rig"
	"mppsim/scenarios/storm"
	"mppsim/wallet/clock"
)

var (
	seeds     = flag.Int("seeds", 10, "seeds of storms for each defect")
	stormRate = flag.Float64("rate", 10, "payments of a storm that begin in a second")
	calm      = flag.Duration("calm", 10*time.Minute, "length of the storm at the correct acquirer")
)

// TestSoakStormFindsMoney lets storms of a minute loose on each acquirer with a defect by which a storm sees money go wrong:
// every seed finds it.
func TestSoakStormFindsMoney(t *testing.T) {
	for _, name := range sorted(t).Found {
		if *only != "" && !picks(name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(*seeds) {
				if out := loose(t, time.Minute, seed+1, name); len(out.Storm.Broken) == 0 {
					t.Errorf("seed %d: nothing in %d payments; %s", seed+1, out.Storm.Begun, out.Result.Summary.Verdict)
				}
			}
		})
	}
}

// TestSoakStormAccusesNobody lets a long storm loose on the correct acquirer.
func TestSoakStormAccusesNobody(t *testing.T) {
	out := loose(t, *calm, uint64(time.Now().UnixNano()))
	t.Logf("seed %d: %d payments, %d stories ended early", out.Storm.Seed, out.Storm.Begun, out.Storm.Unended)
	for _, b := range out.Storm.Broken {
		t.Errorf("%s: %s %s\n%s", b.Name, b.Findings[0].Requirement, b.Findings[0].Seen, b.Story.Text())
	}
	if out.Result.Summary.Exit != 0 {
		t.Errorf("exit %d: %s", out.Result.Summary.Exit, out.Result.Summary.Verdict)
	}
}

// loose lets a storm loose on an acquirer with defects.
func loose(t *testing.T, length time.Duration, seed uint64, defects ...string) certification.StormOutcome {
	t.Helper()
	s := settings(t)
	r, err := rig.Start(t.Context(), rig.Options{Starter: s.Starter, Keys: s.Keys, Defects: defects, Clock: clock.System(), NewID: uuid.NewString})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	out, err := certification.LetStorm(t.Context(), certification.Options{
		Profile: r.Profile, Sim: r.Sim, Out: t.TempDir(), Tool: "test", Progress: progress.Discard(), Clock: clock.System(), NewID: uuid.NewString,
		Parallel: storm.ParallelByDefault, Logger: slog.New(slog.DiscardHandler),
	}, certification.Storm{Seed: seed, Rate: *stormRate, For: length, Whole: true})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func picks(name string) bool { return slices.Contains(strings.Split(*only, ","), name) }
