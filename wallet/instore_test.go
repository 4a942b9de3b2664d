package wallet_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/sign"
)

// inStoreOperation is what the catalogue says of an operation of the in-store door.
func inStoreOperation(t testing.TB, name string) *catalogue.Operation {
	t.Helper()
	all, err := protocol()
	if err != nil {
		t.Fatal(err)
	}
	op, found := all.Operation("ams", name)
	if !found {
		t.Fatalf("the in-store door has no %s", name)
	}
	return op
}

// till is a client of the in-store door.
type till struct {
	*rig
	header http.Header
}

// ask makes a signed call; question and answer must keep the catalogue.
func (c till) ask(name, body string) aps.Fields {
	c.t.Helper()
	root, err := jsontree.Parse([]byte(body))
	if err != nil {
		c.t.Fatal(err)
	}
	keeps(c.t, inStoreOperation(c.t, name), catalogue.Request, root)
	return c.blurt(name, body)
}

// blurt is ask with a question that may break rules.
func (c till) blurt(name, body string) aps.Fields {
	c.t.Helper()
	op := inStoreOperation(c.t, name)
	req := c.requestTo(op.Path, body)
	maps.Copy(req.Header, c.header)
	a, err := c.do(req)
	if err != nil || a.status != http.StatusOK || a.valid != sign.Valid {
		c.t.Fatalf("%s: status %d, signature %s, body %s, error %v", name, a.status, a.valid, a.raw, err)
	}
	keeps(c.t, op, catalogue.Response, a.body)
	return aps.FieldsOf(a.body)
}

// till opens a certification timeline with a till.
func (r *rig) till() till {
	r.t.Helper()
	r.open("certify")
	return till{rig: r}
}

// inStoreSale is a pay request at the in-store door.
type inStoreSale struct {
	id, value, code string
	scenario        string // default PaymentCode
	currency        string // default SGD
	settlement      string // default: none named
	expiry          string
}

func (r *rig) inStoreBody(s inStoreSale) string {
	if s.scenario == "" {
		s.scenario = "PaymentCode"
	}
	if s.currency == "" {
		s.currency = "SGD"
	}
	amount := fmt.Sprintf(`{"currency":%q,"value":%q}`, s.currency, s.value)
	method, extra := `"paymentMethodType":"CONNECT_WALLET"`, ""
	if s.code != "" {
		method += fmt.Sprintf(`,"paymentMethodId":%q`, s.code)
	}
	if s.settlement != "" {
		extra += fmt.Sprintf(`,"settlementStrategy":{"settlementCurrency":%q}`, s.settlement)
	}
	if s.expiry != "" {
		extra += fmt.Sprintf(`,"paymentExpiryTime":%q`, s.expiry)
	}
	return fmt.Sprintf(`{"productCode":"IN_STORE_PAYMENT","paymentRequestId":%q,"order":{"referenceOrderId":"order-%s","orderDescription":"tea","orderAmount":%s,`+
		`"merchant":{"referenceMerchantId":"M-1","merchantName":"Corner","merchantMCC":"5411","merchantAddress":{"region":"SG"},`+
		`"store":{"referenceStoreId":"S-1","storeName":"Corner","storeMCC":"5411"}},`+
		`"env":{"storeTerminalId":"T-1","storeTerminalRequestTime":"2026-11-22T12:00:00+08:00","userAgent":"AlipayConnect/1.0"}},`+
		`"paymentAmount":%s,"paymentMethod":{%s},"paymentNotifyUrl":%q,"paymentFactor":{"inStorePaymentScenario":%q}%s}`,
		s.id, s.id, amount, amount, method, r.inbox.URL+"/notify", s.scenario, extra)
}

func (c till) pay(s inStoreSale) aps.Fields {
	c.t.Helper()
	c.expect("order-" + s.id)
	return c.ask("pay", c.inStoreBody(s))
}

func (c till) inquire(id string) aps.Fields {
	c.t.Helper()
	return c.ask("inquiryPayment", fmt.Sprintf(`{"paymentRequestId":%q}`, id))
}

