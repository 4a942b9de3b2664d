package aps_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

func parse(t *testing.T, text string) *jsontree.Node {
	t.Helper()
	n, err := jsontree.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestCodeTable(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, c := range aps.Codes() {
		if seen[c.Name] || !slices.Contains([]aps.Status{aps.Success, aps.Failure, aps.Unknown}, c.Status) || c.Message == "" {
			t.Errorf("entry %+v", c)
		}
		seen[c.Name] = true
	}
	if len(seen) < 38 {
		t.Errorf("only %d codes", len(seen))
	}
	for name, status := range map[string]aps.Status{
		"SUCCESS": aps.Success, "PAYMENT_IN_PROCESS": aps.Unknown, "UNKNOWN_EXCEPTION": aps.Unknown,
		"REQUEST_TRAFFIC_EXCEED_LIMIT": aps.Unknown, "CANCEL_WINDOW_EXCEED": aps.Failure, "NEVER_HEARD_OF": aps.Failure,
	} {
		if got := aps.ResultOf(name); got.Status != status || got.Code != name {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestCompleteKeepsWhatIsGiven(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want aps.Result }{
		{aps.Result{Code: "RISK_REJECT"}, aps.ResultOf("RISK_REJECT")},
		{aps.Result{Code: "NEW_CODE", Status: aps.Unknown}, aps.Result{Code: "NEW_CODE", Status: aps.Unknown}},
		{aps.Result{Code: "SUCCESS", Message: "done"}, aps.Result{Code: "SUCCESS", Status: aps.Success, Message: "done"}},
	} {
		if got := c.in.Complete(); got != c.want {
			t.Errorf("%+v became %+v, want %+v", c.in, got, c.want)
		}
	}
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, text := range []string{
		"2026-03-04T05:06:07Z", "2026-03-04T10:36:07+05:30", "2026-03-04T13:06:07+0800", "2026-03-04T05:06:07.000Z", "1772600767000",
	} {
		if got, err := aps.ParseTime(text); err != nil || !got.Equal(at) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"2026-03-04T05:06:07", "04.03.2026", "1772600767", "", "2026-13-04T05:06:07Z"} {
		if _, err := aps.ParseTime(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
	if got := aps.FormatTime(at); got != "2026-03-04T13:06:07+08:00" {
		t.Errorf("written %s", got)
	}
}

func TestReadRefund(t *testing.T) {
	t.Parallel()
	req, reading := aps.ReadRefund(parse(t, `{"paymentId":"N1","refundRequestId":"R1","refundAmount":{"currency":"JPY","value":"33"},"refundReason":"broken"}`))
	want := aps.RefundRequest{PaymentID: "N1", RefundRequestID: "R1", Amount: money.Of("JPY", 33), Reason: "broken"}
	if diff := cmp.Diff(want, req); diff != "" || len(reading.Notes)+len(reading.Problems) > 0 {
		t.Errorf("%s reading %+v", diff, reading)
	}
	for name, body := range map[string]string{
		"no payment": `{"refundRequestId":"R1","refundAmount":{"currency":"JPY","value":"33"}}`,
		"no id":      `{"paymentId":"N1","refundAmount":{"currency":"JPY","value":"33"}}`,
		"no amount":  `{"paymentId":"N1","refundRequestId":"R1"}`,
		"null id":    `{"paymentId":null,"refundRequestId":"R1","refundAmount":{"currency":"JPY","value":"33"}}`,
	} {
		if _, reading := aps.ReadRefund(parse(t, body)); len(reading.Problems) != 1 {
			t.Errorf("%s: %+v", name, reading)
		}
	}
}

func TestComparedMembers(t *testing.T) {
	t.Parallel()
	base := aps.PayRequest{
		PaymentRequestID: "P1", Amount: money.Of("SGD", 1), MethodType: "CONNECT_WALLET", Code: "28", Settlement: "SGD",
		Order: aps.Order{Amount: money.Of("SGD", 1), Description: "tea"}, Factor: aps.Factor{InStore: "true", Scenario: "PaymentCode"},
	}
	change := func(f func(*aps.PayRequest)) aps.PayRequest {
		p := base
		f(&p)
		return p
	}
	for name, other := range map[string]aps.PayRequest{
		"amount":     change(func(p *aps.PayRequest) { p.Amount.Value = 2 }),
		"currency":   change(func(p *aps.PayRequest) { p.Amount.Currency = "USD" }),
		"price":      change(func(p *aps.PayRequest) { p.Order.Amount.Value = 2 }),
		"method":     change(func(p *aps.PayRequest) { p.MethodType = "X" }),
		"scenario":   change(func(p *aps.PayRequest) { p.Factor.Scenario = "OrderCode" }),
		"settlement": change(func(p *aps.PayRequest) { p.Settlement = "USD" }),
	} {
		if other.Compared() == base.Compared() {
			t.Errorf("%s is not compared", name)
		}
	}
	for name, same := range map[string]aps.PayRequest{
		"code":        change(func(p *aps.PayRequest) { p.Code = "29" }),
		"description": change(func(p *aps.PayRequest) { p.Order.Description = "coffee" }),
		"expiry":      change(func(p *aps.PayRequest) { p.Expiry = time.Unix(1, 0) }),
	} {
		if same.Compared() != base.Compared() {
			t.Errorf("%s is compared", name)
		}
	}
}

func payment() aps.Payment {
	return aps.Payment{
		AcquirerID: "A", PspID: "W", PaymentRequestID: "P1", PaymentID: "N1", CustomerID: "C", WalletBrandName: "Kaleido Pay",
		Time: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Amount: money.Of("SGD", 100), Settlement: money.Of("SGD", 100),
		Promotions: []aps.Promotion{{ID: "1", Name: "ten", Type: "T", Savings: money.Of("SGD", 10)}},
	}
}

// TestAnswersAreStringsOnly also pins the member sets: what belongs to a success is told only then.
func TestAnswersAreStringsOnly(t *testing.T) {
	t.Parallel()
	success, running := aps.ResultOf("SUCCESS"), aps.ResultOf("PAYMENT_IN_PROCESS")
	for _, c := range []struct {
		name string
		node *jsontree.Node
		want string
	}{
		{"paid", aps.PayAnswer{Result: success, Payment: payment()}.Node(), "result acquirerId paymentId paymentAmount paymentTime pspId customerId walletBrandName settlementAmount"},
		{"running", aps.PayAnswer{Result: running, Payment: payment()}.Node(), "result acquirerId paymentId"},
		{"inquiry paid", aps.InquiryAnswer{Result: success, Outcome: &success, Payment: payment(), Transactions: []aps.Transaction{{Result: success, ID: "N1", Type: "PAYMENT", Status: "SUCCESS"}}}.Node(), "result paymentResult acquirerId paymentRequestId paymentId paymentAmount paymentTime pspId customerId walletBrandName settlementAmount paymentPromoInfo transactions"},
		{"inquiry running", aps.InquiryAnswer{Result: success, Outcome: &running, Payment: payment()}.Node(), "result paymentResult acquirerId paymentRequestId paymentId paymentAmount"},
		{"inquiry refused", aps.InquiryAnswer{Result: aps.ResultOf("ORDER_NOT_EXIST"), Payment: payment()}.Node(), "result"},
		{"cancelled", aps.CancelAnswer{Result: success, AcquirerID: "A", PspID: "W"}.Node(), "result acquirerId pspId"},
		{"refund refused", aps.RefundAnswer{Result: aps.ResultOf("PROCESS_FAIL"), RefundID: "R"}.Node(), "result"},
		{"refunded", aps.RefundAnswer{Result: success, RefundID: "R", Time: time.Unix(1, 0), Amount: money.Of("SGD", 1)}.Node(), "result refundId refundTime refundAmount"},
		{"notification", aps.Notification{Outcome: success, Payment: payment()}.Node(), "paymentResult acquirerId paymentRequestId paymentId paymentAmount paymentTime pspId customerId walletBrandName settlementAmount paymentPromoInfo"},
	} {
		var names []string
		for _, m := range c.node.Members {
			names = append(names, m.Name)
		}
		if diff := cmp.Diff(strings.Fields(c.want), names); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		c.node.Walk(func(path string, v *jsontree.Node) {
			if v.Kind == jsontree.Number || v.Kind == jsontree.Bool || v.Kind == jsontree.Null || v.Kind == jsontree.String && v.Text == "" {
				t.Errorf("%s: %s is no filled string", c.name, path)
			}
		})
	}
}
