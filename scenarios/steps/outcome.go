package steps

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/trace"
)

// outcomeSteps compare what the shop sees with what Alipay+ had said by then.
func outcomeSteps() []Step {
	return []Step{
		step("outcome", `the payment ends as paid, or as closed by a confirmed cancellation`,
			`the payment ends as paid, or as closed by a confirmed cancellation`,
			"The payment is decided in time, never shown as unsuccessful before a cancellation was confirmed, and the books are Alipay+'s.",
			endsDecided),
		step("outcome", `the shop sees the payment as unsuccessful only after Alipay\+ confirmed the cancellation`,
			`the shop sees the payment as unsuccessful only after Alipay+ confirmed the cancellation`,
			"No sample shows FAILED or CLOSED before Alipay+ said that the payment is closed.",
			func(ctx context.Context) error {
				return onPayment(ctx, func(w *world.World, p *world.Payment) error {
					return twice(ctx, func() error { return notUnsuccessfulTooSoon(w, p) })
				})
			}),
		step("outcome", `the shop has never seen the payment as paid before Alipay\+ said so`,
			`the shop has never seen the payment as paid before Alipay+ said so`,
			"No sample shows PAID before a success was delivered.",
			func(ctx context.Context) error {
				return onPayment(ctx, func(w *world.World, p *world.Payment) error {
					return twice(ctx, func() error { return notPaidTooSoon(w, p) })
				})
			}),
		step("outcome", `the shop has never seen the payment as unsuccessful after it was paid`,
			`the shop has never seen the payment as unsuccessful after it was paid`,
			"Once PAID, no sample shows FAILED or CLOSED.",
			func(ctx context.Context) error { return onPayment(ctx, staysPaid) }),
		step("outcome", `for `+lasting+` the shop does not see the payment as paid after Alipay\+ confirmed the cancellation`,
			`for 10 s the shop does not see the payment as paid after Alipay+ confirmed the cancellation`,
			"Nothing revives a cancelled payment; without a confirmed cancellation there is nothing to judge.", notRevived),
		step("outcome", `the acquirer has heard that the payment failed`, `the acquirer has heard that the payment failed`,
			"As a condition: an answer or notification has told the acquirer the failed outcome.", hasHeardFailure),
		step("outcome", `the acquirer treats the payment as open`, `the acquirer treats the payment as open`,
			"As a condition: the first answer to the charge has not led the acquirer to a state that nothing justifies.",
			func(ctx context.Context) error {
				p, err := world.From(ctx).PaymentBy("")
				if err != nil {
					return err
				}
				return isOpen(ctx, p)
			}),
		step("outcome", `the shop has been told an outcome of the payment`, `the shop has been told an outcome of the payment`,
			"As a condition: the payment is decided in the shop's eyes, whatever the outcome.", hasOutcome),
		step("outcome", `the charge is refused`, `the charge is refused`,
			"The acquirer refuses the shop's charge, or shows it as unsuccessful within the reaction time.", chargeRefused),
		step("outcome", `(the|each) code has reached Alipay\+ digit for digit`, `the code has reached Alipay+ digit for digit`,
			"The charge carries exactly the digits that the payer showed.", codesArrived),
	}
}

// onPayment calls judge with the scenario's latest payment.
func onPayment(ctx context.Context, judge func(*world.World, *world.Payment) error) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	return judge(w, p)
}

func endsDecided(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	bound := deadline(w, p).Add(w.Scale(time.Minute)).Sub(w.Clock().Now()) + 2*slack
	final := []acquirer.State{acquirer.Paid, acquirer.Failed, acquirer.Closed}
	met, err := w.AwaitFor(ctx, bound, tolerance.AfterExpiry, "the payment is decided", func(*world.View) bool {
		return told(p, final)
	})
	if err != nil {
		return err
	}
	if err := notCharged(ctx, p); err != nil {
		return err
	}
	if err := unheard(ctx, p); err != nil {
		return err
	}
	if !met {
		return w.Fail("the payment is decided by its expiry and 60 s",
			fmt.Sprintf("still %s %s after the charge", p.State(), sinceCharge(p, w.Clock().Now())), shown(w, p)...)
	}
	if err := twice(ctx, func() error { return notUnsuccessfulTooSoon(w, p) }); err != nil {
		return err
	}
	return endsAsAlipayPlus(ctx, w, p)
}

