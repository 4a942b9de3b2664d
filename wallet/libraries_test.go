package wallet_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"mppsim/fixtures"
	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/sign"
	"mppsim/wallet/trace"
)

// awkward is a text that every library encodes in its own way.
const awkward = `Tee & <Kuchen> für 50/50 'heute' = 茶 "ok"+ 😀`

// shopFloor is a simulator with an official client library in front of it.
type shopFloor struct {
	*rig
	library
	carry carrier
}

func (s shopFloor) send(path string, body map[string]any) aps.Fields {
	s.t.Helper()
	raw, err := s.library.call(s.carry, s.url, path, s.encode(body))
	if err != nil {
		s.t.Fatalf("%s: %v\n%s", path, err, raw)
	}
	root, err := jsontree.Parse(raw)
	if err != nil {
		s.t.Fatal(err)
	}
	return aps.FieldsOf(root)
}

// sale is a pay request that both doors understand.
func (s shopFloor) sale(id, code string) map[string]any {
	store := map[string]any{"referenceStoreId": "S-1", "storeName": awkward, "storeMCC": "5411"}
	merchant := map[string]any{
		"referenceMerchantId": "M-1", "merchantName": awkward, "merchantMCC": "5411", "merchantAddress": map[string]any{"region": "SG"}, "store": store,
	}
	order := map[string]any{
		"referenceOrderId": "order-" + id, "orderDescription": awkward, "orderAmount": s.amount("SGD", 1000), "merchant": merchant,
		"env": map[string]any{"storeTerminalId": "T-1", "storeTerminalRequestTime": "2026-11-22T12:00:00+08:00", "userAgent": "AlipayConnect/1.0"},
	}
	method := map[string]any{"paymentMethodType": "CONNECT_WALLET"}
	factor := map[string]any{"inStorePaymentScenario": s.scenario("OrderCode"), "isInStorePayment": "true", "isCashierPayment": "true"}
	if code != "" {
		method["paymentMethodId"] = code
		factor = map[string]any{"inStorePaymentScenario": s.scenario("PaymentCode"), "isInStorePayment": "true"}
	}
	if s.nativeFlag {
		factor["isInStorePayment"] = true
	}
	return map[string]any{
		"productCode": "IN_STORE_PAYMENT", "paymentRequestId": id, "order": order, "paymentAmount": s.amount("SGD", 1000), "paymentMethod": method,
		"paymentFactor": factor, "paymentNotifyUrl": s.inbox.URL + "/notify?till=1", "settlementStrategy": map[string]any{"settlementCurrency": "USD"},
	}
}

// TestOfficialLibrariesAreServed plays a till's day with every library at both doors, over a plain connection.
func TestOfficialLibrariesAreServed(t *testing.T) {
	t.Parallel()
	for _, l := range libraries() {
		for _, at := range []struct {
			door, base, cancel, status string
		}{
			{"ams", "/ams/api/v1/payments/", "cancel", "paymentResultCode"},
			{"aps", "/aps/api/v1/payments/", "cancelPayment", "paymentResult.resultCode"},
		} {
			t.Run(l.name+" at "+at.door, func(t *testing.T) {
				t.Parallel()
				s := shopFloor{newRig(t), l, exchangeRaw}
				s.open("certify")
				p := s.payer("from-malaysia")
				sale := s.sale("P1", s.code(p))
				paid := s.send(at.base+"pay", sale)
				want(t, "pay", codeOf(paid), "SUCCESS")
				want(t, "repeated", s.send(at.base+"pay", sale).Text("paymentId"), paid.Text("paymentId"))
				if at.door == "aps" {
					s.consults()
				}
				asked := s.send(at.base+"inquiryPayment", map[string]any{"paymentRequestId": "P1"})
				want(t, "inquiry", asked.Text(at.status)+asked.Text("settlementQuote.quoteCurrencyPair"), "SUCCESSSGD/USD")
				back := s.send(at.base+"refund", map[string]any{"paymentId": paid.Text("paymentId"), "refundRequestId": "R1", "refundAmount": s.amount("SGD", 400)})
				want(t, "refund", codeOf(back), "SUCCESS")
				n := s.awaitNotices(1)[0]
				want(t, "notified", string(n.valid)+" "+text(n.body, "paymentRequestId"), "valid P1")
				s.send(at.base+"pay", s.sale("P2", s.code(p)))
				want(t, "cancel", codeOf(s.send(at.base+at.cancel, map[string]any{"paymentRequestId": "P2"})), "SUCCESS")
				s.wantMoved("shop/M-1", 600)
				s.wantRecord(t, at.door)
			})
		}
	}
}

