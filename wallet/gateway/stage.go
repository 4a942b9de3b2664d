package gateway

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/fault"
)

// before plays what comes before a call is processed.
func (g *Gateway) before(ctx context.Context, c *call, s fault.Script) {
	if g.Stage == nil {
		return
	}
	if s.Comes != "" {
		c.noteProblem(g.Stage.Come(ctx, c.subject, s.Comes))
	}
	if s.Payer != "" {
		c.noteProblem(g.Stage.Prepare(ctx, c.subject, s.Payer))
	}
}

// after lets the payer act on what a call has opened, while the caller gets its answer.
func (g *Gateway) after(c *call, answer reply, s fault.Script) {
	if g.Stage == nil || s.Payer == "" || !c.ex.Executed || answer.result.Status != aps.Unknown {
		return
	}
	g.play(c.subject, s.Payer)
}

func (g *Gateway) play(about aps.Subject, act string) {
	g.work.Go(func() {
		if err := g.Stage.Play(g.ctx, about, act); err != nil && g.ctx.Err() == nil {
			g.Logger.Warn("a payer could not act", "payment", about.PaymentRequestID, "act", act, "error", err)
		}
	})
}

func (c *call) noteProblem(err error) {
	if err != nil {
		c.note("the fault could not be played: %v", err)
	}
}

// notifyAfter notifies an outcome that contradicts what was just answered.
func (g *Gateway) notifyAfter(c *call, s fault.Script) {
	id := c.ex.PaymentRequestID
	g.work.Go(func() {
		d, err := g.Network.Delivery(g.ctx, id, s.NotifyAfter)
		if err == nil && d.URL != "" {
			_, err = g.Deliver(g.ctx, d, Shape{Faults: s.Faults})
		}
		if err != nil && g.ctx.Err() == nil {
			g.Logger.Warn("no success was notified after the cancellation", "payment", id, "error", err)
		}
	})
}
