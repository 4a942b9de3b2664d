package scenarios

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/check"
	"mppsim/scenarios/plan"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/verdict"
	"mppsim/scenarios/world"
	"mppsim/wallet/control"
)

// take is one scenario as it was played in this run.
type take struct {
	script  plan.Script
	stop    context.CancelCauseFunc
	w       *world.World
	began   time.Time
	over    time.Time
	out     outcome
	end     world.End
	scene   *check.Scene // as it was judged last
	judged  bool         // settled, watched checks applied
	spoiled bool         // an outage, or a lack of time, makes it undecidable
	struck  *blow        // what happened to the acquirer meanwhile, nil if nothing did
	leftOut bool         // not begun, because another scenario had failed
	watched []watched
	ended   journal.Ended
	told    map[string]bool // findings that are in the journal
	past    *past           // what is left of a scenario that was let go, see release.go; nil: everything is still held
}

// watched is what one watched check said about the scenario.
type watched struct {
	requirement string
	result      check.Result
}

// settleAfterBreak is how long a broken-off run spends on each open timeline.
const settleAfterBreak = 3 * time.Second

// scenario plays one scenario and settles it; free is called as soon as its steps are over. One that is barred is not begun.
func (r *run) scenario(ctx context.Context, script plan.Script, barred error, free func()) {
	ctx, stop := context.WithCancelCause(ctx)
	t := &take{script: script, stop: stop, began: r.Clock.Now(), told: map[string]bool{}}
	r.mu.Lock()
	r.takes = append(r.takes, t)
	r.mu.Unlock()
	if r.health.down() {
		stop(errAway)
	}
	if barred == nil {
		r.steps(ctx, t)
	} else {
		t.out = outcome{verdict: journal.Inconclusive, reason: barred.Error()}
	}
	free()
	go func() {
		defer r.settling.Done()
		defer stop(nil)
		r.setRight(ctx, t)
		r.settle(ctx, t)
		r.close(t)
		r.rest(t)
		if barred == nil {
			r.gate.leave()
		}
	}()
}

// steps opens the scenario's world and plays its steps.
func (r *run) steps(ctx context.Context, t *take) {
	if ctx.Err() != nil {
		t.out = (&player{ctx: ctx}).cutShort()
		return
	}
	if reason := r.enough(); reason != "" {
		t.leftOut, t.out = true, outcome{verdict: journal.NotRun, reason: reason}
		return
	}
	if reason := r.late(t); reason != "" {
		t.out = outcome{verdict: journal.NotRun, reason: reason}
		return
	}
	r.Progress.Started(t.script.Scenario.ID)
	if out, untestable := r.untestable(t.script); untestable {
		t.out = out
		return
	}
	w, err := world.Open(ctx, r.setup(t.script.Scenario.ID), t.script.Scenario)
	if err != nil {
		t.out = r.simFault(ctx, err)
		return
	}
	t.w = w
	r.pump.add(w)
	ctx, cancel := context.WithTimeoutCause(ctx, r.Limit, errOutOfTime)
	defer cancel()
	t.out = r.fair(t, play(ctx, w, t.script, r.Steps, r.Debug))
	if r.Random && ctx.Err() == nil && t.out.verdict != journal.HarnessError {
		t.out = outcome{verdict: journal.Pass}
	}
}

// fair takes back that a step did not end in time where our own timers, or the acquirer, came late as well.
func (r *run) fair(t *take, out outcome) outcome {
	if late, starved := r.health.starved(t.began, r.Clock.Now()); out.overdue && starved {
		return outcome{verdict: journal.Inconclusive, reason: out.reason + ", and meanwhile " + late.String()}
	}
	return out
}

// simFault is the outcome of a scenario to which the simulator was no help. That one call got no answer, and the next one does,
// is for lack of time and nobody's fault.
func (r *run) simFault(ctx context.Context, err error) outcome {
	if ctx.Err() != nil {
		return (&player{ctx: ctx}).cutShort()
	}
	if errors.Is(err, control.ErrNoAnswer) {
		if _, gone := r.Sim.Info(ctx); gone == nil {
			return outcome{verdict: journal.Inconclusive, reason: fmt.Sprintf("the simulator was too slow, or a connection to it broke: %v", err)}
		}
	}
	return outcome{verdict: journal.HarnessError, reason: err.Error()}
}

// settle ends the scenario's lies and waits for its money, unless the run was broken off.
func (r *run) settle(ctx context.Context, t *take) {
	if t.w == nil {
		return
	}
	if ctx.Err() != nil {
		r.abandon(ctx, t)
		return
	}
	end, err := t.w.Settle(ctx)
	t.w.Rest()
	t.end = end
	switch {
	case err != nil && ctx.Err() != nil:
		r.abandon(ctx, t)
		return
	case err != nil:
		t.worsen(r.simFault(ctx, err))
	}
	_ = r.health.check(ctx) // an acquirer that died just now must not be accused
	r.judge(t)
}

