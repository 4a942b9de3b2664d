package check

import (
	"testing"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

func journalCall(verb, body string) journal.Call {
	return journal.Call{ID: "call-" + verb, Verb: verb, Response: trace.Message{Status: 200, Body: []byte(body)}}
}

// another is a scene of another scenario with one payment under an id.
func another(scenario, reference, id string, requirements ...string) Scene {
	const own = "281001020000000000000007"
	b := oneSale()
	b.Scenario = journal.Scenario{ID: scenario, Requirements: requirements}
	b.n = 100 // exchange ids are unique in a run
	b.Charges[0].Charge = acquirer.Charge{Shop: corner(), Code: own, Reference: reference, Amount: money.Of("SGD", 25000)}
	b.call(0, aps.Pay, payBody("paymentRequestId", id, "paymentMethod.paymentMethodId", own, "order.referenceOrderId", reference), "S SUCCESS")
	return b.Scene
}

func first() Scene {
	b := oneSale()
	b.call(0, aps.Pay, payBody(), "U UNKNOWN_EXCEPTION")
	b.call(time.Second, aps.Pay, payBody(), "S SUCCESS")
	return b.Scene
}

func runFindings(requirement string, scenes ...Scene) int {
	n := 0
	for _, w := range RunWatches() {
		if w.Requirement == requirement {
			n += len(w.Judge(scenes).Findings)
		}
	}
	return n
}

func TestPaymentIDsOfARun(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		other Scene
		want  int
	}{
		"ids of their own":             {other: another("other", "MS-2-1", "pr-2"), want: 0},
		"one id for two sales":         {other: another("other", "MS-2-1", "pr-1"), want: 1},
		"colliding long order numbers": {other: another("other", "MS-2-1", "pr-1", "ACQ-IDM-05"), want: 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := runFindings("ACQ-IDM-01", first(), Prepare(c.other)); got != c.want {
				t.Errorf("%d findings, want %d", got, c.want)
			}
		})
	}
}

func TestSameOrderAgainIsNotACollision(t *testing.T) {
	t.Parallel()
	b := oneSale()
	b.charge("281001020000000000000001", number, money.Of("SGD", 25000))
	b.call(0, aps.Pay, payBody(), "F USER_BALANCE_NOT_ENOUGH")
	b.call(time.Second, aps.Pay, payBody("paymentMethod.paymentMethodId", "281001020000000000000001"), "F USER_BALANCE_NOT_ENOUGH")
	if got := runFindings("ACQ-IDM-01", b.Scene); got != 0 {
		t.Errorf("%d findings for the order's second attempt", got)
	}
}

func TestRefundIDsOfARun(t *testing.T) {
	t.Parallel()
	b := oneSale()
	b.charge("281001020000000000000001", "MS-1-8", money.Of("SGD", 25000))
	b.call(0, aps.Pay, payBody(), "S SUCCESS")
	b.call(0, aps.Pay, payBody("paymentRequestId", "pr-2", "paymentMethod.paymentMethodId", "281001020000000000000001"), "S SUCCESS")
	b.refund(2*time.Second, "1", "U UNKNOWN_EXCEPTION")
	b.refund(4*time.Second, "1", "S SUCCESS")
	if got := runFindings("ACQ-IDM-06", b.Scene); got != 0 {
		t.Errorf("%d findings for a repeated refund", got)
	}
	b.call(6*time.Second, aps.Refund, `{"paymentRequestId":"pr-2","refundRequestId":"1"}`, "F REPEAT_REQ_INCONSISTENT")
	if got := runFindings("ACQ-IDM-06", b.Scene); got != 1 {
		t.Errorf("%d findings for an id that stands for refunds of two payments", got)
	}
}

func TestRunWatchesNeedEvidence(t *testing.T) {
	t.Parallel()
	for _, w := range RunWatches() {
		for _, f := range w.Judge([]Scene{first(), another("other", "MS-2-1", "pr-1")}).Findings {
			if len(f.Exchanges) < 2 {
				t.Errorf("%s shows %d exchanges, both uses are needed", w.Name, len(f.Exchanges))
			}
		}
	}
}
