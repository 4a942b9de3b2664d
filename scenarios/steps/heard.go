package steps

import (
	"context"
	"net/http"
	"time"

	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/trace"
)

// This file reads out of the traffic what Alipay+ has told the acquirer, and from when on the acquirer may know it.

// recordLag is how much later than the acquirer acts on an answer the simulator may record it.
const recordLag = 300 * time.Millisecond

// settleRecord waits until what happens now is in the record, and known here. The shop may hear of an outcome before
// the message that brought it is recorded: nothing is held against the acquirer before that.
func settleRecord(ctx context.Context) error {
	w := world.From(ctx)
	if err := w.Pass(ctx, time.Duration(float64(recordLag)/w.Factor())); err != nil {
		return err
	}
	return catchUp(ctx)
}

// twice judges, and if it finds something, catches up and judges again: the second judgement counts.
func twice(ctx context.Context, judge func() error) error {
	if judge() == nil {
		return nil
	}
	if err := settleRecord(ctx); err != nil {
		return err
	}
	return judge()
}

// reached reports whether a message of Alipay+ reached the acquirer.
func reached(e trace.Exchange) bool {
	if e.Leg == trace.NetworkToAcquirer {
		return e.Response.Status != 0
	}
	return e.Response.Status == http.StatusOK
}

// has reports whether a result has the status; a missing one has none.
func has(r *trace.Result, status aps.Status) bool { return r != nil && r.Status == string(status) }

// saysOutcome reports whether an exchange told the acquirer this outcome of the payment.
func saysOutcome(e trace.Exchange, status aps.Status) bool {
	if !reached(e) {
		return false
	}
	switch aps.API(e.API) {
	case aps.Pay:
		told := e.Result
		if e.Outcome != nil { // in store, the result says of an order code only that there is one
			told = e.Outcome
		}
		return e.Executed && has(told, status)
	case aps.InquiryPayment:
		return has(e.Result, aps.Success) && has(e.Outcome, status)
	case aps.NotifyPayment:
		return has(e.Outcome, status)
	default:
		return false
	}
}

// confirmsCancel reports whether an exchange told the acquirer that its cancellation is done.
func confirmsCancel(e trace.Exchange) bool {
	return aps.API(e.API) == aps.CancelPayment && e.Executed && reached(e) && has(e.Result, aps.Success)
}

// closes reports whether an exchange told the acquirer that the payment is not and will never be paid: a
// cancellation done, or a failed outcome in an inquiry or notification.
func closes(e trace.Exchange) bool {
	return confirmsCancel(e) || aps.API(e.API) != aps.Pay && saysOutcome(e, aps.Failure)
}

// readLag is how much later than the acquirer the simulator may notice that an answer has gone out.
const readLag = 100 * time.Millisecond

// from is the earliest moment at which the acquirer can have known what an exchange told it.
func from(e trace.Exchange) time.Time {
	if late := e.Answered.Add(-readLag); late.After(e.Received) {
		return late
	}
	return e.Received
}

// first finds the first exchange, in order of arrival, that says something.
func first(exchanges []trace.Exchange, says func(trace.Exchange) bool) (trace.Exchange, bool) {
	for _, e := range exchanges {
		if says(e) {
			return e, true
		}
	}
	return trace.Exchange{}, false
}

// earliest finds the exchange that told the acquirer something first, by the time at which it could know.
func earliest(exchanges []trace.Exchange, says func(trace.Exchange) bool) (trace.Exchange, bool) {
	found, ok := trace.Exchange{}, false
	for _, e := range exchanges {
		if says(e) && (!ok || from(e).Before(from(found))) {
			found, ok = e, true
		}
	}
	return found, ok
}

// heard waits for nothing: it finds what has told the acquirer this outcome of the payment.
func heard(p *world.Payment, status aps.Status) (trace.Exchange, bool) {
	return earliest(p.Exchanges(), func(e trace.Exchange) bool { return saysOutcome(e, status) })
}
