package reconciliation_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mppsim/wallet/clock"
	"mppsim/wallet/contract"
	"mppsim/wallet/money"
	"mppsim/wallet/reconciliation"
)

func terms(t testing.TB, text string) contract.Contract {
	t.Helper()
	c, err := contract.Parse("contract.yaml", []byte("agreement: AG1\nsettlementDays: 2\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// monday is the 2nd of November 2026 at a time in UTC+8.
func monday(hour, minute, second int) time.Time {
	return time.Date(2026, 11, 2, hour, minute, second, 0, clock.UTC8())
}

func order(c contract.Contract) reconciliation.Order {
	return reconciliation.Order{Participant: "P1", Day: monday(0, 0, 0), Contract: c}
}

func payment(id string, at time.Time, amount, settled money.Amount) reconciliation.Item {
	return reconciliation.Item{
		Type: reconciliation.Payment, Time: at, PaymentRequestID: "req-" + id, PaymentID: "pay-" + id, ReferenceOrderID: "order-" + id,
		MerchantID: "M", StoreID: "S", PspID: "W", WalletBrand: "Kaleido Pay", Amount: amount, Settlement: settled,
		Interchange: money.Of(settled.Currency, 0), Service: money.Of(settled.Currency, 0),
	}
}

func write(t testing.TB, o reconciliation.Order, items ...reconciliation.Item) map[string]string {
	t.Helper()
	list, err := o.Reports(items)
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]string, len(list))
	for _, r := range list {
		texts[r.Path] = string(r.Text)
	}
	if len(texts) != len(list) {
		t.Fatalf("%d paths for %d reports", len(texts), len(list))
	}
	return texts
}

func TestReportsOfADay(t *testing.T) {
	t.Parallel()
	yen := payment("1", monday(12, 0, 0).UTC(), money.Of("JPY", 1000), money.Of("SGD", 899))
	yen.Interchange.Value, yen.Service.Value = 9, 2
	back := yen
	back.Type, back.Time, back.RefundRequestID, back.RefundID = reconciliation.Refund, monday(13, 0, 0), "rr-1", "ref-1"
	back.Amount, back.Settlement, back.Interchange, back.Service = money.Of("JPY", 500), money.Of("SGD", 449), money.Of("SGD", 5), money.Of("SGD", 0)
	local := payment("2", monday(11, 0, 0), money.Of("SGD", 250), money.Of("SGD", 250))
	got := write(t, order(terms(t, "rows: 100")), back, yen, local)
	const clearing = "v1/settlements/clearing/P1/20261103/"
	want := map[string]string{
		clearing + "transactionItems_P1_SGD_C20261102_AG1_000.csv": `totalCount,netTotalAmount,settlementCurrency
3,694,SGD
transactionType,transactionTime,paymentRequestId,paymentId,refundRequestId,refundId,referenceOrderId,referenceMerchantId,referenceStoreId,pspId,walletBrandName,transactionCurrency,transactionAmount,settlementCurrency,settlementAmount,interchangeFee,serviceFee,netAmount
PAYMENT,2026-11-02T11:00:00+08:00,req-2,pay-2,,,order-2,M,S,W,Kaleido Pay,SGD,250,SGD,250,0,0,250
PAYMENT,2026-11-02T12:00:00+08:00,req-1,pay-1,,,order-1,M,S,W,Kaleido Pay,JPY,1000,SGD,899,-9,-2,888
REFUND,2026-11-02T13:00:00+08:00,req-1,pay-1,rr-1,ref-1,order-1,M,S,W,Kaleido Pay,JPY,-500,SGD,-449,5,0,-444
`,
		clearing + "summary_P1_SGD_C20261102_AG1_000.csv": `totalCount,netTotalAmount,settlementCurrency
3,694,SGD
transactionType,transactionCurrency,count,transactionAmount,settlementAmount,interchangeFee,serviceFee,netAmount
PAYMENT,JPY,1,1000,899,-9,-2,888
PAYMENT,SGD,1,250,250,0,0,250
REFUND,JPY,1,-500,-449,5,0,-444
`,
		clearing + "feeItems_P1_SGD_C20261102_AG1_000.csv": `totalCount,netTotalAmount,settlementCurrency
3,-6,SGD
transactionType,transactionTime,paymentRequestId,paymentId,refundRequestId,refundId,feeType,feeCurrency,feeAmount
PAYMENT,2026-11-02T12:00:00+08:00,req-1,pay-1,,,INTERCHANGE,SGD,-9
PAYMENT,2026-11-02T12:00:00+08:00,req-1,pay-1,,,SERVICE,SGD,-2
REFUND,2026-11-02T13:00:00+08:00,req-1,pay-1,rr-1,ref-1,INTERCHANGE,SGD,5
`,
		"v1/settlements/settlement/P1/20261104/settlement_P1_SGD_S20261104_AG1_000.csv": `totalCount,netTotalAmount,settlementCurrency
3,694,SGD
clearingDate,clearingBatchId,count,settlementAmount,interchangeFee,serviceFee,netAmount
20261102,C20261102,3,700,-4,-2,694
`,
	}
	for path, text := range want {
		if got[path] != text {
			t.Errorf("%s:\n%s\nwant\n%s", path, got[path], text)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d reports, want %d", len(got), len(want))
	}
}

func TestAnEmptyDayHasReports(t *testing.T) {
	t.Parallel()
	o := order(terms(t, "rows: 100\ncurrencies: [MYR, JPY]"))
	o.Sandbox = true
	got := write(t, o)
	if len(got) != 8 {
		t.Errorf("%d reports", len(got))
	}
	text := got["sandbox/settlements/clearing/P1/20261103/transactionItems_P1_MYR_C20261102_AG1_000.csv"]
	if !strings.HasPrefix(text, "totalCount,netTotalAmount,settlementCurrency\n0,0,MYR\ntransactionType,") || strings.Count(text, "\n") != 3 {
		t.Errorf("an empty report: %q", text)
	}
}

// A settlement on a Monday pays out the days from Thursday to Saturday, whichever of them is asked for.
func TestSettlementOfSeveralDays(t *testing.T) {
	t.Parallel()
	thursday := time.Date(2026, 11, 5, 10, 0, 0, 0, clock.UTC8())
	items := []reconciliation.Item{
		payment("1", thursday, money.Of("SGD", 100), money.Of("SGD", 100)),
		payment("2", thursday.AddDate(0, 0, 2), money.Of("SGD", 20), money.Of("SGD", 20)),
	}
	const path = "v1/settlements/settlement/P1/20261109/settlement_P1_SGD_S20261109_AG1_000.csv"
	const want = "20261105,C20261105,1,100,0,0,100\n20261106,C20261106,0,0,0,0,0\n20261107,C20261107,1,20,0,0,20\n"
	for d := range 3 {
		o := order(terms(t, "rows: 1"))
		o.Day = reconciliation.Day(thursday).AddDate(0, 0, d)
		got := write(t, o, items...)
		if !strings.HasPrefix(got[path], "totalCount,netTotalAmount,settlementCurrency\n2,120,SGD\n") || !strings.HasSuffix(got[path], want) {
			t.Errorf("settlement as seen from day %d:\n%s", d, got[path])
		}
	}
}

func TestTheDayIsThatOfCompletionInUTC8(t *testing.T) {
	t.Parallel()
	one := money.Of("SGD", 1)
	items := []reconciliation.Item{
		payment("before", monday(0, 0, 0).Add(-time.Second), one, one), payment("first", monday(0, 0, 0), one, one),
		payment("last", monday(23, 59, 59).UTC(), one, one), payment("after", monday(24, 0, 0).UTC(), one, one),
	}
	text := write(t, order(terms(t, "rows: 9")), items...)["v1/settlements/clearing/P1/20261103/transactionItems_P1_SGD_C20261102_AG1_000.csv"]
	for id, inside := range map[string]bool{"before": false, "first": true, "last": true, "after": false} {
		if strings.Contains(text, "pay-"+id) != inside {
			t.Errorf("%s is in the report: %v, want %v", id, !inside, inside)
		}
	}
}

func TestTooManyFilesAreRefused(t *testing.T) {
	t.Parallel()
	var items []reconciliation.Item
	for i := range 1001 {
		items = append(items, payment(strconv.Itoa(i), monday(1, 0, 0), money.Of("SGD", 1), money.Of("SGD", 1)))
	}
	if _, err := order(terms(t, "rows: 1")).Reports(items); err == nil || !strings.Contains(err.Error(), "rows") {
		t.Errorf("1001 files: %v", err)
	}
	if _, err := order(terms(t, "rows: 1")).Reports(items[:1000]); err != nil {
		t.Errorf("1000 files: %v", err)
	}
}

// Whatever the items are and however the reports are cut: each item stands in exactly one file, each file sums its own rows,
// and transactions, summary and settlement have the same total; so has the fee report for the fees.
func TestReportsAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.IntRange(1, 5).Draw(rt, "rows")
		o := order(terms(t, fmt.Sprintf("rows: %d\ncurrencies: [SGD]", rows)))
		var items []reconciliation.Item
		net, fees := map[string]int64{"SGD": 0}, map[string]int64{}
		for i := range rapid.IntRange(0, 20).Draw(rt, "items") {
			item := drawItem(rt, i)
			items = append(items, item)
			net[item.Settlement.Currency] += item.Net().Value
			fees[item.Settlement.Currency] += item.Net().Value - map[string]int64{"PAYMENT": 1, "REFUND": -1}[item.Type]*item.Settlement.Value
		}
		list, err := o.Reports(items)
		if err != nil {
			rt.Fatal(err)
		}
		sums, seen := make(map[string]int64), 0
		for _, r := range list {
			lines := readAll(rt, r.Text)
			column := slices.Index(lines[2], "netAmount")
			if r.Kind == reconciliation.Fee {
				column = slices.Index(lines[2], "feeAmount")
			}
			var sum int64
			for _, line := range lines[3:] {
				sum += atoi(rt, line[column])
			}
			if atoi(rt, lines[1][1]) != sum || r.Net != money.Of(r.Currency, sum) || lines[1][2] != r.Currency || atoi(rt, lines[1][0]) != int64(r.Count) {
				rt.Fatalf("%s says %v, its rows sum to %d", r.Path, lines[1], sum)
			}
			sums[r.Kind+r.Currency] += sum
			if r.Kind == reconciliation.Transactions {
				seen += len(lines) - 3
				if len(lines)-3 > rows {
					rt.Fatalf("%s has %d rows", r.Path, len(lines)-3)
				}
			}
		}
		for currency, want := range net {
			for _, kind := range []string{reconciliation.Transactions, reconciliation.Summary, reconciliation.Settlement} {
				if got := sums[kind+currency]; got != want {
					rt.Fatalf("%s in %s sums to %d, want %d", kind, currency, got, want)
				}
			}
			if got := sums[reconciliation.Fee+currency]; got != fees[currency] {
				rt.Fatalf("fees in %s are %d, want %d", currency, got, fees[currency])
			}
		}
		if seen != len(items) {
			rt.Fatalf("%d items in the reports, want %d", seen, len(items))
		}
	})
}

