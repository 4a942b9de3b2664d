package inspect

import (
	"sync"
	"time"
)

// A search for the mistake in a signature costs up to 200 ms of a processor. An acquirer whose every signature is
// wrong would slow down everybody else, so that searching takes at most one part in searchShare of the time.
const (
	searchShare = 20
	searchFree  = 10 * time.Millisecond // a search as short as this is never waited for
)

// budget spreads costly work over time.
type budget struct {
	mu   sync.Mutex
	busy bool
	next time.Time
}

// begin reports whether the work may be done now; if so, end must be told when it is done.
func (b *budget) begin(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.busy || now.Before(b.next) {
		return false
	}
	b.busy = true
	return true
}

// end notes how long the work has taken.
func (b *budget) end(began, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.busy = false
	if took := now.Sub(began); took > searchFree {
		b.next = now.Add(searchShare * took)
	}
}
