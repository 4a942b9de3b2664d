package fault

import (
	"context"
	"time"

	"mppsim/wallet/clock"
)

// Hold is a wait that ends after a delay, by release, or when its fault is lifted.
type Hold struct {
	delay    time.Duration // 0: no end by itself
	released <-chan struct{}
	lifted   <-chan struct{}
}

// held is what keeps a message, or a part of it, back.
func (s Shot) held() *Hold {
	hold := s.hold
	return &hold
}

// Wait waits for the end of the hold, or for the end of ctx, which it reports as false.
func (h Hold) Wait(ctx context.Context, wall clock.Clock) bool {
	elapsed := make(chan struct{})
	if h.delay > 0 {
		stop := wall.AfterFunc(h.delay, func() { close(elapsed) })
		defer stop()
	}
	select {
	case <-elapsed:
	case <-h.released:
	case <-h.lifted:
	case <-ctx.Done():
		return false
	}
	return true
}
