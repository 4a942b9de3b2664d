package httpdriver_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mppsim/features"
	"mppsim/scenarios/acquirer"
	httpdriver "mppsim/scenarios/acquirer/http"
	"mppsim/scenarios/profile"
	"mppsim/wallet/clock"
	"mppsim/wallet/money"
)

// till is a merchant API of one style: it keeps what it was asked and answers by path.
type till struct {
	answers map[string]string // "METHOD /path" → "status body"

	mu   sync.Mutex
	seen []string // "METHOD target | header of interest | body"
}

func (s *till) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.seen = append(s.seen, fmt.Sprintf("%s %s | %s | %s", r.Method, r.RequestURI, r.Header.Get("Content-Type"), body))
	s.mu.Unlock()
	answer, ok := s.answers[r.Method+" "+r.URL.EscapedPath()]
	if !ok {
		http.Error(w, "unknown", http.StatusNotFound)
		return
	}
	var status int
	text, rest, _ := strings.Cut(answer, " ")
	_, _ = fmt.Sscan(text, &status)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, rest)
}

func (s *till) last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[len(s.seen)-1]
}

// catalogue reads the embedded catalogue once for all tests.
var catalogue = sync.OnceValues(features.Load)

// open drives a till through a profile, as a run does.
func open(t testing.TB, text string, server http.Handler) *httpdriver.Driver {
	t.Helper()
	srv := httptest.NewServer(server)
	t.Cleanup(srv.Close)
	return openAt(t, text, srv.URL)
}

