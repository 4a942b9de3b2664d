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
	lagWorthwhile = 250 * time.Millisecond // timers or probes later than this say that somebody was starved
	slowProbes    = 5                      // time-outs in a row before an acquirer that accepts connections counts as gone
)

// outage is a time in which the acquirer could not be reached.
type outage struct {
	from, to time.Time // to is zero while it lasts
}

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

// health watches whether the acquirer is there, and whether our own machine keeps up.
type health struct {
	probe func(ctx context.Context) error
	clock clock.Clock

	mu      sync.Mutex
	seen    time.Time // when the acquirer was last known to be there
	outages []outage
	slow    int
	usual   time.Duration // the acquirer's fastest answer to a probe; a clock with coarse steps shows 0
	paced   bool          // there was one
	lags    []lag
	crowd   crowd
}

func newHealth(c clock.Clock, probe func(context.Context) error) *health {
	return &health{clock: c, probe: probe, seen: c.Now()}
}

// called learns from a call of the merchant API.
func (h *health) called(_ journal.Call, err error) { h.learn(err, false) }

// check asks once, now.
func (h *health) check(ctx context.Context) error {
	began := h.clock.Now()
	ctx, cancel := context.WithTimeout(ctx, probeFor)
	defer cancel()
	err := h.probe(ctx)
	h.pace(began, ctx.Err(), err)
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
