package rig

import (
	"log/slog"
	"os"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/google/uuid"

	"mppsim/reports/journal"
	"mppsim/scenarios"
	"mppsim/wallet"
	"mppsim/wallet/clock"
)

type unkept struct{}

func (unkept) Write(journal.Entry) error { return nil }

// TestACertificationLeavesNothingBehind lets a run end and looks whether anything in the process still holds its
// simulator: a process that certifies one acquirer after another must not grow.
func TestACertificationLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	simulator := certifyOnce(t)
	for deadline := time.Now().Add(30 * time.Second); simulator.Value() != nil; time.Sleep(20 * time.Millisecond) {
		if runtime.GC(); time.Now().After(deadline) {
			t.Fatal("something still holds the simulator of a run that is over")
		}
	}
}

func certifyOnce(t *testing.T) weak.Pointer[wallet.Simulator] {
	r, err := Start(t.Context(), Options{
		Starter: Starter{Command: []string{os.Args[0]}, Env: []string{"MPPSIM_TEST_AS_ACQUIRER=1"}},
		Clock:   clock.System(), NewID: uuid.NewString, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	simulator := weak.Make(r.simulator)
	suite, err := r.Suite()
	if err != nil {
		t.Fatal(err)
	}
	suite.Selection, suite.Journal = []string{"ACQ-UPM-03", "ACQ-UPM-10", "ACQ-CAN-03"}, unkept{}
	result, err := scenarios.Run(t.Context(), suite)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Scenarios) == 0 {
		t.Error("nothing was certified")
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	return simulator
}
