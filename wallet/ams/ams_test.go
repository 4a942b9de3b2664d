package ams

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

func dialect(t testing.TB) *Dialect {
	t.Helper()
	protocol, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	d, err := New(protocol)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func parse(t testing.TB, text string) *jsontree.Node {
	t.Helper()
	n, err := jsontree.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func text(n *jsontree.Node) string { return string(n.Write(jsontree.Layout{})) }

// TestEveryResultOfAlipayPlusHasANameHere makes sure that no answer tells a code that its operation does not have, and
// that the status survives.
func TestEveryResultOfAlipayPlusHasANameHere(t *testing.T) {
	t.Parallel()
	d := dialect(t)
	for api := range names() {
		for _, code := range aps.Codes() {
			given := aps.ResultOf(code.Name)
			got := d.Result(api, given)
			known, found := d.Operation(api).Code(got.Code)
			if !found || known.Status != string(got.Status) || got.Status != given.Status || got.Message == "" {
				t.Errorf("%s: %s becomes %+v", api, code.Name, got)
			}
		}
	}
}

// TestEveryCodeOfTheDoorCanBeForced shows that faults can have every documented code.
func TestEveryCodeOfTheDoorCanBeForced(t *testing.T) {
	t.Parallel()
	d := dialect(t)
	for api := range names() {
		for _, code := range d.Operation(api).Codes {
			want := aps.Result{Code: code.Name, Status: aps.Status(code.Status), Message: code.Message}
			if got := d.Forced(api, aps.Result{Code: code.Name}.Complete()); got.Code != want.Code {
				t.Errorf("%s: %s becomes %+v", api, code.Name, got)
			}
			if got := d.Forced(api, want); got != want {
				t.Errorf("%s: %+v becomes %+v", api, want, got)
			}
		}
	}
	odd := aps.Result{Code: "NEVER_HEARD_OF", Status: aps.Unknown, Message: "x"}
	if got := d.Forced(aps.Pay, odd); got != odd {
		t.Errorf("an unknown code becomes %+v", got)
	}
	if got := d.Forced(aps.CancelPayment, aps.Result{Code: "SUCCESS", Status: aps.Failure}); got.Status != aps.Failure {
		t.Errorf("the status of a lie becomes %+v", got)
	}
}

func TestStatusOfAPayment(t *testing.T) {
	t.Parallel()
	d := dialect(t)
	for _, tt := range []struct {
		state  aps.State
		result string
		want   string
	}{
		{aps.Paid, "SUCCESS", "SUCCESS SUCCESS"},
		{aps.Running, "PAYMENT_IN_PROCESS", "PROCESSING PAYMENT_IN_PROCESS"},
		{aps.Refused, "USER_BALANCE_NOT_ENOUGH", "FAIL USER_BALANCE_NOT_ENOUGH"},
		{aps.Refused, "INVALID_CODE", "FAIL INVALID_PAYMENT_CODE"},
		{aps.Refused, "REGULATION_RESTRICTION", "FAIL PROCESS_FAIL"},
		{aps.Expired, "ORDER_IS_CLOSED", "FAIL ORDER_IS_CLOSED"},
		{aps.Cancelled, "ORDER_IS_CLOSED", "CANCELLED ORDER_IS_CANCELED"},
	} {
		outcome := aps.ResultOf(tt.result)
		answer := d.Inquiry(aps.InquiryAnswer{Result: aps.ResultOf("SUCCESS"), Outcome: &outcome, Payment: aps.Payment{State: tt.state}})
		f := aps.FieldsOf(answer)
		if got := f.Text("paymentStatus") + " " + f.Text("paymentResultCode"); got != tt.want || f.Text("result.resultStatus") != "S" {
			t.Errorf("%s %s: %s", tt.state, tt.result, text(answer))
		}
		back := Outcome(aps.InquiryPayment, answer)
		if back.Status != outcome.Status {
			t.Errorf("%s %s: read back as %+v", tt.state, tt.result, back)
		}
	}
}

func TestWhyARefundIsRefused(t *testing.T) {
	t.Parallel()
	d := dialect(t)
	for _, tt := range []struct {
		found       aps.State
		code, wants string
	}{
		{aps.Running, "PROCESS_FAIL", "ORDER_STATUS_INVALID"},
		{aps.Refused, "ORDER_IS_CLOSED", "ORDER_STATUS_INVALID"},
		{aps.Expired, "ORDER_IS_CLOSED", "ORDER_IS_CLOSED"},
		{aps.Cancelled, "ORDER_IS_CLOSED", "ORDER_IS_CANCELED"},
		{aps.Paid, "PROCESS_FAIL", "PROCESS_FAIL"}, // by the wallet
		{aps.Paid, "USER_NOT_EXIST", "PROCESS_FAIL"},
		{aps.Paid, "REFUND_WINDOW_EXCEED", "REFUND_WINDOW_EXCEED"},
		{aps.Running, "REPEAT_REQ_INCONSISTENT", "REPEAT_REQ_INCONSISTENT"},
	} {
		answer := d.Refund(aps.RefundAnswer{Result: aps.ResultOf(tt.code), Found: tt.found})
		if got := aps.FieldsOf(answer).Text("result.resultCode"); got != tt.wants {
			t.Errorf("%s of a payment that was %s: %s", tt.code, tt.found, text(answer))
		}
	}
}

// paid is a payment with everything that can be told.
func paid() aps.Payment {
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	quote := aps.Quote{ID: "Q1", Pair: "SGD/MYR", Price: "3.33055347", Start: at, Expiry: at.Add(time.Hour)}
	return aps.Payment{
		AcquirerID: "A", PspID: "W", PaymentRequestID: "P1", PaymentID: "N1", CustomerID: "10221880000", WalletBrandName: "Kaleido Pay",
		Time: at, Created: at, Amount: money.Of("SGD", 500), Debited: money.Of("MYR", 1665), DebitQuote: quote,
		Settlement: money.Of("MYR", 1665), SettlementQuote: quote, State: aps.Paid,
		Promotions: []aps.Promotion{{ID: "X", Name: "Off", Type: "CASHLESS_FIXED_VOUCHER", Savings: money.Of("SGD", 10)}},
	}
}

func TestAnswersKeepTheCatalogue(t *testing.T) {
	t.Parallel()
	d := dialect(t)
	success, p := aps.ResultOf("SUCCESS"), paid()
	refund := aps.RefundAnswer{
		Result: success, RefundID: "B1", RefundRequestID: "R1", PaymentID: "N1", Time: p.Time, Amount: p.Amount, Settlement: p.Settlement,
		SettlementQuote: p.SettlementQuote,
	}
	for api, answer := range map[aps.API]*jsontree.Node{
		aps.Pay: d.Pay(aps.PayAnswer{Result: success, Payment: p}),
		aps.InquiryPayment: d.Inquiry(aps.InquiryAnswer{Result: success, Outcome: &success, Payment: p, Transactions: []aps.Transaction{
			{Type: "PAYMENT", Status: "SUCCESS", Result: success}, {Type: "REFUND", Status: "SUCCESS", Result: success, RequestID: "R1", Amount: p.Amount},
		}}),
		aps.CancelPayment: d.Cancel(aps.CancelAnswer{Result: success, Payment: p}),
		aps.Refund:        d.Refund(refund),
		aps.InquiryRefund: d.InquiryRefund(aps.RefundInquiryAnswer{Result: success, Refund: refund}),
	} {
		if v := d.Operation(api).ValidateTree(catalogue.Response, answer); len(v.Violations)+len(v.Unknown) > 0 {
			t.Errorf("%s: %+v %v\n%s", api, v.Violations, v.Unknown, text(answer))
		}
		for _, foreign := range []string{"acquirerId", "paymentPromoInfo", "settlementAmount", "baseCurrency", `"guaranteed":"`, `"quotePrice":"`} {
			if strings.Contains(text(answer), foreign) {
				t.Errorf("%s tells %s:\n%s", api, foreign, text(answer))
			}
		}
	}
	if list := d.Inquiry(aps.InquiryAnswer{Result: success, Outcome: &success, Transactions: []aps.Transaction{{Type: "PAYMENT"}}}).Get("transactions"); list != nil {
		t.Error("a payment is listed as its own transaction")
	}
}

func TestOfferWinsOverItsUndecidedResult(t *testing.T) {
	t.Parallel()
	d := dialect(t)
	p := paid()
	p.Offer = &aps.Offer{Form: &aps.OrderCodeForm{Expiry: p.Time, Details: []aps.CodeDetail{{ValueType: "QRCODE", Value: "https://x", DisplayType: "TEXT"}}}}
	for code, want := range map[string]string{"PAYMENT_IN_PROCESS": "SUCCESS form", "UNKNOWN_EXCEPTION": "UNKNOWN_EXCEPTION", "SUCCESS": "SUCCESS", "RISK_REJECT": "RISK_REJECT"} {
		answer := d.Pay(aps.PayAnswer{Result: aps.ResultOf(code), Payment: p})
		got := aps.FieldsOf(answer).Text("result.resultCode")
		if answer.Get("orderCodeForm") != nil {
			got += " form"
		}
		if got != want {
			t.Errorf("%s: %s", code, text(answer))
		}
	}
}

func TestMaskedCustomers(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"": "", "abc": "***", "abcdef": "******", "10221880000": "102****000"} {
		if got := masked(id); got != want {
			t.Errorf("%q: %q, want %q", id, got, want)
		}
	}
}

const payText = `{"productCode":"IN_STORE_PAYMENT","paymentRequestId":"P1","order":{"orderDescription":"tea","orderAmount":{"currency":"SGD","value":"500"},` +
	`"merchant":{"referenceMerchantId":"M-1","merchantName":"Corner","merchantMCC":"5411","store":{"referenceStoreId":"S-1","storeName":"Corner","storeMCC":"5411"}},` +
	`"env":{"storeTerminalId":"T-1","storeTerminalRequestTime":"2026-03-04T05:06:07Z"}},"paymentAmount":{"currency":"SGD","value":"500"},` +
	`"paymentMethod":{"paymentMethodType":"CONNECT_WALLET","paymentMethodId":"2810 0102"},"paymentNotifyUrl":"https://a.example/n",` +
	`"paymentFactor":{"inStorePaymentScenario":"PaymentCode"},"merchantRegion":"SG"}`

func TestReadPay(t *testing.T) {
	t.Parallel()
	d := dialect(t)
	for _, tt := range []struct {
		name, old, new string
		product        aps.Product
		life           time.Duration
		noted, refused bool
	}{
		{name: "as documented", product: aps.ByPaymentCode, life: 10 * time.Minute},
		{name: "capitals", old: `"PaymentCode"`, new: `"PAYMENTCODE"`, product: aps.ByPaymentCode, life: 10 * time.Minute, noted: true},
		{name: "order code", old: `"PaymentCode"`, new: `"ordercode"`, product: aps.ByOrderCode, life: 3 * time.Minute, noted: true},
		{name: "entry code", old: `"PaymentCode"`, new: `"EntryCode"`, product: aps.ByEntryCode, life: 3 * time.Minute, noted: true},
		{name: "native number", old: `"value":"500"},"paymentMethod"`, new: `"value":500},"paymentMethod"`, product: aps.ByPaymentCode, life: 10 * time.Minute, noted: true},
		{name: "another scenario", old: `"PaymentCode"`, new: `"Cashier"`, product: aps.ByPaymentCode, life: 10 * time.Minute, refused: true},
		{name: "no code", old: `,"paymentMethodId":"2810 0102"`, product: aps.ByPaymentCode, life: 10 * time.Minute, refused: true},
	} {
		body := payText
		if tt.old != "" {
			body = strings.Replace(payText, tt.old, tt.new, 1)
		}
		req, reading := d.ReadPay(parse(t, body))
		if req.Product != tt.product || req.Life.Standard != tt.life || req.Amount != money.Of("SGD", 500) || req.Door != aps.InStore {
			t.Errorf("%s: %+v", tt.name, req)
		}
		if len(reading.Notes)+len(reading.Lenient) > 0 != tt.noted || len(reading.Problems) > 0 != tt.refused {
			t.Errorf("%s: %+v", tt.name, reading)
		}
	}
	req, _ := d.ReadPay(parse(t, payText))
	if req.Code != "28100102" || req.Order.Merchant.Place() != "SG" || req.Order.Merchant.Store.TerminalID != "T-1" {
		t.Errorf("%+v %+v", req, req.Order.Merchant)
	}
}

func TestOutcome(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		api  aps.API
		body string
		want aps.Status
	}{
		{aps.Pay, `{"result":{"resultStatus":"S"}}`, ""},
		{aps.Pay, `{"result":{"resultStatus":"S"},"orderCodeForm":{}}`, aps.Unknown},
		{aps.Pay, `{"result":{"resultStatus":"S"},"redirectActionForm":{}}`, aps.Unknown},
		{aps.InquiryPayment, `{"paymentStatus":"CANCELLED"}`, aps.Failure},
		{aps.InquiryPayment, `{"paymentStatus":"PENDING"}`, ""},
		{aps.NotifyPayment, `{"result":{"resultStatus":"S"}}`, aps.Success},
		{aps.CancelPayment, `{"result":{"resultStatus":"S"}}`, ""},
	} {
		if got := Outcome(tt.api, parse(t, tt.body)); got.Status != tt.want {
			t.Errorf("%s %s: %+v", tt.api, tt.body, got)
		}
	}
}

