package mpp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
)

// A payment by code debits what Alipay+ asks for, once, and says by which payment, when and for whom (mpp-api §4.1).
func TestP01AValidPaymentIsDebitedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("rich")
	req := w.request(p)
	req.PayTo = money.Of("SGD", 1200) // whatever the amount in the shop's currency
	a := w.pay(req)
	if a.Result.Code != "SUCCESS" || a.PaymentID == "" || !a.Time.Equal(w.clock.Now()) || a.CustomerID != p.CustomerID || w.spent(p) != 1200 {
		t.Errorf("%+v, spent %d", a, w.spent(p))
	}
	i := w.inquire(req.PaymentRequestID)
	if i.PaymentID != a.PaymentID || !i.Time.Equal(a.Time) || i.Amount != req.Amount || i.PayTo != req.PayTo || i.CustomerID != p.CustomerID {
		t.Errorf("inquiry %+v", i)
	}
}

// While the password is awaited everything is undecided; with it the payment succeeds, and Alipay+ is told once (mpp-api §6.4).
func TestP08ThePasswordFlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("always-password")
	req := w.request(p)
	for range 2 {
		if a := w.pay(req); a.Result.Code != "PAYMENT_IN_PROCESS" || a.Result.Status != aps.Unknown {
			t.Errorf("pay %+v", a)
		}
		if i := w.inquire(req.PaymentRequestID); i.Result.Code != "SUCCESS" || i.Outcome.Code != "PAYMENT_IN_PROCESS" {
			t.Errorf("inquiry %+v", i)
		}
	}
	if _, err := w.wallet.EnterPassword(t.Context(), p.ID, Act{}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(w.network.notifications(), " "); got != "SUCCESS" {
		t.Errorf("notified %s", got)
	}
	if i := w.inquire(req.PaymentRequestID); i.Outcome.Code != "SUCCESS" || w.spent(p) != 1234 {
		t.Errorf("inquiry %+v, spent %d", i, w.spent(p))
	}
}

// After a cancellation the password moves no money and no success is reported (mpp-api §4.3).
func TestP09ThePasswordAfterACancellation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("always-password")
	req := w.request(p)
	w.pay(req)
	if code := w.cancel(req.PaymentRequestID); code != "SUCCESS" {
		t.Fatal(code)
	}
	if _, err := w.wallet.EnterPassword(t.Context(), p.ID, Act{}); err == nil {
		t.Error("the password was taken")
	}
	if i := w.inquire(req.PaymentRequestID); i.Outcome.Code != "ORDER_IS_CLOSED" || w.spent(p) != 0 || len(w.network.notifications()) != 0 {
		t.Errorf("inquiry %+v, spent %d, notified %v", i, w.spent(p), w.network.notifications())
	}
}

// What an inquiry says of each state (mpp-api §4.2).
func TestI01ToI05InquiriesByState(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, payer     string
		then            func(w *world, req aps.WalletPay)
		result, outcome string
	}{
		{"I01 unknown", "", nil, "ORDER_NOT_EXIST", ""},
		{"I02 paid", "rich", nil, "SUCCESS", "SUCCESS"},
		{"I03 processing", "always-password", nil, "SUCCESS", "PAYMENT_IN_PROCESS"},
		{"I04 failed", "poor", nil, "SUCCESS", "USER_BALANCE_NOT_ENOUGH"},
		{"I05 cancelled", "rich", func(w *world, req aps.WalletPay) { w.cancel(req.PaymentRequestID) }, "SUCCESS", "ORDER_IS_CLOSED"},
		{"I05 expired", "always-password", func(w *world, _ aps.WalletPay) { w.clock.Advance(61 * time.Second) }, "SUCCESS", "ORDER_IS_CLOSED"},
		{"refunded", "rich", func(w *world, req aps.WalletPay) { w.refund(req, "r", 1234) }, "SUCCESS", "SUCCESS"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			req := aps.WalletPay{PaymentRequestID: "never"}
			if tt.payer != "" {
				req = w.request(w.payer(tt.payer))
				w.pay(req)
			}
			if tt.then != nil {
				tt.then(w, req)
			}
			for range 3 {
				i := w.inquire(req.PaymentRequestID)
				if i.Result.Code != tt.result || i.Outcome.Code != tt.outcome || (i.PaymentID != "") != (tt.outcome == "SUCCESS") {
					t.Errorf("inquiry %+v", i)
				}
				w.clock.Advance(time.Millisecond)
			}
		})
	}
}

