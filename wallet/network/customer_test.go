package network_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"mppsim/wallet/aps"
	"mppsim/wallet/network"
)

func TestCustomerIDsOfAWalletAreFlagged(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		answered string // by the wallet to pay
		want     string
	}{
		{"the same", "C", ""},
		{"not told", "", ""},
		{"another one", "rotated", `customerId in the pay response is \"rotated\"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, network.RhythmOff)
			var log bytes.Buffer
			w.Logger = slog.New(slog.NewTextHandler(&log, nil))
			w.wallet.pay = func(aps.WalletPay) (aps.WalletPayAnswer, error) {
				return aps.WalletPayAnswer{Result: aps.ResultOf("SUCCESS"), PaymentID: "W", CustomerID: test.answered}, nil
			}
			req := w.request("P", w.code(), 100)
			req.Product = aps.ByPaymentCode
			w.want("pay", w.charge(req), "SUCCESS")
			if got := log.String(); (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("noted %q", got)
			}
		})
	}
}

func TestCodesNeedAProperCustomerID(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	for _, id := range []string{"", strings.Repeat("x", 65)} {
		answer, err := w.GetPaymentCode(t.Context(), aps.CodeRequest{CustomerID: id, Quantity: 1})
		if err != nil || answer.Result.Code != "PARAM_ILLEGAL" {
			t.Errorf("%q: %+v, %v", id, answer.Result, err)
		}
	}
}
