package mpp

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
)

func TestThePasswordDecides(t *testing.T) {
	t.Parallel()
	type hand = func(w *world, p Payer) (Payment, error)
	enter := func(password string) hand {
		return func(w *world, p Payer) (Payment, error) {
			return w.wallet.EnterPassword(w.t.Context(), p.ID, Act{Password: password})
		}
	}
	decline := func(w *world, p Payer) (Payment, error) { return w.wallet.Decline(w.t.Context(), p.ID, Act{}) }
	wait := func(d time.Duration, then hand) hand {
		return func(w *world, p Payer) (Payment, error) { w.clock.Advance(d); return then(w, p) }
	}
	tests := []struct {
		name     string
		template string
		hands    []hand
		want     string // code of the last state
		debit    int64
		notified []string
	}{
		{"right", "always-password", []hand{enter("")}, "SUCCESS", 1234, []string{"SUCCESS"}},
		{"right in digits", "always-password", []hand{enter("246810")}, "SUCCESS", 1234, []string{"SUCCESS"}},
		{"wrong once", "always-password", []hand{enter("1")}, "PAYMENT_IN_PROCESS", 0, nil},
		{"wrong twice, then right", "always-password", []hand{enter("1"), enter("2"), enter("")}, "SUCCESS", 1234, []string{"SUCCESS"}},
		{"wrong three times", "always-password", []hand{enter("1"), enter("2"), enter("3")}, "USER_PAYMENT_VERIFICATION_FAILED", 0, []string{"USER_PAYMENT_VERIFICATION_FAILED"}},
		{"declined", "always-password", []hand{decline}, "USER_PAYMENT_VERIFICATION_FAILED", 0, []string{"USER_PAYMENT_VERIFICATION_FAILED"}},
		{"in the last second", "always-password", []hand{wait(time.Minute, enter(""))}, "SUCCESS", 1234, []string{"SUCCESS"}},
		{"too late", "always-password", []hand{wait(61*time.Second, enter(""))}, "ORDER_IS_CLOSED", 0, []string{"ORDER_IS_CLOSED"}},
		{"declined too late", "always-password", []hand{wait(61*time.Second, decline)}, "ORDER_IS_CLOSED", 0, []string{"ORDER_IS_CLOSED"}},
		{"no money", "poor-with-password", []hand{enter("")}, "USER_BALANCE_NOT_ENOUGH", 0, []string{"USER_BALANCE_NOT_ENOUGH"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.payer(test.template)
			req := w.request(p)
			if got := w.pay(req); got.Result.Code != "PAYMENT_IN_PROCESS" || got.Result.Status != aps.Unknown {
				t.Fatalf("pay: %+v", got.Result)
			}
			var last Payment
			for _, act := range test.hands {
				var err error
				if last, err = act(w, p); err != nil {
					t.Fatal(err)
				}
			}
			if last.Code != test.want || last.PaymentRequestID != req.PaymentRequestID {
				t.Errorf("payment %+v", last)
			}
			if got := w.spent(p); got != test.debit || last.Debited.Value != test.debit {
				t.Errorf("debited %d, shown %v", got, last.Debited)
			}
			if heard := w.network.notifications(); !slices.Equal(heard, test.notified) {
				t.Errorf("notified %v, want %v", heard, test.notified)
			}
			if got := w.inquire(req.PaymentRequestID).Outcome.Code; got != test.want {
				t.Errorf("inquiry: %s", got)
			}
		})
	}
}

func TestOnlyASuccessCarriesItsDetails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("always-password")
	paid, refused := w.request(p), w.request(p)
	w.pay(paid)
	w.clock.Advance(time.Second)
	w.pay(refused)
	if _, err := w.wallet.EnterPassword(t.Context(), p.ID, Act{}); err != nil { // the oldest
		t.Fatal(err)
	}
	if _, err := w.wallet.Decline(t.Context(), p.ID, Act{}); err != nil {
		t.Fatal(err)
	}
	success, failure := w.network.heard[0], w.network.heard[1]
	if success.PaymentRequestID != paid.PaymentRequestID || success.PaymentID == "" || success.Amount != paid.Amount ||
		success.PayTo != paid.PayTo || success.CustomerID != p.CustomerID || !success.Time.Equal(w.clock.Now()) {
		t.Errorf("success %+v", success)
	}
	if failure.PaymentRequestID != refused.PaymentRequestID || failure.PaymentID != "" || !failure.Time.IsZero() {
		t.Errorf("failure %+v", failure)
	}
}

