// Package reconciliation writes the reports that an acquirer compares its books with: clearing (transaction items, summary,
// fee) for every day of UTC+8, also an empty one, and settlement (acqp-api §11). Folders, file names, what is in a
// report and its two sections are documented; the columns beyond totalCount are not public and are
// the simulator's own, which the README beside the reports says. The package turns items into files; it does no I/O.
package reconciliation

import (
	"time"

	"mppsim/wallet/clock"
	"mppsim/wallet/money"
)

// The types of items (acqp-api §3).
const (
	Payment = "PAYMENT"
	Refund  = "REFUND"
)

// Item is a successful payment or a successful refund. Amounts are what the messages told, never negative.
type Item struct {
	Type             string
	Time             time.Time // of its completion
	PaymentRequestID string
	PaymentID        string
	RefundRequestID  string // of refunds, like RefundID
	RefundID         string
	ReferenceOrderID string
	MerchantID       string
	StoreID          string
	PspID            string
	WalletBrand      string
	Amount           money.Amount // in the currency of the order
	Settlement       money.Amount // in the settlement currency, before fees
	Interchange      money.Amount // fees of a payment, or what a refund gives back of them
	Service          money.Amount
}

// sign is 1 for what the acquirer gets and -1 for what it gives.
func (i Item) sign() int64 {
	if i.Type == Refund {
		return -1
	}
	return 1
}

// settled, interchange and service are the item's effects on what the acquirer gets, in minor units.
func (i Item) settled() int64     { return i.sign() * i.Settlement.Value }
func (i Item) interchange() int64 { return -i.sign() * i.Interchange.Value }
func (i Item) service() int64     { return -i.sign() * i.Service.Value }

// Net is what the acquirer gets (negative: gives) for the item after fees, in the settlement currency.
func (i Item) Net() money.Amount {
	return money.Of(i.Settlement.Currency, i.settled()+i.interchange()+i.service())
}

// Day is the day of UTC+8 of a time, as its first moment.
func Day(at time.Time) time.Time {
	local := at.In(clock.UTC8())
	return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, clock.UTC8())
}

// ParseDay reads a day as YYYY-MM-DD.
func ParseDay(text string) (time.Time, error) {
	return time.ParseInLocation(time.DateOnly, text, clock.UTC8())
}
