package wallet_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/fault"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/sign"
)

// octets is what one fault makes of one call, as a client sees it that speaks plain TCP.
type octets struct {
	fault    string
	params   control.Params
	call     aps.API // default: pay
	scene    string  // what was there before: see stage
	end      string  // of the connection: answered, closed, reset, silent
	status   string
	contains string
	lacks    string
	verdict  sign.Verdict // of the answer's signature
	body     string       // of the octets after the header: whole, half, none; default: not looked at
	executed bool
	broken   string // what the record says of the connection
	debited  int64
}

const patience = 30 * time.Second // for what comes

// answeredOctets is the table for the messages that the acquirer sends.
func answeredOctets() []octets {
	risk := &aps.Result{Code: "RISK_REJECT"}
	short := control.Params{Delay: 30 * time.Millisecond}
	other := control.Params{Replay: "P0"}
	ok := func(id string, contains string) octets {
		return octets{fault: id, end: "answered", status: "200", contains: contains, verdict: sign.Valid, executed: true, debited: 1000}
	}
	with := func(o octets, change func(*octets)) octets { change(&o); return o }
	lacking := func(id, contains, lacks string) octets {
		return with(ok(id, contains), func(o *octets) { o.lacks = lacks })
	}
	refused := func(id string, p control.Params, status, contains string, v sign.Verdict) octets {
		return octets{fault: id, params: p, end: "answered", status: status, contains: contains, verdict: v}
	}
	page := func(id string, p control.Params, status, contains string) octets {
		return octets{fault: id, params: p, end: "answered", status: status, contains: contains, lacks: "signature:", verdict: sign.Missing, executed: true, debited: 1000}
	}
	judged := func(id string, v sign.Verdict, contains string) octets {
		return with(ok(id, contains), func(o *octets) { o.verdict = v })
	}
	timed := func(id string, call aps.API, scene, contains string, debited int64) octets {
		return octets{fault: id, call: call, scene: scene, end: "answered", status: "200", contains: contains, verdict: sign.Valid, executed: true, debited: debited}
	}
	limit := `"REQUEST_TRAFFIC_EXCEED_LIMIT","resultStatus":"U"`
	return []octets{
		{fault: "request-lost", end: "silent", broken: "silent"},
		{fault: "request-lost", params: short, end: "closed", broken: "silent"},
		{fault: "request-reset", end: "reset", broken: "reset"},
		{fault: "request-delayed", params: control.Params{Delay: time.Hour}, end: "reset", broken: "reset"},
		refused("refused-http-status", control.Params{}, "503", "<html>", sign.Missing),
		refused("refused-http-status", control.Params{Status: 500}, "500", "<html>", sign.Missing),
		page("answer-http-status", control.Params{Status: 500}, "500", "<html>"),
		page("answer-http-status", control.Params{}, "502", "text/html"),
		page("answer-redirect", control.Params{Target: "http://127.0.0.1:9/x"}, "307", "Location: http://127.0.0.1:9/x"),
		with(ok("answer-empty", "Content-Length: 0"), func(o *octets) { o.body = "none" }),
		page("answer-html", control.Params{}, "200", "text/html"),
		ok("answer-wrong-type", "Content-Type: text/html"),
		{fault: "answer-cut", end: "closed", status: "200", contains: `{"result":{"resultCode":"SUCCESS"`, verdict: sign.Invalid, body: "half", executed: true, broken: "cut", debited: 1000},
		{fault: "answer-stalled", end: "silent", status: "200", contains: `{"result":{"resultCode":"SUCCESS"`, verdict: sign.Invalid, body: "half", executed: true, broken: "stalled", debited: 1000},
		{fault: "answer-stalled", params: short, end: "closed", status: "200", verdict: sign.Invalid, body: "half", executed: true, broken: "stalled", debited: 1000},
		with(ok("answer-slow", `"SUCCESS"`), func(o *octets) { o.params, o.body = control.Params{Delay: 200 * time.Millisecond}, "whole" }),
		{fault: "answer-length-short", end: "answered", status: "200", verdict: sign.Invalid, body: "too much", executed: true, debited: 1000},
		{fault: "answer-length-long", end: "closed", status: "200", verdict: sign.Valid, body: "too little", executed: true, broken: "cut", debited: 1000},

		with(ok("request-held", `"SUCCESS"`), func(o *octets) { o.params = short }),
		refused("refused-result", control.Params{Result: risk}, "200", `"RISK_REJECT","resultStatus":"F"`, sign.Valid),
		with(ok("outcome-forced", `"RISK_REJECT"`), func(o *octets) { o.params, o.debited = control.Params{Result: risk}, 0 }),
		{fault: "answer-lost", end: "silent", executed: true, broken: "silent", debited: 1000},
		{fault: "answer-reset", end: "reset", executed: true, broken: "reset", debited: 1000},
		with(ok("answer-held", `"SUCCESS"`), func(o *octets) { o.params = short }),

		with(lacking("answer-result", `"RISK_REJECT","resultStatus":"F"`, "walletBrandName"), func(o *octets) { o.params.Result = risk }),
		ok("answer-unknown", `"UNKNOWN_EXCEPTION","resultStatus":"U"`),
		with(ok("answer-unknown", `"PAYMENT_IN_PROCESS","resultStatus":"U"`), func(o *octets) {
			o.params.Result = &aps.Result{Code: "PAYMENT_IN_PROCESS"}
		}),
		ok("answer-rate-limited", limit),
		ok("answer-unlisted-code", `"CODE_OF_TOMORROW","resultStatus":"S"`),
		lacking("answer-truncated", `{"result":{"resultCode":"SUCCESS"`, "}\r\n"),
		lacking("answer-without-result", "\r\n\r\n{}", "result"),
		lacking("answer-without-status", `"resultCode":"SUCCESS"`, "resultStatus"),
		ok("answer-extra-members", `"memberOfTomorrow":{"list":["1","ü/ß"]}`),
		lacking("answer-minimal", `"paymentTime"`, "walletBrandName"),
		ok("answer-other-id", `"paymentId":"`),
		ok("answer-other-amount", `"paymentAmount":{"currency":"SGD","value":"1001"}`),
		ok("answer-other-currency", `"paymentAmount":{"currency":"USD","value":"1000"}`),
		ok("answer-stale-time", "@a day ago"),
		judged("answer-signature-missing", sign.Missing, "response-time:"),
		judged("answer-signature-wrong", sign.Invalid, "signature: algorithm=RSA256,keyVersion=1,"),
		judged("answer-signature-other-key", sign.Invalid, "signature: algorithm=RSA256,keyVersion=1,"),
		judged("answer-signature-other-path", sign.Invalid, "signature: algorithm=RSA256,keyVersion=1,"),
		judged("answer-signature-unverifiable", sign.Invalid, "signature: algorithm=RSA256,keyVersion=199,"),
		with(ok("answer-of-other-request", "@answer to P0"), func(o *octets) { o.scene = "another payment" }),
		with(timed("answer-outcome", aps.InquiryPayment, "paid", `"paymentResult":{"resultCode":"RISK_REJECT"`, 1000), func(o *octets) { o.params.Outcome = risk }),
		with(ok("answer-altered", "{\n  \""), func(o *octets) { o.params.Alter.Layout = "foreign" }),
		with(ok("answer-replayed", "@answer to P0"), func(o *octets) { o.params, o.scene = other, "another payment" }),
		lacking("undecided", `"PAYMENT_IN_PROCESS","resultStatus":"U"`, "walletBrandName"),
		{fault: "unknown-order", call: aps.InquiryPayment, scene: "paid", end: "answered", status: "200", contains: `"ORDER_NOT_EXIST","resultStatus":"F"`, verdict: sign.Valid, debited: 1000},

		ok("notification-before-answer", `"PAYMENT_IN_PROCESS","resultStatus":"U"`),
		timed("notification-success-after-cancel", aps.CancelPayment, "paid", `"SUCCESS"`, 0),

		timed("payer-declines", "", "", `"PAYMENT_IN_PROCESS","resultStatus":"U"`, 0),
		timed("payer-abandons", "", "", `"PAYMENT_IN_PROCESS","resultStatus":"U"`, 0),
		timed("payer-mistypes", "", "", `"PAYMENT_IN_PROCESS","resultStatus":"U"`, 0),
		timed("payer-pays-late", "", "", `"PAYMENT_IN_PROCESS","resultStatus":"U"`, 0),
		timed("payer-twice", "", "an order code", `"PAYMENT_IN_PROCESS","resultStatus":"U"`, 0),

		timed("clock-expired", aps.InquiryPayment, "waiting", `"ORDER_IS_CLOSED"`, 0),
		timed("clock-cutoff", aps.CancelPayment, "paid", `"CANCEL_WINDOW_EXCEED"`, 1000),
		timed("clock-refund-window", aps.Refund, "paid", `"REFUND_WINDOW_EXCEED"`, 1000),
		ok("clock-ahead", "@ten minutes ahead"),
		ok("clock-behind", "@ten minutes ago"),

		refused("load-rate-limited", control.Params{}, "200", limit, sign.Valid),
		refused("load-too-many-requests", control.Params{}, "429", "Retry-After: 1\r\n", sign.Missing),
		refused("load-burst", control.Params{Delay: time.Hour}, "200", limit, sign.Valid),
		with(ok("load-slow", `"SUCCESS"`), func(o *octets) { o.params = short }),

		{fault: "link-down", params: short, end: "closed", broken: "silent"},
		{fault: "link-one-way", params: short, end: "closed", executed: true, broken: "silent", debited: 1000},
		{fault: "link-flapping", params: short, end: "closed", broken: "silent"},
	}
}

