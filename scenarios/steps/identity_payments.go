package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	messages "github.com/cucumber/messages/go/v21"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

// identitySteps are about identifiers of payments and refunds, and about payments that must not mix.
func identitySteps() []Step {
	return []Step{
		step("identifier", `each payment has an identifier of its own`, `each payment has an identifier of its own`,
			"No two payments of the scenario reached Alipay+ under the same identifier.", ownIdentifiers),
		step("charge", `the shop charges two orders whose numbers differ only after the 64th character`,
			`the shop charges two orders whose numbers differ only after the 64th character`,
			"Two payers, two order numbers of 70 characters.", chargeLongTwins),
		step("identifier", `the orders are two payments, or refused`, `the orders are two payments, or refused`,
			"Each order is paid under an identifier of its own, or the charge is refused.", twoPayments),
		step("charge", `the shop charges the same order again with a new code`, `the shop charges the same order again with a new code`,
			"The order number stays, the payer shows a new code, once the first attempt has ended.", chargeAgain),
		step("identifier", `the new attempt has an identifier of its own, or is refused`, `the new attempt has an identifier of its own, or is refused`,
			"The second charge of an order is a payment of its own.", newAttempt),
		step("charge", `the shop charges new payers at once, and Alipay\+ answers`, `the shop charges new payers at once, and Alipay+ answers`,
			"One payment per row: amount, outcome, answer to the charge (the outcome, or U CODE), and after what time it comes.", chargeMixed),
		step("identifier", `each payment shows its own outcome`, `each payment shows its own outcome`,
			"State, amount, Alipay+ identifier and reason of each payment are those of its own outcome.", ownOutcomes),
		step("refund", `the shop refunds `+worth+` of each payment three times, numbered from 1`,
			`the shop refunds 1.00 of each payment three times, numbered from 1`,
			"Partial refunds whose numbers are the same for each payment.", refundNumbered),
		step("identifier", `each refund has an identifier of its own`, `each refund has an identifier of its own`,
			"No two refunds of the scenario reached Alipay+ under the same identifier.", ownRefundIDs),
	}
}

func ownIdentifiers(ctx context.Context) error {
	w := world.From(ctx)
	users := map[string]*world.Payment{}
	for _, p := range w.Payments() {
		if err := arrived(ctx, p); err != nil {
			return err
		}
		for _, e := range paysWith(p) {
			id := e.PaymentRequestID
			if other, used := users[id]; used && other != p {
				return shared(w, id, other, p)
			}
			users[id] = p
		}
	}
	return nil
}

// shared accuses the acquirer of one identifier for two payments.
func shared(w *world.World, id string, a, b *world.Payment) error {
	first, _ := payOf(a)
	second, _ := payOf(b)
	return w.Fail("each payment has an identifier of its own",
		fmt.Sprintf("orders %s and %s both have %s", a.Charge.Reference, b.Charge.Reference, id), w.Ex(second), w.Ex(first))
}

// longNumber is how long the order numbers of twins are; the first 69 characters are the same.
const longNumber = 70

func chargeLongTwins(ctx context.Context) error {
	w := world.From(ctx)
	at, err := ownTill(w)
	if err != nil {
		return err
	}
	amount, err := world.AmountIn("12.00", at.currency)
	if err != nil {
		return err
	}
	number := w.NextNumber() + "-"
	number += strings.Repeat("0", longNumber-1-len(number))
	return chargeAll(ctx, []world.ChargeOrder{
		{Shop: at.shop, Amount: amount, Reference: number + "1"},
		{Shop: at.shop, Amount: amount, Reference: number + "2"},
	})
}

func twoPayments(ctx context.Context) error {
	w := world.From(ctx)
	twins := w.Payments()
	for _, p := range twins {
		if err := firstWord(ctx, p); err != nil {
			return err
		}
		_, err := w.Await(ctx, tolerance.Reaction, "each order is paid or refused", func(*world.View) bool {
			return turnedAway(p) || p.State() == acquirer.Paid
		})
		if err != nil {
			return err
		}
	}
	if err := catchUp(ctx); err != nil {
		return err
	}
	for i, p := range twins {
		if turnedAway(p) {
			continue
		}
		if err := paidByItself(w, p, slices.Delete(slices.Clone(twins), i, i+1)); err != nil {
			return err
		}
	}
	return nil
}

// paidByItself judges that an order is a paid payment, and not one of the others.
func paidByItself(w *world.World, p *world.Payment, others []*world.Payment) error {
	answer, _ := p.Answered()
	for _, other := range others {
		before, _ := other.Answered()
		if answer.ID != "" && answer.ID == before.ID {
			return w.Fail("two orders are two payments", "the second charge is answered with the first payment "+answer.ID,
				w.Call(answer.Call), w.Call(before.Call))
		}
		if id := sharedID(p, other); id != "" {
			return shared(w, id, other, p)
		}
	}
	if len(paysWith(p)) == 0 || p.State() != acquirer.Paid {
		return w.NotReached(fmt.Sprintf("order %s is %s for the shop", p.Charge.Reference, p.State()), "ACQ-UPM-03")
	}
	return nil
}

