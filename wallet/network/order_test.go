package network

import (
	"testing"

	"mppsim/wallet/money"
)

// Copies of an order are handed out and kept; what is done to one must not show in another.
func TestPuttingARefundLeavesOtherCopiesOfTheOrderAlone(t *testing.T) {
	t.Parallel()
	roomy := append(make([]Refund, 0, 8), Refund{RefundRequestID: "R1", Amount: money.Of("SGD", 100)})
	for name, put := range map[string]Refund{
		"replaced": {RefundRequestID: "R1", Amount: money.Of("SGD", 200)},
		"added":    {RefundRequestID: "R2", Amount: money.Of("SGD", 200)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept := Order{Refunds: roomy}
			changed := kept
			changed.putRefund(put)
			if got := changed.refund(put.RefundRequestID); got.Amount.Value != 200 {
				t.Errorf("the changed order has %+v", changed.Refunds)
			}
			if got := kept.Refunds[:2]; got[0].Amount.Value != 100 || got[1].RefundRequestID != "" {
				t.Errorf("the kept order has got %+v", got)
			}
		})
	}
}
