package scenarios

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/check"
	"mppsim/scenarios/estimate"
	"mppsim/scenarios/plan"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/verdict"
	"mppsim/scenarios/world"
)

// ErrUsage marks a run that could not begin because of what was asked for: exit code 2.
var ErrUsage = errors.New("usage")

// ErrSuite marks a suite whose parts do not fit together: our own fault, exit code 5.
var ErrSuite = errors.New("the suite is broken")

// run is one run in progress.
type run struct {
	Options
	coverage plan.Coverage
	plan     plan.Plan
	pump     *pump
	gate     *gate
	health   *health
	began    time.Time
	untested map[string]string // declared capabilities that cannot be exercised, and why

	mu      sync.Mutex
	takes   []*take
	resting []*take // those that passed and are to be let go
	// Scenarios that were played again because somebody was too busy, how often because the acquirer was struck, and what
	// they left each time.
	replayed  map[string]bool
	struck    map[string][]blow
	discarded []*take
	forgotten int                     // scenarios whose payments the acquirer does not know any more since it was away
	gone      bool                    // the acquirer did not come back
	halt      context.CancelCauseFunc // ends the run early
	length    estimate.Run
	unbegan   int   // scenarios for which no time was left
	own       error // first fault of our own
	settling  sync.WaitGroup
}

// Run certifies an acquirer. Cancelling ctx breaks the run off: what was seen so far is journaled, nothing
// more is judged, and the summary says so. The error is ErrUsage or ErrSuite when nothing could be run; whatever
// happens after the start is in the result.
func Run(ctx context.Context, o Options) (Result, error) {
	r := &run{Options: o.complete(), replayed: map[string]bool{}, struck: map[string][]blow{}}
	if err := r.prepare(); err != nil {
		return Result{}, err
	}
	r.Features = nil // the plan has what it takes
	r.began, r.untested = r.Clock.Now(), r.limits()
	r.Head.ID = cmp.Or(r.Head.ID, r.NewID())
	r.health = newHealth(r.Clock, r.Probe)
	r.health.tell = r.heard
	r.head()
	info, err := r.Sim.Info(ctx)
	if err != nil {
		r.blame(fmt.Errorf("ask the simulator who it is: %w", err))
		return r.finish(ctx), nil
	}
	if err := r.reachable(ctx); err != nil {
		return r.absent(err), nil
	}
	r.write(journal.Entry{Health: &journal.Health{State: journal.There, Version: r.health.version()}})
	r.pump = newPump(r.Sim, info.LastSeq)
	r.gate = newGate(r.Sim, r.Head.ID, r.Clock, r.bound(tolerance.Room), r.note)
	r.play(ctx)
	return r.finish(ctx), nil
}

// Plan returns what Run would execute, without running anything.
func Plan(o Options) (plan.Plan, plan.Coverage, error) {
	r := &run{Options: o.complete()}
	err := r.prepare()
	return r.plan, r.coverage, err
}

// prepare reads and checks the suite and plans the run.
func (r *run) prepare() error {
	scripts, err := plan.Read(r.Features)
	if err == nil {
		r.coverage, err = plan.Consistency(r.Catalogue, scripts, r.watched())
	}
	if err == nil {
		err = plan.Match(scripts, plan.Book{Matches: r.matches, Nearest: r.nearest})
	}
	if err != nil {
		return r.unplayable(err)
	}
	if r.plan, err = plan.Make(scripts, plan.Options{
		Catalogue: r.Catalogue, Dialect: r.Facts.Dialect, Capabilities: r.Facts.Capabilities,
		Selection: r.Selection, Seed: r.Seed,
	}); err != nil {
		return fmt.Errorf("%w: %w", ErrUsage, err)
	}
	return errors.Join(r.economise(), r.debugging())
}

// unplayable says whose mistake features are that cannot be played.
func (r *run) unplayable(err error) error {
	if r.Own {
		return fmt.Errorf("%w: %w", ErrUsage, err)
	}
	return fmt.Errorf("%w: %w", ErrSuite, err)
}

// covers reports whether something could judge a requirement. What somebody's own features leave out is no gap of the suite.
func (r *run) covers(id string) bool { return r.Own || r.coverage.Covers(id) }

// watched lists the requirements that watched checks judge.
func (r *run) watched() []string {
	var ids []string
	for _, w := range r.Watches {
		ids = append(ids, w.Requirement)
	}
	for _, w := range r.RunWatches {
		ids = append(ids, w.Requirement)
	}
	return ids
}

// matches counts the phrases that fit a text.
func (r *run) matches(text string) int {
	n := 0
	for _, s := range r.Steps {
		if s.Pattern.MatchString(text) {
			n++
		}
	}
	return n
}

// nearest finds the phrase that shares most of its words with a text, if it shares half of them.
func (r *run) nearest(text string) string {
	words := strings.Fields(text)
	best, most := "", 0
	for _, s := range r.Steps {
		shared, known := 0, strings.Fields(s.Example)
		for _, word := range words {
			if slices.Contains(known, word) {
				shared++
			}
		}
		if 2*shared >= max(len(words), len(known)) && shared > most {
			best, most = s.Example, shared
		}
	}
	return best
}

