package httpdriver_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"mppsim/scenarios/acquirer"
)

const orderStyle = head + `
drivers: { api: { http: http://127.0.0.1:1 } }
verbs:
  order_code:
    create:
      by: api
      request:
        method: POST
        path: /orders
        json: { total: "{{.Amount.Major}}", order: "{{.Reference}}", seconds: !number "{{.Validity}}" }
      response: { payment: id, state: st, code: qr.text, code_image: qr.png, code_expires: qr.until, address: page }
  query: { by: api, request: { method: GET, path: "/orders/{{.Payment}}" }, response: { state: st, code: qr.text } }
states: { payment: { NEW: PENDING } }
`

func TestOrderCode(t *testing.T) {
	t.Parallel()
	const code = "https://qr.example/281002040000?v=1&c=A%2Bb"
	shop := &till{answers: map[string]string{
		"POST /orders":  `201 {"id":"7","st":"NEW","qr":{"text":"` + code + `","png":"http://p/1","until":"later"},"page":"http://g"}`,
		"GET /orders/7": `200 {"id":"7","st":"NEW"}`,
	}}
	style := strings.Replace(orderStyle, "[upm, cancel, refund, list, receipt]", "[order_code]", 1)
	d := open(t, style, shop)
	c := charge()
	c.Product, c.Code, c.Reference, c.Validity = acquirer.ProductOrderCode, "", "R-1", 90*time.Second
	p, err := d.Present(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	want := acquirer.Shown{Code: code, Image: "http://p/1", Expires: "later", Address: "http://g"}
	if p.ID != "7" || p.State != acquirer.Pending || p.Shown != want || p.Call.Verb != "order_code.create" || p.Call.Mapped["code"] != code {
		t.Errorf("%+v", p)
	}
	if sent := shop.last(); !strings.HasSuffix(sent, `{"total":"250.00","order":"R-1","seconds":90}`) {
		t.Errorf("sent %s", sent)
	}
	if p, err = d.Query(context.Background(), acquirer.PaymentRef{Payment: "7"}); err != nil || p.Shown != (acquirer.Shown{}) {
		t.Errorf("%+v, %v", p.Shown, err)
	}
	c.Validity = 0
	if _, err := d.Present(context.Background(), c); err != nil || !strings.HasSuffix(shop.last(), `{"total":"250.00","order":"R-1"}`) {
		t.Errorf("without a wish: %s, %v", shop.last(), err)
	}
}
