// Package till plays the faults on the leg between shop and acquirer: requests and answers that are lost, requests that
// are repeated, an offline queue. They stand in the fault catalogue like all others (family till), and are armed, aimed
// and counted by the simulator; this package does what they say, because it is the harness that plays the shop.
package till

import (
	"context"
	"fmt"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
)

// ErrLost says that the shop has heard nothing because a fault wanted it so.
var ErrLost = fmt.Errorf("lost on purpose on its way: %w", acquirer.ErrNoAnswer)

// Line is what a till's faults need of their surroundings.
type Line struct {
	// Strike asks the simulator which faults hit a message.
	Strike func(ctx context.Context, m control.TillMessage) ([]control.TillFault, error)
	// Live reports whether a fault that holds messages back still does, because nobody has lifted it.
	Live      func(ctx context.Context, id string) (bool, error)
	NewNumber func() string // of an order or a refund
	Clock     clock.Clock
	// Unheard takes what the acquirer answered and the shop never heard, with the verb; it is evidence all the same. May be nil.
	Unheard func(verb string, call journal.Call, started time.Time, err error)
}

// Till is an acquirer behind a line that faults are played on.
type Till struct {
	acquirer.Acquirer
	line  Line
	queue queue
}

var (
	_ acquirer.Acquirer  = (*Till)(nil)
	_ acquirer.Presenter = (*Till)(nil)
)

// At puts an acquirer behind a line.
func At(a acquirer.Acquirer, l Line) *Till {
	return &Till{Acquirer: a, line: l}
}

// message is one call of a shop: how it is named, made, and changed.
type message[T any] struct {
	control.TillMessage
	send      func(context.Context) (T, journal.Call, error)
	renumber  func() // gives it a new number; nil: it carries none
	elsewhere func() // lets it come from another terminal; nil: it names none
}

// ChargeCode implements acquirer.Acquirer.
func (t *Till) ChargeCode(ctx context.Context, c acquirer.Charge) (acquirer.Payment, error) {
	return t.create(ctx, c, t.Acquirer.ChargeCode)
}

// Present implements acquirer.Presenter. To faults it is a charge like any other.
func (t *Till) Present(ctx context.Context, c acquirer.Charge) (acquirer.Payment, error) {
	presenter, able := t.Acquirer.(acquirer.Presenter)
	if !able {
		return acquirer.Payment{}, fmt.Errorf("%s: %w", acquirer.CreateVerb(c.Product), acquirer.ErrNotOffered)
	}
	return t.create(ctx, c, presenter.Present)
}

func (t *Till) create(
	ctx context.Context, c acquirer.Charge, call func(context.Context, acquirer.Charge) (acquirer.Payment, error),
) (acquirer.Payment, error) {
	return play(ctx, t, message[acquirer.Payment]{
		TillMessage: control.TillMessage{Verb: acquirer.VerbChargeCode, Code: c.Code, Reference: c.Reference},
		send: func(ctx context.Context) (acquirer.Payment, journal.Call, error) {
			p, err := call(ctx, c)
			return p, p.Call, err
		},
		renumber:  func() { c.Reference = t.line.NewNumber() },
		elsewhere: func() { c.Shop.Terminal = otherTerminal(c.Shop.Terminal) },
	})
}

// Query implements acquirer.Acquirer.
func (t *Till) Query(ctx context.Context, ref acquirer.PaymentRef) (acquirer.Payment, error) {
	return play(ctx, t, about(acquirer.VerbQuery, ref, t.Acquirer.Query))
}

// Cancel implements acquirer.Acquirer.
func (t *Till) Cancel(ctx context.Context, ref acquirer.PaymentRef) (acquirer.Payment, error) {
	return play(ctx, t, about(acquirer.VerbCancel, ref, t.Acquirer.Cancel))
}

func about(
	verb string, ref acquirer.PaymentRef, call func(context.Context, acquirer.PaymentRef) (acquirer.Payment, error),
) message[acquirer.Payment] {
	return message[acquirer.Payment]{
		TillMessage: control.TillMessage{Verb: verb, Reference: ref.Reference},
		send: func(ctx context.Context) (acquirer.Payment, journal.Call, error) {
			p, err := call(ctx, ref)
			return p, p.Call, err
		},
	}
}

// Refund implements acquirer.Acquirer.
func (t *Till) Refund(ctx context.Context, r acquirer.RefundOrder) (acquirer.Refund, error) {
	return play(ctx, t, message[acquirer.Refund]{
		TillMessage: control.TillMessage{Verb: acquirer.VerbRefund, Reference: r.Reference},
		send: func(ctx context.Context) (acquirer.Refund, journal.Call, error) {
			refund, err := t.Acquirer.Refund(ctx, r)
			return refund, refund.Call, err
		},
		renumber: func() { r.Number = t.line.NewNumber() },
	})
}

// QueryRefund implements acquirer.Acquirer.
func (t *Till) QueryRefund(ctx context.Context, ref acquirer.RefundRef) (acquirer.Refund, error) {
	return play(ctx, t, message[acquirer.Refund]{
		TillMessage: control.TillMessage{Verb: acquirer.VerbQueryRefund, Reference: ref.Reference},
		send: func(ctx context.Context) (acquirer.Refund, journal.Call, error) {
			refund, err := t.Acquirer.QueryRefund(ctx, ref)
			return refund, refund.Call, err
		},
	})
}

// otherTerminal is a terminal beside the one that is meant, alike in form.
func otherTerminal(id string) string {
	if id == "" {
		return "T-2"
	}
	last := byte('0')
	if id[len(id)-1] == last {
		last = '1'
	}
	return id[:len(id)-1] + string(last)
}

// play sends a message with what the faults that hit it do to it.
func play[T any](ctx context.Context, t *Till, m message[T]) (answer T, err error) {
	hits, err := t.line.Strike(ctx, m.TillMessage)
	if err != nil {
		return answer, fmt.Errorf("ask for faults of the till: %w", err)
	}
	p := plan[T]{message: m}
	for _, hit := range hits {
		does, known := acts[T]()[hit.Fault]
		if !known {
			return answer, fmt.Errorf("fault %s: the till cannot play it", hit.Fault)
		}
		does(&p, hit)
	}
	if p.lost {
		return answer, ErrLost
	}
	if p.queued != nil {
		done, err := t.queue.wait(ctx, t.line, *p.queued)
		if err != nil {
			return answer, err
		}
		defer done()
	}
	if len(p.before) == 0 && !p.unheard {
		answer, _, err = m.send(ctx)
		return answer, err
	}
	return p.repeat(ctx, t)
}

// repeat sends a message whose answer is not heard, and what follows it.
func (p plan[T]) repeat(ctx context.Context, t *Till) (answer T, err error) {
	for i := 0; ; i++ {
		started := t.line.Clock.Now()
		told, call, err := p.message.send(ctx)
		if i == len(p.before) && !p.unheard {
			return told, err
		}
		if t.line.Unheard != nil {
			t.line.Unheard(p.message.Verb, call, started, err)
		}
		if i == len(p.before) {
			return answer, ErrLost
		}
		p.before[i]()
	}
}
