// Package turn keeps the runs on one simulator out of each other's way: any number are at work side by side, and one
// that must be alone, because what it does hits everybody, waits until the others have made room and keeps them waiting
// until it is done. A run that says nothing for a while has lost its turn, so that one that died holds nobody up.
package turn

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Turn is what a run has, or waits for.
type Turn struct {
	Run     string
	Alone   bool // nobody else is at work meanwhile
	Granted bool // false: it waits
	Since   time.Time
	Until   time.Time // when it is lost unless it is asked for again
}

// Desk hands out turns. It is safe for concurrent use.
type Desk struct {
	now func() time.Time

	mu      sync.Mutex
	turns   []*Turn       // in the order in which they were first asked for
	changed chan struct{} // closed and replaced when something ended
}

// New makes a desk without turns.
func New(now func() time.Time) *Desk {
	return &Desk{now: now, changed: make(chan struct{})}
}

// Ask asks for a turn, or keeps one for another while. The others are those that stand in its way, or, where it is granted,
// those that wait for it to end. Changed is closed when it is worth asking again.
func (d *Desk) Ask(run string, alone bool, keep time.Duration) (own Turn, others []Turn, changed <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	d.expire(now)
	t := d.of(run, alone, now)
	t.Until = now.Add(keep)
	t.Granted = t.Granted || len(d.before(t)) == 0
	if others = d.before(t); t.Granted {
		others = d.behind(t)
	}
	return *t, others, d.changed
}

// of finds the turn of a run; one of the other sort ends, and a new one is last in the queue.
func (d *Desk) of(run string, alone bool, now time.Time) *Turn {
	for _, t := range d.turns {
		if t.Run == run && t.Alone == alone {
			return t
		}
	}
	d.drop(func(t *Turn) bool { return t.Run == run })
	t := &Turn{Run: run, Alone: alone, Since: now}
	d.turns = append(d.turns, t)
	return t
}

// before lists what keeps a turn waiting: whoever is at work, and, so that nobody waits for ever, whoever asked earlier to
// be alone.
func (d *Desk) before(t *Turn) (list []Turn) {
	earlier := true
	for _, other := range d.turns {
		switch {
		case other == t:
			earlier = false
		case other.Granted && (t.Alone || other.Alone), !other.Granted && other.Alone && earlier:
			list = append(list, *other)
		}
	}
	return list
}

// behind lists who waits for a turn to end.
func (d *Desk) behind(t *Turn) (list []Turn) {
	for _, other := range d.turns {
		if other != t && !other.Granted && (t.Alone || other.Alone) {
			list = append(list, *other)
		}
	}
	return list
}

// End gives a turn back.
func (d *Desk) End(run string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drop(func(t *Turn) bool { return t.Run == run })
}

// List shows all turns, in the order in which they were asked for.
func (d *Desk) List() []Turn {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.expire(d.now())
	list := make([]Turn, 0, len(d.turns))
	for _, t := range d.turns {
		list = append(list, *t)
	}
	slices.SortStableFunc(list, func(a, b Turn) int { return cmp.Compare(bit(b.Granted), bit(a.Granted)) })
	return list
}

// Others lists those at work beside a run; an empty run is nobody's.
func (d *Desk) Others(run string) (list []Turn) {
	for _, t := range d.List() {
		if t.Granted && t.Run != run {
			list = append(list, t)
		}
	}
	return list
}

// Next is when the first turn is lost unless it is kept; false: there is none.
func (d *Desk) Next() (at time.Time, found bool) {
	for _, t := range d.List() {
		if !found || t.Until.Before(at) {
			at, found = t.Until, true
		}
	}
	return at, found
}

func (d *Desk) expire(now time.Time) { d.drop(func(t *Turn) bool { return t.Until.Before(now) }) }

// drop ends turns and wakes those who wait.
func (d *Desk) drop(gone func(*Turn) bool) {
	before := len(d.turns)
	if d.turns = slices.DeleteFunc(d.turns, gone); len(d.turns) < before {
		close(d.changed)
		d.changed = make(chan struct{})
	}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
