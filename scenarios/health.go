package scenarios

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/wallet/clock"
)

const (
	probeEvery    = 500 * time.Millisecond
	probeFor      = 2 * time.Second
	lagEvery      = 50 * time.Millisecond
	lagWorthwhile = 250 * time.Millisecond // timers later than this say that our own machine was starved
	slowProbes    = 5                      // time-outs in a row before an acquirer that accepts connections counts as gone
)

// outage is a time in which the acquirer could not be reached.
type outage struct {
	from, to time.Time // to is zero while it lasts
}

// lag is a moment at which our own timers came late: the machine had no time for us.
type lag struct {
	from, to time.Time
}

func (l lag) late() time.Duration { return l.to.Sub(l.from) }

// health watches whether the acquirer is there, and whether our own machine keeps up.
type health struct {
	probe func(ctx context.Context) error
	clock clock.Clock

	mu      sync.Mutex
	seen    time.Time // when the acquirer was last known to be there
	outages []outage
	slow    int
	lags    []lag
}

func newHealth(c clock.Clock, probe func(context.Context) error) *health {
	return &health{clock: c, probe: probe, seen: c.Now()}
}

// called learns from a call of the merchant API.
func (h *health) called(_ journal.Call, err error) { h.learn(err, false) }

// check asks once, now.
func (h *health) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeFor)
	defer cancel()
	err := h.probe(ctx)
	if ctx.Err() == nil || err == nil || errors.Is(err, acquirer.ErrUnreachable) {
		h.learn(err, true)
	} else if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		h.late()
	}
	return err
}

// learn takes one sign of life or of its absence. Only a refused or failed connection is an absence; an answer
// of any kind is life.
func (h *health) learn(err error, probed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now, last := h.clock.Now(), len(h.outages)-1
	down := last >= 0 && h.outages[last].to.IsZero()
	switch {
	case errors.Is(err, context.Canceled), err != nil && !errors.Is(err, acquirer.ErrUnreachable):
		return
	case err != nil && !down:
		h.outages = append(h.outages, outage{from: h.seen})
	case err == nil && down && probed:
		h.outages[last].to = now
	}
	if err == nil {
		h.seen, h.slow = now, 0
	}
}

// late counts probes that got no answer in time.
func (h *health) late() {
	h.mu.Lock()
	h.slow++
	gone := h.slow >= slowProbes
	h.mu.Unlock()
	if gone {
		h.learn(fmt.Errorf("no answer to %d probes: %w", slowProbes, acquirer.ErrUnreachable), true)
	}
}

// overlaps reports whether the acquirer was away at some time in a span, and says when.
func (h *health) overlaps(from, to time.Time) (string, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, o := range h.outages {
		if o.from.Before(to) && (o.to.IsZero() || o.to.After(from)) {
			return fmt.Sprintf("the acquirer could not be reached (since %s)", o.from.UTC().Format(time.TimeOnly)), true
		}
	}
	return "", false
}

// any reports whether there was an outage at all.
func (h *health) any() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.outages) > 0
}

// goneFor is how long the acquirer has been away now.
func (h *health) goneFor() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	last := len(h.outages) - 1
	if last < 0 || !h.outages[last].to.IsZero() {
		return 0
	}
	return h.clock.Now().Sub(h.outages[last].from)
}

// watch probes until ctx ends; gone is called once when the acquirer stays away for longer than patience.
func (h *health) watch(ctx context.Context, patience time.Duration, gone func()) {
	told := false
	for h.wait(ctx, probeEvery) {
		_ = h.check(ctx) // learned from
		if !told && h.goneFor() > patience {
			told = true
			gone()
		}
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
		h.lags = append(h.lags, lag{due, now})
		h.mu.Unlock()
	}
}

// starved is the worst delay of our own timers in a span, 0 when it was not worth mentioning.
func (h *health) starved(from, to time.Time) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	var worst time.Duration
	for _, l := range h.lags {
		if l.from.Before(to) && l.to.After(from) {
			worst = max(worst, l.late())
		}
	}
	return worst
}

// wait waits on the run's clock; false when ctx ended.
func (h *health) wait(ctx context.Context, d time.Duration) bool {
	over := make(chan struct{})
	stop := h.clock.AfterFunc(d, func() { close(over) })
	defer stop()
	select {
	case <-over:
		return true
	case <-ctx.Done():
		return false
	}
}
