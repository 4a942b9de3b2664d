package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

// refundStateSteps judge what the shop is shown of refunds, and compare it with the books of Alipay+.
func refundStateSteps() []Step {
	const ends = `(done|failed|decided)`
	return []Step{
		step("refund", `the shop sees the refund as (done|failed)`, `the shop sees the refund as failed`,
			"Within the reaction time the acquirer shows the latest refund so.", seesRefundAs),
		step("refund", `the shop sees the refund as failed within `+lasting, `the shop sees the refund as failed within 180 s`,
			"The same with more time.", seesRefundFailWithin),
		step("refund", `the shop has seen the refund as failed`, `the shop has seen the refund as failed`,
			"As a condition: the refund has failed.", hasSeenRefundFail),
		step("refund", `the shop has never seen the refund as `+ends, `the shop has never seen the refund as failed`,
			"No answer and no sample so far showed the latest refund so.",
			func(ctx context.Context, end string) error { return onRefund(ctx, end, neverRefund) }),
		step("refund", `for `+lasting+` the shop does not see the refund as `+ends, `for 60 s the shop does not see the refund as decided`,
			"No answer and no sample so far or in this time shows the latest refund so.", refundNotSeenFor),
		step("refund", `the shop sees `+worth+` left to refund`, `the shop sees 6.67 left to refund`,
			"Within the reaction time the remainder of the payment is this.", seesLeft),
		step("refund", `for `+lasting+` the shop goes on seeing nothing left to refund`,
			`for 10 s the shop goes on seeing nothing left to refund`,
			"From now on every sample shows the refund as done and nothing left.", staysRefunded),
		step("refund", `the shop's books of the refund agree with Alipay\+`, `the shop's books of the refund agree with Alipay+`,
			"Amount and number that the shop is told of the refund are those of Alipay+.", refundBooksAgree),
		step("refund", `the refunds add up as Alipay\+ has booked them`, `the refunds add up as Alipay+ has booked them`,
			"Every refund is decided, and the refunded sum and the remainder are those of Alipay+.", refundsAddUp),
		step("refund", `each payment stays paid beside its refunds`, `each payment stays paid beside its refunds`,
			"Query and list show the payment as paid, with the refunded sum beside it.", stayPaidBesideRefunds),
	}
}

// refundStates translates how a refund ends.
func refundStates(word string) []acquirer.State {
	switch word {
	case "done":
		return []acquirer.State{acquirer.Refunded}
	case "failed":
		return []acquirer.State{acquirer.Failed}
	}
	return []acquirer.State{acquirer.Refunded, acquirer.Failed}
}

// onRefund calls judge with the scenario's latest refund.
func onRefund(ctx context.Context, word string, judge func(*world.World, *world.Refund, string) error) error {
	w := world.From(ctx)
	r, err := w.RefundBy("")
	if err != nil {
		return err
	}
	return judge(w, r, word)
}

func seesRefundAs(ctx context.Context, word string) error {
	return refundEndsAs(ctx, word, 0)
}

func seesRefundFailWithin(ctx context.Context, within string) error {
	d, err := span(within)
	if err != nil {
		return err
	}
	return refundEndsAs(ctx, "failed", d)
}

// refundEndsAs waits for the reaction time, or longer when a phrase gives more.
func refundEndsAs(ctx context.Context, word string, within time.Duration) error {
	w := world.From(ctx)
	r, err := w.RefundBy("")
	if err != nil {
		return err
	}
	met, err := awaitRefund(ctx, r, word, within)
	if err != nil || met {
		return err
	}
	if err := firstRefundWord(ctx, r); err != nil {
		return err
	}
	return w.Fail("the shop sees the refund as "+word, refundState(w), refundEvidence(w)...)
}

// awaitRefund waits until the shop sees how a refund ended; it stops early at the other end.
func awaitRefund(ctx context.Context, r *world.Refund, word string, within time.Duration) (bool, error) {
	w := world.From(ctx)
	reaction, err := w.Tolerances().Get(tolerance.Reaction)
	if err != nil {
		return false, err
	}
	bound := reaction.At(w.Factor())
	if within > 0 {
		bound = max(bound, w.Scale(within)+slack)
	}
	_, err = w.AwaitFor(ctx, bound, tolerance.Reaction, "the shop sees the refund as "+word, func(*world.View) bool {
		return len(r.Samples()) > 0 && in(r.State(), refundStates("decided"))
	})
	return err == nil && len(r.Samples()) > 0 && in(r.State(), refundStates(word)), err
}

