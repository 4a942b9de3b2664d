package gateway

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clientid"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/fault"
	"mppsim/wallet/sign"
	"mppsim/wallet/trace"
)

const client = "SANDBOX_TEST"

// newGateway makes a gateway without network: enough to send.
func newGateway(t *testing.T) (*Gateway, sign.KeySet) {
	t.Helper()
	key, err := sharedKey()
	if err != nil {
		t.Fatal(err)
	}
	keys := sign.NewKeySet("1", &key.PublicKey)
	clients, err := clientid.New(client)
	if err != nil {
		t.Fatal(err)
	}
	g := New(Options{
		Clients: clients, AcquirerID: "A", Key: key, Keys: func(string) sign.KeySet { return keys },
		Plans: fault.NewPlans(func() string { return "f1" }, clock.System(), func(string) {}), Recorder: trace.NewRecorder(trace.Options{}),
		Wall: clock.NewManual(time.Date(2026, 3, 4, 5, 6, 7, 89_000_000, time.UTC)), IDs: func() string { return "x1" },
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Hosts: []string{"127.0.0.1", "shop.example:8443"},
	})
	t.Cleanup(g.Close)
	return g, keys
}

var sharedKey = sync.OnceValues(sign.GenerateKey)

func TestMeantOperation(t *testing.T) {
	t.Parallel()
	g, _ := newGateway(t)
	for path, want := range map[string]aps.API{
		"/aps/api/v1/payments/pay": aps.Pay, "/APS/api/v1/payments/Pay": aps.Pay, "/aps/api/v2/payments/pay//": aps.Pay, "/pay": aps.Pay, "pay": aps.Pay,
		"/aps/api/v1/payments/inquirypayment": aps.InquiryPayment, "/x/refund": aps.Refund, "/cancelPayment/": aps.CancelPayment,
		"/aps/api/v1/payments/payment": "", "/": "", "": "", "/aps/api/v1/payments/notifyPayment": "", "/pay/x": "",
	} {
		if got := meant(g.doors(), path, path); got.api != want || got.door == nil || got.miss == "" {
			t.Errorf("%s: %q, want %q", path, got.api, want)
		}
	}
}

func TestIsJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"application/json": true, "application/json; charset=UTF-8": true, "Application/JSON;charset=utf8": true,
		"text/json": false, "application/json; charset=GBK": false, "application/x-www-form-urlencoded": false, ";": false,
	} {
		if got := isJSON(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestTimeForms(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 5, 6, 7, 891_000_000, time.UTC)
	for form, want := range map[string]string{
		"": "2026-03-04T05:06:07.891Z", "offset": "2026-03-04T10:36:07+05:30", "z2": "2026-03-04T05:06:07.89Z", "offset3": "2026-03-04T13:06:07.891+08:00",
	} {
		got := timeText(at, form)
		if _, err := aps.ParseTime(got); got != want || err != nil {
			t.Errorf("%s: %s, want %s; %v", form, got, want, err)
		}
	}
}

// TestSeal checks each alteration with an acquirer that knows only its own client id and the target it was called on.
func TestSeal(t *testing.T) {
	t.Parallel()
	g, keys := newGateway(t)
	const body = `{"a":"+/="}`
	for name, c := range map[string]struct {
		alter   control.Alteration
		verdict sign.Verdict
		client  string
		body    string
	}{
		"genuine":        {control.Alteration{}, sign.Valid, client, body},
		"lower":          {control.Alteration{Spelling: "lower"}, sign.Valid, client, body},
		"upper":          {control.Alteration{Spelling: "upper"}, sign.Valid, client, body},
		"spaced":         {control.Alteration{Spelling: "spaced"}, sign.Valid, client, body},
		"lower-hex":      {control.Alteration{Spelling: "lower-hex"}, sign.Valid, client, body},
		"offset":         {control.Alteration{TimeForm: "offset"}, sign.Valid, client, body},
		"missing":        {control.Alteration{Signature: "missing"}, sign.Missing, client, body},
		"empty":          {control.Alteration{Signature: "empty"}, sign.Missing, client, body},
		"no-time":        {control.Alteration{Signature: "no-time"}, sign.Invalid, client, body},
		"wrong-key":      {control.Alteration{Signature: "wrong-key"}, sign.Invalid, client, body},
		"body":           {control.Alteration{Signature: "body"}, sign.Invalid, client, body + " "},
		"path":           {control.Alteration{Signature: "path"}, sign.Invalid, client, body},
		"time":           {control.Alteration{Signature: "time"}, sign.Invalid, client, body},
		"client":         {control.Alteration{Signature: "client"}, sign.Invalid, client + "X", body},
		"client-header":  {control.Alteration{Signature: "client-header"}, sign.Valid, client + "X", body},
		"algorithm-none": {control.Alteration{Signature: "algorithm-none"}, sign.Invalid, client, body},
		"hs256":          {control.Alteration{Signature: "hs256"}, sign.Invalid, client, body},
		"garbage":        {control.Alteration{Signature: "garbage"}, sign.Invalid, client, body},
	} {
		out, err := g.seal(t.Context(), envelope{method: "POST", target: "/n?x=1", timeName: "request-time", body: []byte(body), names: titleNames}, c.alter)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		h := http.Header{}
		for name, values := range out.header {
			h[http.CanonicalHeaderKey(name)] = values
		}
		j := sign.Judge(sign.Message{Method: "POST", Target: "/n?x=1", ClientID: client, Time: h.Get("Request-Time"), Body: out.body}, h.Get("Signature"), keys)
		if j.Verdict != c.verdict || h.Get("Client-Id") != c.client || string(out.body) != c.body {
			t.Errorf("%s: %s, client %s, body %s; want %+v", name, j.Verdict, h.Get("Client-Id"), out.body, c)
		}
	}
}

// TestForeignClientSignatureIsGenuine: what is sent for another acquirer verifies for that acquirer, because Alipay+ signs for all with one key.
func TestForeignClientSignatureIsGenuine(t *testing.T) {
	t.Parallel()
	g, keys := newGateway(t)
	out, err := g.seal(t.Context(), envelope{method: "POST", target: "/n", timeName: "request-time", body: []byte("{}"), names: titleNames}, control.Alteration{Signature: "client"})
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header(out.header)
	m := sign.Message{Method: "POST", Target: "/n", ClientID: h.Get("Client-Id"), Time: h.Get("Request-Time"), Body: out.body}
	if j := sign.Judge(m, h.Get("Signature"), keys); j.Verdict != sign.Valid {
		t.Errorf("verdict %s", j.Verdict)
	}
}

func TestAllowedHosts(t *testing.T) {
	t.Parallel()
	g, _ := newGateway(t)
	for address, want := range map[string]bool{
		"http://127.0.0.1:9100/n": true, "https://127.0.0.1/n?x=1": true, "http://shop.example:8443/n": true,
		"http://shop.example/n": false, "http://127.0.0.2/": false, "http://169.254.169.254/": false, "ftp://127.0.0.1/": false,
		"/n": false, "": false, "http://": false, "http://127.0.0.1.evil.example/": false, "http://evil@127.0.0.1/n": true,
	} {
		if _, err := g.allowed(address); (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := g.allowed("http://192.0.2.1/"); !errors.Is(err, ErrHost) {
		t.Errorf("foreign host: %v", err)
	}
}

func delivery(address string) aps.Delivery {
	return aps.Delivery{
		URL: address, Subject: aps.Subject{Timeline: "T", Match: "order", PaymentRequestID: "P1", PaymentID: "N1"},
		Notification: aps.Notification{Outcome: aps.ResultOf("SUCCESS"), Payment: aps.Payment{PaymentRequestID: "P1"}},
	}
}

// TestDeliveryRecordsWhatCameBack shows the acknowledgement and the record for acquirers that answer in odd ways.
func TestDeliveryRecordsWhatCameBack(t *testing.T) {
	t.Parallel()
	reset := func(w http.ResponseWriter, _ *http.Request) { closeConnection(w, true) }
	for name, c := range map[string]struct {
		answer   http.HandlerFunc
		acked    bool
		status   int
		broken   bool
		verdict  string
		received string
	}{
		"unsigned success": {answer: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"result":{"resultCode":"SUCCESS","resultStatus":"S"}}`)
		}, acked: true, status: 200, verdict: "missing", received: "SUCCESS"},
		"refusal": {answer: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"result":{"resultCode":"PROCESS_FAIL","resultStatus":"F"}}`)
		}, status: 200, verdict: "missing", received: "PROCESS_FAIL"},
		"plain text":   {answer: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "success") }, status: 200, verdict: "missing"},
		"server error": {answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, status: 500, verdict: "missing"},
		"reset":        {answer: reset, broken: true, verdict: "unchecked"},
		"endless": {answer: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, strings.Repeat("x", 3<<20))
		}, status: 200, verdict: "missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, _ := newGateway(t)
			server := httptest.NewServer(c.answer)
			defer server.Close()
			ack, err := g.NotifyPayment(t.Context(), delivery(server.URL+"/n"))
			if acked := err == nil && ack.Status == aps.Success; acked != c.acked {
				t.Errorf("acknowledged %v: %+v, %v", acked, ack, err)
			}
			list, err := g.Recorder.Query(trace.Query{})
			if err != nil || len(list) != 1 {
				t.Fatalf("%d exchanges, %v", len(list), err)
			}
			e := list[0]
			if e.Response.Status != c.status || (e.Broken != "") != c.broken || e.Signature.Verdict != c.verdict || e.Outcome == nil || e.Outcome.Code != "SUCCESS" {
				t.Errorf("exchange %+v", e)
			}
			if got := e.Result; (got != nil) != (c.received != "") || got != nil && got.Code != c.received {
				t.Errorf("result %+v, want %s", got, c.received)
			}
			if len(e.Response.Body) > maxBody {
				t.Errorf("%d bytes of the answer are kept", len(e.Response.Body))
			}
		})
	}
}

func TestNothingListens(t *testing.T) {
	t.Parallel()
	g, _ := newGateway(t)
	if _, err := g.NotifyPayment(t.Context(), delivery("http://127.0.0.1:1/n")); err == nil {
		t.Error("acknowledged by nobody")
	}
	e, err := g.Deliver(t.Context(), delivery("http://127.0.0.1:1/n"), Shape{})
	if err != nil || e.Broken != "refused" || e.Executed {
		t.Errorf("exchange %+v, error %v", e, err)
	}
	if _, err := g.Deliver(t.Context(), delivery("http://127.0.0.1:1/n"), Shape{Replay: "P9"}); err == nil {
		t.Error("a notification that was never sent was replayed")
	}
}