// TestFaultsOfAnswersOctetByOctet shows for each fault on a call of the acquirer what a plain TCP client sees, what the record says,
// and whether the payer was debited.
func TestFaultsOfAnswersOctetByOctet(t *testing.T) {
	t.Parallel()
	for i, c := range answeredOctets() {
		t.Run(fmt.Sprintf("%s/%d", c.fault, i), func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.open("off")
			c.play(r, "P1", control.Aim{Timeline: r.timeline, PaymentRequestID: "P1"})
		})
	}
}

// play arms the fault, sends the message, and compares.
func (c octets) play(r *rig, id string, aim control.Aim) {
	t := r.t
	t.Helper()
	p := r.payer("rich")
	api, body, earlier := c.stage(r, p, id)
	aim.API, aim.Count = api, 1
	f := r.arm(c.fault, aim, c.params)
	if want := c.params.Delay; f.Spec.Params.Delay < want {
		t.Errorf("armed with a delay of %s", f.Spec.Params.Delay)
	}
	began := time.Now()
	wait := patience
	if c.end == "silent" && c.status == "" {
		wait = 250 * time.Millisecond
	}
	got := r.sendRawUntilSilent(string(api), body, wait)
	if c.fault == "answer-slow" && time.Since(began) < c.params.Delay*9/10 {
		t.Errorf("the slow answer came after %s", time.Since(began))
	}
	want(t, "end of the connection", got.end, c.end)
	want(t, "status", got.status(), c.status)
	c.compare(t, got, earlier)
	e := r.lastAbout(api, id)
	want(t, "record of the break", e.Broken, c.broken)
	if e.Executed != c.executed || !slices.Equal(e.Faults, []string{f.ID}) {
		t.Errorf("%s: executed %v, faults %v; want %v, %s", c.fault, e.Executed, e.Faults, c.executed, f.ID)
	}
	if (c.status == "") != (e.Response.Status == 0) {
		t.Errorf("recorded status %d", e.Response.Status)
	}
	if heard := bytes.HasSuffix([]byte(got.octets), e.Response.Body); !heard && c.body != "too much" {
		t.Errorf("recorded answer %q, seen %q", e.Response.Body, got.octets)
	}
	r.settled(func() bool { return r.moved("payer/"+p.ID) == -c.debited })
}

