package steps

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
)

// blocker is a till whose charge is answered only at the end of the payment.
type blocker struct {
	cashier
	end     chan struct{}
	needsID bool

	mu        sync.Mutex
	cancelled []acquirer.PaymentRef
}

func newBlocker(needsID bool, end acquirer.State) *blocker {
	return &blocker{cashier: cashier{states: []acquirer.State{end}}, end: make(chan struct{}), needsID: needsID}
}

func (b *blocker) NeedsID(string) bool { return b.needsID }

func (b *blocker) ChargeCode(ctx context.Context, _ acquirer.Charge) (acquirer.Payment, error) {
	select {
	case <-b.end:
		return b.tell()
	case <-ctx.Done():
		return acquirer.Payment{}, ctx.Err()
	}
}

func (b *blocker) Cancel(_ context.Context, ref acquirer.PaymentRef) (acquirer.Payment, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cancelled = append(b.cancelled, ref)
	return acquirer.Payment{State: closed}, nil
}

func (b *blocker) cancels() []acquirer.PaymentRef {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cancelled
}

// TestACancellationWhileTheChargeIsOpen is the stimulus of ACQ-CAN-08 at a till that blocks.
func TestACancellationWhileTheChargeIsOpen(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		needsID, atNetwork, expires bool
		want                        string
		cancels                     int
	}{
		"named by the order number":              {atNetwork: true, want: "passed", cancels: 1},
		"not before it is with Alipay+":          {want: "not reached "},
		"cancelled at the expiry":                {needsID: true, atNetwork: true, expires: true, want: "passed"},
		"neither named nor cancelled by anybody": {needsID: true, atNetwork: true, want: "not reached "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				till := newBlocker(tt.needsID, closed)
				s := playAt(t, till)
				if tt.atNetwork {
					s.says(aps.Pay, success, nil)
				}
				if tt.expires {
					s.says(aps.CancelPayment, success, nil)
				}
				if got := verdictOf(cancelOrExpire(s.ctx)); got != tt.want {
					t.Fatalf("%s, want %s", got, tt.want)
				}
				met, err := s.AwaitFor(s.ctx, time.Duration(tt.cancels)*time.Second, "watch", "the cancellation", func(*world.View) bool {
					return len(till.cancels()) == tt.cancels && tt.cancels > 0
				})
				if err != nil || met != (tt.cancels > 0) || len(till.cancels()) != tt.cancels {
					t.Errorf("cancelled %v, %v", till.cancels(), err)
				}
			})
		})
	}
}

// TestTheEndOfABlockingChargeIsJudged is the outcome of ACQ-CAN-08 at such a till.
func TestTheEndOfABlockingChargeIsJudged(t *testing.T) {
	t.Parallel()
	for end, want := range map[acquirer.State]string{closed: "passed", paid: "accused"} {
		t.Run(string(end), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				till := newBlocker(true, end)
				s := playAt(t, till)
				s.says(aps.Pay, success, nil)
				s.says(aps.CancelPayment, success, nil)
				if got := verdictOf(cancelOrExpire(s.ctx)); got != "passed" {
					t.Fatal(got)
				}
				time.AfterFunc(200*time.Millisecond, func() { close(till.end) })
				if got := verdictOf(notRevived(s.ctx, "1 s")); got != want {
					t.Errorf("%s, want %s", got, want)
				}
			})
		})
	}
}

func TestATillThatHearsNothingHasNotSeenThePaymentStayUnpaid(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := play(t, "")
		s.says(aps.CancelPayment, success, nil)
		if got := verdictOf(notRevived(s.ctx, "0 s")); !strings.HasPrefix(got, "broken: the till has heard nothing") {
			t.Error(got)
		}
	})
}

func TestAChargeThatIsNeverAnsweredCannotBeCancelledById(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := playAt(t, newBlocker(true, closed))
		if got := verdictOf(cancelTimes(s.ctx, 1)); got != "broken: the shop cannot name the payment: the acquirer did not answer the charge" {
			t.Error(got)
		}
	})
}
