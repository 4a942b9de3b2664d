package mpp

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/code/identify"
	"mppsim/wallet/money"
)

// offers lets the network answer every scan with an order of its own.
func (w *world) offers(minor int64) {
	w.network.behind = func(req aps.UserPay) (aps.UserPayAnswer, error) {
		return aps.UserPayAnswer{
			Result: success(), PaymentRequestID: "N-" + req.Code, Order: aps.Order{Description: req.Code, Merchant: aps.Merchant{Name: "Corner"}},
			Amount: money.Of("SGD", minor), PayTo: money.Of("SGD", minor), Expiry: w.clock.Now().Add(5 * time.Minute),
			RedirectURL: "https://shop/back", Action: aps.ActionForm{Type: aps.HandleByPSP},
		}, nil
	}
}

func (w *world) scan(p Payer, text string) Scan {
	w.t.Helper()
	s, err := w.wallet.Scan(w.t.Context(), p.ID, text)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func TestScanShowsAnOrderOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.offers(1000)
	p := w.payer("rich")
	first, again := w.scan(p, "a"), w.scan(p, "a")
	if first.Payment.ID != again.Payment.ID || first.Payment.Waits != ForConfirmation || first.Payment.Order.Merchant.Name != "Corner" {
		t.Errorf("shown %+v and %+v", first.Payment, again.Payment)
	}
	second := w.scan(p, "b")
	view, err := w.wallet.Payer(t.Context(), p.ID)
	if err != nil || len(view.Waiting) != 2 {
		t.Errorf("%d orders wait, error %v", len(view.Waiting), err)
	}
	paid, err := w.wallet.Confirm(t.Context(), p.ID, Act{PaymentRequestID: second.Payment.PaymentRequestID})
	if err != nil || paid.State != Success || paid.ID != second.Payment.ID || paid.RedirectURL != "https://shop/back" {
		t.Errorf("confirmed %+v, error %v", paid, err)
	}
	if _, err := w.wallet.Confirm(t.Context(), p.ID, Act{PaymentRequestID: second.Payment.PaymentRequestID}); !errors.Is(err, ErrNotWaiting) {
		t.Errorf("confirmed twice: %v", err)
	}
	if w.spent(p) != 1000 || w.scan(p, "b").Payment.State != Success {
		t.Errorf("spent %d after scanning a paid order", w.spent(p))
	}
	if heard := w.network.heard; len(heard) != 1 || heard[0].PaymentRequestID != "N-b" || heard[0].CustomerID != p.CustomerID {
		t.Errorf("notified %+v", heard)
	}
}

func TestScansThatShowNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("rich")
	for name, answer := range map[string]aps.UserPayAnswer{
		"refused": {Result: refusal("EXPIRED_CODE", "too late")},
		"unknown": {Result: aps.Result{Code: "UNKNOWN_EXCEPTION", Status: aps.Unknown}},
		"page":    {Result: success(), Action: aps.ActionForm{Type: aps.HandleBySDK, Payload: "https://limit"}},
	} {
		w.network.behind = func(aps.UserPay) (aps.UserPayAnswer, error) { return answer, nil }
		if s := w.scan(p, "a"); s.Result != answer.Result || s.Action != answer.Action || s.Payment.ID != "" {
			t.Errorf("%s: %+v", name, s)
		}
	}
	w.network.behind = func(aps.UserPay) (aps.UserPayAnswer, error) { return aps.UserPayAnswer{}, errors.New("no line") }
	if _, err := w.wallet.Scan(t.Context(), p.ID, "a"); err == nil {
		t.Error("an error of the line was swallowed")
	}
	if _, err := w.wallet.Scan(t.Context(), "nobody", "a"); !errors.Is(err, ErrNoPayer) {
		t.Errorf("unknown payer: %v", err)
	}
}

