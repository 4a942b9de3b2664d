package world

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/check"
	"mppsim/scenarios/tolerance"
	"mppsim/wallet/control"
)

// End is what a world looks like after its scenario: everything told truthfully, settled and counted.
type End struct {
	Orders []control.Order
	// Idle are faults that the scenario needs and that met no message.
	Idle []string
	// Audit says where merchant, network and ledger differ; empty when they agree.
	Audit []string
	// Forgotten are the order numbers of payments that the acquirer had told of and does not know any more.
	Forgotten []string
	// Late are the findings of checks that steps left for the end.
	Late []journal.Finding
	// Stuck is why such a check could not be made.
	Stuck error
}

// AtEnd leaves a check for the end of the scenario, when everything has settled: what must not have come at
// all. It returns what a Then step would.
func (w *World) AtEnd(judge func(ctx context.Context) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.endings = append(w.endings, judge)
}

// Differs says why the books need not agree at the end of this scenario, so that the money audit leaves it alone.
func (w *World) Differs(why string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.differs = why
}

// Settle ends the scenario's lies, waits until its payments and refunds are final and the acquirer calls no more,
// and compares the books. An error is ours or the environment's.
func (w *World) Settle(ctx context.Context) (End, error) {
	var end End
	if err := w.readFaults(ctx); err != nil {
		return end, err
	}
	if err := w.setup.Sim.CloseTimeline(ctx, w.timeline); err != nil {
		return end, fmt.Errorf("close the timeline: %w", err)
	}
	asking, enough := context.WithCancel(ctx)
	defer enough()
	w.spawn(func(context.Context) { w.askOpen(asking) })
	patience, err := w.settleBound()
	if err != nil {
		return end, err
	}
	if _, err := w.AwaitFor(ctx, patience, tolerance.Settle, "final states of all payments and refunds", w.final); err != nil {
		return end, err
	}
	if _, err := w.AwaitQuiet(ctx, tolerance.Quiet, tolerance.Settle); err != nil {
		return end, err
	}
	w.askChanged(ctx)
	if err := w.Catch(ctx); err != nil {
		return end, err
	}
	if err := w.readFaults(ctx); err != nil {
		return end, err
	}
	end.Idle = w.reportFaults()
	end.Late, end.Stuck = w.runEndings(ctx)
	return end, w.audit(ctx, &end)
}

// settleBound is how long payments get to become final: the longest-lived product takes its expiry, and then a minute
// and more to be cancelled.
func (w *World) settleBound() (time.Duration, error) {
	settle, err := w.setup.Tolerances.Get(tolerance.Settle)
	if err != nil {
		return 0, err
	}
	bound := settle.At(w.Factor())
	for _, p := range w.Payments() {
		life := w.setup.Facts.ExpiryOf(p.Charge.Product) - w.setup.Facts.Expiry
		bound = max(bound, settle.At(w.Factor())+w.Scale(life))
	}
	return bound, nil
}

// askedAtOnce is how many questions are open at a time: a hundred payments of an acquirer that takes its time to
// answer must become final before our patience ends, and few acquirers mind so many.
const askedAtOnce = 8

// askOpen queries, once a second, what nobody samples and what is not final yet, until ctx ends.
func (w *World) askOpen(ctx context.Context) {
	for {
		w.askRound(ctx)
		if !sleep(ctx, w, w.Scale(time.Second)) {
			return
		}
	}
}

// askRound queries everything open once. A call that fails says nothing; the next one may not.
func (w *World) askRound(ctx context.Context) {
	var round sync.WaitGroup
	defer round.Wait()
	places := make(chan struct{}, askedAtOnce)
	ask := func(question func()) {
		places <- struct{}{}
		round.Go(func() {
			defer func() { <-places }()
			question()
		})
	}
	for _, p := range w.Payments() {
		if _, answered := p.Answered(); answered && p.State() == acquirer.Pending && !w.watched(&p.stop) {
			ask(func() { _, _ = p.ask(ctx, true) })
		}
	}
	for _, r := range w.Refunds() {
		if _, answered := r.Answered(); answered && r.State() == acquirer.Pending && !w.watched(&r.stop) {
			ask(func() { _, _ = r.ask(ctx, true) })
		}
	}
}

