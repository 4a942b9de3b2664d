package wallet_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// raw is what a plain TCP client saw after it sent a request.
type raw struct {
	octets string
	end    string // answered, reset, closed, silent
}

// status is the status line's code, or empty.
func (r raw) status() string {
	if fields := strings.Fields(r.octets); len(fields) > 1 && strings.HasPrefix(r.octets, "HTTP/1.1 ") {
		return fields[1]
	}
	return ""
}

// sendRaw sends a signed call over a plain connection and reads until the answer is complete, the
// connection ends, or patience is over.
func (r *rig) sendRaw(api, body string, patience time.Duration) raw {
	r.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := r.request(api, body).Write(conn); err != nil {
		r.t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		r.t.Fatal(err)
	}
	return readRaw(conn)
}

// sendRawUntilSilent is sendRaw with patience for the first octet only: what has begun to come is over when nothing
// more has come for a while.
func (r *rig) sendRawUntilSilent(api, body string, patience time.Duration) raw {
	r.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := r.request(api, body).Write(conn); err != nil {
		r.t.Fatal(err)
	}
	return readRaw(&hasty{Conn: conn, patience: patience})
}

// hasty is a connection whose reads wait with patience for the first octet and a second for each further one.
type hasty struct {
	net.Conn
	patience time.Duration
}

func (h *hasty) Read(b []byte) (int, error) {
	if err := h.SetReadDeadline(time.Now().Add(h.patience)); err != nil {
		return 0, err
	}
	n, err := h.Conn.Read(b)
	if n > 0 {
		h.patience = time.Second
	}
	return n, err
}

func readRaw(conn net.Conn) raw {
	var seen strings.Builder
	tee := bufio.NewReader(io.TeeReader(conn, &seen))
	resp, err := http.ReadResponse(tee, nil)
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
	out := raw{octets: seen.String(), end: "answered"}
	var timeout net.Error
	switch {
	case err == nil:
	case errors.Is(err, syscall.ECONNRESET):
		out.end = "reset"
	case errors.As(err, &timeout) && timeout.Timeout():
		out.end = "silent"
	default:
		out.end = "closed"
	}
	return out
}

func TestHostileInputNeverStopsTheGateway(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	for name, octets := range map[string]string{
		"no request":      "\x00\x01\x02\r\n\r\n",
		"half a header":   "POST /aps/api/v1/payments/pay HTTP/1.1\r\nHost:",
		"half a body":     "POST /aps/api/v1/payments/pay HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
		"no body":         "POST /aps/api/v1/payments/pay HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
		"too large":       "POST /aps/api/v1/payments/pay HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n" + strings.Repeat("x", 2_000_000),
		"deep":            fmt.Sprintf("POST /aps/api/v1/payments/pay HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n%s", strings.Repeat("[", 100_000)),
		"odd path":        "POST /%zz/../pay HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
		"absolute target": "POST http://x/aps/api/v1/payments/pay HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
		"zero byte id":    "POST /aps/api/v1/payments/inquiryPayment HTTP/1.1\r\nHost: x\r\nContent-Length: 31\r\n\r\n{\"paymentRequestId\":\"a\\u0000b\"}",
		"wrong types":     "POST /aps/api/v1/payments/pay HTTP/1.1\r\nHost: x\r\nContent-Length: 48\r\n\r\n{\"paymentRequestId\":{},\"paymentAmount\":[],\"order\":[]}",
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(300 * time.Millisecond))
		_, _ = io.WriteString(conn, octets)
		got := readRaw(conn)
		_ = conn.Close()
		if strings.Contains(got.octets, "panic") || got.status() == "500" {
			t.Errorf("%s: %q", name, got.octets)
		}
	}
	want(t, "the next payment", r.pay("P1", r.code(p), "1000").code(), "SUCCESS")
}
