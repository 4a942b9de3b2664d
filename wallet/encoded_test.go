package wallet_test

import (
	"testing"

	"mppsim/wallet"
	"mppsim/wallet/store"
	"mppsim/wallet/store/storetest"
)

// TestAnEngineThatEncodesRecordsBehavesAlike pays, refunds and cancels over a store that keeps JSON, as databases do.
func TestAnEngineThatEncodesRecordsBehavesAlike(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *wallet.Options) { o.Store = storetest.Encoded(store.NewMemory()) })
	r.open("off")
	p := r.payer("rich")
	want(t, "pay", r.pay("P1", r.code(p), "1000").code(), "SUCCESS")
	want(t, "pay again", r.call("pay", r.payBody("P1", "0", "1001")).code(), "REPEAT_REQ_INCONSISTENT")
	want(t, "refund", r.refund("P1", "R1", "300").code(), "SUCCESS")
	want(t, "inquiry", r.inquire("P1").outcome(), "SUCCESS")
	want(t, "second pay", r.pay("P2", r.code(p), "500").code(), "SUCCESS")
	want(t, "cancel", r.cancel("P2").code(), "SUCCESS")
	want(t, "cancelled", r.inquire("P2").outcome(), "ORDER_IS_CLOSED")
	r.wantMoved("payer/"+p.ID, -700)
}
