package network

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/contract"
	"mppsim/wallet/store"
)

// Cancel closes an open payment and reverses a paid one, whatever its state is, until 00:15 UTC+8 of the
// next day (acqp-api §5.3). An unknown paymentRequestId is closed before it comes: a
// later pay with it is refused. Whoever asks for it is told that there is no such order, where that is the answer.
func (n *Network) Cancel(ctx context.Context, s aps.Subject, req aps.CancelRequest) (aps.CancelAnswer, error) {
	var o Order
	var result aps.Result
	err := n.store.Update(ctx, func(tx store.Tx) error {
		var found bool
		var err error
		if o, found, err = findOrder(tx, req.Client, req.PaymentRequestID, req.PaymentID); err != nil {
			return err
		}
		if !found {
			result, err = n.bury(tx, s, req)
			return err
		}
		if req.Unseen && o.State == Tombstone {
			result = aps.ResultOf("ORDER_NOT_EXIST")
			return nil
		}
		result, err = n.cancel(tx, &o)
		return err
	})
	if err != nil || result.Status != aps.Success {
		reason := ""
		if o.taken() == 0 { // else that is why
			reason = n.merchantsReason(o, result.Code)
		}
		return aps.CancelAnswer{Result: result, Reason: reason}, err
	}
	n.alarms.stop(expiryAlarm(&o))
	n.alarms.stop(followAlarm(&o))
	if o.Cancelled && !n.takeBack(ctx, o) {
		return aps.CancelAnswer{Result: aps.ResultOf("UNKNOWN_EXCEPTION")}, nil
	}
	return aps.CancelAnswer{Result: result, AcquirerID: n.AcquirerID, PspID: n.pspOf(&o), Payment: n.payment(&o)}, nil
}

// bury keeps the id of a payment that was cancelled before it came.
func (n *Network) bury(tx store.Tx, s aps.Subject, req aps.CancelRequest) (aps.Result, error) {
	result := aps.ResultOf("SUCCESS")
	if req.PaymentRequestID == "" || req.Unseen {
		result = aps.ResultOf("ORDER_NOT_EXIST")
	}
	if req.PaymentRequestID == "" {
		return result, nil
	}
	now := n.Wall.Now()
	o := Order{
		PaymentRequestID: req.PaymentRequestID, Timeline: n.lines.of(s.Timeline).ID, Payer: s.Payer, Code: s.Code,
		State: Tombstone, Outcome: aps.ResultOf("ORDER_IS_CLOSED"), Created: now, Finished: now, Asked: &aps.PayRequest{Client: req.Client},
	}
	if err := orders().Insert(tx, o.PaymentRequestID, o); err != nil {
		return aps.Result{}, err
	}
	return result, byTimeline().Append(tx, o.Timeline, o.PaymentRequestID)
}

// cancel decides a cancellation of a known order and moves the network's money.
func (n *Network) cancel(tx store.Tx, o *Order) (aps.Result, error) {
	success := aps.ResultOf("SUCCESS")
	switch {
	case o.Cancelled || o.State == Tombstone:
		return success, nil // the same answer as before, also after the window
	case n.now(o).After(o.cancelUntil()):
		return aps.ResultOf("CANCEL_WINDOW_EXCEED"), nil
	case o.taken() > 0:
		return aps.ResultOf("PROCESS_FAIL"), nil // money that went back once does not go back again
	case o.State == Success && n.standing(*o) == contract.Penniless:
		return aps.ResultOf("PROCESS_FAIL"), nil
	case o.State == Failed && !n.keepsQuiet(o):
		return success, nil // nothing to reverse; the failure stays what it was
	}
	if o.State == Success {
		if err := n.bookCancellation(tx, o); err != nil {
			return aps.Result{}, err
		}
	}
	if err := n.undoPromotions(tx, o); err != nil {
		return aps.Result{}, err
	}
	if err := n.dropRivals(tx, o); err != nil {
		return aps.Result{}, err
	}
	o.State, o.Outcome, o.Cancelled = Closed, aps.ResultOf("ORDER_IS_CLOSED"), true
	o.Finished = n.Wall.Now()
	return success, orders().Put(tx, o.PaymentRequestID, *o)
}

// takeBack cancels a closed order at the wallet and reports whether the wallet confirmed it. What is not
// confirmed is asked for again in the background.
func (n *Network) takeBack(ctx context.Context, o Order) bool {
	if o.WalletTold || o.CustomerID == "" {
		return true
	}
	if n.cancelAtWallet(ctx, o) {
		return true
	}
	n.alarms.after(n.Wall, "take-back/"+o.WalletRequestID(), walletPause, func() {
		n.background(func(ctx context.Context) { n.takeBack(ctx, o) })
	})
	return false
}

func (n *Network) cancelAtWallet(ctx context.Context, o Order) bool {
	call, done := n.bounded(context.WithoutCancel(ctx))
	defer done()
	answer, err := n.wallet.CancelPayment(call, aps.WalletCancel{
		Subject: o.Subject(), AcquirerID: n.AcquirerID, PspID: n.pspOf(&o), PaymentRequestID: o.WalletRequestID(),
	})
	n.logError("cancellation at the wallet", o.PaymentRequestID, err)
	if err != nil || answer.Result.Status == aps.Unknown {
		return false
	}
	if answer.Result.Status == aps.Failure {
		n.Logger.Warn("wallet refused a cancellation", "order", o.PaymentRequestID, "code", answer.Result.Code)
	}
	leg := o.WalletRequestID()
	_, err = n.change(call, o.PaymentRequestID, func(_ store.Tx, o *Order) error {
		o.WalletTold = o.WalletTold || o.WalletRequestID() == leg
		return nil
	})
	n.logError("cancellation", o.PaymentRequestID, err)
	return true
}
