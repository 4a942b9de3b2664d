package wallet_test

import (
	"strings"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

func TestRunsTakeTurns(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	take := func(run string, alone bool, wait time.Duration) control.Turn {
		t.Helper()
		turn, err := r.sim.TakeTurn(t.Context(), control.TurnSpec{Run: run, Alone: alone, Wait: wait})
		if err != nil {
			t.Fatal(err)
		}
		return turn
	}
	take("one", false, 0)
	if turn := take("two", true, time.Millisecond); turn.Granted || len(turn.Others) != 1 || turn.Others[0] != "one" {
		t.Errorf("beside another run: %+v", turn)
	}
	granted := make(chan control.Turn)
	go func() { granted <- take("two", true, time.Minute) }()
	if err := r.sim.EndTurn(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	if turn := <-granted; !turn.Granted {
		t.Errorf("when the other run is over: %+v", turn)
	}
	if list, err := r.sim.Turns(t.Context()); err != nil || len(list) != 1 || list[0].Run != "two" || !list[0].Alone {
		t.Errorf("%+v, %v", list, err)
	}
	for _, spec := range []control.TurnSpec{{}, {Run: "x", Keep: -1}, {Run: "x", Keep: time.Hour}} {
		if _, err := r.sim.TakeTurn(t.Context(), spec); err == nil {
			t.Errorf("%+v is taken", spec)
		}
	}
}

func TestFaultsThatHitEverybodyWaitForOtherRuns(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	line := func(run string) string {
		t.Helper()
		made, err := r.sim.OpenTimeline(t.Context(), control.TimelineSpec{Name: "x", Run: run})
		if err != nil {
			t.Fatal(err)
		}
		return made.ID
	}
	whole := control.FaultSpec{Fault: "answer-lost", Aim: control.Aim{Merchant: "M-1", Timeline: line("mine"), API: aps.Pay}}
	arm := func(spec control.FaultSpec) error {
		_, err := r.sim.Arm(t.Context(), spec)
		return err
	}
	if err := arm(whole); err != nil {
		t.Errorf("with nobody else at work: %v", err)
	}
	for _, run := range []string{"mine", "theirs"} {
		if _, err := r.sim.TakeTurn(t.Context(), control.TurnSpec{Run: run}); err != nil {
			t.Fatal(err)
		}
	}
	for _, spec := range []control.FaultSpec{whole, {Fault: "connection-reset"}} {
		if err := arm(spec); err == nil || !strings.Contains(err.Error(), "theirs") {
			t.Errorf("%s is armed beside another run: %v", spec.Fault, err)
		}
	}
	if err := arm(control.FaultSpec{Fault: "answer-lost", Aim: control.Aim{Timeline: line("mine"), API: aps.Pay}}); err != nil {
		t.Errorf("one that hits its own only: %v", err)
	}
	if err := r.sim.EndTurn(t.Context(), "theirs"); err != nil {
		t.Fatal(err)
	}
	if err := arm(whole); err != nil {
		t.Errorf("when the others are over: %v", err)
	}
}
