package network

import (
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/promo"
	"mppsim/wallet/store"
)

// Marketing says what a payer saves on an order (mpp-api §8). It is asked inside the network's own transactions: an
// order and what it takes from a budget are kept together or not at all. promo.Desk is one.
type Marketing interface {
	Take(tx store.Tx, v promo.Visit) ([]promo.Saving, error)
	Paid(tx store.Tx, order string, at time.Time) error
	Undo(tx store.Tx, order string, at time.Time) error
	Refund(tx store.Tx, order string, part promo.Part) error
}

// takePromotions lowers what the wallet pays by what the payer saves (mpp-api §8.2 A5). A refused order takes nothing.
func (n *Network) takePromotions(tx store.Tx, o *Order) (err error) {
	o.Net = o.Request().Amount
	if n.Promotions == nil || o.State == Failed || o.State == Closed || o.CustomerID == "" {
		return nil
	}
	if o.Promotions, err = n.Promotions.Take(tx, n.visit(o)); err != nil {
		return err
	}
	for _, p := range o.Promotions {
		o.Net.Value -= p.Savings.Value
	}
	if o.State == Success {
		return n.promotionsPaid(tx, o)
	}
	return nil
}

func (n *Network) visit(o *Order) promo.Visit {
	m := o.Request().Order.Merchant
	v := promo.Visit{
		Order: o.WalletRequestID(), Timeline: o.Timeline, CustomerID: o.CustomerID, Brand: n.brandOf(o), Merchant: m.ReferenceMerchantID,
		MCC: m.MCC, Region: m.Place(), InStore: o.Product != aps.ByCashier && o.Product != aps.ByAutoDebit,
		Price: o.Request().Amount, At: n.now(o),
	}
	if m.Store != nil {
		v.Store = m.Store.ReferenceStoreID
	}
	return v
}

func (n *Network) promotionsPaid(tx store.Tx, o *Order) error {
	if n.Promotions == nil || len(o.Promotions) == 0 {
		return nil
	}
	return n.Promotions.Paid(tx, o.WalletRequestID(), n.now(o))
}

// undoPromotions gives back what a failed, closed or cancelled order took.
func (n *Network) undoPromotions(tx store.Tx, o *Order) error {
	if n.Promotions == nil || len(o.Promotions) == 0 {
		return nil
	}
	return n.Promotions.Undo(tx, o.WalletRequestID(), n.now(o))
}

// refundPromotions gives the sponsors' shares of a refund back to their budgets; done is what was given back before.
func (n *Network) refundPromotions(tx store.Tx, o *Order, done int64, gross money.Amount) error {
	if n.Promotions == nil || len(o.Promotions) == 0 {
		return nil
	}
	return n.Promotions.Refund(tx, o.WalletRequestID(), promo.Part{Done: done, Part: gross.Value, Of: o.Request().Amount.Value})
}
