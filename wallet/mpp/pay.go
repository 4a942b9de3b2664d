package mpp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/ledger"
	"mppsim/wallet/store"
)

// Pay debits a payer, or starts to (mpp-api §4.1). It answers a repetition with what is
// known of the first request and never debits twice.
func (w *Wallet) Pay(ctx context.Context, req aps.WalletPay) (aps.WalletPayAnswer, error) {
	if problem := w.malformed(&req); problem != "" {
		return aps.WalletPayAnswer{Result: refusal("PARAM_ILLEGAL", problem)}, nil
	}
	var step paying
	err := w.store.Update(ctx, func(tx store.Tx) (err error) {
		if step, err = w.pay(tx, &req); err == nil && step.evaluated {
			return errEvaluated
		}
		return err
	})
	if err != nil && !errors.Is(err, errEvaluated) {
		return aps.WalletPayAnswer{}, fmt.Errorf("wallet pay %s: %w", req.PaymentRequestID, err)
	}
	if step.fresh {
		w.announce()
	}
	if step.decideAfter > 0 {
		later := context.WithoutCancel(ctx)
		step.clock.AfterFunc(step.decideAfter, func() { w.decideLate(later, req.PaymentRequestID) })
	}
	return step.answer, nil
}

// errEvaluated takes back whatever an evaluation did on its way.
var errEvaluated = errors.New("an evaluation leaves nothing behind")

// paying is the effect of a pay request inside its transaction.
type paying struct {
	answer      aps.WalletPayAnswer
	fresh       bool // a payment was stored
	evaluated   bool // nothing of it is to stay
	clock       clock.Clock
	decideAfter time.Duration // the wallet decides later, on that clock
}

func (w *Wallet) malformed(req *aps.WalletPay) string {
	switch {
	case req.PaymentRequestID == "" || len(req.PaymentRequestID) > 64:
		return "paymentRequestId is missing or too long"
	case w.pspID != "" && !w.plays(req.PspID):
		return "pspId is not this wallet's"
	case req.Amount.Value < 1 || req.PayTo.Value < 1:
		return "amounts must be at least 1"
	}
	return ""
}

// plays reports whether a PSP id is one of this wallet's brands.
func (w *Wallet) plays(pspID string) bool {
	return pspID == w.pspID || slices.Contains(slices.Collect(maps.Values(w.brands)), pspID)
}

// psp is the id of a payer's wallet.
func (w *Wallet) psp(p payer) string {
	if id := w.brands[p.Character.Wallet]; id != "" {
		return id
	}
	return w.pspID
}

// pay processes a request in the order of mpp-api §4.1.1: idempotency, tombstone, expiry, code, user.
func (w *Wallet) pay(tx store.Tx, req *aps.WalletPay) (paying, error) {
	before, found, err := payments().Get(tx, req.PaymentRequestID)
	if err != nil {
		return paying{}, err
	}
	if found {
		return paying{answer: w.repeated(before, req)}, nil
	}
	owner, code, problem, err := w.owner(tx, req)
	if err != nil {
		return paying{}, err
	}
	c, err := w.clockFor(tx, &owner, req.CustomerID)
	if err != nil {
		return paying{}, err
	}
	p := w.begin(req, &owner, c.Now())
	if p.expired(p.Created) { // whatever else is wrong
		problem = &aps.Result{Code: "ORDER_IS_CLOSED", Status: aps.Failure, Message: "the payment has expired"}
	}
	if problem == nil {
		problem, err = useCode(tx, req, code, &owner, p.Created)
	}
	if err == nil && problem == nil {
		err = w.endow(tx, &owner, p.PayTo.Currency)
	}
	if err == nil && problem == nil {
		problem, p.Verdicts, err = w.examine(tx, &visit{payer: &owner, payment: p, order: req.Order})
	}
	if err != nil {
		return paying{}, err
	}
	if req.Evaluation {
		return paying{answer: p.evaluation(problem), evaluated: true}, nil
	}
	if problem != nil {
		p.finish(Failed, *problem)
	} else if err = w.proceed(tx, p, &owner, code.Asks, req.Product != aps.ByAutoDebit); err != nil {
		return paying{}, err
	}
	step := paying{answer: p.answer(), fresh: true, clock: c}
	if p.State == Processing && !p.AsksPassword {
		step.decideAfter = owner.Character.After
	}
	return step, insert(tx, p)
}

