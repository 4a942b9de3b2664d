package world

import (
	"testing"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/wallet/trace"
)

// Of a payment that is asked about hundreds of times, hundreds of moments are kept, and as many answers as there were different ones.
func TestAnswersThatAreTheSameAreKeptOnce(t *testing.T) {
	t.Parallel()
	w := &World{changed: make(chan struct{})}
	p := &Payment{w: w}
	tell := func(call, body, wallet string) bool {
		told := acquirer.Payment{State: acquirer.Pending, Wallet: wallet, Call: journal.Call{ID: call, Response: trace.Message{Body: []byte(body)}}}
		return p.add(heard[acquirer.Payment]{verb: "query", call: call, told: &told}, true)
	}
	if !tell("first", `{"a":1}`, "") {
		t.Error("the first answer is taken for a repetition")
	}
	for range 300 {
		if tell("again", `{"a":1}`, "") {
			t.Fatal("a repetition is taken for news")
		}
	}
	if tell("other", `{"a":2}`, "K") { // the same state in other words
		t.Error("the same state is taken for news")
	}
	distinct := map[*acquirer.Payment]bool{}
	for _, h := range p.samples {
		distinct[h.told] = true
	}
	samples := p.Samples()
	if len(samples) != 302 || len(distinct) != 2 {
		t.Errorf("%d moments and %d answers are kept, want 302 and 2", len(samples), len(distinct))
	}
	for _, s := range samples {
		if s.Call != "first" || s.Payment.Call.ID != "first" {
			t.Fatalf("a repetition points at call %s", s.Call)
		}
	}
	if last := p.Last().Payment.Wallet; last != "K" || samples[300].Payment.Wallet != "" {
		t.Errorf("the last answer tells wallet %q", last)
	}
}
