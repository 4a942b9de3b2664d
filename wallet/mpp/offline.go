package mpp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/code"
	"mppsim/wallet/store"
)

// ErrOffline says that the payer's phone has no network: nothing can be fetched, scanned or confirmed on it.
var ErrOffline = errors.New("the payer's phone has no network")

// ahead is how many codes a phone has fetched when it loses its network (mpp-api §6.3).
const ahead = 10

// offline reports whether a payer's phone has no network.
func (p payer) offline(now time.Time) bool {
	return p.Character.Offline > 0 && now.Before(p.Made.Add(p.Character.Offline))
}

// online is the error of whatever needs the phone's network.
func (w *Wallet) online(p payer) error {
	until := p.Made.Add(p.Character.Offline)
	if p.offline(w.clockOf(p.Timeline).Now()) {
		return fmt.Errorf("payer %s: %w until %s", p.ID, ErrOffline, until.Format(time.DateTime))
	}
	return nil
}

// Online returns ErrOffline while a payer's phone has no network.
func (w *Wallet) Online(ctx context.Context, payerID string) error {
	p, err := w.find(ctx, payerID)
	if err != nil {
		return err
	}
	return w.online(p)
}

func (w *Wallet) find(ctx context.Context, payerID string) (p payer, err error) {
	err = w.store.View(ctx, func(tx store.Tx) (err error) {
		p, err = findPayer(tx, payerID)
		return err
	})
	return p, err
}

// FetchAhead gives a new payer whose phone loses its network the codes for the next minutes; others have them later.
func (w *Wallet) FetchAhead(ctx context.Context, payerID string) error {
	p, err := w.find(ctx, payerID)
	if err != nil || p.Character.Offline <= 0 {
		return err
	}
	list, err := w.fetch(ctx, p, CodeSpec{Quantity: ahead})
	if err != nil {
		return err
	}
	return w.store.Update(ctx, func(tx store.Tx) error {
		p.Ahead = list
		return payers().Put(tx, p.ID, p)
	})
}

// kept are codes that an offline phone still has, for this minute and those that follow.
func (w *Wallet) kept(ctx context.Context, p payer, spec CodeSpec) (list []aps.PaymentCode, err error) {
	if spec.Format != (code.Format{}) || spec.Region != "" {
		return nil, fmt.Errorf("%w: it has the usual codes only, for every region", w.online(p))
	}
	now := w.clockOf(p.Timeline).Now()
	err = w.store.View(ctx, func(tx store.Tx) error {
		for _, c := range p.Ahead {
			record, _, err := codes().Get(tx, c.Digits)
			if err != nil {
				return err
			}
			if !record.Used && now.Before(c.Expiry) && len(list) < max(spec.Quantity, 1) {
				list = append(list, c)
			}
		}
		return nil
	})
	if err == nil && len(list) < max(spec.Quantity, 1) {
		err = fmt.Errorf("%w, and %d of its codes are left", w.online(p), len(list))
	}
	return list, err
}
