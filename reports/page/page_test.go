package page_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"mppsim/reports/digest"
	"mppsim/reports/example"
	"mppsim/reports/internal/golden"
	"mppsim/reports/journal"
	"mppsim/reports/page"
	"mppsim/wallet/trace"
)

// began is when the made-up runs began: any moment does, as long as it is the same one.
func began() time.Time { return time.Unix(1_600_000_000, 0).UTC() }

func model(t *testing.T, run example.Run) *journal.Model {
	t.Helper()
	m, err := example.Model(run, began())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func render(t *testing.T, m *journal.Model) string {
	t.Helper()
	var out bytes.Buffer
	if err := page.Write(&out, digest.New(m)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPage(t *testing.T) {
	t.Parallel()
	for _, run := range example.Runs() {
		t.Run(string(run), func(t *testing.T) {
			t.Parallel()
			golden.Check(t, string(run)+".html", []byte(render(t, model(t, run))))
		})
	}
}

func TestPageNeedsNothingFromOutside(t *testing.T) {
	t.Parallel()
	html := render(t, model(t, example.Failed))
	for _, forbidden := range []string{"<script", "src=", "<link", "@import", "url(", "http-equiv=\"refresh"} {
		if strings.Contains(html, forbidden) {
			t.Errorf("the page contains %q", forbidden)
		}
	}
}

func TestPageAnswersFirst(t *testing.T) {
	t.Parallel()
	html := render(t, model(t, example.Failed))
	at := -1
	for _, want := range []string{
		"<h1", "Not conformant: 2 of 3", "What failed</h2>", "ACQ-UPM-10", "Money at risk</h2>", "Not judged</h2>", "Reservations</h2>",
		`<section id="failed"`, "no cancelPayment; the shop was told FAILED", "lost: reset", "mppsim certify --profile acquirer.yaml --only payment-code/acq-upm-10",
		`<section id="warnings"`, `<section id="open"`, `<section id="not-run"`, `<section id="requirements"`, `<section id="scenarios"`, `<section id="strays"`,
	} {
		next := strings.Index(html[at+1:], want)
		if next < 0 {
			t.Fatalf("%q does not come after what must stand before it", want)
		}
		at += next
	}
}

func TestPageEscapesHostileText(t *testing.T) {
	t.Parallel()
	const attack = `</style></title><script>alert(1)</script><img src=x onerror=alert(1)>"'`
	m := journal.NewModel()
	add := func(e journal.Entry) {
		t.Helper()
		if err := m.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	add(journal.Entry{At: began(), Run: &journal.Run{ID: attack, Acquirer: attack, Profile: attack, Facts: map[string]string{attack: attack}}})
	add(journal.Entry{Planned: &journal.Scenario{ID: attack, Feature: attack, Name: attack, Rule: attack, File: attack}})
	add(journal.Entry{Scenario: attack, Started: &journal.Started{}})
	add(journal.Entry{Scenario: attack, Step: &journal.Step{Keyword: attack, Text: attack, Status: attack, Message: attack}})
	message := trace.Message{Method: attack, Target: attack, Header: map[string][]string{attack: {attack}}, Body: []byte(attack)}
	add(journal.Entry{Scenario: attack, Exchange: &trace.Exchange{
		ID: attack, API: attack, Request: message, Response: message, Broken: attack, Faults: []string{attack}, Notes: []string{attack},
		Signature: trace.Signature{Verdict: attack, Reason: attack, Signed: attack},
	}})
	add(journal.Entry{Scenario: attack, Call: &journal.Call{ID: attack, Verb: attack, Mapped: map[string]string{"state": attack}, Request: message}})
	add(journal.Entry{Scenario: attack, Finding: &journal.Finding{Requirement: attack, Check: attack, Expected: attack, Seen: attack, Detail: attack, Exchanges: []string{attack}}})
	add(journal.Entry{Scenario: attack, Ended: &journal.Ended{Verdict: journal.Fail, Reason: attack}})
	add(journal.Entry{Verdict: &journal.Requirement{ID: attack, Area: attack, AreaTitle: attack, Title: attack, Requirement: attack, Verdict: journal.Fail, Level: attack, Source: []string{attack}, Confidence: attack}})
	add(journal.Entry{Stray: &journal.Stray{What: attack, Exchange: attack}})
	add(journal.Entry{Summary: &journal.Summary{Exit: 1, Verdict: attack, Reservations: []string{attack}}})
	m.Finish()
	html := render(t, m)
	for _, forbidden := range []string{"<script", "<img", "onerror=alert(1)>"} {
		if strings.Contains(strings.ReplaceAll(html, "&gt;", ""), forbidden) {
			t.Errorf("%q reached the page", forbidden)
		}
	}
}

// big is a run of many scenarios, each with its own traffic; every second one failed.
func big(t *testing.T, n int) *journal.Model {
	t.Helper()
	m := journal.NewModel()
	add := func(e journal.Entry) {
		if err := m.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	add(journal.Entry{At: began(), Run: &journal.Run{ID: "big", Profile: "p.yaml"}})
	body := []byte(`{"text":"` + strings.Repeat("x", 3000) + `"}`)
	for i := range n {
		id := fmt.Sprintf("flow/scenario-%04d", i)
		add(journal.Entry{Planned: &journal.Scenario{ID: id, Feature: "Flow", Name: "A scenario with a name of the usual length", Rule: "A rule of the usual length says what must be", Requirements: []string{"ACQ-UPM-03"}}})
		add(journal.Entry{Scenario: id, At: began(), Started: &journal.Started{}})
		for j := range 6 {
			add(journal.Entry{Scenario: id, Step: &journal.Step{Keyword: "And", Text: fmt.Sprintf("the shop sees the payment as PAID within %d s of the answer", j), Status: "passed"}})
		}
		for j := range 20 {
			x := &trace.Exchange{
				ID: fmt.Sprintf("x%d-%d", i, j), API: "inquiryPayment", Leg: trace.AcquirerToNetwork, Received: began().Add(time.Duration(j) * time.Second),
				Answered: began().Add(time.Duration(j)*time.Second + 5), Request: trace.Message{Body: body}, Response: trace.Message{Status: 200, Body: body}, Result: &trace.Result{Status: "S", Code: fmt.Sprint(j)},
			}
			add(journal.Entry{Scenario: id, Exchange: x})
		}
		v := journal.Pass
		if i%2 == 0 {
			v = journal.Fail
			add(journal.Entry{Scenario: id, Finding: &journal.Finding{Requirement: "ACQ-UPM-03", Expected: "one payment", Seen: "two payments", Exchanges: []string{fmt.Sprintf("x%d-3", i)}}})
		}
		add(journal.Entry{Scenario: id, Ended: &journal.Ended{Verdict: v}})
	}
	add(journal.Entry{Verdict: &journal.Requirement{ID: "ACQ-UPM-03", Area: "UPM", Verdict: journal.Fail, Title: "one payment"}})
	add(journal.Entry{Summary: &journal.Summary{Verdict: "x"}})
	m.Finish()
	return m
}

func TestPageStaysSmall(t *testing.T) {
	t.Parallel()
	if size := len(render(t, big(t, 1000))); size > 5<<20 {
		t.Errorf("1,000 scenarios make %d bytes, want at most 5 MiB", size)
	}
}
