package network_test

import (
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/network"
)

// undecided charges an order that the wallet leaves open, and returns what the wallet was asked for.
func (w *world) undecided(id string) aps.WalletPay {
	w.t.Helper()
	w.wallet.pay = func(req aps.WalletPay) (aps.WalletPayAnswer, error) {
		return aps.WalletPayAnswer{Result: aps.ResultOf("PAYMENT_IN_PROCESS"), PaymentID: "W-" + req.PaymentRequestID}, nil
	}
	w.charge(w.request(id, w.code(), 1000))
	return w.wallet.last
}

func (w *world) hear(note aps.WalletNotification) string {
	w.t.Helper()
	result, err := w.NotifyPayment(w.t.Context(), note)
	if err != nil {
		w.t.Fatal(err)
	}
	return result.Code
}

// A report has to be final, and a success complete (mpp-api §4.7).
func TestN01IncompleteReportsAreRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*aps.WalletNotification){
		"undecided":      func(n *aps.WalletNotification) { n.Outcome = aps.ResultOf("PAYMENT_IN_PROCESS") },
		"no payment":     func(n *aps.WalletNotification) { n.PaymentID = "" },
		"no time":        func(n *aps.WalletNotification) { n.Time = time.Time{} },
		"no amount":      func(n *aps.WalletNotification) { n.Amount = money.Amount{} },
		"no customer":    func(n *aps.WalletNotification) { n.CustomerID = "" },
		"without result": func(n *aps.WalletNotification) { n.Outcome = aps.Result{} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, network.RhythmOff)
			note := w.word(w.undecided("P1"), "SUCCESS")
			change(&note)
			w.want("report", w.hear(note), "PARAM_ILLEGAL")
			w.want("still open", w.ask("P1"), "PAYMENT_IN_PROCESS")
		})
	}
}

// The amount in the wallet's own currency may be left out where it is the same, and not where it differs.
func TestN01TheWalletsAmount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	note := w.word(w.undecided("P1"), "SUCCESS")
	note.PayTo = money.Amount{}
	w.want("the same currency", w.hear(note), "SUCCESS")
	if err := w.SetHolder(t.Context(), network.Holder{Timeline: w.line.ID, Payer: "payer", CustomerID: "C", Currency: "MYR"}); err != nil {
		t.Fatal(err)
	}
	note = w.word(w.undecided("P2"), "SUCCESS")
	if note.PayTo.Currency != "MYR" {
		t.Fatalf("the wallet pays %s", note.PayTo)
	}
	note.PayTo = money.Amount{}
	w.want("another currency", w.hear(note), "PARAM_ILLEGAL")
}

// A repetition that says something else changes nothing; a later time is nothing else (mpp-api §4.7).
func TestN03RepetitionsMustAgree(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	req := w.undecided("P1")
	note := w.word(req, "SUCCESS")
	w.want("first", w.hear(note), "SUCCESS")
	later := note
	later.Time = later.Time.Add(time.Second)
	for name, tt := range map[string]struct {
		change func(*aps.WalletNotification)
		want   string
	}{
		"the same":            {func(*aps.WalletNotification) {}, "SUCCESS"},
		"a later time":        {func(n *aps.WalletNotification) { *n = later }, "SUCCESS"},
		"another payment":     {func(n *aps.WalletNotification) { n.PaymentID = "W-other" }, "REPEAT_REQ_INCONSISTENT"},
		"another amount":      {func(n *aps.WalletNotification) { n.Amount.Value++ }, "REPEAT_REQ_INCONSISTENT"},
		"another debit":       {func(n *aps.WalletNotification) { n.PayTo.Value++ }, "REPEAT_REQ_INCONSISTENT"},
		"another customer":    {func(n *aps.WalletNotification) { n.CustomerID = "D" }, "REPEAT_REQ_INCONSISTENT"},
		"a failure afterward": {func(n *aps.WalletNotification) { *n = w.word(req, "USER_BALANCE_NOT_ENOUGH") }, "REPEAT_REQ_INCONSISTENT"},
	} {
		again := note
		tt.change(&again)
		w.want(name, w.hear(again), tt.want)
		w.want(name+": outcome", w.ask("P1"), "SUCCESS")
	}
	if w.shop() != 1000 || w.wallet.called("cancel") != 0 {
		t.Errorf("the shop has %d, %d cancellations", w.shop(), w.wallet.called("cancel"))
	}
}

// A wallet that reports a failure and then a success has taken money in vain: it is told to give it back (mpp-api §4.3).
func TestC05SuccessAfterAFailureGoesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	req := w.undecided("P1")
	w.want("failure", w.hear(w.word(req, "USER_BALANCE_NOT_ENOUGH")), "SUCCESS")
	w.want("success", w.hear(w.word(req, "SUCCESS")), "SUCCESS")
	w.eventually("the cancellation at the wallet", func() bool { return w.wallet.called("cancel") == 1 })
	w.want("outcome", w.ask("P1"), "USER_BALANCE_NOT_ENOUGH")
	if w.shop() != 0 {
		t.Errorf("the shop has %d", w.shop())
	}
}
