package network

import (
	"mppsim/wallet/ledger"
	"mppsim/wallet/money"
	"mppsim/wallet/store"
)

// The network's postings: the wallet pays the net amount and each sponsor its savings, the acquirer
// gets the gross amount and passes it to the shop. The payer's leg is the wallet's own.

func (n *Network) paymentPostings(o Order) []ledger.Posting {
	postings := []ledger.Posting{{Account: ledger.Wallet, Amount: o.Net.Neg()}}
	for _, p := range o.Promotions {
		postings = append(postings, ledger.Posting{Account: ledger.SponsorAccount(p.Sponsor), Amount: p.Savings.Neg()})
	}
	return append(postings, n.shopPostings(o, o.Request.Amount)...)
}

// shopPostings lead an amount through the acquirer to the shop; a negative amount leads it back.
func (n *Network) shopPostings(o Order, gross money.Amount) []ledger.Posting {
	acquirer := ledger.AcquirerAccount(n.AcquirerID)
	shop := ledger.ShopAccount(o.Request.Order.Merchant.ReferenceMerchantID)
	return []ledger.Posting{
		{Account: acquirer, Amount: gross},
		{Account: acquirer, Amount: gross.Neg()},
		{Account: shop, Amount: gross},
	}
}

func (n *Network) book(tx store.Tx, o Order, id, kind string, postings []ledger.Posting) error {
	return ledger.Post(tx, ledger.Transaction{
		ID: id, Kind: kind, Order: o.PaymentRequestID, Timeline: o.Timeline, At: n.Wall.Now(), Postings: postings,
	})
}

func (n *Network) bookPayment(tx store.Tx, o Order) error {
	return n.book(tx, o, "network/pay/"+o.PaymentID, "payment", n.paymentPostings(o))
}

func (n *Network) bookCancellation(tx store.Tx, o Order) error {
	return n.book(tx, o, "network/cancel/"+o.PaymentID, "cancellation", ledger.Reverse(n.paymentPostings(o)))
}

// refundShares splits a gross refund between the sponsors and the payer, so that successive refunds
// add up exactly (mpp-api §8.4).
func (o Order) refundShares(gross money.Amount) (sponsors []money.Amount, payer money.Amount, err error) {
	payer = gross
	for _, p := range o.Promotions {
		share, err := money.NextPortion(p.Savings, o.taken(), gross.Value, o.Request.Amount.Value, money.RoundingOf(gross.Currency))
		if err != nil {
			return nil, payer, err
		}
		sponsors = append(sponsors, share)
		payer.Value -= share.Value
	}
	return sponsors, payer, nil
}

func (n *Network) bookRefund(tx store.Tx, o Order, r Refund) error {
	postings := n.shopPostings(o, r.Amount.Neg())
	if r.Payer.Value != 0 {
		postings = append(postings, ledger.Posting{Account: ledger.Wallet, Amount: r.Payer})
	}
	for i, share := range r.Shares {
		if share.Value != 0 {
			postings = append(postings, ledger.Posting{Account: ledger.SponsorAccount(o.Promotions[i].Sponsor), Amount: share})
		}
	}
	return n.book(tx, o, "network/refund/"+r.RefundID, "refund", postings)
}
