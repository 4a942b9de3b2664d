package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// memory keeps the records as Go values. A record that is written while somebody views an older state keeps its older
// versions until nobody does; so a reader is never disturbed, and a writer never waits for one.
type memory struct {
	writer pen
	closed atomic.Bool
	check  bool // see NewChecked

	mu      sync.RWMutex
	shelves map[string]*shelf
	now     uint64    // number of commits so far
	views   []viewing // those states that somebody looks at, in ascending order
	deleted []place   // records whose last version is their deletion
	layered []*record // that have older versions, in the order in which they got them
	ageing  *ageing   // nil: everything stays in memory
	scratch []write   // for the writes of the next transaction; whoever may write has it
}

// viewing is how many look at the state after a commit.
type viewing struct {
	state uint64
	count int
}

// place is where a record lives.
type place struct {
	shelf *shelf
	key   string
}

// NewMemory returns an empty store in memory. A record that was read shares its slices, maps and pointers with the store:
// nobody may change them in place.
func NewMemory() Store { return newMemory(false) }

// NewChecked returns a store in memory for tests: it fails a transaction that reads a record which was changed in place.
func NewChecked() Store { return newMemory(true) }

func newMemory(check bool) *memory {
	return &memory{check: check, shelves: make(map[string]*shelf)}
}

// Update is part of Store.
func (m *memory) Update(ctx context.Context, f func(Tx) error) error {
	m.catchUp(ctx)
	if err := m.writer.take(ctx); err != nil {
		return err
	}
	defer m.writer.putDown()
	if m.closed.Load() {
		return ErrClosed
	}
	tx := &memoryTx{store: m, state: m.now} // only a writer changes now
	tx.draft.writes = m.scratch[:0]
	defer func() {
		clear(tx.draft.writes)
		m.scratch = tx.draft.writes[:0:min(cap(tx.draft.writes), manyWrites)]
	}()
	if err := f(tx); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	m.commit(tx.draft.writes)
	return nil
}

// View is part of Store.
func (m *memory) View(ctx context.Context, f func(Tx) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if m.closed.Load() {
		return ErrClosed
	}
	state := m.enter()
	defer m.leave(state)
	return f(&memoryTx{store: m, state: state, readOnly: true})
}

// Close is part of Store.
func (m *memory) Close() error {
	m.writer.mu.Lock()
	before := m.closed.Swap(true)
	m.writer.putDown()
	if m.ageing == nil || before {
		return nil
	}
	m.ageing.movers.Wait()
	return errors.Join(m.ageing.failure, m.ageing.attic.close())
}

// enter notes that somebody looks at the present state.
func (m *memory) enter() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := len(m.views); n > 0 && m.views[n-1].state == m.now {
		m.views[n-1].count++
	} else {
		m.views = append(m.views, viewing{m.now, 1})
	}
	return m.now
}

func (m *memory) leave(state uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.views, func(v viewing) bool { return v.state == state })
	if m.views[i].count--; m.views[i].count == 0 {
		m.views = slices.Delete(m.views, i, i+1)
	}
}

// oldest is the oldest state that somebody looks at or may begin to look at.
func (m *memory) oldest() uint64 {
	if len(m.views) == 0 {
		return m.now
	}
	return m.views[0].state
}

// commit makes a transaction's writes the present state.
func (m *memory) commit(writes []write) {
	if len(writes) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now++
	oldest := m.oldest()
	for _, w := range writes {
		s := m.shelf(w.table)
		x := s.put(w.key, w.value, m.now, oldest)
		m.ageing.note(s, x)
		if x.before != nil {
			m.layered = append(m.layered, x)
		}
		if w.value == nil {
			m.deleted = append(m.deleted, place{s, w.key})
		}
	}
	m.bury(oldest)
	m.shed(oldest)
	m.ageing.begin(m.age)
}

func (m *memory) shelf(table string) *shelf {
	s := m.shelves[table]
	if s == nil {
		s = newShelf(m.ageing)
		m.shelves[table] = s
	}
	return s
}

// bury forgets deleted records that nobody can see any more, oldest deletions first.
func (m *memory) bury(oldest uint64) {
	for len(m.deleted) > 0 && m.deleted[0].shelf.forget(m.deleted[0].key, oldest) {
		m.deleted = m.deleted[1:]
	}
}

// shed forgets older versions that nobody can see any more; those that came first can be seen the shortest time.
func (m *memory) shed(oldest uint64) {
	for len(m.layered) > 0 && m.layered[0].shed(oldest) {
		m.layered[0] = nil
		m.layered = m.layered[1:]
	}
}

// get returns a record as it was in a state; nil if there was none.
func (m *memory) get(table, key string, state uint64) (any, error) {
	value := m.look(table, key, state)
	at, isFiled := value.(filed)
	if !isFiled {
		return value, nil
	}
	found, record, err := m.ageing.attic.read(at)
	if err != nil || found != key {
		return nil, err
	}
	return record, nil
}

// look is get, except that of a record in the attic it tells where it may lie.
func (m *memory) look(table, key string, state uint64) any {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if s := m.shelves[table]; s != nil {
		return s.get(key, state)
	}
	return nil
}

// keys goes through the keys of a table; draft holds those that a transaction has written. It is nil if there are none.
func (m *memory) keys(table, prefix string, draft []string) (*cursor, error) {
	m.mu.RLock()
	s := m.shelves[table]
	m.mu.RUnlock()
	switch {
	case s == nil && len(draft) == 0:
		return nil, nil
	case s == nil:
		return newCursor(nil, prefix, draft), nil
	}
	index, err := s.keys(&m.mu)
	return newCursor(index, prefix, draft), err
}

// put is what a record is stored as: itself, or in a checked store with its present text beside it.
func (m *memory) put(value any) (any, error) {
	if !m.check {
		return value, nil
	}
	text, err := encode(value)
	return sealed{value, text}, err
}

// sealed is a record of a checked store.
type sealed struct {
	value any
	text  []byte
}

var errChanged = errors.New("it was changed in place after it was written")

// open returns the record that a stored value stands for.
func open(stored any) (any, error) {
	s, ok := stored.(sealed)
	if !ok {
		return stored, nil
	}
	text, err := encode(s.value)
	if err == nil && string(text) != string(s.text) {
		err = errChanged
	}
	return s.value, err
}

// encode is the text of a record; a record that was written as a text is one already.
func encode(value any) ([]byte, error) {
	if text, ok := value.(text); ok {
		return text, nil
	}
	return json.Marshal(value)
}

// checkKey refuses what is no key in some engine.
func checkKey(table, key string) error {
	if key == "" || strings.IndexByte(key, 0) >= 0 {
		return fmt.Errorf("%s: %q is %w", table, key, ErrKey)
	}
	return nil
}
