package network_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/linear"
	"mppsim/wallet/money"
	"mppsim/wallet/network"
)

const poorPayer = "USER_BALANCE_NOT_ENOUGH"

// dice are shared by callers.
type dice struct {
	mu sync.Mutex
	r  *rand.Rand
}

func (d *dice) roll(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.r.IntN(n)
}

// linger lets other callers go on.
func (d *dice) linger() {
	for range d.roll(4) {
		runtime.Gosched()
	}
}

// crowd are callers who do everything with a few orders at the same time, against a wallet that answers in all ways.
type crowd struct {
	*world
	dice    *dice
	history linear.History
	codes   []string
	mu      sync.Mutex
	open    []aps.WalletPay // what the wallet has not decided
}

func newCrowd(t *testing.T, seed uint64, orders int) *crowd {
	t.Helper()
	c := &crowd{world: newWorld(t, network.RhythmOff), dice: &dice{r: rand.New(rand.NewPCG(seed, 1))}}
	for range orders {
		c.codes = append(c.codes, c.code())
	}
	c.wallet.pay = c.takeMoney
	c.wallet.cancel = func() (aps.WalletCancelAnswer, error) {
		if c.dice.linger(); c.dice.roll(4) == 0 {
			return aps.WalletCancelAnswer{}, errors.New("no answer")
		}
		return aps.WalletCancelAnswer{Result: aps.ResultOf("SUCCESS")}, nil
	}
	c.wallet.refund = func(aps.WalletRefund) (aps.WalletRefundAnswer, error) {
		if c.dice.linger(); c.dice.roll(4) == 0 {
			return aps.WalletRefundAnswer{}, errors.New("no answer")
		}
		return aps.WalletRefundAnswer{Result: aps.ResultOf("SUCCESS")}, nil
	}
	c.acquirer.heard = func(n aps.Notification) { c.history.Heard(0, n.Payment.PaymentRequestID, n.Outcome.Code) }
	return c
}

func (c *crowd) takeMoney(req aps.WalletPay) (aps.WalletPayAnswer, error) {
	c.dice.linger()
	code := []string{"SUCCESS", "SUCCESS", "SUCCESS", poorPayer, "PAYMENT_IN_PROCESS", "PAYMENT_IN_PROCESS"}[c.dice.roll(6)]
	if code == "PAYMENT_IN_PROCESS" {
		c.mu.Lock()
		c.open = append(c.open, req)
		c.mu.Unlock()
	}
	return aps.WalletPayAnswer{Result: aps.ResultOf(code), PaymentID: "W-" + req.PaymentRequestID}, nil
}

// decide reports what became of a payment that the wallet had left open; two reports may differ.
func (c *crowd) decide(ctx context.Context) error {
	c.mu.Lock()
	legs := c.open
	c.mu.Unlock()
	if len(legs) == 0 {
		return nil
	}
	code := []string{"SUCCESS", "SUCCESS", poorPayer}[c.dice.roll(3)]
	_, err := c.NotifyPayment(ctx, c.word(legs[c.dice.roll(len(legs))], code))
	return err
}

// act makes one call about an order.
func (c *crowd) act(ctx context.Context, client int) error {
	i := c.dice.roll(len(c.codes))
	id := fmt.Sprintf("P%d", i)
	var failed error
	do := func(call linear.Call, f func() (linear.Answer, error)) {
		call.Order = id
		c.history.Do(client, call, func() (a linear.Answer) {
			a, failed = f()
			return a
		})
	}
	switch c.dice.roll(10) {
	case 0, 1, 2:
		minor := int64(1000 + c.dice.roll(8)/7) // now and then another amount
		do(linear.Call{Kind: linear.Pay, Minor: minor}, func() (linear.Answer, error) { return c.linearPay(ctx, id, c.codes[i], minor) })
	case 3:
		do(linear.Call{Kind: linear.Cancel}, func() (linear.Answer, error) {
			a, err := c.Cancel(ctx, aps.Subject{Timeline: c.line.ID}, aps.CancelRequest{PaymentRequestID: id})
			return linear.Answer{Code: a.Result.Code}, err
		})
	case 4, 5:
		r, minor := fmt.Sprintf("%sR%d", id, c.dice.roll(4)), int64(400+100*(c.dice.roll(8)/7))
		do(linear.Call{Kind: linear.Refund, Refund: r, Minor: minor}, func() (linear.Answer, error) {
			a, err := c.Refund(ctx, aps.RefundRequest{PaymentRequestID: id, RefundRequestID: r, Amount: money.Of("SGD", minor)})
			return linear.Answer{Code: a.Result.Code}, err
		})
	case 6:
		return c.decide(ctx)
	case 7:
		c.NotifyNow(ctx, id)
	default:
		do(linear.Call{Kind: linear.Inquiry}, func() (linear.Answer, error) { return c.linearInquiry(ctx, id) })
	}
	return failed
}

func (c *crowd) linearPay(ctx context.Context, id, code string, minor int64) (linear.Answer, error) {
	s, err := c.Locate(ctx, aps.Marks{PaymentRequestID: id, Code: code})
	if err != nil {
		return linear.Answer{}, err
	}
	a, err := c.Pay(ctx, s, new(c.request(id, code, minor)), nil)
	return linear.Answer{Code: a.Result.Code}, err
}

func (c *crowd) linearInquiry(ctx context.Context, id string) (linear.Answer, error) {
	a, err := c.Inquiry(ctx, aps.InquiryRequest{PaymentRequestID: id})
	if a.Outcome == nil {
		return linear.Answer{Code: a.Result.Code}, err
	}
	told := linear.Answer{Code: a.Outcome.Code}
	for _, t := range a.Transactions {
		if t.Type == "REFUND" && t.Result.Status == aps.Success {
			told.Refunded += t.Amount.Value
		}
	}
	return told, err
}

// run lets callers make calls at the same time, and checks what they saw.
func (c *crowd) run(callers, calls int) error {
	var all sync.WaitGroup
	failed := make(chan error, callers*calls)
	for client := range callers {
		all.Go(func() {
			for range calls {
				if err := c.act(c.t.Context(), client); err != nil {
					failed <- err
				}
			}
		})
	}
	all.Wait()
	close(failed)
	if err := <-failed; err != nil {
		return err
	}
	return c.history.Check(time.Minute, "SUCCESS", poorPayer)
}

// TestConcurrentCallsAreLinear lets eight callers pay, cancel, refund, ask, and decide a few orders at once: whatever
// they are answered must be explained by some order of their calls.
func TestConcurrentCallsAreLinear(t *testing.T) {
	t.Parallel()
	for seed := range linearRounds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			c := newCrowd(t, uint64(seed), 3)
			if err := c.run(8, 8); err != nil {
				t.Error(err)
			}
		})
	}
}
