package junit_test

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"mppsim/reports/digest"
	"mppsim/reports/example"
	"mppsim/reports/internal/golden"
	"mppsim/reports/journal"
	"mppsim/reports/junit"
)

func render(t *testing.T, m *journal.Model) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := junit.Write(&out, digest.New(m)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func model(t *testing.T, run example.Run) *journal.Model {
	t.Helper()
	m, err := example.Model(run, time.Unix(1_600_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// report is a JUnit file as a build server reads it.
type report struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
	Cases    []struct {
		Name    string     `xml:"name,attr"`
		Failure []struct{} `xml:"failure"`
		Error   []struct{} `xml:"error"`
		Skipped []struct{} `xml:"skipped"`
	} `xml:"testsuite>testcase"`
}

func parse(t *testing.T, text []byte) report {
	t.Helper()
	var r report
	if err := xml.Unmarshal(text, &r); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return r
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	for _, run := range example.Runs() {
		t.Run(string(run), func(t *testing.T) {
			t.Parallel()
			golden.Check(t, string(run)+".xml", render(t, model(t, run)))
		})
	}
}

func TestCountsAgreeWithCasesAndExitCode(t *testing.T) {
	t.Parallel()
	for _, run := range example.Runs() {
		t.Run(string(run), func(t *testing.T) {
			t.Parallel()
			m := model(t, run)
			r := parse(t, render(t, m))
			var failures, errs, skipped int
			for _, c := range r.Cases {
				if n := len(c.Failure) + len(c.Error) + len(c.Skipped); n > 1 {
					t.Errorf("%s has %d outcomes", c.Name, n)
				}
				failures, errs, skipped = failures+len(c.Failure), errs+len(c.Error), skipped+len(c.Skipped)
			}
			if r.Tests != len(r.Cases) || r.Failures != failures || r.Errors != errs || r.Skipped != skipped {
				t.Errorf("the file says %+v, its cases %d, %d, %d, %d", r, len(r.Cases), failures, errs, skipped)
			}
			if green := r.Failures+r.Errors == 0; green != (m.Summary.Exit == 0) {
				t.Errorf("exit code %d with %d failures and %d errors", m.Summary.Exit, r.Failures, r.Errors)
			}
			if red := r.Failures > 0; red != (m.Summary.Exit == 1) {
				t.Errorf("exit code %d with %d failures", m.Summary.Exit, r.Failures)
			}
		})
	}
}

// single is a run of one scenario with a verdict and an exit code.
func single(t *testing.T, v journal.Verdict, exit int) *journal.Model {
	t.Helper()
	m := journal.NewModel()
	for _, e := range []journal.Entry{
		{Run: &journal.Run{Acquirer: "A\x00B"}},
		{Planned: &journal.Scenario{ID: "s", Feature: "F\x1b", Rule: "R", Name: "<&\"\xff"}},
		{Scenario: "s", Ended: &journal.Ended{Verdict: v, Reason: "because ]]> \x07"}},
		{Summary: &journal.Summary{Exit: exit, Verdict: "sentence"}},
	} {
		if err := m.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	m.Finish()
	return m
}

func TestVerdictsOfAScenario(t *testing.T) {
	t.Parallel()
	tests := []struct {
		verdict journal.Verdict
		exit    int
		want    string
	}{
		{journal.Pass, 0, ""},
		{journal.Attested, 0, ""},
		{journal.Warn, 0, ""},
		{journal.NoteVerdict, 0, ""},
		{journal.Fail, 1, "failure"},
		{journal.NotTestable, 1, "failure"},
		{journal.Inconclusive, 4, "error"},
		{journal.NotReached, 1, "error"},
		{journal.HarnessError, 5, "error"},
		{journal.Inconclusive, 0, "skipped"},
		{journal.NotRun, 0, "skipped"},
		{journal.NotApplicable, 0, "skipped"},
		{journal.Unattested, 0, "skipped"},
		{journal.KnownFailing, 0, "skipped"},
	}
	for _, tt := range tests {
		t.Run(string(tt.verdict), func(t *testing.T) {
			t.Parallel()
			text := render(t, single(t, tt.verdict, tt.exit))
			c := parse(t, text).Cases[0]
			got := strings.Repeat("failure", len(c.Failure)) + strings.Repeat("error", len(c.Error)) + strings.Repeat("skipped", len(c.Skipped))
			if got != tt.want {
				t.Errorf("exit %d: %q, want %q", tt.exit, got, tt.want)
			}
		})
	}
}

func TestKnownFailuresExcuseAScenarioOnlyTogether(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		verdicts []journal.Verdict // of the requirements with a finding
		want     string
	}{
		"known":            {[]journal.Verdict{journal.KnownFailing}, "skipped"},
		"known and a warn": {[]journal.Verdict{journal.KnownFailing, journal.Warn}, "skipped"},
		"known and a new":  {[]journal.Verdict{journal.KnownFailing, journal.Fail}, "failure"},
		"new":              {[]journal.Verdict{journal.Fail}, "failure"},
		"without finding":  {nil, "failure"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := single(t, journal.Fail, 0)
			for i, v := range tt.verdicts {
				id := string(rune('A' + i))
				m.Requirements = append(m.Requirements, journal.Requirement{ID: id, Verdict: v})
				m.Scenarios[0].Findings = append(m.Scenarios[0].Findings, journal.Finding{Requirement: id})
			}
			c := parse(t, render(t, m)).Cases[0]
			if got := strings.Repeat("failure", len(c.Failure)) + strings.Repeat("skipped", len(c.Skipped)); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
