package steps

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	messages "github.com/cucumber/messages/go/v21"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

// mute is a scene whose till gets no answer to anything: one payment that Alipay+ has taken, and one refund.
func mute(t *testing.T, later ...acquirer.State) *scene {
	t.Helper()
	s := play(t, append([]acquirer.State{""}, later...)...)
	s.says(aps.Pay, success, nil)
	p, err := s.PaymentBy("")
	if err != nil {
		t.Fatal(err)
	}
	s.books("SUCCESS")
	s.sim.mu.Lock()
	s.sim.orders[0].Code = p.Code
	s.sim.orders[0].Refunds = []control.Refund{{RefundID: "r-1"}}
	s.sim.mu.Unlock()
	if _, err := s.Refund(t.Context(), world.RefundOrder{Payment: p, Amount: money.Of("SGD", 25000)}); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestWhatTheTillHasNotHeardIsNotHeldAgainstTheAcquirer plays every step that judges what the shop is told at a till
// without answers: undecided with the reason, and neither an accusation nor a pass.
func TestWhatTheTillHasNotHeardIsNotHeldAgainstTheAcquirer(t *testing.T) {
	t.Parallel()
	one := &messages.PickleTable{Rows: []*messages.PickleTableRow{{Cells: []*messages.PickleTableCell{{Value: "nothing"}}}}}
	for name, judge := range map[string]func(ctx context.Context) error{
		"charge refused":      chargeRefused,
		"amount paid":         func(ctx context.Context) error { return seesAmount(ctx, "250.00") },
		"two payments":        twoPayments,
		"own outcomes":        ownOutcomes,
		"different reasons":   differentReasons,
		"books agree":         booksAgree,
		"asked for":           func(ctx context.Context) error { return askedFor(ctx, one) },
		"nothing left":        nothingLeft,
		"asked back":          func(ctx context.Context) error { return askedBack(ctx, one) },
		"refund done":         func(ctx context.Context) error { return seesRefund(ctx, "0 s") },
		"refund as failed":    func(ctx context.Context) error { return refundEndsAs(ctx, "failed", 0) },
		"refund refused":      refundRefused,
		"refund not sent":     func(ctx context.Context) error { return refusedSilently(ctx, "250.00") },
		"refund's books":      refundBooksAgree,
		"refunds add up":      refundsAddUp,
		"left to refund":      func(ctx context.Context) error { return seesLeft(ctx, "0") },
		"nothing left to see": func(ctx context.Context) error { return staysRefunded(ctx, "0 s") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := mute(t)
			got := ""
			if err := world.Safely(func() error { got = verdictOf(judge(s.ctx)); return nil }); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(got, "broken: the till has heard nothing of the ") || !strings.Contains(got, "no answer in time") {
				t.Error(got)
			}
		})
	}
}

func TestALaterWordCounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := play(t, "", failed)
		p, err := s.PaymentBy("")
		if err != nil {
			t.Fatal(err)
		}
		p.Watch()
		if got := verdictOf(chargeRefused(s.ctx)); got != "passed" {
			t.Errorf("a charge that only a query shows as refused: %s", got)
		}
	})
}

func TestChargeRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		states []acquirer.State
		want   string
	}{
		"at once":     {[]acquirer.State{failed}, "passed"},
		"a bit later": {[]acquirer.State{pending, failed}, "passed"},
		"never":       {[]acquirer.State{pending}, "accused"},
		"paid":        {[]acquirer.State{paid}, "accused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := play(t, tt.states...)
				s.Payments()[0].Watch()
				if got := verdictOf(chargeRefused(s.ctx)); got != tt.want {
					t.Errorf("%s, want %s", got, tt.want)
				}
			})
		})
	}
}

// unread is a till from whose answers the profile reads no reason.
type unread struct{ *cashier }

func (unread) TellsReason() bool { return false }

func TestDifferentReasonsNeedReasons(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		till acquirer.Acquirer
		sent bool
		want string
	}{
		"refused by Alipay+":         {&cashier{states: []acquirer.State{failed}}, true, "passed"},
		"refused by the acquirer":    {&cashier{states: []acquirer.State{failed}}, false, "not reached ACQ-UPM-03"},
		"the profile maps no reason": {unread{&cashier{states: []acquirer.State{failed}}}, true, "broken: the profile does not say where the acquirer shows the reason of a refusal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := playAt(t, tt.till)
				if tt.sent {
					s.says(aps.Pay, success, nil)
				}
				if got := verdictOf(differentReasons(s.ctx)); got != tt.want {
					t.Errorf("%s, want %s", got, tt.want)
				}
			})
		})
	}
}
