package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/trace"
)

// counted is the pattern of the calls that a phrase counts.
const counted = `(charges?|inquiry|inquiries|cancellations?|refunds?)`

// messageSteps judge the acquirer's calls to Alipay+.
func messageSteps() []Step {
	return []Step{
		step("call", `the acquirer sends (no|exactly \d+|at most \d+) `+counted, `the acquirer sends exactly 1 charge`,
			"So many calls about the payment reach Alipay+ until the end of the scenario; a refund sent again is the same refund.", sends),
		step("call", `the acquirer sends at least (\d+) `+counted+` within `+lasting,
			`the acquirer sends at least 4 cancellations within 10 min`,
			"The acquirer repeats a call until it is decided.", sendsAtLeast),
		step("call", `the acquirer cancels the payment within `+lasting+` after its expiry`,
			`the acquirer cancels the payment within 60 s after its expiry`,
			"A cancellation comes by itself, counted from the declared expiry.", cancelsAfterExpiry),
		step("call", `the acquirer cancels the payment`, `the acquirer cancels the payment`,
			"The shop's cancellation reaches Alipay+ as a cancellation.",
			func(ctx context.Context) error { return cancels(ctx, true) }),
		step("call", `the acquirer has cancelled the payment`, `the acquirer has cancelled the payment`,
			"As a condition: a cancellation has reached Alipay+ and was answered.",
			func(ctx context.Context) error { return cancels(ctx, false) }),
		step("call", `the acquirer uses one identifier for the payment`, `the acquirer uses one identifier for the payment`,
			"All charges and cancellations of the payment carry the same identifier.",
			func(ctx context.Context) error { return oneIdentifier(ctx, aps.Pay, aps.CancelPayment) }),
		step("call", `every cancellation carries the same identifier`, `every cancellation carries the same identifier`,
			"Repeated cancellations name the payment as the first one did.",
			func(ctx context.Context) error { return oneIdentifier(ctx, aps.CancelPayment) }),
		step("call", `the acquirer acknowledges the notification`, `the acquirer acknowledges the notification`,
			"The answer to the latest notification says that it was received.", acknowledges),
	}
}

// callsOf are the calls of one operation about a payment.
func callsOf(p *world.Payment, api aps.API) []trace.Exchange {
	if api == aps.Pay {
		return p.Pays()
	}
	return p.Exchanges(api)
}

// answeredCalls leaves out the calls that the acquirer gave up before we had answered, without being made to: on a
// busy machine we may be slower than its time-out, and then it rightly says the same again.
func answeredCalls(calls []trace.Exchange) []trace.Exchange {
	return slices.DeleteFunc(slices.Clone(calls), func(e trace.Exchange) bool {
		return e.Broken == "caller gone" && len(e.Faults) == 0
	})
}

func sends(ctx context.Context, how, what string) error {
	w := world.From(ctx)
	api, err := operation(what)
	if err != nil {
		return err
	}
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	least, most, err := limits(how)
	if err != nil {
		return err
	}
	if least > 0 {
		_, err := w.Await(ctx, tolerance.Reaction, fmt.Sprintf("%d × %s", least, spell(api)), func(*world.View) bool {
			return len(callsOf(p, api)) >= least
		})
		if err != nil {
			return err
		}
	}
	judge := func(context.Context) error {
		calls := distinct(callsOf(p, api))
		if n := len(calls); n < least || n > most {
			return w.Fail(fmt.Sprintf("%s %s reaches Alipay+", how, what), fmt.Sprintf("%d", n), evidence(w, calls)...)
		}
		return nil
	}
	if err := judge(ctx); err != nil {
		return err
	}
	w.AtEnd(judge) // what is too many may still come
	return nil
}

// distinct leaves out what an acquirer may send again: the same refund, and a call that was lost on its way
// without anybody's doing.
func distinct(calls []trace.Exchange) []trace.Exchange {
	refunds := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(calls), func(e trace.Exchange) bool {
		if aps.API(e.API) == aps.Refund {
			known := refunds[e.RefundRequestID]
			refunds[e.RefundRequestID] = true
			return known
		}
		return !reached(e) && len(e.Faults) == 0
	})
}

