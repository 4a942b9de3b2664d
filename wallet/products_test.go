package wallet_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/control"
)

// factors of the products beside the payment code (acqp-api §4).
const (
	orderCodeFactor = `{"isInStorePayment":"true","isCashierPayment":"true","inStorePaymentScenario":"OrderCode"}`
	entryCodeFactor = `{"isInStorePayment":"true","isCashierPayment":"true","inStorePaymentScenario":"EntryCode"}`
	unifiedFactor   = `{"isInStorePayment":"false","isCashierPayment":"true","presentmentMode":"UNIFIED"}`
	tileFactor      = `{"isInStorePayment":"false","isCashierPayment":"true","presentmentMode":"TILE"}`
	agreementFactor = `{"isInStorePayment":"false","isCashierPayment":"false","isAgreementPayment":"true"}`
)

// sale is a pay request of any product.
type sale struct {
	id, value string
	factor    string
	method    string // paymentMethodType; default CONNECT_WALLET
	token     string
	env       string        // members of order.env
	expiry    time.Duration // from now; default 5 minutes
	currency  string        // default SGD
	region    string        // of the merchant; default SG
}

func (r *rig) saleBody(s sale) string {
	pick := func(given, standard string) string {
		if given == "" {
			return standard
		}
		return given
	}
	amount := fmt.Sprintf(`{"currency":%q,"value":%q}`, pick(s.currency, "SGD"), s.value)
	if s.expiry == 0 {
		s.expiry = 5 * time.Minute
	}
	method := fmt.Sprintf(`"paymentMethodType":%q`, pick(s.method, "CONNECT_WALLET"))
	if s.token != "" {
		method += fmt.Sprintf(`,"paymentMethodId":%q,"paymentMethodMetaData":{"authClientId":"M-1"}`, s.token)
	}
	return fmt.Sprintf(`{"paymentRequestId":%q,"paymentAmount":%s,"order":{"referenceOrderId":"order-%s","orderDescription":"tea","orderAmount":%s,`+
		`"merchant":{"referenceMerchantId":"M-1","merchantName":"Corner","merchantMCC":"5411","merchantAddress":{"region":%q},`+
		`"store":{"referenceStoreId":"S-1","storeName":"Corner","storeMCC":"5411"}},"env":{%s},"buyer":{"referenceBuyerId":"B-1"}},`+
		`"paymentMethod":{%s},"paymentFactor":%s,"settlementStrategy":{"settlementCurrency":%q},"paymentExpiryTime":%q,`+
		`"paymentNotifyUrl":%q,"paymentRedirectUrl":"https://shop.example/back?order=%s"}`,
		s.id, amount, s.id, amount, pick(s.region, "SG"), pick(s.env, `"userAgent":"AlipayConnect/1.0"`), method, s.factor, pick(s.currency, "SGD"),
		time.Now().Add(s.expiry).UTC().Format(time.RFC3339), r.inbox.URL+"/notify", s.id)
}

// sell makes a pay call that keeps the catalogue, and so must its answer. What it asks for belongs to the rig's timeline.
func (r *rig) sell(s sale) aps.Fields {
	r.t.Helper()
	r.expect("order-" + s.id)
	return r.ask(aps.Pay, r.saleBody(s))
}

func (r *rig) orderCode(id, value string) string {
	r.t.Helper()
	a := r.sell(sale{id: id, value: value, factor: orderCodeFactor})
	want(r.t, "order "+id, codeOf(a), "PAYMENT_IN_PROCESS")
	return codeText(a)
}

// codeText is the text of the code among the forms of an answer.
func codeText(a aps.Fields) string { return a.Text("orderCodeForm.codeDetails.0.codeValue") }

func (r *rig) scan(p control.Payer, text string) control.Scan {
	r.t.Helper()
	return must[control.Scan](r.t)(r.api.Scan(r.t.Context(), p.ID, control.ScanSpec{Text: text}))
}

