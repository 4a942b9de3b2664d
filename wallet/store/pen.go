package store

import (
	"context"
	"sync"
)

// pen is the right to write: whoever holds it is the store's only writer. Whoever is running gets it before those who
// sleep and would have to be woken first. Handing it over in order leaves processors idle while the next writer wakes
// up, which happens several times for each payment: a quarter of all payments per second is lost.
// Those who have waited for a millisecond are served in their order.
type pen struct{ mu sync.Mutex }

// patience is how often somebody looks for the pen before going to sleep: some ten microseconds, as long as a transaction
// takes. Whoever sleeps stands behind all other work of the process afterwards, for milliseconds.
const patience = 16_000

// take waits for the pen. An error is the end of the context; then the pen is not taken, even if it was free.
func (p *pen) take(ctx context.Context) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case p.catch():
		return nil
	case ctx.Done() == nil:
		p.mu.Lock()
		return nil
	}
	return p.await(ctx)
}

func (p *pen) catch() bool {
	for range patience {
		if p.mu.TryLock() {
			return true
		}
	}
	return false
}

// await sleeps until the pen is there or the context ends.
func (p *pen) await(ctx context.Context) error {
	taken := make(chan struct{})
	go func() {
		p.mu.Lock()
		select {
		case taken <- struct{}{}:
		case <-ctx.Done():
			p.mu.Unlock()
		}
	}()
	select {
	case <-taken:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (p *pen) putDown() { p.mu.Unlock() }