// askChanged asks once more about the payments that the shop has cancelled: what the shop was told last may be older than
// what became of the cancellation, because nobody asks for ever about what is paid.
func (w *World) askChanged(ctx context.Context) {
	w.mu.Lock()
	cancels := slices.Clone(w.cancels)
	w.mu.Unlock()
	for _, p := range w.Payments() {
		cancelled := slices.ContainsFunc(cancels, func(c check.Cancel) bool { return c.Payment != "" && c.Payment == p.Ref().Payment })
		if _, answered := p.Answered(); answered && cancelled && p.Named("query") {
			_, _ = p.ask(ctx, true) // what cannot be asked now was told before
		}
	}
}

// watched reports whether a sampler is at work.
func (w *World) watched(stop *context.CancelFunc) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return *stop != nil
}

// Rest ends all sampling; answers that are still on their way are kept.
func (w *World) Rest() {
	for _, p := range w.Payments() {
		p.Rest()
	}
	for _, r := range w.Refunds() {
		r.Rest()
	}
}

// Abandon ends a scenario that was broken off: the simulator tells the truth again, and nothing is judged.
func (w *World) Abandon(ctx context.Context) error {
	if err := w.setup.Sim.CloseTimeline(ctx, w.timeline); err != nil {
		return fmt.Errorf("close the timeline: %w", err)
	}
	return w.Catch(ctx)
}

// Catch fetches the whole traffic of the timeline, so that nothing is missing that was on its way.
func (w *World) Catch(ctx context.Context) error {
	list, err := w.setup.Sim.Exchanges(ctx, control.ExchangeQuery{Timeline: w.timeline})
	if err != nil {
		return fmt.Errorf("read the traffic: %w", err)
	}
	for _, e := range list {
		w.Deliver(e)
	}
	return nil
}

// Refresh fetches the traffic that the simulator has recorded since the last exchange that this world knows, so
// that what is already on record is not overlooked because it is still on its way here.
func (w *World) Refresh(ctx context.Context) error {
	w.mu.Lock()
	var after uint64
	for _, e := range w.exchanges {
		after = max(after, e.Seq)
	}
	w.mu.Unlock()
	list, err := w.setup.Sim.Exchanges(ctx, control.ExchangeQuery{Timeline: w.timeline, After: after})
	if err != nil {
		return fmt.Errorf("read the traffic: %w", err)
	}
	for _, e := range list {
		w.Deliver(e)
	}
	return nil
}

// Final reports whether every call of the shop is over and has led to a final state, as far as the shop can know.
func (w *World) Final() bool { return w.final(nil) }

// final reports whether the shop has heard a final state of everything.
func (w *World) final(*View) bool {
	for _, p := range w.Payments() {
		if _, answered := p.Answered(); !answered || p.State() == acquirer.Pending && !p.unknowable() {
			return false
		}
	}
	for _, r := range w.Refunds() {
		if _, answered := r.Answered(); !answered || r.State() == acquirer.Pending && !r.unknowable() {
			return false
		}
	}
	return true
}

// unknowable reports whether waiting for a final state is in vain: the charge got no usable answer.
func (p *Payment) unknowable() bool {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	return p.err != nil && len(p.samples) == 0
}

func (r *Refund) unknowable() bool {
	r.w.mu.Lock()
	defer r.w.mu.Unlock()
	return r.err != nil && len(r.samples) == 0
}

// runEndings makes the checks that steps left for the end.
func (w *World) runEndings(ctx context.Context) ([]journal.Finding, error) {
	w.mu.Lock()
	endings := slices.Clone(w.endings)
	w.mu.Unlock()
	var findings []journal.Finding
	for _, judge := range endings {
		err := Safely(func() error { return judge(With(ctx, w)) })
		var failure *Failure
		switch {
		case err == nil:
		case errors.As(err, &failure):
			findings = append(findings, failure.Finding)
		default:
			return findings, err
		}
	}
	return findings, nil
}