func hasSeenRefundFail(ctx context.Context) error {
	w := world.From(ctx)
	r, err := w.RefundBy("")
	if err != nil {
		return err
	}
	met, err := awaitRefund(ctx, r, "failed", 0)
	if err == nil && !met {
		return w.NotReached("the refund has not failed: "+refundState(w), "ACQ-REF-04")
	}
	return err
}

func neverRefund(w *world.World, r *world.Refund, word string) error {
	s, ever := r.Ever(refundStates(word)...)
	if !ever {
		return nil
	}
	return w.Fail("the shop does not see the refund as "+word, string(s.State()), w.Told(s))
}

func refundNotSeenFor(ctx context.Context, window, word string) error {
	w := world.From(ctx)
	d, err := span(window)
	if err != nil {
		return err
	}
	r, err := w.RefundBy("")
	if err != nil {
		return err
	}
	_, err = w.NeverFor(ctx, w.Scale(d), tolerance.Watch, "the shop sees the refund as "+word, func(*world.View) bool {
		_, ever := r.Ever(refundStates(word)...)
		return ever
	})
	if err != nil {
		return err
	}
	return neverRefund(w, r, word)
}

// showsLeft reports whether a sample says how much is left to refund, and what.
func showsLeft(p *world.Payment, s world.Sample) (money.Amount, bool) {
	told := s.Payment
	switch {
	case told.Remaining != nil:
		return *told.Remaining, true
	case told.Refunded != nil:
		rest, err := p.Charge.Amount.Sub(*told.Refunded)
		return rest, err == nil
	}
	return money.Amount{}, false
}

func seesLeft(ctx context.Context, text string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	want, err := world.AmountIn(text, p.Charge.Amount.Currency)
	if err != nil {
		return err
	}
	met, err := w.Await(ctx, tolerance.Reaction, "the shop sees "+want.String()+" left to refund", func(*world.View) bool {
		left, shown := showsLeft(p, p.Last())
		return shown && left == want
	})
	if err != nil || met {
		return err
	}
	if err := firstWord(ctx, p); err != nil {
		return err
	}
	left, told := showsLeft(p, p.Last())
	if !told {
		return fmt.Errorf("the profile does not say where the acquirer shows the remainder or the refunded sum")
	}
	return w.Fail(want.String()+" are left to refund", left.String()+"; the refund is "+refundState(w), shown(w, p)...)
}

func staysRefunded(ctx context.Context, window string) error {
	w := world.From(ctx)
	d, err := span(window)
	if err != nil {
		return err
	}
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	r, err := w.RefundBy("")
	if err != nil {
		return err
	}
	if err := errors.Join(firstWord(ctx, p), firstRefundWord(ctx, r)); err != nil {
		return err
	}
	before := len(p.Samples())
	undone := func() (world.Evidence, string, bool) { return undoneSince(w, p, r, before) }
	_, err = w.NeverFor(ctx, w.Scale(d), tolerance.Watch, "the refund is undone", func(*world.View) bool {
		_, _, found := undone()
		return found
	})
	if err != nil {
		return err
	}
	if proof, seen, found := undone(); found {
		return w.Fail("the refund stays done and nothing is left", seen, proof)
	}
	return nil
}

// undoneSince finds what shows that a full refund is no longer in the books, among the samples from a number on.
func undoneSince(w *world.World, p *world.Payment, r *world.Refund, from int) (world.Evidence, string, bool) {
	for _, s := range p.Samples()[from:] {
		if left, told := showsLeft(p, s); told && !left.IsZero() {
			return w.Shown(s), left.String() + " are left", true
		}
	}
	if r.State() != acquirer.Refunded {
		return w.Told(r.Last()), "the refund is " + string(r.State()), true
	}
	return world.Evidence{}, "", false
}

// bookOf is the network's one order of a payment.
func bookOf(ctx context.Context, p *world.Payment) (control.Order, error) {
	orders, err := p.Orders(ctx)
	if err != nil {
		return control.Order{}, err
	}
	if len(orders) != 1 {
		return control.Order{}, world.From(ctx).NotReached(fmt.Sprintf("Alipay+ has %d orders for the payment", len(orders)), "ACQ-UPM-03")
	}
	return orders[0], nil
}