func (r *rig) confirm(p control.Payer) control.Payment {
	r.t.Helper()
	return must[control.Payment](r.t)(r.api.Confirm(r.t.Context(), p.ID, control.PayerAct{}))
}

// outcome asks for a payment; question and answer keep the catalogue.
func (r *rig) outcome(id string) string {
	r.t.Helper()
	return r.ask(aps.InquiryPayment, fmt.Sprintf(`{"paymentRequestId":%q}`, id)).Text("paymentResult.resultCode")
}

// notice is the n-th notification, held against the catalogue.
func (r *rig) notice(n int) aps.Fields {
	r.t.Helper()
	body := r.awaitNotices(n)[n-1].body
	keeps(r.t, operation(r.t, aps.NotifyPayment), catalogue.Request, body)
	return aps.FieldsOf(body)
}

func TestOrderCodeIsScannedAndPaid(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("certify")
	p := r.payer("rich")
	a := r.sell(sale{id: "P1", value: "25000", factor: orderCodeFactor})
	want(t, "accepted", codeOf(a), "PAYMENT_IN_PROCESS")
	for i, form := range []string{"TEXT", "SMALLIMAGE", "MIDDLEIMAGE", "BIGIMAGE"} {
		want(t, "form", a.Text(fmt.Sprintf("orderCodeForm.codeDetails.%d.displayType", i)), form)
	}
	want(t, "nobody paid yet", r.outcome("P1"), "PAYMENT_IN_PROCESS")
	want(t, "the same order again", codeText(r.ask(aps.Pay, r.saleBody(sale{id: "P1", value: "25000", factor: orderCodeFactor}))), codeText(a))

	s := r.scan(p, codeText(a))
	want(t, "scan", s.Result.Code+" "+s.Action, "SUCCESS HANDLE_BY_PSP")
	want(t, "shown", s.Payment.Order.Merchant+" "+s.Payment.Order.Description+" "+s.Payment.Order.Price.String(), "Corner tea SGD 250.00")
	want(t, "waits", s.Payment.Waits, "confirmation")
	r.wantMoved("payer/"+p.ID, 0)
	want(t, "scanned again", r.scan(p, codeText(a)).Payment.ID, s.Payment.ID)

	paid := r.confirm(p)
	want(t, "confirmed", paid.State, "SUCCESS")
	want(t, "sent back to", paid.RedirectURL, "https://shop.example/back?order=P1")
	r.wantMoved("payer/"+p.ID, -25000)
	r.wantMoved("shop/M-1", 25000)
	r.wantMoved("wallet", 0)
	want(t, "outcome", r.outcome("P1"), "SUCCESS")
	n := r.notice(1)
	want(t, "notified", n.Text("paymentResult.resultStatus")+n.Text("paymentRequestId")+n.Text("walletBrandName"), "SP1Kaleido Pay")
	want(t, "paid again", r.scan(p, codeText(a)).Result.Code, "ORDER_IS_CLOSED")
	if after := r.ask(aps.Pay, r.saleBody(sale{id: "P1", value: "25000", factor: orderCodeFactor})); codeOf(after) != "SUCCESS" || codeText(after) != "" {
		t.Errorf("a paid order still shows its code: %s %s", codeOf(after), codeText(after))
	}
	want(t, "refund", r.refund("P1", "R1", "25000").code(), "SUCCESS")
	r.wantMoved("payer/"+p.ID, 0)
}