// head writes the first lines of the journal.
func (r *run) head() {
	head := r.Head
	head.Dialect, head.Catalogue, head.Factor = r.Facts.Dialect, r.Catalogue.Version, r.Facts.Factor
	head.Parallel, head.Seed, head.Capability = r.Parallel, r.Seed, r.Facts.Capabilities
	r.write(journal.Entry{Run: &head})
	for _, s := range r.asked() {
		r.write(journal.Entry{Scenario: s.Scenario.ID, Planned: &s.Scenario})
	}
}

// write journals an entry of the run as a whole.
func (r *run) write(e journal.Entry) {
	if err := r.Journal.Write(e); err != nil {
		r.blame(err)
	}
}

// note tells reader and onlooker something about the run itself.
func (r *run) note(level, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	r.write(journal.Entry{Note: &journal.Note{Level: level, Text: text}})
	r.Progress.Note(text)
}

// blame records a fault of our own; the first one counts.
func (r *run) blame(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.own == nil {
		r.own = err
	}
}

func (r *run) ownFault() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.own == nil {
		return ""
	}
	return r.own.Error()
}

// broke names the scenario that we could not play because of a fault of our own; the first one counts.
func (r *run) broke() string {
	for _, t := range r.takes {
		if t.ended.Verdict == journal.HarnessError {
			return t.script.Scenario.ID + ": " + t.ended.Reason
		}
	}
	return ""
}

const (
	startTries = 4
	startPause = 250 * time.Millisecond
)

// reachable gives the acquirer a moment to be there.
func (r *run) reachable(ctx context.Context) error {
	var err error
	for range startTries {
		if err = r.health.check(ctx); err == nil {
			return nil
		}
		if !r.health.wait(ctx, startPause) {
			return err
		}
	}
	return err
}

// absent ends a run whose acquirer was not there at the start: exit code 3, and no accusation.
func (r *run) absent(err error) Result {
	s := journal.Summary{
		Exit: verdict.Environment, Verdict: fmt.Sprintf("No verdict: the acquirer cannot be reached (%v).", err),
		Counts: map[journal.Verdict]int{}, Scenarios: map[journal.Verdict]int{}, Duration: r.Clock.Now().Sub(r.began),
		Reservations: []string{"nothing was run"},
	}
	requirements := r.requirements(nil)
	for _, q := range requirements {
		s.Counts[q.Verdict]++
	}
	result := Result{Requirements: requirements}
	for _, script := range r.asked() {
		ended := journal.Ended{Verdict: journal.NotRun, Reason: "the acquirer cannot be reached"}
		s.Scenarios[journal.NotRun]++
		r.write(journal.Entry{Scenario: script.Scenario.ID, Ended: &ended})
		result.Scenarios = append(result.Scenarios, Scenario{Scenario: script.Scenario, Ended: ended})
	}
	result.Summary = s
	r.conclude(result)
	return result
}

// play executes the plan: the parallel part, its settling, then what must be alone.
func (r *run) play(ctx context.Context) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r.halt = stop
	watching, stopWatching := context.WithCancel(context.WithoutCancel(ctx))
	var watchers sync.WaitGroup
	watchers.Go(func() {
		if err := r.pump.run(watching); err != nil {
			r.blame(err)
			stop(err)
		}
	})
	watchers.Go(func() {
		r.health.watch(watching, r.patience(), func(away time.Duration) { r.giveUp(away, stop) })
	})
	watchers.Go(func() { r.health.watchOurselves(watching) })
	watchers.Go(func() { r.gate.keep(watching) })
	r.Progress.Planned(len(r.asked()))
	r.drop()
	r.setRightAtStart(ctx)
	for scripts := r.plan.Together; len(scripts) > 0; scripts = r.unbegun(ctx) {
		r.inTurns(ctx, scripts, r.Parallel)
	}
	for _, script := range r.plan.Alone {
		r.inTurns(ctx, []plan.Script{script}, 1)
	}
	r.bid(ctx)
	stopWatching()
	watchers.Wait()
}

// bound is a tolerance of this run.
func (r *run) bound(name tolerance.Name) time.Duration {
	t, err := r.Tolerances.Get(name)
	if err != nil {
		r.blame(err)
	}
	return t.At(r.Facts.Factor)
}

// together plays scenarios side by side and waits until all have settled. A scenario gives its place back when its
// last step is over; settling goes on beside the next ones.
func (r *run) together(ctx context.Context, scripts []plan.Script, atATime int) {
	places := make(chan struct{}, atATime)
	defer r.sweep(ctx)()
	next := r.Clock.Now()
	for i, script := range scripts {
		if r.Forgets { // who plays it has it
			scripts[i].Steps, scripts[i].Source = nil, nil
		}
		next = r.pace(ctx, next)
		places <- struct{}{}
		r.health.present(ctx)
		barred := r.gate.enter(ctx, script.Scenario.Alone)
		r.settling.Add(1)
		go r.scenario(ctx, script, barred, func() { <-places })
	}
	r.settling.Wait()
}

