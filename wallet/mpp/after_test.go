package mpp

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
)

func TestInquiryOfAnUnknownPayment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if got := w.inquire("never"); got.Result.Code != "ORDER_NOT_EXIST" || got.Outcome.Code != "" {
		t.Errorf("inquiry %+v", got)
	}
}

func TestInquiryOfAnExpiredPaymentSaysClosed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	req := w.request(w.payer("always-password"))
	w.pay(req)
	w.clock.Advance(61 * time.Second)
	if got := w.inquire(req.PaymentRequestID); got.Outcome.Code != "ORDER_IS_CLOSED" || got.Outcome.Status != aps.Failure {
		t.Errorf("inquiry %+v", got)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		payer   string
		before  func(w *world, req aps.WalletPay)
		want    string // result of the cancellation
		outcome string // of the payment afterwards
		spent   int64
	}{
		{"paid", "rich", func(*world, aps.WalletPay) {}, "SUCCESS", "ORDER_IS_CLOSED", 0},
		{"open", "always-password", func(*world, aps.WalletPay) {}, "SUCCESS", "ORDER_IS_CLOSED", 0},
		{"failed", "poor", func(*world, aps.WalletPay) {}, "SUCCESS", "USER_BALANCE_NOT_ENOUGH", 0},
		{"refunded in part", "rich", func(w *world, req aps.WalletPay) { w.refund(req, "r", 34) }, "PROCESS_FAIL", "SUCCESS", 1200},
		// Payments of 18:00 UTC+8 can be cancelled for six and a half hours.
		{"in the last second", "rich", func(w *world, _ aps.WalletPay) { w.clock.Advance(6*time.Hour + 30*time.Minute) }, "SUCCESS", "ORDER_IS_CLOSED", 0},
		{"too late", "rich", func(w *world, _ aps.WalletPay) { w.clock.Advance(6*time.Hour + 30*time.Minute + 1) }, "CANCEL_WINDOW_EXCEED", "SUCCESS", 1234},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.payer(test.payer)
			req := w.request(p)
			w.pay(req)
			test.before(w, req)
			for range 3 { // repetitions change nothing
				if got := w.cancel(req.PaymentRequestID); got != test.want {
					t.Errorf("cancel: %s", got)
				}
				if got := w.inquire(req.PaymentRequestID).Outcome.Code; got != test.outcome {
					t.Errorf("outcome %s", got)
				}
				if got := w.spent(p); got != test.spent {
					t.Errorf("spent %d", got)
				}
			}
		})
	}
}

func TestACancelledIDRefusesALatePay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("rich")
	req := w.request(p)
	if got := w.cancel(req.PaymentRequestID); got != "SUCCESS" {
		t.Errorf("cancel: %s", got)
	}
	if got := w.pay(req).Result; got.Code != "ORDER_IS_CLOSED" || got.Status != aps.Failure {
		t.Errorf("pay: %+v", got)
	}
	if got := w.inquire(req.PaymentRequestID); got.Result.Code != "SUCCESS" || got.Outcome.Code != "ORDER_IS_CLOSED" {
		t.Errorf("inquiry: %+v", got)
	}
	if got := w.refund(req, "r", 1); got != "ORDER_NOT_EXIST" {
		t.Errorf("refund: %s", got)
	}
	if got := w.cancel(""); got != "PARAM_ILLEGAL" {
		t.Errorf("cancel of nothing: %s", got)
	}
	if got := w.spent(p); got != 0 {
		t.Errorf("spent %d", got)
	}
}

