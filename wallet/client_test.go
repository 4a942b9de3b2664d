package wallet_test

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
	"mppsim/wallet/sign"
	"mppsim/wallet/store"
)

// testKey is one key for all tests: making one takes as long as fifty signatures.
var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := sign.GenerateKey()
	if err != nil {
		panic(err)
	}
	return key
})

// rig is a simulator on a loopback address with an acquirer that signs, and takes notifications.
type rig struct {
	t        testing.TB
	sim      *wallet.Simulator
	api      control.API
	url      string
	http     *http.Client
	inbox    *httptest.Server
	mu       sync.Mutex
	notices  []notice
	timeline string
	ackCode  string
	client   string          // client id of the acquirer
	key      *rsa.PrivateKey // of the acquirer
}

type notice struct {
	header http.Header
	body   *jsontree.Node
	raw    []byte
	valid  sign.Verdict
}

func newRig(t testing.TB, change ...func(*wallet.Options)) *rig {
	t.Helper()
	o := wallet.Options{
		NetworkKey: testKey(), AcquirerKeys: sign.NewKeySet("1", &testKey().PublicKey),
		Notification: control.NotificationRhythm{Mode: "off"},
	}
	if _, measured := t.(*testing.B); !measured {
		o.Store = store.NewChecked()
	}
	for _, f := range change {
		f(&o)
	}
	sim, err := wallet.New(o)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, sim: sim, http: &http.Client{Timeout: time.Minute}, ackCode: "SUCCESS", client: wallet.DefaultClientID, key: testKey()}
	server := httptest.NewServer(sim.Handler())
	r.inbox = httptest.NewServer(http.HandlerFunc(r.takeNotice))
	r.url = server.URL
	steering := server.Client()
	if _, measured := t.(*testing.B); !measured {
		steering.Transport = described{steering.Transport, t.Errorf}
	}
	r.api = control.NewClient(server.URL, steering)
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
		r.http.CloseIdleConnections()
		server.Close()
		r.inbox.Close()
	})
	return r
}

// takeNotice acknowledges a notification, signed as an acquirer must.
func (r *rig) takeNotice(w http.ResponseWriter, req *http.Request) {
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		return
	}
	body, _ := jsontree.Parse(raw)
	judged := sign.Judge(sign.Message{
		Method: "POST", Target: req.RequestURI, ClientID: req.Header.Get("Client-Id"), Time: req.Header.Get("Request-Time"), Body: raw,
	}, req.Header.Get("Signature"), sign.NewKeySet("1", &testKey().PublicKey))
	r.mu.Lock()
	r.notices = append(r.notices, notice{header: req.Header, body: body, raw: raw, valid: judged.Verdict})
	code := r.ackCode
	r.mu.Unlock()
	status := aps.ResultOf(code).Status
	answer := fmt.Appendf(nil, `{"result":{"resultCode":%q,"resultStatus":%q,"resultMessage":"x"}}`, code, status)
	now := time.Now().UTC().Format(time.RFC3339)
	signature, err := sign.Message{Method: "POST", Target: req.RequestURI, ClientID: wallet.DefaultClientID, Time: now, Body: answer}.Sign(testKey(), "1")
	if err != nil {
		return
	}
	w.Header().Set("Client-Id", wallet.DefaultClientID)
	w.Header().Set("Response-Time", now)
	w.Header().Set("Signature", signature)
	_, _ = w.Write(answer)
}

func (r *rig) received() []notice {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]notice{}, r.notices...)
}

// awaitNotices waits until n notifications came.
func (r *rig) awaitNotices(n int) []notice {
	r.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if got := r.received(); len(got) >= n {
			return got
		}
	}
	r.t.Fatalf("%d notifications came, want %d", len(r.received()), n)
	return nil
}

