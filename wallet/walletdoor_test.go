package wallet_test

import (
	"crypto"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/bridge/message"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
	"mppsim/wallet/sign"
)

// alien is an Alipay+ that others wrote: it calls our wallet over HTTP with what these tests put together.
type alien struct {
	*pair
	client string
	key    crypto.Signer
	signed string // the path that is signed instead of the one called; empty: that one
}

func newAlien(t testing.TB) *alien {
	t.Helper()
	return &alien{pair: newPair(t), client: wallet.DefaultWalletClientID, key: testKey()}
}

// send makes a call with any body.
func (a *alien) send(api aps.API, body string) aps.Fields {
	a.t.Helper()
	path := "/alipayplus/mpp/" + string(api)
	signed := path
	if a.signed != "" {
		signed = a.signed
	}
	now := time.Now().UTC().Format(time.RFC3339Nano)
	signature, err := sign.Message{Method: http.MethodPost, Target: signed, ClientID: a.client, Time: now, Body: []byte(body)}.Sign(a.key, "1")
	if err != nil {
		a.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.toWallet.server.URL+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header = http.Header{"Content-Type": {"application/json"}, "Client-Id": {a.client}, "Request-Time": {now}, "Signature": {signature}}
	got, err := a.hand.do(req)
	if err != nil || got.status != http.StatusOK {
		a.t.Fatalf("%s: status %d, %s, %v", api, got.status, got.raw, err)
	}
	answer, err := jsontree.Parse(got.raw)
	if err != nil {
		a.t.Fatal(err)
	}
	c, err := protocol()
	if err != nil {
		a.t.Fatal(err)
	}
	op, _ := c.Operation(catalogue.Wallets, string(api))
	keeps(a.t, op, catalogue.Response, answer)
	code := aps.FieldsOf(answer).Result("result")
	if known, found := op.Code(code.Code); !found || known.Status != string(code.Status) {
		a.t.Errorf("%s answers %s %s, which the catalogue does not know", api, code.Status, code.Code)
	}
	return aps.FieldsOf(answer)
}

func (a *alien) pay(req aps.WalletPay) aps.Fields {
	a.t.Helper()
	return a.send(aps.Pay, string(message.Pay().Write(req).Write(jsontree.Layout{})))
}

func (a *alien) inquiry(id string) string {
	a.t.Helper()
	f := a.send(aps.InquiryPayment, `{"acquirerId":"A","pspId":"`+wallet.DefaultPspID+`","paymentRequestId":"`+id+`"}`)
	return strings.TrimSpace(codeOf(f) + " " + f.Text("paymentResult.resultCode"))
}

func (a *alien) cancel(id string) string {
	a.t.Helper()
	return codeOf(a.send(aps.CancelPayment, `{"acquirerId":"A","pspId":"`+wallet.DefaultPspID+`","paymentRequestId":"`+id+`"}`))
}

// charge is a pay by payment code of SGD 10.00.
func (a *alien) charge(id string, p control.Payer) aps.WalletPay {
	a.t.Helper()
	return aps.WalletPay{
		AcquirerID: "A", PspID: wallet.DefaultPspID, PaymentRequestID: id, Amount: sgd(1000), PayTo: sgd(1000),
		Order: &aps.Order{
			ReferenceOrderID: "O-" + id, Description: "tea", Amount: sgd(1000),
			Merchant: aps.Merchant{ReferenceMerchantID: "M-1", Name: "Corner", MCC: "5411", Store: &aps.Store{ReferenceStoreID: "S-1", Name: "Corner"}},
		},
		Code: a.hand.code(p), CustomerID: p.CustomerID, Product: aps.ByPaymentCode, Expiry: time.Now().Add(time.Minute),
	}
}

// refundOf gives a part of a charge back.
func (a *alien) refundOf(payment, paymentID, id string, part money.Amount) aps.Fields {
	a.t.Helper()
	req := aps.WalletRefund{
		AcquirerID: "A", PspID: wallet.DefaultPspID, PaymentRequestID: payment, PaymentID: paymentID, RefundRequestID: id, Amount: part, From: part,
	}
	return a.send(aps.Refund, string(message.Refund().Write(req).Write(jsontree.Layout{})))
}

// TestPayIsProcessedInTheDocumentedOrder (mpp-api §4.1.1): of two things that are wrong the earlier one is told.
func TestPayIsProcessedInTheDocumentedOrder(t *testing.T) {
	t.Parallel()
	a := newAlien(t)
	rich, poor := a.hand.payer("rich"), a.hand.payer("poor")
	stranger := *a
	stranger.key = walletsKey()
	want(t, "signature before form", codeOf(stranger.send(aps.Pay, `{`)), "INVALID_SIGNATURE")
	other := *a
	other.client = "SANDBOX_OTHER"
	want(t, "client before form", codeOf(other.send(aps.Pay, `{`)), "INVALID_CLIENT")
	want(t, "form", codeOf(a.send(aps.Pay, `{`)), "PARAM_ILLEGAL")
	want(t, "required fields", codeOf(a.send(aps.Pay, `{"paymentRequestId":"N1"}`)), "PARAM_ILLEGAL")
	req := a.charge("N2", rich)
	req.PspID = "another"
	want(t, "another wallet", codeOf(a.pay(req)), "PARAM_ILLEGAL")

	req = a.charge("N3", rich)
	want(t, "paid", codeOf(a.pay(req)), "SUCCESS")
	req.Expiry = time.Now().Add(-time.Hour)
	want(t, "idempotency before expiry", codeOf(a.pay(req)), "SUCCESS")

	want(t, "a cancellation before the payment", a.cancel("N4"), "SUCCESS")
	req = a.charge("N4", rich)
	req.Code = "251001020000000000000000"
	want(t, "tombstone before code", codeOf(a.pay(req)), "ORDER_IS_CLOSED")

	req = a.charge("N5", rich)
	req.Code, req.Expiry = "251001020000000000000000", time.Now().Add(-time.Second)
	want(t, "expiry before code", codeOf(a.pay(req)), "ORDER_IS_CLOSED")

	req = a.charge("N6", poor)
	req.Code = "251001020000000000000000"
	want(t, "code before balance", codeOf(a.pay(req)), "INVALID_CODE")
	req = a.charge("N7", poor)
	req.CustomerID = rich.CustomerID
	want(t, "another customer's code", codeOf(a.pay(req)), "INVALID_CODE")
	req = a.charge("N8", poor)
	req.Product, req.Token, req.Code = aps.ByAutoDebit, "nobody's", ""
	want(t, "token before balance", codeOf(a.pay(req)), "INVALID_TOKEN")

	req = a.charge("N9", poor)
	req.Method = "CARD"
	want(t, "method before balance", codeOf(a.pay(req)), "UNAVAILABLE_PAYMENT_METHOD")

	req = a.charge("N10", rich)
	req.Evaluation = true
	want(t, "evaluation", codeOf(a.pay(req)), "SUCCESS")
	a.wantCharged(rich, 1000)
	a.wantCharged(poor, 0)
}

// TestAFailedPaymentHasTheDocumentedCode is the table of mpp-api §4.1.2, over HTTP.
func TestAFailedPaymentHasTheDocumentedCode(t *testing.T) {
	t.Parallel()
	a := newAlien(t)
	for payer, code := range map[string]string{
		"over-single-limit": "PAYMENT_AMOUNT_EXCEED_LIMIT", "over-daily-amount": "USER_AMOUNT_EXCEED_LIMIT", "over-count": "PAYMENT_COUNT_EXCEED_LIMIT",
		"poor": "USER_BALANCE_NOT_ENOUGH", "unknown": "USER_NOT_EXIST", "blocked": "USER_STATUS_ABNORMAL", "not-verified": "USER_KYC_NOT_QUALIFIED",
		"risky": "RISK_REJECT", "no-method": "UNAVAILABLE_PAYMENT_METHOD", "unregistered-merchant": "MERCHANT_NOT_REGISTERED",
	} {
		p := a.hand.payer(payer)
		req := a.charge("N-"+payer, p)
		req.Amount, req.PayTo = sgd(10_000_000), sgd(10_000_000)
		f := a.pay(req)
		want(t, payer, codeOf(f)+" "+f.Text("result.resultStatus"), code+" F")
		want(t, payer+" asked again", a.inquiry("N-"+payer), "SUCCESS "+code)
		a.wantCharged(p, 0)
	}
	p := a.hand.payer("always-password")
	f := a.pay(a.charge("N-password", p))
	want(t, "password", codeOf(f)+" "+f.Text("result.resultStatus"), "PAYMENT_IN_PROCESS U")
	for range 3 {
		must[control.Payment](t)(a.hand.api.EnterPassword(t.Context(), p.ID, control.PayerAct{Password: "wrong"}))
	}
	want(t, "wrong passwords", a.inquiry("N-password"), "SUCCESS USER_PAYMENT_VERIFICATION_FAILED")

	late := a.hand.payer("rich")
	req := a.charge("N-late", late)
	a.hand.move(2 * time.Minute)
	req.Expiry = time.Now().Add(10 * time.Minute)
	want(t, "an old code", codeOf(a.pay(req)), "EXPIRED_CODE")
}

// TestARepeatedPayHasTheStoredAnswer (mpp-api §4.1.3): for ever, whatever has changed around it, and other content under
// the same id changes nothing.
func TestARepeatedPayHasTheStoredAnswer(t *testing.T) {
	t.Parallel()
	a := newAlien(t)
	p := a.hand.payer("rich")
	req := a.charge("N1", p)
	req.Promotions = []aps.Promotion{{ID: "1", Name: "off", Type: "DISCOUNT", Savings: sgd(100)}}
	req.Surcharge = aps.Surcharge{Amount: sgd(7)}
	answers := make([]aps.Fields, 4)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = a.pay(req) })
	}
	all.Wait()
	told := func(f aps.Fields) string {
		return codeOf(f) + " " + f.Text("paymentId") + " " + f.Text("paymentTime") + " " + f.Text("customerId")
	}
	for _, f := range answers {
		want(t, "at the same time", told(f), told(answers[0]))
	}
	a.hand.move(5 * time.Hour)
	want(t, "hours later", codeOf(a.pay(req))+a.pay(req).Text("paymentId"), codeOf(answers[0])+answers[0].Text("paymentId"))
	for what, change := range map[string]func(*aps.WalletPay){
		"paymentAmount":    func(r *aps.WalletPay) { r.Amount = sgd(999) },
		"payToAmount":      func(r *aps.WalletPay) { r.PayTo = sgd(999) },
		"surchargeInfo":    func(r *aps.WalletPay) { r.Surcharge.Amount = sgd(8) },
		"paymentMethod":    func(r *aps.WalletPay) { r.Code = "251001020000000000000000" },
		"customerId":       func(r *aps.WalletPay) { r.CustomerID = "another" },
		"paymentPromoInfo": func(r *aps.WalletPay) { r.Promotions = nil },
	} {
		other := req
		change(&other)
		want(t, what, codeOf(a.pay(other)), "REPEAT_REQ_INCONSISTENT")
	}
	other := req
	other.Order.Description, other.Expiry, other.NotifyURL = "coffee", time.Now().Add(time.Second), "https://elsewhere.example/"
	want(t, "what is not compared", a.pay(other).Text("paymentId"), answers[0].Text("paymentId"))
	a.wantCharged(p, 1000)

	poor := a.hand.payer("poor")
	failed := a.charge("N2", poor)
	failed.Amount, failed.PayTo = sgd(10_000_000), sgd(10_000_000)
	want(t, "without money", codeOf(a.pay(failed)), "USER_BALANCE_NOT_ENOUGH")
	must[control.Payer](t)(a.hand.api.TopUp(t.Context(), poor.ID, control.TopUpSpec{Amount: sgd(20_000_000)}))
	want(t, "with money, too late", codeOf(a.pay(failed)), "USER_BALANCE_NOT_ENOUGH")
	a.wantCharged(poor, 0)
}

