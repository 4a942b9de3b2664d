package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	messages "github.com/cucumber/messages/go/v21"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

func promotionSteps() []Step {
	return []Step{
		step("payer", `a payer who saves `+worth+` by (an instant discount|a red packet)`, `a payer who saves 10.00 by an instant discount`,
			"A wallet user whose payments are partly paid by a sponsor; answers and notifications tell of it.", payerWithPromotion),
		step("refund", `the shop asks for these refunds`, `the shop asks for these refunds`,
			"One refund of the latest payment per row, one after the other, also of amounts that nobody should accept.", askForRefunds),
		step("refund", `the shop refunds the payment with every optional text blank`, `the shop refunds the payment with every optional text blank`,
			"A full refund for which the till leaves reason and other texts empty.", refundBlank),
		step("message", `Alipay\+ is asked to give back`, `Alipay+ is asked to give back`,
			"One row per refund of the shop: the amount that reaches Alipay+, or nothing when the shop is refused.", askedBack),
		step("state", `the shop sees `+worth+` as the amount paid`, `the shop sees 110.00 as the amount paid`,
			"What the acquirer tells the shop as paid, whatever the payer paid.", seesAmount),
		step("refund", `the shop sees nothing left to refund`, `the shop sees nothing left to refund`,
			"The refund is done, and the remainder of the payment is zero.", nothingLeft),
	}
}

func payerWithPromotion(ctx context.Context, saved, how string) error {
	w := world.From(ctx)
	at, err := ownTill(w)
	if err != nil {
		return err
	}
	savings, err := world.AmountIn(saved, at.currency)
	if err != nil {
		return err
	}
	kind := strings.ToUpper(strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(how, "an "), "a "), " ", "_"))
	promotion := control.PromotionSpec{Name: "Weekend treat", Type: kind, Savings: savings, Sponsor: "brand"}
	if _, err := w.NewPayer(ctx, rich, world.WithPromotion(promotion)); err != nil {
		return err
	}
	details, err := json.Marshal(map[string]any{"paymentPromoDetails": []aps.Promotion{
		{ID: "promo-" + w.Reference(), Name: promotion.Name, Type: kind, Savings: savings},
	}})
	if err != nil {
		return err
	}
	return writeAs(ctx, control.Alteration{Set: map[string]json.RawMessage{promoMember: details}})
}

func askForRefunds(ctx context.Context, table *messages.PickleTable) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	for _, text := range column(table) {
		amount, err := world.AmountIn(text, p.Charge.Amount.Currency)
		if err != nil {
			return err
		}
		if err := refundNow(ctx, world.RefundOrder{Payment: p, Amount: amount}); err != nil {
			return err
		}
	}
	return nil
}

// refundNow asks for a refund and waits until the call is answered and what it causes has reached Alipay+.
func refundNow(ctx context.Context, order world.RefundOrder) error {
	w := world.From(ctx)
	before := len(order.Payment.RefundCalls())
	r, err := w.Refund(ctx, order)
	if err != nil {
		return err
	}
	answer, err := r.Answer(ctx)
	if err != nil || answer.Refused {
		return err
	}
	_, err = w.Await(ctx, tolerance.PaySent, "the refund at Alipay+", func(*world.View) bool {
		return len(order.Payment.RefundCalls()) > before || r.State() == acquirer.Failed
	})
	return err
}

func refundBlank(ctx context.Context) error {
	p, err := world.From(ctx).PaymentBy("")
	if err != nil {
		return err
	}
	return refundNow(ctx, world.RefundOrder{Payment: p, Amount: p.Charge.Amount, Blank: true})
}

func askedBack(ctx context.Context, table *messages.PickleTable) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	sent := refundAmounts(p)
	for i, want := range column(table) {
		refunds := w.Refunds()
		if i >= len(refunds) {
			return fmt.Errorf("the table has more rows than the shop's %d refunds", len(refunds))
		}
		if err := firstRefundWord(ctx, refunds[i]); err != nil {
			return err
		}
		if want == "nothing" {
			if err := refusedRefund(w, refunds[i], sent); err != nil {
				return err
			}
			continue
		}
		if err := sentAs(w, p, refunds[i], i, sent, want); err != nil {
			return err
		}
	}
	return nil
}