// endsAsAlipayPlus compares the final state with the network's books.
func endsAsAlipayPlus(ctx context.Context, w *world.World, p *world.Payment) error {
	orders, err := p.Orders(ctx)
	if err != nil {
		return err
	}
	paid := false
	for _, o := range orders {
		paid = paid || o.State == "SUCCESS"
	}
	if shownPaid := p.State() == acquirer.Paid; shownPaid != paid {
		return w.Fail("the shop's books end as those of Alipay+",
			fmt.Sprintf("%s for the shop, paid at Alipay+: %t", p.State(), paid), shown(w, p)...)
	}
	return nil
}

func notUnsuccessfulTooSoon(w *world.World, p *world.Payment) error {
	s, ever := p.Ever(acquirer.Failed, acquirer.Closed)
	if !ever {
		return nil
	}
	confirmed, ok := earliest(p.Exchanges(), closes)
	if ok && !s.At.Before(from(confirmed)) {
		return nil
	}
	evidence := []world.Evidence{w.Shown(s)}
	if ok {
		evidence = append(evidence, w.Ex(confirmed))
	}
	return w.Fail("the payment is shown as unsuccessful only after Alipay+ has confirmed that it is closed",
		fmt.Sprintf("%s, %s after the charge, %s", s.State(), sinceCharge(p, s.At), confirmation(p, confirmed, ok)), evidence...)
}

// confirmation says when Alipay+ confirmed, for a finding.
func confirmation(p *world.Payment, e trace.Exchange, ok bool) string {
	if !ok {
		return "and Alipay+ has confirmed nothing"
	}
	return fmt.Sprintf("but Alipay+ confirmed it %s after the charge", sinceCharge(p, e.Answered))
}

func notPaidTooSoon(w *world.World, p *world.Payment) error {
	s, early := paidTooSoon(p)
	if !early {
		return nil
	}
	return w.Fail("the payment is shown as paid only after Alipay+ has delivered a success",
		fmt.Sprintf("PAID, %s after the charge", sinceCharge(p, s.At)), w.Shown(s))
}

func staysPaid(w *world.World, p *world.Payment) error {
	paid := false
	for _, s := range p.Samples() {
		switch {
		case s.State() == acquirer.Paid:
			paid = true
		case paid && in(s.State(), statesOf("unsuccessful")):
			return w.Fail("a paid payment stays paid", string(s.State()), w.Shown(s))
		}
	}
	return nil
}

func notRevived(ctx context.Context, window string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	d, err := span(window)
	if err != nil {
		return err
	}
	held, err := w.NeverFor(ctx, w.Scale(d), tolerance.Watch, "a cancelled payment is shown as paid", func(*world.View) bool {
		_, revived := revivedBy(p)
		return revived
	})
	if _, confirmed := first(p.Exchanges(aps.CancelPayment), confirmsCancel); err == nil && held && confirmed {
		return firstWord(ctx, p) // a till that was told nothing has not seen it stay unpaid
	}
	if err != nil || held {
		return err
	}
	s, _ := revivedBy(p)
	return w.Fail("a payment stays unpaid once Alipay+ has confirmed its cancellation",
		fmt.Sprintf("PAID, %s after the charge", sinceCharge(p, s.At)), w.Shown(s))
}

// revivedBy finds a sample that shows PAID although Alipay+ had confirmed the cancellation before it was asked for.
func revivedBy(p *world.Payment) (world.Sample, bool) {
	confirmed, ok := first(p.Exchanges(aps.CancelPayment), confirmsCancel)
	if !ok {
		return world.Sample{}, false
	}
	for _, s := range p.Samples() {
		if s.State() == acquirer.Paid && s.At.After(confirmed.Answered.Add(readLag)) {
			return s, true
		}
	}
	return world.Sample{}, false
}

func hasHeardFailure(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	met, err := w.Await(ctx, tolerance.AfterExpiry, "the failed outcome reaches the acquirer", func(*world.View) bool {
		_, failed := heard(p, aps.Failure)
		return failed
	})
	if err == nil && !met {
		return w.NotReached("the acquirer has not asked for the outcome", "ACQ-INQ-03")
	}
	return err
}