// paysWith are the pay messages with a payment's own code: the order number alone may stand for two attempts.
func paysWith(p *world.Payment) []trace.Exchange {
	return slices.DeleteFunc(p.Pays(), func(e trace.Exchange) bool {
		return member(e.Request.Body, "paymentMethod", "paymentMethodId") != p.Code
	})
}

func sharedID(a, b *world.Payment) string {
	for _, e := range paysWith(a) {
		for _, other := range paysWith(b) {
			if e.PaymentRequestID != "" && e.PaymentRequestID == other.PaymentRequestID {
				return e.PaymentRequestID
			}
		}
	}
	return ""
}

func chargeAgain(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	if err := reach(ctx, p, tolerance.AfterExpiry, "ACQ-UPM-11", statesOf("unsuccessful")...); err != nil {
		return err
	}
	_, err = w.Charge(ctx, world.ChargeOrder{
		Payer: p.Payer, Shop: p.Charge.Shop, Amount: p.Charge.Amount, Reference: p.Charge.Reference,
	})
	return err
}

func newAttempt(ctx context.Context) error {
	w := world.From(ctx)
	again, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	before, err := w.PaymentBy("the first payment")
	if err != nil {
		return err
	}
	_, err = w.Await(ctx, tolerance.PaySent, "the second charge at Alipay+ or its refusal", func(*world.View) bool {
		return len(paysWith(again)) > 0 || refusedAtOnce(again)
	})
	if err != nil {
		return err
	}
	if err := catchUp(ctx); err != nil {
		return err
	}
	pays, firstPays := paysWith(again), paysWith(before)
	switch {
	case len(pays) == 0 && refusedAtOnce(again):
		return nil
	case len(pays) == 0:
		return w.Fail("the new attempt is a payment of its own, or the charge is refused",
			"nothing reaches Alipay+, and the shop sees "+string(again.State()), shown(w, again)...)
	case len(firstPays) > 0 && pays[0].PaymentRequestID == firstPays[0].PaymentRequestID:
		return w.Fail("the new attempt has a new paymentRequestId", pays[0].PaymentRequestID+" again", w.Ex(pays[0]), w.Ex(firstPays[0]))
	}
	return nil
}

func refusedAtOnce(p *world.Payment) bool {
	answer, answered := p.Answered()
	return answered && answer.Refused
}

func chargeMixed(ctx context.Context, table *messages.PickleTable) error {
	w := world.From(ctx)
	at, err := ownTill(w)
	if err != nil {
		return err
	}
	var orders []world.ChargeOrder
	for _, row := range rows(table) {
		payer, err := w.NewPayer(ctx, rich)
		if err != nil {
			return err
		}
		if err := scripted(ctx, payer, row); err != nil {
			return fmt.Errorf("payment %v: %w", row, err)
		}
		amount, err := world.AmountIn(row["amount"], at.currency)
		if err != nil {
			return err
		}
		orders = append(orders, world.ChargeOrder{Payer: payer, Shop: at.shop, Amount: amount})
	}
	for _, order := range orders {
		if _, err := w.Charge(ctx, order); err != nil {
			return err
		}
	}
	return nil
}

// scripted arms what Alipay+ does with a payer's charge: its outcome, and when and how it is answered.
func scripted(ctx context.Context, payer *world.Payer, row map[string]string) error {
	w := world.From(ctx)
	outcome, err := parseResult(row["outcome"])
	if err != nil {
		return err
	}
	if outcome.Status == aps.Failure {
		if _, err := w.Arm(ctx, "outcome-forced", aps.Pay, world.On(payer), world.Times(1), world.Params(control.Params{Result: &outcome})); err != nil {
			return err
		}
	}
	after, err := span(row["after"])
	if err != nil {
		return err
	}
	params := control.Params{Delay: w.Scale(after)}
	if row["answer"] != "the outcome" {
		answer, err := parseResult(row["answer"])
		if err != nil {
			return err
		}
		params.Result = &answer
	}
	_, err = w.Arm(ctx, "answer-held", aps.Pay, world.On(payer), world.Times(1), world.Params(params))
	return err
}

func ownOutcomes(ctx context.Context) error {
	w := world.From(ctx)
	for _, p := range w.Payments() {
		if err := arrived(ctx, p); err != nil {
			return err
		}
		_, err := w.Await(ctx, tolerance.AfterExpiry, "each payment is decided", func(*world.View) bool {
			return told(p, []acquirer.State{acquirer.Paid, acquirer.Failed, acquirer.Closed})
		})
		if err != nil {
			return err
		}
		if err := firstWord(ctx, p); err != nil {
			return err
		}
		if err := ownOutcome(ctx, w, p); err != nil {
			return err
		}
	}
	return ownReasons(ctx, w)
}

