package steps

import (
	"testing"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// start is an arbitrary moment; the tests only compare.
var start = time.Unix(1_800_000_000, 0)

// said makes an exchange in which the acquirer was answered after a while.
func said(api aps.API, status int, result, outcome *trace.Result, received, answered time.Duration) trace.Exchange {
	return trace.Exchange{
		ID: string(api) + received.String(), Leg: trace.AcquirerToNetwork, API: string(api), Executed: true,
		Received: start.Add(received), Answered: start.Add(answered),
		Response: trace.Message{Status: status}, Result: result, Outcome: outcome,
	}
}

func r(status, code string) *trace.Result { return &trace.Result{Status: status, Code: code} }

func TestWhatAnExchangeSays(t *testing.T) {
	t.Parallel()
	undone := said(aps.Pay, 200, r("F", "INVALID_SIGNATURE"), nil, 0, 1)
	undone.Executed = false
	lostCancel := said(aps.CancelPayment, 0, r("S", "SUCCESS"), nil, 0, 1)
	undoneCancel := said(aps.CancelPayment, 200, r("S", "SUCCESS"), nil, 0, 1)
	undoneCancel.Executed = false
	notified := said(aps.NotifyPayment, 200, r("S", "SUCCESS"), r("F", "RISK_REJECT"), 0, 1)
	notified.Leg = trace.NetworkToAcquirer
	tests := []struct {
		name                     string
		e                        trace.Exchange
		success, failure, closes bool
	}{
		{"pay succeeded", said(aps.Pay, 200, r("S", "SUCCESS"), nil, 0, 1), true, false, false},
		{"pay failed", said(aps.Pay, 200, r("F", "RISK_REJECT"), nil, 0, 1), false, true, false},
		{"pay refused before it was executed", undone, false, false, false},
		{"pay succeeded, answered with an error status", said(aps.Pay, 503, r("S", "SUCCESS"), nil, 0, 1), false, false, false},
		{"inquiry: in process", said(aps.InquiryPayment, 200, r("S", "SUCCESS"), r("U", "PAYMENT_IN_PROCESS"), 0, 1), false, false, false},
		{"inquiry: success", said(aps.InquiryPayment, 200, r("S", "SUCCESS"), r("S", "SUCCESS"), 0, 1), true, false, false},
		{"inquiry: closed", said(aps.InquiryPayment, 200, r("S", "SUCCESS"), r("F", "ORDER_IS_CLOSED"), 0, 1), false, true, true},
		{"inquiry refused", said(aps.InquiryPayment, 200, r("F", "ORDER_NOT_EXIST"), nil, 0, 1), false, false, false},
		{"cancelled", said(aps.CancelPayment, 200, r("S", "SUCCESS"), nil, 0, 1), false, false, true},
		{"cancelled, answer lost", lostCancel, false, false, false},
		{"cancellation not executed", undoneCancel, false, false, false},
		{"cancellation unknown", said(aps.CancelPayment, 200, r("U", "UNKNOWN_EXCEPTION"), nil, 0, 1), false, false, false},
		{"failure notified", notified, false, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := saysOutcome(tt.e, aps.Success); got != tt.success {
				t.Errorf("success: %t", got)
			}
			if got := saysOutcome(tt.e, aps.Failure); got != tt.failure {
				t.Errorf("failure: %t", got)
			}
			if got := closes(tt.e); got != tt.closes {
				t.Errorf("closes: %t", got)
			}
		})
	}
}

func TestFromWhenTheAcquirerMayKnow(t *testing.T) {
	t.Parallel()
	quick := said(aps.CancelPayment, 200, nil, nil, 0, 20*time.Millisecond)
	if got := from(quick); !got.Equal(quick.Received) {
		t.Errorf("a quick answer may be known from %s after its call", got.Sub(start))
	}
	held := said(aps.CancelPayment, 200, nil, nil, 0, time.Second)
	if got := from(held); !got.Equal(held.Answered.Add(-readLag)) {
		t.Errorf("a held answer may be known from %s after its call", got.Sub(start))
	}
}

func TestEarliestGoesByKnowledgeNotByArrival(t *testing.T) {
	t.Parallel()
	held := said(aps.Pay, 200, r("S", "SUCCESS"), nil, 0, 2*time.Second)
	inquired := said(aps.InquiryPayment, 200, r("S", "SUCCESS"), r("S", "SUCCESS"), time.Second, time.Second+time.Millisecond)
	says := func(e trace.Exchange) bool { return saysOutcome(e, aps.Success) }
	all := []trace.Exchange{held, inquired}
	if got, ok := earliest(all, says); !ok || got.ID != inquired.ID {
		t.Errorf("earliest is %s", got.ID)
	}
	if got, ok := first(all, says); !ok || got.ID != held.ID {
		t.Errorf("first is %s", got.ID)
	}
	if _, ok := earliest(nil, says); ok {
		t.Error("nothing said something")
	}
}