// setRight gives the acquirer its own time back, however the scenario ended. Without that nothing after it could be judged.
func (r *run) setRight(ctx context.Context, t *take) {
	if t.w == nil {
		return
	}
	if err := t.w.RestoreAcquirerClock(context.WithoutCancel(ctx)); err != nil {
		r.note("error", "%v: the run ends early", err)
		r.halt(errClock)
	}
}

// abandon leaves a clean simulator behind.
func (r *run) abandon(ctx context.Context, t *take) {
	short, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleAfterBreak)
	defer cancel()
	t.w.Rest()
	if err := t.w.Abandon(short); err != nil {
		r.Logger.Warn("timeline left open", "scenario", t.script.Scenario.ID, "error", err)
	}
	cut := (&player{ctx: ctx}).cutShort()
	if t.out.verdict == journal.Pass {
		t.out = cut
	}
}

// judge applies the watched checks and what was left for the end.
func (r *run) judge(t *take) {
	t.over = r.Clock.Now()
	scene := t.w.Scene()
	scene.Orders, scene.Shared = t.end.Orders, r.pump.ambiguous()
	scene = check.Prepare(scene)
	t.scene = &scene
	t.watched = nil
	for _, w := range r.Watches {
		if r.applies(w.Requirement) {
			r.watch(t, w)
		}
	}
	if !t.judged {
		r.weighEnd(t)
	}
	t.judged = true
}

// watch applies one watched check. One that breaks down is our own fault.
func (r *run) watch(t *take, w check.Watch) {
	err := world.Safely(func() error {
		t.watched = append(t.watched, watched{w.Requirement, name(w.Judge(*t.scene), w.Name)})
		return nil
	})
	if err != nil {
		t.worsen(outcome{verdict: journal.HarnessError, reason: fmt.Sprintf("check %q: %v", w.Name, err)})
	}
}

// name says in each finding which check saw it.
func name(result check.Result, check string) check.Result {
	for i := range result.Findings {
		if result.Findings[i].Check == "" {
			result.Findings[i].Check = check
		}
	}
	return result
}

// weighEnd takes what the end of the scenario showed: late findings, idle faults, the money audit. The books accuse
// nobody: a gap that no finding explains leaves the scenario undecided.
func (r *run) weighEnd(t *take) {
	for _, f := range t.end.Late {
		if slices.ContainsFunc(t.out.findings, func(told journal.Finding) bool {
			return told.Requirement == f.Requirement && told.Expected == f.Expected
		}) {
			continue // the step has said so already
		}
		f.Check = "at the end of the scenario"
		t.worsen(outcome{verdict: journal.Fail, reason: f.Seen})
		t.out.findings = append(t.out.findings, f)
	}
	var broke *world.Breakdown
	switch {
	case errors.As(t.end.Stuck, &broke):
		t.worsen(outcome{verdict: journal.HarnessError, reason: t.end.Stuck.Error()})
	case t.end.Stuck != nil:
		t.worsen(outcome{verdict: journal.Inconclusive, reason: t.end.Stuck.Error()})
	}
	if r.Random {
		return
	}
	if unjudged := t.out.verdict == journal.NotApplicable || t.out.verdict == journal.NotRun; len(t.end.Idle) > 0 && !unjudged {
		t.worsen(outcome{verdict: journal.NotReached, reason: "no message met the fault " + strings.Join(t.end.Idle, ", ")})
	}
	if len(t.end.Audit) == 0 {
		return
	}
	gap := "money audit: " + strings.Join(t.end.Audit, "; ")
	if !r.failed(t) {
		t.worsen(outcome{verdict: journal.Inconclusive, reason: gap})
	}
	r.write(journal.Entry{Scenario: t.script.Scenario.ID, Note: &journal.Note{Level: "warning", Text: gap}})
}

// failed reports whether a binding requirement failed in the scenario.
func (r *run) failed(t *take) bool {
	return slices.ContainsFunc(t.findings(), func(f journal.Finding) bool {
		return verdict.Weigh(r.Catalogue, f.Requirement) == journal.Fail
	})
}

// worsen replaces a better outcome by a worse one; findings stay.
func (t *take) worsen(o outcome) {
	worst, _ := verdict.Worst([]verdict.Part{{Verdict: t.out.verdict}, {Verdict: o.verdict}})
	if worst != t.out.verdict {
		o.findings = t.out.findings
		t.out = o
	}
}

// findings are all accusations of the scenario: of its steps and of the watched checks.
func (t *take) findings() []journal.Finding {
	if t.spoiled {
		return nil
	}
	all := slices.Clone(t.out.findings)
	for _, w := range t.watched {
		all = append(all, w.result.Findings...)
	}
	return all
}

// close decides how the scenario ended and journals it.
func (r *run) close(t *take) {
	id := t.script.Scenario.ID
	if t.over.IsZero() {
		t.over = r.Clock.Now()
	}
	r.spoil(t)
	r.doubt(t)
	r.hinder(t)
	t.requireEvidence()
	r.mu.Lock()
	t.ended = r.ending(t)
	r.mu.Unlock()
	for _, f := range t.findings() {
		if key := f.Requirement + "\n" + f.Check; !t.told[key] {
			t.told[key] = true
			r.write(journal.Entry{Scenario: id, Finding: &f})
		}
	}
	r.write(journal.Entry{Scenario: id, Ended: &t.ended})
	if t.w != nil {
		if err := t.w.Broken(); err != nil {
			r.blame(err)
		}
	}
	r.Progress.Ended(id, t.ended.Verdict)
}

