package race

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"pgregory.net/rapid"

	"mppsim/scenarios/acquirer"
)

// at makes a call between two moments, in seconds.
func at(start, end int, c Call) Call {
	zero := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c.Start, c.End = zero.Add(time.Duration(start)*time.Second), zero.Add(time.Duration(end)*time.Second)
	return c
}

func told(state acquirer.State) Call { return Call{Kind: Tell, State: state} }

func cancelled(state acquirer.State) Call { return Call{Kind: Cancel, State: state} }

func refund(number string, value int64, state acquirer.State) Call {
	return Call{Kind: Refund, Number: number, Value: value, State: state}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	refused := Call{Kind: Refund, Number: "R9", Value: 700, Refused: true}
	for _, tt := range []struct {
		name  string
		calls []Call
		wrong string // what the reason says; empty: explained
	}{
		{"nothing", nil, ""},
		{"paid, refunded in parts", []Call{at(0, 1, told(acquirer.Paid)), at(2, 5, refund("R1", 600, acquirer.Refunded)), at(2, 5, refund("R2", 400, acquirer.Refunded))}, ""},
		{"one refund too many at once", []Call{at(2, 5, refund("R1", 600, acquirer.Refunded)), at(2, 5, refund("R2", 600, acquirer.Refunded))}, "refunds of 1200"},
		{"one of two refused", []Call{at(2, 5, refund("R1", 600, acquirer.Refunded)), at(2, 5, refused)}, ""},
		{"a number told twice is one refund", []Call{at(2, 5, refund("R1", 600, acquirer.Refunded)), at(3, 6, refund("R1", 600, acquirer.Refunded))}, ""},
		{"a number with two amounts", []Call{at(2, 5, refund("R1", 600, acquirer.Refunded)), at(3, 6, refund("R1", 300, acquirer.Refunded))}, "two amounts"},
		{"cancelled or refunded, not both", []Call{at(2, 5, cancelled(acquirer.Closed)), at(2, 5, refund("R1", 600, acquirer.Refunded))}, "given back on it"},
		{"cancelled, then refunded", []Call{at(2, 3, cancelled(acquirer.Closed)), at(4, 5, refund("R1", 600, acquirer.Refunded))}, "after the sale had ended unpaid"},
		{"cancelled while a query says paid", []Call{at(2, 5, cancelled(acquirer.Closed)), at(3, 6, told(acquirer.Paid))}, ""},
		{"paid after it was cancelled", []Call{at(2, 3, cancelled(acquirer.Closed)), at(4, 6, told(acquirer.Paid))}, "shown as paid after"},
		{"a late word such as pending says nothing", []Call{at(2, 3, cancelled(acquirer.Closed)), at(4, 6, told(acquirer.Pending))}, ""},
		{"a refused cancellation", []Call{at(2, 5, Call{Kind: Cancel, Refused: true}), at(2, 5, refund("R1", 1000, acquirer.Refunded)), at(6, 7, told(acquirer.Paid))}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			order, misfit := Sale{Amount: 1000}.Explain(tt.calls)
			switch {
			case tt.wrong == "" && (misfit != nil || len(order) != len(tt.calls)):
				t.Errorf("not explained: %+v", misfit)
			case tt.wrong != "" && (misfit == nil || !strings.Contains(misfit.Reason, tt.wrong)):
				t.Errorf("misfit %+v, want %q", misfit, tt.wrong)
			}
		})
	}
}

// model is the serial model for a search through all orders.
func model(s Sale) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return books{} },
		Step: func(state, input, _ any) (bool, any) {
			after, reason := s.step(state.(books), input.(Call))
			return reason == "", after
		},
		Equal: func(a, b any) bool { return fmt.Sprint(a) == fmt.Sprint(b) },
	}
}

// Whatever the history: taking calls by rank finds an order exactly when a search through all orders does, and the order
// that it finds keeps to the clock and to the model.
func TestExplainAgreesWithAFullSearch(t *testing.T) {
	t.Parallel()
	states := []acquirer.State{acquirer.Pending, acquirer.Paid, acquirer.Closed, acquirer.Failed, acquirer.Refunded}
	rapid.Check(t, func(t *rapid.T) {
		sale := Sale{Amount: 1000}
		var calls []Call
		var history []porcupine.Operation
		for i := range rapid.IntRange(1, 7).Draw(t, "calls") {
			start := rapid.IntRange(0, 12).Draw(t, "start")
			c := at(start, start+1+rapid.IntRange(0, 6).Draw(t, "length"), Call{
				ID: fmt.Sprint(i), Kind: rapid.SampledFrom([]Kind{Tell, Cancel, Refund}).Draw(t, "kind"),
				State: rapid.SampledFrom(states).Draw(t, "state"), Refused: rapid.IntRange(0, 4).Draw(t, "refused") == 0,
				Number: rapid.SampledFrom([]string{"R1", "R2", "R3"}).Draw(t, "number"), Value: rapid.SampledFrom([]int64{300, 500, 700}).Draw(t, "value"),
			})
			calls = append(calls, c)
			history = append(history, porcupine.Operation{ClientId: i, Input: c, Call: c.Start.UnixNano(), Return: c.End.UnixNano()})
		}
		order, misfit := sale.Explain(calls)
		if want := porcupine.CheckOperations(model(sale), history); want != (misfit == nil) {
			t.Fatalf("a full search says %t, taking by rank finds %v %+v", want, order, misfit)
		}
		var b books
		for i, c := range order {
			var reason string
			if b, reason = sale.step(b, c); reason != "" {
				t.Fatalf("the order breaks the model at %+v: %s", c, reason)
			}
			for _, later := range order[i+1:] {
				if later.End.Before(c.Start) {
					t.Fatalf("%+v is put after %+v, which began when it was over", later, c)
				}
			}
		}
	})
}

// crowd is a race of n calls at the same instant, of which one refund is too many, or none.
func crowd(n int, wrong bool) []Call {
	calls := []Call{at(0, 9, told(acquirer.Paid))}
	for i := range n - 1 {
		calls = append(calls, at(0, 9, refund(fmt.Sprint(i), 1000/int64(n-1), acquirer.Refunded)))
	}
	if wrong {
		calls[1].Value = 1000
	}
	return calls
}

func TestFiftyCallsAtOnce(t *testing.T) {
	t.Parallel()
	if _, misfit := (Sale{Amount: 1000}).Explain(crowd(50, false)); misfit != nil {
		t.Errorf("%+v", misfit)
	}
	if _, misfit := (Sale{Amount: 1000}).Explain(crowd(50, true)); misfit == nil {
		t.Error("a refund too many is explained")
	}
}

func BenchmarkFiftyCallsAtOnce(b *testing.B) {
	right, wrong := crowd(50, false), crowd(50, true)
	for b.Loop() {
		_, _ = Sale{Amount: 1000}.Explain(right)
		_, _ = Sale{Amount: 1000}.Explain(wrong)
	}
}
