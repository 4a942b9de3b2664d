package scenarios

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mppsim/scenarios/acquirer"
)

const (
	lagEvery      = 50 * time.Millisecond
	lagWorthwhile = 250 * time.Millisecond // timers or probes later than this say that somebody was starved
)

// lag is a moment at which a machine had no time: our own timers came late, or the acquirer answered a probe, or queries,
// so much later than it usually does that its timers may have come late too.
type lag struct {
	from, to time.Time
	acquirer bool // not our own timers
}

func (l lag) late() time.Duration { return l.to.Sub(l.from) }

// String says who was late, and by how much.
func (l lag) String() string {
	late := l.late().Round(time.Millisecond)
	if l.acquirer {
		return fmt.Sprintf("the acquirer answered %s later than usual", late)
	}
	return fmt.Sprintf("timers came %s late", late)
}

// pace compares how long a probe took with how long one usually takes. An acquirer that always needs long, such as
// one far away, is as fast as ever.
func (h *health) pace(began time.Time, over, err error) {
	timedOut := errors.Is(over, context.DeadlineExceeded)
	if errors.Is(err, acquirer.ErrUnreachable) && !timedOut || errors.Is(over, context.Canceled) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.clock.Now()
	took := now.Sub(began)
	if !timedOut && (!h.paced || took < h.usual) {
		h.usual, h.paced = took, true
	}
	if l := (lag{began.Add(h.usual), now, true}); l.late() > lagWorthwhile {
		h.lags = append(h.lags, l)
	}
}

// watchOurselves measures how late our own timers are, until ctx ends.
func (h *health) watchOurselves(ctx context.Context) {
	for {
		began := h.clock.Now()
		if !h.wait(ctx, lagEvery) {
			return
		}
		due, now := began.Add(lagEvery), h.clock.Now()
		if now.Sub(due) < lagWorthwhile {
			continue
		}
		h.mu.Lock()
		h.lags = append(h.lags, lag{from: due, to: now})
		h.mu.Unlock()
	}
}

// starved is the worst lag in a span, ours or the acquirer's, and whether there was one worth mentioning.
func (h *health) starved(from, to time.Time) (lag, bool) {
	return h.worst(from, to, func(lag) bool { return true })
}

// worst finds the longest lag of a kind in a span.
func (h *health) worst(from, to time.Time, counts func(lag) bool) (worst lag, found bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, l := range h.lags {
		if l.from.Before(to) && l.to.After(from) && counts(l) && l.late() > worst.late() {
			worst, found = l, true
		}
	}
	return worst, found
}
