// Package contract is what Alipay+ and an acquirer agreed on for clearing and settlement: fees, the day on which
// money is paid out, and how reports are cut. It is data (fixtures/contract.yaml) and arithmetic, nothing else.
package contract

import (
	"fmt"
	"strings"
	"time"

	"mppsim/wallet/money"
)

// Contract is an acquirer's contract.
type Contract struct {
	Agreement  string   // participantAgreementId
	Currencies []string // settlement currencies that have reports every day
	Rows       int      // detail rows of one report file
	Days       int      // from payment to settlement
	Domestic   Fees
	Foreign    Fees
	Merchants  map[string]Standing // by referenceMerchantId, where it is not as usual
	Inactive   []string            // operations that Alipay+ has not activated for the acquirer, as the door of Alipay+ names them
}

// Standing is what is not as usual with a merchant.
type Standing string

// The standings.
const (
	Suspended Standing = "suspended"       // its payments and refunds are refused
	Penniless Standing = "without-balance" // it has nothing to give back: refunds, and cancellations of paid payments, are refused
)

// Percent is a share in millionths of a percent.
type Percent int64

const whole = 100 * 1_000_000 // all of it, as a Percent

// ParsePercent reads a percentage with at most six decimals, from 0 to 100.
func ParsePercent(text string) (Percent, error) {
	digits, fraction, _ := strings.Cut(text, ".")
	var value int64
	for _, d := range digits + fraction + strings.Repeat("0", max(6-len(fraction), 0)) {
		if d < '0' || d > '9' || value > whole {
			return 0, fmt.Errorf("%q: want a percentage from 0 to 100 such as 0.6, digits only", text)
		}
		value = value*10 + int64(d-'0')
	}
	if digits == "" || len(fraction) > 6 || value > whole || strings.HasSuffix(text, ".") {
		return 0, fmt.Errorf("%q: want a percentage from 0 to 100 with at most six decimals, such as 0.6", text)
	}
	return Percent(value), nil
}

// String writes the percentage as ParsePercent reads it, without trailing zeros.
func (p Percent) String() string {
	text := fmt.Sprintf("%d.%06d", int64(p)/1_000_000, int64(p)%1_000_000)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// Of is that share of an amount, rounded half up (IDR: as money.RoundingOf says).
func (p Percent) Of(a money.Amount) (money.Amount, error) {
	if p == 0 {
		return money.Of(a.Currency, 0), nil
	}
	return money.Portion(a, int64(p), whole, money.RoundingOf(a.Currency))
}

// Fees are the rates of both fees.
type Fees struct {
	Interchange Percent // to the wallet; comes back with a refund
	Service     Percent // to Alipay+; does not
}

// FeesFor are the rates of a payment at a merchant of one region by a wallet of another, ISO 3166-1 alpha-2. A merchant
// without region counts as domestic.
func (c Contract) FeesFor(merchant, wallet string) Fees {
	if merchant != "" && wallet != "" && !strings.EqualFold(merchant, wallet) {
		return c.Foreign
	}
	return c.Domestic
}

// SettledOn is the day on which the payments of a day are settled. Both are days of UTC+8, given by their first moment.
func (c Contract) SettledOn(day time.Time) time.Time {
	on := day.AddDate(0, 0, c.Days)
	for on.Weekday() == time.Saturday || on.Weekday() == time.Sunday {
		on = on.AddDate(0, 0, 1)
	}
	return on
}

// SettledBy lists the days whose payments are settled on a day, oldest first.
func (c Contract) SettledBy(on time.Time) []time.Time {
	var days []time.Time
	for back := c.Days + 2; back >= c.Days; back-- {
		if day := on.AddDate(0, 0, -back); c.SettledOn(day).Equal(on) {
			days = append(days, day)
		}
	}
	return days
}