// stage plays what comes before the message and returns that message with an earlier answer to the same operation.
func (c octets) stage(r *rig, p control.Payer, id string) (api aps.API, body string, earlier answer) {
	api = c.call
	if api == "" {
		api = aps.Pay
	}
	switch c.scene {
	case "paid":
		r.pay(id, r.code(p), "1000")
	case "waiting":
		waits := r.payer("always-password")
		r.pay(id, r.code(waits), "1000")
	case "another payment":
		earlier = r.pay("P0", r.code(r.payer("rich")), "5000")
	case "an order code":
		r.expect("order-" + id)
		return api, r.saleBody(sale{id: id, value: "1000", factor: orderCodeFactor}), earlier
	}
	switch api {
	case aps.Pay:
		body = r.payBody(id, r.code(p), "1000")
	case aps.Refund:
		body = fmt.Sprintf(`{"paymentRequestId":%q,"refundRequestId":"R1","refundAmount":{"currency":"SGD","value":"1000"}}`, id)
	default:
		body = fmt.Sprintf(`{"paymentRequestId":%q}`, id)
	}
	return api, body, earlier
}

// compare looks at the octets.
func (c octets) compare(t testing.TB, got raw, earlier answer) {
	t.Helper()
	if c.status == "" {
		if got.octets != "" {
			t.Errorf("octets %q instead of none", got.octets)
		}
		return
	}
	resp, body, announced := got.taken(t) //nolint:bodyclose // taken closes it
	switch c.contains {
	case "@a day ago":
		near(t, resp, -24*time.Hour)
	case "@ten minutes ago":
		near(t, resp, -10*time.Minute)
	case "@ten minutes ahead":
		near(t, resp, 10*time.Minute)
	case "@answer to P0":
		want(t, "octets of the other answer", string(body), string(earlier.raw))
		want(t, "its signature", resp.Header.Get("Signature"), earlier.header.Get("Signature"))
	default:
		if !strings.Contains(got.octets, c.contains) {
			t.Errorf("octets %q: want %q", got.octets, c.contains)
		}
	}
	if c.lacks != "" && strings.Contains(got.octets, c.lacks) {
		t.Errorf("octets %q: %q does not belong there", got.octets, c.lacks)
	}
	if c.status == "200" && c.fault != "answer-html" {
		want(t, "content type", resp.Header.Get("Content-Type"), typeOf(c.fault))
	}
	judged := sign.Judge(sign.Message{
		Method: "POST", Target: "/aps/api/v1/payments/" + string(orPay(c.call)), ClientID: wallet.DefaultClientID, Time: resp.Header.Get("Response-Time"), Body: body,
	}, resp.Header.Get("Signature"), sign.NewKeySet("1", &testKey().PublicKey))
	want(t, "signature", string(judged.Verdict), string(c.verdict))
	sent := len(got.octets) - strings.Index(got.octets, "\r\n\r\n") - 4
	for shape, right := range map[string]bool{
		"whole": sent == announced && sent > 100, "half": sent == announced/2 && sent > 100, "none": sent == 0 && announced == 0,
		"too much": announced == sent/2 && sent > 100, "too little": announced == sent+16 && sent > 100,
	} {
		if c.body == shape && !right {
			t.Errorf("%d octets announced, %d sent: want %s", announced, sent, shape)
		}
	}
}

