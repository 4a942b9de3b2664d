package network

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/contract"
	"mppsim/wallet/store"
)

// Refund gives money of a paid order back (acqp-api §5.4). The same request again gets the stored answer, or
// is carried on where the first one stayed undecided.
func (n *Network) Refund(ctx context.Context, req aps.RefundRequest) (aps.RefundAnswer, error) {
	o, r, err := n.reserve(ctx, req)
	if err != nil {
		return aps.RefundAnswer{}, err
	}
	if r.Result.Final() {
		return n.refundAnswer(o, r), nil
	}
	r, err = n.refundAtWallet(ctx, o, r)
	return n.refundAnswer(o, r), err
}

func (n *Network) refundAnswer(o Order, r Refund) aps.RefundAnswer {
	return aps.RefundAnswer{
		Result: r.Result, AcquirerID: n.AcquirerID, PspID: n.pspOf(&o), RefundID: r.RefundID, Time: r.Time, Amount: r.Amount,
		Settlement: r.Settlement.Amount, SettlementQuote: o.Wire(r.Settlement.Terms()),
		RefundRequestID: r.RefundRequestID, PaymentID: o.PaymentID, Found: r.Found, Reason: r.Reason,
	}
}

// reserve decides a refund as far as the network can: it returns the stored one, refuses it, or
// sets its amount aside while the wallet is asked.
func (n *Network) reserve(ctx context.Context, req aps.RefundRequest) (o Order, r Refund, err error) {
	err = n.store.Update(ctx, func(tx store.Tx) error {
		var code string
		if o, r, code, err = n.admit(tx, req); err != nil {
			return err
		}
		switch {
		case code == "":
			return nil // a repetition
		case code != "SUCCESS":
			r.Result = aps.ResultOf(code)
			r.Reason = n.merchantsReason(o, code)
			if o.PaymentRequestID == "" || code == "REPEAT_REQ_INCONSISTENT" {
				return nil // nothing to keep it with
			}
		}
		o.putRefund(r)
		if err := refundOwners().Put(tx, r.RefundRequestID, o.PaymentRequestID); err != nil {
			return err
		}
		if err := refundIDs().Put(tx, r.RefundID, r.RefundRequestID); err != nil {
			return err
		}
		return orders().Put(tx, o.PaymentRequestID, o)
	})
	return o, r, err
}

// admit returns the refund with the code that decides it: SUCCESS to go on, a refusal, or none for a repetition.
func (n *Network) admit(tx store.Tx, req aps.RefundRequest) (o Order, r Refund, code string, err error) {
	r = Refund{RefundRequestID: req.RefundRequestID, RefundID: n.IDs(), Amount: req.Amount, Time: n.Wall.Now(), Result: aps.ResultOf("UNKNOWN_EXCEPTION")}
	o, found, err := findOrder(tx, req.Client, req.PaymentRequestID, req.PaymentID)
	if err != nil {
		return o, r, "", err
	}
	r.Found = o.toldState()
	owner, known, err := refundOwners().Get(tx, req.RefundRequestID)
	if err != nil {
		return o, r, "", err
	}
	if known {
		before := o.refund(req.RefundRequestID)
		if owner != o.PaymentRequestID || before.Amount != req.Amount {
			return o, r, "REPEAT_REQ_INCONSISTENT", nil
		}
		return o, before, "", nil
	}
	if !found {
		return o, r, "ORDER_NOT_EXIST", nil
	}
	if code := n.refundRefusal(o, req); code != "" {
		return o, r, code, nil
	}
	err = o.divide(&r)
	return o, r, "SUCCESS", err
}

// refundRefusal applies the rules of refunds in their order.
func (n *Network) refundRefusal(o Order, req aps.RefundRequest) string {
	switch {
	case n.standing(o) == contract.Suspended:
		return "ACCESS_DENIED"
	case o.State == Processing:
		return "PROCESS_FAIL"
	case o.State != Success:
		return "ORDER_IS_CLOSED"
	case n.standing(o) == contract.Penniless:
		return "PROCESS_FAIL"
	case req.Amount.Currency != o.Request().Amount.Currency:
		return "CURRENCY_NOT_SUPPORT"
	case n.now(&o).Sub(o.Paid) > refundWindow:
		return "REFUND_WINDOW_EXCEED"
	case req.Amount.Value > o.Request().Amount.Value-o.taken():
		return "REFUND_AMOUNT_EXCEED"
	}
	return ""
}

