package world

import (
	"context"
	"maps"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
)

// sample queries the payment once a second, shortened by the factor, until ctx ends. A refused charge has
// nothing to query. Calls that could not be made or read are left out: they say nothing about the acquirer.
func (p *Payment) sample(ctx context.Context) {
	if answer, _ := p.Answered(); answer.Refused && answer.ID == "" {
		return
	}
	for ctx.Err() == nil {
		started := p.w.setup.Clock.Now()
		_, _ = p.ask(ctx, true)
		rest := p.w.Scale(time.Second) - p.w.setup.Clock.Now().Sub(started)
		if !sleep(ctx, p.w, rest) {
			return
		}
	}
}

// sleep waits for d on the run's clock; false when ctx ended first.
func sleep(ctx context.Context, w *World, d time.Duration) bool {
	over := make(chan struct{})
	stop := w.setup.Clock.AfterFunc(max(d, 0), func() { close(over) })
	defer stop()
	select {
	case <-over:
		return true
	case <-ctx.Done():
		return false
	}
}

// Watch begins to query the payment once a second, if nobody does yet.
func (p *Payment) Watch() { p.w.watch(&p.stop, p.sample) }

// Rest ends the sampling of this payment.
func (p *Payment) Rest() { p.w.rest(&p.stop) }

// Watch begins to query the refund once a second, if nobody does yet.
func (r *Refund) Watch() { r.w.watch(&r.stop, r.sample) }

// Rest ends the sampling of this refund.
func (r *Refund) Rest() { r.w.rest(&r.stop) }

// watch runs a sampler in the background unless one runs already; stop is what ends it.
func (w *World) watch(stop *context.CancelFunc, sample func(ctx context.Context)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if *stop != nil {
		return
	}
	ctx, cancel := context.WithCancel(w.background)
	*stop = cancel
	w.spawn(func(context.Context) {
		defer cancel()
		sample(ctx)
	})
}

// rest ends a sampler.
func (w *World) rest(stop *context.CancelFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if *stop != nil {
		(*stop)()
		*stop = nil
	}
}

// ask queries the payment and keeps what it hears. A sample that tells the same as the one before it is kept
// without its call: the journal would drown in repetitions.
func (p *Payment) ask(ctx context.Context, sampled bool) (acquirer.Payment, error) {
	w, started := p.w, p.w.setup.Clock.Now()
	told, err := w.shopLine().Query(ctx, p.Ref())
	if ctx.Err() != nil && err != nil {
		return told, err // broken off by ourselves
	}
	call := w.finish(told.Call, "query", started, err)
	call.Sample = sampled
	told.Call = call
	w.mu.Lock()
	fresh := p.stumbles(err) || !sampled
	if err == nil {
		fresh = p.add(heard[acquirer.Payment]{call.Ended, "query", call.ID, &told}, sampled)
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

// stumbles reports whether a call failed in another way than the one before it, with the world locked.
func (p *Payment) stumbles(err error) bool {
	before := p.stumble
	p.stumble = ""
	if err != nil {
		p.stumble = err.Error()
	}
	return p.stumble != before
}

// add keeps what was heard, with the world locked; false when it is a repetition whose call need not be kept.
func (p *Payment) add(h heard[acquirer.Payment], sampled bool) bool {
	fresh := true
	if n := len(p.samples); sampled && n > 0 {
		if last := p.samples[n-1]; last.verb == "query" && same(*last.told, *h.told) {
			h, fresh = again(last, h, func(told *acquirer.Payment) *journal.Call { return &told.Call }), false
		}
	}
	p.samples = append(p.samples, h)
	p.w.tell()
	return fresh
}

// same reports whether two answers told the same.
func same(a, b acquirer.Payment) bool {
	return a.State == b.State && a.Refused == b.Refused && maps.Equal(a.Call.Mapped, b.Call.Mapped)
}

// Query asks the acquirer about a payment, as a cashier would.
func (w *World) Query(ctx context.Context, p *Payment) (acquirer.Payment, error) {
	return p.ask(ctx, false)
}