func (w *Wallet) begin(req *aps.WalletPay, owner *payer, now time.Time) *payment {
	return &payment{
		ID: w.ids(), RequestID: req.PaymentRequestID, Payer: owner.ID, CustomerID: owner.CustomerID,
		State: Processing, Outcome: inProcess(), Price: req.Order.Amount,
		Amount: req.Amount, PayTo: req.PayTo, Quote: req.Quote, Code: req.Code, Product: req.Product, Promotions: req.Promotions,
		Token: req.Token, Method: req.Method, Named: req.CustomerID, Surcharge: req.Surcharge.Amount, NotifyURL: req.NotifyURL,
		Created: now, Expiry: req.Expiry,
	}
}

// evaluation tells whether the payment would have been taken: it is a payment without debit (mpp-api §4.1.1).
func (p *payment) evaluation(problem *aps.Result) aps.WalletPayAnswer {
	if problem != nil {
		return aps.WalletPayAnswer{Result: *problem}
	}
	return aps.WalletPayAnswer{Result: success(), PaymentID: p.ID, Time: p.Created, CustomerID: p.CustomerID}
}

// repeated answers a request whose id is known (mpp-api §4.1.3).
func (w *Wallet) repeated(before payment, req *aps.WalletPay) aps.WalletPayAnswer {
	if before.Payer == "" && before.State == Cancelled {
		return before.answer() // a tombstone refuses whatever comes
	}
	if !before.sameAs(req) {
		return aps.WalletPayAnswer{Result: refusal("REPEAT_REQ_INCONSISTENT", "another payment has this paymentRequestId")}
	}
	return before.answer()
}

// sameAs compares what the documentation names (mpp-api §4.1.3): the two amounts, the surcharge, the means of payment, and
// the promotions.
func (p payment) sameAs(req *aps.WalletPay) bool {
	return p.Amount == req.Amount && p.PayTo == req.PayTo && p.Surcharge == req.Surcharge.Amount &&
		p.Code == req.Code && p.Token == req.Token && p.Method == req.Method && p.Named == req.CustomerID &&
		slices.Equal(p.Promotions, req.Promotions)
}

// owner finds whom a request is about, by payment code, which comes with it, or by customer id.
func (w *Wallet) owner(tx store.Tx, req *aps.WalletPay) (p payer, code codeRecord, refused *aps.Result, err error) {
	if req.Product == aps.ByAutoDebit && w.tokens != nil {
		p, refused, err = w.bearer(tx, req)
		return p, code, refused, err
	}
	var id string
	var found bool
	if req.Code != "" {
		code, found, err = codes().Get(tx, req.Code)
		id = code.Payer
	} else {
		id, found, err = customers().Get(tx, req.CustomerID)
	}
	switch {
	case err != nil:
		return p, code, nil, err
	case !found && req.Code != "":
		return p, code, problem("INVALID_CODE", "the payment code is unknown"), nil
	case !found:
		return p, code, problem("USER_NOT_EXIST", "there is no such customer"), nil
	}
	p, err = findPayer(tx, id)
	return p, code, nil, err
}

// clockFor is a payer's clock. Where the means of payment lead to nobody, it is that of the customer who was named.
func (w *Wallet) clockFor(tx store.Tx, owner *payer, customerID string) (clock.Clock, error) {
	if owner.ID != "" || customerID == "" {
		return w.clockOf(owner.Timeline), nil
	}
	id, found, err := customers().Get(tx, customerID)
	if err != nil || !found {
		return w.base, err
	}
	named, err := findPayer(tx, id)
	return w.clockOf(named.Timeline), err
}