func (c till) refund(paymentID, id, value string) aps.Fields {
	c.t.Helper()
	return c.ask("refund", fmt.Sprintf(`{"refundRequestId":%q,"paymentId":%q,"refundAmount":{"currency":"SGD","value":%q}}`, id, paymentID, value))
}

func (c till) cancel(id string) aps.Fields {
	c.t.Helper()
	return c.ask("cancel", fmt.Sprintf(`{"paymentRequestId":%q}`, id))
}

// stands is status and code of a payment as an inquiry tells them.
func (c till) stands(id string) string {
	c.t.Helper()
	f := c.inquire(id)
	return f.Text("paymentStatus") + " " + f.Text("paymentResultCode")
}

func TestInStorePaymentCode(t *testing.T) {
	t.Parallel()
	c := newRig(t).till()
	p := c.payer("rich")
	sale := inStoreSale{id: "P1", value: "1000", code: c.code(p)}
	paid := c.pay(sale)
	want(t, "pay", codeOf(paid)+" "+paid.Text("paymentRequestId")+" "+paid.Text("actualPaymentAmount.value"), "SUCCESS P1 1000")
	want(t, "wallet", paid.Text("pspCustomerInfo.pspName")+" "+paid.Text("pspCustomerInfo.pspCustomerId"), "Kaleido Pay "+p.CustomerID)
	if shown := paid.Text("pspCustomerInfo.displayCustomerId"); shown == p.CustomerID || !strings.Contains(shown, "*") {
		t.Errorf("the customer is shown as %q", shown)
	}
	c.wantMoved("payer/"+p.ID, -1000)
	c.wantMoved("shop/M-1", 1000)
	again := c.pay(sale)
	want(t, "the same again", codeOf(again)+again.Text("paymentId"), "SUCCESS"+paid.Text("paymentId"))
	want(t, "another amount", codeOf(c.pay(inStoreSale{id: "P1", value: "999", code: sale.code})), "REPEAT_REQ_INCONSISTENT")
	want(t, "another code", codeOf(c.pay(inStoreSale{id: "P1", value: "1000", code: c.code(p)})), "REPEAT_REQ_INCONSISTENT")
	want(t, "inquiry", c.stands("P1"), "SUCCESS SUCCESS")
	want(t, "used code", codeOf(c.pay(inStoreSale{id: "P2", value: "1000", code: sale.code})), "INVALID_PAYMENT_CODE")
	want(t, "no such order", codeOf(c.inquire("P9")), "ORDER_NOT_EXIST")

	back := c.refund(paid.Text("paymentId"), "R1", "400")
	want(t, "refund", codeOf(back)+back.Text("refundRequestId")+back.Text("paymentId"), "SUCCESSR1"+paid.Text("paymentId"))
	for _, by := range []string{`{"refundRequestId":"R1"}`, fmt.Sprintf(`{"refundId":%q,"refundRequestId":"other"}`, back.Text("refundId"))} {
		r := c.ask("inquiryRefund", by)
		want(t, "inquiryRefund by "+by, r.Text("refundStatus")+r.Text("refundAmount.value")+r.Text("refundId"), "SUCCESS400"+back.Text("refundId"))
	}
	if e := c.last(aps.InquiryRefund); e.Door != "ams" || e.PaymentRequestID != "P1" || e.RefundRequestID != "R1" || e.Timeline != c.timeline {
		t.Errorf("recorded %+v", e)
	}
	want(t, "too much", codeOf(c.refund(paid.Text("paymentId"), "R2", "601")), "REFUND_AMOUNT_EXCEED")
	failed := c.ask("inquiryRefund", `{"refundRequestId":"R2"}`)
	want(t, "a refused refund", codeOf(failed)+" "+failed.Text("refundStatus"), "SUCCESS FAIL")
	want(t, "an unknown refund", codeOf(c.ask("inquiryRefund", `{"refundRequestId":"R9"}`)), "ORDER_NOT_EXIST")
	listed := c.inquire("P1")
	want(t, "listed", listed.Text("transactions.0.transactionType")+listed.Text("transactions.0.transactionRequestId"), "REFUNDR1")
	want(t, "cancel of a refunded payment", codeOf(c.cancel("P1")), "PROCESS_FAIL")
	c.wantMoved("payer/"+p.ID, -600)
}

