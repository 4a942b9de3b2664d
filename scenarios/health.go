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
	probeEvery  = 500 * time.Millisecond
	probeAtMost = 8 * time.Second // the longest gap between probes of an acquirer that is away
	probeFor    = 2 * time.Second
	slowProbes  = 5 // time-outs in a row before an acquirer that accepts connections counts as gone
	sickProbes  = 2 // answers in a row that say that it is not well
)

// health watches whether the acquirer is there and which version of it, and whether our own machine keeps up.
type health struct {
	probe func(ctx context.Context) (version string, err error)
	clock clock.Clock
	tell  func(journal.Health) // hears of every change; called without the lock
	wake  chan struct{}        // asks for a probe at once

	mu       sync.Mutex
	seen     time.Time // when the acquirer was last known to be there
	outages  []outage
	back     time.Time // when it answered again, while it is not yet known whether it stays; zero: it does not answer
	told     time.Time // when it last told its version
	releases []release
	slow     int
	sick     int
	expected int           // outages that somebody has brought about on purpose, and that have not ended
	usual    time.Duration // the acquirer's fastest answer to a probe; a clock with coarse steps shows 0
	paced    bool          // there was one
	lags     []lag
	crowd    crowd
}

func newHealth(c clock.Clock, probe func(context.Context) (string, error)) *health {
	return &health{clock: c, probe: probe, tell: func(journal.Health) {}, wake: make(chan struct{}, 1), seen: c.Now()}
}

// called learns from a call of the merchant API. A connection that broke is a reason to look at once: a process that ends
// and is started anew is away for less time than there is between two probes.
func (h *health) called(_ journal.Call, err error) {
	h.learn(err, false)
	if errors.Is(err, acquirer.ErrNoAnswer) && !errors.Is(err, context.DeadlineExceeded) && !h.down() {
		select {
		case h.wake <- struct{}{}:
		default:
		}
	}
}

// check asks once, now.
func (h *health) check(ctx context.Context) error {
	began := h.clock.Now()
	ctx, cancel := context.WithTimeout(ctx, probeFor)
	defer cancel()
	version, err := h.probe(ctx)
	h.pace(began, ctx.Err(), err)
	switch {
	case err == nil:
		h.learn(nil, true)
		h.runs(version)
	case errors.Is(err, acquirer.ErrUnwell):
		h.unwell(err)
	case ctx.Err() == nil || errors.Is(err, acquirer.ErrUnreachable):
		h.learn(err, true)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		h.late()
	}
	return err
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

// unwell counts probes that the acquirer, or a proxy before it, answers with an error, as during a redeploy.
func (h *health) unwell(err error) {
	h.mu.Lock()
	h.sick++
	gone := h.sick >= sickProbes
	h.mu.Unlock()
	if gone {
		h.learn(fmt.Errorf("%w: %w", acquirer.ErrUnreachable, err), true)
	}
}

// watch probes until ctx ends, in growing gaps while the acquirer is away; gone is called once when it stays away for as
// long as patience.
func (h *health) watch(ctx context.Context, patience time.Duration, gone func(away time.Duration)) {
	told := false
	for gap := probeEvery; h.rest(ctx, gap); {
		_ = h.check(ctx) // learned from
		away := h.goneFor()
		gap = h.gap(gap, patience-away)
		if !told && away >= patience {
			told = true
			gone(away)
		}
	}
}

// gap is how long to wait until the next probe: longer each time while the acquirer is away, but not beyond what is left of
// our patience.
func (h *health) gap(last, left time.Duration) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.away() || !h.back.IsZero() || left <= 0 {
		return probeEvery
	}
	return min(2*last, probeAtMost, left)
}

// rest waits for the next probe; false when ctx ended.
func (h *health) rest(ctx context.Context, gap time.Duration) bool {
	over := make(chan struct{})
	stop := h.clock.AfterFunc(gap, func() { close(over) })
	defer stop()
	select {
	case <-over:
		return true
	case <-h.wake:
		return true
	case <-ctx.Done():
		return false
	}
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
