package steps

import (
	"context"
	"fmt"
	"strings"

	"mppsim/scenarios/world"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

// moneySteps read the simulator's ledger: what has moved, in which accounts.
func moneySteps() []Step {
	return []Step{
		step("money", worth+` has moved from the payer to the shop`, `250.00 has moved from the payer to the shop`,
			"The payer has paid once, and the shop's account is credited with the amount.", hasMoved),
		step("money", `no money has moved`, `no money has moved`,
			"In sum the payer has paid nothing.",
			func(ctx context.Context) error { return hasPaidNothing(ctx, false) }),
		step("money", `the payer has all the money back`, `the payer has all the money back`,
			"The payer has paid, and has got everything back.",
			func(ctx context.Context) error { return hasPaidNothing(ctx, true) }),
	}
}

// endowment is the kind of entry that gives a payer money to begin with; it belongs to no payment.
const endowment = "top-up"

// turnover sums what went into the accounts with a prefix, per currency, and counts the debits.
func turnover(entries []control.Entry, prefix string) (sums map[string]int64, debits int) {
	sums = map[string]int64{}
	for _, e := range entries {
		if e.Kind == endowment || !strings.HasPrefix(e.Account, prefix) {
			continue
		}
		sums[e.Amount.Currency] += e.Amount.Value
		if e.Amount.Value < 0 {
			debits++
		}
	}
	return sums, debits
}

func hasMoved(ctx context.Context, text string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	amount, err := w.Amount(text, p.Charge.Shop)
	if err != nil {
		return err
	}
	entries, err := w.Sim().Entries(ctx, w.Timeline())
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	_, debits := turnover(entries, "payer/"+p.Payer.ID)
	if debits != 1 {
		return w.Fail("the payer pays once", fmt.Sprintf("%d debits", debits), shown(w, p)...)
	}
	credited, _ := turnover(entries, "shop/")
	if got := money.Of(amount.Currency, credited[amount.Currency]); got != amount {
		return w.Fail(amount.String()+" reach the shop", got.String(), shown(w, p)...)
	}
	return nil
}

func hasPaidNothing(ctx context.Context, afterPaying bool) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	entries, err := w.Sim().Entries(ctx, w.Timeline())
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	sums, debits := turnover(entries, "payer/"+p.Payer.ID)
	for currency, sum := range sums {
		if sum != 0 {
			return w.Fail("the payer has all the money", money.Of(currency, sum).String()+" moved", shown(w, p)...)
		}
	}
	if afterPaying && debits == 0 {
		return w.NotReached("the payer was never debited", "ACQ-UPM-03")
	}
	return nil
}
