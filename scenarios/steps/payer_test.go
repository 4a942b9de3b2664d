package steps

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

// EnterPassword finds no wallet that asks.
func (s *script) EnterPassword(context.Context, string, control.PayerAct) (control.Payment, error) {
	return control.Payment{}, errors.New("nothing waits")
}

// A wallet asks no more once the acquirer has cancelled: that is nobody's fault.
func TestThePayerMayComeTooLate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, template string
		cancelled      bool
		want           string
	}{
		{"the simulator does not ask", needsPassword, false, "broken"},
		{"cancelled", needsPassword, true, "not reached"},
		{"cancelled, and the payer has no money anyway", poorWithPassword, true, "passed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := play(t, acquirer.Pending)
				if tt.cancelled {
					s.says(aps.CancelPayment, nil, nil)
				}
				if err := newPayer(s.ctx, tt.template); err != nil {
					t.Fatal(err)
				}
				if got := verdictOf(enterPassword(s.ctx)); !strings.HasPrefix(got, tt.want) {
					t.Errorf("%s, want %s", got, tt.want)
				}
			})
		})
	}
}

// What the till could not see, because its own call was broken off, accuses nobody.
func TestATillThatHasHeardNothingAccusesNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := play(t, "")
		s.says(aps.Pay, &trace.Result{Code: "SUCCESS", Status: "S"}, nil)
		if got := verdictOf(sees(s.ctx, "the payment", "paid", "")); !strings.Contains(got, "heard nothing") {
			t.Error(got)
		}
	})
}
