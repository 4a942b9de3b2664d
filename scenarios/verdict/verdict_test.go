package verdict_test

import (
	"slices"
	"strings"
	"testing"

	"mppsim/features"
	"mppsim/reports/journal"
	"mppsim/scenarios/verdict"
)

const book = `
catalogue: test
version: "1"
areas: { UPM: codes }
capabilities: { upm: codes, fx: exchange }
requirements:
- {id: ACQ-UPM-01, level: MUST, money: true, title: t, requirement: r, needs: [upm], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: both, source: [p], confidence: sdk}
- {id: ACQ-UPM-02, level: SHOULD, title: t, requirement: r, needs: [upm], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: aps, source: [p], confidence: sdk}
- {id: ACQ-UPM-03, level: MAY, title: t, requirement: r, needs: [], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: aps, source: [p], confidence: sdk}
- {id: ACQ-UPM-04, level: MUST, title: t, requirement: r, needs: [fx], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: both, source: [p], confidence: sdk}
- {id: ACQ-UPM-05, level: MUST, title: t, requirement: r, needs: [], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: ams, source: [p], confidence: sdk}
- {id: ACQ-UPM-06, level: MUST, attested: true, title: t, requirement: r, needs: [], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: both, source: [p], confidence: sdk}
`

func catalogue(t *testing.T) *features.Catalogue {
	t.Helper()
	c, err := features.Parse("book", []byte(book))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// all is every verdict that a part can carry, from good to bad as they count.
var all = []journal.Verdict{ //nolint:gochecknoglobals // a table
	journal.Pass, journal.NotRun, journal.NotReached, journal.Inconclusive, journal.HarnessError, journal.Fail,
}

func TestTheWorstCountsInEveryCombination(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for i, a := range all {
		for j, b := range all {
			t.Run(string(a)+" and "+string(b), func(t *testing.T) {
				t.Parallel()
				worst := all[max(i, j)]
				for level, id := range map[string]string{"MUST": "ACQ-UPM-01", "SHOULD": "ACQ-UPM-02", "MAY": "ACQ-UPM-03"} {
					want := worst
					if worst == journal.Fail {
						want = map[string]journal.Verdict{"MUST": journal.Fail, "SHOULD": journal.Warn, "MAY": journal.NoteVerdict}[level]
					}
					got := judged(t, c, id, verdict.Case{Parts: []verdict.Part{
						{Requirement: id, Scenario: "s/1", Verdict: a, Reason: "a"}, {Requirement: id, Scenario: "s/2", Verdict: b, Reason: "b"},
					}})
					if got.Verdict != want {
						t.Errorf("%s: %s, want %s", level, got.Verdict, want)
					}
					if want != journal.Pass && got.Reason == "" {
						t.Errorf("%s: %s without a reason", level, got.Verdict)
					}
				}
			})
		}
	}
}

func judged(t *testing.T, c *features.Catalogue, id string, with verdict.Case) journal.Requirement {
	t.Helper()
	with.Catalogue, with.Dialect, with.Capabilities = c, "aps", []string{"upm"}
	if with.Covers == nil {
		with.Covers = func(string) bool { return true }
	}
	for _, r := range verdict.Requirements(with) {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("%s got no verdict", id)
	return journal.Requirement{}
}

func TestRequirements(t *testing.T) {
	t.Parallel()
	pass := []verdict.Part{{Requirement: "ACQ-UPM-01", Scenario: "s/1", Verdict: journal.Pass}}
	fail := []verdict.Part{{Requirement: "ACQ-UPM-01", Scenario: "s/1", Verdict: journal.Fail, Reason: "paid twice"}}
	untested := []verdict.Part{
		{Requirement: "ACQ-UPM-01", Scenario: "s/2", Verdict: journal.NotTestable, Reason: "no verb"},
		{Requirement: "ACQ-UPM-02", Scenario: "s/2", Verdict: journal.NotTestable, Reason: "no verb"},
	}
	spared := []verdict.Part{{Requirement: "ACQ-UPM-01", Scenario: "s/3", Verdict: journal.NotApplicable, Reason: "no question"}}
	listed := func(k verdict.Known) map[string]verdict.Known { return map[string]verdict.Known{"ACQ-UPM-01": k} }
	tests := []struct {
		name   string
		id     string
		with   verdict.Case
		want   journal.Verdict
		reason string
	}{
		{"a capability that is not declared", "ACQ-UPM-04", verdict.Case{}, journal.NotApplicable, "fx"},
		{"another dialect", "ACQ-UPM-05", verdict.Case{}, journal.NotApplicable, "ams"},
		{"nothing judged it", "ACQ-UPM-01", verdict.Case{}, journal.NotRun, "nothing of this run"},
		{"the suite has nothing for it", "ACQ-UPM-01", verdict.Case{Covers: func(string) bool { return false }}, journal.NotRun, "not cover"},
		{"nobody has answered", "ACQ-UPM-06", verdict.Case{}, journal.Unattested, "person"},
		{"a person says yes", "ACQ-UPM-06", verdict.Case{Attested: map[string]verdict.Attestation{"ACQ-UPM-06": {Answer: true, Role: "cashier"}}}, journal.Attested, "cashier"},
		{"a person says no", "ACQ-UPM-06", verdict.Case{Attested: map[string]verdict.Attestation{"ACQ-UPM-06": {Role: "cashier"}}}, journal.Fail, "cashier"},
		{"a known failure", "ACQ-UPM-01", verdict.Case{Parts: fail, Known: listed(verdict.Known{Reason: "ticket", Link: "T-1"})}, journal.KnownFailing, "T-1"},
		{"a known failure whose time is over", "ACQ-UPM-01", verdict.Case{Parts: fail, Known: listed(verdict.Known{Expired: true})}, journal.Fail, "date passed"},
		{"a known failure that passes", "ACQ-UPM-01", verdict.Case{Parts: pass, Known: listed(verdict.Known{})}, journal.Fail, "take the entry out"},
		{"not testable", "ACQ-UPM-01", verdict.Case{Parts: untested}, journal.NotTestable, "no verb"},
		{"a SHOULD that is not testable", "ACQ-UPM-02", verdict.Case{Parts: untested}, journal.NotTestable, "no verb"},
		{"known to be not testable", "ACQ-UPM-01", verdict.Case{Parts: untested, Known: listed(verdict.Known{Reason: "ticket", Link: "T-1"})}, journal.KnownFailing, "T-1"},
		{"not testable, and wrong", "ACQ-UPM-01", verdict.Case{Parts: slices.Concat(fail, untested)}, journal.Fail, "paid twice"},
		{"not applicable beside a pass", "ACQ-UPM-01", verdict.Case{Parts: slices.Concat(pass, spared)}, journal.Pass, ""},
		{"not applicable throughout", "ACQ-UPM-01", verdict.Case{Parts: slices.Concat(spared, spared)}, journal.NotApplicable, "no question"},
		{"a pass", "ACQ-UPM-01", verdict.Case{Parts: pass}, journal.Pass, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := judged(t, catalogue(t), tt.id, tt.with)
			if got.Verdict != tt.want || !strings.Contains(got.Reason, tt.reason) {
				t.Errorf("%s (%s), want %s (…%s…)", got.Verdict, got.Reason, tt.want, tt.reason)
			}
		})
	}
}

func TestWatchedMessagesAreCounted(t *testing.T) {
	t.Parallel()
	got := judged(t, catalogue(t), "ACQ-UPM-01", verdict.Case{Parts: []verdict.Part{
		{Requirement: "ACQ-UPM-01", Scenario: "b/2", Verdict: journal.Pass},
		{Requirement: "ACQ-UPM-01", Scenario: "a/1", Verdict: journal.Pass},
		{Requirement: "ACQ-UPM-01", Scenario: "a/1", Verdict: journal.Pass, Watched: 3},
		{Requirement: "ACQ-UPM-01", Scenario: "c/3", Verdict: journal.Pass, Watched: 4},
	}})
	if got.Watched != 7 || strings.Join(got.Scenarios, " ") != "a/1 b/2" {
		t.Errorf("watched %d in %q", got.Watched, got.Scenarios)
	}
}

func requirements(verdicts ...journal.Verdict) []journal.Requirement {
	var list []journal.Requirement
	for _, v := range verdicts {
		list = append(list, journal.Requirement{ID: "ACQ-X-" + string(v), Verdict: v, Money: true})
	}
	return list
}

// moneyless makes them rules that protect no money.
func moneyless(list []journal.Requirement) []journal.Requirement {
	for i := range list {
		list[i].Money = false
	}
	return list
}

func TestSummarize(t *testing.T) {
	t.Parallel()
	whole := verdict.Run{Factor: 1}
	tests := []struct {
		name         string
		run          verdict.Run
		requirements []journal.Requirement
		scenarios    []journal.Verdict
		exit         int
		certificate  bool
		sentence     string
	}{
		{"all met", whole, requirements(journal.Pass, journal.Attested, journal.NotApplicable), nil, 0, true, "Conformant: all 2 applicable"},
		{"a warning", whole, requirements(journal.Pass, journal.Warn), nil, 0, true, "1 with a warning"},
		{"a note", whole, requirements(journal.Pass, journal.NoteVerdict), nil, 0, true, "Conformant"},
		{"uncovered", whole, requirements(journal.Pass, journal.NotRun), nil, 0, false, "Conformant for what was run, no certificate"},
		{"unattested", whole, requirements(journal.Pass, journal.Unattested), nil, 0, false, "no certificate"},
		{"known failing", whole, requirements(journal.Pass, journal.KnownFailing), nil, 0, false, "no certificate"},
		{"shortened timers", verdict.Run{Factor: 0.05}, requirements(journal.Pass), nil, 0, false, "no certificate"},
		{"a selection", verdict.Run{Factor: 1, Subset: true}, requirements(journal.Pass), nil, 0, false, "no certificate"},
		{"a certificate was asked for", verdict.Run{Factor: 0.05, Certificate: true}, requirements(journal.Pass), nil, 4, false, "certificate is not possible"},
		{"a certificate is given", verdict.Run{Factor: 1, Certificate: true}, requirements(journal.Pass), nil, 0, true, "Conformant: the one applicable requirement is met."},
		{"a failure", whole, requirements(journal.Pass, journal.Fail), nil, 1, false, "Not conformant: 1 binding requirement failed; it can lose, duplicate or misplace money."},
		{"a failure without money", whole, moneyless(requirements(journal.Fail)), nil, 1, false, "Not conformant: 1 binding requirement failed."},
		{"failures", whole, requirements(journal.Fail, journal.Fail), nil, 1, false, "Not conformant: 2 binding requirements failed; all of them can lose, duplicate or misplace money."},
		{"failures, one with money", whole, append(requirements(journal.Fail), moneyless(requirements(journal.Fail))...), nil, 1, false, "2 binding requirements failed; 1 of them can lose,"},
		{"not testable", whole, requirements(journal.NotTestable), nil, 1, false, "Not conformant: 1 requirement could not be tested, although the capability is declared."},
		{"several not testable", whole, requirements(journal.NotTestable, journal.NotTestable), nil, 1, false, "2 requirements could not be tested, although the capabilities are declared."},
		{"a failure beside what is not testable", whole, requirements(journal.Fail, journal.NotTestable), nil, 1, false, "1 binding requirement failed; it can lose, duplicate or misplace money; 1 more could not be tested."},
		{"one met of a selection", verdict.Run{Factor: 1, Subset: true}, requirements(journal.Pass), nil, 0, false, "no certificate: 1 requirement is met."},
		{"a failure beside something undecided", whole, requirements(journal.Fail, journal.Inconclusive), nil, 1, false, "Not conformant"},
		{"undecided", whole, requirements(journal.Pass, journal.Inconclusive), nil, 4, false, "Undecided: 1 requirement could not be judged"},
		{"not reached", whole, requirements(journal.NotReached, journal.NotReached), nil, 4, false, "Undecided: 2 requirements"},
		{"an undecided scenario alone", whole, requirements(journal.Pass), []journal.Verdict{journal.Inconclusive}, 4, false, "1 scenario came to no result"},
		{"the acquirer died", verdict.Run{Factor: 1, Gone: true}, requirements(journal.Pass, journal.Inconclusive), nil, 4, false, "went away"},
		{"it was redeployed", verdict.Run{Factor: 1, Reservations: []string{"two versions"}}, requirements(journal.Pass), nil, 0, false, "no certificate"},
		{"it was redeployed before a certificate", verdict.Run{Factor: 1, Certificate: true, Reservations: []string{"two versions"}}, requirements(journal.Pass), nil, 4, false, "not possible: two versions"},
		{"our own error", whole, requirements(journal.HarnessError, journal.Fail), nil, 5, false, "the test system itself failed"},
		{"our own error with a reason", verdict.Run{Factor: 1, OwnFault: "disk full"}, requirements(journal.Pass), nil, 5, false, "disk full"},
		{"a scenario that broke down", whole, requirements(journal.Pass), []journal.Verdict{journal.HarnessError}, 5, false, "itself failed"},
		{"interrupted", verdict.Run{Factor: 1, Interrupted: true}, requirements(journal.Fail, journal.Pass), nil, 130, false, "interrupted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := verdict.Summarize(tt.run, tt.requirements, tt.scenarios)
			if s.Exit != tt.exit || s.Certificate != tt.certificate || !strings.Contains(s.Verdict, tt.sentence) {
				t.Errorf("exit %d, certificate %t, %q; want %d, %t, …%s…", s.Exit, s.Certificate, s.Verdict, tt.exit, tt.certificate, tt.sentence)
			}
			if s.Exit == 0 && !s.Certificate && len(s.Reservations) == 0 {
				t.Error("no certificate, and no reservation says why")
			}
		})
	}
}

func TestWeigh(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for id, want := range map[string]journal.Verdict{
		"ACQ-UPM-01": journal.Fail, "ACQ-UPM-02": journal.Warn, "ACQ-UPM-03": journal.NoteVerdict, "ACQ-ZZZ-01": journal.Inconclusive,
	} {
		if got := verdict.Weigh(c, id); got != want {
			t.Errorf("%s weighs %s, want %s", id, got, want)
		}
	}
}
