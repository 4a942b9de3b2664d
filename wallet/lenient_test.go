package wallet_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"mppsim/wallet"
	"mppsim/wallet/control"
	"mppsim/wallet/sign"
	"mppsim/wallet/trace"
)

// odd is a request that a real gateway would refuse, and the code with which it would.
type odd struct {
	name    string
	change  func(body string) string
	request func(*http.Request)
	strict  string
	note    string // part of a note in the record
	verdict string // of the signature in the record; empty: valid
}

func oddities() []odd {
	replace := func(old, new string) func(string) string {
		return func(body string) string { return strings.Replace(body, old, new, 1) }
	}
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	path := func(p string) func(*http.Request) {
		return func(r *http.Request) { r.URL.Path = p }
	}
	return []odd{
		{name: "letter case of the path", request: path("/aps/api/v1/payments/PAY"), strict: "NO_INTERFACE_DEF", note: "path", verdict: "invalid"},
		{name: "trailing slash", request: path("/aps/api/v1/payments/pay/"), strict: "NO_INTERFACE_DEF", note: "path", verdict: "invalid"},
		{name: "another version", request: path("/aps/api/v2/payments/pay"), strict: "NO_INTERFACE_DEF", note: "path", verdict: "invalid"},
		{name: "missing segment", request: path("/aps/payments/pay"), strict: "NO_INTERFACE_DEF", note: "path", verdict: "invalid"},
		{name: "percent-encoded path", request: func(r *http.Request) {
			r.URL.RawPath = "/aps/api/v1/payments/p%61y"
		}, strict: "NO_INTERFACE_DEF", note: "the path is /aps/api/v1/payments/p%61y instead", verdict: "invalid"},
		{name: "method", request: func(r *http.Request) { r.Method = http.MethodPut }, strict: "METHOD_NOT_SUPPORTED", note: "PUT", verdict: "invalid"},
		{name: "media type", request: set("Content-Type", "text/plain"), strict: "MEDIA_TYPE_NOT_ACCEPTABLE", note: "text/plain"},
		{name: "character set", request: set("Content-Type", "application/json; charset=GBK"), strict: "MEDIA_TYPE_NOT_ACCEPTABLE", note: "GBK"},
		{name: "client id", request: set("Client-Id", "1022"), strict: "INVALID_CLIENT", note: "client id", verdict: "invalid"},
		{name: "unsigned", request: func(r *http.Request) { r.Header.Del("Signature") }, strict: "INVALID_SIGNATURE", verdict: "missing"},
		{name: "wrong signature", request: set("Request-Time", "2026-01-01T00:00:00Z"), strict: "INVALID_SIGNATURE", verdict: "invalid"},
		{name: "no time zone", request: set("Request-Time", "2026-01-01T00:00:00"), strict: "INVALID_SIGNATURE", note: "Request-Time", verdict: "invalid"},
		{name: "leading zero", change: replace(`"value":"1000"`, `"value":"01000"`), strict: "PARAM_ILLEGAL", note: "01000"},
		{name: "exponent", change: replace(`"value":"1000"`, `"value":"1.0E3"`), strict: "PARAM_ILLEGAL", note: "1.0E3"},
		{name: "separator", change: replace(`"value":"1000"`, `"value":"1,000"`), strict: "PARAM_ILLEGAL", note: "1,000"},
		{name: "small letters", change: replace(`"currency":"SGD"`, `"currency":"sgd"`), strict: "PARAM_ILLEGAL", note: "sgd"},
		{name: "empty text", change: replace(`"orderDescription":"tea"`, `"orderDescription":""`), strict: "PARAM_ILLEGAL", note: "expected a text, or no such member"},
		{name: "missing MCC", change: replace(`"merchantMCC":"5411",`, ``), strict: "PARAM_ILLEGAL", note: "merchantMCC: expected a value"},
		{name: "long description", change: replace(`"tea"`, `"`+strings.Repeat("茶", 257)+`"`), strict: "PARAM_ILLEGAL", note: "257 characters"},
		{name: "byte order mark", change: func(b string) string { return "\xef\xbb\xbf" + b }, strict: "PARAM_ILLEGAL", note: "byte order mark"},
		{name: "invalid UTF-8", change: replace("tea", "caf\xe9"), strict: "PARAM_ILLEGAL", note: "JSON is not strict"},
		{name: "blank around the code", change: func(b string) string {
			return strings.Replace(b, `"paymentMethodId":"`, `"paymentMethodId":" `, 1)
		}, strict: "PARAM_ILLEGAL", note: "white space"},
	}
}

func (o odd) send(r *rig, code string) answer {
	r.t.Helper()
	body := r.payBody("P1", code, "1000")
	if o.change != nil {
		body = o.change(body)
	}
	req := r.request("pay", body)
	if o.request != nil {
		o.request(req)
	}
	a, err := r.do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	if a.status != http.StatusOK {
		r.t.Fatalf("HTTP status %d", a.status)
	}
	return a
}

