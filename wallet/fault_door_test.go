package wallet_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/sign"
)

func connectionFaults() []string { return []string{"connection-refused", "connection-reset"} }

// atDoor is a rig whose simulator listens for itself, with the control API beside the door.
func atDoor(t *testing.T) *rig {
	t.Helper()
	sim, err := wallet.New(wallet.Options{NetworkKey: testKey(), AcquirerKeys: sign.NewKeySet("1", &testKey().PublicKey)})
	if err != nil {
		t.Fatal(err)
	}
	door, steering := listen(t), listen(t)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- sim.Serve(ctx, door, steering) }()
	client := &http.Client{Transport: &http.Transport{}, Timeout: patience}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		stop()
		if err := errors.Join(<-ended, sim.Close()); err != nil {
			t.Error(err)
		}
	})
	r := &rig{t: t, sim: sim, api: control.NewClient("http://"+steering.Addr().String(), nil), url: "http://" + door.Addr().String(), http: client, client: wallet.DefaultClientID, key: testKey()}
	r.inbox = newRig(t).inbox
	r.open("off")
	return r
}

// TestFaultsOfConnectionsOctetByOctet shows what a client meets that connects while the door is shut, or where connections are reset.
func TestFaultsOfConnectionsOctetByOctet(t *testing.T) {
	t.Parallel()
	t.Run("connection-refused", func(t *testing.T) {
		t.Parallel()
		r := atDoor(t)
		p := r.payer("rich")
		want(t, "before", r.pay("P0", r.code(p), "1000").code(), "SUCCESS")
		f := r.arm("connection-refused", control.Aim{}, control.Params{Delay: time.Hour})
		body := r.payBody("P1", r.code(p), "1000")
		r.settled(func() bool { // a client with a connection of before may have to notice first that it is cut
			_, err := r.try("pay", body)
			if err == nil {
				t.Fatal("a call came through the shut door")
			}
			return errors.Is(err, syscall.ECONNREFUSED)
		})
		conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
		if !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("connected: %v, %v", conn, err)
		}
		if err := r.api.Lift(t.Context(), f.ID); err != nil {
			t.Fatal(err)
		}
		r.settled(func() bool {
			_, err := r.try("inquiryPayment", `{"paymentRequestId":"P0"}`)
			return err == nil
		})
		want(t, "after", r.pay("P2", r.code(p), "1000").code(), "SUCCESS")
		r.wantMoved("payer/"+p.ID, -2000)
	})
	t.Run("connection-refused for a while", func(t *testing.T) {
		t.Parallel()
		r := atDoor(t)
		f := r.arm("connection-refused", control.Aim{}, control.Params{Delay: 50 * time.Millisecond})
		r.settled(func() bool {
			_, err := r.try("inquiryPayment", `{"paymentRequestId":"P0"}`)
			return err == nil
		})
		for _, armed := range must[[]control.Fault](t)(r.api.Armed(t.Context(), "")) {
			if armed.ID != f.ID || armed.Fired != 1 || armed.Live {
				t.Errorf("fault %+v", armed)
			}
		}
	})
	t.Run("connection-reset", func(t *testing.T) {
		t.Parallel()
		r := atDoor(t)
		p := r.payer("rich")
		f := r.arm("connection-reset", control.Aim{Count: 2}, control.Params{})
		body := r.payBody("P1", r.code(p), "1000")
		for range 2 {
			if got := r.connectAndSend(body); got.octets != "" || got.end != "reset" {
				t.Errorf("the connection was %s after %q", got.end, got.octets)
			}
		}
		if got := r.sendRaw("pay", body, patience); !strings.Contains(got.octets, `"SUCCESS"`) {
			t.Errorf("the third connection: %q", got.octets)
		}
		for _, armed := range must[[]control.Fault](t)(r.api.Armed(t.Context(), "")) {
			if armed.ID == f.ID && (armed.Fired != 2 || armed.Live) {
				t.Errorf("fault %+v", armed)
			}
		}
		r.wantMoved("payer/"+p.ID, -1000)
		list := must[[]string](t)(r.recorded(aps.Pay))
		want(t, "recorded calls", strings.Join(list, " "), "P1")
	})
}

// connectAndSend is sendRaw for a connection that may be reset while it is still written to.
func (r *rig) connectAndSend(body string) raw {
	r.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if errors.Is(err, syscall.ECONNRESET) {
		return raw{end: "reset"}
	}
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := r.request("pay", body).Write(conn); err != nil {
		return raw{end: "reset"}
	}
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		r.t.Fatal(err)
	}
	return readRaw(conn)
}

// recorded lists the payments of an operation's calls.
func (r *rig) recorded(api aps.API) (ids []string, err error) {
	list, err := r.api.Exchanges(r.t.Context(), control.ExchangeQuery{Timeline: r.timeline})
	for _, e := range list {
		if e.API == string(api) {
			ids = append(ids, e.PaymentRequestID)
		}
	}
	return ids, err
}

// TestRefusalEndsWithItsTimeline: a scenario that forgets to lift it does no harm to the next one.
func TestRefusalEndsWithItsTimeline(t *testing.T) {
	t.Parallel()
	r := atDoor(t)
	r.arm("connection-refused", control.Aim{Timeline: r.timeline}, control.Params{Delay: time.Hour})
	if err := r.api.CloseTimeline(t.Context(), r.timeline); err != nil {
		t.Fatal(err)
	}
	r.settled(func() bool {
		_, err := r.try("inquiryPayment", `{"paymentRequestId":"P0"}`)
		return err == nil
	})
}
