package wallet_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/control"
	"mppsim/wallet/gateway"
	"mppsim/wallet/sign"
)

// listening is a rig whose simulator listens itself, with its own limits of callers.
func listening(t *testing.T, limits gateway.Limits) *rig {
	t.Helper()
	sim, err := wallet.New(wallet.Options{NetworkKey: testKey(), AcquirerKeys: sign.NewKeySet("1", &testKey().PublicKey), Callers: limits})
	if err != nil {
		t.Fatal(err)
	}
	door := listen(t)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- sim.Serve(ctx, door, nil) }()
	transport := &http.Transport{}
	r := &rig{t: t, sim: sim, url: "http://" + door.Addr().String(), http: &http.Client{Transport: transport}, client: wallet.DefaultClientID, key: testKey()}
	r.api = control.NewClient(r.url, nil)
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		stop()
		if err := errors.Join(<-ended, sim.Close()); err != nil {
			t.Error(err)
		}
	})
	r.inbox = newRig(t).inbox
	return r
}

const postPay = "POST /aps/api/v1/payments/pay HTTP/1.1\r\nHost: x\r\n"

// halves are requests that stop in the middle.
func halves() map[string]string {
	return map[string]string{
		"nothing":                      "",
		"half a request line":          "POST /aps/api",
		"half a header":                postPay + "Client-Id: SAND",
		"an announced body":            postPay + "Content-Length: 1048576\r\n\r\n",
		"half a body":                  postPay + "Content-Length: 1048576\r\n\r\n" + strings.Repeat("x", 30_000),
		"half a chunk":                 postPay + "Transfer-Encoding: chunked\r\n\r\n10\r\n{",
		"a body after an announcement": postPay + "Expect: 100-continue\r\nContent-Length: 100\r\n\r\n",
	}
}

// connect sends octets over a connection of its own.
func (r *rig) connect(octets string) net.Conn {
	r.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, octets); err != nil {
		r.t.Fatal(err)
	}
	return conn
}

// TestHalfOpenCallersHoldNobodyUp: while hundreds of requests stand half-way, and others send as much as they may, payments
// are served; and the half-way ones stand there still when the payments are done.
func TestHalfOpenCallersHoldNobodyUp(t *testing.T) {
	t.Parallel()
	r := listening(t, gateway.Limits{Header: time.Hour, Read: time.Hour})
	r.open("off")
	var waiting []net.Conn
	for range 40 {
		for _, octets := range halves() {
			waiting = append(waiting, r.connect(octets))
		}
	}
	huge := postPay + "Content-Length: 1048576\r\nConnection: close\r\n\r\n" + strings.Repeat("x", 1<<20)
	ctx, stop := context.WithCancel(t.Context())
	var flood sync.WaitGroup
	for range 4 {
		flood.Go(func() {
			for ctx.Err() == nil {
				if conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://")); err == nil {
					_, _ = io.WriteString(conn, huge)
					_, _ = io.Copy(io.Discard, conn)
					_ = conn.Close()
				}
			}
		})
	}
	p := r.payer("rich")
	for i := range 8 {
		want(t, "payment", r.pay(fmt.Sprintf("P%d", i), r.code(p), "100").code(), "SUCCESS")
	}
	stop()
	flood.Wait()
	for _, conn := range waiting {
		_ = conn.SetReadDeadline(time.Now().Add(time.Millisecond))
		answer := make([]byte, 64)
		n, err := conn.Read(answer)
		var timeout net.Error
		silent := errors.As(err, &timeout) && timeout.Timeout()
		if !silent && !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 100") {
			t.Fatalf("a half-way call has ended: %q, %v", answer[:n], err)
		}
	}
}

// TestHalfOpenCallersAreSentAway when their time is over, which is so short that no other call is made.
func TestHalfOpenCallersAreSentAway(t *testing.T) {
	t.Parallel()
	r := listening(t, gateway.Limits{Header: 50 * time.Millisecond, Read: 50 * time.Millisecond, Idle: 50 * time.Millisecond})
	for name, octets := range halves() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := r.connect(octets)
			_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
			_, err := io.Copy(io.Discard, conn)
			var timeout net.Error
			if errors.As(err, &timeout) && timeout.Timeout() {
				t.Error("the connection is still open")
			}
		})
	}
}

func TestOversizedRequestsAreRefused(t *testing.T) {
	t.Parallel()
	r := listening(t, gateway.Limits{})
	r.open("off")
	for name, tt := range map[string]struct{ octets, status string }{
		"header":       {postPay + "X-Long: " + strings.Repeat("x", 200<<10) + "\r\n\r\n", "431"},
		"many headers": {postPay + strings.Repeat("X-A: "+strings.Repeat("x", 1000)+"\r\n", 200) + "\r\n", "431"},
		"body":         {postPay + "Content-Length: 1048577\r\n\r\n" + strings.Repeat("x", 1<<20+1), "413"},
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, tt.octets) // the server may hang up before it has read all
		_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
		want(t, name, readRaw(conn).status(), tt.status)
		_ = conn.Close()
	}
	want(t, "the next payment", r.pay("P1", r.code(r.payer("rich")), "100").code(), "SUCCESS")
}