// TestEveryWayAnOrderCodeCanEnd is the table of mpp-api §7.4.
func TestEveryWayAnOrderCodeCanEnd(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		payer   string
		play    func(r *rig, p control.Payer, code string)
		outcome string
	}{
		{"declined", "rich", func(r *rig, p control.Payer, code string) {
			r.scan(p, code)
			declined := must[control.Payment](r.t)(r.api.Decline(r.t.Context(), p.ID, control.PayerAct{}))
			want(r.t, "declined", declined.State, "FAILED")
		}, "USER_PAYMENT_VERIFICATION_FAILED"},
		{"abandoned", "rich", func(r *rig, p control.Payer, code string) {
			r.scan(p, code)
			r.move(6 * time.Minute)
		}, "ORDER_IS_CLOSED"},
		{"never scanned", "rich", func(r *rig, p control.Payer, code string) {
			r.move(6 * time.Minute)
			want(r.t, "scanned too late", r.scan(p, code).Result.Code, "EXPIRED_CODE")
		}, "ORDER_IS_CLOSED"},
		{"confirmed too late", "rich", func(r *rig, p control.Payer, code string) {
			r.scan(p, code)
			r.move(6 * time.Minute)
			late, err := r.api.Confirm(r.t.Context(), p.ID, control.PayerAct{})
			if err == nil && late.State == "SUCCESS" {
				r.t.Errorf("confirmed after the expiry: %+v", late)
			}
		}, "ORDER_IS_CLOSED"},
		{"confirmed too late in a wallet that overlooks it", "rich", func(r *rig, p control.Payer, code string) {
			r.scan(p, code)
			r.move(6 * time.Minute)
			late := must[control.Payment](r.t)(r.api.Confirm(r.t.Context(), p.ID, control.PayerAct{Late: true}))
			want(r.t, "taken", late.State, "SUCCESS")
			r.settled(func() bool { return r.moved("payer/"+p.ID) == 0 }) // and given back
		}, "ORDER_IS_CLOSED"},
		{"no money", "poor", func(r *rig, p control.Payer, code string) {
			r.scan(p, code)
			want(r.t, "confirmed", r.confirm(p).State, "FAILED")
		}, "USER_BALANCE_NOT_ENOUGH"},
		{"blocked", "blocked", func(r *rig, p control.Payer, code string) {
			r.scan(p, code)
			r.confirm(p)
		}, "USER_STATUS_ABNORMAL"},
		{"cancelled before the scan", "rich", func(r *rig, p control.Payer, code string) {
			want(r.t, "cancel", r.cancel("P1").code(), "SUCCESS")
			want(r.t, "scan", r.scan(p, code).Result.Code, "ORDER_IS_CLOSED")
		}, "ORDER_IS_CLOSED"},
		{"cancelled after the scan", "rich", func(r *rig, p control.Payer, code string) {
			r.scan(p, code)
			want(r.t, "cancel", r.cancel("P1").code(), "SUCCESS")
			if _, err := r.api.Confirm(r.t.Context(), p.ID, control.PayerAct{}); asRefusal(err) == nil {
				r.t.Errorf("a cancelled order could be confirmed: %v", err)
			}
		}, "ORDER_IS_CLOSED"},
		{"with a password", "always-password", func(r *rig, p control.Payer, code string) {
			r.scan(p, code)
			want(r.t, "after the confirmation", r.confirm(p).Waits, "password")
			want(r.t, "meanwhile", r.outcome("P1"), "PAYMENT_IN_PROCESS")
			done := must[control.Payment](r.t)(r.api.EnterPassword(r.t.Context(), p.ID, control.PayerAct{}))
			want(r.t, "after the password", done.State, "SUCCESS")
		}, "SUCCESS"},
		{"three wrong passwords", "always-password", func(r *rig, p control.Payer, code string) {
			r.scan(p, code)
			for range 3 {
				must[control.Payment](r.t)(r.api.EnterPassword(r.t.Context(), p.ID, control.PayerAct{Password: "0"}))
			}
		}, "USER_PAYMENT_VERIFICATION_FAILED"},
		{"a slow wallet", "slow", func(r *rig, p control.Payer, code string) {
			r.scan(p, code)
			want(r.t, "after the confirmation", r.confirm(p).State, "PROCESSING")
			r.move(3 * time.Second)
		}, "SUCCESS"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.open("certify")
			p := r.payer(tt.payer)
			code := r.orderCode("P1", "1000")
			tt.play(r, p, code)
			want(t, "outcome", r.outcome("P1"), tt.outcome)
			paid := int64(0)
			if tt.outcome == "SUCCESS" {
				paid = 1000
			}
			r.wantMoved("payer/"+p.ID, -paid)
			r.wantMoved("shop/M-1", paid)
			if !strings.HasPrefix(tt.name, "cancelled") { // of its own cancellation the acquirer is not told
				want(t, "notified", r.notice(1).Text("paymentResult.resultCode"), tt.outcome)
			}
		})
	}
}

