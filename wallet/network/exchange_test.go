package network_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mppsim/wallet/aps"
	"mppsim/wallet/contract"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/ledger"
	"mppsim/wallet/money"
	"mppsim/wallet/network"
	"mppsim/wallet/promo"
	"mppsim/wallet/store"
)

// home gives the world's payer a wallet of one currency.
func (w *world) home(currency string) {
	w.t.Helper()
	if err := w.SetHolder(w.t.Context(), network.Holder{Timeline: w.line.ID, Payer: "payer", CustomerID: "C", Currency: currency}); err != nil {
		w.t.Fatal(err)
	}
}

// priced is a request in a currency that settles in another.
func (w *world) priced(id string, amount money.Amount, settlement string) aps.PayRequest {
	req := w.request(id, w.code(), amount.Value)
	req.Amount, req.Order.Amount, req.Settlement = amount, amount, settlement
	return req
}

// balances are all that the accounts of the network's postings hold.
func (w *world) balances() map[ledger.Account][]money.Amount {
	w.t.Helper()
	held := make(map[ledger.Account][]money.Amount)
	err := w.store.View(w.t.Context(), func(tx store.Tx) error {
		for _, a := range []ledger.Account{
			ledger.Wallet, ledger.FX, ledger.Rounding, ledger.Fees, ledger.AcquirerAccount("A"), ledger.ShopAccount("M"), ledger.SponsorAccount("s"),
		} {
			list, err := ledger.Balances(tx, a)
			if err != nil {
				return err
			}
			if list = slices.DeleteFunc(list, money.Amount.IsZero); len(list) > 0 {
				held[a] = list
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return held
}

func (w *world) order(id string) network.Order {
	w.t.Helper()
	o, found, err := w.Order(w.t.Context(), id)
	if err != nil || !found {
		w.t.Fatalf("order %s: %v, %v", id, found, err)
	}
	return o
}

func TestAPaymentAcrossThreeCurrencies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmCertify)
	w.home("MYR")
	at := w.line.Clock.Now()
	var told aps.WalletPay
	w.wallet.pay = func(req aps.WalletPay) (aps.WalletPayAnswer, error) {
		told = req
		return aps.WalletPayAnswer{Result: aps.ResultOf("SUCCESS")}, nil
	}
	w.want("pay", w.charge(w.priced("P1", money.Of("SGD", 500), "JPY")), "SUCCESS")
	board := rates(t)
	payTo, quote, err := board.Convert(money.Of("SGD", 500), "MYR", at)
	if err != nil || told.Amount != money.Of("SGD", 500) || told.PayTo != payTo || told.Quote != quote {
		t.Errorf("the wallet was told %v, %v, %+v; want %v, %+v", told.Amount, told.PayTo, told.Quote, payTo, quote)
	}
	settled, _, err := board.Convert(money.Of("SGD", 500), "JPY", at)
	if err != nil {
		t.Fatal(err)
	}
	want := map[ledger.Account][]money.Amount{
		ledger.Wallet:               {payTo.Neg()},
		ledger.FX:                   {settled.Neg(), payTo}, // by currency
		ledger.AcquirerAccount("A"): {settled, money.Of("SGD", -500)},
		ledger.ShopAccount("M"):     {money.Of("SGD", 500)},
	}
	if got := w.balances(); !maps.EqualFunc(got, want, slices.Equal) {
		t.Errorf("balances %v, want %v", got, want)
	}
	w.want("cancel", w.revoke("P1"), "SUCCESS")
	if got := w.balances(); len(got) != 0 {
		t.Errorf("after the cancellation %v", got)
	}
}

// With a promotion the wallet pays the net amount at the quote, and reads the savings in the payer's currency (mpp-api §8.2 A5).
func TestAPromotedPaymentAcrossCurrencies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	w.home("MYR")
	w.promote(money.Of("SGD", 200))
	w.want("pay", w.charge(w.priced("P1", money.Of("SGD", 1000), "SGD")), "SUCCESS")
	rate, ok := rates(t).Rate("SGD", "MYR", w.line.Clock.Now())
	if !ok {
		t.Fatal("no rate")
	}
	at := func(minor int64) money.Amount {
		a, err := rate.Convert(money.Of("SGD", minor), money.HalfUp)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if got := w.wallet.last; got.Amount != money.Of("SGD", 800) || got.PayTo != at(800) || got.Promotions[0].Savings != at(200) {
		t.Errorf("the wallet was told %v, %v, %+v", got.Amount, got.PayTo, got.Promotions)
	}
	var back aps.WalletRefund
	w.wallet.refund = func(req aps.WalletRefund) (aps.WalletRefundAnswer, error) {
		back = req
		return aps.WalletRefundAnswer{Result: aps.ResultOf("SUCCESS")}, nil
	}
	w.want("refund", w.giveBack("P1", "R1", 500), "SUCCESS")
	if back.Amount != money.Of("SGD", 400) || back.From != at(400) || back.Quote != w.wallet.last.Quote || back.Promotions[0].Savings != at(100) {
		t.Errorf("the wallet gives back %+v", back)
	}
}

func TestWhereTheSettlementIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmCertify)
	req := w.priced("P1", money.Of("SGD", 1000), "JPY")
	s, err := w.Locate(t.Context(), aps.Marks{PaymentRequestID: "P1", Code: req.Code})
	if err != nil {
		t.Fatal(err)
	}
	paid, err := w.Pay(t.Context(), s, &req, nil)
	if body := paid.Node(); err != nil || body.Get("settlementQuote") != nil || body.Get("settlementAmount") != nil {
		t.Errorf("pay tells %s, %v", body.Write(jsontree.Layout{}), err)
	}
	asked, err := w.Inquiry(t.Context(), aps.InquiryRequest{PaymentRequestID: "P1"})
	if err != nil {
		t.Fatal(err)
	}
	quote := asked.Payment.SettlementQuote
	if asked.Payment.Settlement.Currency != "JPY" || quote.Pair != "SGD/JPY" {
		t.Errorf("an inquiry tells %v, %+v", asked.Payment.Settlement, quote)
	}
	w.wall.Advance(30 * time.Second)
	w.eventually("the notification", func() bool { return w.acquirer.count() == 1 })
	if note := w.acquirer.got[0].Payment; note.Settlement != asked.Payment.Settlement || note.SettlementQuote != quote {
		t.Errorf("the notification tells %v, %+v", note.Settlement, note.SettlementQuote)
	}
	w.line.Clock.Advance(5 * 24 * time.Hour) // to a day with another rate
	back, err := w.Refund(t.Context(), aps.RefundRequest{PaymentRequestID: "P1", RefundRequestID: "R1", Amount: money.Of("SGD", 1000)})
	if err != nil || back.Settlement != asked.Payment.Settlement || back.SettlementQuote != quote {
		t.Errorf("the refund tells %v, %+v, %v", back.Settlement, back.SettlementQuote, err)
	}
	same := w.priced("P2", money.Of("SGD", 1000), "SGD")
	w.want("pay", w.charge(same), "SUCCESS")
	plain, err := w.Inquiry(t.Context(), aps.InquiryRequest{PaymentRequestID: "P2"})
	if err != nil || plain.Payment.Settlement != money.Of("SGD", 1000) || !plain.Payment.SettlementQuote.IsZero() {
		t.Errorf("in one currency an inquiry tells %+v, %v", plain.Payment, err)
	}
}