// ownOutcome compares what the shop sees of a payment with the network's books about its code.
func ownOutcome(ctx context.Context, w *world.World, p *world.Payment) error {
	order, found, err := orderOf(ctx, p)
	if err != nil || !found {
		return err
	}
	last := p.Last()
	accuse := func(expected, seen string) error {
		return w.Fail("payment "+p.Charge.Reference+" shows "+expected, seen, append(evidence(w, p.Pays()), w.Shown(last))...)
	}
	paid := order.State == "SUCCESS"
	told := last.Payment
	switch {
	case paid != (p.State() == acquirer.Paid):
		return accuse("its own outcome "+order.Outcome.Code, string(p.State()))
	case paid && told.Paid != nil && *told.Paid != p.Charge.Amount:
		return accuse("its own amount "+p.Charge.Amount.String(), told.Paid.String())
	case paid && told.NetworkID != "" && told.NetworkID != order.PaymentID:
		return accuse("its own Alipay+ identifier "+order.PaymentID, told.NetworkID)
	case !paid && told.Reason != order.Outcome.Code && isOtherCode(w, told.Reason):
		return accuse("its own reason "+order.Outcome.Code, told.Reason)
	}
	return nil
}

// orderOf finds the network's order for a payment's code.
func orderOf(ctx context.Context, p *world.Payment) (control.Order, bool, error) {
	orders, err := p.Orders(ctx)
	if err != nil {
		return control.Order{}, false, err
	}
	i := slices.IndexFunc(orders, func(o control.Order) bool { return o.Code == p.Code })
	if i < 0 {
		return control.Order{}, false, nil
	}
	return orders[i], true, nil
}

// isOtherCode reports whether a reason is the result code of some payment of the scenario.
func isOtherCode(w *world.World, reason string) bool {
	return slices.ContainsFunc(w.Faults(), func(f control.Fault) bool {
		r := f.Spec.Params.Result
		return r != nil && r.Status == aps.Failure && r.Code == reason
	})
}

// ownReasons finds reasons that were mixed up: two payments with the same outcome are given different reasons, and
// one of these is what a payment with another outcome is given. The acquirer may word its reasons as it likes.
func ownReasons(ctx context.Context, w *world.World) error {
	users := map[string]map[string]*world.Payment{} // outcome → reason → one payment that is given it
	for _, p := range w.Payments() {
		order, found, err := orderOf(ctx, p)
		if err != nil {
			return err
		}
		if reason := p.Last().Payment.Reason; found && order.State != "SUCCESS" && reason != "" {
			if users[order.Outcome.Code] == nil {
				users[order.Outcome.Code] = map[string]*world.Payment{}
			}
			users[order.Outcome.Code][reason] = p
		}
	}
	for code, reasons := range users {
		if len(reasons) < 2 {
			continue
		}
		for reason, p := range reasons {
			if other, mixed := givenElsewhere(users, code, reason); mixed {
				return w.Fail("payments with the outcome "+code+" are given its reason",
					fmt.Sprintf("some are given %q, which is also the reason of another outcome, and some are not", reason),
					w.Shown(p.Last()), w.Shown(other.Last()))
			}
		}
	}
	return nil
}

// givenElsewhere finds a payment with another outcome that is given a reason.
func givenElsewhere(users map[string]map[string]*world.Payment, code, reason string) (*world.Payment, bool) {
	for other, reasons := range users {
		if p, given := reasons[reason]; given && other != code {
			return p, true
		}
	}
	return nil, false
}

func refundNumbered(ctx context.Context, amount string) error {
	w := world.From(ctx)
	for _, p := range w.Payments() {
		part, err := world.AmountIn(amount, p.Charge.Amount.Currency)
		if err != nil {
			return err
		}
		for n := 1; n <= 3; n++ {
			if err := refundNow(ctx, world.RefundOrder{Payment: p, Amount: part, Number: fmt.Sprint(n)}); err != nil {
				return err
			}
		}
	}
	return nil
}

func ownRefundIDs(ctx context.Context) error {
	w := world.From(ctx)
	users := map[string]string{} // refundRequestId → payment
	evidenceOf := map[string]world.Evidence{}
	for _, p := range w.Payments() {
		mine := map[string]bool{}
		for _, e := range p.RefundCalls() {
			id := member(e.Request.Body, "refundRequestId")
			if other, used := users[id]; used && other != p.Charge.Reference {
				return w.Fail("each refund has a refundRequestId of its own",
					fmt.Sprintf("%s for refunds of orders %s and %s", id, other, p.Charge.Reference), w.Ex(e), evidenceOf[id])
			}
			users[id], evidenceOf[id], mine[id] = p.Charge.Reference, w.Ex(e), true
		}
		if asked := acceptedRefunds(w, p); len(mine) < asked {
			return w.Fail("each refund has a refundRequestId of its own",
				fmt.Sprintf("%d for %d refunds of order %s", len(mine), asked, p.Charge.Reference), evidence(w, p.RefundCalls())...)
		}
	}
	return nil
}

// acceptedRefunds counts the shop's refunds of a payment that the acquirer took on.
func acceptedRefunds(w *world.World, p *world.Payment) int {
	n := 0
	for _, r := range w.Refunds() {
		if answer, answered := r.Answered(); r.Payment == p && answered && !answer.Refused {
			n++
		}
	}
	return n
}
