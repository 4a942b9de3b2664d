package wallet

import (
	"context"
	"slices"
	"strings"

	"mppsim/wallet/control"
)

// Timelines implements control.API.
func (s *Simulator) Timelines(context.Context) ([]control.Timeline, error) {
	var list []control.Timeline
	for _, line := range s.network.Timelines() {
		list = append(list, show(line))
	}
	slices.SortFunc(list, func(a, b control.Timeline) int { return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID) })
	return list, nil
}

// Payers implements control.API.
func (s *Simulator) Payers(ctx context.Context, timeline string) ([]control.Payer, error) {
	list, err := s.wallet.Payers(ctx, timeline)
	if err != nil {
		return nil, translate(err)
	}
	views := make([]control.Payer, 0, len(list))
	for _, p := range list {
		views = append(views, payerView(p))
	}
	return views, nil
}

// PayerTemplates implements control.API.
func (s *Simulator) PayerTemplates(context.Context) ([]control.PayerTemplate, error) {
	var list []control.PayerTemplate
	for _, t := range s.wallet.Templates() {
		list = append(list, control.PayerTemplate{Name: t.Name, Title: t.Title})
	}
	return list, nil
}

// TopUp implements control.API.
func (s *Simulator) TopUp(ctx context.Context, payer string, spec control.TopUpSpec) (control.Payer, error) {
	if spec.Amount.Value <= 0 {
		return control.Payer{}, control.Errorf(control.Invalid, "amount %s: want more than nothing", spec.Amount)
	}
	if err := checkFunds("amount", spec.Amount); err != nil {
		return control.Payer{}, err
	}
	p, err := s.wallet.TopUp(ctx, payer, spec.Amount)
	if err != nil {
		return control.Payer{}, translate(err)
	}
	return payerView(p), nil
}
