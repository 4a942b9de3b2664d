package network_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mppsim/wallet/aps"
	"mppsim/wallet/network"
)

// model is what an acquirer may believe of one payment: a few lines that the network must agree with.
type model struct {
	paid      int64 // 0: not paid
	refunded  int64
	cancelled bool
	refunds   map[string]int64 // refund id → amount, of the first request with the id
	answers   map[string]string
}

// refund is the expected code of a refund request.
func (m *model) refund(id string, minor int64) string {
	if before, known := m.refunds[id]; known {
		if before != minor {
			return "REPEAT_REQ_INCONSISTENT"
		}
		return m.answers[id]
	}
	m.refunds[id], m.answers[id] = minor, "SUCCESS"
	switch {
	case m.cancelled:
		m.answers[id] = "ORDER_IS_CLOSED"
	case m.refunded+minor > m.paid:
		m.answers[id] = "REFUND_AMOUNT_EXCEED"
	default:
		m.refunded += minor
	}
	return m.answers[id]
}

func (m *model) cancel() string {
	switch {
	case m.cancelled:
		return "SUCCESS"
	case m.refunded > 0:
		return "PROCESS_FAIL"
	}
	m.cancelled = true
	return "SUCCESS"
}

func (m *model) shop() int64 {
	if m.cancelled {
		return 0
	}
	return m.paid - m.refunded
}

// TestAnyOrderOfCalls lets random cancellations, refunds, repetitions and inquiries meet three payments and compares
// every answer, and the money, with the model.
func TestAnyOrderOfCalls(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, network.RhythmOff)
		models := make(map[string]*model)
		requests := make(map[string]aps.PayRequest)
		for i := range 3 {
			id := fmt.Sprintf("P%d", i)
			minor := rapid.Int64Range(1, 5000).Draw(rt, "price")
			requests[id] = w.request(id, w.code(), minor)
			models[id] = &model{paid: minor, refunds: map[string]int64{}, answers: map[string]string{}}
			w.want("pay", w.charge(requests[id]), "SUCCESS")
		}
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			id := rapid.SampledFrom([]string{"P0", "P1", "P2"}).Draw(rt, "payment")
			step(rt, w, id, models[id], requests[id])
		}
		var sum int64
		for _, m := range models {
			sum += m.shop()
		}
		if got := w.shop(); got != sum {
			rt.Fatalf("the shop holds %d, want %d", got, sum)
		}
	})
}

func step(rt *rapid.T, w *world, id string, m *model, req aps.PayRequest) {
	outcome := "SUCCESS"
	if m.cancelled {
		outcome = "ORDER_IS_CLOSED"
	}
	got, want := "", ""
	what := rapid.SampledFrom([]string{"inquire", "pay again", "cancel", "refund", "time"}).Draw(rt, "step")
	switch what {
	case "inquire":
		got, want = w.ask(id), outcome
	case "pay again":
		got, want = w.charge(req), outcome
	case "cancel":
		want = m.cancel()
		got = w.revoke(id)
	case "refund":
		refundID := id + rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(rt, "refund")
		minor := rapid.Int64Range(1, 3000).Draw(rt, "amount")
		want = m.refund(refundID, minor)
		got = w.giveBack(id, refundID, minor)
	default:
		w.line.Clock.Advance(time.Duration(rapid.IntRange(0, 600).Draw(rt, "seconds")) * time.Second)
	}
	if got != want {
		rt.Fatalf("%s of %s: %s, want %s (%+v)", what, id, got, want, m)
	}
}
