// Package redpacket plays red packet campaigns (mpp-api §10.1): codes at shops' fronts from which payers claim coupons,
// and coupons that are taken off a later payment by themselves. What is claimed and spent is recorded for the
// package commission.
package redpacket

import (
	"errors"
	"io"
	"slices"
	"time"

	"mppsim/wallet/money"
	"mppsim/wallet/promo"
	"mppsim/wallet/promo/commission"
)

// Why something cannot be done, for errors.Is.
var (
	ErrUnknown = errors.New("unknown")             // campaign, code or coupon
	ErrRegion  = errors.New("region not allowed")  // of a code's shop
	ErrSpec    = errors.New("unusable red packet") // campaign that cannot be made as described
)

// Campaign is a red packet campaign on one timeline. Amounts are in minor units of its currency.
type Campaign struct {
	ID       string
	Timeline string
	Template string
	Name     string // what the payer reads
	Terms    string
	Sponsor  string
	Currency string

	Start, End time.Time     // from Start until before End (RP1)
	Identity   string        // which the claimant must have shown (RP2)
	Excluded   []string      // regions where neither codes nor coupons work (RP3)
	Shops      []string      // the only merchants where coupons work; empty: all
	PerBlock   int           // coupons of one payer (RP4)
	Block      time.Duration // in each such span from the start (RP4)
	Valid      time.Duration // of a coupon (RP6)
	Most       int64         // largest coupon (RP7)
	OrEqual    bool          // a price that equals the coupon is enough; by default it must exceed it (RP8)
	Splittable []int64       // coupons of these amounts may be spent in parts (RP9)
	CancelKeep bool          // a cancelled payment loses the coupon as a refunded one does (unstated; default: it comes back)
	Prizes     []Prize
}

// Prize is a coupon amount that can be drawn, with its weight among all.
type Prize struct {
	Amount int64
	Weight int64
}

// State is where a coupon stands.
type State string

// The states. An expired coupon is Active in the store until somebody looks.
const (
	Active  State = "ACTIVE"
	Used    State = "USED"
	Expired State = "EXPIRED"
)

// Coupon is a red packet of a payer.
type Coupon struct {
	ID         string
	Timeline   string
	Campaign   string
	Code       string
	CustomerID string
	Name       string
	Terms      string // RP13
	Amount     money.Amount
	Remaining  money.Amount
	Splittable bool
	ClaimedAt  time.Time
	ExpiresAt  time.Time
	State      State
	Held       string // the payment that is about to use it
}

// at returns the coupon as it stands at a time: seven days after its collection it is expired.
func (c Coupon) at(now time.Time) Coupon {
	if c.State == Active && c.Held == "" && !now.Before(c.ExpiresAt) {
		c.State = Expired
	}
	return c
}

// Claimant is a payer in front of a code.
type Claimant struct {
	CustomerID string
	Timeline   string
	Identity   string // the document with which the payer's account was verified, such as CN_ID; empty: none
}

// Refusal says which rule keeps a payer from a coupon. It is a value: nothing went wrong.
type Refusal struct {
	Rule   string // of the catalogue of wallet rules, such as RP-05
	Reason string
}

// Desk issues codes and coupons and takes coupons off payments. It is a promo.Source.
type Desk struct {
	IDs    func() string
	Random io.Reader   // of draws and codes
	Rates  promo.Rates // between coupons' and orders' currencies
}

var _ promo.Source = Desk{}

// over reports whether the campaign does not run at a time.
func (c Campaign) over(now time.Time) bool { return now.Before(c.Start) || !now.Before(c.End) }

// block counts the spans since the start of the campaign.
func (c Campaign) block(at time.Time) int64 { return int64(at.Sub(c.Start) / c.Block) }

func (c Campaign) excludes(region string) bool { return slices.Contains(c.Excluded, region) }

// Announcement is a campaign with what its codes earn.
type Announcement struct {
	Campaign Campaign
	Scheme   commission.Scheme
}
