package wallet_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/sign"
	"mppsim/wallet/testroot"
)

// overTLS is a rig whose calls go to the door over TLS, with a client that trusts only the simulator's root.
func overTLS(t *testing.T, http2 bool) *rig {
	t.Helper()
	sim, err := wallet.New(wallet.Options{NetworkKey: testKey(), AcquirerKeys: sign.NewKeySet("1", &testKey().PublicKey)})
	if err != nil {
		t.Fatal(err)
	}
	root, err := testroot.Open(t.TempDir(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(root.PEM())
	steering := listen(t)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- sim.ServeAll(ctx, wallet.Listeners{Gateway: listen(t), Control: steering, TLS: listen(t), Config: root.Config(time.Now)})
	}()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: http2}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		stop()
		if err := errors.Join(<-ended, sim.Close()); err != nil {
			t.Error(err)
		}
	})
	api := control.NewClient("http://"+steering.Addr().String(), nil)
	info, err := api.Info(t.Context())
	if err != nil || !strings.HasPrefix(info.TLSURL, "https://127.0.0.1:") {
		t.Fatalf("info %+v, %v", info, err)
	}
	r := &rig{t: t, sim: sim, api: api, url: info.TLSURL, http: &http.Client{Transport: transport, Timeout: time.Minute}, client: wallet.DefaultClientID, key: testKey()}
	r.inbox = newRig(t).inbox
	r.open("off")
	return r
}

func TestTheDoorOverTLS(t *testing.T) {
	t.Parallel()
	for version, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			r := overTLS(t, http2)
			body := r.payBody("P1", r.code(r.payer("rich")), "1000")
			resp, err := r.http.Do(r.request("pay", body))
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			want(t, "protocol", resp.Proto, version)
			want(t, "the repeated payment", r.call("pay", body).code(), "SUCCESS")
			want(t, "inquiry", r.inquire("P1").outcome(), "SUCCESS")
			want(t, "verdict on the signature", r.last(aps.Pay).Signature.Verdict, string(sign.Valid))
		})
	}
}

func TestWhoDoesNotTrustTheRootDoesNotCall(t *testing.T) {
	t.Parallel()
	r := overTLS(t, true)
	resp, err := (&http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: x509.NewCertPool()}}}).Get(r.url)
	if err == nil {
		_ = resp.Body.Close()
		t.Fatal("called")
	}
	if _, unknown := errors.AsType[x509.UnknownAuthorityError](err); !unknown {
		t.Error(err)
	}
}

// TestFaultsOfTheConnectionOverTLS: the caller gets no answer, the record tells why, and over HTTP/2 the calls beside it on
// the same connection are served.
func TestFaultsOfTheConnectionOverTLS(t *testing.T) {
	t.Parallel()
	for version, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
		for _, fault := range []string{"request-reset", "answer-reset"} {
			t.Run(version+" "+fault, func(t *testing.T) {
				t.Parallel()
				r := overTLS(t, http2)
				p := r.payer("rich")
				r.arm(fault, control.Aim{Payer: p.ID, API: aps.Pay}, control.Params{})
				a, err := r.try("pay", r.payBody("P1", r.code(p), "1000"))
				var timeout net.Error
				if err == nil || errors.As(err, &timeout) && timeout.Timeout() {
					t.Fatalf("answered: %d %s, or nothing heard: %v", a.status, a.raw, err)
				}
				want(t, "broken", r.last(aps.Pay).Broken, "reset")
				want(t, "the payment of another", r.pay("P2", r.code(r.payer("rich")), "100").code(), "SUCCESS")
			})
		}
	}
}
