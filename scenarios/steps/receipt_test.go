package steps

import (
	"context"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/wallet/money"
)

func TestAmountsAreReadInAnyUsualWriting(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text   string
		amount money.Amount
		want   bool
	}{
		{"SGD 110.00", money.Of("SGD", 11000), true},
		{"Total: 110,00 SGD.", money.Of("SGD", 11000), true},
		{"SGD 110", money.Of("SGD", 11000), true},
		{"110.00, paid", money.Of("SGD", 11000), true},
		{"S$1,110.00", money.Of("SGD", 111000), true},
		{"1.110,00 EUR", money.Of("EUR", 111000), true},
		{"1 110,00 EUR", money.Of("EUR", 111000), true},
		{"1110.50", money.Of("SGD", 111050), true},
		{"¥11,000", money.Of("JPY", 11000), true},
		{"KWD 1.234", money.Of("KWD", 1234), true},
		{"SGD 100.00", money.Of("SGD", 11000), false},
		{"SGD 1110.00", money.Of("SGD", 11000), false},
		{"SGD 110.50", money.Of("SGD", 11000), false},
		{"SGD 110.005", money.Of("SGD", 11000), false},
		{"SGD 2,110.00", money.Of("SGD", 11000), false},
		{"order 11000", money.Of("SGD", 11000), false},
		{"110", money.Of("SGD", 11050), false},
		{"", money.Of("SGD", 11000), false},
	} {
		if got := written(tt.text, tt.amount); got != tt.want {
			t.Errorf("%q shows %s: %t, want %t", tt.text, tt.amount, got, tt.want)
		}
	}
}

func TestNoAmountIsReadAsAnother(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom([]string{"SGD", "JPY", "KWD"}).Draw(t, "currency")
		shown := money.Of(currency, rapid.Int64Range(1, 10_000_000).Draw(t, "shown"))
		other := money.Of(currency, rapid.Int64Range(1, 10_000_000).Draw(t, "other"))
		text := "Total " + currency + " " + shown.Major()
		if !written(text, shown) {
			t.Fatalf("%q does not show %s", text, shown)
		}
		if shown != other && written(text, other) {
			t.Fatalf("%q shows %s", text, other)
		}
	})
}

// counter is a till that prints a text on each receipt.
type counter struct {
	cashier
	prints string
}

func (c *counter) Receipt(context.Context, acquirer.PaymentRef) (acquirer.Receipt, error) {
	return acquirer.Receipt{Text: c.prints, Call: journal.Call{ID: "receipt"}}, nil
}

func TestReceiptShowsTheWholePrice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for prints, want := range map[string]string{"Total SGD 250.00, saved SGD 10.00": "passed", "Total SGD 240.00": "accused"} {
			s := playAt(t, &counter{cashier: cashier{states: []acquirer.State{paid}}, prints: prints})
			s.says("pay", success, nil)
			if got := verdictOf(receiptShows(s.ctx, "250.00")); got != want {
				t.Errorf("%s: %s, want %s", prints, got, want)
			}
		}
	})
}
