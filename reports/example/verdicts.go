package example

import (
	"time"

	"mppsim/reports/journal"
)

// entry is a requirement of the made-up catalogue with its verdict in the red run.
func entry(id, area, level string, money bool, title, sentence string, v journal.Verdict, reason string, scenarios ...string) journal.Requirement {
	return journal.Requirement{
		ID: id, Area: id[4:7], AreaTitle: area, Level: level, Money: money, Title: title, Requirement: sentence,
		Source: []string{"payment-code-guide"}, Confidence: "documented", Verdict: v, Reason: reason, Scenarios: scenarios,
	}
}

func catalogue() []journal.Requirement {
	return []journal.Requirement{
		entry("ACQ-SIG-01", "signing and transport", "MUST", false, "Every request is signed over the exact signing string",
			"Every call to Alipay+ carries a Signature that verifies over method, path, client, time and body.", journal.Fail, "one of 11 messages does not verify", paid, unpaid),
		entry("ACQ-UPM-03", "payment code", "MUST", true, "A synchronous success is booked as one payment",
			"When pay answers S the merchant sees PAID within 10 s with the charged amount.", journal.Pass, "", paid),
		entry("ACQ-UPM-10", "payment code", "MUST", true, "An unanswered password request ends in a cancellation",
			"If the outcome is still unknown at the declared expiry, the acquirer cancels the payment and shows it as unsuccessful only after Alipay+ confirmed the cancellation.",
			journal.Fail, "no cancelPayment within 3 s after the expiry", unpaid),
		entry("ACQ-INQ-03", "payment inquiry", "SHOULD", false, "Inquiries are spaced",
			"Two inquiries about one payment are at least 2 s apart.", journal.Warn, "inquiries 20 ms apart", polite),
		entry("ACQ-CAN-09", "cancellation", "MUST", true, "A cancellation is repeated until it is confirmed",
			"A cancellation without an answer is sent again until Alipay+ confirms it.", journal.NotReached, "ACQ-UPM-10 failed first", blocked),
		entry("ACQ-NTF-04", "payment notification", "MUST", true, "A repeated notification changes nothing",
			"The same notification three times books one payment.", journal.Inconclusive, "this machine stood still for 900 ms", starved),
		entry("ACQ-REF-02", "refund", "MUST", true, "A part can be refunded", "A partial refund leaves the rest of the payment.",
			journal.NotApplicable, "capability partial_refund is not declared"),
		entry("ACQ-REF-09", "refund", "SHOULD", false, "A refund is shown on the receipt", "The receipt of a refunded payment says so.", journal.NotRun, "not covered by a scenario yet"),
		entry("ACQ-VIS-04", "what people see", "MUST", false, "The wallet's logo is shown as supplied", "A person compares the logo with the one supplied.", journal.Unattested, "nobody has answered yet"),
	}
}

// verdicts closes a run.
func (s *script) verdicts(run Run) {
	counts := map[journal.Verdict]int{}
	for _, r := range catalogue() {
		r.Verdict, r.Reason = judged(run, r)
		counts[r.Verdict]++
		s.add(9*time.Second, journal.Entry{Verdict: &r})
	}
	summary := summaries()[run]
	summary.Counts, summary.Scenarios, summary.Duration = counts, s.outcomes(), 9*time.Second
	s.add(9*time.Second, journal.Entry{Summary: &summary})
}

// judged is the verdict on a requirement in a run.
func judged(run Run, r journal.Requirement) (journal.Verdict, string) {
	idle := r.Verdict == journal.NotRun || r.Verdict == journal.NotApplicable || r.Verdict == journal.Unattested
	switch {
	case run == Failed, run == Reserved && (idle || r.Verdict == journal.Warn):
		return r.Verdict, r.Reason
	case run == Conformant && r.Verdict == journal.NotApplicable:
		return r.Verdict, r.Reason
	case run == Conformant:
		return journal.Pass, ""
	case run == Reserved && (r.ID == "ACQ-UPM-10" || r.ID == "ACQ-CAN-09" || r.ID == "ACQ-NTF-04"):
		return journal.NotRun, "not selected"
	case run == Reserved, r.ID == "ACQ-UPM-03" && run != Environment:
		return journal.Pass, ""
	case r.ID == "ACQ-UPM-10" && run == Undecided:
		return journal.Inconclusive, "the acquirer stopped answering"
	case r.ID == "ACQ-UPM-10" && run == Broken:
		return journal.HarnessError, "control API: unexpected end of JSON input"
	}
	return journal.NotRun, "the run ended before it"
}

func summaries() map[Run]journal.Summary {
	return map[Run]journal.Summary{
		Conformant: {Verdict: "Conformant: every applicable requirement is met.", Certificate: true},
		Reserved: {
			Verdict:      "Conformant for what was run, no certificate: 2 requirements are met, 1 has a warning.",
			Reservations: []string{"3 requirements were not selected", "1 requirement is not covered by a scenario yet", "1 requirement waits for a person's answer", "timers ran at factor 0.05: a certificate needs factor 1"},
		},
		Failed: {
			Exit: 1, Verdict: "Not conformant: 2 of 3 judged MUST requirements failed, 1 of them protects money.",
			Reservations: []string{"2 requirements have no verdict", "1 requirement is not covered by a scenario yet", "1 requirement waits for a person's answer", "timers ran at factor 0.05: a certificate needs factor 1"},
		},
		Undecided:   {Exit: 4, Verdict: "No verdict: the acquirer stopped answering in the middle of the run.", Reservations: []string{"1 requirement has no verdict"}, Versions: []string{"1.4.2", "1.5.0"}},
		Environment: {Exit: 3, Verdict: "Nothing was judged: the acquirer at http://127.0.0.1:9100 cannot be reached."},
		Broken:      {Exit: 5, Verdict: "No verdict: mppsim itself failed in one scenario."},
	}
}

// outcomes counts what became of the scenarios.
func (s *script) outcomes() map[journal.Verdict]int {
	counts := map[journal.Verdict]int{journal.NotRun: len(plan())}
	for _, e := range s.entries {
		if e.Ended != nil {
			counts[e.Ended.Verdict]++
			counts[journal.NotRun]--
		}
	}
	return counts
}
