package clock

import (
	"sync"
	"time"
)

// Manual is a clock for tests: it stands still until it is told to move.
type Manual struct {
	mu     sync.Mutex
	at     time.Time
	events queue
}

// NewManual returns a clock that stands at a time.
func NewManual(at time.Time) *Manual { return &Manual{at: at} }

// Now returns the time at which the clock stands.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at
}

// AfterFunc calls f from the Advance that reaches its time.
func (m *Manual) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.events.add(m.at.Add(max(d, 0)), f)
	return func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.events.remove(e)
	}
}

// Advance lets d pass and calls what becomes due, in order, each at its time.
func (m *Manual) Advance(d time.Duration) {
	target := m.Now().Add(d)
	for e := m.step(target); e != nil; e = m.step(target) {
		e.f()
	}
}

func (m *Manual) step(target time.Time) *event {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.events.next(target)
	if e == nil {
		m.at = later(m.at, target)
		return nil
	}
	m.at = later(m.at, e.due)
	return e
}
