package wallet_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/sign"
)

var protocol = sync.OnceValues(catalogue.Load)

func operation(t testing.TB, api aps.API) *catalogue.Operation {
	t.Helper()
	c, err := protocol()
	if err != nil {
		t.Fatal(err)
	}
	op, found := c.Operation("aps", string(api))
	if !found {
		t.Fatalf("no operation %s", api)
	}
	return op
}

// keeps holds a message against the catalogue.
func keeps(t testing.TB, op *catalogue.Operation, part catalogue.Part, body *jsontree.Node) {
	t.Helper()
	v := op.ValidateTree(part, body)
	for _, violation := range v.Violations {
		t.Errorf("%s %s: %s", op.Name, part, violation)
	}
	if len(v.Unknown) > 0 {
		t.Errorf("%s %s: the catalogue does not know %v", op.Name, part, v.Unknown)
	}
}

// served is a call that the acquirer took.
type served struct {
	api  aps.API
	body aps.Fields
}

// acquirer serves the calls of Alipay+, verifies them and answers signed: S, unless told otherwise.
type acquirer struct {
	t       testing.TB
	server  *httptest.Server
	mu      sync.Mutex
	calls   []served
	answers map[aps.API]func(aps.Fields) *jsontree.Node
}

// acquirer connects one to the rig's simulator.
func (r *rig) acquirer() *acquirer {
	r.t.Helper()
	a := &acquirer{t: r.t, answers: make(map[aps.API]func(aps.Fields) *jsontree.Node)}
	a.server = httptest.NewServer(http.HandlerFunc(a.serve))
	r.t.Cleanup(a.server.Close)
	if _, err := r.api.SetAddresses(r.t.Context(), control.Addresses{Base: a.server.URL}); err != nil {
		r.t.Fatal(err)
	}
	return a
}

// url is where the acquirer serves an operation.
func (a *acquirer) url(api aps.API) string { return a.server.URL + operation(a.t, api).Path }

// on replaces the answer to an operation; nil is none at all.
func (a *acquirer) on(api aps.API, answer func(aps.Fields) *jsontree.Node) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answers[api] = answer
}

// refuses has an operation answered with a code.
func (a *acquirer) refuses(api aps.API, code string) {
	a.on(api, func(aps.Fields) *jsontree.Node { return aps.NewAnswer(aps.ResultOf(code)).Node() })
}

func (a *acquirer) serve(w http.ResponseWriter, req *http.Request) {
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		return
	}
	answer := a.take(req, raw)
	if answer == nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	body := answer.Write(jsontree.Layout{})
	now := time.Now().UTC().Format(time.RFC3339)
	signature, err := sign.Message{Method: "POST", Target: req.RequestURI, ClientID: wallet.DefaultClientID, Time: now, Body: body}.Sign(testKey(), "1")
	if err != nil {
		a.t.Error(err)
	}
	w.Header().Set("Client-Id", wallet.DefaultClientID)
	w.Header().Set("Response-Time", now)
	w.Header().Set("Signature", signature)
	_, _ = w.Write(body)
}

// take verifies a call and finds its answer.
func (a *acquirer) take(req *http.Request, raw []byte) *jsontree.Node {
	c, err := protocol()
	if err != nil {
		a.t.Error(err)
		return nil
	}
	op, found := c.ByPath(req.URL.Path)
	body, err := jsontree.Parse(raw)
	judged := sign.Judge(sign.Message{
		Method: "POST", Target: req.RequestURI, ClientID: req.Header.Get("Client-Id"), Time: req.Header.Get("Request-Time"), Body: raw,
	}, req.Header.Get("Signature"), sign.NewKeySet("1", &testKey().PublicKey))
	if !found || err != nil || judged.Verdict != sign.Valid {
		a.t.Errorf("call to %s: known %v, body %v, signature %s", req.URL.Path, found, err, judged.Verdict)
		return nil
	}
	keeps(a.t, op, catalogue.Request, body)
	call := served{aps.API(op.Name), aps.FieldsOf(body)}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls = append(a.calls, call)
	answer := aps.NewAnswer(aps.ResultOf("SUCCESS")).Node()
	if f, set := a.answers[call.api]; set {
		answer = f(call.body)
	}
	return answer
}

// took lists the calls of an operation, oldest first.
func (a *acquirer) took(api aps.API) []aps.Fields {
	a.mu.Lock()
	defer a.mu.Unlock()
	var list []aps.Fields
	for _, c := range a.calls {
		if c.api == api {
			list = append(list, c.body)
		}
	}
	return list
}

// await waits until n calls of an operation came.
func (a *acquirer) await(api aps.API, n int) (got []aps.Fields) {
	a.t.Helper()
	a.until(fmt.Sprintf("%d calls of %s", n, api), func() bool {
		got = a.took(api)
		return len(got) >= n
	})
	return got
}

// until waits for something to come true.
func (a *acquirer) until(what string, done func() bool) {
	a.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if done() {
			return
		}
	}
	a.t.Fatalf("waited in vain for %s", what)
}

// ask makes a signed call of an operation beside payments; question and answer must keep the catalogue.
func (r *rig) ask(api aps.API, body string) aps.Fields {
	r.t.Helper()
	op := operation(r.t, api)
	root, err := jsontree.Parse([]byte(body))
	if err != nil {
		r.t.Fatal(err)
	}
	keeps(r.t, op, catalogue.Request, root)
	return r.blurt(api, body)
}

// blurt is ask with a question that may break rules.
func (r *rig) blurt(api aps.API, body string) aps.Fields {
	r.t.Helper()
	op := operation(r.t, api)
	req := r.requestTo(op.Path, body)
	a, err := r.do(req)
	if err != nil || a.status != http.StatusOK || a.valid != sign.Valid {
		r.t.Fatalf("%s: status %d, signature %s, body %s, error %v", api, a.status, a.valid, a.raw, err)
	}
	keeps(r.t, op, catalogue.Response, a.body)
	return aps.FieldsOf(a.body)
}

// codeOf is the result of an answer.
func codeOf(f aps.Fields) string { return f.Text("result.resultCode") }

// move lets time pass on the rig's timeline.
func (r *rig) move(by time.Duration) {
	r.t.Helper()
	if _, err := r.api.MoveTimeline(r.t.Context(), r.timeline, control.Move{By: by}); err != nil {
		r.t.Fatal(err)
	}
}

// moveUntil lets time pass step by step until something came true.
func (r *rig) moveUntil(step time.Duration, done func() bool) {
	r.t.Helper()
	for range 200 {
		if done() {
			return
		}
		r.move(step)
		time.Sleep(time.Millisecond) // for what was begun in the background
	}
	r.t.Fatalf("it did not come true in %s", 200*step)
}

// expect has messages that mention a reference belong to the rig's timeline.
func (r *rig) expect(references ...string) {
	r.t.Helper()
	if err := r.api.Expect(r.t.Context(), r.timeline, control.Expectation{References: references}); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) requestTo(path, body string) *http.Request {
	r.t.Helper()
	now := time.Now().UTC().Format(time.RFC3339Nano)
	signature, err := sign.Message{Method: "POST", Target: path, ClientID: r.client, Time: now, Body: []byte(body)}.Sign(r.key, "1")
	if err != nil {
		r.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Client-Id", r.client)
	req.Header.Set("Request-Time", now)
	req.Header.Set("Signature", signature)
	return req
}

// must ends the test where a control operation failed.
func must[T any](t testing.TB) func(T, error) T {
	t.Helper()
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
