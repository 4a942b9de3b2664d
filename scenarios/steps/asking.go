package steps

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/trace"
)

// askingSteps judge when, how often and how long the acquirer asks for an outcome.
func askingSteps() []Step {
	return []Step{
		step("call", `the acquirer asks for the result within `+lasting, `the acquirer asks for the result within 10 s`,
			"The first inquiry comes so soon after the answer to the charge.", asksWithin),
		step("call", `the acquirer follows up the charge within `+lasting, `the acquirer follows up the charge within 35 s`,
			"An inquiry or the same charge again comes so soon after the charge.", followsUp),
		step("call", `no `+lasting+` pass without an inquiry until the payment is decided or expires`,
			`no 45 s pass without an inquiry until the payment is decided or expires`,
			"The acquirer asks steadily, from the answer to the charge to the end.", asksSteadily),
		step("call", `the acquirer has stopped asking for decided payments`, `the acquirer has stopped asking for decided payments`,
			"After a final outcome at most one inquiry, already under way, is sent.", stoppedAsking),
		step("call", `the acquirer goes on after each failed inquiry`, `the acquirer goes on after each failed inquiry`,
			"A failed inquiry is followed by another call about the payment within 45 s.", goesOn),
		step("call", `the acquirer waits at least `+lasting+` after each refusal for traffic`,
			`the acquirer waits at least 1 s after each refusal for traffic`,
			"The next call about the payment does not come sooner.", slowsDown),
		step("call", `the acquirer sends at most (\d+) calls for the payment in the first minute`,
			`the acquirer sends at most 20 calls for the payment in the first minute`,
			"All calls about the payment count.", fewCalls),
	}
}

func asksWithin(ctx context.Context, within string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	d, err := span(within)
	if err != nil {
		return err
	}
	return followedBy(ctx, w, p, w.Scale(d)+slack/4, "an inquiry within "+within+" after the answer to the charge",
		func(pay trace.Exchange) time.Time { return pay.Answered }, aps.InquiryPayment)
}

func followsUp(ctx context.Context, within string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	d, err := span(within)
	if err != nil {
		return err
	}
	// The first charge may still be open, and then it is not yet in the traffic: the shop's call stands for it.
	return followedBy(ctx, w, p, w.Scale(d)+slack/2, "an inquiry or the same charge again within "+within+" after the charge",
		func(trace.Exchange) time.Time { return p.Started() }, aps.InquiryPayment, aps.Pay)
}

// followedBy waits for a call after the first charge and judges when it came.
func followedBy(ctx context.Context, w *world.World, p *world.Payment, bound time.Duration, expected string,
	since func(trace.Exchange) time.Time, apis ...aps.API,
) error {
	next := func() (trace.Exchange, bool) {
		pay, _ := payOf(p)
		return first(p.Exchanges(apis...), func(e trace.Exchange) bool { return e.ID != pay.ID })
	}
	met, err := w.AwaitFor(ctx, bound, tolerance.FirstInquiry, expected, func(*world.View) bool {
		_, followed := next()
		return followed
	})
	if err != nil {
		return err
	}
	pay, _ := payOf(p)
	if follow, _ := next(); met && follow.Received.Sub(since(pay)) <= bound {
		return nil
	}
	if err := notCharged(ctx, p); err != nil {
		return err
	}
	if in(p.State(), statesOf("unsuccessful")) {
		return w.NotReached("the shop sees "+string(p.State())+" already", openBlame(pay))
	}
	return w.Fail(expected, "none in time", shown(w, p)...)
}

func asksSteadily(ctx context.Context, most string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	d, err := span(most)
	if err != nil {
		return err
	}
	rest := deadline(w, p).Sub(w.Clock().Now())
	_, err = w.AwaitFor(ctx, rest, tolerance.Expiry, "the payment is decided or expires", func(*world.View) bool {
		_, over := decided(p)
		return over
	})
	if err != nil {
		return err
	}
	pay, sent := payOf(p)
	if !sent {
		return w.NotReached("the acquirer sent no charge to Alipay+", "ACQ-UPM-03")
	}
	end := deadline(w, p)
	if e, over := decided(p); over && e.Received.Before(end) {
		end = e.Received
	}
	gap, before := longestGap(pay, p.Exchanges(aps.InquiryPayment, aps.Pay), end)
	if gap <= w.Scale(d)+slack/8 {
		return nil
	}
	if err := stillOpen(ctx, p, pay); err != nil {
		return err
	}
	return w.Fail("no "+most+" (shortened like the acquirer's timers) pass without an inquiry", "a gap of "+gap.Round(time.Millisecond).String(), w.Ex(before))
}

