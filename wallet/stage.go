package wallet

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/fault"
	"mppsim/wallet/mpp"
	"mppsim/wallet/network"
)

// stage is where faults of time and payers are played.
type stage struct{ s *Simulator }

const (
	pastExpiry = time.Second          // how long after a payment's expiry something comes that comes too late
	pastRefund = 366 * 24 * time.Hour // more than any refund window (acqp-api §5.4)
	handWait   = 10 * time.Second     // for a payment to wait for its payer
	mostTries  = 20                   // wrong passwords before even the most patient wallet gives up
)

// Come implements gateway.Stage.
func (p stage) Come(ctx context.Context, about aps.Subject, what string) error {
	if about.Timeline == "" {
		return errors.New("the payment belongs to no timeline, and the time of all others does not move")
	}
	line, err := p.s.network.Timeline(about.Timeline)
	if err != nil {
		return err
	}
	now := line.Clock.Now()
	switch what {
	case fault.CutOff:
		local := now.In(clock.UTC8())
		line.Clock.AdvanceTo(time.Date(local.Year(), local.Month(), local.Day()+1, 0, 16, 0, 0, clock.UTC8()))
	case fault.RefundWindow:
		line.Clock.Advance(pastRefund)
	default:
		o, found, err := p.s.network.Order(ctx, about.PaymentRequestID)
		if err != nil || !found {
			return fmt.Errorf("payment %s has no expiry: %w", about.PaymentRequestID, errors.Join(err, network.ErrOrder))
		}
		if late := o.Expiry.Add(pastExpiry); late.After(now) {
			line.Clock.AdvanceTo(late)
		}
	}
	return nil
}

// Prepare implements gateway.Stage.
func (p stage) Prepare(ctx context.Context, about aps.Subject, _ string) error {
	return p.s.wallet.AskAbout(ctx, about.Code)
}

// Play implements gateway.Stage. Orders that payers come to are scanned first.
func (p stage) Play(ctx context.Context, about aps.Subject, what string) error {
	o, found, err := p.s.network.Order(ctx, about.PaymentRequestID)
	if err != nil || !found {
		return errors.Join(err, network.ErrOrder)
	}
	if what == fault.ScanTwice {
		return p.scanTwice(ctx, o)
	}
	if o.Offer != nil {
		if o, err = p.scanned(ctx, o); err != nil {
			return err
		}
	}
	act := mpp.Act{PaymentRequestID: o.WalletRequestID(), Wait: handWait}
	switch what {
	case fault.Declines:
		_, err = p.s.wallet.Decline(ctx, o.Payer, act)
	case fault.Mistypes:
		err = p.mistype(ctx, o.Payer, act)
	case fault.PaysLate:
		act.Late = true
		line := p.s.timelineClock(o.Timeline)
		line.AfterFunc(o.Expiry.Add(pastExpiry).Sub(line.Now()), func() {
			if _, err := p.s.wallet.EnterPassword(ctx, o.Payer, act); err != nil {
				p.s.options.Logger.Warn("a payer could not pay late", "payment", o.PaymentRequestID, "error", err)
			}
		})
	}
	return err
}

// scanned lets a new payer scan an order that waits for one.
func (p stage) scanned(ctx context.Context, o network.Order) (network.Order, error) {
	payer, err := p.passerBy(ctx, o.Timeline, nil)
	if err != nil {
		return o, err
	}
	if _, err := p.s.wallet.Scan(ctx, payer, o.Offer.Texts()[0]); err != nil {
		return o, err
	}
	o, _, err = p.s.network.Order(ctx, o.PaymentRequestID)
	return o, err
}

func (p stage) passerBy(ctx context.Context, timeline string, traits map[string]string) (id string, err error) {
	made, err := p.s.CreatePayer(ctx, control.PayerSpec{Timeline: timeline, Template: "rich", Traits: traits})
	return made.ID, err
}

func (p stage) mistype(ctx context.Context, payer string, act mpp.Act) error {
	act.Password = "wrong"
	for range mostTries {
		if done, err := p.s.wallet.EnterPassword(ctx, payer, act); err != nil || done.State != mpp.Processing {
			return err
		}
	}
	return nil
}

// scanTwice lets two payers with different wallets scan an order and then confirm it at the same instant.
func (p stage) scanTwice(ctx context.Context, o network.Order) error {
	if o.Offer == nil {
		return fmt.Errorf("payment %s: nobody can scan a payment code twice", o.PaymentRequestID)
	}
	var payers []string
	for _, wallet := range []map[string]string{nil, {"wallet": p.anotherWallet()}} {
		id, err := p.passerBy(ctx, o.Timeline, wallet)
		if err != nil {
			return err
		}
		if _, err := p.s.wallet.Scan(ctx, id, o.Offer.Texts()[0]); err != nil {
			return err
		}
		payers = append(payers, id)
	}
	done := make(chan error, len(payers))
	for _, id := range payers {
		go func() {
			_, err := p.s.wallet.Confirm(ctx, id, mpp.Act{Wait: handWait})
			done <- err
		}()
	}
	return errors.Join(<-done, <-done)
}

// anotherWallet is the name of a wallet that is not the simulator's own.
func (p stage) anotherWallet() string {
	names := slices.Sorted(maps.Keys(p.s.brands()))
	if len(names) == 0 {
		return ""
	}
	return names[0]
}
