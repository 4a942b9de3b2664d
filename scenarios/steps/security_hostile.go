package steps

import (
	"context"
	"fmt"
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

// elsewhereKey remembers the trap to which the redirection leads.
const elsewhereKey = "address of the redirection"

func redirectCharge(ctx context.Context, status int) error {
	w := world.From(ctx)
	t, err := openTrap(ctx)
	if err != nil {
		return err
	}
	w.AtEnd(func(context.Context) error {
		t.close()
		return followed(w, t)
	})
	w.Remember(elsewhereKey, t)
	return armFor(ctx, "answer-redirect", aim{aps.Pay, 1, 0}, control.Params{Status: status, Target: t.base})
}

// followed accuses whoever walked into the trap.
func followed(w *world.World, t *trap) error {
	if !t.sprung() {
		return nil
	}
	var redirected []world.Evidence
	for _, pay := range world.Of(w.Exchanges(), aps.Pay) {
		redirected = append(redirected, w.Ex(pay))
	}
	return w.Fail("the signed request is not sent to the address of a redirection", t.String(), redirected...)
}

func notFollowed(ctx context.Context) error {
	w := world.From(ctx)
	t, ok := w.Recall(elsewhereKey).(*trap)
	if !ok {
		return fmt.Errorf("no step has redirected a call")
	}
	return followed(w, t)
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
	if err := notifiable(ctx, p); err != nil {
		return err
	}
	if err := w.Sends(int64(megabytes) << 20); err != nil {
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
