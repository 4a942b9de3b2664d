package steps

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/world"
	"mppsim/wallet/money"
)

// receiptSteps judge what the payer takes home.
func receiptSteps() []Step {
	return []Step{
		step("shop", `the receipt shows `+worth, `the receipt shows 110.00`,
			"The receipt of the latest payment has the amount on it, in any usual writing.", receiptShows),
	}
}

func receiptShows(ctx context.Context, text string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	want, err := world.AmountIn(text, p.Charge.Amount.Currency)
	if err != nil {
		return err
	}
	receipt, seen := w.Recall(receiptKey).(acquirer.Receipt)
	if !seen {
		if receipt, err = w.Receipt(ctx, p); err != nil {
			return fmt.Errorf("fetch the receipt: %w", err)
		}
	}
	if !written(receipt.Text, want) {
		return w.Fail("the receipt shows "+want.String(), "another or no amount", w.Call(receipt.Call))
	}
	return nil
}

// written reports whether a text holds an amount in any usual writing: with point or comma, with or without groups of
// thousands, and without decimals where they are zeros.
func written(text string, amount money.Amount) bool {
	whole, fraction, _ := strings.Cut(amount.Major(), ".")
	groups := "[ ,.'’\u00a0\u202f]?"
	pattern := strings.Join(thousands(whole), groups)
	if fraction != "" {
		decimals := "[.,]" + fraction
		if strings.Trim(fraction, "0") == "" {
			decimals = "(?:" + decimals + ")?"
		}
		pattern += decimals
	}
	return regexp.MustCompile(`(?:^|[^0-9.,])` + pattern + `(?:$|[^0-9.,]|[.,](?:$|[^0-9]))`).MatchString(text)
}

// thousands cuts digits into groups of three, from the right.
func thousands(digits string) []string {
	first := (len(digits)-1)%3 + 1
	groups := []string{digits[:first]}
	for i := first; i < len(digits); i += 3 {
		groups = append(groups, digits[i:i+3])
	}
	return groups
}
