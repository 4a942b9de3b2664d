package scenarios

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"mppsim/scenarios/world"
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
	strays []trace.Exchange
	after  uint64
}

func newPump(sim control.API, after uint64) *pump {
	return &pump{sim: sim, after: after, worlds: map[string]*world.World{}}
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
		w := p.worlds[e.Timeline]
		if w == nil {
			p.strays = append(p.strays, e)
		}
		p.mu.Unlock()
		if w != nil {
			w.Deliver(e)
		}
	}
}

// drain fetches what the polls have not brought yet, once the run is over.
func (p *pump) drain(ctx context.Context) error {
	for {
		list, err := p.sim.Exchanges(ctx, control.ExchangeQuery{After: p.after, Limit: pollLimit})
		if err != nil {
			return fmt.Errorf("read the simulator's traffic: %w", err)
		}
		if len(list) == 0 {
			return nil
		}
		p.deliver(list)
	}
}

// left returns the exchanges that no world has claimed, also not later.
func (p *pump) left() []trace.Exchange {
	p.mu.Lock()
	defer p.mu.Unlock()
	claimed := map[string]bool{}
	for _, w := range p.worlds {
		for _, e := range w.Exchanges() {
			claimed[e.ID] = true
		}
	}
	var left []trace.Exchange
	for _, e := range p.strays {
		if !claimed[e.ID] {
			left = append(left, e)
		}
	}
	return left
}

// Why a run's scenarios end before their time.
var (
	errOutOfTime = errors.New("the scenario took longer than its limit")
	errGone      = errors.New("the acquirer went away and did not come back")
)
