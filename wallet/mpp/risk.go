package mpp

import (
	"context"
	"fmt"

	"mppsim/wallet/risk"
	"mppsim/wallet/store"
)

// Login lets a payer's account log in on a device, which is the payer's phone from then on. Accounts that share a
// device make risk control suspicious (mpp-api §9.2 K4).
func (w *Wallet) Login(ctx context.Context, payerID, device string) (Payer, error) {
	err := w.store.Update(ctx, func(tx store.Tx) error {
		p, err := findPayer(tx, payerID)
		if err != nil {
			return err
		}
		if device != "" {
			p.Character.Device = device
			if err := payers().Put(tx, p.ID, p); err != nil {
				return err
			}
		}
		return risk.Login(tx, p.Timeline, p.device(), p.ID, w.clockOf(p.Timeline).Now())
	})
	if err != nil {
		return Payer{}, fmt.Errorf("login: %w", err)
	}
	return w.Payer(ctx, payerID)
}

// RiskPolicy returns the risk strategies in force on a timeline.
func (w *Wallet) RiskPolicy(ctx context.Context, timeline string) (p risk.Policy, err error) {
	err = w.store.View(ctx, func(tx store.Tx) error {
		p, err = w.risk.Policy(tx, timeline)
		return err
	})
	return p, err
}

// SetRiskPolicy puts other risk strategies in force on a timeline (risk.ErrPolicy).
func (w *Wallet) SetRiskPolicy(ctx context.Context, timeline string, p risk.Policy) error {
	return w.store.Update(ctx, func(tx store.Tx) error { return w.risk.SetPolicy(tx, timeline, p) })
}

// ReportRisk opens a case about a payer at the wish of Alipay+ (mpp-api §9.2 K5).
func (w *Wallet) ReportRisk(ctx context.Context, payerID, payment, suspicion string) (c risk.Case, err error) {
	err = w.store.Update(ctx, func(tx store.Tx) error {
		p, err := findPayer(tx, payerID)
		if err != nil {
			return err
		}
		c = risk.Case{
			ID: w.ids(), Timeline: p.Timeline, CustomerID: p.CustomerID, Payment: payment, Suspicion: suspicion,
			Opened: w.clockOf(p.Timeline).Now(),
		}
		return risk.Report(tx, c)
	})
	return c, err
}

// AnswerRisk closes a case with what the wallet found; a confirmed suspicion has the payer refused from then on.
func (w *Wallet) AnswerRisk(ctx context.Context, timeline, id string, confirmed bool, finding string) (c risk.Case, err error) {
	err = w.store.Update(ctx, func(tx store.Tx) error {
		c, err = risk.Answer(tx, timeline, id, confirmed, finding, w.clockOf(timeline).Now())
		return err
	})
	return c, err
}

// RiskCases lists a timeline's cases.
func (w *Wallet) RiskCases(ctx context.Context, timeline string) (list []risk.Case, err error) {
	err = w.store.View(ctx, func(tx store.Tx) error {
		list, err = risk.Cases(tx, timeline)
		return err
	})
	return list, err
}
