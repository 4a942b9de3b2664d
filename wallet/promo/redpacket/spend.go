package redpacket

import (
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/promo"
	"mppsim/wallet/promo/commission"
	"mppsim/wallet/store"
)

// promoType of a red packet; opaque to wallets.
const promoType = "CASHLESS_FIXED_VOUCHER"

// spent is what a payment takes from a coupon.
type spent struct {
	Coupon  string
	Cost    money.Amount // in the coupon's currency
	Price   money.Amount // of the order, in the coupon's currency
	SpentAt string
	Paid    bool
}

func payments() store.Table[spent] { return store.Table[spent]{Name: "redpacket.payment"} }

// Take is part of promo.Source: the oldest coupon that fits is taken off by itself (RP8), one for each payment.
func (d Desk) Take(tx store.Tx, v promo.Visit, left money.Amount) ([]promo.Saving, error) {
	mine, err := Coupons(tx, v.CustomerID, v.At)
	if err != nil {
		return nil, err
	}
	for _, c := range mine {
		campaign, found, err := campaigns().Get(tx, c.Timeline+"/"+c.Campaign)
		if err != nil {
			return nil, err
		}
		if !found || !campaign.covers(c, v) {
			continue
		}
		off, cost, err := d.deduct(campaign, c, v, left)
		if err != nil {
			return nil, err
		}
		if off.Value > 0 {
			return d.hold(tx, campaign, c, v, off, cost)
		}
	}
	return nil, nil
}

// covers reports whether a coupon works for a payment, amounts aside.
func (c Campaign) covers(coupon Coupon, v promo.Visit) bool {
	fits := len(c.Shops) == 0
	for _, shop := range c.Shops {
		fits = fits || shop == v.Merchant
	}
	return fits && coupon.State == Active && coupon.Held == "" && coupon.Timeline == v.Timeline &&
		v.InStore && v.Region != "" && !c.excludes(v.Region)
}

// deduct computes what a coupon takes off a payment, in the order's and in the coupon's currency; zero: nothing.
func (d Desk) deduct(c Campaign, coupon Coupon, v promo.Visit, left money.Amount) (off, cost money.Amount, err error) {
	none := money.Of(left.Currency, 0)
	off, known, err := d.Rates.Convert(coupon.Remaining, left.Currency, v.At)
	if err != nil || !known || off.Value < 1 {
		return none, cost, err
	}
	most := left.Value - 1 // something must be left to pay (mpp-api §8.2 A6)
	switch {
	case coupon.Splittable && off.Value > most:
		return d.part(coupon, v, money.Of(left.Currency, most))
	case coupon.Splittable, v.Price.Value > off.Value && off.Value <= most:
		return off, coupon.Remaining, nil
	case c.OrEqual && v.Price.Value == off.Value && most > 0:
		return money.Of(left.Currency, min(off.Value, most)), coupon.Remaining, nil
	}
	return none, cost, nil
}

// part takes some of a coupon that may be split (RP9).
func (d Desk) part(c Coupon, v promo.Visit, off money.Amount) (money.Amount, money.Amount, error) {
	cost, _, err := d.Rates.Convert(off, c.Remaining.Currency, v.At)
	cost.Value = min(max(cost.Value, 1), c.Remaining.Value)
	return off, cost, err
}

// hold keeps a coupon for a payment until its outcome is known.
func (d Desk) hold(tx store.Tx, c Campaign, coupon Coupon, v promo.Visit, off, cost money.Amount) ([]promo.Saving, error) {
	price, _, err := d.Rates.Convert(v.Price, c.Currency, v.At)
	if err != nil {
		return nil, err
	}
	coupon.Held = v.Order
	if err := coupons().Put(tx, coupon.ID, coupon); err != nil {
		return nil, err
	}
	if err := payments().Insert(tx, v.Order, spent{Coupon: coupon.ID, Cost: cost, Price: price, SpentAt: v.Merchant}); err != nil {
		return nil, err
	}
	promotion := aps.Promotion{ID: coupon.ID, Name: coupon.Name, Type: promoType, Savings: off}
	return []promo.Saving{{Promotion: promotion, Sponsor: c.Sponsor}}, nil
}

// Paid is part of promo.Source: the coupon is used and its redemption recorded (RC2).
func (d Desk) Paid(tx store.Tx, order string, at time.Time) error {
	s, c, found, err := held(tx, order)
	if err != nil || !found || s.Paid {
		return err
	}
	s.Paid = true
	c.Held = ""
	c.Remaining.Value -= s.Cost.Value
	if !c.Splittable || c.Remaining.Value == 0 {
		c.State = Used
	}
	if err := put(tx, order, s, c); err != nil {
		return err
	}
	return commission.Record(tx, commission.Redemption{
		ID: order, Timeline: c.Timeline, Code: c.Code, Coupon: c.ID, SpentAt: s.SpentAt, At: at, Amount: s.Cost, Payment: s.Price,
	})
}

// Undo is part of promo.Source: a payment that failed lets the coupon go; one that was cancelled gives it back, unless the
// campaign keeps it, and was no redemption.
func (d Desk) Undo(tx store.Tx, order string, _ time.Time) error {
	s, c, found, err := held(tx, order)
	if err != nil || !found {
		return err
	}
	if !s.Paid {
		c.Held = ""
		return release(tx, order, c)
	}
	if err := commission.Void(tx, c.Timeline, order); err != nil {
		return err
	}
	campaign, _, err := campaigns().Get(tx, c.Timeline+"/"+c.Campaign)
	if err != nil || campaign.CancelKeep {
		return err
	}
	c.State = Active
	c.Remaining.Value += s.Cost.Value
	return release(tx, order, c)
}

// Refund is part of promo.Source: the coupon is not given back (RP10).
func (d Desk) Refund(tx store.Tx, order string, part promo.Part) error {
	s, c, found, err := held(tx, order)
	if err != nil || !found {
		return err
	}
	share, err := money.NextPortion(s.Cost, part.Done, part.Part, part.Of, money.HalfUp)
	if err != nil {
		return err
	}
	return commission.Refund(tx, c.Timeline, order, share.Value)
}

func held(tx store.Tx, order string) (s spent, c Coupon, found bool, err error) {
	if s, found, err = payments().Get(tx, order); err != nil || !found {
		return s, c, false, err
	}
	c, found, err = coupons().Get(tx, s.Coupon)
	return s, c, found, err
}

func put(tx store.Tx, order string, s spent, c Coupon) error {
	if err := payments().Put(tx, order, s); err != nil {
		return err
	}
	return coupons().Put(tx, c.ID, c)
}

func release(tx store.Tx, order string, c Coupon) error {
	if err := payments().Delete(tx, order); err != nil {
		return err
	}
	return coupons().Put(tx, c.ID, c)
}
