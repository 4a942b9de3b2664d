package wallet

import (
	"context"
	"slices"
	"time"

	"mppsim/wallet/control"
	"mppsim/wallet/network"
	"mppsim/wallet/reconciliation"
)

// readmePath is where the explanation of the reports stands.
const readmePath = "README.txt"

// Reports implements control.API.
func (s *Simulator) Reports(ctx context.Context, q control.ReportQuery) ([]control.Report, error) {
	order, now, err := s.reportOrder(q)
	if err != nil {
		return nil, err
	}
	days := order.Days()
	at := func(m network.Movement) time.Time { return m.Told }
	if q.Calendar == "timeline" {
		at = func(m network.Movement) time.Time { return m.Lived }
	}
	movements, err := s.network.Movements(ctx, func(m network.Movement) bool {
		return (q.Timeline == "" || m.Order.Timeline == q.Timeline) && slices.ContainsFunc(days, reconciliation.Day(at(m)).Equal)
	})
	if err != nil {
		return nil, translate(err)
	}
	items := make([]reconciliation.Item, 0, len(movements))
	for _, m := range movements {
		items = append(items, s.item(m, at(m)))
	}
	files, err := order.Reports(items)
	if err != nil {
		return nil, control.Errorf(control.Invalid, "%v", err)
	}
	views := reportViews(files, q, order, now)
	if q.Path != "" && len(views) == 0 {
		return nil, control.Errorf(control.NotFound, "there is no report %s of %s", q.Path, order.Day.Format(time.DateOnly))
	}
	return views, nil
}

// reportOrder checks what is asked for. now is the time on the calendar that counts.
func (s *Simulator) reportOrder(q control.ReportQuery) (o reconciliation.Order, now time.Time, err error) {
	now = s.options.Clock.Now()
	if q.Timeline != "" || q.Calendar == "timeline" {
		line, err := s.network.Timeline(q.Timeline)
		if err != nil {
			return o, now, translate(err)
		}
		if q.Calendar == "timeline" {
			now = line.Clock.Now()
		}
	}
	o = reconciliation.Order{
		Participant: s.options.AcquirerID, Day: reconciliation.Day(now), Contract: *s.options.Contract, Sandbox: q.Sandbox,
	}
	if q.Date != "" {
		if o.Day, err = reconciliation.ParseDay(q.Date); err != nil {
			return o, now, control.Errorf(control.Invalid, "date %q: want YYYY-MM-DD", q.Date)
		}
	}
	if q.Rows != 0 {
		o.Contract.Rows = q.Rows
	}
	switch err := o.Contract.Check(); {
	case err != nil:
		return o, now, control.Errorf(control.Invalid, "%v", err)
	case q.Calendar != "" && q.Calendar != "wire" && q.Calendar != "timeline":
		return o, now, control.Errorf(control.Invalid, "calendar %q: want wire or timeline", q.Calendar)
	}
	return o, now, nil
}

// item is a movement as the reports tell it.
func (s *Simulator) item(m network.Movement, at time.Time) reconciliation.Item {
	o := m.Order
	_, payment := s.clients.Split(o.PaymentRequestID)
	i := reconciliation.Item{
		Type: reconciliation.Payment, Time: at, PaymentRequestID: payment, PaymentID: o.PaymentID,
		ReferenceOrderID: o.Request().Order.ReferenceOrderID, MerchantID: o.Request().Order.Merchant.ReferenceMerchantID,
		PspID: s.options.PspID, WalletBrand: s.options.WalletBrand,
		Amount: o.Request().Amount, Settlement: o.Settlement.Amount, Interchange: o.Fees.Interchange, Service: o.Fees.Service,
	}
	if store := o.Request().Order.Merchant.Store; store != nil {
		i.StoreID = store.ReferenceStoreID
	}
	if r := m.Refund; r != nil {
		i.Type, i.RefundID = reconciliation.Refund, r.RefundID
		_, i.RefundRequestID = s.clients.Split(r.RefundRequestID)
		i.Amount, i.Settlement, i.Interchange, i.Service = r.Amount, r.Settlement.Amount, r.Fees.Interchange, r.Fees.Service
	}
	return i
}

func reportViews(files []reconciliation.Report, q control.ReportQuery, o reconciliation.Order, now time.Time) []control.Report {
	views := []control.Report{{Path: readmePath, Kind: "readme", Final: true, Text: reconciliation.Readme()}}
	for _, f := range files {
		last := o.Day
		if days := o.Days(); f.Kind == reconciliation.Settlement {
			last = days[len(days)-1]
		}
		views = append(views, control.Report{
			Path: f.Path, Kind: f.Kind, Currency: f.Currency, Count: f.Count, Net: f.Net,
			Final: !now.Before(last.AddDate(0, 0, 1)), Text: string(f.Text),
		})
	}
	views = slices.DeleteFunc(views, func(v control.Report) bool { return q.Path != "" && v.Path != q.Path })
	for i := range views {
		if !q.Texts {
			views[i].Text = ""
		}
	}
	return views
}
