package scenarios

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync/atomic"
	"time"

	"github.com/cucumber/godog"

	"mppsim/reports/journal"
	"mppsim/scenarios/plan"
	"mppsim/scenarios/world"
)

// This is the only file that knows godog. It is given one scenario at a time and used for what it does well:
// parsing, matching, calling. Order, parallelism, selection, results and reports are ours.

// outcome is how the steps of a scenario ended.
type outcome struct {
	verdict  journal.Verdict // pass, fail, not reached, inconclusive, harness error, not run, not applicable, not testable
	reason   string
	blames   string
	untested string // the capability that makes it not testable
	findings []journal.Finding
	overdue  bool // a step had to be left behind
}

// player plays one scenario and keeps what its steps came to.
type player struct {
	ctx    context.Context
	w      *world.World
	script plan.Script
	now    func() time.Time
	next   int
	began  time.Time
	out    outcome
	debug  *Debug
	doing  atomic.Pointer[string] // the step that began last
}

// play runs a scenario's steps in its world. It always comes back: a step that ignores its context is left behind
// as our own fault.
func play(ctx context.Context, w *world.World, script plan.Script, steps []Phrase, debug *Debug) outcome {
	p := &player{ctx: ctx, w: w, script: script, now: w.Clock().Now, out: outcome{verdict: journal.Pass}, debug: debug}
	suite := godog.TestSuite{
		Name:                script.Scenario.ID,
		ScenarioInitializer: func(sc *godog.ScenarioContext) { p.register(sc, steps) },
		Options: &godog.Options{
			Strict: true, Format: "progress", NoColors: true, Output: io.Discard, Concurrency: 1,
			DefaultContext:  world.With(ctx, w),
			FeatureContents: []godog.Feature{{Name: script.Scenario.File, Contents: script.Source}},
		},
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		suite.Run()
	}()
	select {
	case <-over:
	case <-ctx.Done():
		if !leaves(over, w) {
			return p.leftBehind()
		}
	}
	if p.next == 0 && p.out.verdict == journal.Pass {
		return outcome{verdict: journal.HarnessError, reason: "none of the scenario's steps was run"}
	}
	return p.out
}

// leftBehind is the outcome of a scenario with a step that does not end.
func (p *player) leftBehind() outcome {
	step := "none has begun"
	if doing := p.doing.Load(); doing != nil {
		step = *doing
	}
	return outcome{verdict: journal.HarnessError, overdue: true, reason: fmt.Sprintf(
		"a step did not end within %s after its time was over (%v): %s", graceAfterLimit, context.Cause(p.ctx), step)}
}

// leaves gives a scenario whose context is over a moment to end.
func leaves(over <-chan struct{}, w *world.World) bool {
	late := make(chan struct{})
	stop := w.Clock().AfterFunc(graceAfterLimit, func() { close(late) })
	defer stop()
	select {
	case <-over:
		return true
	case <-late:
		return false
	}
}

const graceAfterLimit = 10 * time.Second

// register gives godog the steps and the hooks around each.
func (p *player) register(sc *godog.ScenarioContext, steps []Phrase) {
	for _, s := range steps {
		sc.Step(s.Pattern, guarded(s.Func))
	}
	sc.StepContext().Before(func(ctx context.Context, step *godog.Step) (context.Context, error) {
		p.doing.Store(&step.Text)
		if p.out.verdict == journal.Pass {
			_ = p.w.Refresh(ctx) // a simulator that does not answer shows in the step itself
		}
		err := p.pause(ctx)
		p.began = p.now()
		return ctx, err
	})
	sc.StepContext().After(func(ctx context.Context, _ *godog.Step, status godog.StepResultStatus, err error) (context.Context, error) {
		before := p.out.verdict
		p.took(status == godog.StepSkipped, err)
		if p.debug != nil && before == journal.Pass && p.out.verdict != journal.Pass && ctx.Err() == nil && !errors.Is(err, ErrNobody) {
			return ctx, p.debug.look(ctx, Sight{Script: p.script, Next: p.next, Failed: err, World: p.w})
		}
		return ctx, nil
	})
}

// pause stops before the next step, where somebody wants to look.
func (p *player) pause(ctx context.Context) error {
	if p.debug == nil || p.out.verdict != journal.Pass || p.next >= len(p.script.Steps) || !p.debug.stops(p.script.Steps[p.next]) {
		return nil
	}
	return p.debug.look(ctx, Sight{Script: p.script, Next: p.next, World: p.w})
}

// took records a step. Only the first that does not pass decides; the ones after it are skipped.
func (p *player) took(skipped bool, err error) {
	entry := journal.Step{Status: "passed", Duration: p.now().Sub(p.began)}
	step := plan.Step{}
	if p.next < len(p.script.Steps) {
		step = p.script.Steps[p.next]
	}
	p.next++
	entry.Keyword, entry.Text = step.Keyword, step.Text
	switch {
	case skipped || err != nil && p.out.verdict != journal.Pass:
		entry.Status = "skipped"
	case err != nil:
		entry.Message = err.Error()
		p.out = p.classify(step, err)
		entry.Status = "broken"
		switch p.out.verdict {
		case journal.Fail:
			entry.Status = "failed"
		case journal.NotApplicable, journal.NotRun:
			entry.Status = "skipped"
		default:
		}
	}
	p.w.Record(journal.Entry{Step: &entry})
}

// classify turns a step's error into an outcome. Only a Then accuses: what a Given or When finds wrong
// keeps the scenario from its question.
func (p *player) classify(step plan.Step, err error) outcome {
	var failure *world.Failure
	var unreached *world.Unreached
	var broke *world.Breakdown
	var unjudged *world.Unjudged
	switch {
	case errors.As(err, &broke):
		return outcome{verdict: journal.HarnessError, reason: fmt.Sprintf("step %q: %v", step.Text, broke)}
	case errors.As(err, &failure) && step.Outcome:
		f := failure.Finding
		f.Check = step.Text
		return outcome{verdict: journal.Fail, reason: f.Seen, findings: []journal.Finding{f}}
	case errors.As(err, &failure):
		return outcome{verdict: journal.NotReached, reason: step.Text + ": " + failure.Finding.Seen, blames: failure.Finding.Requirement}
	case errors.As(err, &unreached):
		return outcome{verdict: journal.NotReached, reason: step.Text + ": " + unreached.Reason, blames: unreached.Blames}
	case errors.As(err, &unjudged):
		return outcome{verdict: unjudged.Verdict, reason: unjudged.Reason}
	case p.ctx.Err() != nil:
		return p.cutShort()
	}
	return outcome{verdict: journal.Inconclusive, reason: fmt.Sprintf("step %q: %v", step.Text, err)}
}

// cutShort is the outcome of a scenario whose context ended: interrupted, or out of time.
func (p *player) cutShort() outcome {
	cause := context.Cause(p.ctx)
	switch {
	case errors.Is(cause, errOutOfTime):
		return outcome{verdict: journal.Inconclusive, reason: cause.Error()}
	case errors.Is(cause, errGone), errors.Is(cause, errAway), errors.Is(cause, errClock):
		return outcome{verdict: journal.Inconclusive, reason: cause.Error()}
	}
	return outcome{verdict: journal.NotRun, reason: "the run was interrupted"}
}

// guarded returns fn with a net under it: a panic becomes an error of its own kind.
func guarded(fn any) any {
	v := reflect.ValueOf(fn)
	return reflect.MakeFunc(v.Type(), func(args []reflect.Value) (results []reflect.Value) {
		err := world.Safely(func() error {
			results = v.Call(args)
			return nil
		})
		if err != nil {
			results = failing(v.Type(), args, err)
		}
		return results
	}).Interface()
}

// failing makes the results of a step function that returns err; a context result is the one it was given.
func failing(t reflect.Type, args []reflect.Value, err error) []reflect.Value {
	results := make([]reflect.Value, t.NumOut())
	for i := range results {
		out := t.Out(i)
		results[i] = reflect.Zero(out)
		if reflect.TypeOf(err).AssignableTo(out) {
			results[i] = reflect.ValueOf(err).Convert(out)
		} else if len(args) > 0 && args[0].Type().AssignableTo(out) {
			results[i] = args[0]
		}
	}
	return results
}