func orPay(api aps.API) aps.API {
	if api == "" {
		return aps.Pay
	}
	return api
}

func typeOf(fault string) string {
	if fault == "answer-wrong-type" {
		return "text/html; charset=UTF-8"
	}
	return "application/json; charset=UTF-8"
}

// near checks the time of an answer.
func near(t testing.TB, resp *http.Response, off time.Duration) {
	t.Helper()
	at, err := time.Parse("2006-01-02T15:04:05.000Z", resp.Header.Get("Response-Time"))
	if apart := time.Until(at) - off; err != nil || apart.Abs() > time.Minute {
		t.Errorf("Response-Time %s: %s off, error %v", resp.Header.Get("Response-Time"), apart, err)
	}
}

// taken is what a client takes for the answer, however much of it came.
func (r raw) taken(t testing.TB) (resp *http.Response, body []byte, announced int) {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(r.octets)), nil)
	if err != nil {
		t.Fatalf("octets %q: %v", r.octets, err)
	}
	body, _ = io.ReadAll(resp.Body) // it may be cut
	_ = resp.Body.Close()
	announced, err = strconv.Atoi(resp.Header.Get("Content-Length"))
	if err != nil {
		t.Errorf("Content-Length of %q: %v", r.octets, err)
	}
	return resp, body, announced
}

