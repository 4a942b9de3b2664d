package verdict

import (
	"cmp"
	"fmt"
	"strings"

	"mppsim/reports/journal"
)

// The exit codes of a run.
const (
	Conformant   = 0
	Failed       = 1
	Usage        = 2 // also: nothing to run
	Environment  = 3 // the acquirer was unreachable at the start
	Undecided    = 4
	OwnFault     = 5
	Interrupted  = 130
	maxNamed     = 8
	productionAt = 1.0
)

// Run is what the summary needs to know besides the verdicts.
type Run struct {
	Factor      float64
	Subset      bool   // a selection left scenarios out
	Interrupted bool   // by the user
	OwnFault    string // our own error, empty when there was none
	Broke       string // a scenario that could not be played for a fault of our own, and why; empty when there was none
	Unscored    bool   // a person looked: nothing counts
	Gone        bool   // the acquirer went away in mid-run and did not come back
	Certificate bool   // asked for: reservations make it undecided
	// Reservations are those that no verdict shows, such as a redeploy in mid-run.
	Reservations []string
}

// Summarize gives exit code, counts, reservations and the one sentence.
func Summarize(run Run, requirements []journal.Requirement, scenarios []journal.Verdict) journal.Summary {
	s := journal.Summary{
		Counts: map[journal.Verdict]int{}, Scenarios: map[journal.Verdict]int{}, Interrupted: run.Interrupted,
	}
	for _, r := range requirements {
		s.Counts[r.Verdict]++
	}
	for _, v := range scenarios {
		s.Scenarios[v]++
	}
	s.Reservations = reservations(run, requirements)
	s.Exit = exit(run, s)
	s.Certificate = s.Exit == Conformant && len(s.Reservations) == 0
	s.Verdict = sentence(run, s, requirements)
	return s
}

// exit decides the exit code: an interruption and our own faults come before what the acquirer did, a failure with
// evidence before what could not be decided.
func exit(run Run, s journal.Summary) int {
	switch {
	case run.Interrupted:
		return Interrupted
	case run.Unscored && run.OwnFault == "":
		return Undecided
	case run.OwnFault != "" || s.Counts[journal.HarnessError] > 0 || s.Scenarios[journal.HarnessError] > 0:
		return OwnFault
	case s.Counts[journal.Fail]+s.Counts[journal.NotTestable] > 0:
		return Failed
	case run.Gone || s.Counts[journal.Inconclusive]+s.Counts[journal.NotReached] > 0:
		return Undecided
	case s.Scenarios[journal.Inconclusive]+s.Scenarios[journal.NotReached] > 0:
		return Undecided
	case run.Certificate && len(s.Reservations) > 0:
		return Undecided
	}
	return Conformant
}

// reservations says what stands between this run and a certificate, apart from verdicts.
func reservations(run Run, requirements []journal.Requirement) []string {
	ids := map[journal.Verdict][]string{}
	for _, r := range requirements {
		ids[r.Verdict] = append(ids[r.Verdict], r.ID)
	}
	var out []string
	if run.Unscored {
		out = append(out, "a person looked (debug): waits were wide, and nothing is scored")
	}
	if run.Subset {
		out = append(out, "only a selection of the scenarios was run")
	}
	if run.Factor != productionAt {
		out = append(out, fmt.Sprintf("the acquirer ran with shortened timers (factor %g): timing rules need a run at factor 1", run.Factor))
	}
	out = append(out, run.Reservations...)
	out = appendCounted(out, ids[journal.NotRun], "requirement was not run", "requirements were not run")
	out = appendCounted(out, ids[journal.Unattested], "requirement waits for a person's answer", "requirements wait for a person's answer")
	return appendCounted(out, ids[journal.KnownFailing], "requirement is a known failure", "requirements are known failures")
}

func appendCounted(out, ids []string, one, many string) []string {
	switch len(ids) {
	case 0:
		return out
	case 1:
		return append(out, fmt.Sprintf("1 %s: %s", one, ids[0]))
	}
	return append(out, fmt.Sprintf("%d %s: %s", len(ids), many, join(ids)))
}

