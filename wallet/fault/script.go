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

// Octets is how an answer is put on the wire.
type Octets struct {
	Half     bool          // only the first half of the body is sent, then the connection is closed
	Stall    *Hold         // …when this has ended
	Announce Announcement  // what Content-Length says
	Pace     time.Duration // the body goes byte by byte and takes so long
}

// Announcement is what Content-Length says of a body.
type Announcement int

// The announcements.
const (
	AnnounceTruth Announcement = iota
	AnnounceHalf
	AnnounceMore
)

// Odd reports whether an answer is not simply sent.
func (o Octets) Odd() bool { return o != Octets{} }

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
	Comes       string        // this has come before the request is processed
	Payer       string        // what the payer does with the payment that the request opens
	NotifyFirst bool          // the outcome is notified before the answer
	NotifyAfter *aps.Result   // notified when the request was processed and answered

	Result      *aps.Result // told instead of the genuine one
	Outcome     *aps.Result
	Twists      []Twist
	Alter       control.Alteration
	Replay      string // the recorded answer of this payment, or of AnyOther, is sent instead
	Garbling    Garbling
	Status      int           // HTTP status instead of 200, with an HTML page
	Target      string        // of a redirection
	RetryAfter  time.Duration // of a status that asks for patience
	ContentType string        // instead of the true one
	Octets      Octets

	HoldAnswer *Hold
	Ending     Ending
	Silence    *Hold
}

// Waits reports whether the exchange is held up somewhere.
func (s Script) Waits() bool {
	return s.HoldRequest != nil || s.HoldAnswer != nil || s.Silence != nil || s.Octets.Odd()
}

// Compile merges the faults that hit one request.
func Compile(shots []Shot) (s Script) {
	if len(shots) > 0 {
		s = *merged(shots)
	}
	return s
}

func merged(shots []Shot) *Script {
	s := new(Script)
	for _, shot := range shots {
		s.Faults = append(s.Faults, shot.ID)
		if shot.act.call != nil {
			shot.act.call(s, shot)
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
