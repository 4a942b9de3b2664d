package network

import (
	"mppsim/wallet/ledger"
	"mppsim/wallet/money"
	"mppsim/wallet/store"
)

// The network's postings: the wallet pays the net amount in the payer's currency and each sponsor its savings, the
// acquirer gets the gross amount in the settlement currency and owes it to the shop in the order's. The payer's leg is
// the wallet's own.

func (n *Network) paymentPostings(o *Order) []ledger.Posting {
	postings := exchange(ledger.Wallet, o.Net.Neg(), o.PayTo.neg())
	for _, p := range o.Promotions {
		postings = append(postings, ledger.Posting{Account: ledger.SponsorAccount(p.Sponsor), Amount: p.Savings.Neg()})
	}
	postings = append(postings, n.shopPostings(o, o.Request().Amount, o.Settlement)...)
	return append(postings, o.Fees.postings(n.account)...)
}

// shopPostings lead an amount through the acquirer, who gets it as settled, to the shop; negative amounts lead it back.
func (n *Network) shopPostings(o *Order, gross money.Amount, settled Conversion) []ledger.Posting {
	shop := ledger.ShopAccount(o.Request().Order.Merchant.ReferenceMerchantID)
	return append(exchange(n.account, gross, settled),
		ledger.Posting{Account: n.account, Amount: gross.Neg()},
		ledger.Posting{Account: shop, Amount: gross},
	)
}

func (n *Network) book(tx store.Tx, o *Order, id, kind string, postings []ledger.Posting) error {
	return ledger.Post(tx, ledger.Transaction{
		ID: id, Kind: kind, Order: o.PaymentRequestID, Timeline: o.Timeline, At: n.Wall.Now(), Postings: postings,
	})
}

func (n *Network) bookPayment(tx store.Tx, o *Order) error {
	if err := n.count(tx, o, 1); err != nil {
		return err
	}
	return n.book(tx, o, "network/pay/"+o.PaymentID, "payment", n.paymentPostings(o))
}

func (n *Network) bookCancellation(tx store.Tx, o *Order) error {
	if err := n.count(tx, o, -1); err != nil {
		return err
	}
	return n.book(tx, o, "network/cancel/"+o.PaymentID, "cancellation", ledger.Reverse(n.paymentPostings(o)))
}

// divide splits the gross amount of a refund between the sponsors and the payer and brings it into the payer's and the
// settlement's currency, so that successive refunds add up exactly everywhere, also when one of
// them fails in between (mpp-api §8.4).
func (o *Order) divide(r *Refund) error {
	r.Payer = r.Amount
	standing, upTo := o.standing(), o.taken()+r.Amount.Value
	for i, p := range o.Promotions {
		given := money.Of(p.Savings.Currency, 0)
		for _, before := range standing {
			given.Value += before.Shares[i].Value
		}
		share, err := money.DuePortion(p.Savings, given, upTo, o.Request().Amount.Value, money.RoundingOf(r.Amount.Currency))
		if err != nil {
			return err
		}
		share.Value = min(share.Value, r.Payer.Value)
		r.Shares = append(r.Shares, share)
		r.Payer.Value -= share.Value
	}
	if o.PayTo.Amount.Currency == "" { // it was never priced: its outcome was dictated
		r.From, r.Settlement = Conversion{Amount: r.Payer, Fair: r.Payer}, Conversion{Amount: r.Amount, Fair: r.Amount}
		return nil
	}
	return o.convertRefund(r, standing)
}

func (o *Order) convertRefund(r *Refund, standing []Refund) (err error) {
	var from, settlement []Conversion
	net := r.Payer.Value
	for _, before := range standing {
		from, settlement = append(from, before.From), append(settlement, before.Settlement)
		net += before.Payer.Value
	}
	if r.From, err = o.PayTo.due(from, net, o.Net.Value); err != nil {
		return err
	}
	if r.Payer.IsZero() { // the wallet is not asked; the next refund makes up for it
		r.From.Amount.Value, r.From.Fair.Value = 0, 0
	}
	if r.Settlement, err = o.Settlement.due(settlement, o.taken()+r.Amount.Value, o.Request().Amount.Value); err != nil {
		return err
	}
	r.Fees, err = o.feesOf(*r, standing)
	return err
}

func (n *Network) bookRefund(tx store.Tx, o *Order, r Refund) error {
	postings := n.shopPostings(o, r.Amount.Neg(), r.Settlement.neg())
	postings = append(postings, ledger.Reverse(r.Fees.postings(n.account))...)
	if r.Payer.Value != 0 {
		postings = append(postings, exchange(ledger.Wallet, r.Payer, r.From)...)
	}
	for i, share := range r.Shares {
		if share.Value != 0 {
			postings = append(postings, ledger.Posting{Account: ledger.SponsorAccount(o.Promotions[i].Sponsor), Amount: share})
		}
	}
	return n.book(tx, o, "network/refund/"+r.RefundID, "refund", postings)
}