// TestOrdersCancelledInStoreBeforeTheyComeAreOver: the door says that there is no such order, and takes none later, nor does
// the other door.
func TestOrdersCancelledInStoreBeforeTheyComeAreOver(t *testing.T) {
	t.Parallel()
	c := newRig(t).till()
	p := c.payer("rich")
	early := inStoreSale{id: "P0", value: "5", code: c.code(p)}
	for range 2 {
		want(t, "cancel", codeOf(c.cancel("P0")), "ORDER_NOT_EXIST")
		want(t, "inquiry", codeOf(c.inquire("P0")), "ORDER_NOT_EXIST")
	}
	for range 2 {
		want(t, "the pay that comes late", codeOf(c.pay(early)), "ORDER_IS_CANCELED")
	}
	want(t, "at the other door", c.rig.pay("P0", c.code(p), "5").code(), "ORDER_IS_CLOSED")
	want(t, "cancel at the other door", c.rig.cancel("P0").code(), "SUCCESS")
	want(t, "inquiry at the other door", c.rig.inquire("P0").outcome(), "ORDER_IS_CLOSED")
	want(t, "cancel again", codeOf(c.cancel("P0")), "ORDER_NOT_EXIST")
	want(t, "an order of which only the paymentId is known", codeOf(c.ask("cancel", `{"paymentId":"nothing"}`)), "ORDER_NOT_EXIST")
	c.wantMoved("payer/"+p.ID, 0)

	want(t, "cancelled at the other door", c.rig.cancel("P1").code(), "SUCCESS")
	want(t, "cancel of the same in store", codeOf(c.cancel("P1")), "ORDER_NOT_EXIST")
	want(t, "its inquiry in store", codeOf(c.inquire("P1")), "ORDER_NOT_EXIST")
}

func TestInStoreCancellation(t *testing.T) {
	t.Parallel()
	c := newRig(t).till()
	p := c.payer("rich")
	sale := inStoreSale{id: "P1", value: "1000", code: c.code(p)}
	paid := c.pay(sale)
	want(t, "an order that never came", codeOf(c.cancel("P0")), "ORDER_NOT_EXIST")
	gone := c.cancel("P1")
	want(t, "cancel", codeOf(gone)+gone.Text("paymentId")+gone.Text("paymentRequestId"), "SUCCESS"+paid.Text("paymentId")+"P1")
	c.wantMoved("payer/"+p.ID, 0)
	want(t, "inquiry", c.stands("P1"), "CANCELLED ORDER_IS_CANCELED")
	want(t, "pay again", codeOf(c.pay(sale)), "ORDER_IS_CANCELED")
	want(t, "refund", codeOf(c.refund(paid.Text("paymentId"), "R1", "1000")), "ORDER_IS_CANCELED")
	want(t, "cancel again", codeOf(c.cancel("P1")), "SUCCESS")
	c.pay(inStoreSale{id: "P2", value: "1000", code: c.code(p)})
	c.move(48 * time.Hour)
	want(t, "too late", codeOf(c.cancel("P2")), "CANCEL_WINDOW_EXCEED")
}

func TestInStoreUndecidedAndFailedPayments(t *testing.T) {
	t.Parallel()
	c := newRig(t).till()
	asks, poor := c.payer("always-password"), c.payer("poor")
	open := c.pay(inStoreSale{id: "P1", value: "1000", code: c.code(asks)})
	want(t, "pay", codeOf(open)+open.Text("result.resultStatus"), "PAYMENT_IN_PROCESSU")
	want(t, "inquiry", c.stands("P1"), "PROCESSING PAYMENT_IN_PROCESS")
	want(t, "refund of an open payment", codeOf(c.refund(open.Text("paymentId"), "R1", "1")), "ORDER_STATUS_INVALID")
	c.move(9 * time.Minute)
	want(t, "after nine minutes", c.stands("P1"), "PROCESSING PAYMENT_IN_PROCESS")
	c.moveUntil(30*time.Second, func() bool { return c.stands("P1") == "FAIL ORDER_IS_CLOSED" })
	failed := c.pay(inStoreSale{id: "P2", value: "1000000000", code: c.code(poor)})
	want(t, "no money", codeOf(failed), "USER_BALANCE_NOT_ENOUGH")
	want(t, "inquiry", c.stands("P2"), "FAIL USER_BALANCE_NOT_ENOUGH")
	want(t, "refund of a failed payment", codeOf(c.refund(failed.Text("paymentId"), "R2", "1")), "ORDER_STATUS_INVALID")
	want(t, "the stored answer", codeOf(c.refund(open.Text("paymentId"), "R1", "1")), "ORDER_STATUS_INVALID")
}

