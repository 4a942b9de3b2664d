package world

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// RefundOrder is what a shop wants to give back.
type RefundOrder struct {
	Payment   *Payment // default: the latest
	Amount    money.Amount
	Currency  string // as a shop would write it; default: the amount's
	Number    string // the shop's number; default: a new one
	Reason    string
	Blank     bool // send optional texts as empty strings
	Unsampled bool
}

// Refund is one refund of a shop and everything the acquirer has told the shop about it.
type Refund struct {
	Payment *Payment
	Order   acquirer.RefundOrder

	w        *World
	answered chan struct{}

	// Guarded by w.mu.
	started time.Time
	answer  acquirer.Refund
	err     error
	samples []heard[acquirer.Refund]
	stumble string             // how the last query failed
	stop    context.CancelFunc // ends the sampling; nil when there is none
}

// RefundSample is what the acquirer told the shop about a refund at one moment.
type RefundSample struct {
	At     time.Time
	Verb   string // refund, query_refund, query
	Refund acquirer.Refund
	Call   string // id of a journaled call that told exactly this
}

// State is the refund's state: FAILED when the acquirer refused the call, PENDING when it did not say.
func (s RefundSample) State() acquirer.State {
	switch {
	case s.Refund.Refused && s.Verb == "refund" && s.Refund.State == "":
		return acquirer.Failed
	case s.Refund.State == "":
		return acquirer.Pending
	}
	return s.Refund.State
}

func refundSample(h heard[acquirer.Refund]) RefundSample {
	return RefundSample{At: h.at, Verb: h.verb, Refund: *h.told, Call: h.call}
}

// Told is what the acquirer told about a refund as evidence.
func (w *World) Told(s RefundSample) Evidence { return Evidence{call: s.Call} }

// Refund lets a shop give money back. It returns at once, as Charge does.
func (w *World) Refund(_ context.Context, o RefundOrder) (*Refund, error) {
	if o.Payment == nil {
		p, err := w.PaymentBy("")
		if err != nil {
			return nil, err
		}
		o.Payment = p
	}
	if o.Number == "" {
		o.Number = w.NextNumber()
	}
	if o.Currency == "" {
		o.Currency = o.Amount.Currency
	}
	r := &Refund{Payment: o.Payment, w: w, answered: make(chan struct{}), Order: acquirer.RefundOrder{
		PaymentRef: o.Payment.Ref(), Number: o.Number, Refund: o.Amount, Currency: o.Currency, Reason: o.Reason, Blank: o.Blank,
	}}
	w.mu.Lock()
	r.started = w.setup.Clock.Now()
	w.refunds = append(w.refunds, r)
	w.tell()
	w.mu.Unlock()
	w.spawn(func(ctx context.Context) {
		r.call(ctx)
		if !o.Unsampled {
			r.Watch() //nolint:contextcheck // sampling lives as long as the world
		}
	})
	return r, nil
}

// call makes the call and keeps its answer.
func (r *Refund) call(ctx context.Context) {
	w, started := r.w, r.w.setup.Clock.Now()
	answer, err := w.shopLine().Refund(ctx, r.Order)
	call := w.finish(answer.Call, "refund", started, err)
	answer.Call = call
	w.mu.Lock()
	r.answer, r.err = answer, err
	if err == nil {
		r.samples = append(r.samples, heard[acquirer.Refund]{call.Ended, "refund", call.ID, &answer})
	}
	close(r.answered)
	w.put(call)
	w.mu.Unlock()
	w.Record(journal.Entry{Call: &call})
}

// sample asks about the refund once a second, shortened by the factor, until ctx ends.
func (r *Refund) sample(ctx context.Context) {
	if a, _ := r.Answered(); a.Refused && a.ID == "" {
		return
	}
	for ctx.Err() == nil {
		started := r.w.setup.Clock.Now()
		_, _ = r.ask(ctx, true)
		if !sleep(ctx, r.w, r.w.Scale(time.Second)-r.w.setup.Clock.Now().Sub(started)) {
			return
		}
	}
}

// ask queries the refund: by its own verb where the acquirer has one, else in the payment's list of refunds.
func (r *Refund) ask(ctx context.Context, sampled bool) (acquirer.Refund, error) {
	w, started := r.w, r.w.setup.Clock.Now()
	told, verb, err := r.query(ctx)
	if ctx.Err() != nil && err != nil {
		return told, err
	}
	call := w.finish(told.Call, verb, started, err)
	call.Sample = sampled
	told.Call = call
	w.mu.Lock()
	fresh := r.stumbles(err) || !sampled
	if err == nil {
		fresh = r.add(heard[acquirer.Refund]{call.Ended, verb, call.ID, &told}, sampled)
	}
	if fresh {
		w.put(call)
	}
	w.mu.Unlock()
	if fresh {
		w.Record(journal.Entry{Call: &call})
	}
	return told, err
}