func TestLenientGatewayServesAndRecords(t *testing.T) {
	t.Parallel()
	for _, o := range oddities() {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.open("off")
			p := r.payer("rich")
			want(t, "result", o.send(r, r.code(p)).code(), "SUCCESS")
			r.wantMoved("payer/"+p.ID, -1000)
			e := r.last("pay")
			if o.note != "" && !slices.ContainsFunc(e.Notes, func(n string) bool { return strings.Contains(n, o.note) }) {
				t.Errorf("notes %q lack %q", e.Notes, o.note)
			}
			verdict := o.verdict
			if verdict == "" {
				verdict = string(sign.Valid)
			}
			want(t, "verdict on the signature", e.Signature.Verdict, verdict)
			if verdict != string(sign.Valid) && e.Signature.Reason == "" {
				t.Error("no reason is given")
			}
		})
	}
}

func TestStrictGatewayRefuses(t *testing.T) {
	t.Parallel()
	for _, o := range oddities() {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(o *wallet.Options) { o.Strict = true })
			r.open("off")
			p := r.payer("rich")
			want(t, "result", o.send(r, r.code(p)).code(), o.strict)
			r.wantMoved("payer/"+p.ID, 0)
		})
	}
	r := newRig(t, func(o *wallet.Options) { o.Strict = true })
	r.open("off")
	want(t, "a proper request", r.pay("P1", r.code(r.payer("rich")), "1000").code(), "SUCCESS")
}

func TestUnintelligibleRequests(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	code := r.code(r.payer("rich"))
	good := r.payBody("P1", code, "1000")
	for name, body := range map[string]string{
		"no JSON":           "hello",
		"half":              good[:len(good)/2],
		"array":             "[]",
		"no id":             strings.Replace(good, `"paymentRequestId":"P1",`, "", 1),
		"no amount":         `{"paymentRequestId":"P1","paymentMethod":{"paymentMethodId":"` + code + `"}}`,
		"decimal amount":    strings.ReplaceAll(good, `"value":"1000"`, `"value":"10.50"`),
		"zero":              strings.ReplaceAll(good, `"value":"1000"`, `"value":"0"`),
		"negative":          strings.ReplaceAll(good, `"value":"1000"`, `"value":"-1"`),
		"huge exponent":     strings.ReplaceAll(good, `"value":"1000"`, `"value":"1e999999999"`),
		"unknown currency":  strings.ReplaceAll(good, `"SGD"`, `"XXQ"`),
		"object as text":    strings.Replace(good, `"paymentRequestId":"P1"`, `"paymentRequestId":{}`, 1),
		"zero byte in text": strings.Replace(good, `"paymentRequestId":"P1"`, `"paymentRequestId":"P\u0000"`, 1),
		"no code":           strings.Replace(good, `"paymentMethodId":"`+code+`"`, `"paymentMethodId":""`, 1),
	} {
		a := r.call("pay", body)
		want(t, name, a.code(), "PARAM_ILLEGAL")
	}
	want(t, "unknown path", r.call("consult", "{}").code(), "NO_INTERFACE_DEF")
	want(t, "the good one", r.call("pay", good).code(), "SUCCESS")
}

func TestTrafficFindsItsTimeline(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	mine := r.open("off")
	code := r.code(r.payer("rich"))
	expect := func(timeline string, e control.Expectation) {
		t.Helper()
		if err := r.api.Expect(t.Context(), timeline, e); err != nil {
			t.Fatal(err)
		}
	}
	other := r.open("off")
	expect(mine, control.Expectation{References: []string{"order-REF7"}})
	expect(other, control.Expectation{Amounts: append(control.Expectation{}.Amounts, sgd(4711))})

	r.cancel("P-early") // nobody knows it yet
	r.pay("P-code", code, "1")
	r.pay("ref7", "251001020000000000000001", "2") // reference order-ref7
	r.pay("P-sum", "251001020000000000000002", "4711")
	r.pay("P-nobody", "251001020000000000000003", "3")
	r.inquire("P-code")
	r.inquire("ref7")
	r.pay("P-early", code, "5")

	list, err := r.api.Exchanges(t.Context(), control.ExchangeQuery{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	name := map[string]string{mine: "mine", other: "other", "": "stray"}
	for _, e := range list {
		got = append(got, fmt.Sprintf("%s %s %s %s", e.API, e.PaymentRequestID, name[e.Timeline], e.Match))
	}
	want(t, "traffic", strings.Join(got, "\n"), strings.Join([]string{
		"cancelPayment P-early mine order", "pay P-code mine code", "pay ref7 mine reference", "pay P-sum other amount",
		"pay P-nobody stray ", "inquiryPayment P-code mine order", "inquiryPayment ref7 mine order", "pay P-early mine code",
	}, "\n"))
}

func TestDroppedPayIsRememberedForItsInquiry(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	r.arm("request-reset", control.Aim{Payer: p.ID, API: "pay"}, control.Params{})
	if got := r.sendRaw("pay", r.payBody("P1", r.code(p), "1000"), patience); got.end != "reset" {
		t.Fatalf("connection was %s", got.end)
	}
	want(t, "inquiry", r.inquire("P1").code(), "ORDER_NOT_EXIST")
	if e := r.last("inquiryPayment"); e.Match != "order" || e.Timeline != r.timeline || e.Leg != trace.AcquirerToNetwork {
		t.Errorf("exchange %+v", e)
	}
}