// TestAnEvaluationMovesNothing: neither money nor the code is used, and what would refuse the payment refuses it.
func TestAnEvaluationMovesNothing(t *testing.T) {
	t.Parallel()
	a := newAlien(t)
	rich, poor := a.hand.payer("rich"), a.hand.payer("poor")
	req := a.charge("N1", rich)
	req.Evaluation = true
	f := a.pay(req)
	want(t, "evaluation", codeOf(f)+" "+f.Text("customerId"), "SUCCESS "+rich.CustomerID)
	a.wantCharged(rich, 0)
	want(t, "nothing is known of it", a.inquiry("N1"), "ORDER_NOT_EXIST")
	req.Evaluation = false
	want(t, "the payment", codeOf(a.pay(req)), "SUCCESS")
	a.wantCharged(rich, 1000)
	short := a.charge("N2", poor)
	short.Evaluation, short.PayTo, short.Amount = true, sgd(10_000_000), sgd(10_000_000)
	want(t, "without money", codeOf(a.pay(short)), "USER_BALANCE_NOT_ENOUGH")
}

// TestInquiriesTellWhereAPaymentStands is the table of mpp-api §4.2.
func TestInquiriesTellWhereAPaymentStands(t *testing.T) {
	t.Parallel()
	a := newAlien(t)
	p := a.hand.payer("rich")
	want(t, "unknown", a.inquiry("N0"), "ORDER_NOT_EXIST")
	paid := a.pay(a.charge("N1", p))
	want(t, "paid", a.inquiry("N1"), "SUCCESS SUCCESS")
	want(t, "refund", codeOf(a.refundOf("N1", paid.Text("paymentId"), "R1", sgd(1000))), "SUCCESS")
	want(t, "refunded", a.inquiry("N1"), "SUCCESS SUCCESS")
	slow := a.hand.payer("always-password")
	a.pay(a.charge("N2", slow))
	want(t, "processing", a.inquiry("N2"), "SUCCESS PAYMENT_IN_PROCESS")
	a.hand.move(2 * time.Minute)
	want(t, "expired", a.inquiry("N2"), "SUCCESS ORDER_IS_CLOSED")
	a.pay(a.charge("N3", slow))
	want(t, "cancel", a.cancel("N3"), "SUCCESS")
	want(t, "cancelled", a.inquiry("N3"), "SUCCESS ORDER_IS_CLOSED")
}

