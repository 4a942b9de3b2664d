package scenarios

import (
	"cmp"
	"fmt"
	"slices"

	"mppsim/reports/journal"
	"mppsim/scenarios/check"
	"mppsim/scenarios/verdict"
	"mppsim/scenarios/world"
)

// parts collects what every scenario and check says about every requirement.
func (r *run) parts() []verdict.Part {
	var parts []verdict.Part
	notJudged := map[string]string{}
	for _, t := range r.takes {
		parts = append(parts, r.ofSteps(t)...)
		for _, w := range t.watched {
			parts = appendWatched(parts, notJudged, t.script.Scenario.ID, w)
		}
	}
	parts = r.runChecks(parts, notJudged)
	return r.stimuli(parts, notJudged)
}

// ofSteps is what the steps of a scenario say. Those that nobody wrote say nothing by having been played.
func (r *run) ofSteps(t *take) []verdict.Part {
	parts := t.parts(r.needs)
	if r.Random && t.out.verdict == journal.Pass {
		parts = slices.DeleteFunc(parts, func(p verdict.Part) bool { return p.Verdict != journal.Fail })
	}
	return parts
}

// parts is what the steps of one scenario say. What is not testable counts against the requirements that need the
// capability; others of the scenario were just not run.
func (t *take) parts(needs func(requirement, capability string) bool) []verdict.Part {
	var parts []verdict.Part
	accused := map[string]bool{}
	id := t.script.Scenario.ID
	for _, f := range t.findings() {
		accused[f.Requirement] = true
		parts = append(parts, verdict.Part{Requirement: f.Requirement, Scenario: id, Verdict: journal.Fail, Reason: f.Seen})
	}
	for _, requirement := range t.script.Scenario.Requirements {
		if accused[requirement] {
			continue
		}
		p := verdict.Part{Requirement: requirement, Scenario: id, Verdict: t.out.verdict, Reason: t.out.reason}
		switch {
		case t.out.verdict == journal.Fail:
			p.Verdict, p.Reason = journal.NotReached, "the scenario failed first: "+t.out.reason
		case t.out.verdict == journal.NotTestable && !needs(requirement, t.out.untested):
			p.Verdict = journal.NotRun
		}
		parts = append(parts, p)
	}
	return parts
}

// appendWatched adds what a watched check saw without a finding; its findings are among the scenario's.
func appendWatched(parts []verdict.Part, notJudged map[string]string, scenario string, w watched) []verdict.Part {
	if w.result.NotJudged != "" {
		notJudged[w.requirement] = w.result.NotJudged
	}
	if w.result.Judged == 0 || len(w.result.Findings) > 0 {
		return parts
	}
	return append(parts, verdict.Part{Requirement: w.requirement, Scenario: scenario, Verdict: journal.Pass, Watched: w.result.Judged})
}

// runChecks applies the checks over all scenarios together.
func (r *run) runChecks(parts []verdict.Part, notJudged map[string]string) []verdict.Part {
	scenes := r.scenes()
	for _, w := range r.RunWatches {
		if !r.applies(w.Requirement) {
			continue
		}
		var result check.Result
		err := world.Safely(func() error {
			result = name(w.Judge(scenes), w.Name)
			return nil
		})
		if err != nil {
			r.blame(fmt.Errorf("check %q: %w", w.Name, err))
		}
		for _, f := range result.Findings {
			r.write(journal.Entry{Finding: &f})
			parts = append(parts, verdict.Part{Requirement: f.Requirement, Verdict: journal.Fail, Reason: f.Seen, Watched: result.Judged})
		}
		parts = appendWatched(parts, notJudged, "", watched{w.Requirement, result})
	}
	return parts
}

// stimuli adds what keeps a requirement from a pass although nothing was seen to be wrong: its own scenarios were not
// among those that ran, or its check could judge nothing.
func (r *run) stimuli(parts []verdict.Part, notJudged map[string]string) []verdict.Part {
	ran := map[string]bool{}
	for _, t := range r.takes {
		for _, id := range t.script.Scenario.Requirements {
			ran[id] = true
		}
	}
	watchedOnly := map[string]bool{}
	for _, p := range parts {
		watchedOnly[p.Requirement] = true
	}
	for id := range r.coverage.ByRule {
		if watchedOnly[id] && !ran[id] {
			parts = append(parts, verdict.Part{Requirement: id, Verdict: journal.NotRun, Reason: "its own scenarios were not run; nothing wrong was seen in passing"})
		}
	}
	for id, why := range notJudged {
		if !watchedOnly[id] {
			parts = append(parts, verdict.Part{Requirement: id, Verdict: journal.NotRun, Reason: why})
		}
	}
	slices.SortStableFunc(parts, func(a, b verdict.Part) int { return compare(a.Scenario, b.Scenario) })
	return parts
}

func compare(a, b string) int { return cmp.Compare(a, b) }