// refundAmounts are the values of the different refunds of a payment on the wire, in order of appearance.
func refundAmounts(p *world.Payment) []string {
	var amounts []string
	seen := map[string]bool{}
	for _, e := range p.RefundCalls() {
		id := member(e.Request.Body, "refundRequestId")
		if !seen[id] {
			seen[id] = true
			amounts = append(amounts, member(e.Request.Body, "refundAmount", "value"))
		}
	}
	return amounts
}

func refusedRefund(w *world.World, r *world.Refund, sent []string) error {
	asked := "a refund of " + r.Order.Refund.String()
	calls := evidence(w, r.Payment.RefundCalls())
	switch {
	case len(sent) > 0:
		return w.Fail(asked+" is refused and nothing reaches Alipay+", "a refund of "+sent[0], calls...)
	case r.State() == acquirer.Refunded || r.State() == acquirer.Pending:
		return w.Fail(asked+" is refused", "the shop sees it as "+string(r.State()), w.Told(r.Last()))
	}
	return nil
}

func sentAs(w *world.World, p *world.Payment, r *world.Refund, i int, sent []string, want string) error {
	amount, err := world.AmountIn(want, p.Charge.Amount.Currency)
	if err != nil {
		return err
	}
	digits := fmt.Sprint(amount.Value)
	switch {
	case i >= len(sent):
		return w.Fail("a refund of "+amount.String()+" reaches Alipay+", "none; the shop sees "+string(r.State()), w.Told(r.Last()))
	case sent[i] != digits:
		return w.Fail("a refund of "+amount.String()+" is sent as "+digits, "it is sent as "+sent[i], evidence(w, p.RefundCalls())...)
	}
	return nil
}

func seesAmount(ctx context.Context, text string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	want, err := world.AmountIn(text, p.Charge.Amount.Currency)
	if err != nil {
		return err
	}
	if err := firstWord(ctx, p); err != nil {
		return err
	}
	_, err = w.Await(ctx, tolerance.Reaction, "the shop sees an amount paid", func(*world.View) bool { return p.Last().Payment.Paid != nil })
	if err != nil {
		return err
	}
	switch s := p.Last(); {
	case s.Payment.Paid == nil && s.State() != acquirer.Paid:
		return w.NotReached("the shop sees the payment as "+string(s.State())+", without an amount paid", "ACQ-UPM-03")
	case s.Payment.Paid == nil:
		return fmt.Errorf("the profile does not say where the acquirer shows the amount paid")
	case *s.Payment.Paid != want:
		return w.Fail("the shop sees "+want.String()+" as paid", s.Payment.Paid.String(), w.Shown(s))
	}
	return nil
}

func nothingLeft(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	r, err := w.RefundBy("")
	if err != nil {
		return err
	}
	if pay, sent := payOf(p); sent && member(pay.Request.Body, "paymentAmount", "value") != fmt.Sprint(p.Charge.Amount.Value) {
		return w.NotReached("the charge reached Alipay+ with another amount than the shop's", "ACQ-MSG-11")
	}
	met, err := w.Await(ctx, tolerance.Reaction, "the refund is done and nothing is left", func(*world.View) bool {
		return r.State() == acquirer.Refunded && left(p).IsZero()
	})
	if err != nil || met {
		return err
	}
	if err := errors.Join(firstWord(ctx, p), firstRefundWord(ctx, r)); err != nil {
		return err
	}
	return w.Fail("the refund is done and the remainder is zero",
		fmt.Sprintf("the refund is %s, %s are left", r.State(), left(p)), w.Told(r.Last()), w.Shown(p.Last()))
}

// left is what the acquirer shows as still refundable; zero when it shows no such amount but a refunded sum
// of the whole.
func left(p *world.Payment) money.Amount {
	s := p.Last().Payment
	switch {
	case s.Remaining != nil:
		return *s.Remaining
	case s.Refunded != nil:
		if rest, err := p.Charge.Amount.Sub(*s.Refunded); err == nil {
			return rest
		}
	}
	return money.Amount{}
}
