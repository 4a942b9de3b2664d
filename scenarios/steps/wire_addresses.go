package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/control"
)

func addressSteps() []Step {
	return []Step{
		step("message", `nobody asks for these addresses within `+lasting, `nobody asks for these addresses within 60 s`,
			"The addresses that Alipay+ named in its messages are handed on, not fetched.", nobodyAsks),
	}
}

// withAddresses is the form of messages whose addresses lead to a listener of the scenario.
const withAddresses = "with addresses of pages and pictures"

// listenerKey remembers the listener behind the addresses.
const listenerKey = "listener behind the addresses"

// listener counts who asks for an address.
type listener struct {
	server *http.Server
	asked  atomic.Int64
	last   atomic.Value // request line
}

// ownAddresses opens a listener on loopback and names it wherever a message has room for an address.
func ownAddresses(ctx context.Context) (control.Alteration, error) {
	var listen net.ListenConfig
	socket, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return control.Alteration{}, fmt.Errorf("open a listener for addresses in messages: %w", err)
	}
	l := &listener{}
	l.server = &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		l.last.Store(r.Method + " " + r.URL.Path)
		l.asked.Add(1)
		rw.WriteHeader(http.StatusNoContent)
	})}
	go func() { _ = l.server.Serve(socket) }()
	w := world.From(ctx)
	w.Remember(listenerKey, l)
	base := "http://" + socket.Addr().String() + "/" + w.Reference()
	set := map[string]json.RawMessage{
		"orderCodeForm": json.RawMessage(fmt.Sprintf(`{"codeDetails":[{"codeValueType":"QRCODE","displayType":"BIGIMAGE","codeValue":%q}]}`, base+"/code.png")),
		"walletLogo":    json.RawMessage(fmt.Sprintf(`{"logoName":"wallet","logoUrl":%q}`, base+"/logo.png")),
	}
	for _, name := range []string{"paymentUrl", "normalUrl", "schemeUrl", "applinkUrl", "logoUrl"} {
		set[name] = json.RawMessage(fmt.Sprintf("%q", base+"/"+name))
	}
	return control.Alteration{Set: set}, nil
}

func nobodyAsks(ctx context.Context, within string) error {
	w := world.From(ctx)
	l, ok := w.Recall(listenerKey).(*listener)
	if !ok {
		return fmt.Errorf("no step has named an address")
	}
	defer func() { _ = l.server.Close() }()
	d, err := span(within)
	if err != nil {
		return err
	}
	held, err := w.NeverFor(ctx, w.Scale(d), tolerance.Watch, "an address out of a message is fetched", func(*world.View) bool {
		return l.asked.Load() > 0
	})
	if err != nil || held {
		return err
	}
	return w.Fail("addresses in messages are handed on and not fetched by the back end",
		fmt.Sprintf("%d requests at the address, the last one %v", l.asked.Load(), l.last.Load()))
}
