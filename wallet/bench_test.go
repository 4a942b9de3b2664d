package wallet_test

import (
	"crypto"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"mppsim/wallet"
	"mppsim/wallet/collector"
	"mppsim/wallet/sign"
	"mppsim/wallet/sign/testkey"
)

// A run sends benchRound calls to the simulator, then as many to the yardstick, and so on, so that whatever else the
// machine does meets both. benchCallers calls are under way at a time, each on its own connection.
const (
	benchCallers = 32
	benchRound   = 250
	benchWarmUp  = 4 * benchRound // calls before the measured ones: connections, memory and caches are there when they begin
)

// paidAnswer is an answer of the usual size: both yardsticks send as many octets as the simulator does.
const paidAnswer = `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"Success."},"acquirerId":"1022188000000000001",` +
	`"paymentId":"01900000-0000-7000-8000-000000000000","paymentAmount":{"currency":"SGD","value":"100"},` +
	`"paymentTime":"2031-03-05T18:00:00+08:00","pspId":"1022172000000000001","customerId":"01900000-0000-7000-8000-000000000001",` +
	`"walletBrandName":"Kaleido Pay","settlementAmount":{"currency":"SGD","value":"100"}}`

// BenchmarkSignedPay measures signed pay calls through the whole simulator over HTTP, beside a plain handler that verifies
// the request and signs an answer with crypto/rsa. The requests to both are made and signed while the clock
// stands, by the same code, and their answers are read by the same code, which verifies nothing: what is compared is the
// two servers, with the same price of an HTTP client added to both.
func BenchmarkSignedPay(b *testing.B) {
	acquirer, err := testkey.Generate()
	if err != nil {
		b.Fatal(err)
	}
	public, _ := acquirer.Public().(*rsa.PublicKey)
	keys := sign.NewKeySet("1", public)
	r := newRig(b, func(o *wallet.Options) { o.NetworkKey, o.AcquirerKeys = nil, keys })
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { verifyAndSign(w, r, keys) }))
	defer bare.Close()
	compare(b, r, bare.URL, acquirer)
}

// verifyAndSign is the yardstick of signed calls: the least that an answer on this protocol takes.
func verifyAndSign(w http.ResponseWriter, r *http.Request, keys sign.KeySet) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	m := sign.Message{Method: r.Method, Target: r.RequestURI, ClientID: r.Header.Get("Client-Id"), Time: r.Header.Get("Request-Time"), Body: body}
	if sign.Judge(m, r.Header.Get("Signature"), keys).Verdict != sign.Valid {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	answer := []byte(paidAnswer)
	now := time.Now().UTC().Format(time.RFC3339)
	signature, err := sign.Message{Method: r.Method, Target: r.RequestURI, ClientID: m.ClientID, Time: now, Body: answer}.Sign(testKey(), "1")
	if err != nil {
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Client-Id", m.ClientID)
	w.Header().Set("Signature", signature)
	w.Header().Set("Response-Time", now)
	_, _ = w.Write(answer)
}

// BenchmarkUnsignedPay measures pay calls with signing off, beside a plain handler behind gorilla/mux that parses the same
// body and answers.
func BenchmarkUnsignedPay(b *testing.B) {
	r := newRig(b, func(o *wallet.Options) { o.SigningOff = true })
	router := mux.NewRouter()
	router.HandleFunc("/aps/api/v1/payments/pay", parseAndAnswer)
	bare := httptest.NewServer(router)
	defer bare.Close()
	compare(b, r, bare.URL, nil)
}

// parseAndAnswer is the yardstick of unsigned calls.
func parseAndAnswer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	var message map[string]any
	if err := json.Unmarshal(body, &message); err != nil || message["paymentRequestId"] == nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Client-Id", r.Header.Get("Client-Id"))
	w.Header().Set("Response-Time", time.Now().UTC().Format(time.RFC3339))
	_, _ = w.Write([]byte(paidAnswer))
}

// side is one of the two servers that are compared.
type side struct {
	url  string
	took []time.Duration
	wall time.Duration
	cpu  time.Duration
}

