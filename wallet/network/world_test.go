package network_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/code"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/ledger"
	"mppsim/wallet/money"
	"mppsim/wallet/network"
	"mppsim/wallet/promo"
	"mppsim/wallet/quote"
	"mppsim/wallet/store"
)

// scripted is a wallet whose answers a test chooses. Its zero value says S to everything.
type scripted struct {
	mu      sync.Mutex
	pay     func(aps.WalletPay) (aps.WalletPayAnswer, error)
	outcome aps.Result // of inquiries
	cancel  func() (aps.WalletCancelAnswer, error)
	refund  func(aps.WalletRefund) (aps.WalletRefundAnswer, error)
	calls   map[string]int
	last    aps.WalletPay
}

func (s *scripted) count(call string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls == nil {
		s.calls = make(map[string]int)
	}
	s.calls[call]++
}

func (s *scripted) called(call string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[call]
}

func (s *scripted) Pay(_ context.Context, req aps.WalletPay) (aps.WalletPayAnswer, error) {
	s.count("pay")
	s.mu.Lock()
	s.last = req
	s.mu.Unlock()
	if s.pay != nil {
		return s.pay(req)
	}
	return aps.WalletPayAnswer{Result: aps.ResultOf("SUCCESS"), PaymentID: "W-" + req.PaymentRequestID}, nil
}

func (s *scripted) InquiryPayment(context.Context, aps.WalletInquiry) (aps.WalletInquiryAnswer, error) {
	s.count("inquiry")
	s.mu.Lock()
	defer s.mu.Unlock()
	return aps.WalletInquiryAnswer{Result: aps.ResultOf("SUCCESS"), Outcome: s.outcome}, nil
}

func (s *scripted) say(outcome aps.Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outcome = outcome
}

func (s *scripted) CancelPayment(context.Context, aps.WalletCancel) (aps.WalletCancelAnswer, error) {
	s.count("cancel")
	if s.cancel != nil {
		return s.cancel()
	}
	return aps.WalletCancelAnswer{Result: aps.ResultOf("SUCCESS")}, nil
}

func (s *scripted) Refund(_ context.Context, req aps.WalletRefund) (aps.WalletRefundAnswer, error) {
	s.count("refund")
	if s.refund != nil {
		return s.refund(req)
	}
	return aps.WalletRefundAnswer{Result: aps.ResultOf("SUCCESS")}, nil
}

// listener is an acquirer that acknowledges as told.
type listener struct {
	mu     sync.Mutex
	got    []aps.Notification
	deaf   bool
	heard  func(aps.Notification)           // nil: nobody listens along
	decode func(code string) *jsontree.Node // nil: no call is expected
}

func (l *listener) Call(_ context.Context, c aps.Call) (*jsontree.Node, error) {
	if l.decode == nil || c.API != aps.UserInitiatedPay {
		return nil, fmt.Errorf("no %s is expected", c.API)
	}
	return l.decode(aps.FieldsOf(c.Body).Text("codeValue")), nil
}

// tokens are access tokens with their customers.
type tokens map[string]string

func (t tokens) WalletToken(_ store.Tx, accessToken string) (token, client string, err error) {
	return "wallet's " + accessToken, "M", nil
}

func (t tokens) Owner(_ store.Tx, _, token string) (string, bool, error) {
	customer, found := t[token]
	return customer, found, nil
}

func (l *listener) NotifyPayment(_ context.Context, d aps.Delivery) (aps.Result, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.got = append(l.got, d.Notification)
	if l.heard != nil {
		l.heard(d.Notification)
	}
	if l.deaf {
		return aps.ResultOf("PROCESS_FAIL"), nil
	}
	return aps.ResultOf("SUCCESS"), nil
}

func (l *listener) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.got)
}

// world is a network on a clock that stands still between a scripted wallet and a listening acquirer.
type world struct {
	*network.Network
	t        *testing.T
	wall     *clock.Manual
	store    store.Store
	wallet   *scripted
	acquirer *listener
	line     *network.Timeline
	silent   atomic.Bool // every order must look undecided
}

