package wallet_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

const shopCode = "https://shop.example/281002040001"

// storeCode has the acquirer say that its code stands for a shop.
func storeCode(aps.Fields) *jsontree.Node {
	return aps.NewAnswer(aps.ResultOf("SUCCESS")).Text("codeType", "STORE_CODE").Node()
}

// newPushRig has an acquirer with a code of a shop, and takes pushes with S.
func newPushRig(t *testing.T) (*rig, *acquirer, control.Payer) {
	t.Helper()
	r := newRig(t)
	r.open("production")
	a := r.acquirer()
	a.on(aps.UserInitiatedPay, storeCode)
	return r, a, r.payer("rich")
}

func (r *rig) push(p control.Payer, minor int64) control.Push {
	r.t.Helper()
	return must[control.Push](r.t)(r.api.Push(r.t.Context(), p.ID, control.PushSpec{Code: shopCode, Amount: sgd(minor)}))
}

func (r *rig) pushedState(id string) string {
	r.t.Helper()
	x := must[control.Push](r.t)(r.api.Pushed(r.t.Context(), id))
	return x.State + " " + x.Outcome.Code
}

func asked(code, status string) func(aps.Fields) *jsontree.Node {
	return func(aps.Fields) *jsontree.Node {
		return aps.NewAnswer(aps.ResultOf("SUCCESS")).Object("paymentResult", aps.Result{Code: code, Status: aps.Status(status)}.Node()).Node()
	}
}

func notifyPushBody(id, code, status string) string {
	return fmt.Sprintf(`{"paymentId":%q,"paymentResult":{"resultCode":%q,"resultStatus":%q},"paymentTime":"2031-03-05T12:00:00+08:00"}`, id, code, status)
}

func TestAPushedPaymentIsTaken(t *testing.T) {
	t.Parallel()
	r, a, p := newPushRig(t)
	x := r.push(p, 1000)
	want(t, "outcome", x.State+" "+x.Outcome.Code+" "+x.Channel, "SUCCESS SUCCESS answer")
	sent := a.await(aps.PushPayment, 1)[0]
	want(t, "message", sent.Text("paymentId")+sent.Text("codeValue")+sent.Text("paymentAmount.value"), x.PaymentID+shopCode+"1000")
	r.wantMoved("payer/"+p.ID, -1000)
	r.wantMoved("shop/unnamed", 1000)
	r.wantMoved("wallet", 0)
	refund := fmt.Sprintf(`{"paymentId":%q,"refundRequestId":"R1","refundAmount":{"currency":"SGD","value":"400"}}`, x.PaymentID)
	want(t, "refund", r.call("refund", refund).code(), "SUCCESS")
	r.wantMoved("payer/"+p.ID, -600)
	repeated, err := r.api.RepeatPush(t.Context(), x.PaymentID, control.RepeatSpec{})
	if err != nil || repeated.Result == nil || repeated.Result.Code != "SUCCESS" {
		t.Errorf("repeated: %+v, %v", repeated.Result, err)
	}
	if list := a.took(aps.PushPayment); len(list) != 2 || list[1].Text("paymentTime") != list[0].Text("paymentTime") {
		t.Errorf("%d pushes", len(list))
	}
	if n := len(a.took(aps.InquiryPushPayment)); n != 0 {
		t.Errorf("%d inquiries about a final payment", n)
	}
}

func TestAPushThatTheAcquirerRefusesIsGivenBack(t *testing.T) {
	t.Parallel()
	r, a, p := newPushRig(t)
	for _, code := range []string{"RISK_REJECT", "MERCHANT_KYB_NOT_QUALIFIED"} {
		a.refuses(aps.PushPayment, code)
		x := r.push(p, 1000)
		want(t, "outcome", x.State+" "+x.Outcome.Code, "FAIL "+code)
	}
	r.wantMoved("payer/"+p.ID, 0)
	r.wantMoved("shop/unnamed", 0)
}

