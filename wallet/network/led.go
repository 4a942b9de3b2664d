package network

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/store"
)

// Led is a payment that begins at Alipay+, without a pay call of the acquirer: in push mode, or for a placed order
// (acqp-api §5.9, §5.11).
type Led struct {
	Holder  Holder
	Product aps.Product
	// PaymentID is drawn where it is empty.
	PaymentID string
	// Request is the order as the acquirer described it. Its PaymentRequestID may be empty, or be another order's already:
	// then the order goes by its PaymentID.
	Request aps.PayRequest
}

// Lead books a payment and asks the wallet for the money. What the wallet pays for a pushed order is the acquirer's to
// decide: see Accept.
func (n *Network) Lead(ctx context.Context, l Led) (o Order, err error) {
	err = n.store.Update(ctx, func(tx store.Tx) (err error) {
		if o, err = n.ledOrder(tx, l); err != nil {
			return err
		}
		s := o.Subject()
		s.Match = "code"
		if err := sightings().Put(tx, o.PaymentRequestID, s); err != nil {
			return err
		}
		return insert(tx, o)
	})
	if err != nil || o.State.Final() {
		return o, err
	}
	n.guard(&o)
	return n.ask(ctx, o)
}

func (n *Network) ledOrder(tx store.Tx, l Led) (Order, error) {
	line := n.lines.of(l.Holder.Timeline)
	o := Order{
		PaymentRequestID: l.Request.PaymentRequestID, PaymentID: l.PaymentID, Timeline: line.ID,
		Payer: l.Holder.Payer, CustomerID: l.Holder.CustomerID, Product: l.Product, Pushed: l.Product == aps.ByPush,
		State: Processing, Outcome: aps.ResultOf("PAYMENT_IN_PROCESS"), Asked: &l.Request,
		Created: n.Wall.Now(), Opened: line.Clock.Now(),
	}
	if o.PaymentID == "" {
		o.PaymentID = n.IDs()
	}
	o.Expiry = expiryOf(line.Clock, &o, l.Request.Expiry)
	_, taken, err := n.known(tx, o.PaymentRequestID)
	if err != nil {
		return o, err
	}
	if taken || o.PaymentRequestID == "" {
		o.PaymentRequestID = o.PaymentID
	}
	refusal, err := n.priceLed(tx, &o)
	if err != nil {
		return o, err
	}
	if refusal != "" {
		o.decide(aps.ResultOf(refusal), o.Created)
	}
	if err := n.takePromotions(tx, &o); err != nil {
		return o, err
	}
	return o, o.discount()
}

func (n *Network) known(tx store.Tx, id string) (Order, bool, error) {
	if id == "" {
		return Order{}, false, nil
	}
	return orders().Get(tx, id)
}

func (n *Network) priceLed(tx store.Tx, o *Order) (refusal string, err error) {
	if n.Admits != nil {
		if refusal, err = n.Admits(tx, *o.Request()); err != nil || refusal != "" {
			return refusal, err
		}
	}
	return n.price(tx, o)
}

// push notes that the wallet has the money of a pushed order and hands the order to the acquirer, once.
func (n *Network) push(ctx context.Context, o Order, walletPayment string) (Order, error) {
	fresh := false
	o, err := n.change(ctx, o.PaymentRequestID, func(_ store.Tx, o *Order) error {
		if fresh = o.State == Processing && !o.Taken; fresh {
			o.Taken, o.WalletPaymentID, o.Paid = true, walletPayment, n.now(o)
		}
		return nil
	})
	if err != nil || !fresh {
		return o, err
	}
	n.alarms.stop(expiryAlarm(&o))
	if n.Push == nil {
		return o, nil
	}
	n.Push(ctx, o)
	after, _, err := n.Order(ctx, o.PaymentRequestID)
	return after, err
}

// Accept takes over the acquirer's final word on a pushed order: its success moves the money on, its failure brings the
// payer's money back. An order that is final already does not change; the order as it stands is returned.
func (n *Network) Accept(ctx context.Context, id string, outcome aps.Result) (Order, error) {
	decided := false
	o, err := n.change(ctx, id, func(tx store.Tx, o *Order) error {
		if decided = o.Taken && o.State == Processing && outcome.Final(); !decided {
			return nil
		}
		o.decide(outcome, n.Wall.Now())
		if o.State != Success {
			return n.undoPromotions(tx, o)
		}
		if err := n.promotionsPaid(tx, o); err != nil {
			return err
		}
		return n.bookPayment(tx, o)
	})
	if err == nil && decided && o.State != Success {
		n.takeBack(context.WithoutCancel(ctx), o)
	}
	return o, err
}
