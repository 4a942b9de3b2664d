package steps

import (
	"context"
	"errors"
	"fmt"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
)

func refundSteps() []Step {
	return []Step{
		step("refund", `the shop refunds `+worth, `the shop refunds 3.00`,
			"The shop gives back a part of the payment.", refundPart),
		step("refund", `the shop refunds the payment in full`, `the shop refunds the payment in full`,
			"The shop gives back everything.", refundAll),
		step("refund", `the shop refunds the payment in full unless the acquirer has done so`,
			`the shop refunds the payment in full unless the acquirer has done so`,
			"An acquirer may refund by itself what was too late to cancel.", refundUnlessDone),
		step("refund", `the shop sees the refund as done within `+lasting, `the shop sees the refund as done within 60 s`,
			"The acquirer shows the refund as done, or the payment as refunded.", seesRefund),
		step("refund", `the shop has seen the refund as done`, `the shop has seen the refund as done`,
			"As a condition: the refund is done.", hasSeenRefund),
		step("refund", `the shop does not see any refund as done`, `the shop does not see any refund as done`,
			"No sample so far shows money as given back.", noRefundSeen),
		step("refund", `the refund is refused`, `the refund is refused`,
			"The acquirer refuses the shop's refund.", refundRefused),
	}
}

// unreachable reports that the acquirer could not be called at all: the environment's fault.
func unreachable(err error) bool { return errors.Is(err, acquirer.ErrUnreachable) }

func refundPart(ctx context.Context, amount string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	part, err := world.AmountIn(amount, p.Charge.Amount.Currency)
	if err != nil {
		return err
	}
	_, err = w.Refund(ctx, world.RefundOrder{Payment: p, Amount: part})
	return err
}

func refundAll(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	_, err = w.Refund(ctx, world.RefundOrder{Payment: p, Amount: p.Charge.Amount})
	return err
}

func refundUnlessDone(ctx context.Context) error {
	p, err := world.From(ctx).PaymentBy("")
	if err != nil {
		return err
	}
	if len(p.RefundCalls()) > 0 {
		return nil
	}
	return refundAll(ctx)
}

// givenBack reports whether the shop was told that money of the latest payment went back, and by what.
func givenBack(w *world.World) (world.Evidence, bool) {
	for _, r := range w.Refunds() {
		if s, done := r.Ever(acquirer.Refunded); done {
			return w.Told(s), true
		}
	}
	for _, p := range w.Payments() {
		for _, s := range p.Samples() {
			if back := s.Payment.Refunded; back != nil && !back.IsZero() {
				return w.Shown(s), true
			}
		}
	}
	return world.Evidence{}, false
}

func seesRefund(ctx context.Context, within string) error {
	w := world.From(ctx)
	d, err := span(within)
	if err != nil {
		return err
	}
	reaction, err := w.Tolerances().Get(tolerance.Reaction)
	if err != nil {
		return err
	}
	bound := max(reaction.At(w.Factor()), w.Scale(d)+slack)
	met, err := w.AwaitFor(ctx, bound, tolerance.RefundDecided, "the shop sees the refund as done", func(*world.View) bool {
		_, done := givenBack(w)
		return done || refundFailed(w)
	})
	if err != nil {
		return err
	}
	if _, done := givenBack(w); done {
		return nil
	}
	if err := lastRefundWord(ctx); err != nil {
		return err
	}
	return w.Fail("the shop sees the refund as done", fmt.Sprintf("%s (in time: %t)", refundState(w), met), refundEvidence(w)...)
}

func refundFailed(w *world.World) bool {
	r, err := w.RefundBy("")
	return err == nil && r.State() == acquirer.Failed
}

// refundState says in words what the shop knows of the latest refund.
func refundState(w *world.World) string {
	r, err := w.RefundBy("")
	if err != nil {
		return "no refund"
	}
	return string(r.State()) + " " + r.Last().Refund.Reason
}

func refundEvidence(w *world.World) []world.Evidence {
	if r, err := w.RefundBy(""); err == nil && r.Last().Call != "" {
		return []world.Evidence{w.Told(r.Last())}
	}
	return nil
}

func hasSeenRefund(ctx context.Context) error {
	w := world.From(ctx)
	met, err := w.Await(ctx, tolerance.Reaction, "the refund is done", func(*world.View) bool {
		_, done := givenBack(w)
		return done
	})
	if err == nil && !met {
		return w.NotReached("the refund is not done: "+refundState(w), "ACQ-REF-01")
	}
	return err
}

func noRefundSeen(ctx context.Context) error {
	w := world.From(ctx)
	if e, done := givenBack(w); done {
		return w.Fail("no refund is shown as done that Alipay+ has not confirmed", "one is", e)
	}
	return nil
}

func refundRefused(ctx context.Context) error {
	w := world.From(ctx)
	r, err := w.RefundBy("")
	if err != nil {
		return err
	}
	if err := firstRefundWord(ctx, r); err != nil {
		return err
	}
	met, err := w.Await(ctx, tolerance.Reaction, "the refund is refused", func(v *world.View) bool {
		answer, _ := r.Answered()
		return answer.Refused || r.State() == acquirer.Failed && len(world.Of(v.Exchanges, aps.Refund)) == 0
	})
	if err != nil || met {
		return err
	}
	return w.Fail("the refund is refused", string(r.State()), refundEvidence(w)...)
}
