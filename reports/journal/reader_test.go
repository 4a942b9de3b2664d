package journal_test

import (
	"strings"
	"testing"
	"time"

	"mppsim/reports/journal"
	"mppsim/wallet/trace"
)

func sample() []journal.Entry {
	began := at().Now()
	return []journal.Entry{
		{Run: &journal.Run{ID: "r1"}},
		{Planned: &journal.Scenario{ID: "a"}},
		{Planned: &journal.Scenario{ID: "b"}},
		{Scenario: "a", Started: &journal.Started{Timeline: "t1"}},
		{Scenario: "a", Step: &journal.Step{Text: "s", Status: "passed"}},
		{Scenario: "a", Exchange: &trace.Exchange{ID: "x2", Seq: 1, Received: began.Add(2)}},
		{Scenario: "a", Exchange: &trace.Exchange{ID: "x1", Seq: 2, Received: began.Add(1)}},
		{Scenario: "a", Call: &journal.Call{ID: "c2", Started: began.Add(2)}},
		{Scenario: "a", Call: &journal.Call{ID: "c1", Started: began.Add(1)}},
		{Scenario: "a", Wait: &journal.Wait{For: "w"}},
		{Scenario: "a", Money: &journal.Money{Kind: "payment"}},
		{Scenario: "a", Fault: &journal.Fault{ID: "f"}},
		{Scenario: "a", Finding: &journal.Finding{Requirement: "ACQ-SIG-01"}},
		{Scenario: "a", Note: &journal.Note{Text: "n"}},
		{Scenario: "a", Ended: &journal.Ended{Verdict: journal.Fail}, At: began.Add(time.Minute)},
		{Exchange: &trace.Exchange{ID: "x3"}},
		{Stray: &journal.Stray{Exchange: "x3"}},
		{Verdict: &journal.Requirement{ID: "ACQ-SIG-01", Verdict: journal.Fail}},
	}
}

func read(t *testing.T, text string) *journal.Model {
	t.Helper()
	m, err := journal.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestReadGivesEachScenarioItsOwn(t *testing.T) {
	t.Parallel()
	m := read(t, write(t, nil, append(sample(), journal.Entry{Summary: &journal.Summary{Exit: 1, Verdict: "no"}})...))
	a := m.Record("a")
	if a == nil || len(a.Steps) != 1 || len(a.Waits) != 1 || len(a.Money) != 1 || len(a.Faults) != 1 || len(a.Findings) != 1 {
		t.Fatalf("record %+v", a)
	}
	if a.Exchanges[0].ID != "x1" || a.Calls[0].ID != "c1" {
		t.Errorf("exchanges begin with %s and calls with %s, want the order of time", a.Exchanges[0].ID, a.Calls[0].ID)
	}
	if a.Ended.Verdict != journal.Fail || m.Record("b").Ended.Verdict != journal.NotRun {
		t.Errorf("verdicts %q and %q", a.Ended.Verdict, m.Record("b").Ended.Verdict)
	}
	if m.Owner("x1") != "a" || m.Owner("x3") != "" || m.Exchange("x3") == nil || m.Call("c2") == nil {
		t.Error("exchanges and calls are not found by id")
	}
	if len(m.Strays) != 1 || len(m.Notes) != 1 || m.Notes[0].Scenario != "a" || m.Requirement("ACQ-SIG-01") == nil {
		t.Errorf("strays %v, notes %v", m.Strays, m.Notes)
	}
	if !m.Complete || m.Torn || m.Summary.Verdict != "no" || m.Ended.Sub(m.Began) != time.Minute {
		t.Errorf("model %+v", m)
	}
}

func TestReadOfARunThatWasKilled(t *testing.T) {
	t.Parallel()
	whole := write(t, nil, sample()...)
	m := read(t, whole+`{"seq":19,"kind":"summ`)
	if !m.Torn || m.Complete || m.Summary.Exit != 130 || !m.Summary.Interrupted {
		t.Errorf("model of a torn journal: %+v", m.Summary)
	}
	if want := "No verdict: the run broke off after 1 of 2 scenarios."; m.Summary.Verdict != want {
		t.Errorf("verdict %q, want %q", m.Summary.Verdict, want)
	}
	if m = read(t, strings.TrimSuffix(whole, "\n")); m.Torn {
		t.Error("a whole last line without line feed counts as torn")
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"damage in the middle":    {`{"seq":1,"kind":"run","run":{}}` + "\nxx\n" + `{"seq":3}`, "line 2"},
		"nothing at all":          {"", "journal is empty"},
		"no head":                 {`{"seq":1,"kind":"note","note":{}}` + "\n", `begins with its run, not with "note"`},
		"scenario never planned":  {`{"seq":1,"kind":"run","run":{}}` + "\n" + `{"seq":2,"scenario":"z","kind":"step","step":{}}` + "\n", `"z" was not planned`},
		"amount without currency": {`{"seq":1,"kind":"run","run":{}}` + "\n" + `{"seq":2,"kind":"money","money":{"amount":{"value":"x"}}}` + "\n", "line 2"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := journal.Read(strings.NewReader(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestReadFileNamesTheFile(t *testing.T) {
	t.Parallel()
	if _, err := journal.ReadFile("nowhere/journal.jsonl"); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("error %v", err)
	}
}