func TestTheWordOnAPushFromAnInquiry(t *testing.T) {
	t.Parallel()
	r, a, p := newPushRig(t)
	a.refuses(aps.PushPayment, "PAYMENT_IN_PROCESS")
	a.refuses(aps.InquiryPushPayment, "ORDER_NOT_EXIST")
	x := r.push(p, 1000)
	want(t, "at first", x.State+" "+x.Outcome.Code, "PROCESSING PAYMENT_IN_PROCESS")
	r.wantMoved("payer/"+p.ID, -1000)
	r.wantMoved("shop/unnamed", 0)
	r.move(4 * time.Second)
	a.await(aps.InquiryPushPayment, 1)
	a.on(aps.InquiryPushPayment, asked("PAYMENT_IN_PROCESS", "U"))
	r.move(4 * time.Second)
	a.await(aps.InquiryPushPayment, 2)
	a.on(aps.InquiryPushPayment, asked("SUCCESS", "S"))
	r.move(29 * time.Second)
	if n := len(a.took(aps.InquiryPushPayment)); n != 2 {
		t.Errorf("%d inquiries, want 2: the third comes after 30 s", n)
	}
	r.move(time.Second)
	want(t, "in the end", r.pushedState(x.PaymentID), "SUCCESS SUCCESS")
	want(t, "channel", must[control.Push](t)(r.api.Pushed(t.Context(), x.PaymentID)).Channel, "inquiry")
	r.wantMoved("shop/unnamed", 1000)
	r.move(time.Hour)
	if n := len(a.took(aps.InquiryPushPayment)); n != 3 {
		t.Errorf("%d inquiries, want 3", n)
	}
}

func TestAPushWithoutAnyWordIsGivenBack(t *testing.T) {
	t.Parallel()
	r, a, p := newPushRig(t)
	nothing := func(aps.Fields) *jsontree.Node { return nil }
	a.on(aps.PushPayment, nothing)
	a.on(aps.InquiryPushPayment, nothing)
	x := r.push(p, 1000)
	r.move(13*time.Minute + 37*time.Second)
	want(t, "before the last inquiry", r.pushedState(x.PaymentID), "PROCESSING PAYMENT_IN_PROCESS")
	r.move(2 * time.Second)
	a.until("the payment is closed", func() bool { return r.pushedState(x.PaymentID) == "CLOSED ORDER_IS_CLOSED" })
	if n := len(a.took(aps.InquiryPushPayment)); n != 8 {
		t.Errorf("%d inquiries, want 8", n)
	}
	a.until("the money is back", func() bool { return r.moved("payer/"+p.ID) == 0 })
	want(t, "a word that comes too late", codeOf(r.ask(aps.NotifyPushPayment, notifyPushBody(x.PaymentID, "SUCCESS", "S"))), "PROCESS_FAIL")
	r.wantMoved("shop/unnamed", 0)
}

func TestAPushThatCannotBeAskedAboutIsGivenBack(t *testing.T) {
	t.Parallel()
	r, a, p := newPushRig(t)
	must[control.Addresses](t)(r.api.SetAddresses(t.Context(), control.Addresses{Of: map[aps.API]string{
		aps.UserInitiatedPay: a.url(aps.UserInitiatedPay), aps.PushPayment: a.url(aps.PushPayment),
	}}))
	a.refuses(aps.PushPayment, "PAYMENT_IN_PROCESS")
	x := r.push(p, 1000)
	r.move(14 * time.Minute)
	a.until("the payment is closed", func() bool { return r.pushedState(x.PaymentID) == "CLOSED ORDER_IS_CLOSED" })
	a.until("the money is back", func() bool { return r.moved("payer/"+p.ID) == 0 })
}

func TestTheWordOnAPushFromANotification(t *testing.T) {
	t.Parallel()
	r, a, p := newPushRig(t)
	a.refuses(aps.PushPayment, "UNKNOWN_EXCEPTION")
	x := r.push(p, 1000)
	want(t, "undecided", codeOf(r.blurt(aps.NotifyPushPayment, notifyPushBody(x.PaymentID, "PAYMENT_IN_PROCESS", "U"))), "PARAM_ILLEGAL")
	want(t, "unknown payment", codeOf(r.ask(aps.NotifyPushPayment, notifyPushBody("x", "SUCCESS", "S"))), "ORDER_NOT_EXIST")
	want(t, "notification", codeOf(r.ask(aps.NotifyPushPayment, notifyPushBody(x.PaymentID, "SUCCESS", "S"))), "SUCCESS")
	want(t, "the same again", codeOf(r.ask(aps.NotifyPushPayment, notifyPushBody(x.PaymentID, "SUCCESS", "S"))), "SUCCESS")
	want(t, "another outcome", codeOf(r.ask(aps.NotifyPushPayment, notifyPushBody(x.PaymentID, "RISK_REJECT", "F"))), "PROCESS_FAIL")
	want(t, "state", r.pushedState(x.PaymentID), "SUCCESS SUCCESS")
	r.wantMoved("payer/"+p.ID, -1000)
	e := r.last(aps.NotifyPushPayment)
	want(t, "timeline of the notification", e.Timeline, r.timeline)
	r.move(time.Hour)
	if n := len(a.took(aps.InquiryPushPayment)); n != 0 {
		t.Errorf("%d inquiries after the notification", n)
	}
}

