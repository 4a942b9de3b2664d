package steps

import (
	"context"
	"fmt"
	"strings"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/world"
)

func visibleSteps() []Step {
	return []Step{
		step("shop", `the shop looks at everything that it is shown about the payment`, `the shop looks at everything that it is shown about the payment`,
			"Query, list and receipt, as far as the acquirer offers them.", lookAtAll),
		step("state", `the wallet is shown as (.+), or not at all`, `the wallet is shown as Kaleido Pay, or not at all`,
			"Query and receipt name the wallet by this brand name or not at all.", walletShown),
	}
}

// receiptKey remembers the receipt that the shop looked at.
const receiptKey = "receipt"

func lookAtAll(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	if _, err := w.Query(ctx, p); err != nil {
		return fmt.Errorf("query the payment: %w", err)
	}
	if w.Acquirer().Offers("list") {
		if _, err := w.List(ctx, p.Charge.Shop); err != nil {
			return fmt.Errorf("list the payments: %w", err)
		}
	}
	if w.Acquirer().Offers("receipt") {
		receipt, err := w.Receipt(ctx, p)
		if err != nil {
			return fmt.Errorf("fetch the receipt: %w", err)
		}
		w.Remember(receiptKey, receipt)
	}
	return nil
}

func walletShown(ctx context.Context, brand string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	expected := "the wallet is named " + brand + ", or not at all"
	if s := p.Last(); s.Payment.Wallet != "" && s.Payment.Wallet != brand {
		return w.Fail(expected, "the shop is told "+s.Payment.Wallet, w.Shown(s))
	}
	receipt, printed := w.Recall(receiptKey).(acquirer.Receipt)
	if psp := w.Facts().PspID; printed && psp != "" && strings.Contains(receipt.Text, psp) && !strings.Contains(receipt.Text, brand) {
		return w.Fail(expected, "the receipt names the participant "+psp, w.Call(receipt.Call))
	}
	return nil
}
