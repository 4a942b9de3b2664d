package check

import (
	"fmt"
	"slices"

	"mppsim/reports/journal"
)

// maxEvidence bounds the exchanges that a finding points at; the first one is the decisive one.
const maxEvidence = 5

// tally gathers what one check sees in one scene.
type tally struct {
	judged, wrong int
	first         string
	exchanges     []string
	calls         []string
	detail        string
	notJudged     string
}

// ok counts something that was judged and found right.
func (t *tally) ok() { t.judged++ }

// bad counts something that was judged and found wrong; seen says what, with values.
func (t *tally) bad(seen string, exchanges ...string) {
	t.judged++
	t.wrong++
	if t.first == "" {
		t.first = seen
	}
	for _, id := range exchanges {
		if len(t.exchanges) < maxEvidence && id != "" && !slices.Contains(t.exchanges, id) {
			t.exchanges = append(t.exchanges, id)
		}
	}
}

// call adds a call of the merchant API to the evidence.
func (t *tally) call(id string) {
	if len(t.calls) < maxEvidence && id != "" && !slices.Contains(t.calls, id) {
		t.calls = append(t.calls, id)
	}
}

func (t *tally) result(requirement, name, expected string) Result {
	r := Result{Judged: t.judged, NotJudged: t.notJudged}
	if t.wrong == 0 {
		return r
	}
	seen := t.first
	if t.wrong > 1 {
		seen = fmt.Sprintf("%s (the first of %d in %d judged)", seen, t.wrong, t.judged)
	}
	r.Findings = []journal.Finding{{
		Requirement: requirement, Check: name, Expected: expected, Seen: seen,
		Exchanges: t.exchanges, Calls: t.calls, Detail: t.detail,
	}}
	return r
}

// inStoreUnjudged says why a scene with messages in the other dialect accuses nobody: without them it is not whole.
const inStoreUnjudged = "messages went through the in-store door of Antom (dialect ams), which the checks do not judge"

// rule is a check in the making: where it applies and what it looks for.
type rule struct {
	requirement, name, expected string
	// yields names requirements whose own scenarios judge the same mistake better.
	yields []string
	look   func(t *traffic, seen *tally)
}

func (r rule) watch() Watch {
	judge := func(s Scene) Result {
		t := s.traffic
		if t == nil {
			t = read(&s)
		}
		if t.inStore {
			return Result{NotJudged: inStoreUnjudged}
		}
		if t.judges(r.yields...) {
			return Result{}
		}
		var seen tally
		r.look(t, &seen)
		return seen.result(r.requirement, r.name, r.expected)
	}
	return Watch{Requirement: r.requirement, Name: r.name, Judge: judge}
}

// verdict is what a rule over single messages says of one of them.
type verdict struct {
	judged bool
	wrong  string // empty: right
	detail string
}

func skipped() verdict          { return verdict{} }
func right() verdict            { return verdict{judged: true} }
func wrong(seen string) verdict { return verdict{judged: true, wrong: seen} }

// unless is right without a complaint, and wrong with one.
func unless(complaint string) verdict { return verdict{judged: true, wrong: complaint} }

// each applies a look at single calls of the acquirer.
func each(look func(t *traffic, m message) verdict) func(*traffic, *tally) {
	return func(t *traffic, seen *tally) {
		for _, m := range t.calls {
			seen.add(m, look(t, m))
		}
	}
}

func (t *tally) add(m message, v verdict) {
	switch {
	case !v.judged:
	case v.wrong == "":
		t.ok()
	default:
		t.bad(v.wrong, m.ID)
		if t.detail == "" {
			t.detail = v.detail
		}
	}
}