// stillOpen asks the acquirer for the payment: one that it takes for decided without a reason is another
// requirement's question.
func stillOpen(ctx context.Context, p *world.Payment, pay trace.Exchange) error {
	w := world.From(ctx)
	shownNow, err := w.Query(ctx, p)
	if err != nil {
		return err
	}
	if _, justified := decided(p); !justified && shownNow.State != acquirer.Pending {
		return isDecided(w, p.Last(), pay)
	}
	return nil
}

// decided finds what ended the open time of a payment: a final outcome that reached the acquirer, or a cancellation.
func decided(p *world.Payment) (trace.Exchange, bool) {
	return first(p.Exchanges(), func(e trace.Exchange) bool {
		return aps.API(e.API) == aps.CancelPayment || saysOutcome(e, aps.Success) || saysOutcome(e, aps.Failure)
	})
}

// longestGap finds the longest time without an asking call between the charge's answer and the end, and the
// call before it.
func longestGap(pay trace.Exchange, asking []trace.Exchange, end time.Time) (time.Duration, trace.Exchange) {
	longest, before, last := time.Duration(0), pay, pay
	since := pay.Answered
	for _, e := range asking {
		if e.ID == pay.ID || e.Received.After(end) {
			continue
		}
		if gap := e.Received.Sub(since); gap > longest {
			longest, before = gap, last
		}
		since, last = e.Received, e
	}
	if gap := end.Sub(since); gap > longest {
		longest, before = gap, last
	}
	return longest, before
}

func stoppedAsking(ctx context.Context) error {
	w := world.From(ctx)
	if err := settleRecord(ctx); err != nil {
		return err
	}
	for _, p := range w.Payments() {
		final, over := earliest(p.Exchanges(), func(e trace.Exchange) bool {
			return confirmsCancel(e) || saysOutcome(e, aps.Success) || saysOutcome(e, aps.Failure)
		})
		if !over {
			continue
		}
		late := slices.DeleteFunc(p.Exchanges(aps.InquiryPayment), func(e trace.Exchange) bool {
			return !e.Received.After(final.Answered)
		})
		if len(late) > 1 {
			return w.Fail("no inquiry comes after the final outcome", fmt.Sprintf("%d inquiries", len(late)), evidence(w, late)...)
		}
	}
	return nil
}

// longestPause between inquiries about an open payment (ACQ-INQ-03).
const longestPause = 45 * time.Second

func goesOn(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	if err := settleRecord(ctx); err != nil {
		return err
	}
	end := w.Clock().Now()
	calls := p.Exchanges(aps.Pay, aps.InquiryPayment, aps.CancelPayment)
	for _, e := range slices.Backward(calls) {
		failed := aps.API(e.API) == aps.InquiryPayment && (!reached(e) || !has(e.Result, aps.Success))
		if failed && end.Sub(e.Answered) > w.Scale(longestPause)+slack/16 {
			return w.Fail("another call about the payment within 45 s after the inquiry that was answered with "+answerText(e), "none", w.Ex(e))
		}
		end = e.Received
	}
	return nil
}

// tooBusy is the code with which Alipay+ refuses calls for their number.
const tooBusy = "REQUEST_TRAFFIC_EXCEED_LIMIT"

func slowsDown(ctx context.Context, least string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	d, err := span(least)
	if err != nil {
		return err
	}
	bound := time.Duration(float64(d) * w.Factor())
	bound -= min(bound/5, readLag) // when our answer left is known no better than this
	calls := p.Exchanges(aps.Pay, aps.InquiryPayment, aps.CancelPayment)
	for i, e := range calls[:max(len(calls)-1, 0)] {
		if e.Result == nil || e.Result.Code != tooBusy {
			continue
		}
		if gap := calls[i+1].Received.Sub(e.Answered); gap < bound {
			return w.Fail("the next call comes no sooner than "+least+" (shortened like the acquirer's timers)",
				gap.Round(time.Millisecond).String(), w.Ex(calls[i+1]), w.Ex(e))
		}
	}
	return nil
}

func fewCalls(ctx context.Context, most int) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	calls := p.Exchanges(aps.Pay, aps.InquiryPayment, aps.CancelPayment)
	calls = slices.DeleteFunc(calls, func(e trace.Exchange) bool {
		return e.Received.After(p.Started().Add(w.Scale(time.Minute)))
	})
	if len(calls) > most {
		return w.Fail(fmt.Sprintf("at most %d calls in the first minute", most), fmt.Sprintf("%d", len(calls)), evidence(w, calls)...)
	}
	return nil
}