// spoil takes every accusation back when the acquirer was away during the scenario, or was replaced.
func (r *run) spoil(t *take) {
	blow, struck := r.health.struck(t.began, t.over)
	if !struck || t.out.verdict == journal.NotRun || t.out.verdict == journal.HarnessError {
		return
	}
	if t.struck == nil {
		r.strike(t.script.Scenario.ID, blow)
	}
	t.spoiled, t.struck = true, &blow
	why := blow.why
	if r.fells(t.script.Scenario.ID) {
		why += fmt.Sprintf(", as each of the %d times that this scenario was played, the last time with nothing beside it: it may be what brings the acquirer down", mostStrikes)
	}
	t.out = outcome{verdict: journal.Inconclusive, reason: why}
}

// hinder takes every accusation back when a proxy has spoken in the acquirer's place or repeated messages, or when a
// payment may be a stranger's.
func (r *run) hinder(t *take) {
	if t.w == nil || t.spoiled {
		return
	}
	if why := cmp.Or(t.w.Obstacle(), t.w.Repeated(), r.pump.mistakable(t.w)); why != "" {
		t.spoiled = true
		t.worsen(outcome{verdict: journal.Inconclusive, reason: why})
		if t.out.verdict == journal.Fail {
			t.out = outcome{verdict: journal.Inconclusive, reason: why}
		}
	}
}

// doubtful reports whether the scenario ended in a way that a busy machine may have caused.
func (t *take) doubtful() bool {
	touchy := []journal.Verdict{journal.Fail, journal.Warn, journal.NoteVerdict, journal.NotReached, journal.Inconclusive}
	return t.w != nil && slices.Contains(touchy, t.ended.Verdict)
}

// A second attempt is not believed either when our own timers come as late as tooLate, or the acquirer as late as
// tooSlow of its own time: at factor 1 a second is nothing beside its timers, at 0.05 it is 20 s of them.
const (
	tooLate = 500 * time.Millisecond
	tooSlow = 10 * time.Second
)

// doubt takes accusations back that a busy machine may have caused, also the second time.
func (r *run) doubt(t *take) {
	if !r.replayed[t.script.Scenario.ID] || len(t.findings()) == 0 {
		return
	}
	late, unfair := r.health.worst(t.began, t.over, func(l lag) bool {
		if l.acquirer {
			// A scenario that has the acquirer to itself may have slowed it down on purpose.
			return !t.script.Scenario.Alone && l.late() >= tolerance.Scale(tooSlow, r.Facts.Factor)
		}
		return l.late() >= tooLate
	})
	if unfair {
		t.spoiled = true
		t.out = outcome{verdict: journal.Inconclusive, reason: "too busy to judge, also the second time: " + late.String()}
	}
}

// requireEvidence drops findings that point at nothing: the scenario is undecided instead.
func (t *take) requireEvidence() {
	bare := func(f journal.Finding) bool { return len(f.Exchanges) == 0 && len(f.Calls) == 0 }
	kept := slices.DeleteFunc(slices.Clone(t.out.findings), bare)
	if len(kept) < len(t.out.findings) {
		t.out.findings = kept
		if t.out.verdict == journal.Fail && len(kept) == 0 {
			t.out.verdict, t.out.reason = journal.Inconclusive, "a failure without evidence: "+t.out.reason
		}
	}
	for i := range t.watched {
		t.watched[i].result.Findings = slices.DeleteFunc(slices.Clone(t.watched[i].result.Findings), bare)
	}
}

// ending weighs steps and findings into the scenario's one verdict.
func (r *run) ending(t *take) journal.Ended {
	steps := verdict.Part{Verdict: t.out.verdict, Reason: t.out.reason}
	if steps.Verdict == journal.Fail {
		steps = verdict.Part{Verdict: journal.Pass} // its findings speak
	}
	parts := []verdict.Part{steps}
	for _, f := range t.findings() {
		parts = append(parts, verdict.Part{
			Verdict: verdict.Weigh(r.Catalogue, f.Requirement),
			Reason:  fmt.Sprintf("%s: %s", f.Requirement, f.Seen),
		})
	}
	v, reason := verdict.Worst(parts)
	ended := journal.Ended{Verdict: v, Reason: reason, Duration: t.over.Sub(t.began)}
	if t.out.verdict == journal.NotReached {
		ended.Blames = t.blames()
	}
	return ended
}

// blames names the requirement that kept the scenario from its question: the one a step named, or the first that
// failed in its traffic.
func (t *take) blames() string {
	if t.out.blames != "" {
		return t.out.blames
	}
	for _, f := range t.findings() {
		return f.Requirement
	}
	return ""
}

// ExitOf tells the exit code of an error of Run.
func ExitOf(err error) int {
	switch {
	case err == nil:
		return verdict.Conformant
	case errors.Is(err, ErrUsage):
		return verdict.Usage
	}
	return verdict.OwnFault
}
