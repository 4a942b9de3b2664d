package till

import (
	"context"
	"fmt"
	"sync"
	"time"

	"mppsim/wallet/clock"
	"mppsim/wallet/control"
)

const (
	offline  = 5 * time.Second       // how long a till has no line unless the fault says otherwise
	glance   = 20 * time.Millisecond // between two looks whether the fault was lifted
	queueing = "wait at the till"
)

// queue keeps the messages of a till that is offline, in their order.
type queue struct {
	mu    sync.Mutex
	began map[string]time.Time // of each fault: when its first message came
	last  chan struct{}        // closed when the latest message has been sent
	held  int                  // messages that wait
}

// wait ends when the line is there again and all earlier messages are through; done lets the next one follow.
func (q *queue) wait(ctx context.Context, l Line, hit control.TillFault) (done func(), err error) {
	before, mine, until := q.join(l, hit)
	defer q.leave()
	for err == nil && l.Clock.Now().Before(until) {
		var live bool
		if live, err = l.Live(ctx, hit.ID); !live {
			break
		}
		err = sleep(ctx, l.Clock, min(glance, until.Sub(l.Clock.Now())))
	}
	select {
	case <-before:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	if err != nil {
		go func() { // the next one still comes after those before
			<-before
			close(mine)
		}()
		return nil, fmt.Errorf("%s: %w", queueing, err)
	}
	return func() { close(mine) }, nil
}

// join takes a place.
func (q *queue) join(l Line, hit control.TillFault) (before <-chan struct{}, mine chan struct{}, until time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.began == nil {
		q.began = map[string]time.Time{}
	}
	if q.began[hit.ID].IsZero() {
		q.began[hit.ID] = l.Clock.Now()
	}
	earlier := q.last
	if earlier == nil {
		earlier = make(chan struct{})
		close(earlier)
	}
	q.last = make(chan struct{})
	q.held++
	delay := hit.Params.Delay
	if delay <= 0 {
		delay = offline
	}
	return earlier, q.last, q.began[hit.ID].Add(delay)
}

func (q *queue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.held--
}

// Waiting is how many messages wait at the till for the line to be there again.
func (t *Till) Waiting() int {
	t.queue.mu.Lock()
	defer t.queue.mu.Unlock()
	return t.queue.held
}

// sleep waits on a clock; the error says that ctx ended first.
func sleep(ctx context.Context, c clock.Clock, d time.Duration) error {
	over := make(chan struct{})
	defer c.AfterFunc(d, func() { close(over) })()
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
