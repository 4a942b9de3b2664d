package promo

import (
	"fmt"
	"slices"
	"time"

	"mppsim/wallet/money"
)

// Campaign is a promotion with rules, on one timeline. Its amounts are in its own currency; orders in another one are
// measured at the rate of the day. Empty lists and zero limits restrict nothing.
type Campaign struct {
	ID       string
	Timeline string
	Template string
	Name     string // what the payer reads
	Type     string // promoType; opaque to wallets
	Sponsor  string
	Currency string

	Threshold   int64 // minor units that the price must reach
	Off         int64 // minor units off the price; or
	BasisPoints int64 // hundredths of a percent off
	OfPrice     bool  // the percentage is of the price, not of what is left after earlier promotions
	Cap         int64 // most minor units that a percentage takes off
	Budget      int64 // minor units in all
	PerPayer    int   // uses of one payer
	Uses        int   // uses in all

	Start, End time.Time // from Start until before End
	Priority   int       // lower ones are asked first
	Alone      bool      // never together with another campaign
	InStore    bool      // only payments in a store
	Payers     []string  // customer ids
	Brands     []string
	Shops      []string // merchants' ids
	Stores     []string
	Regions    []string
	MCCs       []string
}

// Spending is what a campaign has given so far.
type Spending struct {
	Taken int64 // minor units of the campaign's currency, refunds subtracted
	Uses  int
}

// misfit returns why an order is not for this campaign, budgets and amounts aside; empty if it is.
func (c Campaign) misfit(v Visit) string {
	switch {
	case v.At.Before(c.Start):
		return "the campaign has not begun"
	case !c.End.IsZero() && !v.At.Before(c.End):
		return "the campaign is over"
	case c.InStore && !v.InStore:
		return "the payment is not made in a store"
	}
	for _, s := range []struct {
		list        []string
		value, what string
	}{
		{c.Payers, v.CustomerID, "payer"},
		{c.Brands, v.Brand, "wallet"},
		{c.Shops, v.Merchant, "shop"},
		{c.Stores, v.Store, "store"},
		{c.Regions, v.Region, "region"},
		{c.MCCs, v.MCC, "merchant category"},
	} {
		if len(s.list) > 0 && !slices.Contains(s.list, s.value) {
			return fmt.Sprintf("it is for other %ss than %q", s.what, s.value)
		}
	}
	return ""
}

// saving is what a campaign takes off an order, in both currencies.
type saving struct {
	off  money.Amount // in the order's currency
	cost money.Amount // in the campaign's
}

// measure computes the saving for an order of which left is not covered, or tells why there is none.
func (c Campaign) measure(v Visit, left money.Amount, rates Rates) (s saving, why string, err error) {
	threshold, known, err := rates.Convert(money.Of(c.Currency, c.Threshold), v.Price.Currency, v.At)
	if err != nil || !known {
		return s, "there is no rate from " + c.Currency + " to " + v.Price.Currency, err
	}
	if v.Price.Value < threshold.Value {
		return s, "the price is below " + threshold.String(), nil
	}
	if c.BasisPoints > 0 {
		s, err = c.share(v, left, rates)
	} else {
		s.cost = money.Of(c.Currency, c.Off)
		s.off, _, err = rates.Convert(s.cost, v.Price.Currency, v.At)
	}
	switch {
	case err != nil:
		return s, "", err
	case s.off.Value < 1 || s.cost.Value < 1:
		return s, "it would save nothing", nil
	case s.off.Value >= left.Value:
		return s, "nothing would be left to pay", nil
	}
	return s, "", nil
}

// share is the saving of a percentage with its cap. The cap counts in the campaign's currency.
func (c Campaign) share(v Visit, left money.Amount, rates Rates) (s saving, err error) {
	base := left
	if c.OfPrice {
		base = v.Price
	}
	if s.off, err = money.Portion(base, c.BasisPoints, 100_00, money.RoundingOf(base.Currency)); err != nil {
		return s, err
	}
	if s.cost, _, err = rates.Convert(s.off, c.Currency, v.At); err != nil {
		return s, err
	}
	if c.Cap > 0 && s.cost.Value > c.Cap {
		s.cost.Value = c.Cap
		s.off, _, err = rates.Convert(s.cost, v.Price.Currency, v.At)
	}
	return s, err
}

// exhausted returns why a saving no longer fits into the campaign's limits; empty if it does.
func (c Campaign) exhausted(s Spending, ofPayer int, cost int64) string {
	switch {
	case c.Budget > 0 && s.Taken+cost > c.Budget:
		return "the budget is used up"
	case c.Uses > 0 && s.Uses >= c.Uses:
		return "it has been used as often as it may be"
	case c.PerPayer > 0 && ofPayer >= c.PerPayer:
		return "the payer has used it as often as one payer may"
	}
	return ""
}