func TestRefundRules(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	tests := []struct {
		name   string
		payer  string
		before func(w *world, req aps.WalletPay)
		change func(r *aps.WalletRefund)
		want   string
		back   int64
	}{
		{"part", "rich", nil, func(r *aps.WalletRefund) { r.Amount.Value, r.From.Value = 34, 34 }, "SUCCESS", 34},
		{"whole", "rich", nil, nil, "SUCCESS", 1234},
		{"one too many", "rich", nil, func(r *aps.WalletRefund) { r.Amount.Value = 1235 }, "REFUND_AMOUNT_EXCEED", 0},
		{"one too many for the payer", "rich", nil, func(r *aps.WalletRefund) { r.From.Value = 1235 }, "REFUND_AMOUNT_EXCEED", 0},
		{"only promotions", "rich", nil, func(r *aps.WalletRefund) { r.From.Value = 0 }, "SUCCESS", 0},
		{"after 366 days", "rich", func(w *world, _ aps.WalletPay) { w.clock.Advance(366 * day) }, nil, "SUCCESS", 1234},
		{"later", "rich", func(w *world, _ aps.WalletPay) { w.clock.Advance(366*day + 1) }, nil, "REFUND_WINDOW_EXCEED", 0},
		{"unknown payment", "rich", nil, func(r *aps.WalletRefund) { r.PaymentRequestID = "never" }, "ORDER_NOT_EXIST", 0},
		{"ids that disagree", "rich", nil, func(r *aps.WalletRefund) { r.PaymentID = "other" }, "ORDER_NOT_EXIST", 0},
		{"cancelled", "rich", func(w *world, req aps.WalletPay) { w.cancel(req.PaymentRequestID) }, nil, "ORDER_IS_CLOSED", 0},
		{"failed", "poor", nil, nil, "ORDER_IS_CLOSED", 0},
		{"open", "always-password", nil, nil, "PROCESS_FAIL", 0},
		{"another currency", "rich", nil, func(r *aps.WalletRefund) { r.Amount.Currency = "USD" }, "CURRENCY_NOT_SUPPORT", 0},
		{"no id", "rich", nil, func(r *aps.WalletRefund) { r.RefundRequestID = "" }, "PARAM_ILLEGAL", 0},
		{"nothing", "rich", nil, func(r *aps.WalletRefund) { r.Amount.Value = 0 }, "PARAM_ILLEGAL", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.payer(test.payer)
			req := w.request(p)
			w.pay(req)
			if test.before != nil {
				test.before(w, req)
			}
			spent := w.spent(p)
			refund := aps.WalletRefund{
				PspID: "psp", PaymentRequestID: req.PaymentRequestID, RefundRequestID: "r",
				Amount: money.Of("SGD", 1234), From: money.Of("SGD", 1234),
			}
			if test.change != nil {
				test.change(&refund)
			}
			first, err := w.wallet.Refund(t.Context(), refund)
			if err != nil || first.Result.Code != test.want {
				t.Fatalf("refund %+v, %v", first, err)
			}
			if (first.RefundID != "") != (test.want == "SUCCESS") {
				t.Errorf("refund id %q", first.RefundID)
			}
			w.clock.Advance(400 * day)
			again, err := w.wallet.Refund(t.Context(), refund)
			if err != nil || again.Result != first.Result || again.RefundID != first.RefundID || !again.Time.Equal(first.Time) {
				t.Errorf("repeated: %+v, %v", again, err)
			}
			if got := spent - w.spent(p); got != test.back {
				t.Errorf("given back %d, want %d", got, test.back)
			}
		})
	}
}

func TestARefundIsRepeatedAsItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("rich")
	req := w.request(p)
	w.pay(req)
	if got := w.refund(req, "r", 34); got != "SUCCESS" {
		t.Fatalf("refund: %s", got)
	}
	if got := w.refund(req, "r", 35); got != "REPEAT_REQ_INCONSISTENT" {
		t.Errorf("changed: %s", got)
	}
	if got := w.refund(req, "r", 34); got != "SUCCESS" {
		t.Errorf("unchanged: %s", got)
	}
	if got := w.inquire(req.PaymentRequestID).Outcome.Code; got != "SUCCESS" {
		t.Errorf("the payment says %s", got)
	}
	view, err := w.wallet.Payer(t.Context(), p.ID)
	if err != nil || view.Payments[0].Refunded.Value != 34 || view.Payments[0].Debited.Value != 1234 {
		t.Errorf("payments %+v, %v", view.Payments, err)
	}
}

func TestConcurrentRefundsNeverExceedThePayment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("rich")
	req := w.request(p)
	w.pay(req)
	var given atomic.Int64
	var group sync.WaitGroup
	for i := range 12 {
		group.Go(func() {
			if w.refund(req, fmt.Sprint("r", i), 200) == "SUCCESS" {
				given.Add(200)
			}
		})
	}
	group.Wait()
	if given.Load() != 1200 || w.spent(p) != 34 {
		t.Errorf("given back %d, spent %d", given.Load(), w.spent(p))
	}
}

// Whatever happens to a payment in whatever order, the payer has paid it once or not at all, got no more back than
// that, and what the wallet says agrees with the ledger.
func TestWalletInvariants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		p := w.payer(rapid.SampledFrom([]string{"rich", "poor", "always-password", "slow"}).Draw(rt, "payer"))
		req := w.request(p)
		final := aps.Result{}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			switch rapid.IntRange(0, 6).Draw(rt, "step") {
			case 0, 1:
				w.pay(req)
			case 2:
				w.cancel(req.PaymentRequestID)
			case 3:
				w.refund(req, rapid.StringMatching(`[a-c]`).Draw(rt, "refund"), rapid.Int64Range(1, 1300).Draw(rt, "amount"))
			case 4:
				w.clock.Advance(time.Duration(rapid.IntRange(1, 50).Draw(rt, "seconds")) * time.Second)
			case 5:
				_, _ = w.wallet.EnterPassword(t.Context(), p.ID, Act{Password: rapid.SampledFrom([]string{"", "x"}).Draw(rt, "password")})
			case 6:
				_, _ = w.wallet.Decline(t.Context(), p.ID, Act{})
			}
			inquiry := w.inquire(req.PaymentRequestID)
			spent := w.spent(p)
			if paid := inquiry.Outcome.Status == aps.Success; (!paid && spent != 0) || spent < 0 || spent > 1234 {
				rt.Fatalf("outcome %+v, spent %d", inquiry.Outcome, spent)
			}
			if final.Status == aps.Failure && inquiry.Outcome != final {
				rt.Fatalf("from %+v to %+v", final, inquiry.Outcome)
			}
			if inquiry.Outcome.Final() {
				final = inquiry.Outcome
			}
		}
	})
}
