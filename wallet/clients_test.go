package wallet_test

import (
	"crypto/rsa"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/sign"
	"mppsim/wallet/trace"
)

// otherClient is the client id of a second client.
const otherClient = "SANDBOX_OTHER"

// otherKey is the key of the second client.
var otherKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := sign.GenerateKey()
	if err != nil {
		panic(err)
	}
	return key
})

// twoClients are two clients of one simulator, who call at a door.
func twoClients(t *testing.T, door string, change ...func(*wallet.Options)) (first, second counter) {
	t.Helper()
	first = newCounter(t, door, append(change, func(o *wallet.Options) {
		o.Clients = map[string]sign.KeySet{otherClient: sign.NewKeySet("1", &otherKey().PublicKey)}
	})...)
	r := first.rig
	other := &rig{
		t: r.t, sim: r.sim, api: r.api, url: r.url, http: r.http, inbox: r.inbox, timeline: r.timeline, ackCode: r.ackCode,
		client: otherClient, key: otherKey(),
	}
	return first, counter{till: till{rig: other}, door: door}
}

// eachDoor runs a test for both doors.
func eachDoor(t *testing.T, test func(t *testing.T, door string)) {
	t.Helper()
	for _, door := range []string{"aps", "ams"} {
		t.Run(door, func(t *testing.T) {
			t.Parallel()
			test(t, door)
		})
	}
}

func TestClientsHaveIDsOfTheirOwn(t *testing.T) {
	t.Parallel()
	eachDoor(t, func(t *testing.T, door string) {
		a, b := twoClients(t, door)
		p, q := a.payer("rich"), a.payer("rich")
		codes := map[string]string{"a": a.code(p), "b": a.code(q)}
		one, two := a.pay("P1", codes["a"], "1000"), b.pay("P1", codes["b"], "700")
		for _, f := range []aps.Fields{one, two} {
			want(t, "pay", codeOf(f), "SUCCESS")
		}
		if one.Text("paymentId") == two.Text("paymentId") {
			t.Fatal("both have the same paymentId")
		}
		want(t, "the first's again", a.pay("P1", codes["a"], "1000").Text("paymentId"), one.Text("paymentId"))
		want(t, "the second's again", b.pay("P1", codes["b"], "700").Text("paymentId"), two.Text("paymentId"))
		want(t, "the second's with the first's content", codeOf(b.pay("P1", codes["b"], "1000")), "REPEAT_REQ_INCONSISTENT")
		for who, amount := range map[*counter]string{&a: "1000", &b: "700"} {
			f := who.inquire("P1")
			want(t, "inquiry", codeOf(f)+" "+f.Text("paymentRequestId")+" "+f.Text("paymentAmount.value"), "SUCCESS P1 "+amount)
		}
		first, second := a.refund(one.Text("paymentId"), "R1", "SGD", "100"), b.refund(two.Text("paymentId"), "R1", "SGD", "200")
		want(t, "refunds", codeOf(first)+" "+codeOf(second), "SUCCESS SUCCESS")
		listed := b.inquire("P1")
		want(t, "the refund as the second inquires it", listed.Text("transactions.1.transactionRequestId")+listed.Text("transactions.0.transactionRequestId"),
			map[string]string{"aps": "R1P1", "ams": "R1"}[door])
		want(t, "cancellation", codeOf(b.cancel(b.pay("P2", a.code(q), "5").Text("paymentId"))), "SUCCESS")
		want(t, "the same id of the first", codeOf(a.inquire("P2")), "ORDER_NOT_EXIST")
		a.wantMoved("payer/"+p.ID, -900)
		a.wantMoved("payer/"+q.ID, -500)
	})
}

func TestPaymentsOfOtherClientsDoNotExist(t *testing.T) {
	t.Parallel()
	eachDoor(t, func(t *testing.T, door string) {
		a, b := twoClients(t, door)
		p := a.payer("rich")
		paid := a.pay("P1", a.code(p), "1000").Text("paymentId")
		refunded := a.refund(paid, "R1", "SGD", "100")
		want(t, "refund of the first", codeOf(refunded), "SUCCESS")
		about := fmt.Sprintf(`{"paymentId":%q}`, paid)
		for what, f := range map[string]aps.Fields{
			"inquiry by the acquirer's id": b.inquire("P1"),
			"inquiry":                      b.say(aps.InquiryPayment, "inquiryPayment", about),
			"cancellation":                 b.cancel(paid),
			"refund":                       b.refund(paid, "R2", "SGD", "1"),
			"the first's refund again":     b.refund(paid, "R1", "SGD", "100"),
		} {
			want(t, what, codeOf(f), "ORDER_NOT_EXIST")
		}
		if door == "ams" {
			want(t, "inquiry of the refund", codeOf(b.ask("inquiryRefund", fmt.Sprintf(`{"refundId":%q}`, refunded.Text("refundId")))), "ORDER_NOT_EXIST")
			want(t, "inquiry of the refund by the acquirer's id", codeOf(b.ask("inquiryRefund", `{"refundRequestId":"R1"}`)), "ORDER_NOT_EXIST")
		}
		for _, e := range must[[]trace.Exchange](t)(a.api.Exchanges(t.Context(), control.ExchangeQuery{Timeline: a.timeline})) {
			if e.Leg == trace.AcquirerToNetwork && e.Request.Header.Get("Client-Id") != wallet.DefaultClientID {
				t.Errorf("%s of the second client stands in the first's scenario", e.API)
			}
		}
		want(t, "the payment", codeOf(a.inquire("P1")), "SUCCESS")
		a.wantMoved("payer/"+p.ID, -900)
	})
}

