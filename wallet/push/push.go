// Package push is Alipay+'s part of push mode (acqp-api §5.9): a payment that the wallet has taken is handed to the
// acquirer, and the acquirer's word on it is learned from the answer, from inquiries or from the acquirer's notification,
// whichever says something final first.
package push

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/courier"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
	"mppsim/wallet/store"
)

// ErrUnknown says that no such payment was pushed.
var ErrUnknown = errors.New("no such pushed payment")

// inquiryGaps are the pauses before each inquiry (acqp-api §5.9).
func inquiryGaps() []time.Duration {
	s, m := time.Second, time.Minute
	return []time.Duration{4 * s, 4 * s, 30 * s, m, m, m, 5 * m, 5 * m}
}

// Options are what push mode needs.
type Options struct {
	Store    store.Store
	Acquirer aps.Acquirer
	Courier  *courier.Courier
	Address  func(api aps.API) (string, error) // of the acquirer
	// Accept tells the books the acquirer's final word on an order and returns the order's outcome.
	Accept     func(ctx context.Context, order string, word aps.Result) (aps.Result, error)
	Logger     *slog.Logger
	AcquirerID string
}

// Pushes are the payments that were pushed.
type Pushes struct{ Options }

// New makes Alipay+'s part of push mode.
func New(o Options) *Pushes { return &Pushes{o} }

// Payment is a payment to push.
type Payment struct {
	Order      string // its key in the books
	ID         string // paymentId
	RequestID  string // paymentRequestId, if the acquirer gave one
	PspID      string
	Code       string // what the payer scanned
	Timeline   string
	Amount     money.Amount
	Settlement money.Amount
	Paid       time.Time // real
	CustomerID string
	Brand      string
	Subject    aps.Subject
	Word       aps.Result // the acquirer's final word, and who told it
	Channel    string     // answer, inquiry, notification, or none of them
}

func payments() store.Table[Payment] { return store.Table[Payment]{Name: "push.payment"} }

// Find returns a pushed payment by its paymentId (ErrUnknown).
func (p *Pushes) Find(ctx context.Context, id string) (x Payment, err error) {
	err = p.Store.View(ctx, func(tx store.Tx) error {
		x, err = find(tx, id)
		return err
	})
	return x, err
}

func find(tx store.Tx, id string) (Payment, error) {
	if id == "" {
		return Payment{}, fmt.Errorf("pushed payment without id: %w", ErrUnknown)
	}
	x, found, err := payments().Get(tx, id)
	if err == nil && !found {
		err = fmt.Errorf("pushed payment %s: %w", id, ErrUnknown)
	}
	return x, err
}

// Push hands a payment to the acquirer and waits for the answer. Without a final one inquiries follow.
func (p *Pushes) Push(ctx context.Context, x Payment) error {
	if err := p.Store.Update(ctx, func(tx store.Tx) error { return payments().Insert(tx, x.ID, x) }); err != nil {
		return err
	}
	call, err := p.Call(x)
	if err != nil {
		p.Logger.Warn("a payment cannot be pushed", "payment", x.ID, "error", err)
		_, err = p.learn(ctx, x.ID, closed(), "")
		return err
	}
	answer, err := p.Acquirer.Call(ctx, call)
	if err != nil {
		p.Logger.Warn("the acquirer gave no answer to pushPayment", "payment", x.ID, "error", err)
	}
	word := aps.FieldsOf(answer).Result("result")
	if word.Final() {
		_, err = p.learn(ctx, x.ID, word, "answer")
		return err
	}
	p.inquire(x)
	return nil
}

func closed() aps.Result { return aps.ResultOf("ORDER_IS_CLOSED") }

// Call is the pushPayment of a payment, the same each time.
func (p *Pushes) Call(x Payment) (aps.Call, error) {
	address, err := p.Address(aps.PushPayment)
	m := p.ids(x).Amount("paymentAmount", x.Amount).Amount("settlementAmount", x.Settlement).Moment("paymentTime", x.Paid).
		Text("customerId", x.CustomerID).Text("walletBrandName", x.Brand)
	return aps.Call{API: aps.PushPayment, URL: address, Subject: x.Subject, Body: m.Node()}, err
}

