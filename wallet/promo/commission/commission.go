// Package commission computes what service providers earn with red packet codes (mpp-api §10.2): a placement
// commission once per shop, an operations commission per redemption up to a monthly cap, settled at the
// end of the month in UTC+8. Statements are computed from the redemptions each time; a settled one is kept.
package commission

import (
	"errors"
	"time"

	"mppsim/wallet/money"
)

// Why something cannot be done, for errors.Is.
var (
	ErrUnknown     = errors.New("there is none of this id") // provider, code or campaign
	ErrUnqualified = errors.New("provider is not qualified")
	ErrOpen        = errors.New("period is not over")
	ErrScheme      = errors.New("unusable commission scheme")
	ErrPeriod      = errors.New("unusable period")
	ErrCurrency    = errors.New("unusable currency") // of a provider
	ErrTaken       = errors.New("there is one of this id already")
)

// Provider is a service provider that places codes (mpp-api §10.2 RC6).
type Provider struct {
	ID         string
	Timeline   string
	Name       string
	Currency   string // in which it is paid
	Account    string // its bank account, as registered
	Reputable  bool   // has a good reputation
	Licensed   bool   // has every certificate that its business needs
	Sound      bool   // its finances are sound
	Prohibited bool   // stands on a list of prohibition of an authority or card organisation
}

// Unqualified returns why a provider cannot take part; empty if it can.
func (p Provider) Unqualified() string {
	switch {
	case !p.Reputable:
		return "it has no good reputation"
	case !p.Licensed:
		return "a certificate that its business needs is missing"
	case !p.Sound:
		return "its finances are not sound"
	case p.Prohibited:
		return "it stands on a list of prohibition"
	}
	return ""
}

// Code is a red packet code with the shop at whose front a provider placed it.
type Code struct {
	ID       string
	Timeline string
	Campaign string
	Provider string
	Merchant string
	ShopName string
	Region   string // of the shop, ISO 3166-1 alpha-2: decides the factor
	PlacedAt time.Time
	Accepts  bool // the shop accepts Alipay
	Veteran  bool // the shop had redemptions before anything that is recorded here
}

// Redemption is a payment for which a coupon was used that was claimed from a code (RC2).
type Redemption struct {
	ID       string // the network's id of the payment
	Timeline string
	Code     string
	Coupon   string
	SpentAt  string // merchant
	At       time.Time
	Amount   money.Amount // of the coupon that was used
	Payment  money.Amount // the price, in the coupon's currency
	Refunded int64        // minor units of Amount whose payment was refunded
}

// Kind says for what a commission is paid.
type Kind string

// The two commissions.
const (
	Placement  Kind = "PLACEMENT"
	Operations Kind = "OPERATIONS"
)

// Row is one line of a statement (mpp-api §10.3).
type Row struct {
	Period     Period
	Provider   string
	Code       string
	Merchant   string
	Kind       Kind
	Redemption string
	At         time.Time
	Amount     money.Amount // redemption amount
	Factor     string       // empty: none was applied
	Commission money.Amount // in the campaign's currency
	Capped     bool         // the monthly cap cut it, or left nothing of it
	Payout     money.Amount // the commission in the provider's currency
	Rate       string       // from the campaign's to the provider's currency; 1 for the same
}

// Statement is what a provider earns in a period.
type Statement struct {
	Provider Provider
	Period   Period
	Timeline string
	Rows     []Row
	Settled  time.Time // on the timeline; zero: not settled yet, and so it may change
}

// Total is the sum of a statement's payouts.
func (s Statement) Total() money.Amount {
	sum := money.Of(s.Provider.Currency, 0)
	for _, r := range s.Rows {
		sum.Value += r.Payout.Value
	}
	return sum
}
