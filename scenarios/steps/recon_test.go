package steps

import (
	"context"
	"testing"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// Reports holds one transaction report with the scene's payment in it.
func (s *script) Reports(context.Context, control.ReportQuery) ([]control.Report, error) {
	return []control.Report{{Kind: "feeItems"}, {Kind: "transactionItems", Path: "v1/items_000.csv", Text: s.report}}, nil
}

// bookkeeper names one difference.
type bookkeeper struct {
	cashier
	names    acquirer.Difference
	imported []string
}

func (b *bookkeeper) Import(_ context.Context, r acquirer.Report) (journal.Call, error) {
	b.imported = append(b.imported, r.Name)
	return journal.Call{ID: "import"}, nil
}

func (b *bookkeeper) Differences(context.Context, string) (acquirer.Differences, error) {
	return acquirer.Differences{List: []acquirer.Difference{b.names}, Call: journal.Call{ID: "differences"}}, nil
}

func TestOnlyOwnDifferencesCount(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		names  acquirer.Difference
		report string
		want   string
	}{
		"another scenario's payment": {acquirer.Difference{RequestID: "p-2", Reason: "amount"}, "p-1", "passed"},
		"the scenario's payment":     {acquirer.Difference{RequestID: "p-1", Reason: "amount"}, "p-1", "accused"},
		"nothing said":               {acquirer.Difference{Reason: "amount"}, "p-1", "passed"},
		"the day has ended":          {acquirer.Difference{RequestID: "p-1", Reason: "missing"}, "p-0", "not reached "},
	} {
		books := &bookkeeper{cashier: cashier{states: []acquirer.State{paid}}, names: tt.names}
		s := playAt(t, books)
		s.sim.report = tt.report
		s.says(aps.Pay, success, nil)
		s.shows(t)
		err := compareBooks(s.ctx)
		if err == nil {
			err = nothingDiffers(s.ctx)
		}
		if got := verdictOf(err); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
		if len(books.imported) != 1 || books.imported[0] != "items_000.csv" {
			t.Errorf("%s: imported %v", name, books.imported)
		}
	}
}
