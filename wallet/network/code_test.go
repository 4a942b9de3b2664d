package network_test

import (
	"fmt"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/code"
	"mppsim/wallet/network"
)

// codes gets payment codes as a wallet does.
func (w *world) codes(req aps.CodeRequest) []aps.PaymentCode {
	w.t.Helper()
	req.CustomerID = "C"
	a, err := w.GetPaymentCode(w.t.Context(), req)
	if err != nil || a.Result.Code != "SUCCESS" || len(a.Codes) != req.Quantity {
		w.t.Fatalf("%+v, %v", a, err)
	}
	return a.Codes
}

func TestTheMinutesOfCodesFollowOneAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	start := w.line.Clock.Now()
	for i, c := range w.codes(aps.CodeRequest{Quantity: 10}) {
		if begins := start.Add(time.Duration(i) * time.Minute); !c.Start.Equal(begins) || !c.Expiry.Equal(begins.Add(time.Minute)) {
			t.Errorf("code %d is valid from %s to %s", i+1, c.Start, c.Expiry)
		}
	}
}

func TestACodePaysOnlyInItsMinute(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	list := w.codes(aps.CodeRequest{Quantity: 3})
	charge := func(id string, i int) string { return w.charge(w.request(id, list[i].Digits, 1000)) }
	w.want("the second in the first minute", charge("P1", 1), "INVALID_CODE")
	w.want("the third in the first minute", charge("P2", 2), "INVALID_CODE")
	w.line.Clock.Advance(time.Minute - time.Nanosecond)
	w.want("the second just before its minute", charge("P3", 1), "INVALID_CODE")
	w.line.Clock.Advance(time.Nanosecond)
	w.want("the first in the second minute", charge("P4", 0), "EXPIRED_CODE")
	w.want("the second in the second minute", charge("P5", 1), "SUCCESS")
	w.want("the second again", charge("P6", 1), "INVALID_CODE")
	w.line.Clock.Advance(2 * time.Minute)
	w.want("the third too late", charge("P7", 2), "EXPIRED_CODE")
}

func TestACodeBelongsToItsPayer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	other := network.Holder{Timeline: w.line.ID, Payer: "other", CustomerID: "D"}
	if err := w.SetHolder(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	minted, err := w.MintCode(t.Context(), "D", code.Format{})
	if err != nil {
		t.Fatal(err)
	}
	w.want("charge", w.charge(w.request("P1", minted.Digits, 1000)), "SUCCESS")
	if o, _, err := w.Order(t.Context(), "P1"); err != nil || o.CustomerID != "D" || o.Payer != "other" {
		t.Errorf("paid by %s, customer %s, error %v", o.Payer, o.CustomerID, err)
	}
}

func TestACodePaysOnlyInItsRegion(t *testing.T) {
	t.Parallel()
	tests := []struct{ code, shop, want string }{
		{"", "SG", "SUCCESS"},
		{"", "CN", "SUCCESS"},
		{"SG", "SG", "SUCCESS"},
		{"CN", "CN", "SUCCESS"},
		{"SG", "", "SUCCESS"},
		{"SG", "CN", "INVALID_CODE"},
		{"CN", "SG", "INVALID_CODE"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("code for %q in %q", tt.code, tt.shop), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, network.RhythmOff)
			req := w.request("P1", w.codes(aps.CodeRequest{Quantity: 1, Region: tt.code})[0].Digits, 1000)
			req.Order.Merchant.Region = tt.shop
			w.want("charge", w.charge(req), tt.want)
		})
	}
}

func TestCodesComeFromEveryPrefix(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	for prefix := 25; prefix <= 30; prefix++ {
		form := code.Format{Prefix: fmt.Sprint(prefix)}
		digits := w.codes(aps.CodeRequest{Quantity: 2, Format: form.String()})[1].Digits
		if code.Classify(digits) != code.Standard || digits[:2] != form.Prefix {
			t.Errorf("prefix %d: %s", prefix, digits)
		}
	}
}

func TestBadRequestsForCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	for name, req := range map[string]aps.CodeRequest{
		"none":             {CustomerID: "C"},
		"eleven":           {CustomerID: "C", Quantity: 11},
		"a negative count": {CustomerID: "C", Quantity: -1},
		"three letters":    {CustomerID: "C", Quantity: 1, Region: "CHN"},
		"small letters":    {CustomerID: "C", Quantity: 1, Region: "cn"},
		"no customer":      {Quantity: 1},
		"another prefix":   {CustomerID: "C", Quantity: 1, Format: "31/24"},
	} {
		a, err := w.GetPaymentCode(t.Context(), req)
		if err != nil || a.Result.Code != "PARAM_ILLEGAL" || len(a.Codes) != 0 {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}
