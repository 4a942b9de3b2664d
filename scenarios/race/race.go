// Package race judges what shops were told about one sale when several calls about it were under way at the same time. The
// acquirer may take them in any order, but in one order, each at some moment between its start and its answer: if no such
// order explains every answer, two of them contradict each other.
package race

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"mppsim/scenarios/acquirer"
)

// Kind is what a call asks for.
type Kind string

// The kinds of calls.
const (
	Tell   Kind = "query" // also the answer to the charge
	Cancel Kind = "cancel"
	Refund Kind = "refund" // also what a query tells of one refund
)

// Call is one call of the merchant API about a sale, and its answer.
type Call struct {
	ID         string
	Kind       Kind
	Start, End time.Time
	Refused    bool
	State      acquirer.State // of the payment, or of the refund
	Number     string         // of a refund: the shop's number
	Value      int64          // of a refund: minor units
}

// Sale is what the calls are about.
type Sale struct {
	Amount int64 // minor units
}

// Misfit is an answer that no order explains.
type Misfit struct {
	Call   Call
	Reason string
	Before []Call // an order of other calls up to it
}

// books are a sale's state between two calls.
type books struct {
	over bool             // closed, or failed: for good
	back map[string]int64 // refunds that are done, by number
}

// rank orders calls that may come next: those that any books explain first, what needs a paid sale before what ends it.
func (c Call) rank() int {
	switch {
	case c.says(acquirer.Closed, acquirer.Failed) && c.Kind != Refund:
		return 2
	case c.says(acquirer.Paid) && c.Kind != Refund, c.says(acquirer.Refunded) && c.Kind == Refund:
		return 1
	}
	return 0
}

func (c Call) says(states ...acquirer.State) bool {
	return !c.Refused && slices.Contains(states, c.State)
}

// step is the serial model: what an answer says of the books before it, and the books after it. A reason means that it
// cannot be. Refusals, and words such as pending, are true of any books: an acquirer may be careful, or late.
func (s Sale) step(b books, c Call) (books, string) {
	switch c.rank() {
	case 0:
		return b, ""
	case 2:
		if len(b.back) > 0 {
			return b, fmt.Sprintf("the sale is shown as %s although money was given back on it", c.State)
		}
		b.over = true
		return b, ""
	}
	if b.over {
		return b, fmt.Sprintf("%s after the sale had ended unpaid", what(c))
	}
	if c.Kind != Refund {
		return b, ""
	}
	return s.giveBack(b, c)
}

func what(c Call) string {
	if c.Kind == Refund {
		return "refund " + c.Number + " is done"
	}
	return "the sale is shown as paid"
}

// giveBack books a refund. A number stands for one refund, however often it is told.
func (s Sale) giveBack(b books, c Call) (books, string) {
	if value, known := b.back[c.Number]; known {
		if value != c.Value {
			return b, fmt.Sprintf("refund %s is done with two amounts, %d and %d", c.Number, value, c.Value)
		}
		return b, ""
	}
	sum := c.Value
	for _, value := range b.back {
		sum += value
	}
	if sum > s.Amount {
		return b, fmt.Sprintf("refunds of %d are done on a sale of %d", sum, s.Amount)
	}
	b.back = maps.Clone(b.back)
	if b.back == nil {
		b.back = map[string]int64{}
	}
	b.back[c.Number] = c.Value
	return b, ""
}

// Explain looks for an order of the calls that explains every answer. It takes what may come next by rank, which finds an
// order if there is one: what is true of any books hinders nobody, what needs a paid sale hinders nobody but its end, and
// the end hinders all of these.
func (s Sale) Explain(calls []Call) (order []Call, misfit *Misfit) {
	left := slices.Clone(calls)
	slices.SortStableFunc(left, func(a, b Call) int { return a.Start.Compare(b.Start) })
	var b books
	for len(left) > 0 {
		i := next(left)
		after, reason := s.step(b, left[i])
		if reason != "" {
			return nil, &Misfit{Call: left[i], Reason: reason, Before: order}
		}
		b, order, left = after, append(order, left[i]), slices.Delete(left, i, i+1)
	}
	return order, nil
}

// next is the place of the call of the lowest rank among those before which no other call had ended.
func next(left []Call) int {
	first := slices.MinFunc(left, func(a, b Call) int { return a.End.Compare(b.End) }).End
	best := -1
	for i, c := range left {
		if c.Start.After(first) {
			break
		}
		if best < 0 || c.rank() < left[best].rank() {
			best = i
		}
	}
	return best
}