// compare sends b.N payments to the simulator and as many to a yardstick at another address, and reports both and their
// ratios: x-bare is the simulator's rate in the yardstick's, p99-vs-bare its 99th percentile in the yardstick's. The
// same with processor time instead of elapsed time (cpu-x-bare) holds on a machine that is busy with other things, too.
func compare(b *testing.B, r *rig, bareURL string, key crypto.Signer) {
	b.Helper()
	r.open("off")
	p := r.payer("rich")
	defer collector.Relax(os.Getenv)() // as serve does; it helps both sides, which share the process
	ours, bare := side{url: r.url}, side{url: bareURL}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: benchCallers}}
	defer client.CloseIdleConnections()
	rounds := func(name string, calls int) {
		for from := 0; from < calls; from += benchRound {
			bodies := make([]string, 0, benchRound)
			for i := range min(benchRound, calls-from) {
				bodies = append(bodies, r.payBody(fmt.Sprintf("%s%d", name, from+i), r.code(p), "100"))
			}
			bare.send(b, client, bare.requests(b, bodies, key))
			requests := ours.requests(b, bodies, key)
			b.StartTimer() // allocations are counted for the simulator's calls only
			ours.send(b, client, requests)
			b.StopTimer()
		}
	}
	b.ReportAllocs()
	b.StopTimer()
	rounds("W", benchWarmUp)
	ours, bare = side{url: r.url}, side{url: bareURL}
	b.ResetTimer()
	rounds("P", b.N)
	report(b, ours, bare)
}

func report(b *testing.B, ours, bare side) {
	b.ReportMetric(ours.rate(), "req/s")
	b.ReportMetric(bare.rate(), "bare-req/s")
	b.ReportMetric(ours.rate()/bare.rate(), "x-bare")
	b.ReportMetric(milliseconds(ours.p99()), "p99-ms")
	b.ReportMetric(milliseconds(bare.p99()), "bare-p99-ms")
	b.ReportMetric(milliseconds(ours.p99())/milliseconds(bare.p99()), "p99-vs-bare")
	b.ReportMetric(milliseconds(ours.cpu)/float64(b.N), "cpu-ms/op")
	b.ReportMetric(milliseconds(bare.cpu)/float64(b.N), "bare-cpu-ms/op")
	b.ReportMetric(bare.cpu.Seconds()/ours.cpu.Seconds(), "cpu-x-bare")
	b.ReportMetric(0, "ns/op")
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// requests are calls with these bodies, signed if there is a key.
func (s *side) requests(b *testing.B, bodies []string, key crypto.Signer) []*http.Request {
	b.Helper()
	list := make([]*http.Request, len(bodies))
	for i, body := range bodies {
		list[i] = payRequest(b, s.url, body, key)
	}
	return list
}

// send makes calls, benchCallers at a time.
func (s *side) send(b *testing.B, client *http.Client, requests []*http.Request) {
	took := make([]time.Duration, len(requests))
	next := make(chan int)
	var callers sync.WaitGroup
	start, cpu := time.Now(), processorTime(b)
	for range benchCallers {
		callers.Go(func() {
			for i := range next {
				took[i] = timed(b, client, requests[i])
			}
		})
	}
	for i := range requests {
		next <- i
	}
	close(next)
	callers.Wait()
	s.took = append(s.took, took...)
	s.wall += time.Since(start)
	s.cpu += processorTime(b) - cpu
}

func (s *side) rate() float64 { return float64(len(s.took)) / s.wall.Seconds() }

func (s *side) p99() time.Duration {
	sorted := slices.Sorted(slices.Values(s.took))
	return sorted[len(sorted)*99/100]
}

func payRequest(b *testing.B, url, body string, key crypto.Signer) *http.Request {
	b.Helper()
	const path = "/aps/api/v1/payments/pay"
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	now := time.Now().UTC().Format(time.RFC3339Nano)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Client-Id", wallet.DefaultClientID)
	req.Header.Set("Request-Time", now)
	if key == nil {
		return req
	}
	m := sign.Message{Method: req.Method, Target: path, ClientID: wallet.DefaultClientID, Time: now, Body: []byte(body)}
	signature, err := m.Sign(key, "1")
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Signature", signature)
	return req
}

func timed(b *testing.B, client *http.Client, request *http.Request) time.Duration {
	start := time.Now()
	resp, err := client.Do(request)
	if err != nil {
		b.Error(err)
		return 0
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(body), `"SUCCESS"`) {
		b.Errorf("status %d, body %s, error %v", resp.StatusCode, body, err)
	}
	if err := resp.Body.Close(); err != nil {
		b.Error(err)
	}
	return time.Since(start)
}
