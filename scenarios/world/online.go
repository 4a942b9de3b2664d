package world

import (
	"context"
	"fmt"
	"path"
	"strings"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

// Wallets asks which wallets a shop can offer to a buyer. What the acquirer then asks Alipay+ is known by the buyer's
// reference or by the amount.
func (w *World) Wallets(ctx context.Context, q acquirer.WalletsQuestion) (acquirer.Offer, error) {
	offerer, able := w.setup.Acquirer.(acquirer.Offerer)
	if !able || !w.setup.Acquirer.Offers(acquirer.VerbWallets) {
		return acquirer.Offer{}, fmt.Errorf("%s: %w", acquirer.VerbWallets, acquirer.ErrNotOffered)
	}
	expectation := control.Expectation{References: []string{q.Online.Buyer}}
	if !q.Amount.IsZero() {
		expectation.Amounts = []money.Amount{q.Amount}
	}
	if err := w.setup.Sim.Expect(ctx, w.timeline, expectation); err != nil {
		return acquirer.Offer{}, fmt.Errorf("announce the question: %w", err)
	}
	started := w.setup.Clock.Now()
	offer, err := offerer.Wallets(ctx, q)
	offer.Call = w.finish(offer.Call, acquirer.VerbWallets, started, err)
	w.keep(offer.Call)
	return offer, err
}

// Reconcile lets the acquirer compare its books of today with the transaction reports of Alipay+, which hold what all
// scenarios have done so far.
func (w *World) Reconcile(ctx context.Context) (acquirer.Differences, error) {
	reconciler, able := w.setup.Acquirer.(acquirer.Reconciler)
	if !able || !w.setup.Acquirer.Offers(acquirer.VerbDifferences) {
		return acquirer.Differences{}, fmt.Errorf("%s: %w", acquirer.VerbDifferences, acquirer.ErrNotOffered)
	}
	day := w.setup.Clock.Now().In(utc8()).Format(time.DateOnly)
	if err := w.handOver(ctx, reconciler, day); err != nil {
		return acquirer.Differences{}, err
	}
	started := w.setup.Clock.Now()
	told, err := reconciler.Differences(ctx, day)
	told.Call = w.finish(told.Call, acquirer.VerbDifferences, started, err)
	w.keep(told.Call)
	return told, err
}

// handOver gives the acquirer all transaction reports of a day. The scenario's paid orders stand in them, or the day
// has ended meanwhile.
func (w *World) handOver(ctx context.Context, reconciler acquirer.Reconciler, day string) error {
	reports, err := w.setup.Sim.Reports(ctx, control.ReportQuery{Date: day, Texts: true})
	if err != nil {
		return fmt.Errorf("read the reports of Alipay+: %w", err)
	}
	var all strings.Builder
	for _, r := range reports {
		if r.Kind != transactions {
			continue
		}
		started := w.setup.Clock.Now()
		call, err := reconciler.Import(ctx, acquirer.Report{Day: day, Name: path.Base(r.Path), Text: r.Text})
		w.keep(w.finish(call, acquirer.VerbImport, started, err))
		if err != nil {
			return err
		}
		all.WriteString(r.Text)
	}
	for _, p := range w.Payments() {
		for _, id := range p.RequestIDs() {
			if p.State() == acquirer.Paid && !strings.Contains(all.String(), id) {
				return w.NotReached("the clearing day of a payment has ended before its reports could be compared")
			}
		}
	}
	return nil
}

// transactions is the kind of report that lists payments and refunds.
const transactions = "transactionItems"

// utc8 is the zone of clearing days.
func utc8() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }
