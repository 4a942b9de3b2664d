package wallet_test

import (
	"fmt"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

// newDisputeRig has a payment P1 of 1000.
func newDisputeRig(t *testing.T) (*rig, *acquirer) {
	t.Helper()
	r := newRig(t)
	r.open("production")
	a := r.acquirer()
	want(t, "pay", r.pay("P1", r.code(r.payer("rich")), "1000").code(), "SUCCESS")
	return r, a
}

func (r *rig) dispute(spec control.DisputeSpec) control.Dispute {
	r.t.Helper()
	if spec.PaymentRequestID == "" {
		spec.PaymentRequestID = "P1"
	}
	return must[control.Dispute](r.t)(r.api.OpenDispute(r.t.Context(), spec))
}

// undisputed expects a refusal of the control API.
func (r *rig) undisputed(what string, spec control.DisputeSpec, code string) {
	r.t.Helper()
	if spec.PaymentRequestID == "" {
		spec.PaymentRequestID = "P1"
	}
	_, err := r.api.OpenDispute(r.t.Context(), spec)
	if refused := asRefusal(err); refused == nil || refused.Code != code {
		r.t.Errorf("%s: %v, want %s", what, err, code)
	}
}

func (r *rig) retrieved(id string) string {
	r.t.Helper()
	return codeOf(r.ask(aps.ResponseRetrieval, fmt.Sprintf(`{"disputeRequestId":%q,"responseCode":"ACCEPT","transactionReceipt":"slip","otherDocumentation":["a","b"]}`, id)))
}

func (r *rig) escalated(id, kind, value string) string {
	r.t.Helper()
	return codeOf(r.ask(aps.ResponseEscalation, fmt.Sprintf(`{"disputeRequestId":%q,"refundType":%q,"refundAmount":{"currency":"SGD","value":%q},`+
		`"plannedRefundTime":"2031-03-05T12:00:00+08:00","remarks":"sorry"}`, id, kind, value)))
}

func TestRetrieval(t *testing.T) {
	t.Parallel()
	r, a := newDisputeRig(t)
	d := r.dispute(control.DisputeSpec{Kind: "RETRIEVAL", Reason: "unknown to the payer", Due: 48 * time.Hour})
	want(t, "state and answer", d.State+" "+d.Answer.Code, "OPEN SUCCESS")
	sent := a.await(aps.InitiateRetrieval, 1)[0]
	want(t, "message", sent.Text("disputeRequestId")+sent.Text("paymentRequestId")+sent.Text("disputeReason"), d.DisputeRequestID+"P1unknown to the payer")
	if left := time.Until(sent.Moment("responseDueTime")); left < 47*time.Hour || left > 49*time.Hour {
		t.Errorf("an answer is wanted in %s", left)
	}
	again := r.dispute(control.DisputeSpec{Kind: "RETRIEVAL", DisputeRequestID: d.DisputeRequestID})
	want(t, "the same again", again.State+" "+again.Answer.Code, "OPEN SUCCESS")
	r.undisputed("a second one while it is open", control.DisputeSpec{Kind: "RETRIEVAL"}, control.Conflict)
	want(t, "escalation beside it", r.dispute(control.DisputeSpec{Kind: "ESCALATION"}).State, "OPEN")

	want(t, "answer", r.retrieved(d.DisputeRequestID), "SUCCESS")
	want(t, "the answer again", r.retrieved(d.DisputeRequestID), "SUCCESS")
	want(t, "unknown dispute", r.retrieved("x"), "PROCESS_FAIL")
	want(t, "answer to an escalation", r.escalated(d.DisputeRequestID, "FULL", "1"), "PROCESS_FAIL")
	list := must[[]control.Dispute](t)(r.api.Disputes(t.Context(), control.DisputeQuery{PaymentRequestID: "P1"}))
	if len(list) != 2 || list[0].Response == nil || list[0].Response.Papers["transactionReceipt"] != "slip" || len(list[0].Response.Documents) != 2 {
		t.Errorf("disputes %+v", list)
	}
}

func TestRetrievalsAreLimited(t *testing.T) {
	t.Parallel()
	r, a := newDisputeRig(t)
	one := control.DisputeSpec{Kind: "RETRIEVAL"}
	cancelled := r.dispute(one)
	must[control.Dispute](t)(r.api.CancelDispute(t.Context(), cancelled.DisputeRequestID))
	want(t, "answer to a cancelled one", r.retrieved(cancelled.DisputeRequestID), "PROCESS_FAIL")
	for range 5 {
		r.retrieved(r.dispute(one).DisputeRequestID)
	}
	r.undisputed("a sixth one", one, control.Conflict)
	if n := len(a.took(aps.InitiateRetrieval)); n != 6 {
		t.Errorf("%d messages, want 6", n)
	}
	want(t, "another payment", r.pay("P2", r.code(r.payer("rich")), "500").code(), "SUCCESS")
	r.move(360*24*time.Hour + time.Minute)
	r.undisputed("after 360 days", control.DisputeSpec{Kind: "RETRIEVAL", PaymentRequestID: "P2"}, control.Conflict)
	r.undisputed("unknown payment", control.DisputeSpec{Kind: "RETRIEVAL", PaymentRequestID: "P9"}, control.Conflict)
	r.undisputed("unknown kind", control.DisputeSpec{Kind: "COMPLAINT"}, control.Invalid)
	if _, err := r.api.CancelDispute(t.Context(), "x"); !control.IsNotFound(err) {
		t.Errorf("cancelling nothing: %v", err)
	}
}

func TestEscalations(t *testing.T) {
	t.Parallel()
	r, a := newDisputeRig(t)
	want(t, "refund", r.refund("P1", "R1", "100").code(), "SUCCESS")
	escalation := func(minor int64) control.DisputeSpec {
		return control.DisputeSpec{Kind: "ESCALATION", Amount: sgd(minor)}
	}
	r.undisputed("more than is left", escalation(901), control.Conflict)
	r.undisputed("another currency", control.DisputeSpec{Kind: "ESCALATION", Amount: money.Of("JPY", 5)}, control.Conflict)
	first := r.dispute(escalation(500))
	want(t, "amount", a.await(aps.InitiateEscalation, 1)[0].Text("disputeAmount.value"), "500")
	want(t, "too much back", r.escalated(first.DisputeRequestID, "PART", "501"), "PARAM_ILLEGAL")
	want(t, "answer", r.escalated(first.DisputeRequestID, "PART", "300"), "SUCCESS")
	want(t, "the answer again", r.escalated(first.DisputeRequestID, "PART", "300"), "SUCCESS")
	want(t, "another amount", r.escalated(first.DisputeRequestID, "PART", "299"), "REPEAT_REQ_INCONSISTENT")
	want(t, "another type", r.escalated(first.DisputeRequestID, "FULL", "300"), "REPEAT_REQ_INCONSISTENT")
	r.undisputed("more than is left then", escalation(601), control.Conflict)
	r.move(24 * 24 * time.Hour)
	second := r.dispute(control.DisputeSpec{Kind: "ESCALATION"})
	if second.Amount != sgd(600) {
		t.Errorf("second escalation about %s", second.Amount)
	}
	r.escalated(second.DisputeRequestID, "NONE", "1")
	r.undisputed("a third one", escalation(1), control.Conflict)
	r.wantMoved("shop/M-1", 900)
}

func TestTheSecondEscalationComesWithin25Days(t *testing.T) {
	t.Parallel()
	r, _ := newDisputeRig(t)
	one := control.DisputeSpec{Kind: "ESCALATION", Amount: sgd(100)}
	r.move(359 * 24 * time.Hour)
	r.escalated(r.dispute(one).DisputeRequestID, "PART", "50")
	r.move(25*24*time.Hour + time.Minute)
	r.undisputed("26 days later", one, control.Conflict)
}

func TestADisputeThatTheAcquirerDoesNotTake(t *testing.T) {
	t.Parallel()
	r, a := newDisputeRig(t)
	a.refuses(aps.InitiateRetrieval, "PROCESS_FAIL")
	d := r.dispute(control.DisputeSpec{Kind: "RETRIEVAL"})
	want(t, "refused", d.State+" "+d.Answer.Code, "REFUSED PROCESS_FAIL")
	want(t, "answer to it", r.retrieved(d.DisputeRequestID), "PROCESS_FAIL")

	a.refuses(aps.InitiateRetrieval, "UNKNOWN_EXCEPTION")
	d = r.dispute(control.DisputeSpec{Kind: "RETRIEVAL"})
	want(t, "unknown", d.State, "SENT")
	a.refuses(aps.InitiateRetrieval, "SUCCESS")
	r.moveUntil(time.Minute, func() bool { return len(a.took(aps.InitiateRetrieval)) == 3 })
	for _, f := range a.took(aps.InitiateRetrieval)[1:] {
		want(t, "repeated with its id", f.Text("disputeRequestId"), d.DisputeRequestID)
	}
	a.until("the dispute is open", func() bool {
		list := must[[]control.Dispute](t)(r.api.Disputes(t.Context(), control.DisputeQuery{Timeline: r.timeline}))
		for _, x := range list {
			if x.DisputeRequestID == d.DisputeRequestID {
				return x.State == "OPEN"
			}
		}
		return false
	})
}

// TestProbes sends what the rules forbid, to see what the acquirer makes of it.
func TestProbes(t *testing.T) {
	t.Parallel()
	r, a := newDisputeRig(t)
	a.refuses(aps.InitiateRetrieval, "REPEAT_REQ_INCONSISTENT")
	probe := r.dispute(control.DisputeSpec{Kind: "RETRIEVAL", PaymentRequestID: "P9", DisputeRequestID: "D1", Probe: true})
	want(t, "answer", probe.Answer.Code, "REPEAT_REQ_INCONSISTENT")
	want(t, "asked about", a.took(aps.InitiateRetrieval)[0].Text("paymentRequestId"), "P9")
	if list := must[[]control.Dispute](t)(r.api.Disputes(t.Context(), control.DisputeQuery{Timeline: r.timeline})); len(list) != 0 {
		t.Errorf("a probe was booked: %+v", list)
	}
	if _, err := r.api.SetAddresses(t.Context(), control.Addresses{}); err != nil {
		t.Fatal(err)
	}
	r.undisputed("without address", control.DisputeSpec{Kind: "RETRIEVAL"}, control.Invalid)
}
