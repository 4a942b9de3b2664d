package wallet_test

import (
	"fmt"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/trace"
)

const privateCode = "https://pay.shop.example/28100204000177"

// decodedBody is what an acquirer says of an open code of its own.
func (r *rig) decodedBody(id, value string) *jsontree.Node {
	r.t.Helper()
	amount := fmt.Sprintf(`{"currency":"SGD","value":%q}`, value)
	text := fmt.Sprintf(`{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"x"},"codeType":"ORDER_CODE","paymentRequestId":%q,`+
		`"order":{"referenceOrderId":"order-%s","orderDescription":"tea","orderAmount":%s,"merchant":{"referenceMerchantId":"M-1","merchantName":"Corner",`+
		`"merchantMCC":"5411","merchantAddress":{"region":"SG"}}},"paymentFactor":%s,"paymentAmount":%s,"paymentNotifyUrl":%q,`+
		`"paymentRedirectUrl":"https://shop.example/back","paymentExpiryTime":%q,"settlementStrategy":{"settlementCurrency":"SGD"}}`,
		id, id, amount, orderCodeFactor, amount, r.inbox.URL+"/notify", time.Now().Add(5*time.Minute).UTC().Format(time.RFC3339))
	n, err := jsontree.Parse([]byte(text))
	if err != nil {
		r.t.Fatal(err)
	}
	keeps(r.t, operation(r.t, aps.UserInitiatedPay), catalogue.Response, n)
	return n
}

// knows has the acquirer decode codes; a code that is not in the list is invalid.
func (a *acquirer) knows(codes map[string]*jsontree.Node) {
	a.on(aps.UserInitiatedPay, func(f aps.Fields) *jsontree.Node {
		if known := codes[f.Text("codeValue")]; known != nil {
			return known
		}
		return aps.NewAnswer(aps.ResultOf("INVALID_CODE")).Node()
	})
}

func TestPrivateOrderCodeIsDecodedByTheAcquirer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("certify")
	a := r.acquirer()
	a.knows(map[string]*jsontree.Node{privateCode: r.decodedBody("P1", "2500")})
	p, other := r.payer("rich"), r.payer("rich")

	s := r.scan(p, privateCode)
	want(t, "scan", s.Result.Code, "SUCCESS")
	want(t, "price", s.Payment.Order.Price.String(), "SGD 25.00")
	asked := a.await(aps.UserInitiatedPay, 1)[0]
	want(t, "asked about", asked.Text("codeValue")+" "+asked.Text("customerId"), privateCode+" "+p.CustomerID)
	want(t, "the order is open", r.outcome("P1"), "PAYMENT_IN_PROCESS")
	want(t, "scanned again", r.scan(p, privateCode).Payment.ID, s.Payment.ID)
	want(t, "asked again", fmt.Sprint(len(a.took(aps.UserInitiatedPay))), "2")
	want(t, "another payer", r.scan(other, privateCode).Result.Code, "REPEAT_REQ_INCONSISTENT")

	want(t, "confirmed", r.confirm(p).State, "SUCCESS")
	r.wantMoved("payer/"+p.ID, -2500)
	r.wantMoved("shop/M-1", 2500)
	n := r.notice(1)
	want(t, "notified", n.Text("paymentRequestId")+n.Text("paymentResult.resultStatus"), "P1S")
	want(t, "outcome", r.outcome("P1"), "SUCCESS")
	want(t, "refund", r.refund("P1", "R1", "500").code(), "SUCCESS")
	r.wantMoved("payer/"+p.ID, -2000)
	e := r.last("userInitiatedPay")
	if e.Leg != "network-acquirer" || e.Timeline != r.timeline || e.Match != "code" || e.Signature.Verdict != "valid" {
		t.Errorf("recorded: %+v", e)
	}
}

