package wallet_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/catalogue/example"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
)

// calls are the operations that an acquirer calls, at both doors.
func calls(t testing.TB) []*catalogue.Operation {
	t.Helper()
	all, err := protocol()
	if err != nil {
		t.Fatal(err)
	}
	var list []*catalogue.Operation
	for _, door := range all.Doors {
		for i := range door.Operations {
			if op := &door.Operations[i]; !op.Served() && op.Partner() == "acquirer" {
				list = append(list, op)
			}
		}
	}
	return list
}

// put makes a call without a connection.
func put(h http.Handler, method, path, body string) (status int, answer *jsontree.Node) {
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Client-Id", wallet.DefaultClientID)
	req.Header.Set("Request-Time", time.Now().UTC().Format(time.RFC3339))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	root, err := jsontree.Parse(w.Body.Bytes())
	if err != nil {
		root = &jsontree.Node{}
	}
	return w.Code, root
}

// FuzzBody sends any body to any operation of either door: the gateway answers with a result that the protocol knows, and
// never with a fault of its own.
func FuzzBody(f *testing.F) {
	r := newRig(f, func(o *wallet.Options) { o.SigningOff = true })
	r.open("off")
	list, door := calls(f), r.sim.GatewayHandler()
	for i, op := range list {
		for _, body := range []*jsontree.Node{example.Message(op, catalogue.Request), example.Least(op, catalogue.Request)} {
			f.Add(uint8(i), string(body.Write(jsontree.Layout{})))
		}
		for _, c := range example.Cases(op, catalogue.Request)[:4] {
			f.Add(uint8(i), string(c.Message.Write(jsontree.Layout{})))
		}
	}
	f.Add(uint8(0), r.payBody("P1", r.code(r.payer("rich")), "1000"))
	f.Add(uint8(1), `{"paymentId":"\u0000"}`)
	f.Add(uint8(2), `{"paymentRequestId":"P1","refundRequestId":"R1","refundAmount":{"currency":"SGD","value":1e3}}`)
	f.Fuzz(func(t *testing.T, which uint8, body string) {
		op := list[int(which)%len(list)]
		status, answer := put(door, http.MethodPost, op.Path, body)
		code := text(answer, "result.resultCode")
		if status == http.StatusRequestEntityTooLarge && len(body) > 1<<20 {
			return
		}
		if status != http.StatusOK || code == "" || code == "UNKNOWN_EXCEPTION" {
			t.Fatalf("%s: status %d, answer %s", op.Path, status, answer.Write(jsontree.Layout{}))
		}
	})
}

// steered are operations of the control API that take a specification; T, P and O stand for a timeline, a payer, an order.
func steered() map[string]string {
	return map[string]string{
		"/timelines": `{"name":"t","notification":{"mode":"off"}}`, "/timelines/T/move": `{"by":"1m"}`, "/timelines/T/expect": `{"references":["r"]}`,
		"/payers": `{"template":"rich"}`, "/payers/P/codes": `{"length":18}`, "/payers/P/top-up": `{"amount":{"currency":"SGD","value":"1"}}`,
		"/payers/P/scan": `{"text":"https://pay.example/1"}`, "/payers/P/consent": `{}`, "/payers/P/push": `{}`, "/payers/P/logins": `{"device":"d"}`,
		"/faults": `{"fault":"answer-held","aim":{"payer":"P"},"params":{"delay":"1ms"}}`, "/addresses": `{"base":"http://127.0.0.1:1"}`,
		"/decodings": `{"text":"281006020123456789"}`, "/disputes": `{"paymentRequestId":"O"}`, "/notifications": `{"paymentRequestId":"O"}`,
		"/promotions": `{"template":"instant-discount"}`, "/promotions/consider": `{}`, "/redpackets": `{"template":"summer"}`,
		"/redpackets/settlements": `{}`, "/risk/policy": `{}`, "/risk/cases": `{}`, "/declarations/D/settle": `{}`, "/registrations/R/decide": `{}`,
	}
}

// FuzzControl sends any body to the control API: it is done or refused, but it never fails.
func FuzzControl(f *testing.F) {
	r := newRig(f, func(o *wallet.Options) { o.SigningOff, o.Hosts = true, []string{"callback.invalid"} })
	r.open("off")
	p := r.payer("rich")
	if code := r.try1(f, r.payBody("O", r.code(p), "1000")); code != "SUCCESS" {
		f.Fatal(code)
	}
	h := r.sim.ControlHandler()
	var paths []string
	for path, body := range steered() {
		f.Add(path, body)
		paths = append(paths, path)
	}
	names := strings.NewReplacer("/T/", "/"+r.timeline+"/", "/P/", "/"+p.ID+"/")
	f.Add("/notifications", `{}`)
	f.Fuzz(func(t *testing.T, path, body string) {
		known := paths[len(path)%len(paths)]
		if _, ok := steered()[path]; ok {
			known = path
		}
		if status, answer := put(h, http.MethodPost, control.Base+names.Replace(known), body); status >= http.StatusInternalServerError {
			t.Fatalf("%s: status %d, %s", known, status, answer.Write(jsontree.Layout{}))
		}
	})
}

// try1 pays at the door without a connection and returns the result's code.
func (r *rig) try1(t testing.TB, body string) string {
	t.Helper()
	_, answer := put(r.sim.GatewayHandler(), http.MethodPost, "/aps/api/v1/payments/"+string(aps.Pay), body)
	return text(answer, "result.resultCode")
}
