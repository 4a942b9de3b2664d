package cli

import (
	"bytes"
	"context"
	"slices"

	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

// order is what trace looks at: what a name stands for, with the payments that have turned out to be meant. A shop may have
// charged one order several times, and each has a paymentRequestId of its own.
type order struct {
	name     string // empty: everything
	exact    bool   // a message carries the name as the whole of a value: those that have it within a longer one do not count
	payments []*payment
}

// payment is one that is looked at.
type payment struct {
	id       string // paymentRequestId, under which all its messages are recorded
	timeline string
	moved    int // entries of the ledger that were shown
}

// find leads from whatever names an order to all messages about it so far.
func find(ctx context.Context, api control.API, name string) (*order, []trace.Exchange, error) {
	o := &order{name: name}
	q := control.ExchangeQuery{About: name, Wallet: true}
	if name != "" {
		q.Wait = firstWait
	}
	list, err := api.Exchanges(ctx, q)
	if err != nil || name == "" {
		return o, list, err
	}
	list = o.pick(list)
	for _, p := range slices.Clone(o.payments) {
		more, err := api.Exchanges(ctx, control.ExchangeQuery{About: p.id, Wallet: true})
		if err != nil {
			return o, nil, err
		}
		list = append(list, more...)
	}
	return o, once(list), nil
}

// once leaves out what is there a second time.
func once(list []trace.Exchange) []trace.Exchange {
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(e trace.Exchange) bool {
		again := seen[e.ID]
		seen[e.ID] = true
		return again
	})
}

// pick returns what is about the order, and learns from it which payments are meant.
func (o *order) pick(list []trace.Exchange) []trace.Exchange {
	if o.name == "" {
		return list
	}
	o.exact = o.exact || slices.ContainsFunc(list, func(e trace.Exchange) bool { return o.whole(&e) })
	var mine []trace.Exchange
	for _, e := range list {
		named := o.whole(&e) || !o.exact && e.Names(o.name)
		if named && e.PaymentRequestID != "" && o.payment(&e) == nil {
			o.payments = append(o.payments, &payment{id: e.PaymentRequestID, timeline: e.Timeline})
		}
		if named || o.payment(&e) != nil {
			mine = append(mine, e)
		}
	}
	return mine
}

// whole reports whether the order's name is an identifier of the exchange, or a whole value in its request.
func (o *order) whole(e *trace.Exchange) bool {
	return e.PaymentRequestID == o.name || e.PaymentID == o.name || e.RefundRequestID == o.name ||
		bytes.Contains(e.Request.Body, []byte(`"`+o.name+`"`))
}

// payment is the one that an exchange is about; nil: none of the order's.
func (o *order) payment(e *trace.Exchange) *payment {
	i := slices.IndexFunc(o.payments, func(p *payment) bool { return p.id == e.PaymentRequestID })
	if i < 0 {
		i = slices.IndexFunc(o.payments, func(p *payment) bool { return e.Names(p.id) })
	}
	if i < 0 {
		return nil
	}
	return o.payments[i]
}

// byPayment puts what is about one payment together, in the order in which the payments came up.
func (o *order) byPayment(list []trace.Exchange) [][]trace.Exchange {
	var parts [][]trace.Exchange
	place := map[*payment]int{}
	for _, e := range list {
		p := o.payment(&e)
		at, known := place[p]
		if !known {
			at = len(parts)
			place[p], parts = at, append(parts, nil)
		}
		parts[at] = append(parts[at], e)
	}
	return parts
}