// limits reads how many calls a phrase allows.
func limits(how string) (least, most int, err error) {
	if how == "no" {
		return 0, 0, nil
	}
	var n int
	if _, err := fmt.Sscanf(how, "exactly %d", &n); err == nil {
		return n, n, nil
	}
	if _, err := fmt.Sscanf(how, "at most %d", &n); err == nil {
		return 0, n, nil
	}
	return 0, 0, fmt.Errorf("how many calls are %q", how)
}

// evidence points at exchanges, the last ones first.
func evidence(w *world.World, exchanges []trace.Exchange) []world.Evidence {
	var points []world.Evidence
	for _, e := range slices.Backward(exchanges) {
		points = append(points, w.Ex(e))
	}
	return points
}

func sendsAtLeast(ctx context.Context, times int, what, within string) error {
	w := world.From(ctx)
	api, err := operation(what)
	if err != nil {
		return err
	}
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	d, err := span(within)
	if err != nil {
		return err
	}
	met, err := w.AwaitFor(ctx, w.Scale(d)+slack, tolerance.RepeatSent, "the "+spell(api)+" again", func(*world.View) bool {
		return len(callsOf(p, api)) >= times
	})
	if err != nil || met {
		return err
	}
	calls := callsOf(p, api)
	return w.Fail(fmt.Sprintf("at least %d × %s within %s", times, spell(api), within), fmt.Sprintf("%d", len(calls)), evidence(w, calls)...)
}

func cancelsAfterExpiry(ctx context.Context, within string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	d, err := span(within)
	if err != nil {
		return err
	}
	bound := deadline(w, p).Add(w.Scale(d)).Sub(w.Clock().Now()) + slack
	met, err := w.AwaitFor(ctx, bound, tolerance.CancelSent, "the cancellation at the expiry", func(*world.View) bool {
		return len(p.Exchanges(aps.CancelPayment)) > 0
	})
	if err != nil || met {
		return err
	}
	if err := notCharged(ctx, p); err != nil {
		return err
	}
	return w.Fail("a cancellation reaches Alipay+ within "+within+" after the expiry",
		fmt.Sprintf("none, %s after the charge; the shop sees %s", sinceCharge(p, w.Clock().Now()), p.State()), shown(w, p)...)
}

func cancels(ctx context.Context, accuse bool) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	met, err := w.Await(ctx, tolerance.CancelSent, "the cancellation", func(*world.View) bool {
		return len(p.Exchanges(aps.CancelPayment)) > 0
	})
	if err != nil || met {
		return err
	}
	if !accuse {
		return w.NotReached("the acquirer sent no cancellation", "ACQ-CAN-01")
	}
	return w.Fail("the shop's cancellation reaches Alipay+ as a cancellation", "none", shown(w, p)...)
}

func oneIdentifier(ctx context.Context, apis ...aps.API) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	if err := notCharged(ctx, p); err != nil {
		return err
	}
	pay, sent := payOf(p)
	if !sent {
		return w.NotReached("the charge is still open", "ACQ-RES-15")
	}
	want := member(pay.Request.Body, "paymentRequestId")
	for _, e := range world.Of(w.Exchanges(), apis...) {
		if id := member(e.Request.Body, "paymentRequestId"); id != "" && id != want {
			return w.Fail("the identifier of the payment, "+want, fmt.Sprintf("a %s with %s", spell(aps.API(e.API)), id), w.Ex(e), w.Ex(pay))
		}
	}
	return nil
}

func acknowledges(ctx context.Context) error {
	w := world.From(ctx)
	sent, ok := w.Recall(notifiedKey).(trace.Exchange)
	if !ok {
		return fmt.Errorf("no step has sent a notification")
	}
	if reached(sent) && has(sent.Result, aps.Success) {
		return nil
	}
	return w.Fail("the notification is acknowledged with S", answerText(sent), w.Ex(sent))
}

// answerText says in a few words how a call was answered.
func answerText(e trace.Exchange) string {
	switch {
	case e.Response.Status == 0:
		return "no answer (" + e.Broken + ")"
	case e.Result == nil:
		return fmt.Sprintf("status %d without a result", e.Response.Status)
	}
	return e.Result.Status + " " + e.Result.Code
}

// member reads a text out of a JSON body; empty when it is not there.
func member(body []byte, path ...string) string {
	for _, name := range path {
		var object map[string]json.RawMessage
		if json.Unmarshal(body, &object) != nil {
			return ""
		}
		body = object[name]
	}
	var text string
	if json.Unmarshal(body, &text) != nil {
		return ""
	}
	return text
}
