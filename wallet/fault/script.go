package fault

import (
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// Ending is how an exchange ends.
type Ending int

// The endings.
const (
	Answered Ending = iota
	Reset           // the connection is reset instead of an answer
	Silent          // nothing is sent until the caller leaves or the hold ends
)

// Garbling is what becomes of an answer's body.
type Garbling int

// The garblings.
const (
	Clear Garbling = iota
	Empty
	Truncated
	HTML
	WithoutResult
	WithoutStatus
)

// Script is what a message suffers from all faults that hit it, in the order of time.
type Script struct {
	Faults []string // ids of the armed faults that fired

	HoldRequest *Hold         // processing waits for it
	Skip        bool          // the request is not processed
	Later       time.Duration // …or only after this delay, with nobody waiting for the answer
	Force       *aps.Result   // the network decides the order with it
	NotifyFirst bool          // the outcome is notified before the answer

	Result   *aps.Result // told instead of the genuine one
	Outcome  *aps.Result
	Alter    control.Alteration
	Replay   string // the recorded answer of this payment is sent instead
	Garbling Garbling
	Status   int    // HTTP status instead of 200, with an HTML page
	Target   string // of a redirection

	HoldAnswer *Hold
	Ending     Ending
	Silence    *Hold
}

// Waits reports whether the exchange is held up somewhere.
func (s Script) Waits() bool { return s.HoldRequest != nil || s.HoldAnswer != nil || s.Silence != nil }

// Compile merges the faults that hit one request.
func Compile(shots []Shot) Script {
	var s Script
	for _, shot := range shots {
		s.Faults = append(s.Faults, shot.ID)
		switch shot.Kind.Family {
		case transport:
			s.transport(shot)
		case commit:
			s.commit(shot)
		case answer:
			s.answer(shot)
		case refusal:
			s.refuse(shot)
		case outcome:
			s.outcome(shot)
		case notification:
			s.notifyFirst(shot)
		}
	}
	return s
}

// tell takes over the results and alterations that a fault brings.
func (s *Script) tell(p control.Params) {
	if p.Result != nil {
		s.Result = p.Result
	}
	if p.Outcome != nil {
		s.Outcome = p.Outcome
	}
	s.Alter = merge(s.Alter, p.Alter)
}
