package network_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/network"
)

var errNoAnswer = errors.New("no answer")

func TestSamePayAtTheSameInstantIsDecidedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	req := w.request("P1", w.code(), 1000)
	var all sync.WaitGroup
	codes := make([]string, 16)
	for i := range codes {
		all.Go(func() { codes[i] = w.charge(req) })
	}
	all.Wait()
	for _, c := range codes {
		if c != "SUCCESS" && c != "PAYMENT_IN_PROCESS" {
			t.Errorf("one answer is %s", c)
		}
	}
	if w.wallet.called("pay") != 1 || w.shop() != 1000 {
		t.Errorf("%d calls of the wallet, the shop got %d", w.wallet.called("pay"), w.shop())
	}
}

func TestOneCodePaysOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	code := w.code()
	var all sync.WaitGroup
	codes := make([]string, 8)
	for i := range codes {
		all.Go(func() { codes[i] = w.charge(w.request(fmt.Sprintf("P%d", i), code, 10)) })
	}
	all.Wait()
	paid := 0
	for _, c := range codes {
		if c == "SUCCESS" {
			paid++
		}
	}
	if paid != 1 || w.shop() != 10 {
		t.Errorf("%v, the shop got %d", codes, w.shop())
	}
}

func TestWalletWithoutAnswerIsAskedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	w.wallet.pay = func(aps.WalletPay) (aps.WalletPayAnswer, error) { return aps.WalletPayAnswer{}, errNoAnswer }
	w.want("pay", w.charge(w.request("P1", w.code(), 1000)), "PAYMENT_IN_PROCESS")
	w.line.Clock.Advance(8 * time.Second)
	if n := w.wallet.called("inquiry"); n != 3 {
		t.Errorf("%d inquiries in 8 s, want those after 2, 4 and 7 s", n)
	}
	w.wallet.say(aps.ResultOf("SUCCESS"))
	w.line.Clock.Advance(4 * time.Second)
	w.want("outcome", w.ask("P1"), "SUCCESS")
	if w.shop() != 1000 {
		t.Errorf("the shop got %d", w.shop())
	}
}

func TestExpiryAsksTheWalletLast(t *testing.T) {
	t.Parallel()
	for outcome, want := range map[string]string{"SUCCESS": "SUCCESS", "USER_BALANCE_NOT_ENOUGH": "USER_BALANCE_NOT_ENOUGH", "PAYMENT_IN_PROCESS": "ORDER_IS_CLOSED"} {
		w := newWorld(t, network.RhythmOff)
		w.wallet.pay = func(aps.WalletPay) (aps.WalletPayAnswer, error) {
			return aps.WalletPayAnswer{Result: aps.ResultOf("PAYMENT_IN_PROCESS")}, nil
		}
		w.charge(w.request("P1", w.code(), 1000))
		w.line.Clock.Advance(59 * time.Second)
		w.want("just before the expiry", w.ask("P1"), "PAYMENT_IN_PROCESS")
		w.wallet.say(aps.ResultOf(outcome))
		w.line.Clock.Advance(time.Second)
		w.want("at the expiry", w.ask("P1"), want)
		if closed := want == "ORDER_IS_CLOSED"; closed != (w.wallet.called("cancel") == 1) {
			t.Errorf("%s: %d cancellations at the wallet", outcome, w.wallet.called("cancel"))
		}
	}
}

func TestLateSuccessOfAClosedOrderGoesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmCertify)
	w.wallet.pay = func(aps.WalletPay) (aps.WalletPayAnswer, error) {
		return aps.WalletPayAnswer{Result: aps.ResultOf("PAYMENT_IN_PROCESS")}, nil
	}
	w.charge(w.request("P1", w.code(), 1000))
	w.want("cancel", w.revoke("P1"), "SUCCESS")
	before := w.wallet.called("cancel")
	r, err := w.NotifyPayment(t.Context(), w.word(w.wallet.last, "SUCCESS"))
	if err != nil || r.Code != "SUCCESS" {
		t.Fatalf("the wallet's notification: %v, %v", r, err)
	}
	w.want("outcome", w.ask("P1"), "ORDER_IS_CLOSED")
	if w.shop() != 0 || before != 1 {
		t.Errorf("the shop got %d", w.shop())
	}
	w.eventually("the second cancellation at the wallet", func() bool { return w.wallet.called("cancel") == 2 })
	w.wall.Advance(time.Minute)
	if w.acquirer.count() != 0 {
		t.Error("a cancelled payment was notified")
	}
}

func TestUnconfirmedCancellationStaysUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	w.charge(w.request("P1", w.code(), 1000))
	w.wallet.cancel = func() (aps.WalletCancelAnswer, error) { return aps.WalletCancelAnswer{}, errNoAnswer }
	w.want("cancel", w.revoke("P1"), "UNKNOWN_EXCEPTION")
	w.wallet.cancel = nil
	w.want("cancel again", w.revoke("P1"), "SUCCESS")
	if w.shop() != 0 {
		t.Errorf("the shop keeps %d", w.shop())
	}
}

func TestUndecidedRefundIsCarriedOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	w.charge(w.request("P1", w.code(), 1000))
	w.wallet.refund = func(aps.WalletRefund) (aps.WalletRefundAnswer, error) { return aps.WalletRefundAnswer{}, errNoAnswer }
	w.want("refund", w.giveBack("P1", "R1", 700), "UNKNOWN_EXCEPTION")
	w.want("more than the rest", w.giveBack("P1", "R2", 400), "REFUND_AMOUNT_EXCEED")
	w.want("cancel meanwhile", w.revoke("P1"), "PROCESS_FAIL")
	w.wallet.refund = nil
	w.want("refund again", w.giveBack("P1", "R1", 700), "SUCCESS")
	w.want("and again", w.giveBack("P1", "R1", 700), "SUCCESS")
	if w.wallet.called("refund") != 2 || w.shop() != 300 {
		t.Errorf("%d calls of the wallet, the shop keeps %d", w.wallet.called("refund"), w.shop())
	}
	w.wallet.refund = func(aps.WalletRefund) (aps.WalletRefundAnswer, error) {
		return aps.WalletRefundAnswer{Result: aps.ResultOf("USER_NOT_EXIST")}, nil
	}
	w.want("refused by the wallet", w.giveBack("P1", "R3", 300), "USER_NOT_EXIST")
	w.wallet.refund = nil
	w.want("the refusal stays", w.giveBack("P1", "R3", 300), "USER_NOT_EXIST")
	w.want("a new try", w.giveBack("P1", "R4", 300), "SUCCESS")
}

func TestSimultaneousRefundsNeverExceed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	w.charge(w.request("P1", w.code(), 1000))
	var all sync.WaitGroup
	codes := make([]string, 6)
	for i := range codes {
		all.Go(func() { codes[i] = w.giveBack("P1", fmt.Sprintf("R%d", i), 250) })
	}
	all.Wait()
	done := 0
	for _, c := range codes {
		if c == "SUCCESS" {
			done++
		}
	}
	if done != 4 || w.shop() != 0 {
		t.Errorf("%v, the shop keeps %d", codes, w.shop())
	}
}

func TestRefundRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	w.want("unknown payment", w.giveBack("P0", "R0", 1), "ORDER_NOT_EXIST")
	w.wallet.pay = func(aps.WalletPay) (aps.WalletPayAnswer, error) {
		return aps.WalletPayAnswer{Result: aps.ResultOf("PAYMENT_IN_PROCESS")}, nil
	}
	w.charge(w.request("P1", w.code(), 1000))
	w.want("open payment", w.giveBack("P1", "R1", 1), "PROCESS_FAIL")
	w.wallet.pay = func(aps.WalletPay) (aps.WalletPayAnswer, error) {
		return aps.WalletPayAnswer{Result: aps.ResultOf("RISK_REJECT")}, nil
	}
	w.charge(w.request("P2", w.code(), 1000))
	w.want("failed payment", w.giveBack("P2", "R2", 1), "ORDER_IS_CLOSED")
	w.wallet.pay = nil
	w.charge(w.request("P3", w.code(), 1000))
	a, err := w.Refund(t.Context(), aps.RefundRequest{PaymentRequestID: "P3", RefundRequestID: "R3", Amount: money.Of("USD", 1)})
	if err != nil || a.Result.Code != "CURRENCY_NOT_SUPPORT" {
		t.Errorf("other currency: %v, %v", a.Result, err)
	}
	w.want("id of another payment", w.giveBack("P2", "R3", 1), "REPEAT_REQ_INCONSISTENT")
	w.line.Clock.Advance(365 * 24 * time.Hour)
	w.want("on the last day", w.giveBack("P3", "R4", 1), "SUCCESS")
	w.line.Clock.Advance(time.Hour)
	w.want("after it", w.giveBack("P3", "R5", 1), "REFUND_WINDOW_EXCEED")
}