// pace waits until the next scenario may begin, and returns when the one after it may. What a full house has delayed is
// not made up for: the acquirer would get it all at once.
func (r *run) pace(ctx context.Context, next time.Time) time.Time {
	if r.Rate <= 0 || r.enough() != "" {
		return next
	}
	if now := r.Clock.Now(); now.After(next) {
		next = now
	} else {
		r.health.wait(ctx, next.Sub(now))
	}
	return next.Add(time.Duration(float64(time.Second) / r.Rate))
}

// enough tells why no further scenario is to begin.
func (r *run) enough() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.takes {
		if r.StopAtFailure && t.ended.Verdict == journal.Fail {
			return "another scenario had failed: " + t.script.Scenario.ID
		}
	}
	return ""
}

// unbegun takes back what was left out because of a failure that did not stand, and returns it to be played.
func (r *run) unbegun(ctx context.Context) []plan.Script {
	if ctx.Err() != nil || r.enough() != "" {
		return nil
	}
	var left []plan.Script
	r.mu.Lock()
	defer r.mu.Unlock()
	r.takes = slices.DeleteFunc(r.takes, func(t *take) bool {
		if t.leftOut {
			left = append(left, t.script)
			r.Progress.Withdrawn(t.script.Scenario.ID, t.ended.Verdict)
		}
		return t.leftOut
	})
	return left
}

// finish judges everything, writes the last lines of the journal and returns the result.
func (r *run) finish(ctx context.Context) Result {
	r.revisit(ctx)
	r.lateTraffic(ctx)
	r.lateBooks(ctx)
	parts := r.parts()
	result := Result{Requirements: r.unscored(r.requirements(parts))}
	verdicts := make([]journal.Verdict, 0, len(r.takes))
	for _, t := range r.takes {
		result.Scenarios = append(result.Scenarios, Scenario{Scenario: t.script.Scenario, Ended: t.ended, Findings: t.findings()})
		verdicts = append(verdicts, t.ended.Verdict)
	}
	slices.SortFunc(result.Scenarios, func(a, b Scenario) int { return compare(a.ID, b.ID) })
	result.Strays = r.listStrays(ctx)
	if late, starved := r.health.starved(r.began, r.Clock.Now()); starved {
		r.note("warning", "too busy to judge at times: %s", late)
	}
	for _, q := range result.Requirements {
		r.write(journal.Entry{Verdict: &q})
	}
	result.Summary = verdict.Summarize(verdict.Run{
		Factor: r.Facts.Factor, Subset: r.Own || len(r.plan.Unselected) > 0, Interrupted: interrupted(ctx),
		OwnFault: r.ownFault(), Broke: r.broke(), Gone: r.gone, Unscored: r.Debug != nil, Certificate: r.Certificate, Reservations: r.unsettled(),
	}, result.Requirements, verdicts)
	result.Summary.Versions = r.health.versions()
	result.Summary.Duration = r.Clock.Now().Sub(r.began)
	r.conclude(result)
	return result
}

// conclude writes the summary.
func (r *run) conclude(result Result) {
	r.write(journal.Entry{Summary: &result.Summary})
}

func interrupted(ctx context.Context) bool { return ctx.Err() != nil }

// requirements gives the catalogue its verdicts.
func (r *run) requirements(parts []verdict.Part) []journal.Requirement {
	return verdict.Requirements(verdict.Case{
		Catalogue: r.Catalogue, Dialect: r.Facts.Dialect, Capabilities: r.Facts.Capabilities,
		Parts: parts, Covers: r.covers, Attested: r.Attested, Known: r.Known,
	})
}

// setup is what the worlds of this run share, for one of them.
func (r *run) setup(scenario string) world.Setup {
	called := r.health.called
	if !r.Paced {
		called = func(call journal.Call, err error) {
			r.health.called(call, err)
			r.health.queried(scenario, call)
		}
	}
	return world.Setup{
		Sim: r.Sim, Acquirer: r.Acquirer, Facts: r.Facts, Tolerances: r.Tolerances, Clock: r.Clock, NewID: r.NewID,
		Logger: r.Logger, Journal: r.Journal, Called: called,
		AwayOnPurpose: func() func(context.Context) error { return r.health.awayOnPurpose(r.patience()) },
		Run:           r.Head.ID, EveryFault: r.Own,
	}
}

// applies reports whether a requirement concerns this acquirer.
func (r *run) applies(id string) bool {
	q, known := r.Catalogue.Find(id)
	return known && q.Speaks(r.Facts.Dialect) && len(q.Missing(r.Facts.Capabilities)) == 0
}

// scenes are the settled scenarios, for checks over the run.
func (r *run) scenes() []check.Scene {
	var scenes []check.Scene
	for _, t := range r.takes {
		if t.judged && !t.spoiled && t.w != nil {
			scenes = append(scenes, *t.scene)
		}
	}
	return scenes
}
