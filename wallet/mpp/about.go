package mpp

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/store"
)

// About tells which payer a message of Alipay+ is about: by the payment's id, by a payment code, or by the customer id.
func (w *Wallet) About(ctx context.Context, payment, code, customerID string) (s aps.Subject, err error) {
	err = w.store.View(ctx, func(tx store.Tx) error {
		s = aps.Subject{PaymentRequestID: payment}
		id, err := payerBehind(tx, payment, code, customerID)
		if err != nil || id == "" {
			return err
		}
		p, err := findPayer(tx, id)
		if err == nil {
			s.Timeline, s.Payer, s.Match = p.Timeline, p.ID, "code"
		}
		return err
	})
	return s, err
}

func payerBehind(tx store.Tx, payment, code, customerID string) (id string, err error) {
	if payment != "" {
		p, found, err := payments().Get(tx, payment)
		if err != nil || found {
			return p.Payer, err
		}
	}
	if code != "" {
		c, found, err := codes().Get(tx, code)
		if err != nil || found {
			return c.Payer, err
		}
	}
	if customerID == "" {
		return "", nil
	}
	id, _, err = customers().Get(tx, customerID)
	return id, err
}
