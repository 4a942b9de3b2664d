package rig_test

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mppsim/reports"
	"mppsim/reports/journal"
	"mppsim/reports/result"
	"mppsim/scenarios"
	"mppsim/scenarios/rig"
)

// TestReportsAgreeOnWhatIsNotTestable takes amounts with decimals out of the profile's requests: a declared capability
// that nobody can exercise counts as a failure in the exit code and in every report.
func TestReportsAgreeOnWhatIsNotTestable(t *testing.T) {
	t.Parallel()
	r := start(t, rig.Options{Overrides: map[string]string{"verbs.charge_code.request.json.total": `"{{.Amount.Minor}}"`}})
	run, m := certify(t, r, func(o *scenarios.Options) { o.Selection = []string{"ACQ-MSG-09"} })
	const sentence = "could not be tested, although the capability is declared."
	if run.Summary.Exit != 1 || !strings.Contains(run.Summary.Verdict, sentence) || findings(run) > 0 {
		t.Errorf("exit %d: %s\n%s", run.Summary.Exit, run.Summary.Verdict, tell(run))
	}
	folder := t.TempDir()
	if err := reports.Write(folder, m); err != nil {
		t.Fatal(err)
	}
	var told result.Result
	if err := json.Unmarshal(content(t, folder, "result.json"), &told); err != nil {
		t.Fatal(err)
	}
	untested := ""
	for _, q := range told.Requirements {
		if q.Verdict == journal.NotTestable {
			untested += q.ID + " " + q.Reason + "\n"
		}
	}
	const why = "ACQ-MSG-09 not testable: decimal_amounts is declared, but the request of verbs.charge_code has no amount in major units"
	if told.Verdict.Exit != 1 || strings.Count(untested, "\n") != 1 || !strings.Contains(untested, why) {
		t.Errorf("result.json: exit %d, not testable: %s", told.Verdict.Exit, untested)
	}
	var suites struct {
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
	}
	if err := xml.Unmarshal(content(t, folder, "junit.xml"), &suites); err != nil {
		t.Fatal(err)
	}
	if suites.Failures == 0 || suites.Errors > 0 {
		t.Errorf("junit.xml counts %d failures and %d errors", suites.Failures, suites.Errors)
	}
	page := string(content(t, folder, "index.html"))
	if !strings.Contains(page, sentence) || !strings.Contains(page, "not testable") {
		t.Error("index.html does not say it")
	}
}

func content(t *testing.T, folder, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