func TestWhatTheAcquirerRefusesToDecodeIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	a := r.acquirer()
	p := r.payer("rich")
	for code, shown := range map[string]string{
		"EXPIRED_CODE": "EXPIRED_CODE", "INVALID_CODE": "INVALID_CODE", "ORDER_IS_CLOSED": "ORDER_IS_CLOSED",
		"UNKNOWN_EXCEPTION": "UNKNOWN_EXCEPTION", "PROCESS_FAIL": "PROCESS_FAIL", "NEVER_HEARD_OF": "PROCESS_FAIL",
	} {
		a.refuses(aps.UserInitiatedPay, code)
		want(t, code, r.scan(p, privateCode).Result.Code, shown)
	}
	a.on(aps.UserInitiatedPay, func(aps.Fields) *jsontree.Node { return nil })
	want(t, "HTTP status 502", r.scan(p, privateCode).Result.Code, "UNKNOWN_EXCEPTION")
	broken := r.decodedBody("P1", "2500")
	if err := broken.Set("paymentRequestId", jsontree.Of("")); err != nil {
		t.Fatal(err)
	}
	a.on(aps.UserInitiatedPay, func(aps.Fields) *jsontree.Node { return broken })
	want(t, "no id", r.scan(p, privateCode).Result.Code, "PROCESS_FAIL")
	must[control.Addresses](t)(r.api.SetAddresses(t.Context(), control.Addresses{}))
	want(t, "nobody to ask", r.scan(p, privateCode).Result.Code, "INVALID_CODE")
}

// TestAnAcquirerThatAnswersDifferently: the first answer about an open code stands; ids of other orders are refused.
func TestAnAcquirerThatAnswersDifferently(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	a := r.acquirer()
	p := r.payer("rich")
	a.knows(map[string]*jsontree.Node{privateCode: r.decodedBody("P1", "2500")})
	first := r.scan(p, privateCode)
	a.knows(map[string]*jsontree.Node{
		privateCode:               r.decodedBody("P2", "9900"), // another id
		privateCode + "?amount=1": r.decodedBody("P1", "2500"), // the same order behind another text
		privateCode + "8":         r.decodedBody("P1", "9900"), // the same id, another amount
		privateCode + "9":         r.decodedBody("P3", "100"),  // cancelled before it was scanned
	})
	want(t, "another id", r.scan(p, privateCode).Payment.ID, first.Payment.ID)
	want(t, "another text", r.scan(p, privateCode+"?amount=1").Payment.ID, first.Payment.ID)
	want(t, "another amount", r.scan(p, privateCode+"8").Result.Code, "REPEAT_REQ_INCONSISTENT")
	want(t, "cancel", r.cancel("P3").code(), "SUCCESS")
	want(t, "cancelled", r.scan(p, privateCode+"9").Result.Code, "ORDER_IS_CLOSED")
	want(t, "payment code", r.pay("P4", r.code(p), "100").code(), "SUCCESS")
	a.knows(map[string]*jsontree.Node{privateCode + "4": r.decodedBody("P4", "100")})
	want(t, "id of another product", r.scan(p, privateCode+"4").Result.Code, "REPEAT_REQ_INCONSISTENT")
	r.confirm(p)
	r.wantMoved("payer/"+p.ID, -2600)
}

func TestPrivateCodeMayNameTheAmountAsTheLibraryDoes(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	a := r.acquirer()
	p := r.payer("rich")
	answer := r.decodedBody("P1", "2500")
	for i, m := range answer.Members {
		if m.Name == "paymentAmount" {
			answer.Members[i].Name = "amount"
		}
	}
	a.knows(map[string]*jsontree.Node{privateCode: answer})
	want(t, "payable", r.scan(p, privateCode).Payment.Payable.String(), "SGD 25.00")
}

func TestPrivateOrderExpiresAndIsCancelled(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("certify")
	a := r.acquirer()
	p := r.payer("rich")
	a.knows(map[string]*jsontree.Node{privateCode: r.decodedBody("P1", "2500"), privateCode + "2": r.decodedBody("P2", "2500")})
	r.scan(p, privateCode)
	r.scan(p, privateCode+"2")
	want(t, "cancel", r.cancel("P2").code(), "SUCCESS")
	want(t, "cancelled", r.outcome("P2"), "ORDER_IS_CLOSED")
	r.move(6 * time.Minute)
	want(t, "expired", r.outcome("P1"), "ORDER_IS_CLOSED")
	want(t, "told", r.notice(1).Text("paymentRequestId"), "P1")
	if len(must[control.Payer](t)(r.api.Payer(t.Context(), p.ID)).Waiting) > 0 {
		t.Error("something still waits for the payer")
	}
	r.wantMoved("payer/"+p.ID, 0)
}

