package wallet_test

import (
	"strings"
	"testing"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/contract"
)

// TestMerchantsWithWhomSomethingIsWrong, as the contract says, are refused at both doors; the others are not.
func TestMerchantsWithWhomSomethingIsWrong(t *testing.T) {
	t.Parallel()
	c := newRig(t, func(o *wallet.Options) {
		o.Contract = agreed(t, contract.Contract{
			Merchants: map[string]contract.Standing{"M-1": contract.Penniless, "M-9": contract.Suspended}, Inactive: []string{"inquiryRefund"},
		})
	}).till()
	p := c.payer("rich")
	want(t, "pay", c.rig.pay("P1", c.code(p), "1000").code(), "SUCCESS")
	for _, id := range []string{"R1", "R1"} {
		want(t, "refund", c.rig.refund("P1", id, "1").code(), "PROCESS_FAIL")
	}
	want(t, "cancel", c.rig.cancel("P1").code(), "PROCESS_FAIL")
	want(t, "cancel in store", codeOf(c.cancel("P1")), "MERCHANT_BALANCE_NOT_ENOUGH")
	want(t, "the payment stands", c.rig.inquire("P1").outcome(), "SUCCESS")
	c.wantMoved("payer/"+p.ID, -1000)
	want(t, "an open payment can be cancelled", codeOf(c.pay(inStoreSale{id: "P2", code: c.code(c.payer("always-password")), value: "1000"})), "PAYMENT_IN_PROCESS")
	want(t, "cancel", codeOf(c.cancel("P2")), "SUCCESS")

	body := strings.Replace(c.payBody("P3", c.code(p), "1000"), `"M-1"`, `"M-9"`, 1)
	want(t, "suspended", codeOf(c.rig.ask(aps.Pay, body)), "ACCESS_DENIED")
	want(t, "its inquiry", c.outcome("P3"), "ACCESS_DENIED")
	want(t, "its inquiry in store", c.stands("P3"), "FAIL INVALID_MERCHANT_STATUS")
	want(t, "an operation that is not active", codeOf(c.blurt("inquiryRefund", `{"refundRequestId":"R1"}`)), "INVALID_API")
}
