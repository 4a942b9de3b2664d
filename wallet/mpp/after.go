package mpp

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/ledger"
	"mppsim/wallet/store"
)

// refundWindow is how long a payment can be refunded (mpp-api §4.4).
const refundWindow = 366 * 24 * time.Hour

// InquiryPayment tells how a payment stands (mpp-api §4.2).
func (w *Wallet) InquiryPayment(ctx context.Context, req aps.WalletInquiry) (answer aps.WalletInquiryAnswer, err error) {
	err = w.store.View(ctx, func(tx store.Tx) error {
		p, found, err := payments().Get(tx, req.PaymentRequestID)
		if err != nil {
			return err
		}
		if !found {
			answer = aps.WalletInquiryAnswer{Result: refusal("ORDER_NOT_EXIST", "there is no such payment")}
			return nil
		}
		answer, err = w.inquire(tx, p)
		return err
	})
	if err != nil {
		return aps.WalletInquiryAnswer{}, fmt.Errorf("wallet inquiry %s: %w", req.PaymentRequestID, err)
	}
	return answer, nil
}

func (w *Wallet) inquire(tx store.Tx, p payment) (aps.WalletInquiryAnswer, error) {
	answer := aps.WalletInquiryAnswer{Result: success(), Outcome: p.Outcome}
	switch p.State {
	case Failed, Cancelled:
	case Success:
		answer.PaymentID, answer.Time, answer.CustomerID = p.ID, p.Paid, p.CustomerID
		answer.Amount, answer.PayTo = p.Amount, p.PayTo
	case Processing:
		owner, err := findPayer(tx, p.Payer)
		if err != nil {
			return answer, err
		}
		if p.expired(w.clockOf(owner.Timeline).Now()) {
			answer.Outcome = closed()
		}
	}
	return answer, nil
}

func closed() aps.Result { return refusal("ORDER_IS_CLOSED", "the payment is closed") }

// CancelPayment closes a payment, or reverses it if the payer has been debited (mpp-api §4.3).
// An id that is not known yet is remembered, so that a late pay is refused.
func (w *Wallet) CancelPayment(ctx context.Context, req aps.WalletCancel) (aps.WalletCancelAnswer, error) {
	if req.PaymentRequestID == "" {
		return aps.WalletCancelAnswer{Result: refusal("PARAM_ILLEGAL", "paymentRequestId is missing")}, nil
	}
	var result aps.Result
	err := w.store.Update(ctx, func(tx store.Tx) (err error) {
		p, found, err := payments().Get(tx, req.PaymentRequestID)
		if err != nil {
			return err
		}
		if !found {
			result = success()
			return insert(tx, &payment{RequestID: req.PaymentRequestID, State: Cancelled, Outcome: closed(), Created: w.base.Now()})
		}
		result, err = w.cancel(tx, p)
		return err
	})
	if err != nil {
		return aps.WalletCancelAnswer{}, fmt.Errorf("wallet cancel %s: %w", req.PaymentRequestID, err)
	}
	w.announce()
	return aps.WalletCancelAnswer{Result: result}, nil
}

// cancel applies the rules: what is over stays over, a refunded payment is not returned twice, the
// window ends at 00:30 UTC+8 of the next day.
func (w *Wallet) cancel(tx store.Tx, p payment) (aps.Result, error) {
	if p.State == Cancelled || p.State == Failed {
		return success(), nil
	}
	owner, err := findPayer(tx, p.Payer)
	if err != nil {
		return aps.Result{}, err
	}
	if w.clockOf(owner.Timeline).Now().After(cancelWindowEnd(p.Created)) {
		return refusal("CANCEL_WINDOW_EXCEED", "the cancel window ended at 00:30 UTC+8"), nil
	}
	if p.Refunds > 0 {
		return refusal("PROCESS_FAIL", "the payment has been refunded"), nil
	}
	if p.State == Success {
		err = ledger.Post(tx, ledger.Transaction{
			ID: "wallet/cancel/" + p.RequestID, Kind: "cancellation", Order: p.RequestID, Timeline: owner.Timeline, At: w.base.Now(),
			Postings: ledger.Move(ledger.Wallet, ledger.PayerAccount(owner.ID), p.PayTo),
		})
		if err != nil {
			return aps.Result{}, err
		}
	}
	return success(), payments().Put(tx, p.RequestID, p.end(Cancelled, closed()))
}

// cancelWindowEnd is 00:30 UTC+8 on the day after a payment's.
func cancelWindowEnd(created time.Time) time.Time {
	day := created.In(clock.UTC8())
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 30, 0, 0, clock.UTC8())
}

// Refund gives money back to the payer (mpp-api §4.4). A repetition is answered as the first time.
func (w *Wallet) Refund(ctx context.Context, req aps.WalletRefund) (aps.WalletRefundAnswer, error) {
	if req.RefundRequestID == "" || req.Amount.Value < 1 || req.From.Value < 0 {
		return aps.WalletRefundAnswer{Result: refusal("PARAM_ILLEGAL", "refundRequestId or amounts are missing")}, nil
	}
	var answer aps.WalletRefundAnswer
	err := w.store.Update(ctx, func(tx store.Tx) (err error) {
		answer, err = w.refund(tx, req)
		return err
	})
	if err != nil {
		return aps.WalletRefundAnswer{}, fmt.Errorf("wallet refund %s: %w", req.RefundRequestID, err)
	}
	return answer, nil
}

