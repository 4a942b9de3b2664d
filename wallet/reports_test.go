package wallet_test

import (
	"encoding/csv"
	"strconv"
	"strings"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/clock"
	"mppsim/wallet/contract"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

// costly is a contract with fees of both kinds.
func costly(o *wallet.Options) {
	c, _ := contract.Parse("contract.yaml", []byte(
		"agreement: AG1\nrows: 1000\nsettlementDays: 2\ncurrencies: [SGD]\nfees: {domestic: {interchange: 1.5, service: 0.7}}"))
	o.Contract = &c
}

// at makes the simulator's clock stand at a time in UTC+8 on Tuesday, 3 November 2026.
func at(m **clock.Manual, hour, minute, second int) func(*wallet.Options) {
	*m = clock.NewManual(time.Date(2026, 11, 3, hour, minute, second, 0, clock.UTC8()))
	return func(o *wallet.Options) { o.Clock = *m }
}

func (r *rig) reports(q control.ReportQuery) []control.Report {
	r.t.Helper()
	q.Texts = true
	list, err := r.api.Reports(r.t.Context(), q)
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}

// cleared are the net amounts in the reports of a kind, by what they are about.
func (r *rig) cleared(q control.ReportQuery) map[string]int64 {
	r.t.Helper()
	net := make(map[string]int64)
	for _, report := range r.reports(q) {
		if report.Kind != "transactionItems" {
			continue
		}
		reader := csv.NewReader(strings.NewReader(report.Text))
		reader.FieldsPerRecord = -1
		lines, err := reader.ReadAll()
		if err != nil {
			r.t.Fatal(err)
		}
		for _, line := range lines[3:] {
			n, err := strconv.ParseInt(line[len(line)-1], 10, 64)
			if err != nil {
				r.t.Fatal(err)
			}
			net[line[2]+line[4]] += n
		}
	}
	return net
}

func TestReportsAgreeWithTheLedger(t *testing.T) {
	t.Parallel()
	var stand *clock.Manual
	r := newRig(t, recorded, costly, at(&stand, 15, 0, 0))
	r.open("off")
	p, abroad := r.payer("rich"), r.payer("from-malaysia")
	want(t, "P1", r.pay("P1", r.code(p), "10000").code(), "SUCCESS")
	want(t, "P2", r.call("pay", settledInYen(r, "P2", r.code(abroad), "777")).code(), "SUCCESS")
	want(t, "P3", r.pay("P3", r.code(p), "500").code(), "SUCCESS")
	want(t, "P4", r.pay("P4", r.code(r.payer("poor")), "500").code(), "USER_BALANCE_NOT_ENOUGH")
	want(t, "P5", r.pay("P5", r.code(r.payer("always-password")), "500").code(), "PAYMENT_IN_PROCESS")
	want(t, "cancel", r.cancel("P3").code(), "SUCCESS")
	want(t, "R1", r.refund("P1", "R1", "3333").code(), "SUCCESS")
	want(t, "R2", r.refund("P2", "R2", "111").code(), "SUCCESS")
	want(t, "R3", r.refund("P2", "R3", "1000").code(), "REFUND_AMOUNT_EXCEED")

	got := r.cleared(control.ReportQuery{})
	for what, net := range map[string]int64{"P1": 10000 - 150 - 70, "P2": 932 - 14 - 7, "P1R1": -3333 + 50, "P2R2": -133 + 2} {
		if got[what] != net {
			t.Errorf("%s is cleared with %d, want %d", what, got[what], net)
		}
	}
	if len(got) != 4 {
		t.Errorf("cleared: %v", got)
	}
	sums := make(map[string]int64)
	for _, report := range r.reports(control.ReportQuery{}) {
		sums[report.Kind+" "+report.Currency] += report.Net.Value
	}
	for _, currency := range []string{"SGD", "JPY"} {
		booked := r.receivable(currency)
		for _, kind := range []string{"transactionItems", "summary", "settlement"} {
			if got := sums[kind+" "+currency]; got != booked || got == 0 {
				t.Errorf("%s in %s sum to %d, the ledger to %d", kind, currency, got, booked)
			}
		}
	}
}

// receivable recomputes from the ledger what the acquirer gets in a currency: what came to it and to its shops.
func (r *rig) receivable(currency string) int64 {
	r.t.Helper()
	entries, err := r.api.Entries(r.t.Context(), r.timeline)
	if err != nil {
		r.t.Fatal(err)
	}
	var sum int64
	for _, e := range entries {
		ours := strings.HasPrefix(e.Account, "acquirer/") || strings.HasPrefix(e.Account, "shop/")
		if ours && e.Amount.Currency == currency {
			sum += e.Amount.Value
		}
	}
	return sum
}

// A payment belongs to the day of its completion, as the acquirer was told it.
func TestMidnightInReports(t *testing.T) {
	t.Parallel()
	var stand *clock.Manual
	r := newRig(t, at(&stand, 23, 59, 58))
	r.open("off")
	p, slow := r.payer("rich"), r.payer("always-password")
	want(t, "before midnight", r.pay("P1", r.code(p), "1").code(), "SUCCESS")
	want(t, "across midnight", r.pay("P2", r.code(slow), "1").code(), "PAYMENT_IN_PROCESS")
	late := r.code(p)
	stand.Advance(4 * time.Second)
	want(t, "after midnight", r.pay("P3", late, "1").code(), "SUCCESS")
	if _, err := r.api.EnterPassword(t.Context(), slow.ID, control.PayerAct{}); err != nil {
		t.Fatal(err)
	}
	want(t, "refund after midnight", r.refund("P1", "R1", "1").code(), "SUCCESS")
	wantKeys(t, "first day", r.cleared(control.ReportQuery{Date: "2026-11-03"}), "P1")
	wantKeys(t, "second day", r.cleared(control.ReportQuery{Date: "2026-11-04"}), "P2", "P3", "P1R1")
	wantKeys(t, "third day", r.cleared(control.ReportQuery{Date: "2026-11-05"}))
	for _, report := range r.reports(control.ReportQuery{Date: "2026-11-03"}) {
		if !report.Final { // the settlement too: two days after a Tuesday that day alone is settled
			t.Errorf("%s is not final", report.Path)
		}
	}
	for _, report := range r.reports(control.ReportQuery{}) {
		if report.Final != (report.Kind == "readme") {
			t.Errorf("today's %s is final: %v", report.Path, report.Final)
		}
	}
}

// Time that passes on a timeline only does not change what the acquirer was told; by the timeline's own calendar it does.
func TestReportsOfAMovedTimeline(t *testing.T) {
	t.Parallel()
	var stand *clock.Manual
	r := newRig(t, at(&stand, 10, 0, 0))
	moved := r.open("off")
	p := r.payer("rich")
	want(t, "pay", r.pay("P1", r.code(p), "100").code(), "SUCCESS")
	if _, err := r.api.MoveTimeline(t.Context(), moved, control.Move{Days: 1}); err != nil {
		t.Fatal(err)
	}
	want(t, "refund a day later", r.refund("P1", "R1", "100").code(), "SUCCESS")
	r.open("off")
	want(t, "another scenario", r.pay("P2", r.code(r.payer("rich")), "100").code(), "SUCCESS")
	wantKeys(t, "on the wire", r.cleared(control.ReportQuery{Date: "2026-11-03"}), "P1", "P1R1", "P2")
	wantKeys(t, "one timeline", r.cleared(control.ReportQuery{Date: "2026-11-03", Timeline: moved}), "P1", "P1R1")
	lived := control.ReportQuery{Date: "2026-11-03", Timeline: moved, Calendar: "timeline"}
	wantKeys(t, "the payer's first day", r.cleared(lived), "P1")
	lived.Date = "2026-11-04"
	wantKeys(t, "the payer's second day", r.cleared(lived), "P1R1")
	if lived.Date = ""; len(r.cleared(lived)) != 1 {
		t.Error("today is the timeline's today")
	}
}

func wantKeys(t *testing.T, what string, got map[string]int64, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if _, found := got[key]; !found {
			t.Errorf("%s: %s is missing in %v", what, key, got)
		}
	}
	if len(got) != len(keys) {
		t.Errorf("%s: %v, want %v", what, got, keys)
	}
}