func TestManyWordsAtOnceCountOnce(t *testing.T) {
	t.Parallel()
	r, a, p := newPushRig(t)
	a.refuses(aps.PushPayment, "UNKNOWN_EXCEPTION")
	x := r.push(p, 1000)
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			if i%2 == 0 {
				r.ask(aps.NotifyPushPayment, notifyPushBody(x.PaymentID, "SUCCESS", "S"))
			} else {
				r.ask(aps.NotifyPushPayment, notifyPushBody(x.PaymentID, "RISK_REJECT", "F"))
			}
		})
	}
	all.Wait()
	payer, shop := r.moved("payer/"+p.ID), r.moved("shop/unnamed")
	switch state := r.pushedState(x.PaymentID); {
	case state == "SUCCESS SUCCESS" && payer == -1000 && shop == 1000:
	case state == "FAIL RISK_REJECT" && payer == 0 && shop == 0:
	default:
		t.Errorf("%s, payer %d, shop %d", state, payer, shop)
	}
}

func TestThePayerMustHaveTheMoney(t *testing.T) {
	t.Parallel()
	r, a, _ := newPushRig(t)
	x := r.push(r.payer("poor"), 1000)
	want(t, "outcome", x.State+" "+x.Outcome.Code, "FAIL USER_BALANCE_NOT_ENOUGH")
	slow := r.payer("always-password")
	x = r.push(slow, 1000)
	want(t, "before the password", x.State, "PROCESSING")
	if n := len(a.took(aps.PushPayment)); n != 0 {
		t.Errorf("%d pushes without money", n)
	}
	if _, err := r.api.EnterPassword(t.Context(), slow.ID, control.PayerAct{}); err != nil {
		t.Fatal(err)
	}
	want(t, "after it", r.pushedState(x.PaymentID), "SUCCESS SUCCESS")
	late := r.push(slow, 1000)
	r.move(2 * time.Minute)
	if _, err := r.api.EnterPassword(t.Context(), slow.ID, control.PayerAct{}); err == nil && len(a.took(aps.PushPayment)) > 1 {
		t.Errorf("payment %s was pushed after its expiry", late.PaymentID)
	}
	r.wantMoved("payer/"+slow.ID, -1000)
}

// TestTwoPayersOfOneOrder pushes the second payment under the same paymentRequestId; the acquirer refuses it.
func TestTwoPayersOfOneOrder(t *testing.T) {
	t.Parallel()
	r, a, p := newPushRig(t)
	a.knows(map[string]*jsontree.Node{shopCode: r.decodedBody("P1", "1000")})
	first := must[control.Push](t)(r.api.Push(t.Context(), p.ID, control.PushSpec{Code: shopCode}))
	want(t, "first", first.PaymentRequestID+" "+first.Order+" "+first.State, "P1 P1 SUCCESS")
	a.refuses(aps.PushPayment, "PROCESS_FAIL")
	other := r.payer("rich")
	second := must[control.Push](t)(r.api.Push(t.Context(), other.ID, control.PushSpec{Code: shopCode}))
	want(t, "second", second.PaymentRequestID+" "+second.State, "P1 FAIL")
	want(t, "its order goes by", second.Order, second.PaymentID)
	r.wantMoved("payer/"+p.ID, -1000)
	r.wantMoved("payer/"+other.ID, 0)
	want(t, "inquiry", r.inquire("P1").outcome(), "SUCCESS")
	want(t, "refund", r.refund("P1", "R1", "1000").code(), "SUCCESS")
	r.wantMoved("payer/"+p.ID, 0)
}

func TestPushesThatDifferFromTheOrder(t *testing.T) {
	t.Parallel()
	r, a, p := newPushRig(t)
	a.knows(map[string]*jsontree.Node{shopCode: r.decodedBody("P1", "1000")})
	a.refuses(aps.PushPayment, "PROCESS_FAIL")
	x := must[control.Push](t)(r.api.Push(t.Context(), p.ID, control.PushSpec{Code: shopCode, Amount: sgd(1)}))
	want(t, "pushed amount", a.await(aps.PushPayment, 1)[0].Text("paymentAmount.value")+" "+x.State, "1 FAIL")
	for path, value := range map[string]string{"paymentAmount.value": `"2"`, "paymentRequestId": `"P2"`, "settlementAmount.value": `"3"`} {
		e, err := r.api.RepeatPush(t.Context(), x.PaymentID, control.RepeatSpec{Alter: control.Alteration{Set: map[string]json.RawMessage{path: json.RawMessage(value)}}})
		if err != nil || e.Result == nil {
			t.Fatalf("%s: %+v, %v", path, e, err)
		}
		last := a.took(aps.PushPayment)
		want(t, path, `"`+last[len(last)-1].Text(path)+`"`, value)
	}
}