// bearer finds the payer who gave out an access token.
func (w *Wallet) bearer(tx store.Tx, req *aps.WalletPay) (payer, *aps.Result, error) {
	id, refused, err := w.tokens.Bearer(tx, req.Token, req.AuthClientID)
	if err != nil {
		return payer{}, nil, err
	}
	if refused != "" {
		return payer{}, problem(refused, "the access token gives no right to the payment"), nil
	}
	p, err := findPayer(tx, id)
	if err == nil && req.CustomerID != "" && req.CustomerID != p.CustomerID {
		return payer{}, problem("INVALID_TOKEN", "the access token is another customer's"), nil
	}
	return p, nil, err
}

func problem(code, message string) *aps.Result {
	r := refusal(code, message)
	return &r
}

// useCode spends the payment code: it is good for one payment, whatever becomes of it (mpp-api §6.3).
func useCode(tx store.Tx, req *aps.WalletPay, record codeRecord, owner *payer, now time.Time) (*aps.Result, error) {
	switch {
	case req.Code == "":
		return nil, nil
	case req.CustomerID != "" && req.CustomerID != owner.CustomerID:
		return problem("INVALID_CODE", "the payment code belongs to another customer"), nil
	case record.Used:
		return problem("INVALID_CODE", "the payment code has been used"), nil
	case now.Before(record.Start):
		return problem("INVALID_CODE", "the payment code is not valid yet"), nil
	case now.After(record.Expiry):
		return problem("EXPIRED_CODE", "the payment code has expired"), nil
	}
	record.Used = true
	return nil, codes().Put(tx, req.Code, record)
}

// proceed debits at once, or leaves the payment open for the password, where the payer is present, or a late decision.
// Whoever plays with the payment's code has the payer asked whatever the amount.
func (w *Wallet) proceed(tx store.Tx, p *payment, owner *payer, played, present bool) (err error) {
	if present {
		if p.AsksPassword = played; !played {
			p.AsksPassword, err = asks(tx, owner, p.PayTo, p.Created)
		}
		if err != nil || p.AsksPassword {
			return err
		}
	}
	if owner.Character.After > 0 {
		return nil
	}
	return w.complete(tx, p, owner)
}

// AskAbout makes the wallet ask its payer about the payment of a code, whatever the payer's character. Texts that are no
// payment code of this wallet are left alone: their payers are asked anyway.
func (w *Wallet) AskAbout(ctx context.Context, code string) error {
	return w.store.Update(ctx, func(tx store.Tx) error {
		record, found, err := codes().Get(tx, code)
		if err != nil || !found || record.Asks {
			return err
		}
		record.Asks = true
		return codes().Put(tx, code, record)
	})
}

// complete is the last step of every payment: the last refusals, then the debit.
func (w *Wallet) complete(tx store.Tx, p *payment, owner *payer) error {
	if code := owner.Character.Refuses; code != "" {
		p.finish(Failed, refusal(code, "refused by the wallet"))
		return nil
	}
	err := ledger.Post(tx, ledger.Transaction{
		ID: "wallet/pay/" + p.RequestID, Kind: "payment", Order: p.RequestID, Timeline: owner.Timeline, At: w.base.Now(),
		Postings: ledger.Move(ledger.PayerAccount(owner.ID), ledger.Wallet, p.PayTo),
	})
	if errors.Is(err, ledger.ErrInsufficient) {
		p.finish(Failed, refusal("USER_BALANCE_NOT_ENOUGH", "the balance is not enough"))
		return nil
	}
	if err == nil {
		p.Paid = w.clockOf(owner.Timeline).Now()
		p.finish(Success, success())
	}
	return err
}

// answer is what pay says about a payment, the first time and ever after.
func (p *payment) answer() aps.WalletPayAnswer {
	if p.State == Success {
		return aps.WalletPayAnswer{Result: success(), PaymentID: p.ID, Time: p.Paid, CustomerID: p.CustomerID}
	}
	if p.State == Processing {
		return aps.WalletPayAnswer{Result: inProcess(), PaymentID: p.ID, CustomerID: p.CustomerID}
	}
	return aps.WalletPayAnswer{Result: p.Outcome}
}
