package wallet_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mppsim/wallet"
)

// BenchmarkPayHandler measures what one unsigned payment takes behind the HTTP server: the handler alone, called directly
// by one caller at a time. What BenchmarkUnsignedPay adds to it is the price of HTTP, which is the same for every server.
func BenchmarkPayHandler(b *testing.B) {
	r := newRig(b, func(o *wallet.Options) { o.SigningOff = true })
	r.open("off")
	p, handler := r.payer("rich"), r.sim.Handler()
	b.ReportAllocs()
	b.StopTimer()
	b.ResetTimer()
	for from := 0; from < b.N; from += benchRound {
		requests := make([]*http.Request, min(benchRound, b.N-from))
		for i := range requests {
			body := r.payBody(fmt.Sprintf("P%d", from+i), r.code(p), "100")
			requests[i] = httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/aps/api/v1/payments/pay", strings.NewReader(body))
			requests[i].Header.Set("Content-Type", "application/json")
			requests[i].Header.Set("Client-Id", wallet.DefaultClientID)
		}
		b.StartTimer()
		for _, request := range requests {
			answer := paper{header: make(http.Header)}
			if handler.ServeHTTP(&answer, request); !bytes.Contains(answer.body, []byte(`"SUCCESS"`)) {
				b.Fatalf("answer %s", answer.body)
			}
		}
		b.StopTimer()
	}
}

// paper is an answer that goes nowhere.
type paper struct {
	header http.Header
	body   []byte
}

func (p *paper) Header() http.Header { return p.header }

func (p *paper) WriteHeader(int) {}

func (p *paper) Write(body []byte) (int, error) {
	p.body = body
	return len(body), nil
}