// sentence is the first thing in every report.
func sentence(run Run, s journal.Summary, requirements []journal.Requirement) string {
	judged := s.Counts[journal.Pass] + s.Counts[journal.Attested] + s.Counts[journal.Warn] + s.Counts[journal.NoteVerdict]
	switch s.Exit {
	case Interrupted:
		return fmt.Sprintf("No verdict: the run was interrupted. %s%d %s had passed.", failedSoFar(s),
			s.Counts[journal.Pass], plural(s.Counts[journal.Pass], "requirement", "requirements"))
	case OwnFault:
		return "No verdict: the test system itself failed" + because(cmp.Or(run.OwnFault, run.Broke)) + "."
	case Failed:
		return "Not conformant: " + failures(s, requirements) + "."
	case Undecided:
		return undecided(run, s)
	}
	if s.Certificate && judged == 1 {
		return fmt.Sprintf("Conformant: the one applicable requirement is met%s.", warned(s))
	}
	if s.Certificate {
		return fmt.Sprintf("Conformant: all %d applicable requirements are met%s.", judged, warned(s))
	}
	return fmt.Sprintf("Conformant for what was run, no certificate: %d %s met%s.", judged, plural(judged, "requirement is", "requirements are"), warned(s))
}

func undecided(run Run, s journal.Summary) string {
	n := s.Counts[journal.Inconclusive] + s.Counts[journal.NotReached]
	switch {
	case run.Unscored:
		return "No verdict: a person looked (debug), and nothing is scored."
	case run.Gone:
		return fmt.Sprintf("Undecided: the acquirer went away during the run; %d %s could not be judged.", n, plural(n, "requirement", "requirements"))
	case n > 0:
		return fmt.Sprintf("Undecided: %d %s could not be judged; none failed.", n, plural(n, "requirement", "requirements"))
	case run.Certificate && len(s.Reservations) > 0:
		return "Undecided: nothing failed, but a certificate is not possible: " + s.Reservations[0] + "."
	}
	n = s.Scenarios[journal.Inconclusive] + s.Scenarios[journal.NotReached]
	return fmt.Sprintf("Undecided: %d %s came to no result; no requirement failed.", n, plural(n, "scenario", "scenarios"))
}

func failedSoFar(s journal.Summary) string {
	if n := s.Counts[journal.Fail]; n > 0 {
		return fmt.Sprintf("%d %s had failed, ", n, plural(n, "requirement", "requirements"))
	}
	return ""
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return " (" + why + ")"
}

// failures counts what failed, and what was declared and could not be tested.
func failures(s journal.Summary, requirements []journal.Requirement) string {
	failed, untested := s.Counts[journal.Fail], s.Counts[journal.NotTestable]
	if failed == 0 {
		return fmt.Sprintf("%d %s could not be tested, although the %s declared",
			untested, plural(untested, "requirement", "requirements"), plural(untested, "capability is", "capabilities are"))
	}
	text := fmt.Sprintf("%d binding %s failed%s", failed, plural(failed, "requirement", "requirements"), moneyAtRisk(failed, requirements))
	if untested > 0 {
		text += fmt.Sprintf("; %d more could not be tested", untested)
	}
	return text
}

// moneyAtRisk says how many of the failures concern money.
func moneyAtRisk(failed int, requirements []journal.Requirement) string {
	n := 0
	for _, r := range requirements {
		if r.Money && r.Verdict == journal.Fail {
			n++
		}
	}
	const harm = " can lose, duplicate or misplace money"
	switch {
	case n == 0:
		return ""
	case failed == 1:
		return "; it" + harm
	case n == failed:
		return "; all of them" + harm
	}
	return fmt.Sprintf("; %d of them%s", n, harm)
}

func warned(s journal.Summary) string {
	if n := s.Counts[journal.Warn]; n > 0 {
		return fmt.Sprintf(", %d with a warning", n)
	}
	return ""
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// join lists a few names and counts the rest.
func join(names []string) string {
	if len(names) > maxNamed {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxNamed], ", "), len(names)-maxNamed)
	}
	return strings.Join(names, ", ")
}
