package mpp

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/store"
)

// Act says which waiting payment the payer acts on, and how.
type Act struct {
	PaymentRequestID string        // empty: the oldest that waits
	Password         string        // empty: the right one
	Wait             time.Duration // in real time, for such a payment to appear
	Late             bool          // the wallet overlooks that the payment has expired
}

// EnterPassword lets the payer enter a password for a payment that waits for it; a scanned order is confirmed
// with it (ErrNotWaiting if no payment waits). It returns the payment as it stands then: paid, still open after a wrong password, or failed
// (too many wrong ones, expired, no money). Alipay+ is told of a final outcome before it returns.
func (w *Wallet) EnterPassword(ctx context.Context, payerID string, act Act) (Payment, error) {
	return w.act(ctx, payerID, act, func(tx store.Tx, p payment, owner payer) (payment, error) {
		if act.Password != "" && act.Password != owner.Character.Secret {
			return mistype(p, owner), nil
		}
		p.Proved = true
		return w.settle(tx, p, owner)
	})
}

// Confirm lets the payer press "pay" on the page of a scanned order, or confirm a payment that asks for the password
// with it; see EnterPassword. Where the payer's wallet wants a password and none is given, the payment waits for it then.
func (w *Wallet) Confirm(ctx context.Context, payerID string, act Act) (Payment, error) {
	return w.act(ctx, payerID, act, func(tx store.Tx, p payment, owner payer) (payment, error) {
		if p.AsksConfirm && act.Password == "" {
			needed, err := asks(tx, &owner, p.PayTo, w.clockOf(owner.Timeline).Now())
			if err != nil || needed {
				p.AsksConfirm, p.AsksPassword = !needed, needed
				return p, err
			}
		}
		if act.Password != "" && act.Password != owner.Character.Secret {
			return mistype(p, owner), nil
		}
		p.Proved = p.AsksPassword || act.Password != ""
		return w.settle(tx, p, owner)
	})
}

// settle is the decision of a wallet whose payer has confirmed. A scanned order goes through the checks that a
// payment code goes through at once.
func (w *Wallet) settle(tx store.Tx, p payment, owner payer) (payment, error) {
	if p.Shown == nil {
		err := w.complete(tx, &p, &owner)
		return p, err
	}
	if err := w.endow(tx, &owner, p.PayTo.Currency); err != nil {
		return p, err
	}
	refused, verdicts, err := w.examine(tx, &visit{payer: &owner, payment: &p, order: &p.Shown.Order})
	if err != nil {
		return p, err
	}
	p.Verdicts = verdicts
	if refused != nil {
		return p.end(Failed, *refused), nil
	}
	if owner.Character.After > 0 {
		p.AsksConfirm, p.AsksPassword = false, false
		return p, nil
	}
	err = w.complete(tx, &p, &owner)
	return p, err
}

func mistype(p payment, owner payer) payment {
	p.Tries++
	if p.Tries < owner.Character.Tries {
		return p
	}
	return p.end(Failed, refusal("USER_PAYMENT_VERIFICATION_FAILED", "too many wrong passwords"))
}

// Decline lets the payer refuse a payment that waits; see EnterPassword.
func (w *Wallet) Decline(ctx context.Context, payerID string, act Act) (Payment, error) {
	return w.act(ctx, payerID, act, func(_ store.Tx, p payment, _ payer) (payment, error) {
		return p.end(Failed, refusal("USER_PAYMENT_VERIFICATION_FAILED", "the payer declined")), nil
	})
}

// move is a step of an open payment inside a transaction.
type move func(tx store.Tx, p payment, owner payer) (payment, error)

// act waits for an open payment of the payer and applies a step to it, unless it has expired.
func (w *Wallet) act(ctx context.Context, payerID string, act Act, step move) (Payment, error) {
	if err := w.Online(ctx, payerID); err != nil {
		return Payment{}, err
	}
	id, err := w.await(ctx, payerID, act)
	if err != nil {
		return Payment{}, err
	}
	p, err := w.decide(ctx, id, func(tx store.Tx, p payment, owner payer) (payment, error) {
		if !p.waits() {
			return p, nil // decided meanwhile
		}
		if !act.Late && p.expired(w.clockOf(owner.Timeline).Now()) {
			return p.end(Failed, closed()), nil
		}
		return step(tx, p, owner)
	})
	return p.show(), err
}

// await returns the payment that the payer acts on.
func (w *Wallet) await(ctx context.Context, payerID string, act Act) (string, error) {
	timeout := make(chan struct{})
	stop := w.base.AfterFunc(max(act.Wait, 0), func() { close(timeout) })
	defer stop()
	for {
		change := w.nextChange()
		open, stale, err := w.waiting(ctx, payerID, act.PaymentRequestID)
		if err != nil || open != "" {
			return open, err
		}
		if act.Wait <= 0 {
			return stale, noneWaits(payerID, stale)
		}
		select {
		case <-change:
		case <-timeout:
			return stale, noneWaits(payerID, stale)
		case <-ctx.Done():
			return "", fmt.Errorf("payer %s: %w", payerID, context.Cause(ctx))
		}
	}
}

