// Package world is what one scenario knows and can do: its own timeline in the simulator, its
// payers, the acquirer as its shops see it, the traffic that belongs to it, and waits for events.
// A world is never shared between scenarios. Steps act through it and judge what it has recorded;
// it accuses nobody by itself.
package world

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/check"
	"mppsim/scenarios/tolerance"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

// Journal takes the entries of a run.
type Journal interface {
	Write(e journal.Entry) error
}

// Setup is what all scenarios of a run share.
type Setup struct {
	Sim        control.API
	Acquirer   acquirer.Acquirer
	Facts      check.Facts
	Tolerances tolerance.Table
	Clock      clock.Clock
	NewID      func() string // unique texts of letters, digits, dashes
	Logger     *slog.Logger
	Journal    Journal
	Run        string // id of the run, by which other testers on the same simulator tell whose a timeline is
	// Called hears of every call of the merchant API, with the error of a call that got no usable
	// answer; the runner learns from it whether the acquirer is alive. May be nil.
	Called func(call journal.Call, err error)
	// AwayOnPurpose says that the acquirer may go away because of what is done to it, until back is called, which waits until
	// it is there. May be nil.
	AwayOnPurpose func() (back func(ctx context.Context) error)
	// EveryFault says that a fault which meets no message keeps a scenario from its question also where the acquirer need not send
	// any: whoever wrote the scenario wants to know.
	EveryFault bool
}

// World is the world of one scenario. It is safe for concurrent use.
type World struct {
	setup     Setup
	scenario  journal.Scenario
	timeline  string
	reference string // token that all order numbers of the scenario carry

	till       acquirer.Acquirer // the acquirer behind a line that faults are played on
	disturbed  atomic.Bool       // such a fault has been armed
	muted      atomic.Bool
	background context.Context // ends when the world is closed
	stop       context.CancelFunc
	running    sync.WaitGroup

	mu         sync.Mutex
	changed    chan struct{} // closed and replaced whenever something new is known
	exchanges  []trace.Exchange
	unsent     map[string]bool // ids of exchanges that a fault kept from being sent
	calls      []journal.Call
	cancels    []check.Cancel
	payers     []*Payer
	payments   []*Payment
	refunds    []*Refund
	faults     []*armed
	notes      map[string]any // what steps remember for each other, by key
	current    string         // requirement that a step judges unless it names another
	broken     error          // first failure of our own, such as a journal that cannot be written
	numbers    int
	obstacle   string // what stood between acquirer and simulator, see Obstacle
	clockMoved bool   // the acquirer's clock is not right
	differs    string // why the money audit does not apply
	endings    []func(context.Context) error
}

// Open gives a scenario its world: a timeline with a reference of its own.
func Open(ctx context.Context, setup Setup, scenario journal.Scenario) (*World, error) {
	w := &World{
		setup: setup, scenario: scenario, changed: make(chan struct{}), notes: map[string]any{}, unsent: map[string]bool{},
		reference: token(setup.NewID()),
	}
	if len(scenario.Requirements) > 0 {
		w.current = scenario.Requirements[0]
	}
	line, err := setup.Sim.OpenTimeline(ctx, control.TimelineSpec{
		Name:         scenario.ID,
		Run:          setup.Run,
		Notification: control.NotificationRhythm{Mode: "certify", Delay: w.Scale(30 * time.Second)},
	})
	if err != nil {
		return nil, fmt.Errorf("open a timeline: %w", err)
	}
	w.timeline = line.ID
	w.till = w.tillLine()
	w.background, w.stop = context.WithCancel(context.WithoutCancel(ctx))
	err = setup.Sim.Expect(ctx, w.timeline, control.Expectation{References: []string{w.reference}})
	if err != nil {
		w.stop()
		return nil, fmt.Errorf("announce the scenario's reference: %w", err)
	}
	w.Record(journal.Entry{Started: &journal.Started{Timeline: w.timeline, Reference: w.reference}})
	return w, nil
}

// token makes the scenario's reference of an id: short, and unlike anything else in a text.
func token(id string) string {
	id = strings.ToUpper(strings.ReplaceAll(id, "-", ""))
	if len(id) > 14 {
		id = id[len(id)-14:]
	}
	return "MS" + id
}

// Close ends samplers and background calls. What was recorded stays readable.
func (w *World) Close() {
	w.stop()
	w.running.Wait()
}

type contextKey struct{}

// With puts a world into a context.
func With(ctx context.Context, w *World) context.Context {
	return context.WithValue(ctx, contextKey{}, w)
}

// From returns the world of the running scenario; steps never run without one.
func From(ctx context.Context) *World {
	w, _ := ctx.Value(contextKey{}).(*World)
	return w
}

// Sim is the simulator, through its control API.
func (w *World) Sim() control.API { return w.setup.Sim }

// Acquirer is the system under test. Calls made here directly are not recorded: use the world's verbs.
func (w *World) Acquirer() acquirer.Acquirer { return w.setup.Acquirer }

// Facts is what the profile says of the acquirer.
func (w *World) Facts() check.Facts { return w.setup.Facts }

// Factor is how far the acquirer's timers are shortened; 1 is production.
func (w *World) Factor() float64 { return w.setup.Facts.Factor }

// Tolerances is the table of named bounds.
func (w *World) Tolerances() tolerance.Table { return w.setup.Tolerances }

// Timeline is the id of the scenario's timeline in the simulator.
func (w *World) Timeline() string { return w.timeline }

// Reference is the token that every order number of this scenario begins with.
func (w *World) Reference() string { return w.reference }

// Scenario is the scenario that runs in this world.
func (w *World) Scenario() journal.Scenario { return w.scenario }

// Clock is the wall clock of the run.
func (w *World) Clock() clock.Clock { return w.setup.Clock }

// Scale shortens a stimulus by the factor, to no less than 50 ms.
func (w *World) Scale(d time.Duration) time.Duration {
	return tolerance.Scale(d, w.setup.Facts.Factor)
}

// Judge names the requirement that the following steps judge; a Rule's own is set at the start.
func (w *World) Judge(requirement string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.current = requirement
}

// Remember keeps a value for later steps of this scenario.
func (w *World) Remember(key string, value any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notes[key] = value
}

// Recall returns a remembered value, or nil.
func (w *World) Recall(key string) any {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.notes[key]
}

// NextNumber returns an order or refund number that nothing else in this run has; none is the beginning of another.
func (w *World) NextNumber() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.numbers++
	return fmt.Sprintf("%s-%03d", w.reference, w.numbers)
}

// Record writes an entry of this scenario to the journal. A journal that cannot be written is our
// own fault and ends the run, see Broken.
func (w *World) Record(e journal.Entry) {
	if w.muted.Load() {
		return
	}
	e.Scenario = w.scenario.ID
	if err := w.setup.Journal.Write(e); err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.broken == nil {
			w.broken = err
		}
	}
}

// Mute keeps what still happens in this world out of the journal: its scenario is played again.
func (w *World) Mute() { w.muted.Store(true) }

// Broken returns our own first failure in this world, nil when there was none.
func (w *World) Broken() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.broken
}

// tell wakes every wait, with the lock held.
func (w *World) tell() {
	close(w.changed)
	w.changed = make(chan struct{})
}

// Tell wakes every wait so that it looks again.
func (w *World) Tell() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tell()
}

// spawn runs f in the background until the world is closed.
func (w *World) spawn(f func(ctx context.Context)) {
	w.running.Go(func() { f(w.background) })
}