func TestInStoreNotifiesSuccessesOnly(t *testing.T) {
	t.Parallel()
	c := newRig(t).till()
	rich, poor := c.payer("rich"), c.payer("poor")
	c.pay(inStoreSale{id: "P1", value: "1000000000", code: c.code(poor)})
	c.pay(inStoreSale{id: "P2", value: "1000", code: c.code(rich)})
	n := c.awaitNotices(1)[0]
	keeps(t, inStoreOperation(t, "notifyPayment"), catalogue.Request, n.body)
	f := aps.FieldsOf(n.body)
	want(t, "notification", f.Text("notifyType")+" "+f.Text("paymentRequestId")+" "+codeOf(f), "PAYMENT_RESULT P2 SUCCESS")
	want(t, "signature", string(n.valid), string(sign.Valid))
	if sent := n.header.Get("Request-Time"); len(sent) != 13 || strings.Trim(sent, "0123456789") != "" {
		t.Errorf("request-time %q is no epoch in milliseconds", sent)
	}
	e := c.last(aps.NotifyPayment)
	if e.Door != "ams" || e.Outcome == nil || e.Outcome.Status != "S" || e.Result == nil || e.Result.Code != "SUCCESS" {
		t.Errorf("recorded %+v %+v", e.Outcome, e.Result)
	}
	if err := c.api.CloseTimeline(t.Context(), c.timeline); err != nil {
		t.Fatal(err)
	}
	if got := c.received(); len(got) != 1 {
		t.Errorf("%d notifications", len(got))
	}
}

func TestInStoreOrderAndEntryCodes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ scenario, leads string }{
		{"OrderCode", "orderCodeForm.codeDetails.0.codeValue"},
		{"EntryCode", "redirectActionForm.redirectUrl"},
	} {
		t.Run(tt.scenario, func(t *testing.T) {
			t.Parallel()
			c := newRig(t).till()
			p := c.payer("rich")
			sale := inStoreSale{id: "P1", value: "2500", scenario: tt.scenario}
			offered := c.pay(sale)
			want(t, "pay: the code exists", codeOf(offered)+" "+offered.Text("result.resultStatus"), "SUCCESS S")
			if e := c.last(aps.Pay); e.Outcome == nil || e.Outcome.Status != "U" {
				t.Errorf("nobody has paid, but the record says %+v", e.Outcome)
			}
			want(t, "inquiry", c.stands("P1"), "PROCESSING PAYMENT_IN_PROCESS")
			want(t, "the same again", c.pay(sale).Text(tt.leads), offered.Text(tt.leads))
			want(t, "scan", c.scan(p, offered.Text(tt.leads)).Result.Code, "SUCCESS")
			want(t, "confirmed", c.confirm(p).State, "SUCCESS")
			c.wantMoved("payer/"+p.ID, -2500)
			want(t, "inquiry", c.stands("P1"), "SUCCESS SUCCESS")
			paid := c.pay(sale)
			want(t, "after that", codeOf(paid)+paid.Text(tt.leads), "SUCCESS")
			want(t, "notified", aps.FieldsOf(c.awaitNotices(1)[0].body).Text("paymentRequestId"), "P1")
		})
	}
}

