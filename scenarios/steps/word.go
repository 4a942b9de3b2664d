package steps

import (
	"context"
	"errors"
	"fmt"

	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
)

// This file keeps apart what the till was told and what it has not heard: nobody is accused of words that nobody heard.

// hearing is a payment or refund as the till hears of it.
type hearing struct {
	of     string
	spoken func() bool  // the acquirer has told anything of it
	over   func() bool  // the call that began it has ended
	failed func() error // how that call failed
}

// firstWord waits until the till has been told anything about a payment, by the answer to its charge or by a query.
// The error says that it heard nothing and why, which leaves the scenario undecided.
func firstWord(ctx context.Context, p *world.Payment) error {
	return awaitWord(ctx, hearing{
		of:     "payment",
		spoken: func() bool { return len(p.Samples()) > 0 },
		over:   func() bool { _, over := p.Answered(); return over },
		failed: func() error { _, err := p.Answer(ctx); return err },
	})
}

// firstRefundWord is firstWord for a refund.
func firstRefundWord(ctx context.Context, r *world.Refund) error {
	return awaitWord(ctx, hearing{
		of:     "refund",
		spoken: func() bool { return len(r.Samples()) > 0 },
		over:   func() bool { _, over := r.Answered(); return over },
		failed: func() error { _, err := r.Answer(ctx); return err },
	})
}

// lastRefundWord is firstRefundWord for the scenario's latest refund, if there is one.
func lastRefundWord(ctx context.Context) error {
	refunds := world.From(ctx).Refunds()
	if len(refunds) == 0 {
		return nil
	}
	return firstRefundWord(ctx, refunds[len(refunds)-1])
}

func awaitWord(ctx context.Context, h hearing) error {
	if h.spoken() {
		return nil
	}
	w, what := world.From(ctx), "the till's first word of the "+h.of
	ended, err := w.Await(ctx, tolerance.CallAnswer, what, func(*world.View) bool { return h.over() || h.spoken() })
	if err == nil && ended && !h.spoken() { // the call failed; queries may tell more
		_, err = w.Await(ctx, tolerance.Reaction, what, func(*world.View) bool { return h.spoken() })
	}
	if err != nil || h.spoken() {
		return err
	}
	why := errors.New("no answer in time")
	if ended {
		why = h.failed()
	}
	return fmt.Errorf("the till has heard nothing of the %s: %w", h.of, why)
}
