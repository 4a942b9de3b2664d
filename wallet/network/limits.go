package network

import (
	"errors"
	"math"
	"strconv"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/limit"
	"mppsim/wallet/money"
	"mppsim/wallet/quote"
	"mppsim/wallet/store"
)

// spendings are what users of foreign wallets paid in a region in a year, in minor units of the rule's currency.
func spendings() store.Table[int64] { return store.Table[int64]{Name: "network.spending"} }

// ruled is an order to which a region's limits apply: the bound, the amount in the rule's currency, and under which key it
// is counted.
type ruled struct {
	rule   limit.Rule
	bound  limit.Bound
	amount money.Amount
	key    string
}

// underRule finds the limits for an order that a foreign wallet's user scanned in a shop (mpp-api §7.5).
func (n *Network) underRule(o *Order) (r ruled, found bool, err error) {
	region := o.Request().Order.Merchant.Region
	if o.Product != aps.ByOrderCode && o.Product != aps.ByEntryCode || region == n.Region {
		return r, false, nil
	}
	if r.rule, found = n.Limits.In(region); !found {
		return r, false, nil
	}
	kind := "in-store"
	if r.bound = r.rule.InStore; o.Product == aps.ByEntryCode {
		r.bound, kind = r.rule.EntryCode, "entry-code"
	}
	worth, err := n.convert(o, o.Request().Amount, r.rule.Currency)
	if errors.Is(err, quote.ErrNoRate) {
		return r, false, nil // nothing to compare with
	}
	if errors.Is(err, money.ErrOverflow) {
		worth, err = Conversion{Amount: money.Of(r.rule.Currency, math.MaxInt64)}, nil // above any limit
	}
	year := o.Opened.In(clock.UTC8()).Year()
	r.amount, r.key = worth.Amount, o.CustomerID+"/"+region+"/"+kind+"/"+strconv.Itoa(year)
	return r, err == nil, err
}

// forbidden is the address of the page that a user sees instead of an order above a limit; empty if it is allowed.
func (n *Network) forbidden(tx store.Tx, o *Order) (page string, err error) {
	r, found, err := n.underRule(o)
	if err != nil || !found {
		return "", err
	}
	spent, _, err := spendings().Get(tx, r.key)
	if err != nil {
		return "", err
	}
	if exceeded := r.rule.Exceeded(r.bound, r.amount.Value, spent); exceeded != "" {
		return n.BaseURL() + "/limit/" + r.rule.Region + "/" + exceeded, nil
	}
	return "", nil
}

// count adds a payment to what its user paid in the year, or takes a cancelled one off.
func (n *Network) count(tx store.Tx, o *Order, sign int64) error {
	r, found, err := n.underRule(o)
	if err != nil || !found {
		return err
	}
	spent, _, err := spendings().Get(tx, r.key)
	if err != nil {
		return err
	}
	return spendings().Put(tx, r.key, spent+sign*r.amount.Value)
}