func TestInStoreOrdersEndAfterThreeMinutes(t *testing.T) {
	t.Parallel()
	c := newRig(t).till()
	c.pay(inStoreSale{id: "P1", value: "1", scenario: "OrderCode"})
	far := time.Now().Add(2 * time.Hour).UTC().Format(time.RFC3339)
	c.pay(inStoreSale{id: "P2", value: "1", scenario: "OrderCode", expiry: far})
	c.move(170 * time.Second)
	want(t, "nearly three minutes", c.stands("P1"), "PROCESSING PAYMENT_IN_PROCESS")
	c.moveUntil(10*time.Second, func() bool { return c.stands("P1") == "FAIL ORDER_IS_CLOSED" })
	want(t, "with an expiry of its own", c.stands("P2"), "PROCESSING PAYMENT_IN_PROCESS")
	c.move(26 * time.Minute)
	c.moveUntil(10*time.Second, func() bool { return c.stands("P2") == "FAIL ORDER_IS_CLOSED" })
}

func TestInStoreAcrossCurrencies(t *testing.T) {
	t.Parallel()
	c := newRig(t).till()
	p := c.payer("from-malaysia")
	paid := c.pay(inStoreSale{id: "P1", value: "1000", code: c.code(p), settlement: "USD"})
	want(t, "pay", codeOf(paid)+paid.Text("actualPaymentAmount.currency")+paid.Text("grossSettlementAmount.currency"), "SUCCESSMYRUSD")
	for _, name := range []string{"paymentQuote", "settlementQuote"} {
		if price := paid.Node(name + ".quotePrice"); price == nil || price.Kind != jsontree.Number {
			t.Errorf("%s.quotePrice is no number: %+v", name, price)
		}
		if g := paid.Node(name + ".guaranteed"); g == nil || g.Kind != jsontree.Bool {
			t.Errorf("%s.guaranteed is no boolean: %+v", name, g)
		}
	}
	want(t, "inquiry", c.inquire("P1").Text("settlementQuote.quoteId"), paid.Text("settlementQuote.quoteId"))
}

func TestBothDoorsLeadToTheSameOrders(t *testing.T) {
	t.Parallel()
	c := newRig(t).till()
	p := c.payer("rich")
	at := c.code(p)
	mine := c.pay(inStoreSale{id: "P1", value: "1000", code: at})
	want(t, "paid in store, asked at Alipay+", c.outcome("P1"), "SUCCESS")
	want(t, "refunded there", c.rig.refund("P1", "R1", "100").code(), "SUCCESS")
	want(t, "and seen here", c.ask("inquiryRefund", `{"refundRequestId":"R1"}`).Text("refundStatus"), "SUCCESS")
	want(t, "the refund's id is taken", codeOf(c.refund(mine.Text("paymentId"), "R1", "50")), "REPEAT_REQ_INCONSISTENT")

	theirs := c.rig.pay("P2", c.code(p), "2000")
	want(t, "paid at Alipay+, asked in store", c.stands("P2"), "SUCCESS SUCCESS")
	want(t, "refunded in store", codeOf(c.refund(text(theirs.body, "paymentId"), "R2", "300")), "SUCCESS")
	want(t, "the payment's id is taken", codeOf(c.pay(inStoreSale{id: "P2", value: "1999", code: at})), "REPEAT_REQ_INCONSISTENT")
	want(t, "there too", c.rig.pay("P1", at, "999").code(), "REPEAT_REQ_INCONSISTENT")
	want(t, "the same order again", c.rig.pay("P1", at, "1000").code(), "SUCCESS")
	c.wantMoved("payer/"+p.ID, -2600)

	want(t, "cancelled before it came", c.rig.cancel("P3").code(), "SUCCESS")
	want(t, "and refused in store", codeOf(c.pay(inStoreSale{id: "P3", value: "1", code: c.code(p)})), "ORDER_IS_CANCELED")
	want(t, "the doors", c.orderOf("P1").Door+" "+c.orderOf("P2").Door, "ams aps")
	n := c.awaitNotices(2)
	slices.SortFunc(n, func(a, b notice) int {
		return strings.Compare(text(a.body, "paymentRequestId"), text(b.body, "paymentRequestId"))
	})
	want(t, "each is told by its own door", text(n[0].body, "notifyType")+text(n[1].body, "paymentResult.resultCode"), "PAYMENT_RESULTSUCCESS")
}