func newWorld(t *testing.T, rhythm string) *world {
	t.Helper()
	w := &world{
		t: t, wall: clock.NewManual(time.Date(2026, 3, 4, 4, 0, 0, 0, time.UTC)), store: store.NewChecked(),
		wallet: &scripted{outcome: aps.ResultOf("PAYMENT_IN_PROCESS")}, acquirer: &listener{},
	}
	var n atomic.Int64
	w.Network = network.New(network.Options{
		Store: w.store, Acquirer: w.acquirer, Wall: w.wall, IDs: func() string { return fmt.Sprintf("id%04d", n.Add(1)) },
		Digits: rand.Reader, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), AcquirerID: "A", PspID: "W", Brand: "Kaleido Pay", Rates: rates(t),
		Rhythm: network.Rhythm{Mode: network.RhythmOff}, Undecided: func(aps.Subject) bool { return w.silent.Load() },
		BaseURL: func() string { return "http://sim" },
		Address: func(aps.API) string { return "http://acquirer" }, Tokens: tokens{"token": "C", "lost": "nobody"},
		Promotions: promo.Desk{promo.Attached{}, promo.Campaigns{}},
	})
	w.Connect(w.wallet)
	t.Cleanup(w.Close)
	var err error
	if w.line, err = w.OpenTimeline("test", "", network.Rhythm{Mode: rhythm, Delay: 30 * time.Second}, 0); err != nil {
		t.Fatal(err)
	}
	if err := w.SetHolder(t.Context(), network.Holder{Timeline: w.line.ID, Payer: "payer", CustomerID: "C"}); err != nil {
		t.Fatal(err)
	}
	return w
}

// word is what a wallet reports of a payment that it was asked for.
func (w *world) word(req aps.WalletPay, code string) aps.WalletNotification {
	note := aps.WalletNotification{Outcome: aps.ResultOf(code), PaymentRequestID: req.PaymentRequestID}
	if code == "SUCCESS" {
		note.PaymentID, note.Time, note.CustomerID = "W-"+req.PaymentRequestID, w.line.Clock.Now(), req.CustomerID
		note.Amount, note.PayTo = req.Amount, req.PayTo
	}
	return note
}

func rates(t *testing.T) *quote.Board {
	t.Helper()
	board, err := quote.Parse("rates.yaml", []byte(`
pivot: USD
prices:
  SGD/MYR: [3.33055347, 3.36297775]
  USD/SGD: 1.34
  USD/JPY: 149.12345678
  USD/KWD: 0.30725
  USD/IDR: 15892.45
  USD/MYR: 4.54446915
`))
	if err != nil {
		t.Fatal(err)
	}
	return board
}

func (w *world) code() string {
	w.t.Helper()
	c, err := w.MintCode(w.t.Context(), "C", code.Format{})
	if err != nil {
		w.t.Fatal(err)
	}
	return c.Digits
}

func (w *world) request(id, code string, minor int64) aps.PayRequest {
	return aps.PayRequest{
		PaymentRequestID: id, Amount: money.Of("SGD", minor), Code: code, NotifyURL: "http://127.0.0.1/n",
		Order: aps.Order{Amount: money.Of("SGD", minor), Merchant: aps.Merchant{ReferenceMerchantID: "M"}},
	}
}

// charge pays as the gateway does: first it finds the transaction, then it lets the network act.
func (w *world) charge(req aps.PayRequest) string {
	w.t.Helper()
	s, err := w.Locate(w.t.Context(), aps.Marks{PaymentRequestID: req.PaymentRequestID, Code: req.Code})
	if err != nil {
		w.t.Fatal(err)
	}
	a, err := w.Pay(w.t.Context(), s, &req, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return a.Result.Code
}

func (w *world) ask(id string) string {
	w.t.Helper()
	a, err := w.Inquiry(w.t.Context(), aps.InquiryRequest{PaymentRequestID: id})
	if err != nil {
		w.t.Fatal(err)
	}
	if a.Outcome == nil {
		return a.Result.Code
	}
	return a.Outcome.Code
}

func (w *world) revoke(id string) string {
	w.t.Helper()
	a, err := w.Cancel(w.t.Context(), aps.Subject{Timeline: w.line.ID}, aps.CancelRequest{PaymentRequestID: id})
	if err != nil {
		w.t.Fatal(err)
	}
	return a.Result.Code
}

func (w *world) giveBack(id, refundID string, minor int64) string {
	w.t.Helper()
	a, err := w.Refund(w.t.Context(), aps.RefundRequest{PaymentRequestID: id, RefundRequestID: refundID, Amount: money.Of("SGD", minor)})
	if err != nil {
		w.t.Fatal(err)
	}
	return a.Result.Code
}

func (w *world) shop() int64 {
	w.t.Helper()
	var held money.Amount
	err := w.store.View(w.t.Context(), func(tx store.Tx) (err error) {
		held, err = ledger.Balance(tx, ledger.ShopAccount("M"), "SGD")
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return held.Value
}

func (w *world) want(what, got, want string) {
	w.t.Helper()
	if got != want {
		w.t.Errorf("%s: %s, want %s", what, got, want)
	}
}

// eventually waits for what happens in the background.
func (w *world) eventually(what string, done func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("%s did not happen", what)
		}
	}
}
