package wallet_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/control"
	"mppsim/wallet/pace"
	"mppsim/wallet/sign"
)

// unusual is a form that is not the documented one, but that the real gateway takes because official libraries write it.
type unusual struct {
	name    string
	change  func(body string) string
	time    func(time.Time) string // form of Request-Time
	header  func(http.Header)
	inStore bool
	target  bool   // an absolute address in the request line
	refused string // the code where it is refused
	note    string // where it is named
}

func unusualForms() []unusual {
	replace := func(old, new string) func(string) string {
		return func(body string) string { return strings.Replace(body, old, new, 1) }
	}
	signature := func(old, new string) func(http.Header) {
		return func(h http.Header) { h.Set("Signature", strings.ReplaceAll(h.Get("Signature"), old, new)) }
	}
	return []unusual{
		{name: "absolute target", target: true, refused: "NO_INTERFACE_DEF", note: "absolute address"},
		{name: "two content types", header: func(h http.Header) { h.Add("Content-Type", "application/json; charset=UTF-8") }, refused: "MEDIA_TYPE_NOT_ACCEPTABLE", note: "2 times"},
		{name: "empty agent token", header: func(h http.Header) { h.Set("Agent-Token", "") }, refused: "PARAM_ILLEGAL", note: "Agent-Token is empty"},
		{name: "empty agent token in store", inStore: true, header: func(h http.Header) { h.Set("Agent-Token", "") }, refused: "PARAM_ILLEGAL", note: "Agent-Token is empty"},
		{name: "signature not url-encoded", header: signature("%3D", "="), refused: "INVALID_SIGNATURE", note: "percent-encoded"},
		{name: "unknown key version", header: signature("keyVersion=1", "keyVersion=7"), refused: "INVALID_SIGNATURE", note: "keyVersion 7"},
		{name: "milliseconds", time: epochMillis, refused: "PARAM_ILLEGAL", note: "Request-Time is written"},
		{name: "offset without colon", time: layout("2006-01-02T15:04:05-0700"), refused: "PARAM_ILLEGAL", note: "Request-Time is written"},
		{name: "offset without colon in store", inStore: true, time: layout("2006-01-02T15:04:05-0700"), refused: "PARAM_ILLEGAL", note: "Request-Time is written"},
		{name: "native boolean", change: replace(`"isInStorePayment":"true"`, `"isInStorePayment":true`), refused: "PARAM_ILLEGAL", note: "native value true"},
		{name: "native number", change: replace(`"value":"1000"`, `"value":1000`), refused: "PARAM_ILLEGAL", note: "native value 1000"},
		{name: "native number in store", inStore: true, change: replace(`"value":"1000"`, `"value":1000`), refused: "PARAM_ILLEGAL", note: "native value 1000"},
		{name: "capitals", change: replace(`"PaymentCode"`, `"PAYMENTCODE"`), refused: "PARAM_ILLEGAL", note: "PAYMENTCODE"},
		{name: "capitals in store", inStore: true, change: replace(`"PaymentCode"`, `"PAYMENTCODE"`), refused: "PARAM_ILLEGAL", note: "PAYMENTCODE"},
		{name: "boolean in capitals", change: replace(`"isInStorePayment":"true"`, `"isInStorePayment":"TRUE"`), refused: "PARAM_ILLEGAL", note: "TRUE"},
	}
}

// usualForms are documented: no leniency changes anything about them.
func usualForms() []unusual {
	return []unusual{
		{name: "offset", time: layout("2006-01-02T15:04:05-07:00")},
		{name: "fraction", time: layout("2006-01-02T15:04:05.0000000Z")},
		{name: "milliseconds in store", inStore: true, time: epochMillis},
		{name: "blanks in the signature header", header: func(h http.Header) { h.Set("Signature", strings.ReplaceAll(h.Get("Signature"), ",", ", ")) }},
		{name: "no content type", header: func(h http.Header) { h.Del("Content-Type") }},
	}
}

// send pays in the unusual form and returns the answer's code and the notes in the record.
func (u unusual) send(r *rig) (string, []string) {
	r.t.Helper()
	body, path := r.payBody("P1", r.code(r.payer("rich")), "1000"), "/aps/api/v1/payments/pay"
	if u.inStore {
		c := r.till()
		body, path = c.inStoreBody(inStoreSale{id: "P1", value: "1000", code: r.code(r.payer("rich")), scenario: "PaymentCode"}), inStoreOperation(r.t, "pay").Path
	}
	if u.change != nil {
		changed := u.change(body)
		if changed == body {
			r.t.Fatal("the body is as usual")
		}
		body = changed
	}
	req := r.requestTo(path, body)
	if u.time != nil {
		r.sealAt(req, path, body, u.time(time.Now()))
	}
	if u.header != nil {
		u.header(req.Header)
	}
	if u.target {
		req.URL.Opaque = "//" + req.URL.Host + path // written with the scheme in front
	}
	a, err := r.do(req)
	if err != nil || a.status != http.StatusOK {
		r.t.Fatalf("status %d, %v", a.status, err)
	}
	return a.code(), r.last("pay").Notes
}

// sealAt signs a request again with another time.
func (r *rig) sealAt(req *http.Request, path, body, at string) {
	r.t.Helper()
	signature, err := sign.Message{Method: "POST", Target: path, ClientID: wallet.DefaultClientID, Time: at, Body: []byte(body)}.Sign(testKey(), "1")
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Request-Time", at)
	req.Header.Set("Signature", signature)
}