func openAt(t testing.TB, text, address string) *httpdriver.Driver {
	t.Helper()
	known, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	p, err := profile.Parse(context.Background(), profile.Source{Name: "acme.yaml", Text: []byte(text)}, profile.Options{
		Env:       func(name string) (string, bool) { return "sesame-" + strings.ToLower(name), true },
		Overrides: map[string]string{"drivers.api.http": address},
		Catalogue: known,
	})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	d, err := p.Open(profile.Wiring{
		Clock:  clock.System(),
		IDs:    func() string { n++; return fmt.Sprintf("id-%d", n) },
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func shop() acquirer.Shop {
	return acquirer.Shop{
		Role: "corner", Merchant: "M-1", Store: "S-1", Terminal: "T-1", Region: "SG", Currencies: []string{"SGD"},
		Extra: map[string]string{"branch": "B 7/8"},
	}
}

func charge() acquirer.Charge {
	return acquirer.Charge{
		Shop: shop(), Code: "281001000000000000012345", Amount: money.Of("SGD", 25000), Currency: "SGD", Reference: "R/1 ä",
		Description: `tea "black" & <milk>`,
	}
}

func ref() acquirer.PaymentRef {
	return acquirer.PaymentRef{Payment: "p/1", Reference: "R/1 ä", Shop: shop(), Amount: money.Of("SGD", 25000)}
}

const head = `
name: Acme
capabilities: [upm, cancel, refund, list, receipt]
facts:
  ids: { client: SANDBOX_1 }
  shops: { corner: { merchant: M-1, currencies: [SGD], extra: { branch: B } } }
secrets: { token: { env: TOKEN }, user: { env: USER } }
`

// Style one: JSON with integers in minor units.
const minorStyle = head + `
drivers:
  api: { http: http://127.0.0.1:1, headers: { Authorization: 'Bearer {{secret "token"}}' }, refused: { reason: error.code } }
verbs:
  charge_code:
    by: api
    request:
      method: POST
      path: /payments
      json:
        code: "{{.Code}}"
        amount: !number "{{.Amount.Minor}}"
        currency: "{{.Amount.Currency}}"
        reference: "{{.Reference}}"
        note: "{{.Description}}"
        capture: true
        retries: 3
        tip: null
        clerk: !blank ""
        offline: !bool "{{if .Shop.Terminal}}false{{else}}true{{end}}"
        lane: { terminal: "{{.Shop.Terminal}}", tags: ["{{.Shop.Store}}", pos] }
    response: { payment: id, state: status, reason: decline.code }
  query:
    by: api
    request: { method: GET, path: "/payments/{{.Payment}}?branch={{.Shop.Extra.branch}}" }
    response:
      payment: id
      state: status
      reason: decline.code
      paid: amount_paid
      refunded: { minor: amount_refunded, currency: currency }
      wallet: wallet
      network_id: net.id
      time: net.time
      refunds: { list: refunds, refund: id, number: number, state: status, amount: amount }
  cancel: { by: api, request: { method: POST, path: "/payments/{{.Payment}}/cancel" }, response: { state: status } }
  refund:
    by: api
    request:
      method: POST
      path: "/payments/{{.Payment}}/refunds"
      json: { number: "{{.Number}}", amount: !number "{{.Refund.Minor}}", reason: "{{.Reason}}" }
    response: { refund: id, number: number, state: status, amount: amount }
  list:
    by: api
    request: { method: GET, path: /payments, query: { merchant: "{{.Shop.Merchant}}", terminal: "{{.Shop.Terminal}}" } }
    response: { list: items, payment: id, state: status, paid: { minor: amount_paid, currency: currency } }
  receipt:
    by: api
    request: { method: GET, path: "/payments/{{.Payment}}/receipt" }
    response: { text: lines }
states:
  payment: { NEW: PENDING, PAID: PAID, DECLINED: FAILED, VOID: CLOSED }
  refund: { NEW: PENDING, DONE: REFUNDED }
`

func minorTill() *till {
	return &till{answers: map[string]string{
		"POST /payments":               `201 {"id":"p/1","status":"NEW"}`,
		"GET /payments/p%2F1":          `200 {"id":"p/1","status":"PAID","amount_paid":25000,"amount_refunded":300,"currency":"SGD","wallet":"Kaleido","net":{"id":"2026","time":"t"},"refunds":[{"id":"r1","number":"n1","status":"DONE","amount":300}]}`,
		"POST /payments/p%2F1/cancel":  `409 {"error":{"code":"already-refunded"}}`,
		"POST /payments/p%2F1/refunds": `201 {"id":"r1","number":"n1","status":"DONE","amount":300}`,
		"GET /payments":                `200 {"items":[{"id":"p/1","status":"PAID","amount_paid":25000,"currency":"SGD"},{"id":"p2","status":"NEW"}]}`,
		"GET /payments/p%2F1/receipt":  `200 {"lines":["Alipay+","SGD 250.00"]}`,
	}}
}

func amount(minor int64) *money.Amount {
	a := money.Of("SGD", minor)
	return &a
}

// ignoreCall compares what was read without the record of the call.
func same(t *testing.T, want, got any) {
	t.Helper()
	skip := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Call" }, cmp.Ignore())
	if diff := cmp.Diff(want, got, skip); diff != "" {
		t.Errorf("difference (-want +got):\n%s", diff)
	}
}

func TestMinorUnitsStyle(t *testing.T) {
	t.Parallel()
	server := minorTill()
	d := open(t, minorStyle, server)
	ctx := context.Background()

	p, err := d.ChargeCode(ctx, charge())
	if err != nil {
		t.Fatal(err)
	}
	same(t, acquirer.Payment{ID: "p/1", State: acquirer.Pending}, p)
	same(t, `POST /payments | application/json | {"code":"281001000000000000012345","amount":25000,"currency":"SGD","reference":"R/1 ä","note":"tea \"black\" & <milk>","capture":true,"retries":3,"tip":null,"offline":false,"lane":{"terminal":"T-1","tags":["S-1","pos"]}}`, server.last())

	p, err = d.Query(ctx, ref())
	if err != nil {
		t.Fatal(err)
	}
	same(t, acquirer.Payment{
		ID: "p/1", State: acquirer.Paid, Paid: amount(25000), Refunded: amount(300), Wallet: "Kaleido", NetworkID: "2026", Time: "t",
		Refunds: []acquirer.Refund{{ID: "r1", Number: "n1", State: acquirer.Refunded, Amount: amount(300)}},
	}, p)
	same(t, `GET /payments/p%2F1?branch=B+7%2F8 |  | `, server.last())
	same(t, map[string]string{
		"payment": "p/1", "state": "PAID", "state_word": "PAID", "paid": "SGD 250.00", "refunded": "SGD 3.00", "wallet": "Kaleido",
		"network_id": "2026", "time": "t",
	}, p.Call.Mapped)

	p, err = d.Cancel(ctx, ref())
	if err != nil {
		t.Fatal(err)
	}
	same(t, acquirer.Payment{Refused: true, Reason: "already-refunded"}, p)
	if !p.Call.Refused || p.Call.Response.Status != 409 {
		t.Errorf("call: %+v", p.Call)
	}

	r, err := d.Refund(ctx, acquirer.RefundOrder{PaymentRef: ref(), Number: "n1", Refund: money.Of("SGD", 300)})
	if err != nil {
		t.Fatal(err)
	}
	same(t, acquirer.Refund{ID: "r1", Number: "n1", State: acquirer.Refunded, Amount: amount(300)}, r)
	same(t, `POST /payments/p%2F1/refunds | application/json | {"number":"n1","amount":300}`, server.last())

	r, err = d.QueryRefund(ctx, acquirer.RefundRef{PaymentRef: ref(), Number: "n1"}) // through query: no verb of its own
	if err != nil {
		t.Fatal(err)
	}
	same(t, acquirer.Refund{ID: "r1", Number: "n1", State: acquirer.Refunded, Amount: amount(300)}, r)

	list, err := d.List(ctx, shop())
	if err != nil {
		t.Fatal(err)
	}
	same(t, []acquirer.Payment{{ID: "p/1", State: acquirer.Paid, Paid: amount(25000)}, {ID: "p2", State: acquirer.Pending}}, list)
	same(t, `GET /payments?merchant=M-1&terminal=T-1 |  | `, server.last())

	receipt, err := d.Receipt(ctx, ref())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "Alipay+\nSGD 250.00", receipt.Text)
}

func TestBlankTextsAreSentEmptyOnRequest(t *testing.T) {
	t.Parallel()
	server := minorTill()
	d := open(t, minorStyle, server)
	c := charge()
	c.Description, c.Shop.Terminal, c.Blank = "", "", true
	if _, err := d.ChargeCode(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	same(t, `POST /payments | application/json | {"code":"281001000000000000012345","amount":25000,"currency":"SGD","reference":"R/1 ä","note":"","capture":true,"retries":3,"tip":null,"clerk":"","offline":true,"lane":{"terminal":"","tags":["S-1","pos"]}}`, server.last())
	c.Blank = false
	if _, err := d.ChargeCode(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	same(t, `POST /payments | application/json | {"code":"281001000000000000012345","amount":25000,"currency":"SGD","reference":"R/1 ä","capture":true,"retries":3,"tip":null,"offline":true,"lane":{"tags":["S-1","pos"]}}`, server.last())
}

// Style two: nested JSON with decimals in major units, refusals in answers with HTTP 200.
const majorStyle = head + `
drivers:
  api: { http: http://127.0.0.1:1, refused: { at: result.code, is_not: [OK], reason: result.text } }
verbs:
  charge_code:
    by: api
    request: { method: PUT, path: "/v1/orders/{{.Reference}}", json: { sum: { value: "{{.Amount.Major}}", ccy: "{{.Currency}}" }, qr: "{{.Code}}" } }
    response: &order
      payment: data.order.id
      state: data.order.state
      paid: { major: data.sum.paid, currency: data.sum.ccy }
      remaining: { major: data.sum.left, currency: data.sum.ccy }
  query: { by: api, request: { method: GET, path: "/v1/orders/{{.Payment}}" }, response: *order }
  cancel: { by: api, request: { method: DELETE, path: "/v1/orders/{{.Payment}}" }, response: *order }
  refund:
    by: api
    request: { method: POST, path: /v1/refunds, json: { order: "{{.Payment}}", sum: !number "{{.Refund.Major}}" } }
    response: { refund: data.id, state: data.state, amount: { major: data.sum } }
  query_refund: { by: api, request: { method: GET, path: "/v1/refunds/{{.Refund.ID}}" }, response: { state: data.state } }
  list: { by: api, request: { method: GET, path: /v1/orders }, response: { list: data.orders, payment: id, state: state } }
  receipt: { by: api, request: { method: GET, path: "/v1/receipts/{{.Payment}}" }, response: { text: "@body" } }
states:
  payment: { "1": PENDING, "2": PAID, "3": FAILED }
  refund: { "1": PENDING, "2": REFUNDED }
`

func TestMajorUnitsStyle(t *testing.T) {
	t.Parallel()
	server := &till{answers: map[string]string{
		"PUT /v1/orders/R%2F1%20%C3%A4": `200 {"result":{"code":"OK"},"data":{"order":{"id":77,"state":1}}}`,
		"GET /v1/orders/p%2F1":          `200 {"result":{"code":"OK"},"data":{"order":{"id":77,"state":2},"sum":{"paid":250.00,"left":"247.0","ccy":"sgd"}}}`,
		"DELETE /v1/orders/p%2F1":       `200 {"result":{"code":"E7","text":"too late"}}`,
		"POST /v1/refunds":              `200 {"result":{"code":"OK"},"data":{"id":"r9","state":"2","sum":"3.00"}}`,
		"GET /v1/refunds/r9":            `200 {"result":{"code":"OK"},"data":{"state":2}}`,
		"GET /v1/receipts/p%2F1":        "200 ALIPAY+\nSGD 250.00\n",
	}}
	d := open(t, majorStyle, server)
	ctx := context.Background()

	c := charge()
	c.AmountText, c.Currency = "10.005", "sgd" // as a careless shop would write it
	p, err := d.ChargeCode(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	same(t, acquirer.Payment{ID: "77", State: acquirer.Pending}, p)
	same(t, `PUT /v1/orders/R%2F1%20%C3%A4 | application/json | {"sum":{"value":"10.005","ccy":"sgd"},"qr":"281001000000000000012345"}`, server.last())

	p, err = d.Query(ctx, ref())
	if err != nil {
		t.Fatal(err)
	}
	same(t, acquirer.Payment{ID: "77", State: acquirer.Paid, Paid: amount(25000), Remaining: amount(24700)}, p)

	p, err = d.Cancel(ctx, ref())
	if err != nil {
		t.Fatal(err)
	}
	same(t, acquirer.Payment{Refused: true, Reason: "too late"}, p)

	r, err := d.Refund(ctx, acquirer.RefundOrder{PaymentRef: ref(), Refund: money.Of("SGD", 300)})
	if err != nil {
		t.Fatal(err)
	}
	same(t, acquirer.Refund{ID: "r9", State: acquirer.Refunded, Amount: amount(300)}, r)
	same(t, `POST /v1/refunds | application/json | {"order":"p/1","sum":3.00}`, server.last())

	receipt, err := d.Receipt(ctx, ref())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "ALIPAY+\nSGD 250.00\n", receipt.Text)
}

// Style three: forms with user and password in each request, answers in JSON.
const formStyle = head + `
drivers:
  api: { http: http://127.0.0.1:1, headers: { X-Auth: '{{base64 (printf "%s:%s" (secret "user") (secret "token"))}}', X-Request: "{{uuid}}" } }
verbs:
  charge_code:
    by: api
    request:
      method: POST
      path: /do
      form: { op: sale, user: '{{secret "user"}}', password: '{{secret "token"}}', barcode: "{{.Code}}", cents: "{{.Amount.Minor}}", memo: "{{.Description}}" }
    response: { payment: tx }
  query: { by: api, request: { method: POST, path: /ask, text: "tx={{.Payment}}" }, response: { state: st } }
  cancel: { by: api, request: { method: POST, path: /void, form: { tx: "{{.Payment}}" } } }
  refund: { by: api, request: { method: POST, path: /refund, form: { tx: "{{.Payment}}", cents: "{{.Refund.Minor}}" } }, response: { state: st } }
  query_refund: { by: api, request: { method: POST, path: /refund-state, form: { tx: "{{.Payment}}" } }, response: { state: st } }
  list: { by: api, request: { method: POST, path: /list, form: {} }, response: { list: all, payment: tx } }
  receipt: { by: api, request: { method: POST, path: /slip, form: { tx: "{{.Payment}}" } }, response: { text: slip } }
states:
  payment: { open: PENDING, done: PAID }
  refund: { open: PENDING, done: REFUNDED }
`

func TestFormStyle(t *testing.T) {
	t.Parallel()
	server := &till{answers: map[string]string{
		"POST /do": `200 {"tx":"9007199254740993","echo":"sesame-token"}`, "POST /ask": `200 {"st":"done"}`, "POST /void": "204 ",
	}}
	d := open(t, formStyle, server)
	ctx := context.Background()
	p, err := d.ChargeCode(ctx, charge())
	if err != nil {
		t.Fatal(err)
	}
	same(t, acquirer.Payment{ID: "9007199254740993"}, p)
	form, err := url.ParseQuery(server.last()[strings.LastIndex(server.last(), "| ")+2:])
	if err != nil || form.Get("password") != "sesame-token" || form.Get("memo") != charge().Description || form.Get("cents") != "25000" {
		t.Errorf("form %v, error %v", form, err)
	}
	record, err := json.Marshal(p.Call)
	if err != nil {
		t.Fatal(err)
	}
	shown := string(record) + string(p.Call.Request.Body) + string(p.Call.Response.Body) + fmt.Sprint(p.Call.Request.Header)
	if strings.Contains(shown, "sesame") || strings.Contains(shown, "c2VzYW1l") { // base64 of sesame
		t.Errorf("a secret is on record: %s", shown)
	}
	if p, err = d.Query(ctx, ref()); err != nil || p.State != acquirer.Paid {
		t.Errorf("query: %v %v", p.State, err)
	}
	same(t, "POST /ask | text/plain; charset=utf-8 | tx=p/1", server.last())
	if p, err = d.Cancel(ctx, ref()); err != nil || p.Refused || p.State != "" {
		t.Errorf("cancel without an answer: %+v %v", p, err)
	}
}
