package wallet_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// TestFaultsOfPayers shows what becomes of a payment whose payer does not simply pay, and where the money is then.
func TestFaultsOfPayers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault   string
		later   time.Duration // passes before the outcome is asked for
		outcome string
		moves   string // kinds of the payer's ledger entries
	}{
		{"payer-declines", 0, "USER_PAYMENT_VERIFICATION_FAILED", ""},
		{"payer-mistypes", 0, "USER_PAYMENT_VERIFICATION_FAILED", ""},
		{"payer-abandons", 0, "PAYMENT_IN_PROCESS", ""},
		{"payer-abandons", 6 * time.Minute, "ORDER_IS_CLOSED", ""},
		{"payer-pays-late", 6 * time.Minute, "ORDER_IS_CLOSED", "payment cancellation"},
	} {
		for product, pay := range map[string]func(*rig, control.Aim){
			"by payment code": func(r *rig, aim control.Aim) {
				r.arm(c.fault, aim, control.Params{})
				want(r.t, "pay", r.pay("P1", r.code(r.payer("rich")), "1000").code(), "PAYMENT_IN_PROCESS")
			},
			"by order code": func(r *rig, aim control.Aim) {
				r.arm(c.fault, aim, control.Params{})
				r.orderCode("P1", "1000")
			},
		} {
			t.Run(c.fault+" "+product+" "+c.outcome, func(t *testing.T) {
				t.Parallel()
				r := newRig(t)
				r.open("off")
				pay(r, control.Aim{Timeline: r.timeline, Reference: "order-P1", Count: 1})
				r.waits("P1")
				r.move(c.later)
				r.settled(func() bool { return r.outcome("P1") == c.outcome && r.kinds() == c.moves })
				r.wantMoved("shop/M-1", 0)
			})
		}
	}
}

// waits lets the payer of a scanned order be there before time passes.
func (r *rig) waits(id string) {
	r.t.Helper()
	r.settled(func() bool { return r.orderOf(id).Payer != "" })
}

// kinds are the kinds of the movements of payers, but for top-ups, in their order.
func (r *rig) kinds() string {
	r.t.Helper()
	var kinds []string
	for _, e := range must[[]control.Entry](r.t)(r.api.Entries(r.t.Context(), r.timeline)) {
		if strings.HasPrefix(e.Account, "payer/") && e.Kind != "top-up" {
			kinds = append(kinds, e.Kind)
		}
	}
	return strings.Join(kinds, " ")
}

func TestTwoPayersScanTheSameOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	r.arm("payer-twice", control.Aim{Timeline: r.timeline, Reference: "order-P1", Count: 1}, control.Params{})
	r.orderCode("P1", "1000")
	r.settled(func() bool { return r.outcome("P1") == "SUCCESS" })
	r.wantMoved("shop/M-1", 1000)
	payers := func() map[string]int64 {
		moved := map[string]int64{}
		for _, e := range must[[]control.Entry](t)(r.api.Entries(t.Context(), r.timeline)) {
			if strings.HasPrefix(e.Account, "payer/") {
				moved[e.Account] += 0
				if e.Kind != "top-up" {
					moved[e.Account] += e.Amount.Value
				}
			}
		}
		return moved
	}
	r.settled(func() bool {
		var values []int64
		for _, value := range payers() {
			values = append(values, value)
		}
		slices.Sort(values)
		return slices.Equal(values, []int64{-1000, 0}) || slices.Equal(values, []int64{-1000})
	})
}

// TestAPayerFaultSparesTheOtherPaymentsOfThePayer: only the payment that is aimed at asks.
func TestAPayerFaultSparesTheOtherPaymentsOfThePayer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	aimed := r.code(p)
	r.arm("payer-abandons", control.Aim{Code: aimed}, control.Params{})
	want(t, "another payment", r.pay("P1", r.code(p), "1000").code(), "SUCCESS")
	want(t, "the payment", r.pay("P2", aimed, "1000").code(), "PAYMENT_IN_PROCESS")
	want(t, "a third", r.pay("P3", r.code(p), "1000").code(), "SUCCESS")
}

// TestTimeThatComesBeforeAMessage shows that the clock's faults move the payment's own time and leave the wire's alone.
func TestTimeThatComesBeforeAMessage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	r.pay("P1", r.code(p), "1000")
	before := must[control.Timeline](t)(r.api.Timeline(t.Context(), r.timeline))
	r.arm("clock-cutoff", control.Aim{Payer: p.ID, API: aps.InquiryPayment, Count: 1}, control.Params{})
	want(t, "inquiry", r.inquire("P1").outcome(), "SUCCESS")
	after := must[control.Timeline](t)(r.api.Timeline(t.Context(), r.timeline))
	local := after.Now.In(time.FixedZone("UTC+8", 8*3600))
	if local.Hour() != 0 || local.Minute() < 16 || !after.Now.After(before.Now) || after.Now.Sub(before.Now) > 25*time.Hour {
		t.Errorf("it was %s, it is %s", before.Now, after.Now)
	}
	if real := must[control.Info](t)(r.api.Info(t.Context())).Now; time.Since(real).Abs() > time.Minute {
		t.Errorf("the real time moved to %s", real)
	}
	want(t, "cancel", r.cancel("P1").code(), "CANCEL_WINDOW_EXCEED")
}
