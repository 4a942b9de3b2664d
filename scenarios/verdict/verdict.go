// Package verdict turns what single scenarios and checks have said into verdicts on requirements, and
// these into the run's exit code and its one sentence. It decides by the rules of the requirements page:
// the worst counts, nothing that was not run counts as passed, and an accusation needs evidence.
package verdict

import (
	"slices"

	"mppsim/features"
	"mppsim/reports/journal"
)

// Part is what one scenario, or one watched check over the whole run, says about one requirement.
type Part struct {
	Requirement string
	Scenario    string // empty for a check over the run
	Verdict     journal.Verdict
	Reason      string // for everything but pass
	Watched     int    // messages that a watched check judged
}

// Attestation is a person's answer.
type Attestation struct {
	Answer   bool
	Role     string
	Time     string
	Evidence string
}

// Known is a failure that is known and accepted for a while.
type Known struct {
	Reason  string
	Link    string
	Expired bool
}

// Case is everything that the verdicts follow from.
type Case struct {
	Catalogue    *features.Catalogue
	Dialect      string
	Capabilities []string
	Parts        []Part
	Covers       func(id string) bool // the suite can judge it
	Attested     map[string]Attestation
	Known        map[string]Known
}

// Requirements gives every entry of the catalogue its verdict, in the catalogue's order.
func Requirements(c Case) []journal.Requirement {
	parts := map[string][]Part{}
	for _, p := range c.Parts {
		parts[p.Requirement] = append(parts[p.Requirement], p)
	}
	out := make([]journal.Requirement, 0, len(c.Catalogue.Requirements))
	for _, r := range c.Catalogue.Requirements {
		v := journal.Requirement{
			ID: r.ID, Area: r.Area(), AreaTitle: c.Catalogue.Areas[r.Area()], Level: string(r.Level), Money: r.Money,
			Title: r.Title, Requirement: r.Requirement, Needs: r.Needs, Source: r.Source, Confidence: r.Confidence,
		}
		c.judge(&v, r, parts[r.ID])
		out = append(out, v)
	}
	return out
}

// judge decides one requirement.
func (c Case) judge(v *journal.Requirement, r features.Requirement, parts []Part) {
	missing := r.Missing(c.Capabilities)
	switch {
	case !r.Speaks(c.Dialect):
		v.Verdict, v.Reason = journal.NotApplicable, "it is about the dialect "+r.Dialect
	case len(missing) > 0:
		v.Verdict, v.Reason = journal.NotApplicable, "the profile does not declare "+join(missing)
	case r.Attested:
		c.attested(v)
	case len(parts) == 0 && !c.Covers(r.ID):
		v.Verdict, v.Reason = journal.NotRun, "the suite does not cover it yet"
	case len(parts) == 0:
		v.Verdict, v.Reason = journal.NotRun, "nothing of this run judged it"
	default:
		v.Verdict, v.Reason = Worst(parts)
		list(v, parts)
		v.Verdict = weigh(v.Verdict, r.Level)
		c.excuse(v)
	}
}

// attested takes a person's answer.
func (c Case) attested(v *journal.Requirement) {
	a, answered := c.Attested[v.ID]
	switch {
	case !answered:
		v.Verdict, v.Reason = journal.Unattested, "a person has to answer it in the profile (attestations)"
	case a.Answer:
		v.Verdict, v.Reason = journal.Attested, "yes, says "+a.Role+" ("+a.Time+"; "+a.Evidence+")"
	default:
		v.Verdict, v.Reason = weigh(journal.Fail, features.Level(v.Level)), "no, says "+a.Role+" ("+a.Time+"; "+a.Evidence+")"
	}
}

// list names the scenarios that judged it and counts what was watched.
func list(v *journal.Requirement, parts []Part) {
	for _, p := range parts {
		v.Watched += p.Watched
		if p.Scenario != "" && p.Watched == 0 && !slices.Contains(v.Scenarios, p.Scenario) {
			v.Scenarios = append(v.Scenarios, p.Scenario)
		}
	}
	slices.Sort(v.Scenarios)
}

// excuse applies the list of known failures; an entry that is out of date does not excuse anything.
func (c Case) excuse(v *journal.Requirement) {
	known, listed := c.Known[v.ID]
	switch {
	case !listed:
	case known.Expired && counts(v.Verdict):
		v.Reason += "; it was a known failure until its date passed"
	case counts(v.Verdict):
		v.Verdict, v.Reason = journal.KnownFailing, known.Reason+" ("+known.Link+"): "+v.Reason
	case v.Verdict == journal.Pass:
		v.Verdict, v.Reason = journal.Fail, "it passes, but the profile still lists it under known_failing: take the entry out"
	}
}

// counts reports whether a verdict counts as a failure.
func counts(v journal.Verdict) bool { return v == journal.Fail || v == journal.NotTestable }

// Worst picks the verdict that counts: fail, harness error, inconclusive, not run, warn, note, pass. What does not apply
// counts only if nothing does.
func Worst(parts []Part) (journal.Verdict, string) {
	worst := Part{Verdict: journal.Pass}
	for _, p := range parts {
		if p.Verdict == journal.NotApplicable && slices.ContainsFunc(parts, applies) {
			continue
		}
		if rank(p.Verdict) > rank(worst.Verdict) {
			worst = p
		}
	}
	return worst.Verdict, worst.Reason
}

func applies(p Part) bool { return p.Verdict != journal.NotApplicable }

// rank orders verdicts from good to bad.
func rank(v journal.Verdict) int {
	order := []journal.Verdict{
		journal.Pass, journal.Attested, journal.NoteVerdict, journal.Warn, journal.NotApplicable, journal.Unattested,
		journal.NotRun, journal.KnownFailing, journal.NotReached, journal.Inconclusive, journal.HarnessError, journal.NotTestable, journal.Fail,
	}
	return slices.Index(order, v)
}

// weigh gives a failure the weight of its requirement's level.
func weigh(v journal.Verdict, level features.Level) journal.Verdict {
	if v != journal.Fail {
		return v
	}
	switch level {
	case features.Should:
		return journal.Warn
	case features.May:
		return journal.NoteVerdict
	case features.Must:
	}
	return v
}

// Weigh is the weight of a finding against a requirement of the catalogue: fail, warn or note.
func Weigh(c *features.Catalogue, requirement string) journal.Verdict {
	r, known := c.Find(requirement)
	if !known {
		return journal.Inconclusive
	}
	return weigh(journal.Fail, r.Level)
}