// TestCancellationBeforeThePayIsTheCallersOwn: what one client closes before it comes, another one may still pay.
func TestCancellationBeforeThePayIsTheCallersOwn(t *testing.T) {
	t.Parallel()
	a, b := twoClients(t, "aps")
	p := a.payer("rich")
	want(t, "cancellation", b.rig.cancel("P1").code(), "SUCCESS")
	want(t, "pay of the other", codeOf(a.pay("P1", a.code(p), "10")), "SUCCESS")
	want(t, "pay of the same", codeOf(b.pay("P1", a.code(p), "10")), "ORDER_IS_CLOSED")
	want(t, "cancellation again", b.rig.cancel("P1").code(), "SUCCESS")
	a.wantMoved("payer/"+p.ID, -10)
}

func TestNotificationsGoToTheClientOfTheOrder(t *testing.T) {
	t.Parallel()
	eachDoor(t, func(t *testing.T, door string) {
		a, b := twoClients(t, door)
		p := a.payer("rich")
		paid := map[string]string{
			wallet.DefaultClientID: a.pay("P1", a.code(p), "1000").Text("paymentId"), otherClient: b.pay("P1", a.code(p), "700").Text("paymentId"),
		}
		for _, n := range a.awaitNotices(2) {
			client := n.header.Get("Client-Id")
			want(t, "signature", string(n.valid), string(sign.Valid))
			want(t, "the "+client+"'s notification", text(n.body, "paymentRequestId")+" "+text(n.body, "paymentId"), "P1 "+paid[client])
			delete(paid, client)
		}
		if len(paid) > 0 {
			t.Errorf("nobody was told of %v", paid)
		}
	})
}

// TestAcknowledgementsAreCheckedWithTheKeyOfTheirClient: the rig acknowledges as the first client does.
func TestAcknowledgementsAreCheckedWithTheKeyOfTheirClient(t *testing.T) {
	t.Parallel()
	a, b := twoClients(t, "aps")
	for who, verdict := range map[*counter]sign.Verdict{&a: sign.Valid, &b: sign.Invalid} {
		who.pay("P1", a.code(a.payer("rich")), "1000")
		a.moveUntil(1, func() bool {
			e := who.last("notifyPayment")
			return e.Signature.Verdict == string(verdict)
		})
	}
}

func TestEachClientSignsWithItsOwnKey(t *testing.T) {
	t.Parallel()
	first, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	_, b := twoClients(t, "aps", func(o *wallet.Options) { o.Strict, o.AcquirerKeys = true, sign.NewKeySet("1", &first.PublicKey) })
	code := b.code(b.payer("rich"))
	want(t, "its own", codeOf(b.pay("P1", code, "10")), "SUCCESS")
	b.key = first
	want(t, "the first client's", b.rig.pay("P2", code, "10").code(), "INVALID_SIGNATURE")
	e := b.last("pay")
	if e.Signature.Mistake != "swapped-keys" || !strings.Contains(e.Signature.Reason, wallet.DefaultClientID) {
		t.Errorf("mistake %s: %s", e.Signature.Mistake, e.Signature.Reason)
	}
	b.client, b.key = "SANDBOX_NOBODY", otherKey()
	want(t, "nobody's", b.rig.pay("P2", code, "10").code(), "INVALID_CLIENT")
}

func TestTheSameCallOfTwoClientsAtOnceMakesTwoPayments(t *testing.T) {
	t.Parallel()
	eachDoor(t, func(t *testing.T, door string) {
		a, b := twoClients(t, door)
		p := a.payer("rich")
		bodies := make(map[*counter]string)
		for _, who := range []*counter{&a, &b} {
			bodies[who] = who.payBody("P1", a.code(p), "1000")
			if door == "ams" {
				bodies[who] = who.inStoreBody(inStoreSale{id: "P1", code: a.code(p), value: "1000"})
			}
		}
		ids := make([]string, 12)
		path := map[string]string{"aps": "/aps/api/v1/payments/pay", "ams": "/ams/api/v1/payments/pay"}[door]
		var all sync.WaitGroup
		for i := range ids {
			who := []*counter{&a, &b}[i%2]
			all.Go(func() { ids[i] = who.again(repeated{path: path, body: bodies[who], code: "SUCCESS"}) })
		}
		all.Wait()
		slices.Sort(ids)
		if different := slices.Compact(ids); len(different) != 2 {
			t.Errorf("%d different answers, want one for each client: %q", len(different), different)
		}
		a.wantMoved("payer/"+p.ID, -2000)
	})
}