// TestAlipayPlusIsAskedWhatTheRulesCannotTell: a rule of a newer language is only a guess to the wallet.
func TestAlipayPlusIsAskedWhatTheRulesCannotTell(t *testing.T) {
	t.Parallel()
	guess := identify.Outcome{Supported: true, Ask: true, Action: identify.Decode, CodeValue: "a"}
	tests := map[string]struct {
		guess identify.Outcome
		told  aps.CodeIdentity
		err   error
		want  Scan
	}{
		"a page":    {guess, aps.CodeIdentity{Result: success(), Supported: true, Action: "OPEN_URL", RedirectURL: "https://shop/p", UserAgent: "A"}, nil, Scan{Result: success(), Action: aps.ActionForm{Type: OpenURL, Payload: "https://shop/p"}, UserAgent: "A"}},
		"unknown":   {guess, aps.CodeIdentity{Result: success()}, nil, Scan{Result: refusal("INVALID_CODE", "this is no code of Alipay+")}},
		"refused":   {guess, aps.CodeIdentity{Result: refusal("PARAM_ILLEGAL", "too long")}, nil, Scan{Result: refusal("PARAM_ILLEGAL", "too long")}},
		"no line":   {guess, aps.CodeIdentity{}, errors.New("no line"), Scan{}},
		"not asked": {identify.Outcome{CodeValue: "a"}, aps.CodeIdentity{}, errors.New("nobody may ask"), Scan{Result: refusal("INVALID_CODE", "this is no code of Alipay+")}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.payer("rich")
			w.wallet.identify = func(context.Context, string) (identify.Outcome, error) { return tt.guess, nil }
			w.network.what = func(q aps.CodeQuestion) (aps.CodeIdentity, error) {
				if q.Code != "a" || q.CustomerID != p.CustomerID {
					t.Errorf("asked %+v", q)
				}
				return tt.told, tt.err
			}
			got, err := w.wallet.Scan(t.Context(), p.ID, "a")
			if failed := tt.err != nil && tt.guess.Ask; got.Result != tt.want.Result || got.Action != tt.want.Action || got.UserAgent != tt.want.UserAgent || (err != nil) != failed {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// TestAToldCodeIsDecoded: Alipay+ may say by which value the wallet asks for the order.
func TestAToldCodeIsDecoded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("rich")
	w.wallet.identify = func(context.Context, string) (identify.Outcome, error) {
		return identify.Outcome{Supported: true, Ask: true, Action: identify.OpenURL, URL: "https://guess", CodeValue: "a"}, nil
	}
	w.network.what = func(aps.CodeQuestion) (aps.CodeIdentity, error) {
		return aps.CodeIdentity{Result: success(), Supported: true, Action: "DECODE", Code: "b"}, nil
	}
	asked := ""
	w.network.behind = func(req aps.UserPay) (aps.UserPayAnswer, error) {
		asked = req.Code
		return aps.UserPayAnswer{Result: refusal("EXPIRED_CODE", "too late")}, nil
	}
	if s := w.scan(p, "a"); s.Result.Code != "EXPIRED_CODE" || asked != "b" {
		t.Errorf("%+v after asking for %q", s, asked)
	}
}

// TestChecksComeWithTheConfirmation: every refusal of a payment code refuses a scanned order too, and Alipay+ is told.
func TestChecksComeWithTheConfirmation(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"poor": "USER_BALANCE_NOT_ENOUGH", "blocked": "USER_STATUS_ABNORMAL", "not-verified": "USER_KYC_NOT_QUALIFIED",
		"no-method": "UNAVAILABLE_PAYMENT_METHOD", "over-single-limit": "PAYMENT_AMOUNT_EXCEED_LIMIT", "risky": "RISK_REJECT",
		"process-fail": "PROCESS_FAIL", "rich": "SUCCESS",
	} {
		w := newWorld(t)
		w.offers(1_000_000_000)
		p := w.payer(template)
		w.scan(p, "a")
		got, err := w.wallet.Confirm(t.Context(), p.ID, Act{})
		if err != nil || got.Code != want || len(w.network.heard) != 1 || w.network.heard[0].Outcome.Code != want {
			t.Errorf("%s: %s, notified %+v, error %v; want %s", template, got.Code, w.network.heard, err, want)
		}
	}
}

func TestConfirmationThenPassword(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		password string // given with the confirmation
		waits    Waiting
		state    State
	}{
		{"without", "", ForPassword, Processing},
		{"right one at once", "246810", "", Success},
		{"wrong one at once", "1", ForConfirmation, Processing},
	} {
		w := newWorld(t)
		w.offers(1000)
		p := w.payer("always-password")
		w.scan(p, "a")
		got, err := w.wallet.Confirm(t.Context(), p.ID, Act{Password: tt.password})
		if err != nil || got.Waits != tt.waits || got.State != tt.state {
			t.Errorf("%s: waits %q, %s, error %v", tt.name, got.Waits, got.State, err)
		}
		if tt.state == Processing {
			got, err = w.wallet.EnterPassword(t.Context(), p.ID, Act{})
			if err != nil || got.State != Success {
				t.Errorf("%s, then the password: %s, error %v", tt.name, got.State, err)
			}
		}
	}
}

func TestCancelledBeforeItWasShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.offers(1000)
	p := w.payer("rich")
	if _, err := w.wallet.CancelPayment(t.Context(), aps.WalletCancel{PaymentRequestID: "N-a"}); err != nil {
		t.Fatal(err)
	}
	if s := w.scan(p, "a"); s.Payment.State != Cancelled || s.Payment.Waits != "" {
		t.Errorf("shown %+v", s.Payment)
	}
}

// TestAgreementsNeedNoPassword: nobody is there when an agreement pays.
func TestAgreementsNeedNoPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("always-password")
	for _, product := range []aps.Product{aps.ByAutoDebit, aps.ByPush} {
		agreement := product == aps.ByAutoDebit
		answer, err := w.wallet.Pay(t.Context(), aps.WalletPay{
			PspID: "psp", PaymentRequestID: fmt.Sprint("N", agreement), CustomerID: p.CustomerID, Product: product,
			Order:  new(aps.Order),
			Amount: money.Of("SGD", 1000), PayTo: money.Of("SGD", 1000), Expiry: w.clock.Now().Add(time.Minute),
		})
		if err != nil || (answer.Result.Status == aps.Success) != agreement {
			t.Errorf("agreement %v: %+v, error %v", agreement, answer.Result, err)
		}
	}
}
