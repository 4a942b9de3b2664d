package clock

import (
	"sort"
	"sync"
	"time"
)

// Timeline is a clock that runs with its base clock and can be moved forward. It is safe for
// concurrent use. Events that become due as the base clock runs are called in goroutines of
// their own, as time.AfterFunc does; events that a move makes due are called by the move itself,
// one after the other in order of their due times, and each sees its own due time as Now.
type Timeline struct {
	base Clock

	moving sync.Mutex // held during a move: moves take turns

	mu       sync.Mutex
	segments []segment // offsets so far, the last one in force
	events   queue
	standing time.Time   // while a move fires events, and while time is held: the time that stands still; zero otherwise
	held     bool        // by Hold
	stopped  bool        // nothing is called any more
	disarm   func() bool // stops the one timer on the base clock
	armed    time.Time   // due time that the timer was set for; zero when there is none
	inFlight int         // calls of events that the base clock made due
	idle     *sync.Cond  // on mu: inFlight is 0
}

// segment is a stretch of base time with one offset.
type segment struct {
	from   time.Time // base time
	offset time.Duration
	still  time.Time // the time that all of it shows, if time was held; zero otherwise
}

// NewTimeline returns a timeline that is offset ahead of its base clock.
func NewTimeline(base Clock, offset time.Duration) *Timeline {
	t := &Timeline{base: base, segments: []segment{{from: base.Now(), offset: offset}}}
	t.idle = sync.NewCond(&t.mu)
	return t
}

// Now returns the time on the timeline.
func (t *Timeline) Now() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now()
}

func (t *Timeline) now() time.Time {
	if !t.standing.IsZero() {
		return t.standing
	}
	return t.base.Now().Add(t.offset())
}

func (t *Timeline) offset() time.Duration { return t.segments[len(t.segments)-1].offset }

// Offset returns how far the timeline is ahead of its base clock.
func (t *Timeline) Offset() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.offset()
}

// AfterFunc calls f once, d from now on this timeline. A negative d is 0. A stopped timeline never calls it.
func (t *Timeline) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped {
		return func() bool { return false }
	}
	e := t.events.add(t.now().Add(max(d, 0)), f)
	t.arm()
	return func() bool {
		t.mu.Lock()
		defer t.mu.Unlock()
		inTime := t.events.remove(e)
		if t.events.Len() == 0 {
			t.rest()
		}
		return inTime
	}
}

// Pending returns the due times of the waiting events, earliest first.
func (t *Timeline) Pending() []time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	due := make([]time.Time, 0, t.events.Len())
	for _, e := range t.events.events {
		due = append(due, e.due)
	}
	sort.Slice(due, func(i, j int) bool { return due[i].Before(due[j]) })
	return due
}

// Advance lets d pass; see AdvanceTo.
func (t *Timeline) Advance(d time.Duration) {
	t.moving.Lock()
	defer t.moving.Unlock()
	t.moveTo(t.Now().Add(max(d, 0)))
}

// AdvanceTo moves the timeline to target, a time on the timeline, and calls everything that becomes
// due on the way before it returns; also what those calls schedule. A target in the past changes
// nothing. An event must not move its own timeline.
func (t *Timeline) AdvanceTo(target time.Time) {
	t.moving.Lock()
	defer t.moving.Unlock()
	t.moveTo(target)
}

func (t *Timeline) moveTo(target time.Time) {
	t.settle()
	for {
		e := t.step(target)
		if e == nil {
			return
		}
		e.f()
	}
}

// settle waits for the calls that are running: what was due before a move comes first.
func (t *Timeline) settle() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.inFlight > 0 {
		t.idle.Wait()
	}
}

// step takes the next event up to target and lets time stand at its due time; without
// one it ends the move and time runs on from target.
func (t *Timeline) step(target time.Time) *event {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if e := t.events.next(target); e != nil {
		t.standing = later(e.due, now)
		return e
	}
	t.resume(later(target, now))
	return nil
}

