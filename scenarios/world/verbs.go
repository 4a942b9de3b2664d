package world

import (
	"context"
	"errors"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/check"
)

// Cancel lets the shop cancel a payment and waits for the acquirer's answer.
func (w *World) Cancel(ctx context.Context, p *Payment) (acquirer.Payment, error) {
	started := w.setup.Clock.Now()
	ref := p.Ref()
	w.mu.Lock() // told before it is made: the acquirer acts on it before it answers
	at := len(w.cancels)
	w.cancels = append(w.cancels, check.Cancel{PaymentRef: ref, Started: started})
	w.mu.Unlock()
	told, err := w.shopLine().Cancel(ctx, ref)
	call := w.finish(told.Call, "cancel", started, err)
	told.Call = call
	w.mu.Lock()
	w.cancels[at].CallID = call.ID
	if err == nil {
		p.add(heard[acquirer.Payment]{call.Ended, "cancel", call.ID, &told}, false)
	}
	w.put(call)
	w.mu.Unlock()
	w.Record(journal.Entry{Call: &call})
	return told, err
}

// CancelSoon is Cancel without waiting for the answer, which becomes a sample of the payment.
func (w *World) CancelSoon(p *Payment) {
	w.spawn(func(ctx context.Context) { _, _ = w.Cancel(ctx, p) })
}

// List lets a shop list its payments.
func (w *World) List(ctx context.Context, shop acquirer.Shop) ([]acquirer.Payment, error) {
	started := w.setup.Clock.Now()
	list, err := w.setup.Acquirer.List(ctx, shop)
	if len(list) > 0 {
		w.keep(w.finish(list[0].Call, "list", started, err))
	}
	return list, err
}

// Receipt fetches the receipt of a payment.
func (w *World) Receipt(ctx context.Context, p *Payment) (acquirer.Receipt, error) {
	if !w.setup.Acquirer.Offers("receipt") {
		return acquirer.Receipt{}, errors.New("the profile maps no receipt")
	}
	started := w.setup.Clock.Now()
	r, err := w.setup.Acquirer.Receipt(ctx, p.Ref())
	r.Call = w.finish(r.Call, "receipt", started, err)
	w.keep(r.Call)
	return r, err
}