// A quote holds for the day on the timeline; on the wire its times are real (so that the payment lies within them).
func TestQuotesOnAMovedTimeline(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	w.want("pay today", w.charge(w.priced("P1", money.Of("SGD", 1000), "MYR")), "SUCCESS")
	w.line.Clock.Advance(24 * time.Hour)
	w.want("pay tomorrow", w.charge(w.priced("P2", money.Of("SGD", 1000), "MYR")), "SUCCESS")
	today, tomorrow := w.order("P1").Settlement.Terms(), w.order("P2").Settlement.Terms()
	if today.ID == tomorrow.ID || today.Price == tomorrow.Price || !today.Expiry.Equal(tomorrow.Start) {
		t.Errorf("today %+v, tomorrow %+v", today, tomorrow)
	}
	for _, id := range []string{"P1", "P2"} {
		a, err := w.Inquiry(t.Context(), aps.InquiryRequest{PaymentRequestID: id})
		q := a.Payment.SettlementQuote
		if err != nil || q.Start.After(a.Payment.Time) || q.Expiry.Before(a.Payment.Time) {
			t.Errorf("%s was paid at %s, its quote holds from %s to %s, %v", id, a.Payment.Time, q.Start, q.Expiry, err)
		}
	}
}

func TestPricesThatCannotBeMade(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, home, settlement, want string }{
		{"no rate to the payer's currency", "EUR", "SGD", "CURRENCY_NOT_SUPPORT"},
		{"no rate to the settlement currency", "SGD", "EUR", "INVALID_CONTRACT"},
		{"a settlement currency that is none", "SGD", "dollars", "SUCCESS"},
		{"no settlement currency", "SGD", "", "SUCCESS"},
	}
	for _, test := range tests {
		w := newWorld(t, network.RhythmOff)
		w.home(test.home)
		w.want(test.name, w.charge(w.priced("P1", money.Of("SGD", 1000), test.settlement)), test.want)
		if test.want == "SUCCESS" && w.order("P1").Settlement.Amount != money.Of("SGD", 1000) {
			t.Errorf("%s: settled as %+v", test.name, w.order("P1").Settlement)
		}
		if test.want != "SUCCESS" && w.wallet.called("pay") != 0 {
			t.Errorf("%s: the wallet was asked", test.name)
		}
	}
	w := newWorld(t, network.RhythmOff)
	w.Rates = nil
	w.home("MYR")
	w.want("a network without rates", w.charge(w.priced("P1", money.Of("SGD", 1000), "SGD")), "CURRENCY_NOT_SUPPORT")
}

