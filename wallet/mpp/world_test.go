package mpp

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/code"
	"mppsim/wallet/ledger"
	"mppsim/wallet/money"
	"mppsim/wallet/store"
)

// world is a wallet on a manual clock with a network that mints codes and acknowledges notifications.
type world struct {
	t       *testing.T
	clock   *clock.Manual
	store   store.Store
	wallet  *Wallet
	network *fakeNetwork
	lastID  atomic.Int64
}

// fakeNetwork mints codes that are valid for a minute and keeps what it is told.
type fakeNetwork struct {
	clock  clock.Clock
	mu     sync.Mutex
	random *rand.ChaCha8
	heard  []aps.WalletNotification
	answer func() (aps.Result, error) // to notifications
	behind func(aps.UserPay) (aps.UserPayAnswer, error)
	what   func(aps.CodeQuestion) (aps.CodeIdentity, error)
}

func (n *fakeNetwork) IdentifyCode(_ context.Context, req aps.CodeQuestion) (aps.CodeIdentity, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.what(req)
}

func (n *fakeNetwork) InquiryCodeRules(context.Context, aps.CodeRulesQuestion) (aps.CodeRules, error) {
	return aps.CodeRules{Result: aps.ResultOf("PROCESS_FAIL")}, nil
}

func (n *fakeNetwork) GetPaymentCode(_ context.Context, req aps.CodeRequest) (aps.CodeAnswer, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	format, err := code.ParseFormat(req.Format)
	if err != nil {
		return aps.CodeAnswer{Result: refusal("PARAM_ILLEGAL", err.Error())}, nil
	}
	answer := aps.CodeAnswer{Result: success()}
	now := n.clock.Now()
	for range req.Quantity {
		digits, err := code.Mint(format, n.random)
		if err != nil {
			return aps.CodeAnswer{}, err
		}
		answer.Codes = append(answer.Codes, aps.PaymentCode{Digits: digits, Start: now, Expiry: now.Add(time.Minute)})
		now = now.Add(time.Minute)
	}
	return answer, nil
}

func (n *fakeNetwork) UserInitiatedPay(_ context.Context, req aps.UserPay) (aps.UserPayAnswer, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.behind(req)
}

func (n *fakeNetwork) NotifyPayment(_ context.Context, req aps.WalletNotification) (aps.Result, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.heard = append(n.heard, req)
	if n.answer != nil {
		return n.answer()
	}
	return success(), nil
}

// notifications returns the outcomes heard so far, as codes.
func (n *fakeNetwork) notifications() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var codes []string
	for _, h := range n.heard {
		codes = append(codes, h.Outcome.Code)
	}
	return codes
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewManual(time.Date(2031, 3, 5, 10, 0, 0, 0, time.UTC)), store: store.NewChecked()}
	w.network = &fakeNetwork{clock: w.clock, random: rand.NewChaCha8([32]byte{1})}
	wallet, err := New(Options{
		Store: w.store, Clock: w.clock, Network: w.network, PspID: "psp",
		IDs: func() string { return fmt.Sprintf("id-%d", w.lastID.Add(1)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	w.wallet = wallet
	return w
}

// payer makes a payer from a template; traits come as name, value pairs.
func (w *world) payer(template string, traits ...string) Payer {
	w.t.Helper()
	spec := PayerSpec{Timeline: "t1", Template: template, Traits: make(map[string]string)}
	for i := 0; i < len(traits); i += 2 {
		spec.Traits[traits[i]] = traits[i+1]
	}
	p, err := w.wallet.CreatePayer(w.t.Context(), spec)
	if err == nil {
		err = w.wallet.FetchAhead(w.t.Context(), p.ID)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// request is a payment of 12.34 SGD with a fresh code of the payer, open for a minute.
func (w *world) request(p Payer) aps.WalletPay {
	w.t.Helper()
	minted, err := w.wallet.IssueCode(w.t.Context(), p.ID, CodeSpec{})
	if err != nil {
		w.t.Fatal(err)
	}
	return aps.WalletPay{
		PspID: "psp", PaymentRequestID: fmt.Sprintf("pay-%d", w.lastID.Add(1)), Code: minted[0].Digits, CustomerID: p.CustomerID,
		Order:  new(aps.Order),
		Amount: money.Of("SGD", 1234), PayTo: money.Of("SGD", 1234), Expiry: w.clock.Now().Add(time.Minute),
	}
}

func (w *world) pay(req aps.WalletPay) aps.WalletPayAnswer {
	w.t.Helper()
	answer, err := w.wallet.Pay(w.t.Context(), req)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer
}

func (w *world) inquire(id string) aps.WalletInquiryAnswer {
	w.t.Helper()
	answer, err := w.wallet.InquiryPayment(w.t.Context(), aps.WalletInquiry{PspID: "psp", PaymentRequestID: id})
	if err != nil {
		w.t.Fatal(err)
	}
	return answer
}

func (w *world) cancel(id string) string {
	w.t.Helper()
	answer, err := w.wallet.CancelPayment(w.t.Context(), aps.WalletCancel{PspID: "psp", PaymentRequestID: id})
	if err != nil {
		w.t.Fatal(err)
	}
	return answer.Result.Code
}

func (w *world) refund(req aps.WalletPay, id string, amount int64) string {
	w.t.Helper()
	answer, err := w.wallet.Refund(w.t.Context(), aps.WalletRefund{
		PspID: "psp", PaymentRequestID: req.PaymentRequestID, RefundRequestID: id,
		Amount: money.Of("SGD", amount), From: money.Of("SGD", amount),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return answer.Result.Code
}

// spent is what the payer is poorer by, in minor units of SGD, endowments aside.
func (w *world) spent(p Payer) int64 {
	w.t.Helper()
	var sum int64
	err := w.store.View(w.t.Context(), func(tx store.Tx) error {
		list, err := ledger.Transactions(tx, "t1")
		for _, transaction := range list {
			for _, posting := range transaction.Postings {
				if posting.Account == ledger.PayerAccount(p.ID) && transaction.Kind != "top-up" {
					sum -= posting.Amount.Value
				}
			}
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return sum
}
