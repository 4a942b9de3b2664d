package network

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/store"
)

// Inquiry tells the outcome of a payment (acqp-api §5.2, §6.2). Where both ids are given and known, paymentId wins.
func (n *Network) Inquiry(ctx context.Context, req aps.InquiryRequest) (aps.InquiryAnswer, error) {
	o, found, err := n.find(ctx, req.Client, req.PaymentRequestID, req.PaymentID)
	if err != nil {
		return aps.InquiryAnswer{}, err
	}
	if !found || req.Unseen && o.State == Tombstone {
		return aps.InquiryAnswer{Result: aps.ResultOf("ORDER_NOT_EXIST")}, nil
	}
	return n.InquiryOf(o), nil
}

// InquiryOf is the genuine answer to an inquiry about an order.
func (n *Network) InquiryOf(o Order) aps.InquiryAnswer {
	outcome := n.told(&o)
	answer := aps.InquiryAnswer{Result: aps.ResultOf("SUCCESS"), Outcome: &outcome, Payment: n.payment(&o)}
	if o.State != Tombstone {
		answer.Transactions = transactions(o, outcome)
	}
	return answer
}

func (n *Network) find(ctx context.Context, client, paymentRequestID, paymentID string) (o Order, found bool, err error) {
	err = n.store.View(ctx, func(tx store.Tx) error {
		o, found, err = findOrder(tx, client, paymentRequestID, paymentID)
		return err
	})
	return o, found, err
}

// findOrder finds an order of a client. Those of other clients are unknown to it.
func findOrder(tx store.Tx, client, paymentRequestID, paymentID string) (Order, bool, error) {
	if o, found, err := orderWith(tx, paymentID); err != nil || found && o.Request().Client == client {
		return o, found, err
	}
	if paymentRequestID == "" {
		return Order{}, false, nil
	}
	o, found, err := orders().Get(tx, paymentRequestID)
	return o, found && o.Request().Client == client, err
}

// orderWith finds the order of any client to which the network, or one of its wallets, gave an id.
func orderWith(tx store.Tx, paymentID string) (Order, bool, error) {
	if paymentID == "" {
		return Order{}, false, nil
	}
	id, found, err := paymentIDs().Get(tx, paymentID)
	if err != nil || !found {
		return Order{}, false, err
	}
	return orders().Get(tx, id)
}

// transactions lists the payment, its cancellation and its refunds as the acquirer may know them.
func transactions(o Order, outcome aps.Result) []aps.Transaction {
	status := map[aps.Status]string{aps.Success: "SUCCESS", aps.Failure: "FAIL", aps.Unknown: "PROCESSING"}
	list := []aps.Transaction{{
		Result: outcome, ID: o.PaymentID, Type: "PAYMENT", Status: status[outcome.Status],
		Amount: o.Request().Amount, RequestID: o.PaymentRequestID, Time: o.Finished,
	}}
	if o.Cancelled {
		list[0].Status = "CANCELLED"
	}
	for _, r := range o.Refunds {
		list = append(list, aps.Transaction{
			Result: r.Result, ID: r.RefundID, Type: "REFUND", Status: status[r.Result.Status],
			Amount: r.Amount, RequestID: r.RefundRequestID, Time: r.Time,
		})
	}
	return list
}

// Draft is what answers about a payment would tell: the order's own data, or, for an order that
// the network does not have, data made from the request. Altered answers are built from it.
func (n *Network) Draft(ctx context.Context, s aps.Subject, amount money.Amount) (p aps.Payment, exists bool) {
	if o, found, err := n.find(ctx, s.Client, s.PaymentRequestID, s.PaymentID); err == nil && found && o.State != Tombstone {
		return n.payment(&o), true
	}
	p = aps.Payment{
		AcquirerID: n.AcquirerID, PspID: n.PspID, PaymentRequestID: s.PaymentRequestID, PaymentID: s.PaymentID,
		WalletBrandName: n.Brand, Time: n.Wall.Now(), Amount: amount, Settlement: amount,
	}
	if p.PaymentID == "" {
		p.PaymentID = n.IDs()
	}
	return p, false
}
