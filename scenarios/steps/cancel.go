package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/trace"
)

func cancelSteps() []Step {
	return []Step{
		step("cancel", `the shop cancels the payment( again| twice at once)?`, `the shop cancels the payment`,
			"The cashier cancels, or two tills do at the same instant; only the answer to \"again\" is waited for.",
			func(ctx context.Context, how string) error {
				switch how {
				case " again":
					return cancelAgain(ctx)
				case " twice at once":
					return cancelTimes(ctx, 2)
				}
				return cancelTimes(ctx, 1)
			}),
		step("cancel", `the shop cancels the payment, or its expiry does`, `the shop cancels the payment, or its expiry does`,
			"The cashier cancels as soon as the till can name the payment; if that is only when the charge is over, the acquirer's cancellation at the expiry stands in.",
			cancelOrExpire),
		step("cancel", `both cancellations of the shop are answered`, `both cancellations of the shop are answered`,
			"As a condition: the acquirer has answered two cancellations of the shop.", bothAnswered),
		step("cancel", `every cancellation of the shop is answered as done`, `every cancellation of the shop is answered as done`,
			"The acquirer refuses none of the shop's cancellations.", cancelsDone),
		step("cancel", `Alipay\+ has confirmed the cancellation, or none was sent`,
			`Alipay+ has confirmed the cancellation, or none was sent`,
			"As a condition: waits for a moment, because an acquirer may refuse to cancel while the charge is open.", confirmedOrNone),
		step("cancel", `the shop has seen the payment as paid, or the acquirer has cancelled it`,
			`the shop has seen the payment as paid, or the acquirer has cancelled it`,
			"As a condition: the payment is decided.", paidOrCancelled),
		step("cancel", `the acquirer has asked within `+lasting+` before any cancellation`,
			`the acquirer has asked within 30 s before any cancellation`,
			"No cancellation without an inquiry shortly before it.", askedBeforeCancel),
		step("cancel", `the acquirer has not cancelled what Alipay\+ had called paid`,
			`the acquirer has not cancelled what Alipay+ had called paid`,
			"No cancellation comes after a success was delivered.", notCancelledWhenPaid),
	}
}

// cancelTimes starts so many cancellations at once. A payment can be cancelled as soon as the shop can name it.
func cancelTimes(ctx context.Context, times int) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	named, err := nameable(ctx, p, func() bool { _, over := p.Answered(); return over })
	if err != nil {
		return err
	}
	if _, over := p.Answered(); !over && !named {
		return errors.New("the shop cannot name the payment: the acquirer did not answer the charge")
	}
	for range times {
		w.CancelSoon(p)
	}
	return nil
}

// cancelOrExpire cancels a payment whose charge may be open: a till that learns the payment's name only when its charge
// is over leaves the cancellation to the acquirer, which does it at the expiry.
func cancelOrExpire(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	expired := func() bool { _, done := first(p.Exchanges(aps.CancelPayment), confirmsCancel); return done }
	named, err := nameable(ctx, p, expired)
	switch {
	case err != nil:
		return err
	case named:
		w.CancelSoon(p)
	case !expired():
		return w.NotReached("the shop cannot name the payment while its charge is open, and the acquirer has not cancelled it by itself")
	}
	return nil
}

// nameable waits until the shop can name a payment in a cancellation, or until there is no use in waiting. A charge
// whose answer takes longer than confirmWait is named by its order number, where that is enough, once it is with Alipay+.
func nameable(ctx context.Context, p *world.Payment, useless func() bool) (named bool, err error) {
	w, what := world.From(ctx), "a payment that the shop can name"
	_, err = w.AwaitFor(ctx, w.Scale(confirmWait), tolerance.CallAnswer, "the acquirer's answer to the charge", func(*world.View) bool {
		_, over := p.Answered()
		return over
	})
	if err != nil {
		return false, err
	}
	open, err := metByFault(ctx, aps.Pay)
	if err != nil {
		return false, err
	}
	_, err = w.AwaitFor(ctx, longestCharge(w), tolerance.AfterExpiry, what, func(*world.View) bool {
		answer, over := p.Answered()
		named = p.Named(acquirer.VerbCancel) && (over || open || len(p.Pays()) > 0)
		return named || useless() || over && answer.Refused
	})
	if answer, _ := p.Answered(); err == nil && answer.Refused {
		return false, w.NotReached("the acquirer refused the charge: "+answer.Reason, "ACQ-UPM-03")
	}
	return named, err
}

