package linear

import (
	"fmt"
	"maps"

	"github.com/anishathalye/porcupine"
)

// Codes that the model knows by name.
const (
	success  = "SUCCESS"
	running  = "PAYMENT_IN_PROCESS"
	unknown  = "UNKNOWN_EXCEPTION"
	closed   = "ORDER_IS_CLOSED"
	missing  = "ORDER_NOT_EXIST"
	differs  = "REPEAT_REQ_INCONSISTENT"
	exceeds  = "REFUND_AMOUNT_EXCEED"
	declined = "PROCESS_FAIL"
)

// order is what an acquirer may know of one payment. Its functions return changed copies.
type order struct {
	state     string // empty: the order is unknown; PAYMENT_IN_PROCESS; then the result code that decided it
	tombstone bool   // it was cancelled before it came
	minor     int64
	refunds   map[string]refund
}

// refund is a refund in its order; UNKNOWN_EXCEPTION while it is undecided.
type refund struct {
	minor int64
	state string
}

// step is a moment at which a call takes effect.
type step struct {
	Call
	books bool // an order or refund comes to be; else the answer is found
}

func booking(c Call) step { return step{c, true} }
func asking(c Call) step  { return step{c, false} }

// model is the behaviour of one order (acqp-api §5.1 to §5.4, §7).
func model(outcomes []string) porcupine.Model {
	m := porcupine.NondeterministicModel{
		Init: func() []any { return []any{order{}} },
		Step: func(state, input, output any) []any {
			var next []any
			for _, o := range state.(order).meanwhile(outcomes) {
				if after, can := o.take(input.(step), output.(Answer)); can {
					next = append(next, after)
				}
			}
			return next
		},
		Equal:             func(a, b any) bool { return a.(order).equal(b.(order)) },
		DescribeOperation: describe,
	}
	return m.ToModel()
}

// meanwhile lists what an order may have become by itself: wallets decide payments and carry out refunds.
func (o order) meanwhile(outcomes []string) []order {
	list := []order{o}
	if o.state == running {
		for _, outcome := range outcomes {
			decided := o
			decided.state = outcome
			list = append(list, decided)
		}
	}
	for id, r := range o.refunds {
		if r.state != unknown {
			continue
		}
		for _, before := range list {
			list = append(list, before.with(id, refund{r.minor, success}))
		}
	}
	return list
}

// take lets a step take effect, and says whether it can have the answer.
func (o order) take(s step, a Answer) (order, bool) {
	switch {
	case s.Kind == Pay && s.books:
		return o.open(s.Minor), true
	case s.Kind == Pay:
		return o, a.Code == o.payAnswer(s.Minor)
	case s.Kind == Refund && s.books:
		return o.reserve(s)
	case s.Kind == Refund:
		return o.refundAnswer(s, a.Code)
	case s.Kind == Cancel:
		return o.cancel(a.Code)
	case s.Kind == Notification:
		return o, a.Code == o.state && o.state != running
	case o.state == "", o.tombstone && a.Code == missing:
		return o, a.Code == missing // the in-store door knows no order that never came
	}
	return o, a.Code == o.state && a.Refunded == o.sum(success)
}

func (o order) open(minor int64) order {
	if o.state == "" {
		o.state, o.minor = running, minor
	}
	return o
}

func (o order) payAnswer(minor int64) string {
	switch {
	case o.state == "":
		return "" // it is booked first
	case !o.tombstone && o.minor != minor:
		return differs
	}
	return o.state
}

func (o order) cancel(code string) (order, bool) {
	switch {
	case o.state == closed:
		return o, code == success || code == unknown
	case o.sum(success)+o.sum(unknown) > 0:
		return o, code == declined
	case o.state != "" && o.state != running && o.state != success:
		return o, code == success // it failed, and stays failed
	}
	o.tombstone = o.state == ""
	o.state = closed
	return o, code == success || code == unknown // unknown: the wallet did not confirm it
}

// reserve books a refund that was admitted.
func (o order) reserve(s step) (order, bool) {
	if r, known := o.refunds[s.Refund]; known {
		return o, r.minor == s.Minor
	}
	if o.refusal(s.Minor) != "" {
		return o, false
	}
	return o.with(s.Refund, refund{s.Minor, unknown}), true
}

// refundAnswer keeps a refusal, since the same request again gets the same answer.
func (o order) refundAnswer(s step, code string) (order, bool) {
	r, known := o.refunds[s.Refund]
	switch {
	case known && r.minor != s.Minor:
		return o, code == differs
	case known:
		return o, code == r.state
	case o.state == "":
		return o, code == missing
	}
	refused := o.refusal(s.Minor)
	return o.with(s.Refund, refund{s.Minor, refused}), refused != "" && code == refused
}

func (o order) refusal(minor int64) string {
	switch {
	case o.state == running:
		return declined
	case o.state != success:
		return closed
	case o.sum(success)+o.sum(unknown)+minor > o.minor:
		return exceeds
	}
	return ""
}

// sum adds up the refunds in a state.
func (o order) sum(state string) int64 {
	var sum int64
	for _, r := range o.refunds {
		if r.state == state {
			sum += r.minor
		}
	}
	return sum
}

func (o order) with(id string, r refund) order {
	changed := maps.Clone(o.refunds)
	if changed == nil {
		changed = make(map[string]refund)
	}
	changed[id] = r
	o.refunds = changed
	return o
}

func (o order) equal(other order) bool {
	return o.state == other.state && o.tombstone == other.tombstone && o.minor == other.minor && maps.Equal(o.refunds, other.refunds)
}

func describe(input, output any) string {
	s, a := input.(step), output.(Answer)
	if s.books {
		return fmt.Sprintf("%s %s %s of %d is booked", s.Kind, s.Order, s.Refund, s.Minor)
	}
	return fmt.Sprintf("%s %s %s of %d: %s, refunded %d", s.Kind, s.Order, s.Refund, s.Minor, a.Code, a.Refunded)
}
