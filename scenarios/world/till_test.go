package world_test

import (
	"errors"
	"testing"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/acquirer/till"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
)

func TestUndisturbedTillsAskNobody(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.charged(t, world.ChargeOrder{Unsampled: true})
	if n := len(s.books.struck); n != 0 {
		t.Errorf("%d messages were asked about", n)
	}
}

// TestTheAnswerThatTheShopNeverHeardIsEvidence: a repeated charge is two calls of the merchant API, both in the journal.
func TestTheAnswerThatTheShopNeverHeardIsEvidence(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	payer, err := s.NewPayer(t.Context(), "rich")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Arm(t.Context(), "till-repeated", acquirer.VerbChargeCode); err != nil {
		t.Fatal(err)
	}
	p := s.charged(t, world.ChargeOrder{Payer: payer, Unsampled: true})
	if answer, err := p.Answer(t.Context()); err != nil || answer.State != acquirer.Pending {
		t.Errorf("the shop hears %+v, %v", answer, err)
	}
	calls := s.Calls()
	if len(calls) != 2 || calls[0].Verb != acquirer.VerbChargeCode || calls[0].ID == calls[1].ID {
		t.Errorf("calls %+v", calls)
	}
	if m := s.books.struck; len(m) != 1 || m[0].Timeline != "line" || m[0].Payer != payer.ID || m[0].Reference != p.Charge.Reference {
		t.Errorf("asked about %+v", m)
	}
}

func TestALostChargeLeavesTheShopWithoutAWord(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	if _, err := s.Arm(t.Context(), "till-request-lost", acquirer.VerbChargeCode); err != nil {
		t.Fatal(err)
	}
	p := s.charged(t, world.ChargeOrder{Unsampled: true})
	if _, err := p.Answer(t.Context()); !errors.Is(err, till.ErrLost) {
		t.Errorf("the shop hears %v", err)
	}
	if len(p.Samples()) != 0 || s.shop.calls != 0 {
		t.Errorf("%d samples, %d calls of the acquirer", len(p.Samples()), s.shop.calls)
	}
}

// TestFaultsThatHitEverybodyAreForScenariosOfTheirOwn: a scenario that is not tagged @alone cannot arm them.
func TestFaultsThatHitEverybodyAreForScenariosOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	if _, err := s.Arm(t.Context(), "connection-refused", "connection"); !errors.Is(err, world.ErrEverybody) {
		t.Errorf("shut the door: %v", err)
	}
	shop, err := s.Shop("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Arm(t.Context(), "answer-lost", aps.Pay, world.OnShop(shop)); !errors.Is(err, world.ErrEverybody) {
		t.Errorf("a whole shop: %v", err)
	}
	if len(s.books.lifted) != 2 {
		t.Errorf("lifted %v", s.books.lifted)
	}
	if f, err := s.Arm(t.Context(), "answer-lost", aps.Pay); err != nil || len(s.Faults()) != 1 || s.Faults()[0].ID != f.ID {
		t.Errorf("faults %+v, %v", s.Faults(), err)
	}
}