// open makes a timeline; calls of the rig belong to it from then on.
func (r *rig) open(rhythm string) string {
	r.t.Helper()
	line, err := r.api.OpenTimeline(r.t.Context(), control.TimelineSpec{
		Name: r.t.Name(), Notification: control.NotificationRhythm{Mode: rhythm, Delay: 20 * time.Millisecond},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.timeline = line.ID
	return line.ID
}

func (r *rig) payer(template string) control.Payer {
	r.t.Helper()
	p, err := r.api.CreatePayer(r.t.Context(), control.PayerSpec{Timeline: r.timeline, Template: template})
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

func (r *rig) code(p control.Payer) string {
	r.t.Helper()
	c, err := r.api.IssueCode(r.t.Context(), p.ID, control.CodeSpec{})
	if err != nil {
		r.t.Fatal(err)
	}
	return c.Digits
}

// payBody is a complete pay request.
func (r *rig) payBody(id, code, value string) string {
	expiry := time.Now().Add(time.Minute).UTC().Format(time.RFC3339)
	return fmt.Sprintf(`{"paymentRequestId":%q,"paymentAmount":{"currency":"SGD","value":%q},`+
		`"order":{"referenceOrderId":"order-%s","orderDescription":"tea","orderAmount":{"currency":"SGD","value":%q},`+
		`"merchant":{"referenceMerchantId":"M-1","merchantName":"Corner","merchantMCC":"5411","merchantAddress":{"region":"SG"},`+
		`"store":{"referenceStoreId":"S-1","storeName":"Corner","storeMCC":"5411"}}},`+
		`"paymentMethod":{"paymentMethodType":"CONNECT_WALLET","paymentMethodId":%q},`+
		`"paymentFactor":{"isInStorePayment":"true","isCashierPayment":"false","inStorePaymentScenario":"PaymentCode"},`+
		`"settlementStrategy":{"settlementCurrency":"SGD"},"paymentExpiryTime":%q,"paymentNotifyUrl":%q}`,
		id, value, id, value, code, expiry, r.inbox.URL+"/notify")
}

// answer is what came back on one call.
type answer struct {
	status int
	header http.Header
	body   *jsontree.Node
	raw    []byte
	valid  sign.Verdict
}

func (a answer) code() string    { return text(a.body, "result.resultCode") }
func (a answer) outcome() string { return text(a.body, "paymentResult.resultCode") }

func text(n *jsontree.Node, path string) string {
	if v := n.Get(path); v != nil {
		return v.Text
	}
	return ""
}

func (r *rig) request(api, body string) *http.Request {
	r.t.Helper()
	return r.requestTo("/aps/api/v1/payments/"+api, body)
}

// try makes one signed call.
func (r *rig) try(api, body string) (answer, error) { return r.do(r.request(api, body)) }

func (r *rig) do(req *http.Request) (answer, error) {
	resp, err := r.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	judged := sign.Judge(sign.Message{
		Method: "POST", Target: req.URL.RequestURI(), ClientID: r.client, Time: resp.Header.Get("Response-Time"), Body: raw,
	}, resp.Header.Get("Signature"), sign.NewKeySet("1", &testKey().PublicKey))
	body, err := jsontree.Parse(raw)
	if err != nil {
		body = &jsontree.Node{}
	}
	return answer{status: resp.StatusCode, header: resp.Header, body: body, raw: raw, valid: judged.Verdict}, nil
}

// call makes one signed call that must be answered properly.
func (r *rig) call(api, body string) answer {
	r.t.Helper()
	a, err := r.try(api, body)
	if err != nil {
		r.t.Fatalf("%s: %v", api, err)
	}
	if a.status != http.StatusOK || a.valid != sign.Valid {
		r.t.Fatalf("%s: status %d, signature %s, body %s", api, a.status, a.valid, a.raw)
	}
	return a
}

func (r *rig) pay(id, code, value string) answer {
	r.t.Helper()
	return r.call("pay", r.payBody(id, code, value))
}

func (r *rig) inquire(id string) answer {
	r.t.Helper()
	return r.call("inquiryPayment", fmt.Sprintf(`{"paymentRequestId":%q}`, id))
}

func (r *rig) cancel(id string) answer {
	r.t.Helper()
	return r.call("cancelPayment", fmt.Sprintf(`{"paymentRequestId":%q}`, id))
}

func (r *rig) refund(id, refundID, value string) answer {
	r.t.Helper()
	return r.call("refund", fmt.Sprintf(`{"paymentRequestId":%q,"refundRequestId":%q,"refundAmount":{"currency":"SGD","value":%q}}`, id, refundID, value))
}

// moved sums what an account gained on the rig's timeline, without top-ups.
func (r *rig) moved(account string) int64 {
	r.t.Helper()
	entries, err := r.api.Entries(r.t.Context(), r.timeline)
	if err != nil {
		r.t.Fatal(err)
	}
	var sum int64
	for _, e := range entries {
		if e.Account == account && e.Kind != "top-up" {
			sum += e.Amount.Value
		}
	}
	return sum
}

func (r *rig) wantMoved(account string, want int64) {
	r.t.Helper()
	if got := r.moved(account); got != want {
		r.t.Errorf("%s moved by %d, want %d", account, got, want)
	}
}

func want(t testing.TB, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func sgd(minor int64) money.Amount { return money.Of("SGD", minor) }

// asRefusal finds the refusal of the control API in an error; nil if there is none.
func asRefusal(err error) *control.Error {
	refused, _ := errors.AsType[*control.Error](err)
	return refused
}
