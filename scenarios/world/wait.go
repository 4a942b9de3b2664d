package world

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/tolerance"
	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

// Await waits until done says so of what is known, looking again at every new exchange, sample or
// call, at most as long as the tolerance allows. It reports whether it came to pass; an error is ours.
func (w *World) Await(ctx context.Context, within tolerance.Name, what string, done func(*View) bool) (bool, error) {
	t, err := w.setup.Tolerances.Get(within)
	if err != nil {
		return false, err
	}
	return w.AwaitFor(ctx, t.At(w.Factor()), within, what, done)
}

// AwaitFor is Await with a bound that a step has computed, such as what is left of an expiry; the name still
// says which tolerance it comes from.
func (w *World) AwaitFor(ctx context.Context, bound time.Duration, within tolerance.Name, what string, done func(*View) bool) (bool, error) {
	began := w.setup.Clock.Now()
	met, err := w.until(ctx, bound, done)
	w.Record(journal.Entry{Wait: &journal.Wait{
		For: what, Tolerance: string(within), Bound: bound, Took: w.setup.Clock.Now().Sub(began), Met: met,
	}})
	if err != nil {
		return met, fmt.Errorf("waiting for %s: %w", what, err)
	}
	return met, w.Refresh(ctx)
}

// Never watches for a window and reports whether cond stayed untrue all the time.
func (w *World) Never(ctx context.Context, window tolerance.Name, what string, cond func(*View) bool) (bool, error) {
	t, err := w.setup.Tolerances.Get(window)
	if err != nil {
		return false, err
	}
	return w.NeverFor(ctx, t.At(w.Factor()), window, what, cond)
}

// NeverFor is Never with a window that a step has computed.
func (w *World) NeverFor(ctx context.Context, window time.Duration, name tolerance.Name, what string, cond func(*View) bool) (bool, error) {
	began := w.setup.Clock.Now()
	seen, err := w.until(ctx, window, cond)
	w.Record(journal.Entry{Wait: &journal.Wait{
		For: "nothing of this: " + what, Tolerance: string(name), Bound: window, Took: w.setup.Clock.Now().Sub(began), Met: !seen,
	}})
	if err != nil {
		return !seen, fmt.Errorf("watching that %s does not happen: %w", what, err)
	}
	return !seen, w.Refresh(ctx)
}

// AwaitQuiet waits until the acquirer has called nothing for as long as the window says: settled. It
// reports false when traffic goes on for longer than the limit allows.
func (w *World) AwaitQuiet(ctx context.Context, window, limit tolerance.Name) (bool, error) {
	quiet, err := w.setup.Tolerances.Get(window)
	if err != nil {
		return false, err
	}
	most, err := w.setup.Tolerances.Get(limit)
	if err != nil {
		return false, err
	}
	since := w.setup.Clock.Now()
	needed := quiet.At(w.Factor())
	for end := since.Add(most.At(w.Factor())); w.setup.Clock.Now().Before(end); {
		left := w.lastCall(since).Add(needed).Sub(w.setup.Clock.Now())
		if left <= 0 {
			return true, nil
		}
		if err := w.pause(ctx, left); err != nil {
			return false, err
		}
	}
	return false, nil
}

// lastCall is when the acquirer last called the network, no earlier than since.
func (w *World) lastCall(since time.Time) time.Time {
	for _, e := range slices.Backward(w.Exchanges()) {
		if e.Leg == trace.AcquirerToNetwork {
			return later(e.Answered, since)
		}
	}
	return since
}

// Pass lets d of the scenario pass on the wall clock, shortened by the factor.
func (w *World) Pass(ctx context.Context, d time.Duration) error {
	return w.pause(ctx, w.Scale(d))
}

// MoveTime lets time pass on the scenario's timeline, for network and wallet only.
func (w *World) MoveTime(ctx context.Context, move control.Move) error {
	if _, err := w.setup.Sim.MoveTimeline(ctx, w.timeline, move); err != nil {
		return fmt.Errorf("move the time: %w", err)
	}
	return nil
}

// HoldTime lets the scenario's time stand still for network and wallet, or run on from there.
func (w *World) HoldTime(ctx context.Context, still bool) error {
	if _, err := w.setup.Sim.HoldTimeline(ctx, w.timeline, control.Hold{Still: still}); err != nil {
		return fmt.Errorf("hold the time: %w", err)
	}
	return nil
}

// pause waits for d without looking at anything.
func (w *World) pause(ctx context.Context, d time.Duration) error {
	_, err := w.until(ctx, d, func(*View) bool { return false })
	return err
}

// until looks whenever something is new, until cond is true or bound has passed.
func (w *World) until(ctx context.Context, bound time.Duration, cond func(*View) bool) (bool, error) {
	over := make(chan struct{})
	stop := w.setup.Clock.AfterFunc(max(bound, 0), func() { close(over) })
	defer stop()
	for {
		w.mu.Lock()
		changed, view := w.changed, w.view()
		w.mu.Unlock()
		if cond(view) {
			return true, nil
		}
		select {
		case <-changed:
		case <-over:
			return cond(w.View()), nil
		case <-ctx.Done():
			return false, context.Cause(ctx)
		}
	}
}

// View takes a picture of everything known now.
func (w *World) View() *View {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.view()
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
