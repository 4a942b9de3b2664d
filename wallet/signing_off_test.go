package wallet_test

import (
	"net/http"
	"strings"
	"testing"

	"mppsim/wallet"
	"mppsim/wallet/control"
	"mppsim/wallet/sign"
)

func TestWithSigningOffNothingIsSignedOrChecked(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *wallet.Options) { o.SigningOff, o.Strict = true, true })
	r.open("sandbox")
	body := r.payBody("P1", r.code(r.payer("rich")), "100")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+"/aps/api/v1/payments/pay", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	a, err := r.do(req)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "result", a.code(), "SUCCESS")
	if _, signed := a.header["Signature"]; signed || a.header.Get("Client-Id") == "" || a.header.Get("Response-Time") == "" {
		t.Errorf("header %v", a.header)
	}
	told := r.awaitNotices(1)[0]
	if told.valid != sign.Missing {
		t.Errorf("the notification's signature is %s", told.valid)
	}
	list, err := r.api.Exchanges(t.Context(), control.ExchangeQuery{Timeline: r.timeline})
	if err != nil || len(list) == 0 {
		t.Fatalf("%d exchanges, %v", len(list), err)
	}
	for _, e := range list {
		if e.Signature.Verdict != string(sign.Unchecked) || !strings.Contains(e.Signature.Reason, "signing is off") {
			t.Errorf("%s: signature %+v", e.API, e.Signature)
		}
	}
	info, err := r.api.Info(t.Context())
	if err != nil || !info.SigningOff {
		t.Errorf("info %+v, %v", info, err)
	}
}
