package mpp

import (
	"errors"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/code"
)

// TestAPhoneWithoutNetworkHasItsCodes pays by codes from before, one a minute, until none is left, and fetches again when
// the network is back.
func TestAPhoneWithoutNetworkHasItsCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("offline")
	first, err := w.wallet.IssueCode(t.Context(), p.ID, CodeSpec{Quantity: 10})
	if err != nil || len(first) != 10 || first[9].Expiry.Sub(w.clock.Now()) != 10*time.Minute {
		t.Fatalf("codes %+v, %v", first, err)
	}
	if req := w.request(p); req.Code != first[0].Digits || w.pay(req).Result.Code != "SUCCESS" {
		t.Errorf("the first does not pay: %+v", req)
	}
	next, err := w.wallet.IssueCode(t.Context(), p.ID, CodeSpec{})
	if err != nil || next[0] != first[1] {
		t.Errorf("after the first comes %+v, %v", next, err)
	}
	w.clock.Advance(9*time.Minute + time.Second)
	last, err := w.wallet.IssueCode(t.Context(), p.ID, CodeSpec{})
	if err != nil || last[0] != first[9] {
		t.Errorf("in the tenth minute it has %+v, %v", last, err)
	}
	for _, spec := range []CodeSpec{{Quantity: 2}, {Region: "SG"}, {Format: code.Format{Length: 18}}} {
		if _, err := w.wallet.IssueCode(t.Context(), p.ID, spec); !errors.Is(err, ErrOffline) {
			t.Errorf("%+v: %v", spec, err)
		}
	}
	w.clock.Advance(time.Minute)
	if _, err := w.wallet.IssueCode(t.Context(), p.ID, CodeSpec{}); !errors.Is(err, ErrOffline) {
		t.Errorf("in the eleventh minute: %v", err)
	}
	w.clock.Advance(20 * time.Minute)
	if fresh, err := w.wallet.IssueCode(t.Context(), p.ID, CodeSpec{Region: "SG"}); err != nil || fresh[0].Start.Before(w.clock.Now()) {
		t.Errorf("with the network back: %+v, %v", fresh, err)
	}
}

// TestAPhoneWithoutNetworkCanDoNothingElse lets a payment wait for a password that nobody can enter.
func TestAPhoneWithoutNetworkCanDoNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("offline", "password", "always")
	if a := w.pay(w.request(p)); a.Result.Status != aps.Unknown {
		t.Errorf("pay: %+v", a.Result)
	}
	ctx := t.Context()
	_, scanned := w.wallet.Scan(ctx, p.ID, "https://qr.alipayplus.com/281666130000")
	_, confirmed := w.wallet.Confirm(ctx, p.ID, Act{})
	_, entered := w.wallet.EnterPassword(ctx, p.ID, Act{})
	_, declined := w.wallet.Decline(ctx, p.ID, Act{})
	for what, err := range map[string]error{"scan": scanned, "confirm": confirmed, "password": entered, "decline": declined, "online": w.wallet.Online(ctx, p.ID)} {
		if !errors.Is(err, ErrOffline) {
			t.Errorf("%s: %v", what, err)
		}
	}
	w.clock.Advance(30 * time.Minute)
	if err := w.wallet.Online(ctx, p.ID); err != nil {
		t.Errorf("after half an hour: %v", err)
	}
	if a, err := w.wallet.EnterPassword(ctx, p.ID, Act{}); err != nil || a.Code != "ORDER_IS_CLOSED" || w.spent(p) != 0 {
		t.Errorf("after half an hour the password moves %d: %+v, %v", w.spent(p), a, err)
	}
}
