package scenarios

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/plan"
	"mppsim/scenarios/tolerance"
)

// An acquirer that goes away in mid-run, for a redeploy or by a crash, makes the run pause: what is under way is broken off,
// nothing new begins until it is back, and what it struck is played again. Twice struck, a scenario is played a last time
// with nothing beside it, so that one that brings the acquirer down is told from those that happened to run beside it.

// mostStrikes is how often the acquirer may go away, or be replaced, during a scenario before it is left undecided.
const mostStrikes = 3

// patience is how long an acquirer may stay away.
func (r *run) patience() time.Duration {
	if r.Patience > 0 {
		return r.Patience
	}
	return r.bound(tolerance.Outage)
}

// heard journals what happened to the acquirer as a whole, and breaks off what it makes pointless.
func (r *run) heard(h journal.Health) {
	h.Version = r.health.version()
	r.write(journal.Entry{Health: &h})
	switch h.State {
	case journal.Away:
		r.note("warning", "the acquirer cannot be reached (%s): the run pauses; under way: %s", h.Text, r.breakOff())
	case journal.Back:
		r.note("warning", "the acquirer is back %s: the run goes on, and plays again what it was kept from", h.Text)
	case journal.Changed:
		r.note("warning", "the acquirer was redeployed in mid-run: it says now that it is version %s", h.Version)
	default:
	}
}

// giveUp ends the run early.
func (r *run) giveUp(away time.Duration, stop context.CancelCauseFunc) {
	r.write(journal.Entry{Health: &journal.Health{State: journal.Gone}})
	r.note("error", "the acquirer stays away, for %s now: the run ends early", away.Round(100*time.Millisecond))
	r.mu.Lock()
	r.gone = true
	r.mu.Unlock()
	stop(errGone)
}

// bid looks at the acquirer a last time, once everything has been played. One that is away gets the time to come back that
// it would have had before.
func (r *run) bid(ctx context.Context) {
	_ = r.health.check(ctx)
	if r.health.present(ctx) {
		r.write(journal.Entry{Health: &journal.Health{State: journal.There, Version: r.health.version()}})
	}
}

// breakOff ends the scenarios that are under way, because the acquirer is not there, and names some of them.
func (r *run) breakOff() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ids []string
	for _, t := range r.takes {
		if t.ended.Verdict == "" {
			ids = append(ids, t.script.Scenario.ID)
			t.stop(errAway)
		}
	}
	const most = 3
	switch n := len(ids); {
	case n == 0:
		return "nothing"
	case n > most:
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:most], ", "), n-most)
	}
	return strings.Join(ids, ", ")
}

// fewAtATime is how many scenarios are played again side by side.
const fewAtATime = 4

// inTurns plays scenarios, those again that came to nothing by no fault of their own, and those that this happened to twice
// one by one.
func (r *run) inTurns(ctx context.Context, scripts []plan.Script, atATime int) {
	r.together(ctx, scripts, atATime)
	r.together(ctx, r.withdraw(ctx), min(atATime, fewAtATime))
	for _, script := range r.withdraw(ctx) {
		r.together(ctx, []plan.Script{script}, 1)
	}
}

// withdraw takes back scenarios that are to be played again, and returns them.
func (r *run) withdraw(ctx context.Context) []plan.Script {
	if ctx.Err() != nil {
		return nil
	}
	var again []plan.Script
	for _, t := range slices.Clone(r.takes) {
		why, doubtful := r.doubted(t)
		if !doubtful {
			continue
		}
		r.Progress.Withdrawn(t.script.Scenario.ID, t.ended.Verdict)
		r.note("info", "%s is played again: it ended %s, and meanwhile %s", t.script.Scenario.ID, t.ended.Verdict, why)
		if t.w != nil {
			t.w.Mute()
		}
		r.discard(t)
		again = append(again, t.script)
	}
	return again
}

// discard takes a scenario's outcome back.
func (r *run) discard(t *take) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.discarded = append(r.discarded, t)
	r.takes = slices.DeleteFunc(r.takes, func(other *take) bool { return other == t })
}

// doubted says why a scenario is to be played again: the acquirer went away meanwhile or was replaced, or the scenario did
// not pass while this machine was too busy to be a fair judge, or the acquirer's too busy to be fairly judged. The latter
// counts once.
func (r *run) doubted(t *take) (why string, doubtful bool) {
	id := t.script.Scenario.ID
	if t.struck != nil {
		return t.struck.why, r.strikes(id) < mostStrikes
	}
	late, starved := r.health.starved(t.began, t.over)
	if !starved || t.spoiled || r.replayed[id] || !t.doubtful() {
		return "", false
	}
	r.replayed[id] = true
	return late.String(), true
}

// strike counts what happened to the acquirer during a scenario.
func (r *run) strike(id string, b blow) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.struck[id] = append(r.struck[id], b)
}

// strikes is how often something happened.
func (r *run) strikes(id string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.struck[id])
}

// fells reports whether the acquirer went away each time that a scenario was played.
func (r *run) fells(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.struck[id]) >= mostStrikes && !slices.ContainsFunc(r.struck[id], func(b blow) bool { return !b.away })
}

// unsettled is what happened to the acquirer as a whole and stands between the run and a certificate.
func (r *run) unsettled() []string {
	list := r.economies()
	if r.Own {
		list = append(list, "features of your own were played instead of the suite")
	}
	if versions := r.health.versions(); len(versions) > 1 {
		list = append(list, fmt.Sprintf("the acquirer was redeployed in mid-run (versions %s): the verdicts are not about one version", strings.Join(versions, ", ")))
	}
	if n, together := r.health.absences(); n == 1 {
		list = append(list, fmt.Sprintf("the acquirer was away in mid-run, for %s", together.Round(100*time.Millisecond)))
	} else if n > 1 {
		list = append(list, fmt.Sprintf("the acquirer was away %d times in mid-run, for %s together", n, together.Round(100*time.Millisecond)))
	}
	for _, id := range slices.Sorted(maps.Keys(r.struck)) {
		if r.fells(id) {
			list = append(list, fmt.Sprintf("the acquirer went away each time that %s was played, the last time with nothing beside it", id))
		}
	}
	return list
}