// isOpen waits until the acquirer follows up the first charge. A state that the answer to the charge does not justify
// is another requirement's question, and the scenario's own is not reached.
func isOpen(ctx context.Context, p *world.Payment) error {
	w := world.From(ctx)
	if err := chargeOver(ctx, p); err != nil {
		return err
	}
	followUp := func() (trace.Exchange, bool) {
		pay, _ := payOf(p)
		return first(p.Exchanges(), func(e trace.Exchange) bool { return e.ID != pay.ID })
	}
	_, err := w.Await(ctx, tolerance.FirstInquiry, "the acquirer follows up the charge", func(*world.View) bool {
		_, followed := followUp()
		_, ended := p.Ever(acquirer.Paid, acquirer.Failed, acquirer.Closed)
		return followed || ended
	})
	if err != nil {
		return err
	}
	pay, _ := payOf(p)
	return twice(ctx, func() error {
		s, ended := p.Ever(acquirer.Paid, acquirer.Failed, acquirer.Closed)
		if next, followed := followUp(); !ended || followed && s.At.After(next.Received) {
			return nil
		}
		return isDecided(w, s, pay)
	})
}

// isDecided says that the first answer to a charge was taken for an outcome.
func isDecided(w *world.World, s world.Sample, pay trace.Exchange) error {
	return w.NotReached(fmt.Sprintf("the shop sees %s although the charge was answered with %s", s.State(), answerText(pay)), openBlame(pay))
}

// openBlame names the requirement that is broken when the acquirer takes such an answer to a charge as final.
func openBlame(pay trace.Exchange) string {
	switch {
	case pay.Response.Status == 0 && pay.Broken == "reset":
		return "ACQ-RES-02"
	case pay.Response.Status == 0:
		return "ACQ-RES-01"
	case pay.Response.Status != 200:
		return "ACQ-RES-03"
	case pay.Result == nil:
		return "ACQ-RES-04"
	case pay.Result.Code == "PAYMENT_IN_PROCESS":
		return "ACQ-UPM-08"
	}
	return "ACQ-RES-05"
}

func hasOutcome(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	_, err = w.Await(ctx, tolerance.Decided, "the shop is told an outcome", func(*world.View) bool {
		return told(p, []acquirer.State{acquirer.Paid, acquirer.Failed, acquirer.Closed})
	})
	return err
}

func chargeRefused(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	if err := firstWord(ctx, p); err != nil {
		return err
	}
	met, err := w.Await(ctx, tolerance.Reaction, "the charge is refused", func(*world.View) bool {
		answer, _ := p.Answered()
		return answer.Refused || in(p.State(), statesOf("unsuccessful"))
	})
	if err != nil || met {
		return err
	}
	return w.Fail("the charge is refused", string(p.State()), shown(w, p)...)
}

// onlyPay finds the charge of a payment also when neither its code nor its order number arrived as they were: in a
// scenario with one payment it is the first one.
func onlyPay(w *world.World, p *world.Payment) (trace.Exchange, bool) {
	if pay, sent := payOf(p); sent || len(w.Payments()) > 1 {
		return pay, sent
	}
	return first(w.Exchanges(), func(e trace.Exchange) bool { return aps.API(e.API) == aps.Pay })
}

func codesArrived(ctx context.Context, which string) error {
	payments, err := chosen(ctx, which+" payment")
	if err != nil {
		return err
	}
	for _, p := range payments {
		if err := codeArrived(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func codeArrived(ctx context.Context, p *world.Payment) error {
	w := world.From(ctx)
	met, err := w.Await(ctx, tolerance.PaySent, "the charge at Alipay+", func(*world.View) bool {
		answer, answered := p.Answered()
		_, sent := onlyPay(w, p)
		return sent || answered && answer.Refused
	})
	if err != nil {
		return err
	}
	pay, sent := onlyPay(w, p)
	if !sent {
		answer, _ := p.Answered()
		return w.Fail("the code of "+strconv.Itoa(len(p.Code))+" digits is accepted and sent to Alipay+",
			fmt.Sprintf("no charge (sent in time: %t, refused: %t %s)", met, answer.Refused, answer.Reason), shown(w, p)...)
	}
	if got := member(pay.Request.Body, "paymentMethod", "paymentMethodId"); got != p.Code {
		return w.Fail("the charge carries the digits "+p.Code, fmt.Sprintf("%q", got), w.Ex(pay))
	}
	return nil
}
