// Package example holds a small made-up run with one of everything that a report must be able to show:
// passed, failed, warned, not reached, inconclusive and not run, a stray, faults, money. Report formats
// are tested and pictured with it.
package example

import (
	"bytes"
	"fmt"
	"time"

	"mppsim/reports/journal"
	"mppsim/wallet/clock"
)

// Run names one of the made-up runs, after its outcome (digest.Outcome.Name).
type Run string

// The made-up runs.
const (
	Conformant  Run = "conformant"  // everything applicable passed
	Reserved    Run = "reserved"    // passed as far as it went, with a warning
	Failed      Run = "failed"      // a red run with one of everything
	Undecided   Run = "undecided"   // the acquirer died on the way
	Environment Run = "environment" // it was never reached
	Broken      Run = "broken"      // our own fault
	Interrupted Run = "interrupted" // killed before its summary
)

// Runs lists all made-up runs.
func Runs() []Run {
	return []Run{Conformant, Reserved, Failed, Undecided, Environment, Broken, Interrupted}
}

// Journal returns a made-up run that began at the given time, as the lines of its journal file.
func Journal(run Run, began time.Time) ([]byte, error) {
	s := &script{began: began, clock: clock.NewManual(began)}
	s.play(run)
	var out bytes.Buffer
	w := journal.NewWriter(&out, s.clock, nil)
	for _, e := range s.entries {
		if err := w.Write(e); err != nil {
			return nil, fmt.Errorf("example run %s: %w", run, err)
		}
	}
	return out.Bytes(), nil
}

// Model returns a made-up run as reports read it.
func Model(run Run, began time.Time) (*journal.Model, error) {
	text, err := Journal(run, began)
	if err != nil {
		return nil, err
	}
	model, err := journal.Read(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("example run %s: %w", run, err)
	}
	return model, nil
}

// script collects the entries of a run.
type script struct {
	began   time.Time
	clock   *clock.Manual
	entries []journal.Entry
	message int
}

// at is a time of the run.
func (s *script) at(offset time.Duration) time.Time { return s.began.Add(offset) }

// add appends an entry of the run as a whole.
func (s *script) add(offset time.Duration, e journal.Entry) {
	e.At = s.at(offset)
	s.entries = append(s.entries, e)
}

// of appends an entry of a scenario.
func (s *script) of(id string, offset time.Duration, e journal.Entry) {
	e.Scenario = id
	s.add(offset, e)
}

// play writes the whole run.
func (s *script) play(run Run) {
	s.head(run)
	switch run {
	case Environment:
		s.add(time.Second, journal.Entry{Note: &journal.Note{
			Level: "error",
			Text:  "the acquirer at http://127.0.0.1:9100 cannot be reached: connection refused",
		}})
		s.verdicts(run)
		return
	case Broken:
		s.passed()
		s.of(unpaid, 4*time.Second, journal.Entry{Started: &journal.Started{Timeline: "tl-2", Reference: "mp-0002"}})
		s.of(unpaid, 5*time.Second, journal.Entry{Ended: &journal.Ended{
			Verdict: journal.HarnessError, Duration: time.Second,
			Reason: "step \"the shop charges the payer's code 250.00\": control API: unexpected end of JSON input",
		}})
	case Undecided:
		s.passed()
		s.outage()
	case Conformant:
		s.passed()
		s.polite(run)
		s.clean(unpaid, blocked, starved, later)
	case Reserved:
		s.passed()
		s.polite(run)
	case Failed:
		s.passed()
		s.failed()
		s.polite(run)
		s.unreached()
		s.starved()
		s.stray()
	case Interrupted:
		s.passed()
		s.of(unpaid, 4*time.Second, journal.Entry{Started: &journal.Started{Timeline: "tl-2", Reference: "mp-0002"}})
		return
	}
	s.verdicts(run)
}

// head writes the run and the plan.
func (s *script) head(run Run) {
	s.add(0, journal.Entry{Run: &journal.Run{
		ID: "20-made-up", Tool: "0.0.0-example", Acquirer: "Example Acquiring", Dialect: "aps", Catalogue: "1.0.0",
		Factor: factor(run), Parallel: 16, Seed: 7, Capability: []string{"upm", "notify", "cancel", "refund"},
		Facts:   map[string]string{"shop currency": "SGD", "declared expiry of a payment code": "60s"},
		Profile: "acquirer.yaml", Command: []string{"mppsim", "certify", "--profile", "acquirer.yaml"},
	}})
	for _, p := range plan() {
		s.add(0, journal.Entry{Scenario: p.ID, Planned: &p})
	}
}

func factor(run Run) float64 {
	if run == Conformant {
		return 1
	}
	return 0.05
}

// The scenarios by what becomes of them in the red run.
const (
	paid    = "payment-code/acq-upm-03-the-payer-s-wallet-needs-no-password"
	unpaid  = "payment-code/acq-upm-10-the-payer-never-enters-the-password"
	polite  = "inquiry/acq-inq-03-a-long-wait"
	blocked = "cancellation/acq-can-09-the-cancellation-is-answered-late"
	starved = "notification/acq-ntf-04-the-same-notification-three-times"
	later   = "refund/acq-ref-02-a-part-of-the-payment"
)

// plan lists the scenarios.
func plan() []journal.Scenario {
	return []journal.Scenario{
		scenario(paid, "Charging a payment code", "A synchronous success is booked as one payment", "The payer's wallet needs no password", "ACQ-UPM-03", "ACQ-SIG-01"),
		scenario(unpaid, "The payer does not finish", "An unanswered password request ends in a cancellation", "The payer never enters the password", "ACQ-UPM-10"),
		scenario(polite, "Asking for the result", "Inquiries are spaced", "A long wait", "ACQ-INQ-03"),
		scenario(blocked, "Cancelling", "A cancellation is repeated until it is confirmed", "The cancellation is answered late", "ACQ-CAN-09"),
		scenario(starved, "Notifications", "A repeated notification changes nothing", "The same notification three times", "ACQ-NTF-04"),
		scenario(later, "Refunds", "A part can be refunded", "A part of the payment", "ACQ-REF-02"),
	}
}

func scenario(id, feature, rule, name string, requirements ...string) journal.Scenario {
	file, _, _ := bytes.Cut([]byte(id), []byte("/"))
	return journal.Scenario{
		ID: id, Feature: feature, File: string(file) + "/" + string(file) + ".feature", Line: 12, Rule: rule, Name: name,
		Tags: []string{"@" + requirements[0]}, Requirements: requirements,
	}
}