func TestEntryCodeLeadsToAnAddress(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("certify")
	p := r.payer("rich")
	a := r.sell(sale{id: "P1", value: "700", factor: entryCodeFactor})
	address := a.Text("paymentUrl")
	want(t, "accepted", codeOf(a), "PAYMENT_IN_PROCESS")
	if address == "" || codeText(a) != "" {
		t.Fatalf("address %q, code %q", address, codeText(a))
	}
	want(t, "opened", r.scan(p, address).Result.Code, "SUCCESS")
	want(t, "opened with another escape", r.scan(p, address+"x").Result.Code, "INVALID_CODE")
	want(t, "confirmed", r.confirm(p).State, "SUCCESS")
	r.wantMoved("shop/M-1", 700)
	want(t, "told", r.notice(1).Text("paymentResult.resultStatus"), "S")
}

// TestTheAcquirerCanBeAskedWithoutAPayer: the question is sent and recorded, also a malformed one, and no order comes of it.
func TestTheAcquirerCanBeAskedWithoutAPayer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	if _, err := r.api.Decode(t.Context(), control.DecodeSpec{Text: privateCode}); asRefusal(err) == nil {
		t.Errorf("without an address: %v", err)
	}
	a := r.acquirer()
	a.knows(map[string]*jsontree.Node{privateCode: r.decodedBody("P1", "2500")})
	p := r.payer("rich")
	for _, payer := range []string{"", p.ID} {
		e := must[trace.Exchange](t)(r.api.Decode(t.Context(), control.DecodeSpec{Text: privateCode, Payer: payer}))
		if e.Result == nil || e.Result.Code != "SUCCESS" || e.PaymentRequestID != "P1" || e.Signature.Verdict != "valid" {
			t.Errorf("asked for %q: payment %q, result %v, signature %+v", payer, e.PaymentRequestID, e.Result, e.Signature)
		}
	}
	want(t, "customer", a.took(aps.UserInitiatedPay)[1].Text("customerId"), p.CustomerID)
	want(t, "no order", codeOf(r.ask(aps.InquiryPayment, `{"paymentRequestId":"P1"}`)), "ORDER_NOT_EXIST")
	r.scan(p, privateCode)
	other := must[trace.Exchange](t)(r.api.Decode(t.Context(), control.DecodeSpec{Text: "unknown"}))
	want(t, "unknown code", other.Result.Code, "INVALID_CODE")
	known := must[trace.Exchange](t)(r.api.Decode(t.Context(), control.DecodeSpec{Text: privateCode}))
	want(t, "timeline of a scanned code", known.Timeline, r.timeline)
	for _, bad := range []control.DecodeSpec{
		{Text: privateCode, Alter: control.Alteration{Signature: "upside-down"}},
		{Text: privateCode, Payer: "nobody"},
	} {
		if _, err := r.api.Decode(t.Context(), bad); asRefusal(err) == nil {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// TestCodesAreIdentifiedByRegisteredDomains: with domains registered, a wallet asks about nothing else, and entry codes open
// the shop's page under the wallet's own name (mpp-api §7.2).
func TestCodesAreIdentifiedByRegisteredDomains(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *wallet.Options) {
		o.CodeDomains = wallet.CodeDomains{Private: []string{"pay.shop.example"}, Entry: []string{"enter.shop.example"}}
	})
	r.open("off")
	a := r.acquirer()
	a.knows(map[string]*jsontree.Node{privateCode: r.decodedBody("P1", "2500")})
	p := r.payer("rich")
	want(t, "private code", r.scan(p, privateCode).Result.Code, "SUCCESS")
	s := r.scan(p, "https://enter.shop.example/s/17")
	want(t, "entry code", s.Action+" "+s.Page+" "+s.UserAgent, "OPEN_URL https://enter.shop.example/s/17 AlipayConnect")
	want(t, "order code", r.scan(p, r.orderCode("P2", "100")).Result.Code, "SUCCESS")
	asked := len(a.took(aps.UserInitiatedPay))
	for _, text := range []string{"https://elsewhere.example/28100204", "http://pay.shop.example/1", "hello"} {
		want(t, text, r.scan(p, text).Result.Code, "INVALID_CODE")
	}
	want(t, "not asked", fmt.Sprint(len(a.took(aps.UserInitiatedPay))), fmt.Sprint(asked))
	if _, err := wallet.New(wallet.Options{CodeDomains: wallet.CodeDomains{Private: []string{"https://x/y"}}}); err == nil {
		t.Error("a domain with a path was accepted")
	}
}