// consults asks which wallets can be offered, which only the door of Alipay+ tells.
func (s shopFloor) consults() {
	s.t.Helper()
	got := s.send("/aps/api/v1/payments/consultPayment", map[string]any{
		"paymentAmount": s.amount("SGD", 1000), "settlementStrategy": map[string]any{"settlementCurrency": "USD"}, "userRegion": "SG",
		"paymentFactor": map[string]any{"isInStorePayment": "false", "isCashierPayment": "true", "presentmentMode": "TILE"},
	})
	want(s.t, "consultPayment", codeOf(got)+" "+got.Text("paymentOptions.0.paymentMethodType"), "SUCCESS CONNECT_WALLET")
}

// wantRecord checks what the trace says of the library's traffic.
func (s shopFloor) wantRecord(t *testing.T, door string) {
	t.Helper()
	list := must[[]string](t)(s.verdicts(door))
	if len(list) == 0 {
		t.Error("nothing is recorded")
	}
	for _, verdict := range list {
		want(t, "signature", verdict, string(sign.Valid))
	}
}

// verdicts are the judgements on the signatures of the calls at a door.
func (s shopFloor) verdicts(door string) (list []string, err error) {
	all, err := s.api.Exchanges(s.t.Context(), control.ExchangeQuery{Timeline: s.timeline})
	for _, e := range all {
		if e.Door != door {
			err = fmt.Errorf("a message at door %q", e.Door)
		}
		list = append(list, e.Signature.Verdict)
	}
	return list, err
}

// TestOfficialLibrariesReadInStoreOffers has every library place an order that the payer scans.
func TestOfficialLibrariesReadInStoreOffers(t *testing.T) {
	t.Parallel()
	const base = "/ams/api/v1/payments/"
	for _, l := range libraries() {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			s := shopFloor{newRig(t), l, exchangeRaw}
			s.open("off")
			s.expect("order-p1")
			p := s.payer("from-malaysia")
			offered := s.send(base+"pay", s.sale("P1", ""))
			want(t, "pay", codeOf(offered)+" "+offered.Text("result.resultStatus"), "SUCCESS S")
			want(t, "scan", s.scan(p, codeText(offered)).Result.Code, "SUCCESS")
			want(t, "confirm", s.confirm(p).State, "SUCCESS")
			asked := s.send(base+"inquiryPayment", map[string]any{"paymentRequestId": "P1"})
			want(t, "inquiry", asked.Text("paymentStatus")+" "+asked.Text("paymentQuote.quoteCurrencyPair"), "SUCCESS SGD/MYR")
			s.send(base+"refund", map[string]any{"paymentId": asked.Text("paymentId"), "refundRequestId": "R1", "refundAmount": s.amount("SGD", 1)})
			want(t, "inquiryRefund", s.send(base+"inquiryRefund", map[string]any{"refundRequestId": "R1"}).Text("refundStatus"), "SUCCESS")
		})
	}
}

// TestOfficialLibrariesReadOffers has every library place an order at the door of Alipay+ that the payer scans.
func TestOfficialLibrariesReadOffers(t *testing.T) {
	t.Parallel()
	const base = "/aps/api/v1/payments/"
	for _, l := range libraries() {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			s := shopFloor{newRig(t), l, exchangeRaw}
			s.open("off")
			s.expect("order-p1")
			p := s.payer("rich")
			offered := s.send(base+"pay", s.sale("P1", ""))
			want(t, "pay", codeOf(offered)+" "+offered.Text("orderCodeForm.codeDetails.0.displayType"), "PAYMENT_IN_PROCESS TEXT")
			want(t, "scan", s.scan(p, codeText(offered)).Result.Code, "SUCCESS")
			want(t, "confirm", s.confirm(p).State, "SUCCESS")
			want(t, "inquiry", s.send(base+"inquiryPayment", map[string]any{"paymentRequestId": "P1"}).Text("paymentResult.resultCode"), "SUCCESS")
		})
	}
}