func (w *Wallet) refund(tx store.Tx, req aps.WalletRefund) (aps.WalletRefundAnswer, error) {
	before, found, err := refunds().Get(tx, req.RefundRequestID)
	if err != nil {
		return aps.WalletRefundAnswer{}, err
	}
	if found && (before.Result.Final() || !before.same(req)) {
		return before.repeated(req), nil
	}
	p, _, err := payments().Get(tx, req.PaymentRequestID)
	if err != nil {
		return aps.WalletRefundAnswer{}, err
	}
	r := refund{
		Due:       before.Due,
		RequestID: req.RefundRequestID, Payment: req.PaymentRequestID,
		Amount: req.Amount, From: req.From, Promotions: req.Promotions, Surcharge: req.Surcharge,
	}
	if reason := unrefundable(p, req); reason != nil {
		r.Result = *reason
		return r.answer(), refunds().Put(tx, r.RequestID, r)
	}
	return w.giveBack(tx, p, r)
}

// unrefundable returns why a payment cannot be refunded as asked, the window aside.
func unrefundable(p payment, req aps.WalletRefund) *aps.Result {
	switch {
	case p.Payer == "", req.PaymentID != "" && req.PaymentID != p.ID:
		return problem("ORDER_NOT_EXIST", "there is no such payment")
	case p.State == Cancelled || p.State == Failed:
		return problem("ORDER_IS_CLOSED", "the payment took no money")
	case p.State != Success:
		return problem("PROCESS_FAIL", "the payment is not finished")
	case req.Amount.Currency != p.Amount.Currency || req.From.Currency != p.PayTo.Currency:
		return problem("CURRENCY_NOT_SUPPORT", "the refund has another currency than the payment")
	case req.Amount.Value > p.Amount.Value-p.Refunded || req.From.Value > p.PayTo.Value-p.RefundedFrom:
		return problem("REFUND_AMOUNT_EXCEED", "more than is left of the payment")
	}
	return nil
}

func (w *Wallet) giveBack(tx store.Tx, p payment, r refund) (aps.WalletRefundAnswer, error) {
	owner, err := findPayer(tx, p.Payer)
	if err != nil {
		return aps.WalletRefundAnswer{}, err
	}
	now := w.clockOf(owner.Timeline).Now()
	if now.After(p.Paid.Add(refundWindow)) {
		r.Result = refusal("REFUND_WINDOW_EXCEED", "payments can be refunded for 366 days")
		return r.answer(), refunds().Put(tx, r.RequestID, r)
	}
	if after := owner.Character.RefundAfter; after > 0 && r.Due.IsZero() {
		return w.postpone(tx, r, now.Add(after))
	}
	if now.Before(r.Due) {
		return w.postpone(tx, r, r.Due)
	}
	if reason := owner.Character.refuses(p, r.Amount.Value); reason != nil {
		r.Result = *reason
		return r.answer(), refunds().Put(tx, r.RequestID, r)
	}
	r.Result, r.ID, r.At = success(), w.ids(), now
	p.Refunded += r.Amount.Value
	p.RefundedFrom += r.From.Value
	p.Refunds++
	if err := payments().Put(tx, p.RequestID, p); err != nil {
		return aps.WalletRefundAnswer{}, err
	}
	if err := w.credit(tx, owner, r); err != nil {
		return aps.WalletRefundAnswer{}, err
	}
	if err := refundsOf().Append(tx, p.RequestID, r.RequestID); err != nil {
		return aps.WalletRefundAnswer{}, err
	}
	return r.answer(), refunds().Put(tx, r.RequestID, r)
}

// credit books a refund. A share of nothing (all of it was a promotion) moves nothing.
func (w *Wallet) credit(tx store.Tx, owner payer, r refund) error {
	if r.From.IsZero() {
		return nil
	}
	return ledger.Post(tx, ledger.Transaction{
		ID: "wallet/refund/" + r.RequestID, Kind: "refund", Order: r.Payment, Timeline: owner.Timeline, At: w.base.Now(),
		Postings: ledger.Move(ledger.Wallet, ledger.PayerAccount(owner.ID), r.From),
	})
}

func (r refund) repeated(req aps.WalletRefund) aps.WalletRefundAnswer {
	if !r.same(req) {
		return aps.WalletRefundAnswer{Result: refusal("REPEAT_REQ_INCONSISTENT", "another refund has this refundRequestId")}
	}
	return r.answer()
}

func (r refund) same(req aps.WalletRefund) bool {
	return r.Payment == req.PaymentRequestID && r.Amount == req.Amount && r.From == req.From && r.Surcharge.Amount == req.Surcharge.Amount && slices.Equal(r.Promotions, req.Promotions)
}

func (r refund) answer() aps.WalletRefundAnswer {
	return aps.WalletRefundAnswer{Result: r.Result, RefundID: r.ID, Time: r.At}
}