// merchantsReason is the name in store of a refusal that is due to the merchant; empty: it is not.
func (n *Network) merchantsReason(o Order, code string) string {
	switch standing := n.standing(o); {
	case standing == contract.Suspended && code == "ACCESS_DENIED":
		return "INVALID_MERCHANT_STATUS"
	case standing == contract.Penniless && code == "PROCESS_FAIL" && o.State == Success:
		return "MERCHANT_BALANCE_NOT_ENOUGH"
	}
	return ""
}

// refundAtWallet asks the wallet to credit the payer and books its answer.
func (n *Network) refundAtWallet(ctx context.Context, o Order, r Refund) (Refund, error) {
	ctx = context.WithoutCancel(ctx)
	result := aps.ResultOf("SUCCESS")
	if r.Payer.Value > 0 {
		call, done := n.bounded(ctx)
		defer done()
		promotions, err := r.From.promotions(refundedPromotions(o, r), r.Amount.Currency)
		if err != nil {
			return r, err
		}
		about := o.Subject()
		about.RefundRequestID = r.RefundRequestID
		answer, err := n.wallet.Refund(call, aps.WalletRefund{
			Subject: about, AcquirerID: n.AcquirerID, PspID: n.pspOf(&o), PaymentRequestID: o.WalletRequestID(), PaymentID: o.WalletPaymentID,
			RefundRequestID: r.RefundID, Amount: r.Payer, From: r.From.Amount, Quote: r.From.Terms(), Promotions: promotions,
		})
		if err != nil || !answer.Result.Final() {
			n.logError("refund at the wallet", o.PaymentRequestID, err)
			return n.carryOn(ctx, o, r, err == nil)
		}
		if result, r.Reason = acquirerResult(answer.Result), ""; result.Code != answer.Result.Code && result.Status == aps.Failure {
			r.Reason = answer.Result.Code
		}
	}
	return n.concludeRefund(ctx, o.PaymentRequestID, r, result)
}

// carryOn has the wallet asked again for an undecided refund, as whoever repeats the refund does too. Of one that it has begun
// the in-store door says so.
func (n *Network) carryOn(ctx context.Context, o Order, r Refund, begun bool) (Refund, error) {
	if begun && r.Reason == "" {
		r.Reason = "REFUND_IN_PROCESS"
		if _, err := n.change(ctx, o.PaymentRequestID, func(_ store.Tx, o *Order) error {
			if o.refund(r.RefundRequestID).Result.Status == aps.Unknown {
				o.putRefund(r)
			}
			return nil
		}); err != nil {
			return r, err
		}
	}
	n.alarms.after(n.lines.of(o.Timeline).Clock, "refund/"+r.RefundRequestID, followGaps()[0], func() {
		n.background(func(ctx context.Context) {
			now, found, err := n.Order(ctx, o.PaymentRequestID)
			if r := now.refund(r.RefundRequestID); err == nil && found && r.Result.Status == aps.Unknown {
				_, err = n.refundAtWallet(ctx, now, r)
			}
			n.logError("refund at the wallet", o.PaymentRequestID, err)
		})
	})
	return r, nil
}

func refundedPromotions(o Order, r Refund) []aps.Promotion {
	var list []aps.Promotion
	for i, p := range o.promotions() {
		if p.Savings = r.Shares[i]; !p.Savings.IsZero() { // the protocol has no zero
			list = append(list, p)
		}
	}
	return list
}

// concludeRefund keeps the final result of a refund; the first one counts.
func (n *Network) concludeRefund(ctx context.Context, id string, r Refund, result aps.Result) (Refund, error) {
	_, err := n.change(ctx, id, func(tx store.Tx, o *Order) error {
		if now := o.refund(r.RefundRequestID); now.Result.Final() {
			r = now
			return nil
		}
		r.Result, r.Time = result, n.Wall.Now()
		done := o.Refunded().Value
		if result.Status == aps.Success {
			r.Given = n.now(o)
		}
		o.putRefund(r)
		if result.Status != aps.Success {
			return nil
		}
		if err := n.refundPromotions(tx, o, done, r.Amount); err != nil {
			return err
		}
		return n.bookRefund(tx, o, r)
	})
	return r, err
}
