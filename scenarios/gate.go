package scenarios

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"mppsim/wallet/clock"
	"mppsim/wallet/control"
)

const (
	turnKept  = 30 * time.Second // a turn lasts so long after it was last asked for
	turnEvery = 5 * time.Second  // and is asked for so often
)

// gate lets the scenarios of a run in when it is the run's turn at a simulator that other runs may share: side by side
// with theirs, or, for what hits everybody, alone. One goroutine enters; any may leave.
type gate struct {
	sim      control.Turns
	run      string
	clock    clock.Clock
	patience time.Duration
	note     func(level, format string, args ...any)

	asking sync.Mutex // held while the simulator is asked: a renewal must not undo what was asked for meanwhile

	mu      sync.Mutex
	active  int
	held    bool // there is a turn
	alone   bool // of this sort
	yield   bool // somebody waits to be alone
	told    string
	spent   bool // patience has been lost once: nobody waits again
	deaf    bool // the simulator tells nothing of turns
	changed chan struct{}
}

func newGate(sim control.Turns, run string, c clock.Clock, patience time.Duration, note func(level, format string, args ...any)) *gate {
	return &gate{sim: sim, run: run, clock: c, patience: patience, note: note, changed: make(chan struct{})}
}

// enter waits until a scenario may begin. An error says why it never may; a context that ends is none.
func (g *gate) enter(ctx context.Context, alone bool) error {
	for ctx.Err() == nil {
		g.mu.Lock()
		held, idle, changed := g.held && g.alone == alone && !g.yield, g.active == 0, g.changed
		if held {
			g.active++
		}
		g.mu.Unlock()
		switch {
		case held:
			return nil
		case !idle: // those who are inside end first
			g.await(ctx, changed, g.patience)
		default:
			if err := g.take(ctx, alone); err != nil {
				return err
			}
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.active++
	return nil
}

// leave ends what enter began.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.active--
	close(g.changed)
	g.changed = make(chan struct{})
}

// take gets a turn while nobody is inside.
func (g *gate) take(ctx context.Context, alone bool) error {
	g.asking.Lock()
	defer g.asking.Unlock()
	g.mu.Lock()
	yields, wait := g.held && g.yield, turnEvery
	g.held, g.yield = false, false
	if g.spent {
		wait = 0
	}
	g.mu.Unlock()
	if yields {
		_ = g.sim.EndTurn(ctx, g.run) // if that fails, so does what follows
	}
	for began := g.clock.Now(); ctx.Err() == nil; {
		t, err := g.sim.TakeTurn(ctx, control.TurnSpec{Run: g.run, Alone: alone, Keep: turnKept, Wait: wait})
		if err != nil || t.Granted {
			g.hold(ctx, alone, err)
			return nil
		}
		if wait == 0 || g.clock.Now().Sub(began) >= g.patience {
			g.giveUp(ctx)
			return fmt.Errorf("other runs on this simulator left no room within %s: %s", g.patience, strings.Join(t.Others, ", "))
		}
		g.tell(alone, t.Others)
	}
	return nil
}

// hold notes that the run has its turn. A simulator that knows no turns keeps nobody out.
func (g *gate) hold(ctx context.Context, alone bool, err error) {
	g.mu.Lock()
	g.held, g.alone, g.told = true, alone, ""
	first := err != nil && !g.deaf
	g.deaf = err != nil
	g.mu.Unlock()
	if first && ctx.Err() == nil {
		g.note("warning", "whether other runs share this simulator is not known: %v", err)
	}
}

func (g *gate) giveUp(ctx context.Context) {
	g.mu.Lock()
	g.spent = true
	g.mu.Unlock()
	_ = g.sim.EndTurn(ctx, g.run) // it is lost by itself soon
}

// tell says once for whom the run waits.
func (g *gate) tell(alone bool, others []string) {
	who := strings.Join(others, ", ")
	g.mu.Lock()
	again := g.told == who
	g.told = who
	g.mu.Unlock()
	switch {
	case again:
	case alone:
		g.note("info", "the next scenario must be alone: waiting until other runs on this simulator make room: %s", who)
	default:
		g.note("info", "waiting while another run on this simulator is alone: %s", who)
	}
}

// keep asks for the turn again and again, so that it is not lost, until ctx ends; then it is given back.
func (g *gate) keep(ctx context.Context) {
	for g.await(ctx, nil, turnEvery) {
		g.renew(ctx)
	}
	short, cancel := context.WithTimeout(context.WithoutCancel(ctx), turnEvery)
	defer cancel()
	_ = g.sim.EndTurn(short, g.run) // it is lost by itself soon
}

// renew keeps the turn, if there is one, and learns whether somebody waits for its end.
func (g *gate) renew(ctx context.Context) {
	if !g.asking.TryLock() {
		return
	}
	defer g.asking.Unlock()
	g.mu.Lock()
	held, alone := g.held, g.alone
	g.mu.Unlock()
	if !held {
		return
	}
	t, err := g.sim.TakeTurn(ctx, control.TurnSpec{Run: g.run, Alone: alone, Keep: turnKept})
	g.mu.Lock()
	defer g.mu.Unlock()
	g.yield = !alone && err == nil && (!t.Granted || len(t.Others) > 0)
}

// await waits for a change, a time, or the end of ctx, which is false.
func (g *gate) await(ctx context.Context, changed <-chan struct{}, limit time.Duration) bool {
	late := make(chan struct{})
	defer g.clock.AfterFunc(limit, func() { close(late) })()
	select {
	case <-changed:
	case <-late:
	case <-ctx.Done():
		return false
	}
	return true
}
