package world

import (
	"slices"
	"strings"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/check"
	"mppsim/wallet/aps"
	"mppsim/wallet/trace"
)

// View is what a wait looks at: everything known at one moment.
type View struct {
	Now       time.Time
	Exchanges []trace.Exchange // in order of arrival
	Payments  []*Payment
}

// Of returns the exchanges of some operations.
func (v *View) Of(apis ...aps.API) []trace.Exchange { return Of(v.Exchanges, apis...) }

// Of picks the exchanges of some operations, keeping their order.
func Of(exchanges []trace.Exchange, apis ...aps.API) []trace.Exchange {
	var picked []trace.Exchange
	for _, e := range exchanges {
		if slices.Contains(apis, aps.API(e.API)) {
			picked = append(picked, e)
		}
	}
	return picked
}

// Deliver adds an exchange of this scenario, as the runner receives it; one that is known already is ignored. What a fault
// kept from being sent stands in the journal only: nothing may be concluded from it.
func (w *World) Deliver(e trace.Exchange) {
	w.mu.Lock()
	if e.Lost {
		known := w.unsent[e.ID]
		w.unsent[e.ID] = true
		w.mu.Unlock()
		if !known {
			w.Record(journal.Entry{Exchange: &e})
		}
		return
	}
	if i := slices.IndexFunc(w.exchanges, func(known trace.Exchange) bool { return known.ID == e.ID }); i >= 0 {
		w.exchanges[i].Executed = e.Executed // a delayed call may have been executed since
		w.mu.Unlock()
		return
	}
	w.passed(e)
	at, _ := slices.BinarySearchFunc(w.exchanges, e, byArrival)
	w.exchanges = slices.Insert(w.exchanges, at, e)
	w.tell()
	w.mu.Unlock()
	w.Record(journal.Entry{Exchange: &e})
}

func byArrival(a, b trace.Exchange) int {
	if c := a.Received.Compare(b.Received); c != 0 {
		return c
	}
	return int(a.Seq) - int(b.Seq)
}

// Exchanges returns this scenario's traffic so far, in order of arrival. A call that the simulator
// still holds back appears when it is answered or broken off.
func (w *World) Exchanges() []trace.Exchange {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.exchanges)
}

// Calls returns the recorded calls of the merchant API, in order of their end.
func (w *World) Calls() []journal.Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.calls)
}

// Scene is everything known of the scenario, for the watched checks; the network's books are added by the caller.
func (w *World) Scene() check.Scene {
	w.mu.Lock()
	defer w.mu.Unlock()
	calls := slices.Clone(w.calls)
	slices.SortStableFunc(calls, func(a, b journal.Call) int { return a.Started.Compare(b.Started) })
	return check.Scene{
		Scenario: w.scenario, Facts: w.setup.Facts,
		Exchanges: slices.Clone(w.exchanges), Calls: calls,
		Charges: w.charged(), Cancels: slices.Clone(w.cancels), Refunds: w.refunded(),
	}
}

// refunded lists the shop's refunds, with the lock held, also those that are not answered yet.
func (w *World) refunded() []check.Refund {
	var list []check.Refund
	for _, r := range w.refunds {
		one := check.Refund{RefundOrder: r.Order, CallID: r.answer.Call.ID, Started: r.started}
		for _, h := range r.samples {
			s := refundSample(h)
			one.Seen = append(one.Seen, check.Sighting{At: s.At, State: s.State(), CallID: s.Call})
		}
		list = append(list, one)
	}
	return list
}

// charged lists the charges with what the shop was told of each, with the lock held. One that is not answered yet
// has no call.
func (w *World) charged() []check.Charge {
	var list []check.Charge
	for _, p := range w.payments {
		c := check.Charge{Charge: p.Charge, ID: p.answer.ID, CallID: p.call, Started: p.started}
		for _, h := range p.samples {
			s := sample(h)
			c.Seen = append(c.Seen, check.Sighting{
				At: s.At, State: s.State(), CallID: s.Call, Paid: s.Payment.Paid, Refunded: s.Payment.Refunded,
			})
		}
		list = append(list, c)
	}
	return list
}

// view takes a picture, with the lock held.
func (w *World) view() *View {
	return &View{Now: w.setup.Clock.Now(), Exchanges: slices.Clone(w.exchanges), Payments: slices.Clone(w.payments)}
}

// keep records a call: told journals it at once, otherwise only its effect is kept.
func (w *World) keep(call journal.Call) {
	w.mu.Lock()
	w.put(call)
	w.mu.Unlock()
	w.Record(journal.Entry{Call: &call})
}

// put keeps a call with the lock held: whoever sees what it told finds the call as well. It is still to be recorded.
func (w *World) put(call journal.Call) {
	w.calls = append(w.calls, call)
	w.tell()
}

// heard tells the runner how a call went.
func (w *World) heard(call journal.Call, err error) {
	if w.setup.Called != nil {
		w.setup.Called(call, err)
	}
}

// mentions reports whether a message's body holds a text.
func mentions(m trace.Message, text string) bool {
	return text != "" && strings.Contains(string(m.Body), text)
}
