package wallet_test

import (
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// TestFaultsBesidePayments aims faults at operations beside payments, by name.
func TestFaultsBesidePayments(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("production")
	r.expect("m-1")
	a := r.acquirer()
	arm := func(kind string, api aps.API, from int, params control.Params) {
		t.Helper()
		spec := control.FaultSpec{Fault: kind, Aim: control.Aim{Reference: "m-1", API: api, From: from, Count: 1}, Params: params}
		must[control.Fault](t)(r.api.Arm(t.Context(), spec))
	}
	unknown := aps.ResultOf("UNKNOWN_EXCEPTION")
	body := registrationBody("R1", "M-1", "S-1", a.url(aps.NotifyRegistrationStatus))
	must[control.Fault](t)(r.api.Arm(t.Context(), control.FaultSpec{Fault: "refused-http-status", Aim: control.Aim{Reference: "m-1"}}))
	arm("refused-result", aps.Registration, 1, control.Params{Result: &unknown})
	want(t, "refused before it is booked", codeOf(r.ask(aps.Registration, body)), "UNKNOWN_EXCEPTION")
	want(t, "nothing was booked", codeOf(r.ask(aps.InquiryRegistrationStatus, `{"registrationRequestId":"R1"}`)), "PROCESS_FAIL")
	arm("answer-result", aps.Registration, 1, control.Params{Result: &unknown})
	want(t, "booked, but not told", codeOf(r.ask(aps.Registration, body)), "UNKNOWN_EXCEPTION")
	want(t, "it was booked", codeOf(r.ask(aps.InquiryRegistrationStatus, `{"registrationRequestId":"R1"}`)), "SUCCESS")
	want(t, "the same again", codeOf(r.ask(aps.Registration, body)), "SUCCESS")

	arm("notification-lost", aps.NotifyRegistrationStatus, 1, control.Params{})
	arm("notification-duplicated", aps.NotifyRegistrationStatus, 2, control.Params{Times: 3})
	must[control.Registration](t)(r.api.DecideRegistration(t.Context(), "R1", control.RegistrationVerdict{}))
	r.moveUntil(time.Minute, func() bool { return len(a.took(aps.NotifyRegistrationStatus)) == 3 })
	if e := r.last(aps.NotifyRegistrationStatus); len(e.Faults) != 1 || e.Timeline != r.timeline {
		t.Errorf("the notification bears the faults %v on timeline %q", e.Faults, e.Timeline)
	}
}

// TestASimulatorWithoutAddressSaysSo: what begins at Alipay+ needs to know where the acquirer serves it.
func TestASimulatorWithoutAddressSaysSo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	spec := control.PushSpec{Code: shopCode, Amount: sgd(1)}
	for name, call := range map[string]func() error{
		"push":        func() error { _, err := r.api.Push(t.Context(), p.ID, spec); return err },
		"place order": func() error { _, err := r.api.PlaceOrder(t.Context(), p.ID, spec); return err },
		"inquiry": func() error {
			_, err := r.api.InquirePush(t.Context(), control.PushInquiry{PaymentID: "x", CodeValue: shopCode})
			return err
		},
	} {
		err := call()
		if refused := asRefusal(err); refused == nil || refused.Code != control.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	r.wantMoved("payer/"+p.ID, 0)
}