// settled waits for what happens in the background.
func (r *rig) settled(done func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatal("it did not settle")
		}
	}
}

func (r *rig) orderOf(id string) control.Order {
	r.t.Helper()
	for _, o := range must[[]control.Order](r.t)(r.api.Orders(r.t.Context(), r.timeline)) {
		if o.PaymentRequestID == id {
			return o
		}
	}
	r.t.Fatalf("no order %s", id)
	return control.Order{}
}

func TestTheFirstWhoScansOwnsTheOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	first, second := r.payer("rich"), r.payer("rich")
	code := r.orderCode("P1", "1000")
	want(t, "first", r.scan(first, code).Result.Code, "SUCCESS")
	want(t, "second", r.scan(second, code).Result.Code, "REPEAT_REQ_INCONSISTENT")
	want(t, "paid by the first", r.confirm(first).State, "SUCCESS")
	want(t, "second after it", r.scan(second, code).Result.Code, "ORDER_IS_CLOSED")
	r.wantMoved("payer/"+first.ID, -1000)
	r.wantMoved("payer/"+second.ID, 0)
	for _, garbage := range []string{"https://qr.alipayplus.com/28166604nothing", "hello", code[:len(code)-1]} {
		want(t, "scan of "+garbage, r.scan(first, garbage).Result.Code, "INVALID_CODE")
	}
	if _, err := r.api.Scan(t.Context(), first.ID, control.ScanSpec{}); asRefusal(err) == nil {
		t.Errorf("an empty scan: %v", err)
	}
}

// TestAnUnclaimedOrderFollowsItsPayer: an order that no scenario expected belongs to the timeline of whoever scans it.
func TestAnUnclaimedOrderFollowsItsPayer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	line, err := r.api.OpenTimeline(t.Context(), control.TimelineSpec{Name: "ahead", Offset: 48 * time.Hour, Notification: control.NotificationRhythm{Mode: "off"}})
	if err != nil {
		t.Fatal(err)
	}
	r.timeline = line.ID
	a := r.ask(aps.Pay, r.saleBody(sale{id: "P1", value: "1000", factor: orderCodeFactor}))
	p := r.payer("rich")
	want(t, "scan", r.scan(p, codeText(a)).Result.Code, "SUCCESS")
	want(t, "timeline", r.orderOf("P1").Timeline, line.ID)
	r.move(6 * time.Minute)
	want(t, "expired with the payer's time", r.outcome("P1"), "ORDER_IS_CLOSED")
	e := r.last("inquiryPayment")
	want(t, "record", e.Timeline, line.ID)
}

func TestFaultsAreAimedAtOrdersByTheirCode(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	code := r.orderCode("P1", "1000")
	for _, aim := range []control.Aim{{Code: code, API: aps.InquiryPayment, Count: 1}, {Reference: "order-P1", API: aps.InquiryPayment, Count: 1}} {
		spec := control.FaultSpec{Fault: "answer-result", Aim: aim, Params: control.Params{Result: &aps.Result{Code: "UNKNOWN_EXCEPTION"}}}
		must[control.Fault](t)(r.api.Arm(t.Context(), spec))
		want(t, "hit", codeOf(r.ask(aps.InquiryPayment, `{"paymentRequestId":"P1"}`)), "UNKNOWN_EXCEPTION")
		want(t, "over", r.outcome("P1"), "PAYMENT_IN_PROCESS")
	}
	r.scan(p, code)
	spec := control.FaultSpec{Fault: "undecided", Aim: control.Aim{Payer: p.ID}}
	f := must[control.Fault](t)(r.api.Arm(t.Context(), spec))
	want(t, "confirmed", r.confirm(p).State, "SUCCESS")
	want(t, "kept to itself", r.outcome("P1"), "PAYMENT_IN_PROCESS")
	if err := r.api.Lift(t.Context(), f.ID); err != nil {
		t.Fatal(err)
	}
	want(t, "told", r.outcome("P1"), "SUCCESS")
}