// Fees are taken from the settlement; a refund gives the interchange fee back, a cancellation both.
func TestFees(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	var err error
	w.Contract, err = contract.Parse("contract.yaml", []byte(`
agreement: A
rows: 1
fees: {domestic: {interchange: 50, service: 50}, cross-border: {interchange: 1.5, service: 0.5}}`))
	if err != nil {
		t.Fatal(err)
	}
	w.Region = "MY"
	priced := func(id string) aps.PayRequest {
		req := w.priced(id, money.Of("SGD", 1001), "SGD")
		req.Order.Merchant.Region = "SG"
		return req
	}
	w.want("pay", w.charge(priced("P1")), "SUCCESS")
	hold := func(what string, wallet, fees, acquirer, shop int64) {
		t.Helper()
		for account, want := range map[ledger.Account]int64{
			ledger.Wallet: wallet, ledger.Fees: fees, ledger.AcquirerAccount("A"): acquirer, ledger.ShopAccount("M"): shop,
		} {
			if got := w.balance(account); got != want {
				t.Errorf("%s: %s holds %d, want %d", what, account, got, want)
			}
		}
	}
	hold("paid", -1001+15, 5, -20, 1001)
	w.want("first part", w.giveBack("P1", "R1", 333), "SUCCESS")
	hold("a third refunded", -1001+15+333-5, 5, -20+5, 668)
	w.want("the rest", w.giveBack("P1", "R2", 668), "SUCCESS")
	hold("all refunded", 0, 5, -5, 0)
	w.want("pay", w.charge(priced("P2")), "SUCCESS")
	w.want("cancel", w.revoke("P2"), "SUCCESS")
	hold("cancelled", 0, 5, -5, 0)
}

// What the rate makes nothing of costs the smallest amount there is, and rupiah come in hundreds: the network bears the difference.
func TestRoundingAccount(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		price         money.Amount
		home          string
		paid, rounded money.Amount
	}{
		{"less than a sen", money.Of("IDR", 100), "KWD", money.Of("KWD", 1), money.Of("KWD", 1)},
		{"hundreds of sen", money.Of("SGD", 1), "IDR", money.Of("IDR", 11900), money.Of("IDR", 40)},
	}
	for _, test := range tests {
		w := newWorld(t, network.RhythmOff)
		w.home(test.home)
		w.want(test.name, w.charge(w.priced("P1", test.price, test.price.Currency)), "SUCCESS")
		got := w.balances()
		if want := []money.Amount{test.paid.Neg()}; !slices.Equal(got[ledger.Wallet], want) {
			t.Errorf("%s: the wallet holds %v, want %v", test.name, got[ledger.Wallet], want)
		}
		if want := []money.Amount{test.rounded}; !slices.Equal(got[ledger.Rounding], want) {
			t.Errorf("%s: rounding holds %v, want %v", test.name, got[ledger.Rounding], want)
		}
	}
}

