package mpp

import (
	"fmt"
	"slices"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/store"
)

// Refunding is how a payer's wallet deals with refunds.
type Refunding struct {
	Refunds        RefundPolicy  `yaml:"refunds" json:"refunds,omitempty"`               // which it carries out at all
	RefusesRefunds string        `yaml:"refusesRefunds" json:"refusesRefunds,omitempty"` // a result code with which every refund is refused
	RefundAfter    time.Duration `yaml:"refundAfter" json:"refundAfter,omitempty"`       // it answers "in process" and decides only this much later
	Leaves         bool          `yaml:"leaves" json:"leaves,omitempty"`                 // the account is closed after a payment
}

// RefundPolicy says which refunds a wallet's means of payment allow.
type RefundPolicy string

// The refund policies.
const (
	AnyRefund    RefundPolicy = ""
	NoRefund     RefundPolicy = "none"
	WholeRefunds RefundPolicy = "whole" // of the whole amount only
	OneRefund    RefundPolicy = "once"  // one for each payment
)

func (r Refunding) check() error {
	if !slices.Contains([]RefundPolicy{AnyRefund, NoRefund, WholeRefunds, OneRefund}, r.Refunds) {
		return fmt.Errorf("%w: refunds %q is none of none, whole, once", ErrTrait, r.Refunds)
	}
	if r.RefundAfter < 0 {
		return fmt.Errorf("%w: refundAfter must not be negative", ErrTrait)
	}
	return nil
}

// refuses returns why the payer's wallet does not carry out a refund; nil: it does.
func (r Refunding) refuses(p payment, amount int64) *aps.Result {
	switch {
	case r.Leaves:
		return problem("USER_NOT_EXIST", "the account is closed")
	case r.Refunds == NoRefund:
		return problem("REFUND_NOT_SUPPORTED", "the means of payment allows no refunds")
	case r.Refunds == WholeRefunds && amount != p.Amount.Value:
		return problem("PARTIAL_REFUND_NOT_SUPPORTED", "only the whole amount can be given back")
	case r.Refunds == OneRefund && p.Refunds > 0:
		return problem("MULTIPLE_REFUNDS_NOT_SUPPORTED", "the payment has been refunded once")
	case r.RefusesRefunds != "":
		return problem(r.RefusesRefunds, "refused by the wallet")
	}
	return nil
}

// postpone keeps a refund that the wallet decides later, and answers that it is in process.
func (w *Wallet) postpone(tx store.Tx, r refund, due time.Time) (aps.WalletRefundAnswer, error) {
	r.Due, r.Result = due, aps.Result{Code: "PAYMENT_IN_PROCESS", Status: aps.Unknown, Message: "the refund is in process"}
	return r.answer(), refunds().Put(tx, r.RequestID, r)
}
