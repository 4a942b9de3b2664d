// Package digest puts a run in the order in which people ask about it: did it pass, what failed, is
// money at risk, what is open, what was not run. Every report format is written from it, so that all say
// the same.
package digest

import (
	"cmp"
	"slices"

	"mppsim/reports/journal"
)

// Digest is a run in the order of the questions.
type Digest struct {
	Model    *journal.Model
	Outcome  Outcome
	Failures []Case  // MUST failed, or not testable; money first
	Warnings []Case  // SHOULD not met, then MAY not met
	Open     []Case  // no verdict: inconclusive, not reached, harness error
	Known    []Case  // failed, and listed as known
	NotRun   []Group // not applicable, not selected, not covered, not attested
	Money    Money
	Areas    []Area
}

// Case is a requirement with what was found about it.
type Case struct {
	Requirement journal.Requirement
	Findings    []Found
	Blocks      []string // ids of the scenarios that were not reached because of it
}

// Found is a finding with the scenario that it was made in; Record is nil if a check over the whole
// run made it.
type Found struct {
	journal.Finding
	Record *journal.Record
}

// Group is the requirements that were not run for one reason.
type Group struct {
	Verdict      journal.Verdict
	Reason       string
	Requirements []journal.Requirement
}

// Area is the requirements of one area with their verdicts counted.
type Area struct {
	ID, Title    string
	Requirements []journal.Requirement
	Counts       []Count
}

// Count is how often a verdict occurs.
type Count struct {
	Verdict journal.Verdict
	N       int
}

// Money says what the run knows about the rules that protect money.
type Money struct {
	Rules  int // all that apply or might apply: everything but "not applicable"
	Passed int
	Failed []journal.Requirement // MUST or SHOULD
	Open   int                   // without a verdict
	NotRun int
}

// New digests a model.
func New(m *journal.Model) *Digest {
	d := &Digest{Model: m, Outcome: outcomeOf(m.Summary)}
	for _, c := range cases(m) {
		d.sort(c)
	}
	for _, list := range [][]Case{d.Failures, d.Warnings, d.Open, d.Known} {
		slices.SortStableFunc(list, byWeight)
	}
	d.NotRun = groups(m.Requirements)
	d.Money = moneyOf(m.Requirements)
	d.Areas = areas(m.Requirements)
	return d
}

// sort files a case under its question. A finding about a requirement that has no failing verdict (the
// run broke off, or the evidence was not good enough) is open, never hidden.
func (d *Digest) sort(c Case) {
	switch ToneOf(c.Requirement.Verdict) {
	case Bad:
		d.Failures = append(d.Failures, c)
	case Caution:
		if c.Requirement.Verdict == journal.KnownFailing {
			d.Known = append(d.Known, c)
			return
		}
		d.Warnings = append(d.Warnings, c)
	case Unclear:
		d.Open = append(d.Open, c)
	default:
		if len(c.Findings) > 0 {
			d.Open = append(d.Open, c)
		}
	}
}

// cases pairs each requirement with its findings, in the order of the catalogue.
func cases(m *journal.Model) []Case {
	found, blocks := findings(m), blocked(m)
	var all []Case
	for _, r := range m.Requirements {
		all = append(all, Case{r, found[r.ID], blocks[r.ID]})
		delete(found, r.ID)
	}
	for _, id := range sortedKeys(found) { // the run broke off before its verdicts
		unjudged := journal.Requirement{ID: id, Verdict: journal.NotRun, Reason: "the run broke off before this was judged"}
		all = append(all, Case{unjudged, found[id], blocks[id]})
	}
	return all
}

// Leading parts the findings of a case into those to tell in full, at most limit, and the rest. Each
// check is heard before any check is heard twice.
func (c Case) Leading(limit int) (leading, rest []Found) {
	heard := map[string]bool{}
	var again []Found
	for _, f := range c.Findings {
		if heard[f.Check] {
			again = append(again, f)
			continue
		}
		heard[f.Check] = true
		leading = append(leading, f)
	}
	all := slices.Concat(leading, again)
	n := min(limit, len(all))
	return all[:n], all[n:]
}