// Whatever the currencies, the promotion and the parts are, also when the wallet refuses some of them: the parts of a
// refund sum to the whole in every currency, no account keeps anything, and in between nobody gets more than was paid.
func TestPartialRefundsSumToTheWholeInEveryCurrency(t *testing.T) {
	t.Parallel()
	currencies := []string{"SGD", "JPY", "KWD", "IDR", "MYR", "USD"}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, network.RhythmOff)
		draw := func(what string) string { return rapid.SampledFrom(currencies).Draw(rt, what) }
		unit := func(currency string, n int64) money.Amount {
			return money.Of(currency, n*least(currency))
		}
		price := unit(draw("shop"), rapid.Int64Range(2, 20_000).Draw(rt, "price"))
		w.home(draw("payer"))
		if rapid.Bool().Draw(rt, "promoted") {
			w.promote(unit(price.Currency, rapid.Int64Range(1, price.Value/least(price.Currency)-1).Draw(rt, "savings")))
		}
		w.want("pay", w.charge(w.priced("P1", price, draw("settlement"))), "SUCCESS")
		paid := w.order("P1")
		left := price.Value / least(price.Currency)
		for i := 0; left > 0; i++ {
			part := rapid.Int64Range(1, left).Draw(rt, "part")
			refused := i < 10 && rapid.IntRange(0, 3).Draw(rt, "refused") == 0
			if w.refundPart(fmt.Sprintf("R%d", i), unit(price.Currency, part), refused) {
				left -= part
			}
			checkParts(rt, paid, w.order("P1"), left == 0)
			w.line.Clock.Advance(24 * time.Hour)
		}
		if got := w.balances(); len(got) != 0 {
			rt.Fatalf("after the whole refund: %v", got)
		}
	})
}

func least(currency string) int64 {
	if currency == "IDR" {
		return 100
	}
	return 1
}

func (w *world) promote(savings money.Amount) {
	w.t.Helper()
	p := promo.Saving{Promotion: aps.Promotion{ID: "promo", Savings: savings}, Sponsor: "s"}
	w.update(func(tx store.Tx) error { return promo.Attach(tx, "C", []promo.Saving{p}) })
}

// refundPart refunds and reports whether the money went back. A refusal of the wallet counts only where it is asked.
func (w *world) refundPart(id string, part money.Amount, refused bool) bool {
	w.t.Helper()
	w.wallet.refund = nil
	if refused {
		w.wallet.refund = func(aps.WalletRefund) (aps.WalletRefundAnswer, error) {
			return aps.WalletRefundAnswer{Result: aps.ResultOf("PROCESS_FAIL")}, nil
		}
	}
	a, err := w.Refund(w.t.Context(), aps.RefundRequest{PaymentRequestID: "P1", RefundRequestID: id, Amount: part})
	if err != nil {
		w.t.Fatal(err)
	}
	return a.Result.Status == aps.Success
}

// checkParts compares the refunds that stand with the payment.
func checkParts(rt *rapid.T, paid, o network.Order, whole bool) {
	rt.Helper()
	var from, settled, fair int64
	for _, r := range o.Refunds {
		if r.Result.Status != aps.Success {
			continue
		}
		if r.From.Terms() != paid.PayTo.Terms() || r.Settlement.Terms() != paid.Settlement.Terms() {
			rt.Fatalf("refund %s has another rate than its payment", r.RefundRequestID)
		}
		from, settled, fair = from+r.From.Amount.Value, settled+r.Settlement.Amount.Value, fair+r.From.Fair.Value
		if r.From.Amount.Value < 0 || r.Settlement.Amount.Value < 0 || r.Payer.Value < 0 {
			rt.Fatalf("refund %+v", r)
		}
	}
	if from > paid.PayTo.Amount.Value || settled > paid.Settlement.Amount.Value || fair > paid.PayTo.Fair.Value {
		rt.Fatalf("%d of %v went back to the payer, %d of %v was taken back", from, paid.PayTo.Amount, settled, paid.Settlement.Amount)
	}
	if whole && (from != paid.PayTo.Amount.Value || settled != paid.Settlement.Amount.Value) {
		rt.Fatalf("all is refunded, but %d of %v went back to the payer and %d of %v was taken back",
			from, paid.PayTo.Amount, settled, paid.Settlement.Amount)
	}
}