// TestCancellationsKeepTheirRules is the table of mpp-api §4.3, and the invariants of §5: a final state never changes back,
// and money comes back once.
func TestCancellationsKeepTheirRules(t *testing.T) {
	t.Parallel()
	a := newAlien(t)
	p, poor := a.hand.payer("rich"), a.hand.payer("poor")
	a.pay(a.charge("N1", p))
	for range 3 {
		want(t, "paid", a.cancel("N1"), "SUCCESS")
	}
	a.wantCharged(p, 0)
	failed := a.charge("N2", poor)
	failed.Amount, failed.PayTo = sgd(10_000_000), sgd(10_000_000)
	a.pay(failed)
	want(t, "failed", a.cancel("N2"), "SUCCESS")
	want(t, "still failed", a.inquiry("N2"), "SUCCESS USER_BALANCE_NOT_ENOUGH")
	want(t, "never came", a.cancel("N3"), "SUCCESS")
	want(t, "came late", codeOf(a.pay(a.charge("N3", p))), "ORDER_IS_CLOSED")
	paid := a.pay(a.charge("N4", p))
	want(t, "part", codeOf(a.refundOf("N4", paid.Text("paymentId"), "R1", sgd(1))), "SUCCESS")
	want(t, "refunded", a.cancel("N4"), "PROCESS_FAIL")
	a.pay(a.charge("N5", p))
	a.hand.move(48 * time.Hour)
	want(t, "after the window", a.cancel("N5"), "CANCEL_WINDOW_EXCEED")
	a.wantCharged(p, 1999)
}