func TestRegistrationIsTranslated(t *testing.T) {
	t.Parallel()
	d := dialect(t)
	sent := parse(t, `{"registrationRequestId":"R1","registrationNotifyURL":"https://a.example"}`)
	if got := text(Registration(sent)); got != `{"registrationRequestId":"R1","registrationNotifyUrl":"https://a.example"}` {
		t.Error(got)
	}
	if got := text(sent); !strings.Contains(got, notifyURL) {
		t.Errorf("the message itself was changed: %s", got)
	}
	answer := aps.NewAnswer(aps.ResultOf("PROCESS_FAIL")).Text("passThroughInfo", "x").Node()
	f := aps.FieldsOf(d.Answer(aps.Registration, answer))
	if f.Text("result.resultCode") != "REGISTRATION_UNDER_REVIEW" || f.Text("passThroughInfo") != "x" {
		t.Errorf("%s", text(d.Answer(aps.Registration, answer)))
	}
}

func TestMistakesInTheTranslationTableAreFound(t *testing.T) {
	t.Parallel()
	for _, codes := range []map[aps.API]map[string]string{
		{"unheardOf": {"A": "SUCCESS"}},
		{aps.CancelPayment: {"PROCESS_FAIL": "REFUND_AMOUNT_EXCEED"}},
	} {
		d := dialect(t)
		d.codes = codes
		if d.checkCodes() == nil {
			t.Errorf("%v is taken", codes)
		}
	}
	if !slices.Equal(dialect(t).Paths(aps.CancelPayment), []string{"/ams/api/v1/payments/cancel", "/ams/sandbox/api/v1/payments/cancel"}) {
		t.Error("paths of cancel")
	}
}