func drawItem(rt *rapid.T, i int) reconciliation.Item {
	currency := rapid.SampledFrom([]string{"SGD", "JPY", "KWD"}).Draw(rt, "settlement")
	amount := money.Of(rapid.SampledFrom([]string{"SGD", "JPY"}).Draw(rt, "currency"), rapid.Int64Range(1, 10_000).Draw(rt, "amount"))
	at := monday(0, 0, 0).Add(time.Duration(rapid.IntRange(0, 86_399).Draw(rt, "second")) * time.Second)
	item := payment(strconv.Itoa(i), at, amount, money.Of(currency, rapid.Int64Range(0, 10_000).Draw(rt, "settled")))
	item.Interchange.Value, item.Service.Value = rapid.Int64Range(0, 9).Draw(rt, "interchange"), rapid.Int64Range(0, 9).Draw(rt, "service")
	item.Type = rapid.SampledFrom([]string{reconciliation.Payment, reconciliation.Refund}).Draw(rt, "type")
	return item
}

func readAll(rt *rapid.T, text []byte) [][]string {
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	lines, err := r.ReadAll()
	if err != nil || len(lines) < 3 {
		rt.Fatalf("%d lines, %v", len(lines), err)
	}
	return lines
}

func atoi(rt *rapid.T, text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		rt.Fatal(err)
	}
	return n
}

func TestReadmeNamesEveryColumn(t *testing.T) {
	t.Parallel()
	text := reconciliation.Readme()
	for path, report := range write(t, order(terms(t, "rows: 1\ncurrencies: [SGD]"))) {
		for name := range strings.SplitSeq(strings.Split(report, "\n")[2], ",") {
			if !strings.Contains(text, "\n  "+name+" ") {
				t.Errorf("column %s of %s is not explained", name, path)
			}
		}
	}
}