// Inquiry is the inquiryPushPayment of a payment.
func (p *Pushes) Inquiry(x Payment) (aps.Call, error) {
	address, err := p.Address(aps.InquiryPushPayment)
	return aps.Call{API: aps.InquiryPushPayment, URL: address, Subject: x.Subject, Body: p.ids(x).Node()}, err
}

func (p *Pushes) ids(x Payment) aps.Message {
	return aps.NewMessage().Text("acquirerId", p.AcquirerID).Text("pspId", x.PspID).Text("codeValue", x.Code).
		Text("paymentId", x.ID).Text("paymentRequestId", x.RequestID)
}

// inquire asks until the acquirer's word is known. When the series ends without it, the payer gets the money back.
func (p *Pushes) inquire(x Payment) {
	p.Courier.Post(courier.Message{
		Name: "push/" + x.ID, Timeline: x.Timeline, Gaps: inquiryGaps(),
		Write: func(ctx context.Context) (aps.Call, bool) {
			now, err := p.Find(ctx, x.ID)
			if err != nil || now.Word.Final() {
				return aps.Call{}, false
			}
			call, _ := p.Inquiry(x) // without address there is no answer, and in the end the money goes back
			return call, true
		},
		Heard:   func(ctx context.Context, answer aps.Fields) { p.Heard(ctx, x.ID, answer) },
		Settled: func(answer aps.Fields) bool { return wordOf(answer).Final() },
		GivenUp: func(ctx context.Context) {
			if _, err := p.learn(ctx, x.ID, closed(), ""); err != nil {
				p.Logger.Error("a pushed payment could not be closed", "payment", x.ID, "error", err)
			}
		},
	})
}

// wordOf is what an answer to an inquiry says of the payment. A call that failed, or a payment that is unknown to the
// acquirer, says nothing: it is asked again.
func wordOf(answer aps.Fields) aps.Result {
	if answer.Result("result").Status != aps.Success {
		return aps.Result{}
	}
	return answer.Result("paymentResult")
}

// Heard learns what an answer to an inquiry says.
func (p *Pushes) Heard(ctx context.Context, id string, answer aps.Fields) {
	word := wordOf(answer)
	if !word.Final() {
		return
	}
	if _, err := p.learn(ctx, id, word, "inquiry"); err != nil {
		p.Logger.Error("the outcome of a pushed payment could not be booked", "payment", id, "error", err)
	}
}

// Learn takes over the answer to a repeated push.
func (p *Pushes) Learn(ctx context.Context, id string, word aps.Result) error {
	if !word.Final() {
		return nil
	}
	_, err := p.learn(ctx, id, word, "answer")
	return err
}

// learn books the first final word on a payment and returns the one that counts.
func (p *Pushes) learn(ctx context.Context, id string, word aps.Result, channel string) (counts aps.Result, err error) {
	var x Payment
	err = p.Store.Update(ctx, func(tx store.Tx) error {
		if x, err = find(tx, id); err != nil || x.Word.Final() {
			return err
		}
		x.Word, x.Channel = word.Complete(), channel
		return payments().Put(tx, id, x)
	})
	if err != nil {
		return aps.Result{}, err
	}
	return p.Accept(ctx, x.Order, x.Word)
}

// Notified answers notifyPushPayment. A word that contradicts the one that counts is refused.
func (p *Pushes) Notified(ctx context.Context, _ aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
	f := aps.FieldsOf(root)
	word := f.Result("paymentResult")
	x, err := p.Find(ctx, f.Text("paymentId"))
	if errors.Is(err, ErrUnknown) {
		return bare(aps.ResultOf("ORDER_NOT_EXIST")), nil
	}
	if given := f.Text("paymentRequestId"); err == nil && given != "" && x.RequestID != "" && given != x.RequestID {
		result := aps.ResultOf("PARAM_ILLEGAL")
		result.Message = "paymentRequestId belongs to another payment."
		return bare(result), nil
	}
	if err != nil {
		return nil, err
	}
	counts, err := p.learn(ctx, x.ID, word, "notification")
	if err != nil {
		return nil, err
	}
	if counts.Status != word.Status {
		result := aps.ResultOf("PROCESS_FAIL")
		result.Message = "The payment has another final outcome."
		return bare(result), nil
	}
	return bare(aps.ResultOf("SUCCESS")), nil
}

func bare(r aps.Result) *jsontree.Node { return aps.NewAnswer(r).Node() }
