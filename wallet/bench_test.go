package wallet_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mppsim/wallet/sign"
)

// benchCallers is how many calls are under way at a time.
const benchCallers = 32

// BenchmarkSignedPay measures signed pay calls through the whole simulator over HTTP. The requests are
// signed before the clock starts, so that only the simulator's own signature counts.
func BenchmarkSignedPay(b *testing.B) {
	r := newRig(b)
	r.open("off")
	p := r.payer("rich")
	requests := make([]*http.Request, b.N)
	for i := range requests {
		requests[i] = r.request("pay", r.payBody(fmt.Sprintf("P%d", i), r.code(p), "100"))
	}
	run(b, requests)
}

// BenchmarkBareSignature is the yardstick: a plain handler that verifies the request and signs an answer.
func BenchmarkBareSignature(b *testing.B) {
	keys := sign.NewKeySet("1", &testKey().PublicKey)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		m := sign.Message{Method: r.Method, Target: r.RequestURI, ClientID: r.Header.Get("Client-Id"), Time: r.Header.Get("Request-Time"), Body: body}
		if sign.Judge(m, r.Header.Get("Signature"), keys).Verdict != sign.Valid {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		answer := []byte(`{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}`)
		now := time.Now().UTC().Format(time.RFC3339)
		signature, err := sign.Message{Method: r.Method, Target: r.RequestURI, ClientID: m.ClientID, Time: now, Body: answer}.Sign(testKey(), "1")
		if err != nil {
			return
		}
		w.Header().Set("Signature", signature)
		w.Header().Set("Response-Time", now)
		_, _ = w.Write(answer)
	}))
	defer server.Close()
	r := &rig{t: b, url: server.URL, inbox: server}
	requests := make([]*http.Request, b.N)
	for i := range requests {
		requests[i] = r.request("pay", r.payBody("P1", "251001020000000000000000", "100"))
	}
	run(b, requests)
}

// run sends the requests, benchCallers at a time, and reports throughput and the 99th percentile.
func run(b *testing.B, requests []*http.Request) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: benchCallers}}
	defer client.CloseIdleConnections()
	took := make([]time.Duration, len(requests))
	next := make(chan int)
	var callers sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	start := time.Now()
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
	b.ReportMetric(float64(len(requests))/time.Since(start).Seconds(), "req/s")
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(0, "ns/op")
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