func TestFormsOfOfficialLibrariesUnderEachLeniency(t *testing.T) {
	t.Parallel()
	for _, u := range unusualForms() {
		for _, mode := range []control.Leniency{"", control.LenientSilent, control.LenientWarn, control.LenientRefuse} {
			for _, strict := range []bool{false, true} {
				t.Run(u.name+"/"+string(mode)+"/strict "+strconv.FormatBool(strict), func(t *testing.T) {
					t.Parallel()
					r := newRig(t, func(o *wallet.Options) { o.Lenient, o.Strict = mode, strict })
					r.open("off")
					code, notes := u.send(r)
					expected := "SUCCESS"
					if mode == control.LenientRefuse {
						expected = u.refused
					}
					want(t, "result", code, expected)
					named := slices.ContainsFunc(notes, func(n string) bool { return strings.Contains(n, u.note) })
					if silent := mode == control.LenientSilent; named == silent || silent && len(notes) > 0 {
						t.Errorf("notes %q", notes)
					}
				})
			}
		}
	}
}

func TestDocumentedFormsAreNeverRefused(t *testing.T) {
	t.Parallel()
	for _, u := range usualForms() {
		t.Run(u.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(o *wallet.Options) { o.Lenient = control.LenientRefuse })
			r.open("off")
			code, notes := u.send(r)
			want(t, "result", code, "SUCCESS")
			if len(notes) > 0 {
				t.Errorf("notes %q", notes)
			}
		})
	}
}

// TestRefusingLenientFormsIncludesTheStrictGateway: what the real gateway refuses is refused then, too.
func TestRefusingLenientFormsIncludesTheStrictGateway(t *testing.T) {
	t.Parallel()
	for _, o := range oddities() {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(o *wallet.Options) { o.Lenient = control.LenientRefuse })
			r.open("off")
			want(t, "result", o.send(r, r.code(r.payer("rich"))).code(), o.strict)
		})
	}
}

// TestChecksComeInTheDocumentedOrder breaks everything at once and then mends one thing after the other (acqp-api §13).
func TestChecksComeInTheDocumentedOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *wallet.Options) {
		o.Strict, o.AcquirerKeys, o.MaxAge, o.Rate = true, sign.KeySet{}, time.Hour, pace.Rate{Calls: 1, Per: time.Hour}
	})
	r.open("off")
	good := r.payBody("P1", r.code(r.payer("rich")), "1000")
	path, method, kind, client, mended := "/aps/api/v1/payments/pay/", http.MethodPut, "text/plain", "1022", false
	body, at := "{", time.Now().Add(-2*time.Hour)
	for _, step := range []struct {
		code string
		mend func()
	}{
		{"NO_INTERFACE_DEF", func() { path = "/aps/api/v1/payments/pay" }},
		{"METHOD_NOT_SUPPORTED", func() { method = http.MethodPost }},
		{"MEDIA_TYPE_NOT_ACCEPTABLE", func() { kind = "application/json" }},
		{"INVALID_CLIENT", func() { client = wallet.DefaultClientID }},
		{"KEY_NOT_FOUND", func() { r.sim.SetAcquirerKeys(sign.NewKeySet("1", &testKey().PublicKey)) }},
		{"INVALID_SIGNATURE", func() { mended = true }},
		{"PARAM_ILLEGAL", func() { at = time.Now() }}, // the time, for nothing was counted yet
		{"PARAM_ILLEGAL", func() { body = good }},     // the body; this call is counted
		{"REQUEST_TRAFFIC_EXCEED_LIMIT", func() { body = "{" }},
		{"REQUEST_TRAFFIC_EXCEED_LIMIT", func() {}},
	} {
		req := r.requestTo(path, body)
		req.Method = method
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Client-Id", client)
		req.Header.Del("Signature")
		if mended {
			r.sealAt(req, path, body, at.UTC().Format(time.RFC3339))
		}
		a, err := r.do(req)
		if err != nil || a.status != http.StatusOK {
			t.Fatalf("%s: status %d, %v", step.code, a.status, err)
		}
		want(t, "result", a.code(), step.code)
		step.mend()
	}
}

// TestStaleTimesAreRefusedOnDemand at either door, whatever else is borne.
func TestStaleTimesAreRefusedOnDemand(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		by   time.Duration
		code string
	}{
		{-11 * time.Minute, "PARAM_ILLEGAL"},
		{11 * time.Minute, "PARAM_ILLEGAL"},
		{-9 * time.Minute, "SUCCESS"},
		{9 * time.Minute, "SUCCESS"},
	} {
		for _, inStore := range []bool{false, true} {
			r := newRig(t, func(o *wallet.Options) { o.MaxAge = 10 * time.Minute })
			r.open("off")
			code, notes := unusual{inStore: inStore, time: func(now time.Time) string { return now.Add(tt.by).UTC().Format(time.RFC3339) }}.send(r)
			want(t, "result at "+tt.by.String(), code, tt.code)
			if (len(notes) > 0) != (tt.code != "SUCCESS") {
				t.Errorf("%s: notes %q", tt.by, notes)
			}
		}
	}
}

func TestCallsBeyondTheRateMayBeRepeated(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *wallet.Options) { o.Rate = pace.Rate{Calls: 3, Per: time.Hour} })
	r.open("off")
	for range 3 {
		want(t, "within the rate", r.inquire("P1").code(), "ORDER_NOT_EXIST")
	}
	a := r.inquire("P1")
	want(t, "beyond it", a.code(), "REQUEST_TRAFFIC_EXCEED_LIMIT")
	want(t, "its status", text(a.body, "result.resultStatus"), "U")
}