func TestInquiriesAboutPushes(t *testing.T) {
	t.Parallel()
	r, a, p := newPushRig(t)
	a.on(aps.InquiryPushPayment, asked("SUCCESS", "S"))
	x := r.push(p, 1000)
	e, err := r.api.InquirePush(t.Context(), control.PushInquiry{PaymentID: x.PaymentID})
	if err != nil || e.Result == nil || e.Result.Code != "SUCCESS" {
		t.Errorf("inquiry %+v, %v", e.Result, err)
	}
	if _, err := r.api.InquirePush(t.Context(), control.PushInquiry{PaymentID: "never", CodeValue: shopCode}); err != nil {
		t.Error(err)
	}
	want(t, "asked about", a.took(aps.InquiryPushPayment)[1].Text("paymentId"), "never")
	for name, c := range map[string]struct {
		code string
		call func() error
	}{
		"inquiry about nothing": {control.Invalid, func() error {
			_, err := r.api.InquirePush(t.Context(), control.PushInquiry{PaymentID: "x"})
			return err
		}},
		"repeated nothing": {control.NotFound, func() error { _, err := r.api.RepeatPush(t.Context(), "x", control.RepeatSpec{}); return err }},
		"state of nothing": {control.NotFound, func() error { _, err := r.api.Pushed(t.Context(), "x"); return err }},
		"odd alteration": {control.Invalid, func() error {
			_, err := r.api.RepeatPush(t.Context(), x.PaymentID, control.RepeatSpec{Alter: control.Alteration{Signature: "x"}})
			return err
		}},
		"no code":       {control.Invalid, func() error { _, err := r.api.Push(t.Context(), p.ID, control.PushSpec{}); return err }},
		"no amount":     {control.Invalid, func() error { _, err := r.api.Push(t.Context(), p.ID, control.PushSpec{Code: shopCode}); return err }},
		"unknown payer": {control.NotFound, func() error { _, err := r.api.Push(t.Context(), "x", control.PushSpec{Code: shopCode}); return err }},
	} {
		err := c.call()
		if refused := asRefusal(err); refused == nil || refused.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	a.refuses(aps.UserInitiatedPay, "INVALID_CODE")
	_, err = r.api.Push(t.Context(), p.ID, control.PushSpec{Code: shopCode, Amount: sgd(5)})
	if refused := asRefusal(err); refused == nil || refused.Code != control.Conflict {
		t.Errorf("code that the acquirer does not know: %v", err)
	}
}

func TestPlacedOrders(t *testing.T) {
	t.Parallel()
	r, a, p := newPushRig(t)
	a.on(aps.PlaceOrder, func(f aps.Fields) *jsontree.Node {
		return aps.NewAnswer(aps.ResultOf("SUCCESS")).Text("paymentRequestId", "P-"+f.Text("paymentAmount.value")).Node()
	})
	spec := control.PushSpec{Code: shopCode, Amount: money.Of("SGD", 700)}
	x := must[control.Push](t)(r.api.PlaceOrder(t.Context(), p.ID, spec))
	want(t, "order", x.Order+" "+x.State, "P-700 SUCCESS")
	placed := a.await(aps.PlaceOrder, 1)[0]
	want(t, "message", placed.Text("paymentId")+placed.Text("codeValue")+placed.Text("customerId"), x.PaymentID+shopCode+p.CustomerID)
	n := a.await(aps.NotifyPayment, 1)[0]
	want(t, "notified", n.Text("paymentRequestId")+" "+n.Text("paymentResult.resultStatus"), "P-700 S")
	want(t, "inquiry", r.inquire("P-700").outcome(), "SUCCESS")
	r.wantMoved("payer/"+p.ID, -700)
	a.refuses(aps.PlaceOrder, "PROCESS_FAIL")
	if _, err := r.api.PlaceOrder(t.Context(), p.ID, spec); asRefusal(err) == nil || asRefusal(err).Code != control.Conflict {
		t.Errorf("an order that the acquirer does not open: %v", err)
	}
	r.wantMoved("payer/"+p.ID, -700)
}
