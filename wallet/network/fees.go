package network

import (
	"mppsim/wallet/ledger"
	"mppsim/wallet/money"
)

// Fees are what a payment costs its acquirer, or what a refund gives back of them (acqp-api §8). Both are in the
// settlement currency and never negative.
type Fees struct {
	Interchange money.Amount // to the wallet; comes back with refunds
	Service     money.Amount // to Alipay+; does not
}

// charge sets the fees of a priced order.
func (n *Network) charge(o *Order) (err error) {
	rates := n.Contract.FeesFor(o.Request().Order.Merchant.Region, n.Region)
	if o.Fees.Interchange, err = rates.Interchange.Of(o.Settlement.Amount); err != nil {
		return err
	}
	o.Fees.Service, err = rates.Service.Of(o.Settlement.Amount)
	return err
}

// feesOf is what a refund gives back: its part of the interchange fee, so that all parts sum to the whole.
func (o *Order) feesOf(r Refund, standing []Refund) (Fees, error) {
	currency := r.Settlement.Amount.Currency
	fees := Fees{Interchange: money.Of(currency, 0), Service: money.Of(currency, 0)}
	if o.Fees.Interchange.IsZero() {
		return fees, nil
	}
	for _, before := range standing {
		fees.Interchange.Value += before.Fees.Interchange.Value
	}
	var err error
	fees.Interchange, err = money.DuePortion(o.Fees.Interchange, fees.Interchange, o.taken()+r.Amount.Value,
		o.Request().Amount.Value, money.RoundingOf(currency))
	return fees, err
}

// postings take the fees from the acquirer.
func (f Fees) postings(acquirer ledger.Account) []ledger.Posting {
	var postings []ledger.Posting
	if !f.Interchange.IsZero() {
		postings = append(postings, ledger.Move(acquirer, ledger.Wallet, f.Interchange)...)
	}
	if !f.Service.IsZero() {
		postings = append(postings, ledger.Move(acquirer, ledger.Fees, f.Service)...)
	}
	return postings
}