// TestClientsHaveIDsOfTheirOwnBesidePayments goes through the operations that are repeated by an id of the acquirer.
func TestClientsHaveIDsOfTheirOwnBesidePayments(t *testing.T) {
	t.Parallel()
	a, b := twoClients(t, "aps")
	a.acquirer()
	p := a.payer("rich")
	for _, who := range []*counter{&a, &b} {
		who.pay("P1", a.code(p), "1000")
		want(t, "declare", codeOf(who.rig.ask(aps.Declare, declareBody("D1", "P1", ""))), "SUCCESS")
		found := who.rig.ask(aps.InquireDeclarationRequests, `{"declarationRequestIds":["D1","D2"]}`)
		want(t, "declarations", found.Text("declarationRecords.0.customsDeclarationRequestId")+" "+found.Text("declarationRequestsNotFound.0"), "D1 D2")
	}
	a.pay("P2", a.code(p), "5")
	want(t, "declaration of the other's payment", codeOf(b.rig.ask(aps.Declare, declareBody("D2", "P2", ""))), "ORDER_NOT_EXIST")
	want(t, "registration", codeOf(registered(a.rig, "R1")), "SUCCESS")
	want(t, "the other's registration", codeOf(b.rig.ask(aps.InquiryRegistrationStatus, `{"registrationRequestId":"R1"}`)), "PROCESS_FAIL")
	token := a.active(p, "A-1")
	want(t, "the second's own agreement", codeOf(b.rig.ask(aps.Prepare, prepareBody("A-1", "other"))), "SUCCESS")
	for who, code := range map[*counter]string{&b: "INVALID_TOKEN", &a: "SUCCESS"} {
		want(t, "pay with the first's token", codeOf(who.sell(sale{id: "P3", value: "10", factor: agreementFactor, token: token})), code)
	}
	cancel := fmt.Sprintf(`{"accessToken":%q}`, token)
	want(t, "the second cancels the first's token", codeOf(b.rig.ask(aps.CancelToken, cancel)), "INVALID_TOKEN")
	want(t, "the first cancels it", codeOf(a.rig.ask(aps.CancelToken, cancel)), "SUCCESS")
	want(t, "word on a push to the first", codeOf(b.rig.ask(aps.NotifyPushPayment, notifyPushBody("x", "SUCCESS", "S"))), "ORDER_NOT_EXIST")
}

func TestDisputesGoToTheClientOfThePayment(t *testing.T) {
	t.Parallel()
	a, b := twoClients(t, "aps")
	acquirer := a.acquirer()
	b.pay("P1", a.code(a.payer("rich")), "1000")
	d := must[control.Dispute](t)(a.api.OpenDispute(t.Context(), control.DisputeSpec{Kind: "RETRIEVAL", PaymentRequestID: "P1@" + otherClient}))
	asked := acquirer.took(aps.InitiateRetrieval)
	if len(asked) != 1 || d.DisputeRequestID != asked[0].Text("disputeRequestId")+"@"+otherClient {
		t.Fatalf("dispute %+v was told %d times", d, len(asked))
	}
	want(t, "client of the call", a.last("initiateRetrieval").Request.Header.Get("Client-Id"), otherClient)
	want(t, "payment", asked[0].Text("paymentRequestId"), "P1")
	answer := fmt.Sprintf(`{"disputeRequestId":%q,"responseCode":"ACCEPT","transactionReceipt":"slip"}`, asked[0].Text("disputeRequestId"))
	want(t, "answer of the other client", codeOf(a.rig.ask(aps.ResponseRetrieval, answer)), "PROCESS_FAIL")
	want(t, "answer", codeOf(b.rig.ask(aps.ResponseRetrieval, answer)), "SUCCESS")
}

// TestClientsAreTold says who there is, and which ids the simulator gives their payments.
func TestClientsAreTold(t *testing.T) {
	t.Parallel()
	a, b := twoClients(t, "aps")
	b.pay("P1", a.code(a.payer("rich")), "1000")
	info := must[control.Info](t)(a.api.Info(t.Context()))
	want(t, "clients", strings.Join(info.Clients, " "), otherClient)
	want(t, "the payment's id", b.last("pay").PaymentRequestID, "P1@"+otherClient)
	if _, err := wallet.New(wallet.Options{ClientID: "A", Clients: map[string]sign.KeySet{"A": {}}}); err == nil {
		t.Error("a client is there twice")
	}
}