func TestWithoutAWaitingPaymentThereIsNothingToDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("always-password")
	if _, err := w.wallet.EnterPassword(t.Context(), p.ID, Act{}); !errors.Is(err, ErrNotWaiting) {
		t.Errorf("before any payment: %v", err)
	}
	req := w.request(p)
	w.pay(req)
	if got := w.cancel(req.PaymentRequestID); got != "SUCCESS" {
		t.Errorf("cancel: %s", got)
	}
	if _, err := w.wallet.EnterPassword(t.Context(), p.ID, Act{}); !errors.Is(err, ErrNotWaiting) {
		t.Errorf("after the cancellation: %v", err)
	}
	if got := w.spent(p); got != 0 || len(w.network.notifications()) != 0 {
		t.Errorf("debited %d, notified %v", got, w.network.notifications())
	}
	if _, err := w.wallet.EnterPassword(t.Context(), "nobody", Act{}); !errors.Is(err, ErrNoPayer) {
		t.Errorf("unknown payer: %v", err)
	}
}

func TestAnExpiredPaymentDoesNotStandInTheWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("always-password")
	w.pay(w.request(p))
	w.clock.Advance(2 * time.Minute)
	open := w.request(p)
	w.pay(open)
	view, err := w.wallet.Payer(t.Context(), p.ID)
	if err != nil || len(view.Waiting) != 1 || view.Waiting[0].PaymentRequestID != open.PaymentRequestID {
		t.Errorf("waiting %+v, %v", view.Waiting, err)
	}
	got, err := w.wallet.EnterPassword(t.Context(), p.ID, Act{})
	if err != nil || got.PaymentRequestID != open.PaymentRequestID || got.State != Success {
		t.Errorf("payment %+v, %v", got, err)
	}
}

func TestTheHandWaitsForThePayment(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.wallet.base, w.wallet.timelines = clock.System(), func(string) clock.Clock { return w.clock }
		p := w.payer("always-password")
		go func() {
			time.Sleep(3 * time.Second)
			w.pay(w.request(p))
		}()
		start := time.Now()
		got, err := w.wallet.EnterPassword(t.Context(), p.ID, Act{Wait: time.Minute})
		if err != nil || got.State != Success || time.Since(start) != 3*time.Second {
			t.Errorf("%v later: %+v, %v", time.Since(start), got, err)
		}
		start = time.Now()
		if _, err := w.wallet.Decline(t.Context(), p.ID, Act{Wait: 5 * time.Second}); !errors.Is(err, ErrNotWaiting) || time.Since(start) != 5*time.Second {
			t.Errorf("%v later: %v", time.Since(start), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := w.wallet.Decline(ctx, p.ID, Act{Wait: time.Minute}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("caller gone: %v", err)
		}
	})
}

// TestAWalletThatMissesTheExpiry takes the money all the same, and Alipay+ hears of it once.
func TestAWalletThatMissesTheExpiry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("always-password")
	w.pay(w.request(p))
	w.clock.Advance(time.Hour)
	got, err := w.wallet.EnterPassword(t.Context(), p.ID, Act{Late: true})
	if err != nil || got.State != Success || w.spent(p) != 1234 {
		t.Errorf("payment %+v, %v", got, err)
	}
	if _, err := w.wallet.EnterPassword(t.Context(), p.ID, Act{Late: true}); !errors.Is(err, ErrNotWaiting) {
		t.Errorf("again: %v", err)
	}
	if heard := w.network.notifications(); len(heard) != 1 || heard[0] != "SUCCESS" {
		t.Errorf("notified %v", heard)
	}
}

func TestNotificationsAreRepeatedUntilAcknowledged(t *testing.T) {
	t.Parallel()
	hour := time.Hour
	all := []time.Duration{0, 2 * time.Minute, 12 * time.Minute, 22 * time.Minute, 22*time.Minute + hour, 22*time.Minute + 3*hour, 22*time.Minute + 9*hour, 22*time.Minute + 24*hour}
	tests := []struct {
		name   string
		answer func(attempt int) (aps.Result, error)
		cancel bool
		want   []time.Duration
	}{
		{"acknowledged", func(int) (aps.Result, error) { return success(), nil }, false, all[:1]},
		{"refused for good", func(int) (aps.Result, error) { return refusal("ORDER_IS_CLOSED", ""), nil }, false, all[:1]},
		{"lost twice", func(n int) (aps.Result, error) {
			if n < 3 {
				return aps.Result{}, errors.New("connection reset")
			}
			return success(), nil
		}, false, all[:3]},
		{"never", func(int) (aps.Result, error) { return inProcess(), nil }, false, all},
		{"cancelled meanwhile", func(int) (aps.Result, error) { return inProcess(), nil }, true, all[:1]},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			start := w.clock.Now()
			var times []time.Duration
			w.network.answer = func() (aps.Result, error) {
				times = append(times, w.clock.Now().Sub(start))
				return test.answer(len(times))
			}
			p := w.payer("always-password")
			req := w.request(p)
			w.pay(req)
			if _, err := w.wallet.EnterPassword(t.Context(), p.ID, Act{}); err != nil {
				t.Fatal(err)
			}
			if test.cancel {
				w.cancel(req.PaymentRequestID)
			}
			w.clock.Advance(72 * time.Hour)
			if !slices.Equal(times, test.want) {
				t.Errorf("notified after %v, want %v", times, test.want)
			}
		})
	}
}
