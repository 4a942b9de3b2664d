package redpacket

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"mppsim/wallet/money"
	"mppsim/wallet/promo/commission"
	"mppsim/wallet/store"
)

func campaigns() store.Table[Campaign] { return store.Table[Campaign]{Name: "redpacket.campaign"} }
func codes() store.Table[string]       { return store.Table[string]{Name: "redpacket.code"} } // code → <timeline>/<campaign>
func coupons() store.Table[Coupon]     { return store.Table[Coupon]{Name: "redpacket.coupon"} }

// byOwner lists a payer's coupons in the order of their claims.
func byOwner() store.Table[string] { return store.Table[string]{Name: "redpacket.coupon-of"} }

// Open starts a campaign and announces what its codes earn.
func Open(tx store.Tx, a Announcement) error {
	if err := campaigns().Insert(tx, a.Campaign.Timeline+"/"+a.Campaign.ID, a.Campaign); err != nil {
		return err
	}
	return commission.Announce(tx, a.Scheme)
}

// Campaigns lists a timeline's campaigns.
func Campaigns(tx store.Tx, timeline string) ([]Campaign, error) {
	return campaigns().List(tx, timeline+"/")
}

// codePrefix begins the text that a red packet code's picture holds; what follows is the code.
const codePrefix = "https://redpacket.mppsim.example/"

// Content is the text that a code's picture holds.
func Content(code string) string { return codePrefix + code }

// Place issues a code of a campaign to a provider for a shop. c.ID is set here. Codes stand outside the excluded regions
// only (ErrRegion) and go to qualified providers (commission.ErrUnqualified).
func (d Desk) Place(tx store.Tx, c commission.Code) (commission.Code, error) {
	campaign, found, err := campaigns().Get(tx, c.Timeline+"/"+c.Campaign)
	switch {
	case err != nil:
		return c, err
	case !found:
		return c, fmt.Errorf("red packet campaign %q: %w", c.Campaign, ErrUnknown)
	case !isRegion(c.Region):
		return c, fmt.Errorf("red packet code for merchant %s: %w: region %q: want two capital letters, such as SG", c.Merchant, ErrRegion, c.Region)
	case campaign.excludes(c.Region):
		return c, fmt.Errorf("red packet code for merchant %s: %w: region %q; codes stand outside %s", c.Merchant, ErrRegion, c.Region,
			strings.Join(campaign.Excluded, ", "))
	}
	if c.ID, err = d.freeCode(tx); err != nil {
		return c, err
	}
	if err := codes().Insert(tx, c.ID, c.Timeline+"/"+c.Campaign); err != nil {
		return c, err
	}
	return c, commission.Place(tx, c)
}

// isRegion reports whether a text has the form of a region in ISO 3166-1 alpha-2.
func isRegion(text string) bool {
	return len(text) == 2 && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// freeCode draws until a code comes that was never issued: RP and ten digits.
func (d Desk) freeCode(tx store.Tx) (string, error) {
	for range 100 {
		n, err := rand.Int(d.Random, big.NewInt(1e10))
		if err != nil {
			return "", fmt.Errorf("red packet code: %w", err)
		}
		code := fmt.Sprintf("RP%010d", n)
		if _, taken, err := codes().Get(tx, code); err != nil || !taken {
			return code, err
		}
	}
	return "", fmt.Errorf("red packet code: %w: no free one found", ErrUnknown)
}

// Claim lets a payer scan a code, given as its picture's text or alone, and collect a coupon of the amount that is drawn,
// or of want, in major units of the campaign's currency, where that is not empty. A refusal names the rule.
func (d Desk) Claim(tx store.Tx, scanned string, who Claimant, want string, now time.Time) (Coupon, *Refusal, error) {
	code := strings.TrimPrefix(strings.TrimSpace(scanned), codePrefix)
	campaign, err := campaignOf(tx, code, who.Timeline)
	if err != nil {
		return Coupon{}, nil, err
	}
	mine, err := Coupons(tx, who.CustomerID, now)
	if err != nil {
		return Coupon{}, nil, err
	}
	if no := campaign.refuses(who, mine, now); no != nil {
		return Coupon{}, no, nil
	}
	amount, err := d.draw(campaign, want)
	if err != nil {
		return Coupon{}, nil, err
	}
	c := campaign.coupon(d.IDs(), code, who, amount, now)
	return c, nil, keep(tx, c)
}

// campaignOf finds the campaign of a code that stands on a timeline.
func campaignOf(tx store.Tx, code, timeline string) (Campaign, error) {
	unknown := fmt.Errorf("red packet code %q: %w", code, ErrUnknown)
	if code == "" {
		return Campaign{}, unknown
	}
	home, found, err := codes().Get(tx, code)
	if err != nil || !found {
		return Campaign{}, cmp.Or(err, unknown)
	}
	campaign, found, err := campaigns().Get(tx, home)
	if err == nil && (!found || campaign.Timeline != timeline) {
		err = unknown
	}
	return campaign, err
}

// refuses applies the rules of claims; mine are the payer's coupons so far.
func (c Campaign) refuses(who Claimant, mine []Coupon, now time.Time) *Refusal {
	inBlock := 0
	active := false
	for _, m := range mine {
		active = active || m.State == Active
		if m.Campaign == c.ID && c.block(m.ClaimedAt) == c.block(now) {
			inBlock++
		}
	}
	switch {
	case now.Before(c.Start):
		return &Refusal{"RP-01", "the campaign has not begun"}
	case c.over(now):
		return &Refusal{"RP-01", "the campaign is over"}
	case c.Identity != "" && who.Identity != c.Identity:
		return &Refusal{"RP-02", "the payer's account is not verified with " + c.Identity}
	case active:
		return &Refusal{"RP-05", "the payer has a coupon that is neither used nor expired"}
	case c.PerBlock > 0 && inBlock >= c.PerBlock:
		return &Refusal{"RP-04", fmt.Sprintf("the payer has collected %d coupons in these %d days", inBlock, c.Block/(24*time.Hour))}
	}
	return nil
}

// draw returns the amount of a new coupon.
func (d Desk) draw(c Campaign, want string) (int64, error) {
	if want != "" {
		amount, err := money.ParseMajor(c.Currency, want)
		if err != nil || amount.Value < 1 || amount.Value > c.Most {
			return 0, fmt.Errorf("%w: a coupon of %q: it must be above 0 and at most %s", ErrSpec, want, money.Of(c.Currency, c.Most))
		}
		return amount.Value, nil
	}
	var total int64
	for _, p := range c.Prizes {
		total += p.Weight
	}
	n, err := rand.Int(d.Random, big.NewInt(total))
	if err != nil {
		return 0, fmt.Errorf("draw of a red packet: %w", err)
	}
	at := n.Int64()
	for _, p := range c.Prizes {
		if at -= p.Weight; at < 0 {
			return p.Amount, nil
		}
	}
	return 0, fmt.Errorf("%w: campaign %s has no prizes", ErrSpec, c.ID)
}

func (c Campaign) coupon(id, code string, who Claimant, amount int64, now time.Time) Coupon {
	return Coupon{
		ID: id, Timeline: c.Timeline, Campaign: c.ID, Code: code, CustomerID: who.CustomerID, Name: c.Name, Terms: c.Terms,
		Amount: money.Of(c.Currency, amount), Remaining: money.Of(c.Currency, amount), Splittable: slices.Contains(c.Splittable, amount),
		ClaimedAt: now, ExpiresAt: now.Add(c.Valid), State: Active,
	}
}

func keep(tx store.Tx, c Coupon) error {
	if err := coupons().Insert(tx, c.ID, c); err != nil {
		return err
	}
	return byOwner().Put(tx, fmt.Sprintf("%s/%020d/%s", c.CustomerID, c.ClaimedAt.UnixNano(), c.ID), c.ID)
}

// Coupons lists a payer's coupons in the order of their claims, as they stand at a time.
func Coupons(tx store.Tx, customerID string, now time.Time) ([]Coupon, error) {
	ids, err := byOwner().List(tx, customerID+"/")
	list := make([]Coupon, 0, len(ids))
	for _, id := range ids {
		c, _, err := coupons().Get(tx, id)
		if err != nil {
			return nil, err
		}
		list = append(list, c.at(now))
	}
	return list, err
}
