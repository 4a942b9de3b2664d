package scenarios

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

const (
	pollFor     = 2 * time.Second // one long poll of the simulator's traffic
	pollLimit   = 500
	pollRetries = 3
)

// pump brings the simulator's traffic to the worlds that it belongs to, and keeps what belongs to none.
type pump struct {
	sim control.API

	mu     sync.Mutex
	worlds map[string]*world.World // by timeline
	past   map[string]int          // messages that came for worlds that were let go, by timeline
	strays strays
	after  uint64
	payers map[string]string // paymentRequestId and the timeline of the first pay under it
	shared map[string]bool   // paymentRequestIds that stand for payments of several timelines
}

func newPump(sim control.API, after uint64) *pump {
	return &pump{sim: sim, after: after, worlds: map[string]*world.World{}, past: map[string]int{}, payers: map[string]string{}, shared: map[string]bool{}, strays: newStrays()}
}

// add announces a world before its first traffic.
func (p *pump) add(w *world.World) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.worlds[w.Timeline()] = w
}

// run polls until ctx ends. An error means that the simulator does not answer any more.
func (p *pump) run(ctx context.Context) error {
	for failures := 0; ctx.Err() == nil; {
		list, err := p.sim.Exchanges(ctx, control.ExchangeQuery{After: p.after, Wait: pollFor, Limit: pollLimit})
		switch {
		case err == nil:
			failures = 0
			p.deliver(list)
		case ctx.Err() != nil: // the loop ends
		case failures >= pollRetries:
			return fmt.Errorf("read the simulator's traffic: %w", err)
		default:
			failures++
		}
	}
	return nil
}

// deliver hands each exchange to its world.
func (p *pump) deliver(list []trace.Exchange) {
	for _, e := range list {
		p.mu.Lock()
		p.after = max(p.after, e.Seq)
		p.compare(e)
		w := p.worlds[e.Timeline]
		if _, gone := p.past[e.Timeline]; gone {
			p.past[e.Timeline]++
		} else if w == nil {
			p.strays.add(e)
		}
		p.mu.Unlock()
		if w != nil {
			w.Deliver(e)
		}
	}
}

// compare notes whether a pay message comes under an identifier of another scenario's payment. The payment code of the
// message has told which scenario it belongs to.
func (p *pump) compare(e trace.Exchange) {
	if e.Leg != trace.AcquirerToNetwork || e.API != string(aps.Pay) || e.Timeline == "" || e.PaymentRequestID == "" {
		return
	}
	if first, known := p.payers[e.PaymentRequestID]; !known {
		p.payers[e.PaymentRequestID] = e.Timeline
	} else if first != e.Timeline {
		p.shared[e.PaymentRequestID] = true
	}
}

// ambiguous returns the identifiers that stand for payments of several scenarios so far.
func (p *pump) ambiguous() map[string]bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.shared)
}

// mistakable tells that a payment was given to a scenario because of its amount alone, while others pay at this acquirer
// too: it may be one of theirs.
func (p *pump) mistakable(w *world.World) string {
	guessed, sure := "", false
	for _, e := range w.Exchanges() {
		switch {
		case e.Leg != trace.AcquirerToNetwork || e.API != string(aps.Pay):
		case e.Match == "amount":
			guessed = e.PaymentRequestID
		default:
			sure = true
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if guessed == "" || !sure && len(p.strays.opened) == 0 {
		return ""
	}
	return fmt.Sprintf("payment %s was found by its amount alone, and others pay at this acquirer too: it may be theirs", guessed)
}

// forget lets go of worlds that have all their traffic; those whose traffic is still on its way here are left out of what
// it returns.
func (p *pump) forget(worlds []*world.World) (gone []*world.World) {
	p.mu.Lock()
	defer p.mu.Unlock()
	claimed := map[string]bool{}
	for _, w := range worlds {
		exchanges := w.Exchanges()
		if slices.ContainsFunc(exchanges, func(e trace.Exchange) bool { return e.Seq > p.after }) {
			continue
		}
		for _, e := range exchanges {
			claimed[e.ID] = true
		}
		delete(p.worlds, w.Timeline())
		p.past[w.Timeline()] = 0
		gone = append(gone, w)
	}
	p.strays.drop(claimed)
	return gone
}

// since counts the messages that came for a world after it had been let go.
func (p *pump) since(timeline string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.past[timeline]
}

// drain fetches what the polls have not brought yet, once the run is over: what is on record now. An acquirer that goes on
// calling for ever does not keep the run from its end.
func (p *pump) drain(ctx context.Context) error {
	for {
		list, err := p.sim.Exchanges(ctx, control.ExchangeQuery{After: p.after, Limit: pollLimit})
		if err != nil {
			return fmt.Errorf("read the simulator's traffic: %w", err)
		}
		p.deliver(list)
		if len(list) < pollLimit {
			return nil
		}
	}
}

// left groups the exchanges that no world has claimed, also not later.
func (p *pump) left() []strayGroup {
	p.mu.Lock()
	defer p.mu.Unlock()
	claimed := map[string]bool{}
	for _, w := range p.worlds {
		for _, e := range w.Exchanges() {
			claimed[e.ID] = true
		}
	}
	return p.strays.groups(claimed)
}

// Why a run's scenarios end before their time.
var (
	errOutOfTime = errors.New("the scenario took longer than its limit")
	errGone      = errors.New("the acquirer went away and did not come back")
	errAway      = errors.New("the acquirer went away")
	errClock     = errors.New("the acquirer's clock could not be set right")
)
