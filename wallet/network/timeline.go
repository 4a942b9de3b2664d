package network

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"mppsim/wallet/clock"
	"mppsim/wallet/money"
)

// ErrTimeline says that no timeline has this id.
var ErrTimeline = errors.New("no such timeline")

// Rhythm says when final outcomes are notified.
type Rhythm struct {
	Mode  string        // certify, production, sandbox, off
	Delay time.Duration // of certify, on the wall clock
}

// The modes of notification.
const (
	RhythmCertify    = "certify"
	RhythmProduction = "production"
	RhythmSandbox    = "sandbox"
	RhythmOff        = "off"
)

// Check refuses a mode that does not exist.
func (r Rhythm) Check() error {
	switch r.Mode {
	case RhythmCertify, RhythmProduction, RhythmSandbox, RhythmOff:
		return nil
	}
	return fmt.Errorf("notification mode %q: want certify, production, sandbox or off", r.Mode)
}

// Timeline is a scenario's own time with what its traffic will look like.
type Timeline struct {
	ID     string
	Name   string
	Run    string // that it belongs to
	Clock  *clock.Timeline
	Rhythm Rhythm

	references []string // lower case
	amounts    []money.Amount
	closed     bool
}

// timelines keeps the timelines that are not forgotten. The one with the empty id belongs to nobody: strays live on it.
type timelines struct {
	mu   sync.RWMutex
	byID map[string]*Timeline
	open map[string]*Timeline // those of them that were not closed
}

func newTimelines(wall clock.Clock, rhythm Rhythm) *timelines {
	stray := &Timeline{Name: "strays", Clock: clock.NewTimeline(wall, 0), Rhythm: rhythm}
	return &timelines{byID: map[string]*Timeline{"": stray}, open: map[string]*Timeline{"": stray}}
}

func (t *timelines) add(line *Timeline) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byID[line.ID], t.open[line.ID] = line, line
}

// remove forgets a timeline and stops its clock.
func (t *timelines) remove(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if line, ok := t.byID[id]; ok {
		line.Clock.Stop()
		delete(t.byID, id)
		delete(t.open, id)
	}
}

func (t *timelines) get(id string) (*Timeline, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	line, ok := t.byID[id]
	if !ok {
		return nil, fmt.Errorf("timeline %q: %w", id, ErrTimeline)
	}
	return line, nil
}

// of returns a timeline that is known to exist, or the strays'.
func (t *timelines) of(id string) *Timeline {
	if line, err := t.get(id); err == nil {
		return line
	}
	line, _ := t.get("")
	return line
}

// change runs f on a timeline under the lock.
func (t *timelines) change(id string, f func(*Timeline)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	line, ok := t.byID[id]
	if !ok {
		return fmt.Errorf("timeline %q: %w", id, ErrTimeline)
	}
	if f(line); line.closed {
		delete(t.open, id)
	}
	return nil
}

// search visits the open timelines under the lock.
func (t *timelines) search(visit func(*Timeline)) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, line := range t.open {
		visit(line)
	}
}

// stopAll stops the clocks of all timelines. Those of closed ones run too, for orders that are still open.
func (t *timelines) stopAll() {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, line := range t.byID {
		line.Clock.Stop()
	}
}

// isClosed reports whether a timeline was closed.
func (t *timelines) isClosed(id string) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	line, ok := t.byID[id]
	return ok && line.closed
}

// Timelines lists the open timelines but the strays', in no order.
func (n *Network) Timelines() (list []*Timeline) {
	n.lines.search(func(line *Timeline) {
		if line.ID != "" {
			list = append(list, line)
		}
	})
	return list
}
