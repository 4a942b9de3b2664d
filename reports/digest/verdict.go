package digest

import "mppsim/reports/journal"

// Tone is what a verdict means to a reader at a glance. Reports never show it by colour alone.
type Tone string

// The tones.
const (
	Good    Tone = "good"    // pass, attested
	Bad     Tone = "bad"     // fail, not testable
	Caution Tone = "caution" // warn, note, known failing
	Unclear Tone = "unclear" // inconclusive, not reached, harness error
	Idle    Tone = "idle"    // not run, not applicable, unattested
)

// Verdicts lists all verdicts, what needs attention first.
func Verdicts() []journal.Verdict {
	return []journal.Verdict{
		journal.Fail, journal.NotTestable, journal.HarnessError, journal.Inconclusive, journal.NotReached,
		journal.Warn, journal.NoteVerdict, journal.KnownFailing, journal.Pass, journal.Attested,
		journal.Unattested, journal.NotRun, journal.NotApplicable,
	}
}

// ToneOf tells how a verdict reads. A verdict that nobody knows is unclear, never good.
func ToneOf(v journal.Verdict) Tone {
	switch v {
	case journal.Pass, journal.Attested:
		return Good
	case journal.Fail, journal.NotTestable:
		return Bad
	case journal.Warn, journal.NoteVerdict, journal.KnownFailing:
		return Caution
	case journal.NotRun, journal.NotApplicable, journal.Unattested:
		return Idle
	case journal.Inconclusive, journal.NotReached, journal.HarnessError:
	}
	return Unclear
}

// Outcome is what became of a run as a whole.
type Outcome struct {
	Name  string // machine word: conformant, reserved, failed, withheld, undecided, environment, broken, interrupted
	Title string // for people, without a full stop
	Tone  Tone
}

// outcomeOf reads the outcome off the exit code, so that no report can contradict it.
func outcomeOf(s journal.Summary) Outcome {
	switch {
	case s.Exit == 0 && s.Certificate:
		return Outcome{"conformant", "Conformant", Good}
	case s.Exit == 0:
		return Outcome{"reserved", "Conformant for what was run, no certificate", Good}
	case s.Exit == 1:
		return Outcome{"failed", "Not conformant", Bad}
	case s.Exit == 3:
		return Outcome{"environment", "The run could not be carried out", Unclear}
	case s.Exit == 4 && decided(s):
		return Outcome{"withheld", "No certificate", Caution} // asked for one, and there are reservations
	case s.Exit == 4:
		return Outcome{"undecided", "No verdict", Unclear}
	case s.Interrupted || s.Exit == 130:
		return Outcome{"interrupted", "Interrupted, no verdict", Unclear}
	}
	return Outcome{"broken", "The harness failed, no verdict", Unclear}
}

// decided reports whether a run judged everything that it ran.
func decided(s journal.Summary) bool {
	for v, n := range s.Counts {
		if n > 0 && ToneOf(v) == Unclear {
			return false
		}
	}
	return len(s.Counts) > 0
}