func TestLongestGap(t *testing.T) {
	t.Parallel()
	pay := said(aps.Pay, 200, nil, nil, 0, time.Second)
	ask := func(at time.Duration) trace.Exchange { return said(aps.InquiryPayment, 200, nil, nil, at, at) }
	tests := []struct {
		name string
		asks []trace.Exchange
		want time.Duration
	}{
		{"never asked", nil, 59 * time.Second},
		{"asked once", []trace.Exchange{ask(11 * time.Second)}, 49 * time.Second},
		{"gap in the middle", []trace.Exchange{ask(10 * time.Second), ask(40 * time.Second), ask(50 * time.Second)}, 30 * time.Second},
		{"gap before the first", []trace.Exchange{ask(30 * time.Second), ask(40 * time.Second), ask(55 * time.Second)}, 29 * time.Second},
		{"asked after the end", []trace.Exchange{ask(30 * time.Second), ask(70 * time.Second)}, 30 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			asking := append([]trace.Exchange{pay}, tt.asks...)
			if got, _ := longestGap(pay, asking, start.Add(time.Minute)); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestTurnover(t *testing.T) {
	t.Parallel()
	entries := []control.Entry{
		{Kind: "top-up", Account: "payer/1", Amount: money.Of("SGD", 100000)},
		{Kind: "payment", Account: "payer/1", Amount: money.Of("SGD", -25000)},
		{Kind: "payment", Account: "shop/M-1", Amount: money.Of("SGD", 25000)},
		{Kind: "refund", Account: "payer/1", Amount: money.Of("SGD", 5000)},
		{Kind: "payment", Account: "payer/2", Amount: money.Of("SGD", -100)},
	}
	sums, debits := turnover(entries, "payer/1")
	if sums["SGD"] != -20000 || debits != 1 {
		t.Errorf("payer: %v, %d debits", sums, debits)
	}
	if sums, debits := turnover(entries, "shop/"); sums["SGD"] != 25000 || debits != 0 {
		t.Errorf("shop: %v, %d debits", sums, debits)
	}
}

func TestOpenBlame(t *testing.T) {
	t.Parallel()
	reset := said(aps.Pay, 0, nil, nil, 0, 1)
	reset.Broken = "reset"
	tests := []struct {
		name string
		pay  trace.Exchange
		want string
	}{
		{"reset", reset, "ACQ-RES-02"},
		{"silence", said(aps.Pay, 0, nil, nil, 0, 1), "ACQ-RES-01"},
		{"error status", said(aps.Pay, 502, nil, nil, 0, 1), "ACQ-RES-03"},
		{"unreadable", said(aps.Pay, 200, nil, nil, 0, 1), "ACQ-RES-04"},
		{"in process", said(aps.Pay, 200, r("U", "PAYMENT_IN_PROCESS"), nil, 0, 1), "ACQ-UPM-08"},
		{"unknown", said(aps.Pay, 200, r("U", "UNKNOWN_EXCEPTION"), nil, 0, 1), "ACQ-RES-05"},
	}
	for _, tt := range tests {
		if got := openBlame(tt.pay); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestStatesOf(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"paid": "PAID", "pending": "PENDING", "failed": "FAILED", "closed": "CLOSED", "unsuccessful": "FAILED or CLOSED",
	} {
		if got := join(statesOf(word)); got != want {
			t.Errorf("%s: %s", word, got)
		}
	}
	if !in(acquirer.Closed, statesOf("unsuccessful")) || in(acquirer.Paid, statesOf("unsuccessful")) {
		t.Error("unsuccessful is failed or closed")
	}
}

func TestDistinctCalls(t *testing.T) {
	t.Parallel()
	refund := func(id string) trace.Exchange {
		e := said(aps.Refund, 200, r("S", "SUCCESS"), nil, 0, 1)
		e.RefundRequestID = id
		return e
	}
	pay, lost, silenced := said(aps.Pay, 200, r("S", "SUCCESS"), nil, 0, 1), said(aps.Pay, 0, nil, nil, 0, 1), said(aps.Pay, 0, nil, nil, 0, 1)
	silenced.Faults = []string{"f-1"}
	tests := []struct {
		name  string
		calls []trace.Exchange
		want  int
	}{
		{"the same refund again", []trace.Exchange{refund("a"), refund("a")}, 1},
		{"two refunds", []trace.Exchange{refund("a"), refund("b")}, 2},
		{"the same charge again after its answer", []trace.Exchange{pay, pay}, 2},
		{"the same charge again after it was lost", []trace.Exchange{lost, pay}, 1},
		{"the same charge again after a fault", []trace.Exchange{silenced, pay}, 2},
	}
	for _, tt := range tests {
		if got := distinct(tt.calls); len(got) != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, len(got), tt.want)
		}
	}
}
