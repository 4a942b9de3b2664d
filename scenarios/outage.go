package scenarios

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
)

// outage is a time in which the acquirer could not be reached.
type outage struct {
	from, to time.Time // to is zero while it lasts
}

// release is a version of the acquirer as it was first seen: it came between two moments.
type release struct {
	version  string
	from, to time.Time // when another one was last told, and when this one was first
}

// away reports whether an outage lasts, with the lock held.
func (h *health) away() bool {
	last := len(h.outages) - 1
	return last >= 0 && h.outages[last].to.IsZero()
}

// down is away without the lock.
func (h *health) down() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.away()
}

// learn takes one sign of life or of its absence. Only a refused or failed connection is an absence; an answer
// of any kind is life.
func (h *health) learn(err error, probed bool) {
	if err != nil && (errors.Is(err, context.Canceled) || !errors.Is(err, acquirer.ErrUnreachable)) {
		return
	}
	h.mu.Lock()
	event, changed := h.note(err, probed)
	h.mu.Unlock()
	if changed {
		h.tell(event)
	}
}

// note keeps a sign with the lock held. An outage ends when probes were answered for as long as lies between two of them,
// so that a process that starts and falls at once does not count as being back.
func (h *health) note(err error, probed bool) (event journal.Health, changed bool) {
	now, last := h.clock.Now(), len(h.outages)-1
	switch {
	case err != nil && h.expected > 0:
		return event, false
	case err != nil && !h.away():
		h.outages, h.back = append(h.outages, outage{from: h.seen}), time.Time{}
		return journal.Health{State: journal.Away, Text: err.Error()}, true
	case err != nil:
		h.back = time.Time{}
		return event, false
	case h.away() && probed && h.back.IsZero():
		h.back = now
	case h.away() && probed && now.Sub(h.back) >= probeEvery:
		h.outages[last].to = now
		event = journal.Health{State: journal.Back, Text: "after " + now.Sub(h.outages[last].from).Round(100*time.Millisecond).String()}
		changed = true
	}
	h.seen, h.slow, h.sick = now, 0, 0
	return event, changed
}

// runs takes the version that a probe was told.
func (h *health) runs(version string) {
	if version == "" {
		return
	}
	h.mu.Lock()
	now, last := h.clock.Now(), len(h.releases)-1
	changed := last < 0 || h.releases[last].version != version
	if changed {
		h.releases = append(h.releases, release{version: version, from: h.told, to: now})
	}
	h.told = now
	h.mu.Unlock()
	if changed && last >= 0 {
		h.tell(journal.Health{State: journal.Changed, Version: version})
	}
}

// version is what runs now, as far as it was told.
func (h *health) version() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.releases) == 0 {
		return ""
	}
	return h.releases[len(h.releases)-1].version
}

// versions lists what ran, in the order of the first appearance.
func (h *health) versions() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []string
	for _, r := range h.releases {
		if !slices.Contains(list, r.version) {
			list = append(list, r.version)
		}
	}
	return list
}

// blow is what happened to the acquirer as a whole: it was away, or another version took its place.
type blow struct {
	why  string
	away bool
}

// struck tells what happened to the acquirer in a span. An outage begins with the last sign of life: one that came at the very
// end of the span leaves open whether the acquirer was still there.
func (h *health) struck(from, to time.Time) (blow, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, o := range h.outages {
		if !o.from.After(to) && (o.to.IsZero() || o.to.After(from)) {
			return blow{fmt.Sprintf("the acquirer could not be reached (since %s)", o.from.UTC().Format(time.TimeOnly)), true}, true
		}
	}
	for i, r := range h.releases {
		if i > 0 && r.from.Before(to) && r.to.After(from) {
			return blow{fmt.Sprintf("the acquirer was redeployed (version %s, then %s)", h.releases[i-1].version, r.version), false}, true
		}
	}
	return blow{}, false
}

// absences counts the outages so far, and how long they lasted together.
func (h *health) absences() (n int, together time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, o := range h.outages {
		if o.to.IsZero() {
			o.to = h.clock.Now()
		}
		together += o.to.Sub(o.from)
	}
	return len(h.outages), together
}

// goneFor is how long the acquirer has been away now.
func (h *health) goneFor() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.away() {
		return 0
	}
	return h.clock.Now().Sub(h.outages[len(h.outages)-1].from)
}

// present waits until the acquirer is there; false when ctx ended before.
func (h *health) present(ctx context.Context) bool {
	for h.down() {
		if !h.wait(ctx, lagEvery) {
			return false
		}
	}
	return ctx.Err() == nil
}

// awayOnPurpose lets the acquirer go away unnoticed until back, which waits for it.
func (h *health) awayOnPurpose(patience time.Duration) (back func(ctx context.Context) error) {
	h.mu.Lock()
	h.expected++
	h.mu.Unlock()
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		err := h.check(ctx)
		for err != nil && h.wait(ctx, probeEvery/2) {
			err = h.check(ctx)
		}
		h.mu.Lock()
		h.expected--
		if err == nil {
			h.seen = h.clock.Now()
		}
		h.mu.Unlock()
		return err
	}
}