func refundBooksAgree(ctx context.Context) error {
	w := world.From(ctx)
	r, err := w.RefundBy("")
	if err != nil {
		return err
	}
	book, err := bookOf(ctx, r.Payment)
	if err != nil {
		return err
	}
	if err := firstRefundWord(ctx, r); err != nil {
		return err
	}
	told := r.Last()
	if a := told.Refund.Amount; a != nil && *a != r.Order.Refund {
		return w.Fail("the amount given back is "+r.Order.Refund.String(), a.String(), w.Told(told))
	}
	ours := func(known control.Refund) bool { return known.RefundID == told.Refund.NetworkID }
	if told.Refund.NetworkID != "" && !slices.ContainsFunc(book.Refunds, ours) {
		return w.Fail("the refund's number is the one at Alipay+", told.Refund.NetworkID, w.Told(told))
	}
	return nil
}

func refundsAddUp(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	met, err := w.Await(ctx, tolerance.RefundDecided, "every refund is decided", func(*world.View) bool {
		return !slices.ContainsFunc(w.Refunds(), func(r *world.Refund) bool {
			return len(r.Samples()) == 0 || r.State() == acquirer.Pending
		})
	})
	if err != nil {
		return err
	}
	for _, r := range w.Refunds() {
		if err := firstRefundWord(ctx, r); err != nil {
			return err
		}
	}
	if !met {
		return w.Fail("every refund is decided", refundState(w), refundEvidence(w)...)
	}
	book, err := bookOf(ctx, p)
	if err != nil {
		return err
	}
	if sum, proof := sumDone(w); sum != book.Refunded.Value {
		return w.Fail("the refunds shown as done are those that Alipay+ has booked, "+book.Refunded.String(),
			money.Of(p.Charge.Amount.Currency, sum).String(), proof...)
	}
	return seesLeftAs(ctx, p, book)
}

// sumDone adds up what the shop sees as given back.
func sumDone(w *world.World) (sum int64, proof []world.Evidence) {
	for _, r := range w.Refunds() {
		if r.State() == acquirer.Refunded {
			sum += r.Order.Refund.Value
			proof = append(proof, w.Told(r.Last()))
		}
	}
	return sum, proof
}

// seesLeftAs judges the remainder by the network's books.
func seesLeftAs(ctx context.Context, p *world.Payment, book control.Order) error {
	w := world.From(ctx)
	want := money.Of(book.Amount.Currency, book.Amount.Value-book.Refunded.Value)
	met, err := w.Await(ctx, tolerance.Reaction, "the remainder that Alipay+ has booked", func(*world.View) bool {
		left, told := showsLeft(p, p.Last())
		return !told || left == want
	})
	if err != nil || met {
		return err
	}
	left, _ := showsLeft(p, p.Last())
	return w.Fail(want.String()+" are left to refund, as at Alipay+", left.String(), shown(w, p)...)
}

func stayPaidBesideRefunds(ctx context.Context) error {
	w := world.From(ctx)
	for _, p := range w.Payments() {
		book, err := bookOf(ctx, p)
		if err != nil {
			return err
		}
		if err := staysPaid(w, p); err != nil {
			return err
		}
		if err := seen(ctx, p, []acquirer.State{acquirer.Paid}, w.Scale(0)); err != nil {
			return err
		}
		if err := keepsPaidAmount(w, p); err != nil {
			return err
		}
		if err := seesLeftAs(ctx, p, book); err != nil {
			return err
		}
		if err := listsAsPaid(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// keepsPaidAmount judges that the paid amount is not lost to the refund.
func keepsPaidAmount(w *world.World, p *world.Payment) error {
	last, known := p.Last(), false
	for _, s := range p.Samples() {
		known = known || s.Payment.Paid != nil
	}
	switch paid := last.Payment.Paid; {
	case !known:
		return nil
	case paid == nil:
		return w.Fail("the paid amount stays readable after a refund", "none is shown", w.Shown(last))
	case *paid != p.Charge.Amount:
		return w.Fail("the paid amount stays "+p.Charge.Amount.String(), paid.String(), w.Shown(last))
	}
	return nil
}

// listsAsPaid judges the list of payments, where the acquirer has one and the payment is in it.
func listsAsPaid(ctx context.Context, p *world.Payment) error {
	w := world.From(ctx)
	if !w.Acquirer().Offers(acquirer.VerbList) {
		return nil
	}
	list, err := w.List(ctx, p.Charge.Shop)
	if err != nil {
		return fmt.Errorf("list the payments: %w", err)
	}
	ref := p.Ref()
	for _, one := range list {
		same := one.ID != "" && one.ID == ref.Payment || one.Reference != "" && one.Reference == ref.Reference
		if same && in(one.State, statesOf("unsuccessful")) {
			return w.Fail("the list shows a refunded payment as paid", string(one.State), w.Call(one.Call))
		}
	}
	return nil
}
