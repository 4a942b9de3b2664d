package httpdriver

import (
	"context"
	"sync"
	"time"

	"mppsim/wallet/clock"
)

// limiter spaces the calls of one connection evenly.
type limiter struct {
	clock clock.Clock
	gap   time.Duration // 0: no limit

	mu   sync.Mutex
	next time.Time
}

func newLimiter(c clock.Clock, perSecond float64) *limiter {
	l := &limiter{clock: c}
	if perSecond > 0 {
		l.gap = time.Duration(float64(time.Second) / perSecond)
	}
	return l
}

// wait returns when the caller's turn has come, or with the context's error.
func (l *limiter) wait(ctx context.Context) error {
	delay := l.reserve()
	if delay <= 0 {
		return ctx.Err()
	}
	turn := make(chan struct{})
	stop := l.clock.AfterFunc(delay, func() { close(turn) })
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		stop()
		return ctx.Err()
	}
}

// reserve takes the next turn and says how far away it is.
func (l *limiter) reserve() time.Duration {
	if l.gap == 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	turn := l.next
	if turn.Before(now) {
		turn = now
	}
	l.next = turn.Add(l.gap)
	return turn.Sub(now)
}