func findings(m *journal.Model) map[string][]Found {
	found := map[string][]Found{}
	for _, r := range m.Scenarios {
		for _, f := range r.Findings {
			found[f.Requirement] = append(found[f.Requirement], Found{f, r})
		}
	}
	for _, f := range m.Findings {
		found[f.Requirement] = append(found[f.Requirement], Found{Finding: f})
	}
	return found
}

// blocked lists, per requirement that failed first, the scenarios that could not be reached.
func blocked(m *journal.Model) map[string][]string {
	blocks := map[string][]string{}
	for _, r := range m.Scenarios {
		if id := r.Ended.Blames; id != "" {
			blocks[id] = append(blocks[id], r.Scenario.ID)
		}
	}
	return blocks
}

// byWeight puts MUST before SHOULD before MAY, and money first among each.
func byWeight(a, b Case) int {
	return cmp.Or(
		cmp.Compare(weight(a), weight(b)),
		cmp.Compare(a.Requirement.ID, b.Requirement.ID),
	)
}

func weight(c Case) int {
	w := map[string]int{"MUST": 0, "SHOULD": 2, "MAY": 4}[c.Requirement.Level]
	if !c.Requirement.Money {
		w++
	}
	return w
}

// groups collects what was not run by verdict and reason: what might still be run first, and of each
// verdict the largest first.
func groups(all []journal.Requirement) []Group {
	var list []Group
	for _, r := range all {
		if ToneOf(r.Verdict) != Idle {
			continue
		}
		i := slices.IndexFunc(list, func(g Group) bool { return g.Verdict == r.Verdict && g.Reason == r.Reason })
		if i < 0 {
			i = len(list)
			list = append(list, Group{Verdict: r.Verdict, Reason: r.Reason})
		}
		list[i].Requirements = append(list[i].Requirements, r)
	}
	slices.SortStableFunc(list, func(a, b Group) int {
		return cmp.Or(cmp.Compare(order(a.Verdict), order(b.Verdict)), len(b.Requirements)-len(a.Requirements))
	})
	return list
}

func order(v journal.Verdict) int {
	return slices.Index([]journal.Verdict{journal.NotRun, journal.Unattested, journal.NotApplicable}, v)
}

// Unjudged counts the requirements that were not run, by verdict.
func (d *Digest) Unjudged() []Count {
	var list []Count
	for _, g := range d.NotRun {
		if n := len(list); n == 0 || list[n-1].Verdict != g.Verdict {
			list = append(list, Count{Verdict: g.Verdict})
		}
		list[len(list)-1].N += len(g.Requirements)
	}
	return list
}

func moneyOf(all []journal.Requirement) Money {
	var m Money
	for _, r := range all {
		if !r.Money || r.Verdict == journal.NotApplicable {
			continue
		}
		m.Rules++
		switch ToneOf(r.Verdict) {
		case Good:
			m.Passed++
		case Bad, Caution:
			m.Failed = append(m.Failed, r)
		case Unclear:
			m.Open++
		case Idle:
			m.NotRun++
		}
	}
	return m
}

// areas groups requirements by area in the order of the catalogue.
func areas(all []journal.Requirement) []Area {
	var list []Area
	for _, r := range all {
		i := slices.IndexFunc(list, func(a Area) bool { return a.ID == r.Area })
		if i < 0 {
			i = len(list)
			list = append(list, Area{ID: r.Area, Title: r.AreaTitle})
		}
		list[i].Requirements = append(list[i].Requirements, r)
	}
	for i := range list {
		list[i].Counts = count(list[i].Requirements)
	}
	return list
}

func count(list []journal.Requirement) []Count {
	n := map[journal.Verdict]int{}
	for _, r := range list {
		n[r.Verdict]++
	}
	return Counts(n)
}

// Counts orders counted verdicts by how much they need attention; verdicts that do not occur are left out.
func Counts(n map[journal.Verdict]int) []Count {
	var list []Count
	for _, v := range Verdicts() {
		if n[v] > 0 {
			list = append(list, Count{v, n[v]})
		}
	}
	return list
}

func sortedKeys(m map[string][]Found) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
