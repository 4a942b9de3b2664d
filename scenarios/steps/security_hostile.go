package steps

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

// hostileSteps lead the acquirer astray, or shout it down.
func hostileSteps() []Step {
	return []Step{
		step("Alipay+", `Alipay\+ executes the charge but redirects the caller with status (30[1278])`,
			`Alipay+ executes the charge but redirects the caller with status 307`,
			"The answer to the charge leads to an address that is not Alipay+'s.", redirectCharge),
		step("call", `nobody follows the redirection`, `nobody follows the redirection`,
			"The address that the redirection leads to is not called, now or later in the scenario.", notFollowed),
		step("notification", `a call of (\d+) MB and one nested (\d+) levels deep arrive at the notification address`,
			`a call of 20 MB and one nested 100000 levels deep arrive at the notification address`,
			"Both come at once, unsigned, and nobody waits for an answer.", shout),
		step("notification", `Alipay\+ notifies the outcome for `+lasting+` until it is acknowledged`,
			`Alipay+ notifies the outcome for 10 s until it is acknowledged`,
			"A genuine notification, delivered again as long as there is no S; the time is that of the wall clock.", notifyUntil),
	}
}

// elsewhereKey remembers who listens where the redirection leads.
const elsewhereKey = "address of the redirection"

// elsewhere counts the calls at an address that nobody should call.
type elsewhere struct {
	calls atomic.Int64
	last  atomic.Value // method and path of the last call
}

func redirectCharge(ctx context.Context, status int) error {
	w := world.From(ctx)
	var listen net.ListenConfig
	socket, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("open a listener for the redirection: %w", err)
	}
	e := &elsewhere{}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		e.last.Store(r.Method + " " + r.URL.Path)
		e.calls.Add(1)
		rw.WriteHeader(http.StatusNoContent)
	})}
	go func() { _ = server.Serve(socket) }()
	w.AtEnd(func(context.Context) error {
		_ = server.Close()
		return e.judge(w)
	})
	w.Remember(elsewhereKey, e)
	target := "http://" + socket.Addr().String() + "/" + w.Reference()
	return armFor(ctx, "answer-redirect", aim{aps.Pay, 1, 0}, control.Params{Status: status, Target: target})
}

// judge accuses whoever called.
func (e *elsewhere) judge(w *world.World) error {
	n := e.calls.Load()
	if n == 0 {
		return nil
	}
	var redirected []world.Evidence
	for _, pay := range world.Of(w.Exchanges(), aps.Pay) {
		redirected = append(redirected, w.Ex(pay))
	}
	return w.Fail("the signed request is not sent to the address of a redirection",
		fmt.Sprintf("%d calls there, the last one %v", n, e.last.Load()), redirected...)
}

func notFollowed(ctx context.Context) error {
	w := world.From(ctx)
	e, ok := w.Recall(elsewhereKey).(*elsewhere)
	if !ok {
		return fmt.Errorf("no step has redirected a call")
	}
	return e.judge(w)
}

// shouted bounds how long a call that nobody waits for may stay open.
const shouted = time.Minute

func shout(ctx context.Context, megabytes, depth int) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	if err := arrived(ctx, p); err != nil {
		return err
	}
	id := p.RequestIDs()[0]
	for _, spec := range []control.NotifySpec{
		{PaymentRequestID: id, RawSize: megabytes << 20},
		{PaymentRequestID: id, RawDepth: depth},
	} {
		go func() {
			alone, done := context.WithTimeout(context.WithoutCancel(ctx), shouted)
			defer done()
			_, _ = w.Sim().Notify(alone, spec) // what becomes of it is in the record
		}()
	}
	return nil
}

func notifyUntil(ctx context.Context, within string) error {
	w := world.From(ctx)
	limit, err := span(within)
	if err != nil {
		return err
	}
	end := w.Clock().Now().Add(limit)
	for {
		sent, err := notify(ctx, control.NotifySpec{})
		if err != nil || taken(sent) || !w.Clock().Now().Before(end) {
			return err
		}
		if _, err := w.AwaitFor(ctx, slack, tolerance.Reaction, "the next delivery", func(*world.View) bool { return false }); err != nil {
			return err
		}
	}
}

// taken reports whether a notification was acknowledged with S.
func taken(e trace.Exchange) bool { return reached(e) && has(e.Result, aps.Success) }
