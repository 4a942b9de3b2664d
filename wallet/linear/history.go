// Package linear records concurrent calls about payments and checks that their answers are those of some order in which
// the calls could have come one after another. Tests use it; nothing else does.
package linear

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"
)

// Kind is what a call does.
type Kind string

// The kinds.
const (
	Pay          Kind = "pay"
	Cancel       Kind = "cancel"
	Refund       Kind = "refund"
	Inquiry      Kind = "inquiry"
	Notification Kind = "notification" // an outcome of which the acquirer was told
)

// Call is a call about one order.
type Call struct {
	Kind   Kind
	Order  string // paymentRequestId
	Refund string // refundRequestId
	Minor  int64  // amount of a payment or refund in minor units
}

// Answer is what a call was answered, as far as the model knows it.
type Answer struct {
	Code     string // result code; of an inquiry and a notification that of the payment
	Refunded int64  // told by an inquiry: the sum of the successful refunds in minor units
}

// History is a record of calls. The zero value is empty and usable.
type History struct {
	mu   sync.Mutex
	time int64 // grows with each call and each answer
	ops  []porcupine.Operation
}

// Do makes a call and records it with its answer.
func (h *History) Do(client int, c Call, call func() Answer) Answer {
	began := h.tick()
	a := call()
	h.keep(client, c, a, began)
	return a
}

// Heard records a notification that came now; its outcome may have been decided at any time before.
func (h *History) Heard(client int, order, code string) {
	h.keep(client, Call{Kind: Notification, Order: order}, Answer{Code: code}, 0)
}

// Add records a call that began and ended at given moments, in any unit.
func (h *History) Add(c Call, a Answer, began, ended int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.add(0, c, a, began, ended)
}

func (h *History) tick() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.time++
	return h.time
}

func (h *History) keep(client int, c Call, a Answer, began int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.time++
	h.add(client, c, a, began, h.time)
}

// add records a call as the steps of which it consists: what asks the wallet takes effect twice, when the order or the
// refund is booked and when its outcome is known. Both lie between call and answer.
func (h *History) add(client int, c Call, a Answer, began, ended int64) {
	step := func(s step) {
		h.ops = append(h.ops, porcupine.Operation{ClientId: client, Input: s, Output: a, Call: began, Return: ended})
	}
	if c.Kind == Pay || c.Kind == Refund && (a.Code == success || a.Code == unknown) {
		step(booking(c))
	}
	step(asking(c))
}

// Len is the number of recorded steps.
func (h *History) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.ops)
}

// Check looks for an order of the calls that explains all answers; outcomes are the codes with which wallets decide
// payments. An error names the first order for which there is none, with its calls, or says that the search took
// longer than within.
func (h *History) Check(within time.Duration, outcomes ...string) error {
	h.mu.Lock()
	ops := slices.Clone(h.ops)
	h.mu.Unlock()
	m := model(outcomes)
	for _, part := range byOrder(ops) {
		order := part[0].Input.(step).Order
		switch porcupine.CheckOperationsTimeout(m, part, within) {
		case porcupine.Ok:
		case porcupine.Unknown:
			return fmt.Errorf("order %s: no verdict on %d steps within %s", order, len(part), within)
		default:
			return fmt.Errorf("order %s: no order of the calls explains the answers:\n%s", order, list(part))
		}
	}
	return nil
}

func byOrder(ops []porcupine.Operation) [][]porcupine.Operation {
	parts := make(map[string][]porcupine.Operation)
	var names []string
	for _, op := range ops {
		name := op.Input.(step).Order
		if parts[name] == nil {
			names = append(names, name)
		}
		parts[name] = append(parts[name], op)
	}
	sorted := make([][]porcupine.Operation, 0, len(names))
	for _, name := range names {
		sorted = append(sorted, parts[name])
	}
	return sorted
}

// list writes the steps by the time at which they began.
func list(ops []porcupine.Operation) string {
	slices.SortStableFunc(ops, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
	var b strings.Builder
	for _, op := range ops {
		fmt.Fprintf(&b, "  %4d to %4d: %s\n", op.Call, op.Return, describe(op.Input, op.Output))
	}
	return b.String()
}
