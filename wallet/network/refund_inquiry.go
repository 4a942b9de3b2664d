package network

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/store"
)

// InquiryRefund tells the outcome of a refund. Where both ids are given and known, the refundId wins.
func (n *Network) InquiryRefund(ctx context.Context, req aps.RefundInquiry) (a aps.RefundInquiryAnswer, err error) {
	err = n.store.View(ctx, func(tx store.Tx) error {
		o, r, found, err := findRefund(tx, req)
		if err != nil || !found {
			a.Result = aps.ResultOf("ORDER_NOT_EXIST")
			return err
		}
		a = aps.RefundInquiryAnswer{Result: aps.ResultOf("SUCCESS"), Refund: n.refundAnswer(o, r)}
		return nil
	})
	return a, err
}

func findRefund(tx store.Tx, req aps.RefundInquiry) (o Order, r Refund, found bool, err error) {
	id, err := refundOf(tx, req)
	if err != nil || id == "" {
		return o, r, false, err
	}
	owner, found, err := refundOwners().Get(tx, id)
	if err != nil || !found {
		return o, r, false, err
	}
	if o, found, err = orders().Get(tx, owner); err != nil || !found {
		return o, r, false, err
	}
	r = o.refund(id)
	return o, r, r.RefundRequestID != "" && o.Request().Client == req.Client, nil
}

// refundOf is the acquirer's id of a refund that one of its ids names; empty if none does.
func refundOf(tx store.Tx, req aps.RefundInquiry) (string, error) {
	if req.RefundID == "" {
		return req.RefundRequestID, nil
	}
	id, found, err := refundIDs().Get(tx, req.RefundID)
	if err != nil || !found {
		return req.RefundRequestID, err
	}
	return id, nil
}

// locateByRefund finds the payment of a refund that a message names by the refund's own ids alone.
func locateByRefund(tx store.Tx, s aps.Subject, m aps.Marks) (aps.Subject, error) {
	if s.PaymentRequestID != "" || s.PaymentID != "" {
		return s, nil
	}
	id, err := refundOf(tx, aps.RefundInquiry{RefundRequestID: m.RefundRequestID, RefundID: m.RefundID})
	if err != nil || id == "" {
		return s, err
	}
	owner, found, err := ownerFor(tx, refundOwners(), id, s.Client)
	if err != nil || !found {
		return s, err
	}
	s.RefundRequestID, s.PaymentRequestID = id, owner
	return s, nil
}