func TestCancelWindow(t *testing.T) {
	t.Parallel()
	// The clock starts at 12:00 UTC+8: the window ends 12 h 15 min later.
	for after, want := range map[time.Duration]string{
		0: "SUCCESS", 12*time.Hour + 15*time.Minute: "SUCCESS", 12*time.Hour + 15*time.Minute + time.Second: "CANCEL_WINDOW_EXCEED", 48 * time.Hour: "CANCEL_WINDOW_EXCEED",
	} {
		w := newWorld(t, network.RhythmOff)
		w.charge(w.request("P1", w.code(), 1000))
		w.line.Clock.Advance(after)
		w.want("cancel after "+after.String(), w.revoke("P1"), want)
	}
	w := newWorld(t, network.RhythmOff)
	w.charge(w.request("P1", w.code(), 1000))
	w.want("cancel", w.revoke("P1"), "SUCCESS")
	w.line.Clock.Advance(48 * time.Hour)
	w.want("the same answer after the window", w.revoke("P1"), "SUCCESS")
}

func TestFailedPaymentStaysFailedWhenCancelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	w.wallet.pay = func(aps.WalletPay) (aps.WalletPayAnswer, error) {
		return aps.WalletPayAnswer{Result: aps.Result{Code: "WALLET_ONLY_CODE", Status: aps.Failure}}, nil
	}
	w.want("pay", w.charge(w.request("P1", w.code(), 1000)), "PROCESS_FAIL")
	w.want("cancel", w.revoke("P1"), "SUCCESS")
	w.want("outcome", w.ask("P1"), "PROCESS_FAIL")
}

func TestFailureKeptQuietIsCancelledAsUndecided(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	w.silent.Store(true)
	w.wallet.pay = func(aps.WalletPay) (aps.WalletPayAnswer, error) {
		return aps.WalletPayAnswer{Result: aps.ResultOf("RISK_REJECT")}, nil
	}
	w.want("pay", w.charge(w.request("P1", w.code(), 1000)), "PAYMENT_IN_PROCESS")
	w.want("cancel", w.revoke("P1"), "SUCCESS")
	w.want("outcome", w.ask("P1"), "ORDER_IS_CLOSED")
}

func TestForcedOutcomeNeverReachesTheWallet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmCertify)
	force := aps.ResultOf("RISK_REJECT")
	req := w.request("P1", w.code(), 1000)
	a, err := w.Pay(t.Context(), aps.Subject{Timeline: w.line.ID, PaymentRequestID: "P1"}, &req, &force)
	if err != nil || a.Result.Code != "RISK_REJECT" || w.wallet.called("pay") != 0 {
		t.Fatalf("%v, %v", a.Result, err)
	}
	w.want("outcome", w.ask("P1"), "RISK_REJECT")
	w.wall.Advance(31 * time.Second)
	if w.acquirer.count() != 1 {
		t.Errorf("%d notifications", w.acquirer.count())
	}
}

func TestNotificationRhythms(t *testing.T) {
	t.Parallel()
	for rhythm, want := range map[string]int{network.RhythmOff: 0, network.RhythmCertify: 1, network.RhythmSandbox: 1, network.RhythmProduction: 8} {
		w := newWorld(t, rhythm)
		w.acquirer.deaf = true
		w.charge(w.request("P1", w.code(), 1000))
		w.wall.Advance(31 * time.Second)
		w.eventually("the first delivery", func() bool { return want == 0 || w.acquirer.count() > 0 })
		w.eventually("the next one is scheduled", func() bool { return want <= 1 || len(w.line.Clock.Pending()) > 0 })
		w.line.Clock.Advance(72 * time.Hour)
		if got := w.acquirer.count(); got != want {
			t.Errorf("%s: %d deliveries, want %d", rhythm, got, want)
		}
	}
	if _, err := newWorld(t, network.RhythmOff).OpenTimeline("x", "", network.Rhythm{Mode: "weekly"}, 0); err == nil {
		t.Error("an unknown rhythm was accepted")
	}
}

func TestUndecidedOrderIsSettledLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmCertify)
	w.silent.Store(true)
	w.want("pay", w.charge(w.request("P1", w.code(), 1000)), "PAYMENT_IN_PROCESS")
	w.wallet.pay = func(aps.WalletPay) (aps.WalletPayAnswer, error) {
		return aps.WalletPayAnswer{Result: aps.ResultOf("PAYMENT_IN_PROCESS")}, nil
	}
	w.charge(w.request("P2", w.code(), 1000))
	w.line.Clock.Advance(2 * time.Minute)
	w.wall.Advance(2 * time.Minute)
	w.want("paid order", w.ask("P1"), "PAYMENT_IN_PROCESS")
	w.want("open order", w.ask("P2"), "PAYMENT_IN_PROCESS")
	if w.acquirer.count() != 0 {
		t.Error("notified while undecided")
	}
	w.silent.Store(false)
	w.Settle(t.Context(), w.line.ID)
	w.want("paid order", w.ask("P1"), "SUCCESS")
	w.want("open order", w.ask("P2"), "ORDER_IS_CLOSED")
	w.wall.Advance(31 * time.Second)
	if w.acquirer.count() != 2 {
		t.Errorf("%d notifications, want 2", w.acquirer.count())
	}
}

func TestClosingATimelineTellsWhatIsDue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmCertify)
	w.charge(w.request("P1", w.code(), 1000))
	unused := w.code()
	if err := w.CloseTimeline(t.Context(), w.line.ID); err != nil {
		t.Fatal(err)
	}
	w.eventually("the notification", func() bool { return w.acquirer.count() == 1 })
	w.want("a code of the closed timeline", w.charge(w.request("P2", unused, 1000)), "INVALID_CODE")
	if err := w.CloseTimeline(t.Context(), "none"); !errors.Is(err, network.ErrTimeline) {
		t.Errorf("unknown timeline: %v", err)
	}
}

func TestGetPaymentCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	for quantity, want := range map[int]string{0: "PARAM_ILLEGAL", 1: "SUCCESS", 10: "SUCCESS", 11: "PARAM_ILLEGAL"} {
		a, err := w.GetPaymentCode(t.Context(), aps.CodeRequest{CustomerID: "C", Quantity: quantity})
		if err != nil || a.Result.Code != want || want == "SUCCESS" && len(a.Codes) != quantity {
			t.Errorf("%d codes: %+v, %v", quantity, a, err)
		}
	}
	a, err := w.GetPaymentCode(t.Context(), aps.CodeRequest{CustomerID: "C", Quantity: 1, Format: "30/32"})
	if err != nil || len(a.Codes) != 1 || len(a.Codes[0].Digits) != 32 || a.Codes[0].Digits[:2] != "30" || a.Codes[0].Expiry.Sub(a.Codes[0].Start) != time.Minute {
		t.Errorf("a code of 32 digits: %+v, %v", a, err)
	}
	if _, err := w.GetPaymentCode(t.Context(), aps.CodeRequest{CustomerID: "nobody", Quantity: 1}); err == nil {
		t.Error("a code for an unknown customer")
	}
}

func TestTimesOnTheWireAreReal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	w.line.Clock.Advance(100 * 24 * time.Hour)
	req := w.request("P1", w.code(), 1000)
	req.Expiry = w.wall.Now().Add(90 * time.Second)
	a, err := w.Pay(t.Context(), aps.Subject{Timeline: w.line.ID, PaymentRequestID: "P1"}, &req, nil)
	if err != nil || !a.Payment.Time.Equal(w.wall.Now()) {
		t.Errorf("payment time %v at %v, error %v", a.Payment.Time, w.wall.Now(), err)
	}
	if got := w.wallet.last.Expiry.Sub(w.line.Clock.Now()); got != 90*time.Second {
		t.Errorf("expiry at the wallet is %s ahead on its timeline", got)
	}
}
