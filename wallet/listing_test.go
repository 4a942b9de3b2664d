package wallet_test

import (
	"testing"

	"mppsim/wallet"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

func TestWhatThereIsToSteer(t *testing.T) {
	t.Parallel()
	sim, err := wallet.New(wallet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	kinds, err := sim.PayerTemplates(t.Context())
	if err != nil || len(kinds) < 5 || kinds[0].Title == "" {
		t.Errorf("kinds of payers: %v, %v", kinds, err)
	}
	bob, err := sim.OpenTimeline(t.Context(), control.TimelineSpec{Name: "bob"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sim.OpenTimeline(t.Context(), control.TimelineSpec{Name: "alice"}); err != nil {
		t.Fatal(err)
	}
	p, err := sim.CreatePayer(t.Context(), control.PayerSpec{Timeline: bob.ID, Template: "rich", Balance: new(money.Of("SGD", 100))})
	if err != nil {
		t.Fatal(err)
	}
	if p, err = sim.TopUp(t.Context(), p.ID, control.TopUpSpec{Amount: money.Of("SGD", 50)}); err != nil || p.Balance != money.Of("SGD", 150) {
		t.Errorf("topped up: %v, %v", p.Balance, err)
	}
	if _, err := sim.TopUp(t.Context(), p.ID, control.TopUpSpec{Amount: money.Of("SGD", -50)}); err == nil {
		t.Error("money was taken out by a top-up")
	}
	lines, err := sim.Timelines(t.Context())
	if err != nil || len(lines) != 2 || lines[0].Name != "alice" || lines[1].ID != bob.ID {
		t.Errorf("timelines: %v, %v", lines, err)
	}
	for line, want := range map[string]int{bob.ID: 1, lines[0].ID: 0, "": 0} {
		if list, err := sim.Payers(t.Context(), line); err != nil || len(list) != want {
			t.Errorf("payers of %q: %v, %v", line, list, err)
		}
	}
}