// Three parts are the whole; one minor unit more is not there (mpp-api §4.4).
func TestR01PartsSumToTheWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("rich")
	req := w.request(p)
	w.pay(req)
	for i, step := range []struct {
		amount int64
		want   string
	}{{400, "SUCCESS"}, {835, "REFUND_AMOUNT_EXCEED"}, {400, "SUCCESS"}, {434, "SUCCESS"}, {1, "REFUND_AMOUNT_EXCEED"}} {
		if got := w.refund(req, fmt.Sprint("r", i), step.amount); got != step.want {
			t.Errorf("%d: %s", step.amount, got)
		}
	}
	if w.spent(p) != 0 {
		t.Errorf("spent %d", w.spent(p))
	}
}

// A promoted payment is debited as asked, whatever its promotions sum to: the wallet shows them and does not compute
// (mpp-api §8.2, §8.4).
// TestRefundsAreCountedInBothCurrencies refunds a payment in ringgit by its price in dollars, in parts.
func TestRefundsAreCountedInBothCurrencies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("from-malaysia")
	req := w.request(p)
	req.Amount, req.PayTo = money.Of("SGD", 1000), money.Of("MYR", 3340)
	w.pay(req)
	for i, part := range []struct {
		amount, from int64
		want         string
		refunded     int64 // after it, in ringgit
	}{
		{400, 1336, "SUCCESS", 1336},
		{600, 2005, "REFUND_AMOUNT_EXCEED", 1336}, // a sen more than was paid
		{601, 2004, "REFUND_AMOUNT_EXCEED", 1336}, // a cent more than the price
		{600, 2004, "SUCCESS", 3340},
	} {
		answer, err := w.wallet.Refund(t.Context(), aps.WalletRefund{
			PspID: "psp", PaymentRequestID: req.PaymentRequestID, RefundRequestID: fmt.Sprint("r", i),
			Amount: money.Of("SGD", part.amount), From: money.Of("MYR", part.from),
		})
		if err != nil || answer.Result.Code != part.want {
			t.Fatalf("part %d: %+v, %v", i, answer.Result, err)
		}
		view, err := w.wallet.Payer(t.Context(), p.ID)
		if err != nil || view.Payments[0].Refunded != money.Of("MYR", part.refunded) {
			t.Errorf("after part %d: %s came back, %v", i, view.Payments[0].Refunded, err)
		}
	}
}

func TestR06AndM01PromotionsAreShownAndNotComputed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("rich")
	req := w.request(p)
	req.Promotions = []aps.Promotion{{ID: "1", Name: "one", Savings: money.Of("SGD", 99)}, {ID: "2", Name: "two", Savings: money.Of("SGD", 3)}}
	req.Order.Amount = money.Of("SGD", 1234+99+3+2) // two units off
	w.pay(req)
	refund := aps.WalletRefund{
		PspID: "psp", PaymentRequestID: req.PaymentRequestID, RefundRequestID: "r", Amount: money.Of("SGD", 617), From: money.Of("SGD", 600),
		Promotions: []aps.Promotion{{ID: "1", Name: "one", Savings: money.Of("SGD", 50)}},
	}
	if a, err := w.wallet.Refund(t.Context(), refund); err != nil || a.Result.Code != "SUCCESS" {
		t.Fatalf("%+v, %v", a, err)
	}
	view, err := w.wallet.Payer(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	shown := view.Payments[0]
	if len(shown.Promotions) != 2 || shown.Debited.Value != 1234 || len(shown.Refunds) != 1 || shown.Refunds[0].From.Value != 600 || len(shown.Refunds[0].Promotions) != 1 {
		t.Errorf("shown %+v", shown)
	}
	if w.spent(p) != 634 {
		t.Errorf("spent %d", w.spent(p))
	}
}
