package wallet_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/sign"
)

func TestInStoreGatewayIsStrictOnDemand(t *testing.T) {
	t.Parallel()
	c := newRig(t, func(o *wallet.Options) { o.Strict = true }).till()
	p := c.payer("rich")
	body := c.inStoreBody(inStoreSale{id: "P1", value: "1000", code: c.code(p)})
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for _, tt := range []struct {
		name   string
		change func(*http.Request)
		code   string
		signed sign.Verdict
	}{
		{"signature", set("Signature", "algorithm=RSA256,keyVersion=1,signature=AAAA"), "INVALID_SIGNATURE", sign.Missing},
		{"client", set("Client-Id", "other"), "INVALID_CLIENT", sign.Invalid}, // signed for the caller
		{"method", func(r *http.Request) { r.Method = http.MethodPut }, "METHOD_NOT_SUPPORTED", sign.Invalid},
		{"media type", set("Content-Type", "text/plain"), "MEDIA_TYPE_NOT_ACCEPTABLE", sign.Valid},
		{"path", func(r *http.Request) { r.URL.Path = "/ams/api/v2/payments/pay" }, "NO_INTERFACE_DEF", sign.Valid},
		{"capitals", func(*http.Request) {}, "SUCCESS", sign.Valid},
	} {
		req := c.requestTo(inStoreOperation(t, "pay").Path, body)
		tt.change(req)
		a, err := c.do(req)
		if err != nil || a.status != http.StatusOK {
			t.Fatalf("%s: status %d, %v", tt.name, a.status, err)
		}
		want(t, tt.name, a.code(), tt.code)
		want(t, tt.name+": the answer's signature", string(a.valid), string(tt.signed))
		want(t, tt.name+": the answer's client", a.header.Get("Client-Id"), req.Header.Get("Client-Id"))
	}
	c.wantMoved("payer/"+p.ID, -1000)
}

func TestInStoreAcknowledgementsNeedNoSignature(t *testing.T) {
	t.Parallel()
	var got atomic.Int32
	inbox := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		got.Add(1)
		_, _ = w.Write([]byte(`{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}`))
	}))
	defer inbox.Close()
	r := newRig(t)
	r.open("production")
	c := till{rig: r}
	p := c.payer("rich")
	body := strings.Replace(c.inStoreBody(inStoreSale{id: "P1", value: "1000", code: c.code(p)}), c.inbox.URL, inbox.URL, 1)
	want(t, "pay", codeOf(c.ask("pay", body)), "SUCCESS")
	want(t, "acknowledged", c.last(aps.NotifyPayment).Result.Code, "SUCCESS")
	c.move(24 * time.Hour)
	if n := got.Load(); n != 1 {
		t.Errorf("%d notifications, although the first was acknowledged", n)
	}
}

func TestTheSamePaymentAtBothDoorsAtOnceIsTakenOnce(t *testing.T) {
	t.Parallel()
	c := newRig(t).till()
	p := c.payer("rich")
	code := c.code(p)
	requests := []*http.Request{}
	for range 4 {
		requests = append(requests, c.request("pay", c.payBody("P1", code, "1000")),
			c.requestTo(inStoreOperation(t, "pay").Path, c.inStoreBody(inStoreSale{id: "P1", value: "1000", code: code})))
	}
	answers := make(chan string, len(requests))
	for _, req := range requests {
		go func() {
			a, err := c.do(req)
			answers <- fmt.Sprintf("%s %s %v", a.code(), text(a.body, "result.resultStatus"), err)
		}()
	}
	for range requests {
		if got := <-answers; got != "SUCCESS S <nil>" && got != "PAYMENT_IN_PROCESS U <nil>" {
			t.Error(got)
		}
	}
	c.wantMoved("payer/"+p.ID, -1000)
	want(t, "in the end", c.stands("P1")+" "+c.outcome("P1"), "SUCCESS SUCCESS SUCCESS")
}