func (r *Refund) query(ctx context.Context) (acquirer.Refund, string, error) {
	if r.w.setup.Acquirer.Offers("query_refund") {
		told, err := r.w.shopLine().QueryRefund(ctx, r.Ref())
		return told, "query_refund", err
	}
	payment, err := r.w.shopLine().Query(ctx, r.Payment.Ref())
	for _, one := range payment.Refunds {
		if one.Number == r.Order.Number || (one.ID != "" && one.ID == r.Ref().Refund) {
			one.Call = payment.Call
			return one, "query", err
		}
	}
	return acquirer.Refund{Call: payment.Call}, "query", err
}

// stumbles is Payment.stumbles for a refund.
func (r *Refund) stumbles(err error) bool {
	before := r.stumble
	r.stumble = ""
	if err != nil {
		r.stumble = err.Error()
	}
	return r.stumble != before
}

// add keeps what was heard, with the world locked; false for a repetition.
func (r *Refund) add(h heard[acquirer.Refund], sampled bool) bool {
	fresh := true
	if n := len(r.samples); sampled && n > 0 {
		last := r.samples[n-1]
		if last.verb == h.verb && last.told.State == h.told.State && maps.Equal(last.told.Call.Mapped, h.told.Call.Mapped) {
			h, fresh = again(last, h, func(told *acquirer.Refund) *journal.Call { return &told.Call }), false
		}
	}
	r.samples = append(r.samples, h)
	r.w.tell()
	return fresh
}

// Ref names the refund to the acquirer.
func (r *Refund) Ref() acquirer.RefundRef {
	answer, _ := r.Answered()
	return acquirer.RefundRef{PaymentRef: r.Order.PaymentRef, Refund: answer.ID, Number: r.Order.Number}
}

// Answered returns the answer to the refund call, if it has come.
func (r *Refund) Answered() (acquirer.Refund, bool) {
	select {
	case <-r.answered:
	default:
		return acquirer.Refund{}, false
	}
	r.w.mu.Lock()
	defer r.w.mu.Unlock()
	return r.answer, true
}

// Answer waits for the answer to the refund call.
func (r *Refund) Answer(ctx context.Context) (acquirer.Refund, error) {
	done, err := r.w.Await(ctx, tolerance.CallAnswer, "the acquirer's answer to the refund", func(*View) bool {
		_, answered := r.Answered()
		return answered
	})
	if err != nil {
		return acquirer.Refund{}, err
	}
	if !done {
		return acquirer.Refund{}, errors.New("the acquirer did not answer the refund")
	}
	r.w.mu.Lock()
	defer r.w.mu.Unlock()
	return r.answer, r.err
}

// Query asks the acquirer about the refund, as a cashier would.
func (r *Refund) Query(ctx context.Context) (acquirer.Refund, error) { return r.ask(ctx, false) }

// Samples is everything that the acquirer has told the shop about the refund.
func (r *Refund) Samples() []RefundSample {
	r.w.mu.Lock()
	defer r.w.mu.Unlock()
	list := make([]RefundSample, len(r.samples))
	for i, h := range r.samples {
		list[i] = refundSample(h)
	}
	return list
}

// Last is the latest sample.
func (r *Refund) Last() RefundSample {
	r.w.mu.Lock()
	defer r.w.mu.Unlock()
	if len(r.samples) == 0 {
		return RefundSample{}
	}
	return refundSample(r.samples[len(r.samples)-1])
}

// State is the refund's state as the shop last heard it.
func (r *Refund) State() acquirer.State { return r.Last().State() }

// Ever returns the first sample in one of the states.
func (r *Refund) Ever(states ...acquirer.State) (RefundSample, bool) {
	for _, s := range r.Samples() {
		if slices.Contains(states, s.State()) {
			return s, true
		}
	}
	return RefundSample{}, false
}

// Refunds are the scenario's refunds so far, in order.
func (w *World) Refunds() []*Refund {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.refunds)
}

// RefundBy finds a refund: "" and "the refund" mean the latest, "the first refund" … count.
func (w *World) RefundBy(role string) (*Refund, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i, err := pick(role, "refund", len(w.refunds))
	if err != nil {
		return nil, err
	}
	return w.refunds[i], nil
}

// RefundCalls are the refund messages about a payment on the wire, in order of arrival.
func (p *Payment) RefundCalls() []trace.Exchange { return p.Exchanges(aps.Refund) }
