package wallet_test

import (
	"strings"
	"testing"

	"mppsim/wallet"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/quote"
)

// recorded is the board of a day in the sandbox (mpp-api §8.2), with yen beside it.
func recorded(o *wallet.Options) {
	o.Rates, _ = quote.Parse("rates.yaml", []byte("pivot: USD\nprices: {SGD/MYR: 3.33055347, USD/SGD: 1.25, USD/JPY: 150}"))
}

// settledInYen is a pay request that settles in yen.
func settledInYen(r *rig, id, code, value string) string {
	return strings.Replace(r.payBody(id, code, value), `"settlementCurrency":"SGD"`, `"settlementCurrency":"JPY"`, 1)
}

func TestPaymentAcrossCurrenciesOnTheWire(t *testing.T) {
	t.Parallel()
	r := newRig(t, recorded)
	r.open("certify")
	p := r.payer("from-malaysia")
	paid := r.call("pay", settledInYen(r, "P1", r.code(p), "500"))
	want(t, "pay", paid.code(), "SUCCESS")
	want(t, "amount", text(paid.body, "paymentAmount.currency")+text(paid.body, "paymentAmount.value"), "SGD500")
	for _, member := range []string{"settlementAmount", "settlementQuote"} {
		if paid.body.Get(member) != nil {
			t.Errorf("pay tells %s: %s", member, paid.raw)
		}
	}
	r.wantMoved("payer/"+p.ID, -1665) // SGD 5.00 × 3.33055347
	asked := r.inquire("P1")
	wantSettlement(t, "inquiry", asked, "600")
	n := r.awaitNotices(1)[0]
	wantSettlement(t, "notification", answer{body: n.body, raw: n.raw}, "600")
	want(t, "quote of the notification", text(n.body, "settlementQuote.quoteId"), text(asked.body, "settlementQuote.quoteId"))

	wantSettlement(t, "first refund", r.refund("P1", "R1", "167"), "200")
	r.wantMoved("payer/"+p.ID, -1665+556)
	wantSettlement(t, "second refund", r.refund("P1", "R2", "333"), "400")
	r.wantMoved("payer/"+p.ID, 0)

	orders, err := r.api.Orders(t.Context(), r.timeline)
	if err != nil || len(orders) != 1 || len(orders[0].Refunds) != 2 {
		t.Fatalf("orders %+v, %v", orders, err)
	}
	o := orders[0]
	if o.PayTo.Amount != money.Of("MYR", 1665) || o.PayTo.Quote.Price != "3.33055347" || o.Settlement.Amount != money.Of("JPY", 600) {
		t.Errorf("books: %+v, %+v", o.PayTo, o.Settlement)
	}
	if o.Refunds[0].From.Amount != money.Of("MYR", 556) || o.Refunds[1].Settlement.Amount != money.Of("JPY", 400) {
		t.Errorf("refunds: %+v", o.Refunds)
	}
	seen, err := r.api.Payer(t.Context(), p.ID)
	if err != nil || seen.Currency != "MYR" || seen.Payments[0].Amount != sgd(500) || seen.Payments[0].Quote.Pair != "SGD/MYR" {
		t.Errorf("payer: %+v, %v", seen, err)
	}
}

func wantSettlement(t *testing.T, what string, a answer, yen string) {
	t.Helper()
	q := func(member string) string { return text(a.body, "settlementQuote."+member) }
	if text(a.body, "settlementAmount.currency") != "JPY" || text(a.body, "settlementAmount.value") != yen {
		t.Errorf("%s: settlement is not JPY %s: %s", what, yen, a.raw)
	}
	if q("quoteCurrencyPair") != "SGD/JPY" || q("quotePrice") != "120.00000000" || q("quoteStartTime") == "" || q("quoteExpiryTime") == "" {
		t.Errorf("%s: quote: %s", what, a.raw)
	}
}

// A payer without a currency of its own pays in the shop's, whatever the settlement is: nothing is converted on the wallet's leg.
func TestPayersWithoutACurrencyPayTheShops(t *testing.T) {
	t.Parallel()
	r := newRig(t, recorded)
	r.open("off")
	p := r.payer("rich")
	want(t, "pay", r.call("pay", settledInYen(r, "P1", r.code(p), "500")).code(), "SUCCESS")
	r.wantMoved("payer/"+p.ID, -500)
	exotic := strings.Replace(r.payBody("P2", r.code(p), "500"), `"settlementCurrency":"SGD"`, `"settlementCurrency":"CLF"`, 1)
	want(t, "no rate", r.call("pay", exotic).code(), "INVALID_CONTRACT")
	if _, err := r.api.CreatePayer(t.Context(), control.PayerSpec{Timeline: r.timeline, Traits: map[string]string{"currency": "EURO"}}); asRefusal(err) == nil {
		t.Errorf("a currency that is none: %v", err)
	}
}
