package steps

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/check"
	"mppsim/wallet/aps"
)

func TestANotificationAddressIsOptionalForPaymentCodes(t *testing.T) {
	t.Parallel()
	const good = "http://127.0.0.1:9100/aplus/notify"
	for name, tt := range map[string]struct {
		address, dialect string
		usable, told     string // the step about the address, and one that needs a notification
	}{
		"named":               {good, "aps", "passed", "passed"},
		"left out":            {"", "aps", "not applicable", "not applicable"},
		"left out in ams":     {"", "ams", "accused", "not reached ACQ-NTF-03"},
		"relative":            {"/aplus/notify", "aps", "accused", "passed"},
		"longer than allowed": {good + strings.Repeat("x", 2048), "aps", "accused", "passed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := playAt(t, &cashier{states: []acquirer.State{paid}}, func(f *check.Facts) { f.Dialect = tt.dialect })
				s.address = tt.address
				s.says(aps.Pay, success, nil)
				if got := verdictOf(usableAddress(s.ctx)); got != tt.usable {
					t.Errorf("the address: %s, want %s", got, tt.usable)
				}
				for step, judge := range map[string]func(context.Context) error{
					"a success":     notifySuccess,
					"an outcome":    notifyOutcome,
					"all at once":   notifyAll,
					"large ones":    func(ctx context.Context) error { return shout(ctx, 0, 1) },
					"until taken":   func(ctx context.Context) error { return notifyUntil(ctx, "0 s") },
					"a forged one":  func(ctx context.Context) error { return forgeNotification(ctx, "without signature") },
					"without money": func(ctx context.Context) error { return notifyWithout(ctx, "paymentAmount") },
				} {
					if got := verdictOf(judge(s.ctx)); got != tt.told {
						t.Errorf("%s: %s, want %s", step, got, tt.told)
					}
				}
			})
		})
	}
}