// TestOfficialLibrariesOverTLS: the libraries for Java and Python speak https only, and some clients of theirs HTTP/2.
func TestOfficialLibrariesOverTLS(t *testing.T) {
	t.Parallel()
	for _, l := range libraries() {
		for version, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
			t.Run(l.name+" "+version, func(t *testing.T) {
				t.Parallel()
				r := overTLS(t, http2)
				s := shopFloor{r, l, r.overTLS(version)}
				p := s.payer("rich")
				for i, base := range []string{"/ams/api/v1/payments/", "/aps/api/v1/payments/"} {
					id := "P" + strconv.Itoa(i)
					want(t, "pay", codeOf(s.send(base+"pay", s.sale(id, s.code(p)))), "SUCCESS")
					want(t, "inquiry", codeOf(s.send(base+"inquiryPayment", map[string]any{"paymentRequestId": id})), "SUCCESS")
				}
				for _, verdict := range must[[]string](t)(s.allVerdicts()) {
					want(t, "signature", verdict, string(sign.Valid))
				}
				want(t, "description", s.orderDescription(), awkward)
			})
		}
	}
}

// overTLS is a carrier with a version of HTTP. Where that is 1.1 the octets arrive as they are.
func (r *rig) overTLS(version string) carrier {
	transport := r.http.Transport.(*http.Transport)
	if version == "HTTP/1.1" {
		return func(host string, message []byte) (answer response, err error) {
			conn, err := tls.Dial("tcp", host, transport.TLSClientConfig)
			if err != nil {
				return answer, err
			}
			return exchangeOver(conn, message)
		}
	}
	return func(host string, message []byte) (answer response, err error) {
		req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(message)))
		if err != nil {
			return answer, err
		}
		req.RequestURI, req.Close, req.URL.Scheme, req.URL.Host = "", false, "https", host
		resp, err := r.http.Do(req)
		if err != nil {
			return answer, err
		}
		defer func() { _ = resp.Body.Close() }()
		if resp.Proto != version {
			return answer, fmt.Errorf("the answer came with %s", resp.Proto)
		}
		answer.status = resp.StatusCode
		for name, values := range resp.Header {
			answer.lines = append(answer.lines, [2]string{strings.ToLower(name), values[0]}) // as HTTP/2 has them
		}
		answer.body, err = io.ReadAll(resp.Body)
		return answer, err
	}
}

// orderDescription is what the simulator read of the order's text.
func (r *rig) orderDescription() string {
	r.t.Helper()
	list := must[[]trace.Exchange](r.t)(r.api.Exchanges(r.t.Context(), control.ExchangeQuery{}))
	root, err := jsontree.Parse(list[0].Request.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return aps.FieldsOf(root).Text("order.orderDescription")
}

// TestRecordedRequestsOfTheVectorsVerify sends the vectors' requests octet for octet.
func TestRecordedRequestsOfTheVectorsVerify(t *testing.T) {
	t.Parallel()
	text, err := fixtures.Vectors.ReadFile("vectors/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Keys     map[string]struct{ Public string }
		Messages []struct{ Name, Signer, Target, ClientID, Time, Body, Header string }
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	sent := 0
	for _, v := range file.Messages {
		if v.Signer != "client" || !strings.HasPrefix(v.Target, "/a") {
			continue
		}
		sent++
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			key, err := sign.ParsePublicKey([]byte(file.Keys["client"].Public))
			if err != nil {
				t.Fatal(err)
			}
			r := newRig(t, func(o *wallet.Options) { o.ClientID, o.AcquirerKeys = v.ClientID, sign.NewKeySet("1", key) })
			message := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: x\r\nclient-id: %s\r\nrequest-time: %s\r\nsignature: %s\r\nContent-Type: application/json\r\n"+
				"Content-Length: %d\r\nConnection: close\r\n\r\n%s", v.Target, v.ClientID, v.Time, v.Header, len(v.Body), v.Body)
			if _, err := exchangeRaw(strings.TrimPrefix(r.url, "http://"), message); err != nil {
				t.Fatal(err)
			}
			list := must[[]string](t)(r.allVerdicts())
			want(t, "signature", strings.Join(list, " "), string(sign.Valid))
		})
	}
	if sent < 2 {
		t.Errorf("%d requests of clients in the file", sent)
	}
}

func (r *rig) allVerdicts() (list []string, err error) {
	all, err := r.api.Exchanges(r.t.Context(), control.ExchangeQuery{Wait: time.Second})
	for _, e := range all {
		list = append(list, e.Signature.Verdict)
	}
	return list, err
}