// longestCharge is how long a shop waits for the end of a charge: until its payment has expired and been cancelled, and at
// least as long as for any call.
func longestCharge(w *world.World) time.Duration {
	longest := time.Duration(0)
	for _, name := range []tolerance.Name{tolerance.CallAnswer, tolerance.AfterExpiry} {
		if t, err := w.Tolerances().Get(name); err == nil {
			longest = max(longest, t.At(w.Factor()))
		}
	}
	return longest
}

func cancelAgain(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	_, err = w.Cancel(ctx, p)
	if unreachable(err) {
		return err
	}
	return nil // an answer that cannot be read is judged by the Then
}

func bothAnswered(ctx context.Context) error {
	w := world.From(ctx)
	met, err := w.Await(ctx, tolerance.CallAnswer, "the answers to the shop's cancellations", func(*world.View) bool {
		answered := 0
		for _, call := range w.Calls() {
			if call.Verb == "cancel" {
				answered++
			}
		}
		return answered >= 2
	})
	if err == nil && !met {
		return w.NotReached("the acquirer has not answered the shop's cancellations")
	}
	return err
}

func cancelsDone(ctx context.Context) error {
	w := world.From(ctx)
	for _, call := range w.Calls() {
		if call.Verb != "cancel" {
			continue
		}
		if call.Refused || call.Response.Status >= http.StatusInternalServerError {
			return w.Fail("each of the shop's cancellations is answered as done",
				fmt.Sprintf("status %d, refused: %t", call.Response.Status, call.Refused), w.Call(call))
		}
	}
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	for _, s := range p.Samples() {
		if s.Verb == "cancel" && s.State() == acquirer.Failed {
			return w.Fail("each of the shop's cancellations is answered as done", string(s.State()), w.Shown(s))
		}
	}
	return nil
}

// confirmWait is how long a cancellation may take that is sent at once.
const confirmWait = 2 * time.Second

func confirmedOrNone(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	confirmed, err := w.AwaitFor(ctx, w.Scale(confirmWait), tolerance.CancelSent, "the cancellation is confirmed", func(*world.View) bool {
		_, confirmed := first(p.Exchanges(aps.CancelPayment), confirmsCancel)
		return confirmed
	})
	if err != nil || !confirmed {
		return err
	}
	// The acquirer needs a moment to book what it was told.
	_, err = w.AwaitFor(ctx, w.Scale(confirmWait), tolerance.CancelSent, "the shop hears of it", func(*world.View) bool {
		_, unpaid := p.Ever(statesOf("unsuccessful")...)
		return unpaid
	})
	return err
}

func paidOrCancelled(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	met, err := w.Await(ctx, tolerance.AfterExpiry, "the payment is paid or cancelled", func(*world.View) bool {
		return p.State() == acquirer.Paid || len(p.Exchanges(aps.CancelPayment)) > 0
	})
	if err == nil && !met {
		return w.NotReached("the payment is "+string(p.State()), "ACQ-INQ-12")
	}
	return err
}

func askedBeforeCancel(ctx context.Context, within string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	d, err := span(within)
	if err != nil {
		return err
	}
	asked := p.Exchanges(aps.InquiryPayment)
	for _, c := range p.Exchanges(aps.CancelPayment) {
		recent := false
		for _, e := range asked {
			gap := c.Received.Sub(e.Received)
			recent = recent || gap >= 0 && gap <= w.Scale(d)+slack/32
		}
		if !recent {
			return w.Fail("an inquiry comes within "+within+" before the cancellation", "none", w.Ex(c))
		}
	}
	return nil
}

// quickAnswer is how long every acquirer waits for an answer; a slower one it may not have heard.
const quickAnswer = 250 * time.Millisecond

func notCancelledWhenPaid(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	paid, ok := earliest(p.Exchanges(), func(e trace.Exchange) bool {
		return saysOutcome(e, aps.Success) && e.Answered.Sub(e.Received) < quickAnswer
	})
	if !ok {
		return nil
	}
	for _, c := range p.Exchanges(aps.CancelPayment) {
		if c.Received.After(paid.Answered) {
			return w.Fail("no cancellation after Alipay+ said that the payment succeeded",
				fmt.Sprintf("one %s later", c.Received.Sub(paid.Answered).Round(time.Millisecond)), w.Ex(c), w.Ex(paid))
		}
	}
	return nil
}