func TestOrdersCrossCurrencies(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := must[control.Payer](t)(r.api.CreatePayer(t.Context(), control.PayerSpec{
		Timeline: r.timeline, Template: "rich", Traits: map[string]string{"currency": "MYR"},
		Promotions: []control.PromotionSpec{{Name: "1 off", Type: "DISCOUNT", Savings: sgd(100), Sponsor: "fair"}},
	}))
	code := r.orderCode("P1", "1100")
	s := r.scan(p, code).Payment
	want(t, "price", s.Order.Price.String(), "SGD 11.00")
	want(t, "net", s.Amount.String(), "SGD 10.00")
	if s.Payable.Currency != "MYR" || s.Quote.Pair != "SGD/MYR" || len(s.Promotions) != 1 || s.Promotions[0].Savings.Currency != "MYR" {
		t.Errorf("shown: %+v", s)
	}
	r.confirm(p)
	r.wantMoved("payer/"+p.ID, -s.Payable.Value)
	r.wantMoved("shop/M-1", 1100)
	r.wantMoved("sponsor/fair", -100)
}

// TestMainlandLimits: above a limit of the shop's region the wallet shows a page of Alipay+ instead of the order (mpp-api §7.5).
func TestMainlandLimits(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	order := func(id, value, factor string) string {
		a := r.sell(sale{id: id, value: value, factor: factor, currency: "CNY", region: "CN"})
		return codeText(a) + a.Text("paymentUrl")
	}
	for _, tt := range []struct{ id, value, factor, action string }{
		{"O1", "3500000", orderCodeFactor, "HANDLE_BY_PSP"},
		{"O2", "3500001", orderCodeFactor, "HANDLE_BY_SDK"},
		{"E1", "50000", entryCodeFactor, "HANDLE_BY_PSP"},
		{"E2", "50001", entryCodeFactor, "HANDLE_BY_SDK"},
	} {
		s := r.scan(p, order(tt.id, tt.value, tt.factor))
		want(t, tt.id, s.Result.Code+" "+s.Action, "SUCCESS "+tt.action)
		if (s.Payment == nil) != (tt.action == "HANDLE_BY_SDK") || (s.Page == "") != (s.Payment != nil) {
			t.Errorf("%s: page %q, payment %v", tt.id, s.Page, s.Payment)
		}
	}
	want(t, "nobody's order", r.scan(p, order("O2", "3500001", orderCodeFactor)).Action, "HANDLE_BY_SDK")
	want(t, "first of the year", r.confirm(p).State, "SUCCESS")
	for i := range 9 {
		r.scan(p, order(fmt.Sprintf("Y%d", i), "3500000", orderCodeFactor))
		must[control.Payment](t)(r.api.Confirm(t.Context(), p.ID, control.PayerAct{}))
	}
	must[control.Payment](t)(r.api.Confirm(t.Context(), p.ID, control.PayerAct{})) // the last one
	last := order("Z1", "3500000", orderCodeFactor)
	if s := r.scan(p, last); s.Action != "HANDLE_BY_SDK" || !strings.HasSuffix(s.Page, "/limit/CN/year") {
		t.Errorf("after the year's limit: %+v", s)
	}
	want(t, "a cancellation", r.cancel("Y0").code(), "SUCCESS")
	want(t, "gives it back", r.scan(p, last).Action, "HANDLE_BY_PSP")
	want(t, "payment codes are free", r.call("pay", strings.Replace(r.payBody("C1", r.code(p), "9999999"), `"SGD","value"`, `"CNY","value"`, 2)).code(), "SUCCESS")
}
