package scenarios

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/plan"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
)

// PersonLooks is the step at which a run stops that somebody follows; in others it does nothing.
const PersonLooks = "a person looks"

// Debug lets a person follow a run. Nothing of ours runs out meanwhile, one scenario is played at a time, and nothing is
// scored. The acquirer's own timers run on.
type Debug struct {
	// BreakAt are texts: the run stops before each step that holds one of them, at the step "a person looks", and after a step
	// that does not pass.
	BreakAt []string
	// Look shows a person where the scenario is, and returns when it is to go on. An error ends the run.
	Look func(ctx context.Context, s Sight) error
}

// ErrNobody says that nobody is there to look: exit code 2.
var ErrNobody = errors.New("nobody looks")

// Sight is where a scenario has stopped. Time on its timeline stands still.
type Sight struct {
	Script plan.Script
	Next   int   // index of the step that comes next
	Failed error // of the step before it, nil if that passed
	World  *world.World
}

// patient widens whatever bound ends a wait of ours; what must not happen within a window is not watched for longer.
func (d *Debug) patient(o *Options) {
	const wide = 20
	table := tolerance.Table{}
	for name, t := range o.Tolerances {
		if name != tolerance.Quiet && name != tolerance.Watch && name != tolerance.Outage {
			t.Bound, t.Slack = wide*t.Bound, wide*t.Slack
		}
		table[name] = t
	}
	o.Tolerances, o.Parallel, o.Limit, o.Budget = table, 1, 365*24*time.Hour, 0
}

// stops reports whether a run stops before a step.
func (d *Debug) stops(step plan.Step) bool {
	text := strings.ToLower(step.Keyword + " " + step.Text)
	return step.Text == PersonLooks || slices.ContainsFunc(d.BreakAt, func(part string) bool {
		return strings.Contains(text, strings.ToLower(strings.Join(strings.Fields(part), " ")))
	})
}

// unknown lists the breakpoints at which no step of a plan stops.
func (d *Debug) unknown(scripts []plan.Script) []string {
	return slices.DeleteFunc(slices.Clone(d.BreakAt), func(part string) bool {
		one := &Debug{BreakAt: []string{part}}
		return slices.ContainsFunc(scripts, func(s plan.Script) bool { return slices.ContainsFunc(s.Steps, one.stops) })
	})
}

// look stops a scenario with its time standing still.
func (d *Debug) look(ctx context.Context, s Sight) error {
	if err := calm(ctx, s.World); err != nil {
		return err
	}
	if err := s.World.HoldTime(ctx, true); err != nil {
		return err
	}
	err := d.Look(ctx, s)
	return errors.Join(err, s.World.HoldTime(context.WithoutCancel(ctx), false))
}

// What the shop has just asked for is under way when a step ends: a person would see nothing of it.
const (
	calmFor    = 200 * time.Millisecond
	calmWithin = 10 // times
)

// calm waits until no message has come for a moment, but not for long.
func calm(ctx context.Context, w *world.World) error {
	for n, tries := -1, 0; tries < calmWithin && n != len(w.Exchanges()); tries++ {
		n = len(w.Exchanges())
		over := make(chan struct{})
		stop := w.Clock().AfterFunc(calmFor, func() { close(over) })
		select {
		case <-over:
		case <-ctx.Done():
			stop()
			return context.Cause(ctx)
		}
		if err := w.Refresh(ctx); err != nil {
			return err
		}
	}
	return nil
}

// debugging checks and prepares a run that a person follows.
func (r *run) debugging() error {
	if r.Debug == nil {
		return nil
	}
	if unknown := r.Debug.unknown(r.plan.Scripts()); len(unknown) > 0 {
		return fmt.Errorf("%w: no step of these scenarios holds %q", ErrUsage, unknown[0])
	}
	return nil
}

// unscored takes the verdicts back of a run that a person followed. How the scenarios ended is told all the same.
func (r *run) unscored(list []journal.Requirement) []journal.Requirement {
	if r.Debug == nil {
		return list
	}
	for i, q := range list {
		switch q.Verdict {
		case journal.NotApplicable, journal.NotRun, journal.Attested, journal.Unattested:
			continue
		default:
		}
		list[i].Verdict, list[i].Reason = journal.NotRun, "not scored, because a person looked (debug); it came out as "+string(q.Verdict)
	}
	return list
}
