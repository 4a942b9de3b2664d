package wallet_test

import (
	"strings"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/code/identify"
	"mppsim/wallet/code/scan"
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

// TestAPictureOfTheOrderCodeIsScannedAndPaid goes the way of a payer before the shop's screen.
func TestAPictureOfTheOrderCodeIsScannedAndPaid(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.sim.SetURLs(r.url, r.url)
	r.open("off")
	p := r.payer("rich")
	a := r.sell(sale{id: "P1", value: "1000", factor: orderCodeFactor})
	_, picture := r.browse(a.Text("orderCodeForm.codeDetails.1.codeValue"))
	seen, err := scan.Read(t.Context(), strings.NewReader(picture))
	if err != nil || seen.Text != codeText(a) {
		t.Fatalf("the picture says %q, error %v, want %q", seen.Text, err, codeText(a))
	}
	want(t, "scan", r.scan(p, seen.Text).Result.Code, "SUCCESS")
	want(t, "confirmed", r.confirm(p).State, "SUCCESS")
	r.wantMoved("payer/"+p.ID, -1000)
}

// TestRulesOfANewerLanguageAreAskedOfAlipayPlus scans a code that the wallet's own rules can only guess.
func TestRulesOfANewerLanguageAreAskedOfAlipayPlus(t *testing.T) {
	t.Parallel()
	rules, err := identify.Load("rules.yaml", []byte(`version: test
rules:
  - {name: newer, match: {prefix: "https://newer/"}, product: entry-code, issuer: acme, action: OPEN_URL, url: {direct: true}, userAgent: Acme, engine: 2, trust: false}
`))
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(o *wallet.Options) { o.CodeRules = rules })
	r.open("off")
	got := r.scan(r.payer("rich"), "https://newer/1")
	want(t, "page", got.Action+" "+got.Page+" "+got.UserAgent, "OPEN_URL https://newer/1 Acme")
}
