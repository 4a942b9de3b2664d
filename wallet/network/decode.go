package network

import (
	"cmp"
	"context"
	"strings"

	"mppsim/wallet/aps"
	"mppsim/wallet/store"
)

// decode asks the acquirer which order is behind a code of its own, and books the order (acqp-api §5.6). The
// acquirer's refusal is the wallet's; without a usable answer nothing is known.
func (n *Network) decode(ctx context.Context, h Holder, code string) (id, refusal string, err error) {
	address := ""
	if n.Address != nil {
		address = n.Address(aps.UserInitiatedPay)
	}
	if address == "" {
		return "", "INVALID_CODE", nil
	}
	s := aps.Subject{Timeline: n.lines.of(h.Timeline).ID, Match: "code", Payer: h.Payer, Code: code}
	body := aps.Decode{AcquirerID: n.AcquirerID, PspID: cmp.Or(h.PspID, n.PspID), Code: code, CustomerID: h.CustomerID}.Node()
	answer, err := n.Acquirer.Call(ctx, aps.Call{API: aps.UserInitiatedPay, URL: address, Subject: s, Body: body})
	if err != nil {
		n.Logger.Warn("the acquirer did not say what is behind its code", "code", code, "error", err)
		return "", "UNKNOWN_EXCEPTION", nil
	}
	d, reading := aps.ReadDecoded(answer)
	switch {
	case d.Result.Status == aps.Failure:
		return "", acquirerResult(d.Result).Code, nil
	case d.Result.Status != aps.Success:
		return "", "UNKNOWN_EXCEPTION", nil
	case strings.EqualFold(d.CodeType, aps.StoreCodeType):
		return "", "BUSINESS_NOT_SUPPORT", nil // a shop without an amount is nothing to pay
	case len(reading.Problems) > 0:
		n.Logger.Warn("the acquirer's order cannot be understood", "code", code, "problems", reading.Problems)
		return "", "PROCESS_FAIL", nil
	}
	return n.takeIssued(context.WithoutCancel(ctx), s, d.Order)
}

// takeIssued books the order behind a code of the acquirer, or finds the one that is booked already. While an order is
// open, the first answer about its code stands.
func (n *Network) takeIssued(ctx context.Context, s aps.Subject, req aps.PayRequest) (id, refusal string, err error) {
	var o Order
	fresh := false
	err = n.store.Update(ctx, func(tx store.Tx) (err error) {
		if id, err = n.openBehind(tx, s.Code); err != nil || id != "" {
			return err
		}
		var found bool
		if o, found, err = orders().Get(tx, req.PaymentRequestID); err != nil {
			return err
		}
		switch {
		case !found:
			if o, refusal, err = n.bookIssued(tx, s, req); err != nil || refusal != "" {
				return err
			}
			fresh = true
		case o.State == Tombstone:
			refusal = "ORDER_IS_CLOSED"
			return nil
		case !o.Issued || o.Request().Compared() != req.Compared():
			refusal = "REPEAT_REQ_INCONSISTENT"
			return nil
		}
		id = o.PaymentRequestID
		return handles().Put(tx, s.Code, id)
	})
	if err == nil && fresh {
		n.guard(&o)
	}
	return id, refusal, err
}

// openBehind finds the open order that a code of the acquirer stands for already.
func (n *Network) openBehind(tx store.Tx, code string) (id string, err error) {
	id, found, err := handles().Get(tx, code)
	if err != nil || !found {
		return "", err
	}
	o, _, err := orders().Get(tx, id)
	if err != nil || o.State.Final() || !n.now(&o).Before(o.Expiry) {
		return "", err
	}
	return id, nil
}

func (n *Network) bookIssued(tx store.Tx, s aps.Subject, req aps.PayRequest) (o Order, refusal string, err error) {
	if n.Admits != nil {
		if refusal, err = n.Admits(tx, req); err != nil || refusal != "" {
			return o, refusal, err
		}
	}
	line := n.lines.of(s.Timeline)
	o = Order{
		PaymentRequestID: req.PaymentRequestID, PaymentID: n.IDs(), Timeline: line.ID,
		Product: aps.ByOrderCode, Code: s.Code, Issued: true,
		State: Processing, Outcome: aps.ResultOf("PAYMENT_IN_PROCESS"), Asked: &req, Net: req.Amount,
		Created: n.Wall.Now(), Opened: line.Clock.Now(),
	}
	o.Expiry = expiryOf(line.Clock, &o, req.Expiry)
	if err := sightings().Put(tx, o.PaymentRequestID, issuedSubject(s, o)); err != nil {
		return o, "", err
	}
	return o, "", insert(tx, o)
}

func issuedSubject(s aps.Subject, o Order) aps.Subject {
	s.PaymentRequestID, s.PaymentID, s.Texts = o.PaymentRequestID, o.PaymentID, o.Request().Texts
	return s
}
