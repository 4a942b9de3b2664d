package promo

import (
	"fmt"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
)

// Rates finds the rate from one currency to another at a time on a timeline; false: there is none, and promotions in the one do not
// apply to orders in the other.
type Rates func(from, to string, at time.Time) (money.Rate, bool)

// Convert brings an amount into a currency at the rate of a time, rounded as it prescribes; false: there is no rate. A nil
// Rates knows none.
func (r Rates) Convert(a money.Amount, to string, at time.Time) (money.Amount, bool, error) {
	if a.Currency == to {
		return a, true, nil
	}
	if r == nil {
		return money.Amount{}, false, nil
	}
	rate, known := r(a.Currency, to, at)
	if !known {
		return money.Amount{}, false, nil
	}
	converted, err := rate.Convert(a, money.RoundingOf(to))
	return converted, err == nil, err
}

// InWalletCurrency turns promotions from the order's currency into the wallet's, as its payers read them
// (mpp-api §8.1). One that rounds to nothing shows the smallest unit, because the protocol has no zero (A6).
func InWalletCurrency(promotions []aps.Promotion, rate money.Rate) ([]aps.Promotion, error) {
	converted := make([]aps.Promotion, 0, len(promotions))
	for _, p := range promotions {
		savings, err := rate.Convert(p.Savings, money.RoundingOf(rate.To))
		if err != nil {
			return nil, fmt.Errorf("promotion %s: %w", p.ID, err)
		}
		savings.Value = max(savings.Value, 1)
		p.Savings = savings
		converted = append(converted, p)
	}
	return converted, nil
}