func TestInStoreFaultsAreAimedAlike(t *testing.T) {
	t.Parallel()
	c := newRig(t).till()
	p := c.payer("rich")
	for _, tt := range []struct {
		api  aps.API
		code string
		call func() aps.Fields
	}{
		{aps.Pay, "INVALID_CODE", func() aps.Fields { return c.pay(inStoreSale{id: "P1", value: "1000", code: c.code(p)}) }},
		{aps.InquiryPayment, "SYSTEM_ERROR", func() aps.Fields { return c.inquire("P1") }},
		{aps.InquiryRefund, "ACCESS_DENIED", func() aps.Fields {
			c.rig.refund("P1", "R1", "1")
			return c.ask("inquiryRefund", `{"refundRequestId":"R1"}`)
		}},
		{aps.CancelPayment, "UNKNOWN_EXCEPTION", func() aps.Fields { return c.cancel("P1") }},
	} {
		c.arm("answer-result", control.Aim{Timeline: c.timeline, Payer: p.ID, API: tt.api, Count: 1}, control.Params{Result: &aps.Result{Code: tt.code}})
		want(t, string(tt.api), codeOf(tt.call()), tt.code)
		want(t, "once", fmt.Sprint(codeOf(tt.call()) == tt.code), "false")
	}
}

func TestInStoreServiceProviders(t *testing.T) {
	t.Parallel()
	c := newRig(t, func(o *wallet.Options) {
		o.Agents = map[string]string{"token-1": "M-1", "token-2": "M-2", "token-all": ""}
	}).till()
	p := c.payer("rich")
	for i, tt := range []struct{ token, pay, inquiry string }{
		{"", "SUCCESS", "SUCCESS"},
		{"token-1", "SUCCESS", "SUCCESS"},
		{"token-all", "SUCCESS", "SUCCESS"},
		{"token-2", "ACCESS_DENIED", "ORDER_NOT_EXIST"},
		{"stolen", "INVALID_ACCESS_TOKEN", "INVALID_ACCESS_TOKEN"},
	} {
		c.header = http.Header{"Agent-Token": {tt.token}}
		id := fmt.Sprintf("P%d", i)
		want(t, tt.token+": pay", codeOf(c.pay(inStoreSale{id: id, value: "10", code: c.code(p)})), tt.pay)
		want(t, tt.token+": inquiry", codeOf(c.inquire(id)), tt.inquiry)
	}
	c.header = http.Header{"Agent-Token": {"token-2"}}
	want(t, "another merchant's payment", codeOf(c.inquire("P0")), "ACCESS_DENIED")
	want(t, "recorded", c.last(aps.InquiryPayment).Request.Header.Get("Agent-Token"), "token-2")
	want(t, "not at the acquirer's door", c.outcome("P0"), "SUCCESS")
}

func TestInStoreRegistration(t *testing.T) {
	t.Parallel()
	c := newRig(t).till()
	c.expect("m-7")
	a := c.acquirer()
	inStore := func(id string) string {
		return strings.Replace(registrationBody(id, "M-7", "S-7", a.url(aps.NotifyRegistrationStatus)), "registrationNotifyUrl", "registrationNotifyURL", 1)
	}
	about := `{"referenceMerchantId":"M-7","referenceStoreId":"S-7"}`
	want(t, "status of nothing", codeOf(c.ask("inquiryRegistrationStatus", about)), "RECORD_NOT_FOUND")
	want(t, "info of nothing", codeOf(c.ask("inquiryRegistrationInfo", about)), "RECORD_NOT_FOUND")
	want(t, "registration", codeOf(c.ask("registration", inStore("R1"))), "SUCCESS")
	want(t, "under review", codeOf(c.ask("registration", inStore("R2"))), "REGISTRATION_UNDER_REVIEW")
	must[control.Registration](t)(c.api.DecideRegistration(t.Context(), "R1", control.RegistrationVerdict{}))
	n := a.await(aps.NotifyRegistrationStatus, 1)[0]
	want(t, "told", n.Text("pspRegistrationResultList.0.registrationResult.registrationStatus"), "APPROVED")
	want(t, "again", codeOf(c.ask("registration", inStore("R3"))), "REPEAT_REGISTRATION")
	want(t, "the same", codeOf(c.ask("registration", inStore("R1"))), "SUCCESS")
	want(t, "status", c.ask("inquiryRegistrationStatus", about).Text("registrationResult.registrationStatus"), "COMPLETED")
	info := c.ask("inquiryRegistrationInfo", about)
	want(t, "info", info.Text("merchantInfo.registrationDetail.legalName")+info.Text("storeInfo.referenceStoreId")+info.Text("productCodes.0"), "Corner PteS-7IN_STORE_PAYMENT")
	want(t, "seen at Alipay+", c.rig.ask(aps.InquiryRegistrationStatus, about).Text("registrationResult.registrationStatus"), "COMPLETED")
}

