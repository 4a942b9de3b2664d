package wallet_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestRemarksAreFew: a message of 1 MiB that does the same wrong thing fifty thousand times is not answered with as many
// remarks in the record, and one wrong thing of another kind is not lost among them.
func TestRemarksAreFew(t *testing.T) {
	t.Parallel()
	many := func(item string) string { return "[" + strings.Repeat(item+",", 50_000) + item + "]" }
	for name, tt := range map[string]struct{ goods, tell, code string }{
		"lists instead of objects": {many(`[]`), "order.goods.0: expected an object, seen a list", "PARAM_ILLEGAL"},
		"unknown members":          {many(`{"a":1}`), "order.goods.0.a: the operation knows no such member", "SUCCESS"},
		"native values":            {many(`{"goodsName":1}`), "order.goods.0.goodsName: expected a JSON string", "SUCCESS"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.open("off")
			body := r.payBody("P1", r.code(r.payer("rich")), "1000")
			body = strings.Replace(body, `"orderDescription":"tea"`, `"orderDescription":"","goods":`+tt.goods, 1)
			want(t, "result", r.call("pay", body).code(), tt.code)
			notes := r.last("pay").Notes
			if len(notes) > 50 {
				t.Errorf("%d remarks", len(notes))
			}
			for _, part := range []string{tt.tell, "more of these", "order.orderDescription: expected a text, or no such member"} {
				if !slices.ContainsFunc(notes, func(n string) bool { return strings.Contains(n, part) }) {
					t.Errorf("no remark says %q: %q", part, notes)
				}
			}
		})
	}
}

// TestRemarksOnOddMessages are what the record says of messages that cannot be read, or that say something twice.
func TestRemarksOnOddMessages(t *testing.T) {
	t.Parallel()
	twice := func(name string) func(*http.Request) {
		return func(r *http.Request) { r.Header[name] = append(r.Header[name], "other") }
	}
	for name, tt := range map[string]struct {
		body   string
		change func(*http.Request)
		note   string
	}{
		"list":           {"[]", nil, "the body is not a JSON object: it is another JSON value"},
		"nothing":        {"", nil, "the body is not a JSON object: jsontree: EOF"},
		"deep":           {strings.Repeat("[", 1000), nil, "the body is not a JSON object: jsontree: nested too deeply"},
		"two client ids": {"{}", twice("Client-Id"), "the header Client-Id is there 2 times; the first counts"},
		"two times":      {"{}", twice("Request-Time"), "the header Request-Time is there 2 times; the first counts"},
		"two signatures": {"{}", twice("Signature"), "the header Signature is there 2 times; the first counts"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			req := r.request("inquiryPayment", tt.body)
			if tt.change != nil {
				tt.change(req)
			}
			a := must[answer](t)(r.do(req))
			want(t, "result", a.code(), "PARAM_ILLEGAL")
			e := r.last("inquiryPayment")
			if !slices.Contains(e.Notes, tt.note) {
				t.Errorf("remarks %q, want %q", e.Notes, tt.note)
			}
			want(t, "verdict on the signature", e.Signature.Verdict, "valid")
		})
	}
}
