package steps

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"mppsim/scenarios/world"
)

// trap is an address that nobody should call. It stands on this machine's loopback, or, for an acquirer elsewhere,
// behind the host that the profile names for traps.
type trap struct {
	base   string // with the scenario's reference as path
	server *http.Server
	calls  atomic.Int64
	last   atomic.Value // method and path of the last call
}

// openTrap listens until the scenario's end. Where the acquirer could not reach the trap, its silence would prove
// nothing: the scenario is then not judged.
func openTrap(ctx context.Context) (*trap, error) {
	w := world.From(ctx)
	host, address := "127.0.0.1", "127.0.0.1:0"
	switch facts := w.Facts(); {
	case facts.TrapHost != "":
		host, address = facts.TrapHost, ":0"
	case facts.Remote:
		return nil, w.NotJudged("the acquirer is not on this machine's loopback, so that it could not walk into a trap there: " +
			"name the host by which it reaches this machine in alipayplus.trap_host")
	}
	var listen net.ListenConfig
	socket, err := listen.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("open a trap: %w", err)
	}
	_, port, err := net.SplitHostPort(socket.Addr().String())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open a trap: %w", err), socket.Close())
	}
	t := &trap{base: "http://" + net.JoinHostPort(host, port) + "/" + w.Reference()}
	t.server = &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		t.last.Store(r.Method + " " + r.URL.Path)
		t.calls.Add(1)
		rw.WriteHeader(http.StatusNoContent)
	})}
	go func() { _ = t.server.Serve(socket) }()
	return t, nil
}

// sprung reports whether somebody called.
func (t *trap) sprung() bool { return t.calls.Load() > 0 }

// close ends the listening.
func (t *trap) close() { _ = t.server.Close() }

// String says what was caught.
func (t *trap) String() string {
	return fmt.Sprintf("%d calls there, the last one %v", t.calls.Load(), t.last.Load())
}