func TestInStoreRefusals(t *testing.T) {
	t.Parallel()
	c := newRig(t).till()
	p := c.payer("rich")
	good := c.inStoreBody(inStoreSale{id: "P1", value: "1000", code: c.code(p)})
	drop := func(old string) string { return strings.Replace(good, old, "", 1) }
	for name, body := range map[string]string{
		"no store":        drop(`,"store":{"referenceStoreId":"S-1","storeName":"Corner","storeMCC":"5411"}`),
		"no product code": drop(`"productCode":"IN_STORE_PAYMENT",`),
		"no id":           drop(`"paymentRequestId":"P1",`),
		"no amount":       drop(`"paymentAmount":{"currency":"SGD","value":"1000"},`),
		"zero":            strings.ReplaceAll(good, `"1000"`, `"0"`),
		"no code":         c.inStoreBody(inStoreSale{id: "P1", value: "1000"}),
		"no object":       `[]`,
	} {
		want(t, name, codeOf(c.blurt("pay", body)), "PARAM_ILLEGAL")
	}
	want(t, "neither id", codeOf(c.blurt("inquiryPayment", `{}`)), "PARAM_ILLEGAL")
	want(t, "no refund id", codeOf(c.blurt("inquiryRefund", `{}`)), "PARAM_ILLEGAL")
	want(t, "refund without payment", codeOf(c.blurt("refund", `{"refundRequestId":"R1","refundAmount":{"currency":"SGD","value":"1"}}`)), "PARAM_ILLEGAL")
	want(t, "no merchant", codeOf(c.blurt("registration", `{"registrationRequestId":"R1","productCodes":["IN_STORE_PAYMENT"]}`)), "PARAM_ILLEGAL")
	c.wantMoved("payer/"+p.ID, 0)
}

// TestSlowRefundsAreAskedFor: the door says that a refund runs; nobody has to repeat it, since Alipay+ asks the wallet.
func TestSlowRefundsAreAskedFor(t *testing.T) {
	t.Parallel()
	c := newRig(t).till()
	p := c.payer("slow-refund")
	paid := c.pay(inStoreSale{id: "P1", value: "1000", code: c.code(p)}).Text("paymentId")
	want(t, "refund", codeOf(c.refund(paid, "R1", "400")), "REFUND_IN_PROCESS")
	asked := c.ask("inquiryRefund", `{"refundRequestId":"R1"}`)
	want(t, "inquiry at once", codeOf(asked)+" "+asked.Text("refundStatus"), "SUCCESS PROCESSING")
	c.wantMoved("payer/"+p.ID, -1000)
	c.moveUntil(time.Second, func() bool {
		return c.ask("inquiryRefund", `{"refundRequestId":"R1"}`).Text("refundStatus") == "SUCCESS"
	})
	want(t, "refund again", codeOf(c.refund(paid, "R1", "400")), "SUCCESS")
	c.wantMoved("payer/"+p.ID, -600)
}

// TestAcquirersOfAlipayPlusRepeatASlowRefund as they must (acqp-api §5.4).
func TestAcquirersOfAlipayPlusRepeatASlowRefund(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("slow-refund")
	r.pay("P1", r.code(p), "1000")
	want(t, "refund", r.refund("P1", "R1", "400").code(), "UNKNOWN_EXCEPTION")
	r.moveUntil(time.Second, func() bool { return r.refund("P1", "R1", "400").code() == "SUCCESS" })
	r.wantMoved("payer/"+p.ID, -600)
}
