// Package dispute is Alipay+'s part of disputes (acqp-api §5.11): it asks the acquirer for the papers of a payment
// (retrieval) or for money back (escalation), keeps to the rules for asking, and takes the answers. No money moves
// here: what an acquirer promises it gives back with a refund.
package dispute

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/courier"
	"mppsim/wallet/money"
	"mppsim/wallet/store"
)

// Why a dispute cannot be opened or changed, for errors.Is.
var (
	ErrUnknown = errors.New("no such dispute")
	ErrPayment = errors.New("no such paid payment")
	ErrRule    = errors.New("against the rules of disputes")
	ErrSpec    = errors.New("unusable dispute")
)

// Limits of disputes (acqp-api §5.11, §10).
const (
	maxRetrievals  = 5
	maxEscalations = 2
	window         = 360 * 24 * time.Hour // after the payment
	secondWindow   = 25 * 24 * time.Hour  // after the first escalation was closed
)

// Kind says what is asked for.
type Kind string

// The kinds.
const (
	Retrieval  Kind = "RETRIEVAL"
	Escalation Kind = "ESCALATION"
)

// State is where a dispute stands.
type State string

// The states.
const (
	Sent      State = "SENT"      // the acquirer has not accepted it yet
	Refused   State = "REFUSED"   // the acquirer does not accept it
	Open      State = "OPEN"      // accepted; the answer is awaited
	Answered  State = "ANSWERED"  // by the acquirer
	Cancelled State = "CANCELLED" // by Alipay+
)

// Payment is what disputes need to know of a payment.
type Payment struct {
	Timeline string
	Paid     time.Time // on the timeline
	Amount   money.Amount
	Refunded money.Amount
	Subject  aps.Subject
}

// Options are what disputes need.
type Options struct {
	Store    store.Store
	Payments func(ctx context.Context, paymentRequestID string) (p Payment, paid bool, err error)
	Clocks   func(timeline string) *clock.Timeline
	Courier  *courier.Courier
	Address  func(api aps.API) (string, error) // of the acquirer
	IDs      func() string
}

// Disputes are Alipay+'s disputes.
type Disputes struct{ Options }

// New makes Alipay+'s part.
func New(o Options) *Disputes { return &Disputes{o} }

// Case is one dispute. Times are on the payment's timeline.
type Case struct {
	ID       string // disputeRequestId
	Kind     Kind
	Payment  string // paymentRequestId
	Timeline string
	State    State
	Amount   money.Amount // of an escalation: what is asked for
	Reason   string
	Occurred time.Time
	Closed   time.Time // answered or cancelled
	Accepted aps.Result
	Response Response
}

// Response is what the acquirer says.
type Response struct {
	Code       string // responseCode of a retrieval
	RefundType string // of an escalation, like the next two
	Refund     money.Amount
	Planned    time.Time         // real time
	Papers     map[string]string // other members by name
	Documents  []string
}

func cases() store.Table[Case]       { return store.Table[Case]{Name: "dispute.case"} }
func byPayment() store.Table[string] { return store.Table[string]{Name: "dispute.of-payment"} }

// open says that the dispute keeps another one of its kind away.
func (c Case) open() bool { return c.State == Sent || c.State == Open }

// counts says that the dispute is one of those that are limited in number.
func (c Case) counts() bool { return c.State != Cancelled && c.State != Refused }

// Find returns a dispute (ErrUnknown).
func (d *Disputes) Find(ctx context.Context, id string) (c Case, err error) {
	err = d.Store.View(ctx, func(tx store.Tx) error {
		c, err = find(tx, id)
		return err
	})
	return c, err
}

func find(tx store.Tx, id string) (Case, error) {
	if id == "" {
		return Case{}, fmt.Errorf("dispute without id: %w", ErrUnknown)
	}
	c, found, err := cases().Get(tx, id)
	if err == nil && !found {
		err = fmt.Errorf("dispute %s: %w", id, ErrUnknown)
	}
	return c, err
}

// List returns the disputes of a timeline, or with a payment those of the payment.
func (d *Disputes) List(ctx context.Context, timeline, payment string) (list []Case, err error) {
	err = d.Store.View(ctx, func(tx store.Tx) error {
		list = nil
		if payment != "" {
			list, err = ofPayment(tx, payment)
			return err
		}
		return cases().Scan(tx, "", func(_ string, c Case) (bool, error) {
			if c.Timeline == timeline {
				list = append(list, c)
			}
			return true, nil
		})
	})
	return list, err
}

func ofPayment(tx store.Tx, payment string) ([]Case, error) {
	ids, err := byPayment().List(tx, store.Key(payment))
	list := make([]Case, 0, len(ids))
	for _, id := range ids {
		c, err := find(tx, id)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, err
}

// change alters a dispute and keeps it (ErrUnknown).
func (d *Disputes) change(ctx context.Context, id string, f func(c *Case) error) (c Case, err error) {
	err = d.Store.Update(ctx, func(tx store.Tx) error {
		if c, err = find(tx, id); err != nil {
			return err
		}
		if err := f(&c); err != nil {
			return err
		}
		return cases().Put(tx, id, c)
	})
	return c, err
}

// Cancel ends a dispute to which no answer is wanted any more (ErrUnknown, ErrRule).
func (d *Disputes) Cancel(ctx context.Context, id string) (Case, error) {
	return d.change(ctx, id, func(c *Case) error {
		if !c.open() {
			return fmt.Errorf("dispute %s is %s and cannot be cancelled: %w", id, c.State, ErrRule)
		}
		c.State, c.Closed = Cancelled, d.Clocks(c.Timeline).Now()
		return nil
	})
}
