package httpdriver

import (
	"context"
	"fmt"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
)

// Wallets asks which wallets a shop can offer.
func (d *Driver) Wallets(ctx context.Context, q acquirer.WalletsQuestion) (acquirer.Offer, error) {
	a, err := d.call(ctx, acquirer.VerbWallets, ofWallets(q), false)
	if err != nil {
		return acquirer.Offer{Call: a.call}, err
	}
	r := newReader(a, d.plan.words, q.Amount.Currency)
	if a.refused {
		return acquirer.Offer{Refused: true, Reason: r.refusalReason(a, ""), Call: d.finish(a.call, r)}, nil
	}
	offer := acquirer.Offer{}
	for _, found := range r.list(a.verb.response.List) {
		one := r.item(found)
		offer.Wallets = append(offer.Wallets, acquirer.Wallet{
			Name: one.need("wallet", a.verb.response.Wallet), Brand: one.text("brand", a.verb.response.Brand),
		})
		if one.err != nil {
			return acquirer.Offer{Call: a.call}, fmt.Errorf("%s: %w", a.verb.name, one.err)
		}
	}
	offer.Call = d.finish(a.call, r)
	return offer, r.err
}

// Import hands a report of Alipay+ to the acquirer. A refusal is an error: nothing could be compared then.
func (d *Driver) Import(ctx context.Context, report acquirer.Report) (journal.Call, error) {
	a, err := d.call(ctx, acquirer.VerbImport, Data{Day: report.Day, Report: report}, false)
	if err == nil && a.refused {
		err = fmt.Errorf("%s: %w: it refused %s with HTTP status %d", acquirer.VerbImport, acquirer.ErrServer, report.Name, a.status)
	}
	return a.call, err
}

// Differences asks on what books and reports of a day disagree.
func (d *Driver) Differences(ctx context.Context, day string) (acquirer.Differences, error) {
	a, err := d.call(ctx, acquirer.VerbDifferences, Data{Day: day}, false)
	if err == nil && a.refused {
		err = fmt.Errorf("%s: %w: it refused with HTTP status %d", acquirer.VerbDifferences, acquirer.ErrServer, a.status)
	}
	if err != nil {
		return acquirer.Differences{Call: a.call}, err
	}
	r, m := newReader(a, d.plan.words, ""), a.verb.response
	told := acquirer.Differences{}
	for _, found := range r.list(m.List) {
		one := r.item(found)
		told.List = append(told.List, acquirer.Difference{
			Reference: one.text("reference", m.Reference), RequestID: one.text("request_id", m.RequestID),
			NetworkID: one.text("network_id", m.NetworkID), Reason: one.text("reason", m.Reason),
		})
	}
	told.Call = d.finish(a.call, r)
	return told, r.err
}