func TestReportQueries(t *testing.T) {
	t.Parallel()
	var stand *clock.Manual
	r := newRig(t, at(&stand, 10, 0, 0))
	r.open("off")
	p := r.payer("rich")
	for _, id := range []string{"P1", "P2", "P3"} {
		want(t, id, r.pay(id, r.code(p), "100").code(), "SUCCESS")
	}
	list, err := r.api.Reports(t.Context(), control.ReportQuery{Rows: 2, Sandbox: true})
	if err != nil || len(list) != 6 || list[0].Text != "" || list[0].Path != "README.txt" {
		t.Fatalf("%d reports: %+v, %v", len(list), list, err)
	}
	second := "sandbox/settlements/clearing/" + wallet.DefaultAcquirerID + "/20261104/transactionItems_" + wallet.DefaultAcquirerID +
		"_SGD_C20261103_2188000000000001_001.csv"
	one := r.reports(control.ReportQuery{Rows: 2, Sandbox: true, Path: second})
	if len(one) != 1 || one[0].Count != 1 || one[0].Net != money.Of("SGD", 100) || !strings.HasPrefix(one[0].Text, "totalCount,") {
		t.Errorf("one file: %+v", one)
	}
	for what, q := range map[string]control.ReportQuery{
		"date": {Date: "22.11.2026"}, "calendar": {Calendar: "moon"}, "rows": {Rows: -1}, "timeline": {Timeline: "none"}, "report": {Path: "none"},
	} {
		if _, err := r.api.Reports(t.Context(), q); asRefusal(err) == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
