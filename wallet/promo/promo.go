// Package promo decides what a payer saves on an order and who pays for it (mpp-api §8): promotions
// attached to a payer, campaigns with rules and budgets, and, from the package redpacket, coupons. It works inside
// the transactions of whoever asks, so that an order and what it takes from a budget are kept together or not at all.
package promo

import (
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/store"
)

// Visit is an order in front of the promotions.
type Visit struct {
	Order      string // the network's id of the payment
	Timeline   string
	CustomerID string
	Brand      string // of the payer's wallet
	Merchant   string
	Store      string
	MCC        string
	Region     string // of the shop, ISO 3166-1 alpha-2; empty: unknown
	InStore    bool
	Price      money.Amount // the order's amount
	At         time.Time    // on the timeline, like all times of this package
}

// Saving is a promotion applied to an order, in the order's currency, with the one who pays for it.
type Saving struct {
	aps.Promotion
	Sponsor string
}

// Part is a refund as a part of an order: Part minor units out of Of, after Done were refunded before.
type Part struct{ Done, Part, Of int64 }

// Source is one kind of promotions. Each order is taken from once, then paid or undone; refunds follow a payment.
type Source interface {
	// Take returns the promotions of this source for an order of which left is not covered yet, and takes them from
	// their budgets. They sum to less than left: nothing at all cannot be paid (mpp-api §8.2 A6).
	Take(tx store.Tx, v Visit, left money.Amount) ([]Saving, error)
	// Paid tells that the order was paid at a time on its timeline.
	Paid(tx store.Tx, order string, at time.Time) error
	// Undo gives back what an order took that failed or was cancelled; the second time it does nothing.
	Undo(tx store.Tx, order string, at time.Time) error
	// Refund gives back the sponsor's share of a refund (mpp-api §8.4).
	Refund(tx store.Tx, order string, part Part) error
}

// Desk asks several sources in the order in which their promotions stack.
type Desk []Source

// Take returns all promotions of an order. What one source takes off, the next ones find gone.
func (d Desk) Take(tx store.Tx, v Visit) ([]Saving, error) {
	var all []Saving
	left := v.Price
	for _, source := range d {
		savings, err := source.Take(tx, v, left)
		if err != nil {
			return nil, err
		}
		for _, s := range savings {
			left.Value -= s.Savings.Value
		}
		all = append(all, savings...)
	}
	return all, nil
}

// Paid tells every source; see Source.
func (d Desk) Paid(tx store.Tx, order string, at time.Time) error {
	return d.each(func(s Source) error { return s.Paid(tx, order, at) })
}

// Undo gives back what an order took from any source; see Source.
func (d Desk) Undo(tx store.Tx, order string, at time.Time) error {
	return d.each(func(s Source) error { return s.Undo(tx, order, at) })
}

// Refund gives back the sponsors' shares; see Source.
func (d Desk) Refund(tx store.Tx, order string, part Part) error {
	return d.each(func(s Source) error { return s.Refund(tx, order, part) })
}

func (d Desk) each(f func(Source) error) error {
	for _, source := range d {
		if err := f(source); err != nil {
			return err
		}
	}
	return nil
}
