package store

import (
	"context"
	"sync"
)

// Spill says how many records a store in memory keeps there, and where it puts the others.
type Spill struct {
	Dir string // folder of the file; it must exist. The file is removed with the store
	// Recent is how many of the records written last stay in memory; default 100,000. Those that are read again stay too.
	Recent int
}

const (
	defaultRecent = 100_000
	// filedAtOnce is how many records are moved to the file in one go.
	filedAtOnce = 256
)

// NewSpilling returns a store in memory that keeps only what was written or read lately there and moves the rest into a
// file, so that it stays small however much it holds. Of a record in the file, some 30 bytes remain in memory;
// of a table that is scanned, the keys remain too.
func NewSpilling(o Spill) (Store, error) {
	file, err := newAttic(o.Dir)
	if err != nil {
		return nil, err
	}
	if o.Recent <= 0 {
		o.Recent = defaultRecent
	}
	m := newMemory(false)
	m.ageing = &ageing{attic: file, recent: o.Recent, moved: make(chan struct{})}
	return m, nil
}

// ageing moves records into the attic, those first that were written first. The store's lock guards it, except for
// the attic, which belongs to the one mover.
type ageing struct {
	attic   *attic
	recent  int
	queue   []aged        // in the order of writing
	moving  bool          // somebody moves records
	moved   chan struct{} // closed and replaced when some were moved, or nobody moves any more
	movers  sync.WaitGroup
	failure error // of the mover; nothing is moved after it
}

// aged is the version of a record since some commit, which may be moved.
type aged struct {
	shelf  *shelf
	record *record
	since  uint64
}

// leaving is a version that is being moved, with its value: the record may get another one meanwhile.
type leaving struct {
	aged
	value any
}

// note puts the new version of a record at the end of the queue.
func (a *ageing) note(s *shelf, x *record) {
	if a != nil && x.value != nil {
		a.queue = append(a.queue, aged{s, x, x.since})
	}
}

// begin starts a mover if there is enough to move and nobody who moves it.
func (a *ageing) begin(move func()) {
	if a == nil || a.moving || a.failure != nil || len(a.queue) < a.recent+a.step() {
		return
	}
	a.moving = true
	a.movers.Go(move)
}

// behind returns what a writer has to wait for, because twice as much is in memory as should be; nil: it need not.
func (a *ageing) behind() <-chan struct{} {
	if a.moving && len(a.queue) > 2*a.recent+filedAtOnce {
		return a.moved
	}
	return nil
}

// rest ends the moving.
func (a *ageing) rest() {
	a.moving = false
	a.tell()
}

// tell wakes the writers that wait.
func (a *ageing) tell() {
	close(a.moved)
	a.moved = make(chan struct{})
}

// catchUp waits until the mover is not far behind: writers that are faster than the disk must not fill the memory.
func (m *memory) catchUp(ctx context.Context) {
	if m.ageing == nil {
		return
	}
	for {
		m.mu.RLock()
		moved := m.ageing.behind()
		m.mu.RUnlock()
		if moved == nil {
			return
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return
		}
	}
}

// step is how many records are taken from the queue at a time.
func (a *ageing) step() int { return min(a.recent, filedAtOnce) }

// age moves records until few enough are left.
func (m *memory) age() {
	for list, more := m.oldRecords(); more; list, more = m.oldRecords() {
		places, err := m.file(list)
		m.mu.Lock()
		for i, at := range places {
			list[i].shelf.file(list[i].record, list[i].since, at)
		}
		m.ageing.failure = err
		m.ageing.tell()
		m.mu.Unlock()
	}
}

// oldRecords takes the next records from the queue; false: that is all for now. One that was read since it was
// queued gets another turn.
func (m *memory) oldRecords() (list []leaving, more bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.ageing
	if len(a.queue) < a.recent+a.step() || a.failure != nil || m.closed.Load() {
		a.rest()
		return nil, false
	}
	oldest := m.oldest()
	for range a.step() {
		x := a.queue[0]
		if x.since > oldest { // somebody still looks at the state before it
			if len(list) == 0 {
				a.rest()
			}
			break
		}
		a.queue[0], a.queue = aged{}, a.queue[1:]
		switch {
		case x.record.since != x.since: // written again or deleted
		case x.record.used.Swap(false):
			a.queue = append(a.queue, x)
		default:
			list = append(list, leaving{x, x.record.value})
		}
	}
	return list, a.moving
}

// file writes records into the attic and returns where they lie.
func (m *memory) file(list []leaving) ([]filed, error) {
	b := m.ageing.attic.batch()
	places := make([]filed, 0, len(list))
	for _, x := range list {
		data, err := encode(x.value)
		if err != nil {
			return nil, err
		}
		places = append(places, b.add(x.record.key, data))
	}
	return places, m.ageing.attic.write(b)
}