// resume sets the offset with which the timeline shows at now and lets time run.
func (t *Timeline) resume(at time.Time) {
	if t.held {
		t.standing = at
		t.segments = append(t.segments, segment{from: t.base.Now(), offset: t.offset(), still: at})
		return
	}
	t.standing = time.Time{}
	base := t.base.Now()
	if offset := at.Sub(base); offset > t.offset() {
		t.segments = append(t.segments, segment{from: base, offset: offset})
	}
	t.arm()
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// arm keeps one timer of the base clock on the earliest event. While a move is firing it waits for the end.
func (t *Timeline) arm() {
	if t.events.Len() == 0 || !t.standing.IsZero() {
		return
	}
	due := t.events.events[0].due.Add(-t.offset()) // on the base clock
	if !t.armed.IsZero() && !t.armed.After(due) {
		return // an earlier timer will arm the next one
	}
	if t.disarm != nil {
		t.disarm()
	}
	t.armed = due
	t.disarm = t.base.AfterFunc(due.Sub(t.base.Now()), t.fire)
}

// Hold lets time stand still: nothing becomes due by itself until Release. A move still moves it. Holding twice is once.
func (t *Timeline) Hold() {
	t.moving.Lock()
	defer t.moving.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held {
		return
	}
	now := t.now()
	t.held, t.standing = true, now
	t.segments = append(t.segments, segment{from: t.base.Now(), offset: t.offset(), still: now})
}

// Release lets time run on from where it was held.
func (t *Timeline) Release() {
	t.moving.Lock()
	defer t.moving.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.held {
		return
	}
	base := t.base.Now()
	t.segments = append(t.segments, segment{from: base, offset: t.standing.Sub(base)})
	t.held, t.standing = false, time.Time{}
	if t.disarm != nil { // it was set for another offset
		t.disarm()
	}
	t.armed, t.disarm = time.Time{}, nil
	t.arm()
}

// Held reports whether time stands still.
func (t *Timeline) Held() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.held
}

// fire starts what is due now and arms the timer for the rest.
func (t *Timeline) fire() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.armed, t.disarm = time.Time{}, nil
	if !t.standing.IsZero() {
		return // the running move takes the event, or arms again at its end
	}
	for e := t.events.next(t.now()); e != nil; e = t.events.next(t.now()) {
		t.inFlight++
		go t.call(e)
	}
	t.arm()
}

func (t *Timeline) call(e *event) {
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.inFlight--
		t.idle.Broadcast()
	}()
	e.f()
}

// ToBase shifts a time of the timeline to the base clock. Times before a move are shifted by the
// offset of their day, so that a payment keeps its time on the wire; a time that a move
// skipped becomes the moment of the move.
func (t *Timeline) ToBase(at time.Time) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := len(t.segments) - 1; i > 0; i-- {
		s := t.segments[i]
		if !s.still.IsZero() {
			if at.Equal(s.still) {
				return s.from
			}
			continue
		}
		if !at.Before(s.from.Add(s.offset)) {
			return at.Add(-s.offset)
		}
		if before := at.Add(-t.segments[i-1].offset); !before.Before(s.from) {
			return s.from
		}
	}
	return at.Add(-t.segments[0].offset)
}

// FromBase shifts a time of the base clock onto the timeline, by the offset that was or is in force then.
func (t *Timeline) FromBase(at time.Time) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := len(t.segments) - 1; i > 0; i-- {
		if s := t.segments[i]; !at.Before(s.from) {
			if !s.still.IsZero() {
				return s.still
			}
			return at.Add(s.offset)
		}
	}
	return at.Add(t.segments[0].offset)
}

// Stop forgets all waiting events and calls none that comes later. The timeline still tells the time, and its
// base clock no longer knows of it.
func (t *Timeline) Stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range t.events.events {
		e.index, e.f = -1, nil
	}
	t.events.events, t.stopped = nil, true
	t.rest()
}

// rest takes the timer off the base clock: what waits for nothing must not be held by it.
func (t *Timeline) rest() {
	if t.disarm != nil {
		t.disarm()
	}
	t.armed, t.disarm = time.Time{}, nil
}
