package wallet_test

import (
	"testing"
	"time"

	"mppsim/wallet/control"
)

// TestCodesOfAPhoneThatIsOffline pays with a code fetched minutes ago, and not before its minute.
func TestCodesOfAPhoneThatIsOffline(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("certify")
	p := r.payer("rich")
	list := must[[]control.PaymentCode](t)(r.api.IssueCodes(t.Context(), p.ID, control.CodesSpec{Quantity: 3}))
	if len(list) != 3 || !list[1].Start.Equal(list[0].Expiry) || list[2].Expiry.Sub(list[0].Start) != 3*time.Minute {
		t.Fatalf("codes %+v", list)
	}
	want(t, "too early", r.pay("P1", list[2].Digits, "1000").code(), "INVALID_CODE")
	must[control.Timeline](t)(r.api.MoveTimeline(t.Context(), r.timeline, control.Move{By: 2*time.Minute + time.Second}))
	want(t, "too late", r.pay("P2", list[0].Digits, "1000").code(), "EXPIRED_CODE")
	want(t, "in its minute", r.pay("P3", list[2].Digits, "1000").code(), "SUCCESS")
	want(t, "again", r.pay("P4", list[2].Digits, "1000").code(), "INVALID_CODE")
}
