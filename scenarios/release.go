package scenarios

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/control"
)

// A run that forgets (see Options.Forgets) looks at every scenario that has passed once more when the settling time is over,
// as others do at their end. What has stayed quiet then is let go: its traffic, what its shop was told, and its journal.
// Of what comes for it even later, only a change of the network's books can be noticed.

// Forgetter is a journal that holds back what scenarios leave, until it is known whether anybody wants to read it.
type Forgetter interface {
	// Forget says that nobody will: the scenario has passed, and what it left is not needed any more.
	Forget(scenario string)
}

// past is what is kept of a scenario that was let go.
type past struct {
	timeline string
	books    uint64 // see digest
}

const sweepEvery = time.Second

// rest keeps in mind that a scenario is to be let go after its settling time, if it stays as it is.
func (r *run) rest(t *take) {
	if !r.Forgets || !t.quiet() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.resting = append(r.resting, t)
}

// quiet reports whether a scenario has passed and nothing speaks against it.
func (t *take) quiet() bool {
	return t.w != nil && t.judged && !t.spoiled && t.struck == nil && t.ended.Verdict == journal.Pass && len(t.findings()) == 0
}

// sweep lets go of scenarios until it is told to stop.
func (r *run) sweep(ctx context.Context) (stop func()) {
	if !r.Forgets {
		return func() {}
	}
	settling := r.bound(tolerance.Settle)
	sweeping, cancel := context.WithCancel(ctx)
	var sweeper sync.WaitGroup
	sweeper.Go(func() {
		for r.health.wait(sweeping, sweepEvery) {
			r.letGo(ctx, r.rested(r.Clock.Now().Add(-settling)))
		}
	})
	return func() {
		cancel()
		sweeper.Wait()
	}
}

// rested takes out the scenarios that were over before a time.
func (r *run) rested(before time.Time) (over []*take) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.resting = slices.DeleteFunc(r.resting, func(t *take) bool {
		ready := t.over.Before(before)
		if ready {
			over = append(over, t)
		}
		return ready
	})
	return over
}

// letGo looks at scenarios a last time and forgets those that are as they were. The others stay until the end of the run.
func (r *run) letGo(ctx context.Context, takes []*take) {
	r.eachAgain(ctx, takes)
	var worlds []*world.World
	of := map[*world.World]*take{}
	for _, t := range takes {
		if r.judgeLate(t); ctx.Err() == nil && t.quiet() && t.w.Final() {
			worlds, of[t.w] = append(worlds, t.w), t
		}
	}
	for _, w := range r.pump.forget(worlds) {
		r.forget(of[w])
	}
}

// forget empties a take.
func (r *run) forget(t *take) {
	t.w.Close()
	t.past = &past{timeline: t.w.Timeline(), books: digest(t.end.Orders)}
	t.script.Steps, t.script.Source = nil, nil
	t.w, t.scene, t.stop, t.told, t.end = nil, nil, nil, nil, world.End{}
	if journal, forgets := r.Journal.(Forgetter); forgets {
		journal.Forget(t.script.Scenario.ID)
	}
}

// digest sums up what the books say of a scenario's orders.
func digest(orders []control.Order) uint64 {
	sorted := slices.SortedFunc(slices.Values(orders), func(a, b control.Order) int { return cmp.Compare(a.PaymentRequestID, b.PaymentRequestID) })
	sum := fnv.New64a()
	for _, o := range sorted {
		_, _ = fmt.Fprintln(sum, o.PaymentRequestID, o.State, o.Amount, o.Refunded) // a hash takes everything
	}
	return sum.Sum64()
}

// lateBooks compares the books of what was let go and has had messages since. What has changed cannot be judged any more: the
// scenario is undecided, and says why.
func (r *run) lateBooks(ctx context.Context) {
	if r.pump == nil || r.gone || interrupted(ctx) {
		return
	}
	for _, t := range r.takes {
		if t.past == nil || r.pump.since(t.past.timeline) == 0 {
			continue
		}
		orders, err := r.Sim.Orders(ctx, t.past.timeline)
		switch {
		case err != nil:
			t.out = r.simFault(ctx, fmt.Errorf("read the network's orders: %w", err))
			r.close(t)
		case digest(orders) != t.past.books:
			t.out = outcome{verdict: journal.Inconclusive, reason: fmt.Sprintf("%d messages came when it had been settled and quiet for %s, "+
				"and changed its payments; what was said before is no longer held, so that this cannot be judged: play it again",
				r.pump.since(t.past.timeline), r.bound(tolerance.Settle))}
			r.close(t)
		}
	}
}