// TestTwoFaultsAtATimeNeverInfluenceEachOther plays pairs of faults on the same operation at the same instant, each aimed at another
// payment in another way: each does to its own payment what it does alone, and nothing to the other.
func TestTwoFaultsAtATimeNeverInfluenceEachOther(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *wallet.Options) { o.Store = nil }) // checking every value of a thousand payments takes minutes
	rows := slices.DeleteFunc(answeredOctets(), func(c octets) bool {
		return orPay(c.call) != aps.Pay || c.scene != "" || c.params.Delay > time.Minute
	})
	for round := range isolationRounds {
		var both sync.WaitGroup
		r.open("off") // one timeline for both; a new one, so that no list grows with the rounds
		for side := range 2 {
			// every pair of rows comes before one comes twice, if there are enough rounds
			c := rows[(round*(1+side)+side*(1+round/len(rows)))%len(rows)]
			id := fmt.Sprintf("%c%05d", 'A'+side, round)
			aim := control.Aim{Timeline: r.timeline, PaymentRequestID: id}
			if (round+side)%2 == 0 {
				aim = control.Aim{Reference: "order-" + id}
			}
			both.Go(func() { c.play(r, id, aim) })
		}
		if both.Wait(); t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
}

// TestEveryFaultIsVerifiedOctetByOctet names what has no row in one of the tables. Faults of tills have theirs beside their code.
func TestEveryFaultIsVerifiedOctetByOctet(t *testing.T) {
	t.Parallel()
	verified := map[string]bool{}
	for _, c := range answeredOctets() {
		verified[c.fault] = true
	}
	for _, c := range noticedOctets() {
		verified[c.fault] = true
	}
	for _, id := range connectionFaults() {
		verified[id] = true
	}
	kinds, err := fault.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds {
		if !verified[k.ID] && k.Family != fault.TillFamily {
			t.Errorf("%s is in no table", k.ID)
		}
	}
}

// TestOtherIDsAreThoseOfAnotherPayment compares the identifiers of an answer and a notification with the true ones.
func TestOtherIDsAreThoseOfAnotherPayment(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	r.arm("answer-other-id", control.Aim{Payer: p.ID, API: aps.Pay, Count: 1}, control.Params{})
	body := r.payBody("P1", r.code(p), "1000")
	wrong, right := r.call("pay", body), r.call("pay", body)
	for _, path := range []string{"paymentId"} {
		if a, b := text(wrong.body, path), text(right.body, path); a == b || len(a) != len(b) || a == "" {
			t.Errorf("%s: %q beside %q", path, a, b)
		}
	}
	want(t, "amount", node(wrong.body, "paymentAmount"), node(right.body, "paymentAmount"))
}

func node(n *jsontree.Node, path string) string {
	if v := n.Get(path); v != nil {
		return string(v.Write(jsontree.Layout{}))
	}
	return ""
}