// noneWaits is the error when not even an expired payment can be acted on.
func noneWaits(payerID, stale string) error {
	if stale != "" {
		return nil
	}
	return fmt.Errorf("payer %s: %w", payerID, ErrNotWaiting)
}

// waiting returns the payer's oldest payment that waits, and the oldest that did until it expired; with an id
// only that payment counts.
func (w *Wallet) waiting(ctx context.Context, payerID, only string) (open, stale string, err error) {
	err = w.store.View(ctx, func(tx store.Tx) error {
		owner, err := findPayer(tx, payerID)
		if err != nil {
			return err
		}
		list, err := paymentsOf(tx, payerID)
		if err != nil {
			return err
		}
		now := w.clockOf(owner.Timeline).Now()
		for _, p := range slices.Backward(list) {
			switch {
			case !p.waits(), only != "" && only != p.RequestID:
			case p.expired(now):
				stale = p.RequestID
			default:
				open = p.RequestID
			}
		}
		return nil
	})
	return open, stale, err
}

// decide applies a step to an open payment and tells Alipay+ if it has become final.
func (w *Wallet) decide(ctx context.Context, requestID string, step move) (payment, error) {
	var p payment
	var owner payer
	finished, released := false, false // released: the payer did their part and the wallet decides later
	err := w.store.Update(ctx, func(tx store.Tx) (err error) {
		var found bool
		if p, found, err = payments().Get(tx, requestID); err != nil {
			return err
		}
		if !found || p.Payer == "" {
			return fmt.Errorf("payment %s: %w", requestID, ErrNoPayment)
		}
		if owner, err = findPayer(tx, p.Payer); err != nil {
			return err
		}
		if p.State != Processing {
			return nil
		}
		waited := p.waits()
		if p, err = step(tx, p, owner); err != nil {
			return err
		}
		finished = p.State != Processing
		released = waited && !finished && !p.waits()
		return payments().Put(tx, requestID, p)
	})
	if err != nil {
		return payment{}, fmt.Errorf("wallet decision on %s: %w", requestID, err)
	}
	w.announce()
	switch {
	case finished:
		w.notify(ctx, p, owner, 0)
	case released:
		later := context.WithoutCancel(ctx)
		w.clockOf(owner.Timeline).AfterFunc(owner.Character.After, func() { w.decideLate(later, requestID) })
	}
	return p, nil
}

// decideLate is the wallet's own decision on a payment that it first answered with "in process".
func (w *Wallet) decideLate(ctx context.Context, requestID string) {
	_, err := w.decide(ctx, requestID, func(tx store.Tx, p payment, owner payer) (payment, error) {
		if p.expired(w.clockOf(owner.Timeline).Now()) {
			return p.end(Failed, closed()), nil
		}
		err := w.complete(tx, &p, &owner)
		return p, err
	})
	if err != nil {
		w.log.Error("late decision failed", "payment", requestID, "error", err)
	}
}

// notify tells Alipay+ a final outcome and repeats it on the payer's timeline until it is acknowledged.
// An answer with F is final: it will be followed by a cancellation.
func (w *Wallet) notify(ctx context.Context, p payment, owner payer, attempt int) {
	n := w.peer()
	if n == nil {
		return
	}
	later := context.WithoutCancel(ctx) // whoever caused it need not stay for it
	answer, err := n.NotifyPayment(later, p.notification(owner))
	if err == nil && answer.Final() {
		return
	}
	w.log.Warn("notification not acknowledged", "payment", p.RequestID, "attempt", attempt+1, "result", answer.Code, "error", err)
	delays := aps.NotificationPauses()
	if attempt >= len(delays) {
		return
	}
	w.clockOf(owner.Timeline).AfterFunc(delays[attempt], func() { w.notifyAgain(later, p, owner, attempt+1) })
}

// notifyAgain repeats a notification unless the payment has been cancelled since.
func (w *Wallet) notifyAgain(ctx context.Context, p payment, owner payer, attempt int) {
	var now payment
	err := w.store.View(ctx, func(tx store.Tx) (err error) {
		now, _, err = payments().Get(tx, p.RequestID)
		return err
	})
	if err != nil {
		w.log.Error("notification cannot be repeated", "payment", p.RequestID, "error", err)
		return
	}
	if now.State == p.State {
		w.notify(ctx, p, owner, attempt)
	}
}

func (p payment) notification(owner payer) aps.WalletNotification {
	n := aps.WalletNotification{Subject: owner.subject(), URL: p.NotifyURL, Outcome: p.Outcome, PaymentRequestID: p.RequestID}
	if p.State == Success {
		n.PaymentID, n.Time, n.CustomerID = p.ID, p.Paid, p.CustomerID
		n.Amount, n.PayTo = p.Amount, p.PayTo
	}
	return n
}
