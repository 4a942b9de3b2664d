package network

import (
	"cmp"
	"context"
	"slices"

	"mppsim/wallet/aps"
	"mppsim/wallet/store"
)

// Users of different wallets may scan the same order. The first who pays has it; what another wallet takes after
// that is given back (mpp-api §4.3, §7.4).

// rivals are orders as the users of other wallets have them, by the id on that wallet's leg.
func rivals() store.Table[Order] { return store.Table[Order]{Name: "network.rival"} }

// WalletRequestID is the order's paymentRequestId on the wallet's leg.
func (o *Order) WalletRequestID() string {
	if o.Leg != "" {
		return o.Leg
	}
	return o.PaymentID
}

// rival gives an order that the user of one wallet has scanned to the user of another one too.
func (n *Network) rival(tx store.Tx, o *Order, h Holder, c *claimed) error {
	for _, leg := range o.Rivals {
		r, _, err := rivals().Get(tx, leg)
		if err != nil {
			return err
		}
		if r.CustomerID == h.CustomerID {
			c.rival = &r
			return nil
		}
		if n.pspOf(&r) == cmp.Or(h.PspID, n.PspID) {
			c.refusal = "REPEAT_REQ_INCONSISTENT"
			return nil
		}
	}
	r := *o
	r.Payer, r.CustomerID, r.Leg, r.Rivals, r.Promotions = h.Payer, h.CustomerID, n.IDs(), nil, nil
	var err error
	if c.refusal, err = n.price(tx, &r); err != nil || c.refusal != "" {
		return err
	}
	r.PspID = h.PspID
	if c.page, err = n.forbidden(tx, &r); err != nil || c.page != "" {
		return err
	}
	if err := n.takePromotions(tx, &r); err != nil {
		return err
	}
	if err := r.discount(); err != nil {
		return err
	}
	o.Rivals = append(slices.Clone(o.Rivals), r.Leg)
	c.rival = &r
	if err := rivals().Insert(tx, r.Leg, r); err != nil {
		return err
	}
	return paymentIDs().Put(tx, r.Leg, o.PaymentRequestID)
}

// learnRival takes over what another wallet reports than the one whose user came first.
func (n *Network) learnRival(ctx context.Context, o Order, note aps.WalletNotification) (aps.Result, error) {
	r, contradicted, wins := Order{}, false, false
	_, err := n.change(ctx, o.PaymentRequestID, func(tx store.Tx, o *Order) error {
		var known bool
		var err error
		if r, known, err = rivals().Get(tx, note.PaymentRequestID); err != nil {
			return err
		}
		if contradicted = !known || contradicts(r, note); contradicted {
			return nil
		}
		if note.Outcome.Status != aps.Success {
			return n.undoPromotions(tx, &r)
		}
		if wins = o.State == Processing; wins {
			return swap(tx, o, r)
		}
		return nil
	})
	switch {
	case err != nil:
		return aps.Result{}, err
	case contradicted:
		return aps.ResultOf("REPEAT_REQ_INCONSISTENT"), nil
	case wins:
		_, err = n.learn(ctx, o.PaymentRequestID, note.Outcome, note.PaymentID)
		return aps.ResultOf("SUCCESS"), err
	case note.Outcome.Status == aps.Success:
		r.WalletTold = false
		n.background(func(ctx context.Context) { n.takeBack(ctx, r) })
	}
	return aps.ResultOf("SUCCESS"), nil
}

// swap lets the rival have the order and makes the one who had it a rival.
func swap(tx store.Tx, o *Order, r Order) error {
	before := *o
	before.Leg, before.Rivals = o.WalletRequestID(), nil
	if err := rivals().Put(tx, before.Leg, before); err != nil {
		return err
	}
	legs := slices.Clone(o.Rivals)
	legs[slices.Index(legs, r.Leg)] = before.Leg
	o.Payer, o.CustomerID, o.PspID, o.Brand, o.Leg = r.Payer, r.CustomerID, r.PspID, r.Brand, r.Leg
	o.Net, o.PayTo, o.Settlement, o.Promotions, o.Rivals = r.Net, r.PayTo, r.Settlement, r.Promotions, legs
	return rivals().Delete(tx, r.Leg)
}

// dropRivals gives back what rivals took from budgets, when an order becomes final.
func (n *Network) dropRivals(tx store.Tx, o *Order) error {
	for _, leg := range o.Rivals {
		r, found, err := rivals().Get(tx, leg)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		if err := n.undoPromotions(tx, &r); err != nil {
			return err
		}
	}
	return nil
}
