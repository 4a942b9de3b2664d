package world

import (
	"fmt"
	"runtime/debug"

	"mppsim/reports/journal"
	"mppsim/wallet/trace"
)

// Failure is what a step returns when the acquirer did something wrong: a finding on its way to
// the runner. It is an error only because that is how a step ends early.
type Failure struct {
	Finding journal.Finding
}

// Error says what was expected and what was seen.
func (f *Failure) Error() string {
	return fmt.Sprintf("%s: expected %s; seen: %s", f.Finding.Requirement, f.Finding.Expected, f.Finding.Seen)
}

// Unreached is what a step returns when the scenario did not get to its question: not a finding.
type Unreached struct {
	Reason string
	Blames string // the requirement that failed first, if it is known
}

// Error says why the scenario got no further.
func (u *Unreached) Error() string {
	if u.Blames != "" {
		return fmt.Sprintf("not reached: %s (see %s)", u.Reason, u.Blames)
	}
	return "not reached: " + u.Reason
}

// Evidence points at what shows a finding.
type Evidence struct {
	exchange string
	call     string
}

// Ex is an exchange as evidence.
func (w *World) Ex(e trace.Exchange) Evidence { return Evidence{exchange: e.ID} }

// Call is a call of the merchant API as evidence.
func (w *World) Call(c journal.Call) Evidence { return Evidence{call: c.ID} }

// Shown is what the acquirer told the shop as evidence.
func (w *World) Shown(s Sample) Evidence { return Evidence{call: s.Call} }

// Fail accuses the acquirer of breaking the requirement that the scenario judges. Both texts are
// one sentence; seen holds values. Without evidence the latest traffic of the scenario stands in,
// which suits findings about something that did not come.
func (w *World) Fail(expected, seen string, evidence ...Evidence) error {
	w.mu.Lock()
	requirement := w.current
	w.mu.Unlock()
	return w.FailFor(requirement, expected, seen, evidence...)
}

// FailFor is Fail for another requirement than the scenario's own.
func (w *World) FailFor(requirement, expected, seen string, evidence ...Evidence) error {
	f := journal.Finding{Requirement: requirement, Expected: expected, Seen: seen}
	if len(evidence) == 0 {
		evidence = w.latest()
	}
	for _, e := range evidence {
		if e.exchange != "" {
			f.Exchanges = append(f.Exchanges, e.exchange)
		}
		if e.call != "" {
			f.Calls = append(f.Calls, e.call)
		}
	}
	return &Failure{Finding: f}
}

// latest points at the last exchange and the last call of the scenario.
func (w *World) latest() []Evidence {
	w.mu.Lock()
	defer w.mu.Unlock()
	var e []Evidence
	if n := len(w.exchanges); n > 0 {
		e = append(e, w.Ex(w.exchanges[n-1]))
	}
	if n := len(w.calls); n > 0 {
		e = append(e, w.Call(w.calls[n-1]))
	}
	return e
}

// NotReached says that the acquirer did not get to where the scenario's question begins. Blames names
// requirements that failed on the way, if that is known.
func (w *World) NotReached(reason string, blames ...string) error {
	u := &Unreached{Reason: reason}
	if len(blames) > 0 {
		u.Blames = blames[0]
	}
	return u
}

// Unjudged is what a step returns when there is nothing to judge: the scenario does not concern this acquirer, or
// this set-up cannot see what it asks about.
type Unjudged struct {
	Verdict journal.Verdict // not applicable, not run
	Reason  string
}

// Error says why there is no verdict.
func (u *Unjudged) Error() string { return string(u.Verdict) + ": " + u.Reason }

// NotApplicable says that the scenario's question does not arise with this acquirer, for a reason that no capability
// tells: nothing is held against it.
func (w *World) NotApplicable(reason string) error {
	return &Unjudged{Verdict: journal.NotApplicable, Reason: reason}
}

// NotJudged says that this set-up cannot see what the scenario asks about: it counts as not run.
func (w *World) NotJudged(reason string) error {
	return &Unjudged{Verdict: journal.NotRun, Reason: "not judged: " + reason}
}

// Breakdown is a panic in a step or check: our own fault.
type Breakdown struct {
	Value any
	Stack []byte
}

// Error says what broke and where.
func (b *Breakdown) Error() string { return fmt.Sprintf("it broke down: %v\n%s", b.Value, b.Stack) }

// Safely calls f and turns a panic into a *Breakdown.
func Safely(f func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &Breakdown{Value: value, Stack: debug.Stack()}
		}
	}()
	return f()
}