// TestRefundsKeepTheirRules is the table of mpp-api §4.4.
func TestRefundsKeepTheirRules(t *testing.T) {
	t.Parallel()
	a := newAlien(t)
	p := a.hand.payer("rich")
	id := a.pay(a.charge("N1", p)).Text("paymentId")
	part := a.refundOf("N1", id, "R1", sgd(400))
	want(t, "part", codeOf(part), "SUCCESS")
	want(t, "the same", a.refundOf("N1", id, "R1", sgd(400)).Text("refundId"), part.Text("refundId"))
	want(t, "another amount", codeOf(a.refundOf("N1", id, "R1", sgd(401))), "REPEAT_REQ_INCONSISTENT")
	want(t, "too much", codeOf(a.refundOf("N1", id, "R2", sgd(601))), "REFUND_AMOUNT_EXCEED")
	want(t, "another currency", codeOf(a.refundOf("N1", id, "R3", money.Of("MYR", 1))), "CURRENCY_NOT_SUPPORT")
	want(t, "ids that disagree", codeOf(a.refundOf("N1", "another", "R4", sgd(1))), "ORDER_NOT_EXIST")
	want(t, "unknown", codeOf(a.refundOf("N0", "x", "R5", sgd(1))), "ORDER_NOT_EXIST")
	var all sync.WaitGroup
	for _, name := range []string{"C1", "C2", "C3", "C4"} {
		all.Go(func() { a.refundOf("N1", id, name, sgd(300)) })
	}
	all.Wait()
	a.wantCharged(p, 0)
	id = a.pay(a.charge("N2", p)).Text("paymentId")
	a.cancel("N2")
	want(t, "cancelled", codeOf(a.refundOf("N2", id, "R6", sgd(1))), "ORDER_IS_CLOSED")
	id = a.pay(a.charge("N3", p)).Text("paymentId")
	a.hand.move(366*24*time.Hour - time.Minute)
	want(t, "on day 366", codeOf(a.refundOf("N3", id, "R7", sgd(500))), "SUCCESS")
	a.hand.move(2 * time.Minute)
	want(t, "after it", codeOf(a.refundOf("N3", id, "R8", sgd(500))), "REFUND_WINDOW_EXCEED")
}

