package commission

import (
	"fmt"
	"math/big"
	"time"

	"mppsim/wallet/money"
)

// CapOf says what the monthly cap of a code counts.
type CapOf string

// Base says what a redemption's amount is.
type Base string

// The readings of the source document that a scheme chooses between; the first of each pair is the default.
const (
	CapCount  CapOf = "count"  // so many redemptions a month earn (RC4, the literal reading)
	CapAmount CapOf = "amount" // so much money a month is earned

	BaseCoupon  Base = "coupon"  // what was deducted
	BasePayment Base = "payment" // the price
)

// Scheme says what the codes of a campaign earn. Amounts are in the campaign's currency.
type Scheme struct {
	Campaign    string
	Timeline    string
	Currency    string
	Start       time.Time // days of factors count from here
	Placement   int64     // X, in minor units (RC1)
	Factors     []Factor  // the first that fits decides (RC3)
	Cap         int64     // n: redemptions, or minor units; 0: none (RC4)
	CapOf       CapOf
	Base        Base
	SpentAtShop bool // the placement commission needs a coupon that is spent at the shop itself
	Reduces     bool // refunds lower the redemption amount of months that are not settled yet
}

// Factor is an entry of the factor table, for a region and some days of the campaign.
type Factor struct {
	Region  string // ISO 3166-1 alpha-2, * for every one
	FromDay int    // first day, counted from 0
	ToDay   int    // the day after the last; 0: to the end
	Factor  string // exact decimal: 0.01 is one percent
}

const day = 24 * time.Hour

func (f Factor) fits(region string, sinceStart time.Duration) bool {
	if f.Region != "*" && f.Region != region {
		return false
	}
	return sinceStart >= time.Duration(f.FromDay)*day && (f.ToDay == 0 || sinceStart < time.Duration(f.ToDay)*day)
}

// Check refuses schemes that cannot be computed with.
func (s Scheme) Check() error {
	if _, ok := money.Decimals(s.Currency); !ok {
		return fmt.Errorf("%w: currency: %q is not an active ISO 4217 currency", ErrScheme, s.Currency)
	}
	switch {
	case s.Placement < 0 || s.Cap < 0:
		return fmt.Errorf("%w: placement, cap: they must not be negative", ErrScheme)
	case s.CapOf != CapCount && s.CapOf != CapAmount:
		return fmt.Errorf("%w: capOf: %q is neither count nor amount", ErrScheme, s.CapOf)
	case s.Base != BaseCoupon && s.Base != BasePayment:
		return fmt.Errorf("%w: base: %q is neither coupon nor payment", ErrScheme, s.Base)
	}
	for i, f := range s.Factors {
		if f.Region == "" || f.FromDay < 0 || f.ToDay != 0 && f.ToDay <= f.FromDay {
			return fmt.Errorf("%w: factors[%d]: it needs a region (* for every one) and a toDay after its fromDay", ErrScheme, i)
		}
		if _, err := parseFactor(f.Factor); err != nil {
			return fmt.Errorf("%w: factors[%d]: %w", ErrScheme, i, err)
		}
	}
	return nil
}

func parseFactor(text string) (*big.Rat, error) {
	// A rate between equal currencies reads any exact decimal, and refuses what is none.
	if text == "0" {
		return new(big.Rat), nil
	}
	r, err := money.ParseRate("CNY", "CNY", text)
	if err != nil {
		return nil, fmt.Errorf("factor %q is no decimal such as 0.01", text)
	}
	return r.Price, nil
}

// factor finds the factor of a code's redemption; none fits: "0".
func (s Scheme) factor(region string, at time.Time) string {
	for _, f := range s.Factors {
		if f.fits(region, at.Sub(s.Start)) {
			return f.Factor
		}
	}
	return "0"
}

// amount is the redemption amount that counts.
func (s Scheme) amount(r Redemption) money.Amount {
	amount := r.Amount
	if s.Base == BasePayment {
		amount = r.Payment
	}
	if s.Reduces && r.Amount.Value > 0 {
		kept, err := money.Portion(amount, r.Amount.Value-r.Refunded, r.Amount.Value, money.HalfUp)
		if err == nil {
			amount = kept
		}
	}
	return amount
}

// earn is factor × amount, half up.
func earn(factor string, amount money.Amount) (money.Amount, error) {
	f, err := parseFactor(factor)
	if err != nil || f.Sign() == 0 {
		return money.Of(amount.Currency, 0), err
	}
	rate := money.Rate{From: amount.Currency, To: amount.Currency, Price: f}
	return rate.Convert(amount, money.HalfUp)
}
