package wallet_test

import (
	"fmt"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

func TestAutoDebitPaysWithoutItsPayer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("certify")
	r.acquirer()
	for _, tt := range []struct{ payer, result string }{
		{"rich", "SUCCESS"},
		{"always-password", "SUCCESS"}, // nobody is there to enter it
		{"poor", "USER_BALANCE_NOT_ENOUGH"},
		{"blocked", "USER_STATUS_ABNORMAL"},
	} {
		p := r.payer(tt.payer)
		token := r.active(p, "A-"+tt.payer)
		charge := sale{id: "P-" + tt.payer, value: "990", factor: agreementFactor, token: token}
		want(t, tt.payer, codeOf(r.ask(aps.Pay, r.saleBody(charge))), tt.result) // found by its token
		want(t, tt.payer+" again", codeOf(r.ask(aps.Pay, r.saleBody(charge))), tt.result)
		paid := int64(0)
		if tt.result == "SUCCESS" {
			paid = 990
			want(t, "refund", r.refund(charge.id, "R-"+tt.payer, "90").code(), "SUCCESS")
			r.wantMoved("payer/"+p.ID, -900)
			continue
		}
		r.wantMoved("payer/"+p.ID, -paid)
	}
	want(t, "unknown token", codeOf(r.sell(sale{id: "X1", value: "1", factor: agreementFactor, token: "nobody's"})), "INVALID_TOKEN")
	if e := r.last(aps.Pay); e.Timeline != r.timeline {
		t.Errorf("recorded on timeline %q", e.Timeline)
	}
}

func TestASlowAutoDebitIsNotifiedOrCancelled(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("certify")
	r.acquirer()
	p := r.payer("slow")
	token := r.active(p, "A-1")
	for i := range 2 {
		id := fmt.Sprintf("P%d", i)
		want(t, "charge", codeOf(r.ask(aps.Pay, r.saleBody(sale{id: id, value: "500", factor: agreementFactor, token: token}))), "PAYMENT_IN_PROCESS")
	}
	want(t, "cancel", r.cancel("P1").code(), "SUCCESS")
	r.move(3 * time.Second)
	want(t, "notified", r.notice(1).Text("paymentRequestId"), "P0")
	want(t, "outcome", r.outcome("P0"), "SUCCESS")
	want(t, "cancelled", r.outcome("P1"), "ORDER_IS_CLOSED")
	r.wantMoved("payer/"+p.ID, -500)
}

func TestAnEndedAgreementPaysNoMore(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	r.acquirer()
	p := r.payer("rich")
	token := r.active(p, "A-1")
	want(t, "charge", codeOf(r.ask(aps.Pay, r.saleBody(sale{id: "P1", value: "500", factor: agreementFactor, token: token}))), "SUCCESS")
	want(t, "ended", codeOf(r.ask(aps.CancelToken, fmt.Sprintf(`{"accessToken":%q}`, token))), "SUCCESS")
	want(t, "charge after it", codeOf(r.sell(sale{id: "P2", value: "500", factor: agreementFactor, token: token})), "INVALID_TOKEN")
	want(t, "the paid one again", codeOf(r.ask(aps.Pay, r.saleBody(sale{id: "P1", value: "500", factor: agreementFactor, token: token}))), "SUCCESS")
	spec := control.FaultSpec{Fault: "refused-result", Aim: control.Aim{Payer: p.ID, API: aps.Pay, Count: 1}, Params: control.Params{Result: &aps.Result{Code: "INVALID_TOKEN"}}}
	must[control.Fault](t)(r.api.Arm(t.Context(), spec))
	token = r.active(p, "A-2")
	want(t, "fault aimed at its payer", codeOf(r.ask(aps.Pay, r.saleBody(sale{id: "P3", value: "500", factor: agreementFactor, token: token}))), "INVALID_TOKEN")
	want(t, "then truly", codeOf(r.ask(aps.Pay, r.saleBody(sale{id: "P3", value: "500", factor: agreementFactor, token: token}))), "SUCCESS")
	r.wantMoved("payer/"+p.ID, -1000)
}