// TestTolerantReaders (mpp-api §1): native scalars and nulls are understood, and noted.
func TestTolerantReaders(t *testing.T) {
	t.Parallel()
	a := newAlien(t)
	p := a.hand.payer("rich")
	body := string(message.Pay().Write(a.charge("N1", p)).Write(jsontree.Layout{}))
	body = strings.NewReplacer(`"value":"1000"`, `"value":1000`, `"isInStorePayment":"true"`, `"isInStorePayment":true`, `"paymentExpiryTime"`, `"passThroughInfo":null,"paymentExpiryTime"`).Replace(body)
	want(t, "native", codeOf(a.send(aps.Pay, body)), "SUCCESS")
	list := legs(a.hand)
	if last := list[len(list)-1]; len(last.Notes) == 0 {
		t.Error("nothing is noted")
	}
	a.wantCharged(p, 1000)
}

// TestTheDoctorExplainsSignaturesOfTheWalletsLeg: at either end the record says which mistake it is.
func TestTheDoctorExplainsSignaturesOfTheWalletsLeg(t *testing.T) {
	t.Parallel()
	a := newAlien(t)
	p := a.hand.payer("rich")
	a.signed = "/aps/api/v1/payments/pay" // as implementers of wallets do who mix up the paths
	want(t, "another path", codeOf(a.pay(a.charge("N1", p))), "INVALID_SIGNATURE")
	list := legs(a.hand)
	last := list[len(list)-1]
	if last.Signature.Verdict != string(sign.Invalid) || !strings.Contains(last.Signature.Found, a.signed) || last.Signature.Mistake == "" {
		t.Errorf("signature %+v", last.Signature)
	}
	a.wantCharged(p, 0)

	wrong := newPair(t, func(network, _ *wallet.Options) {
		network.ForeignWallet.Keys = sign.NewKeySet("1", &testKey().PublicKey)
	})
	payer := wrong.hand.payer("rich")
	_, err := wrong.hand.api.IssueCode(t.Context(), payer.ID, control.CodeSpec{})
	want(t, "a wallet with another key", refused(t, err), control.Invalid)
	first := legs(wrong.shop)[0]
	want(t, "at Alipay+", first.API+" "+first.Signature.Verdict+" "+first.Result.Code, "getPaymentCode invalid INVALID_SIGNATURE")
	if !strings.Contains(first.Signature.Reason, "key") {
		t.Errorf("reason %q", first.Signature.Reason)
	}
}
