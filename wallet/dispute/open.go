package dispute

import (
	"context"
	"fmt"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/courier"
	"mppsim/wallet/money"
	"mppsim/wallet/store"
)

// Spec asks for a dispute.
type Spec struct {
	Kind    Kind
	Payment string       // paymentRequestId
	ID      string       // disputeRequestId; empty: a new one
	Amount  money.Amount // of an escalation; zero: all that can still be disputed
	Reason  string
	Due     time.Duration // until an answer is wanted; 0: nothing is said of it
	// Probe sends the message whatever the rules say, and books nothing: to ask about an unknown payment, or with the id of
	// another dispute.
	Probe bool
}

// Initiate opens a dispute, or repeats the message of one that exists, and returns it with the acquirer's answer. An answer
// that is not final is asked for again in the rhythm of the timeline (ErrSpec, ErrPayment, ErrRule).
func (d *Disputes) Initiate(ctx context.Context, spec Spec) (Case, aps.Result, error) {
	if spec.Kind != Retrieval && spec.Kind != Escalation {
		return Case{}, aps.Result{}, fmt.Errorf("%w: kind %q is neither %s nor %s", ErrSpec, spec.Kind, Retrieval, Escalation)
	}
	if _, err := d.Address(spec.Kind.api()); err != nil {
		return Case{}, aps.Result{}, err
	}
	p, paid, err := d.Payments(ctx, spec.Payment)
	if err != nil {
		return Case{}, aps.Result{}, err
	}
	c := d.begin(spec, p)
	if !spec.Probe {
		if !paid {
			return c, aps.Result{}, fmt.Errorf("payment %s: %w", spec.Payment, ErrPayment)
		}
		if c, err = d.enter(ctx, c, p); err != nil {
			return c, aps.Result{}, err
		}
	}
	answer := d.Courier.Send(ctx, d.message(spec, c, p))
	if spec.Probe {
		return c, answer, nil
	}
	c, err = d.Find(ctx, c.ID)
	return c, answer, err
}

func (k Kind) api() aps.API {
	if k == Escalation {
		return aps.InitiateEscalation
	}
	return aps.InitiateRetrieval
}

func (d *Disputes) begin(spec Spec, p Payment) Case {
	c := Case{
		ID: spec.ID, Kind: spec.Kind, Payment: spec.Payment, Timeline: p.Timeline, State: Sent, Reason: spec.Reason,
		Occurred: d.Clocks(p.Timeline).Now(),
	}
	if c.ID == "" {
		c.ID = d.IDs()
	}
	if c.Kind == Escalation {
		c.Amount = spec.Amount
	}
	return c
}

// enter books a new dispute. One that has the id already is taken as it is, if it is about the same.
func (d *Disputes) enter(ctx context.Context, c Case, p Payment) (Case, error) {
	err := d.Store.Update(ctx, func(tx store.Tx) error {
		before, found, err := cases().Get(tx, c.ID)
		if err != nil {
			return err
		}
		if found {
			if before.Payment != c.Payment || before.Kind != c.Kind {
				return fmt.Errorf("dispute %s is a %s about payment %s: %w", c.ID, before.Kind, before.Payment, ErrRule)
			}
			c = before
			return nil
		}
		others, err := ofPayment(tx, c.Payment)
		if err != nil {
			return err
		}
		if c, err = c.allowed(others, p); err != nil {
			return fmt.Errorf("dispute about payment %s: %w", c.Payment, err)
		}
		if err := byPayment().Put(tx, store.Key(c.Payment, c.Occurred.UTC().Format(time.RFC3339Nano), c.ID), c.ID); err != nil {
			return err
		}
		return cases().Insert(tx, c.ID, c)
	})
	return c, err
}

// allowed applies the rules to a new dispute, and fills in what can still be disputed.
func (c Case) allowed(others []Case, p Payment) (Case, error) {
	count, left := 0, p.Amount.Value-p.Refunded.Value
	var closed time.Time
	for _, o := range others {
		if o.Kind != c.Kind {
			continue
		}
		if o.open() {
			return c, fmt.Errorf("%w: %s is still open", ErrRule, o.ID)
		}
		if o.counts() {
			count++
			left -= o.Response.Refund.Value
		}
		if o.Closed.After(closed) {
			closed = o.Closed
		}
	}
	if err := c.inTime(count, closed, p.Paid); err != nil || c.Kind == Retrieval {
		return c, err
	}
	if c.Amount == (money.Amount{}) {
		c.Amount = money.Of(p.Amount.Currency, left)
	}
	if c.Amount.Currency != p.Amount.Currency || c.Amount.Value < 1 || c.Amount.Value > left {
		return c, fmt.Errorf("%w: %s of %s can still be disputed", ErrRule, money.Of(p.Amount.Currency, left), p.Amount)
	}
	return c, nil
}

// inTime checks number and time of a dispute after count others, the last of which was closed at a time.
func (c Case) inTime(count int, closed, paid time.Time) error {
	most := maxRetrievals
	if c.Kind == Escalation {
		most = maxEscalations
	}
	second := c.Kind == Escalation && count > 0
	switch {
	case count >= most:
		return fmt.Errorf("%w: a payment has at most %d", ErrRule, most)
	case second && c.Occurred.After(closed.Add(secondWindow)):
		return fmt.Errorf("%w: the second escalation comes within 25 days after the first was closed", ErrRule)
	case !second && c.Occurred.After(paid.Add(window)):
		return fmt.Errorf("%w: more than 360 days have passed since the payment", ErrRule)
	}
	return nil
}

// message is what the acquirer gets. It is repeated until the acquirer has accepted or refused.
func (d *Disputes) message(spec Spec, c Case, p Payment) courier.Message {
	line := d.Clocks(c.Timeline)
	body := aps.NewMessage().Text("disputeRequestId", c.ID).Text("paymentRequestId", c.Payment).
		Moment("disputeOccurTime", line.ToBase(c.Occurred)).Amount("disputeAmount", c.Amount).Text("disputeReason", c.Reason)
	if spec.Due > 0 {
		body.Moment("responseDueTime", line.ToBase(c.Occurred.Add(spec.Due)))
	}
	subject := p.Subject
	subject.PaymentRequestID = c.Payment
	m := courier.Message{
		Name: "dispute/" + c.ID, Timeline: c.Timeline, Settled: courier.Final,
		Write: func(ctx context.Context) (aps.Call, bool) {
			address, err := d.Address(c.Kind.api())
			if now, missing := d.Find(ctx, c.ID); !spec.Probe && (missing != nil || now.State == Cancelled) {
				return aps.Call{}, false
			}
			return aps.Call{API: c.Kind.api(), URL: address, Subject: subject, Body: body.Node()}, err == nil
		},
	}
	if spec.Probe {
		m.Name, m.Settled = "", func(aps.Fields) bool { return true }
		return m
	}
	m.Heard = func(ctx context.Context, answer aps.Fields) { d.hear(ctx, c.ID, courier.Result(answer)) }
	return m
}

// hear books whether the acquirer accepts a dispute. A repetition changes nothing that was decided.
func (d *Disputes) hear(ctx context.Context, id string, r aps.Result) {
	if !r.Final() {
		return
	}
	// A dispute that is gone has nothing to be booked on.
	_, _ = d.change(ctx, id, func(c *Case) error {
		if c.State != Sent {
			return nil
		}
		c.State, c.Accepted = Open, r
		if r.Status == aps.Failure {
			c.State, c.Closed = Refused, d.Clocks(c.Timeline).Now()
		}
		return nil
	})
}
