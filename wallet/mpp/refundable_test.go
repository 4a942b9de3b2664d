package mpp

import (
	"testing"
	"time"
)

// TestRefundsEndAsTheTemplateSays, part after part of a payment of 1234.
func TestRefundsEndAsTheTemplateSays(t *testing.T) {
	t.Parallel()
	for template, tt := range map[string]struct {
		amounts []int64
		codes   []string
		back    int64
	}{
		"rich":          {[]int64{1000, 234}, []string{"SUCCESS", "SUCCESS"}, 1234},
		"leaves":        {[]int64{1}, []string{"USER_NOT_EXIST"}, 0},
		"risky-refund":  {[]int64{1}, []string{"RISK_REJECT"}, 0},
		"no-refunds":    {[]int64{1234}, []string{"REFUND_NOT_SUPPORTED"}, 0},
		"whole-refunds": {[]int64{1233, 1234}, []string{"PARTIAL_REFUND_NOT_SUPPORTED", "SUCCESS"}, 1234},
		"one-refund":    {[]int64{1, 1}, []string{"SUCCESS", "MULTIPLE_REFUNDS_NOT_SUPPORTED"}, 1},
	} {
		t.Run(template, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.payer(template)
			req := w.request(p)
			w.pay(req)
			for i, amount := range tt.amounts {
				id := "R" + string(rune('0'+i))
				for range 2 { // the second time it is answered as the first
					if got := w.refund(req, id, amount); got != tt.codes[i] {
						t.Errorf("refund of %d: %s, want %s", amount, got, tt.codes[i])
					}
				}
			}
			if got := w.spent(p); got != 1234-tt.back {
				t.Errorf("debited %d, want %d", got, 1234-tt.back)
			}
		})
	}
}

func TestASlowRefundIsDecidedWhenItIsDue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("slow-refund")
	req := w.request(p)
	w.pay(req)
	expect := func(what, id string, amount int64, want string) {
		t.Helper()
		if got := w.refund(req, id, amount); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	expect("first", "R1", 1000, "PAYMENT_IN_PROCESS")
	w.clock.Advance(9 * time.Second)
	expect("too early", "R1", 1000, "PAYMENT_IN_PROCESS")
	expect("another amount", "R1", 999, "REPEAT_REQ_INCONSISTENT")
	if got := w.spent(p); got != 1234 {
		t.Errorf("debited %d before it is due", got)
	}
	w.clock.Advance(time.Second)
	expect("when it is due", "R1", 1000, "SUCCESS")
	expect("again", "R1", 1000, "SUCCESS")
	if got := w.spent(p); got != 234 {
		t.Errorf("debited %d after it", got)
	}
}
