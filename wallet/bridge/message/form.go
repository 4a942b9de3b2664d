// Package message writes and reads what passes between Alipay+ and a wallet (mpp-api §4). Times in messages are real;
// every scalar is a text, and what is empty is left out. Readers take what is there: what must be there is the
// catalogue's word.
package message

import (
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
)

// Form is how the two messages of an operation look.
type Form[Request, Answer any] struct {
	API         aps.API
	Write       func(Request) *jsontree.Node
	Read        func(aps.Fields) Request
	WriteAnswer func(Answer) *jsontree.Node
	ReadAnswer  func(aps.Fields) Answer
	Result      func(Answer) aps.Result
	Refusal     func(aps.Result) Answer
	// About is the transaction in the books of whoever asks.
	About func(Request) aps.Subject
	// Move and MoveAnswer shift the times of a message, from a timeline to real time or back.
	Move       func(Request, Shift) Request
	MoveAnswer func(Answer, Shift) Answer
}

// Shift brings a time from one clock to another.
type Shift func(time.Time) time.Time

// of leaves a time that is not given alone.
func (s Shift) of(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return s(t)
}

func (s Shift) quote(q aps.Quote) aps.Quote { return q.Moved(s.of) }

func (s Shift) surcharge(c aps.Surcharge) aps.Surcharge {
	c.Quote = s.quote(c.Quote)
	return c
}

// still is for messages without times.
func still[T any](message T, _ Shift) T { return message }

func same[T any](message T) T { return message }

func writeResult(r aps.Result) *jsontree.Node { return aps.NewAnswer(r).Node() }

func readResult(f aps.Fields) aps.Result { return f.Result("result") }
