package store

import (
	"sync"

	iradix "github.com/hashicorp/go-immutable-radix"
)

// shelf is one table in memory. The store's lock guards it, except for the index.
type shelf struct {
	records records
	away    *inventory // records that lie in the attic, keys and all; nil: the keys of all records are here
	indexed bool       // fresh and gone are kept; otherwise the index is made anew when it is needed
	fresh   []string   // keys that came since the index was last brought up to date
	gone    []string   // keys that went

	// The index knows the order of the keys. It is brought up to date when somebody scans, so that tables which nobody
	// scans do not pay for it.
	indexing sync.Mutex
	index    *iradix.Tree
}

func newShelf(a *ageing) *shelf {
	s := &shelf{records: newRecords()}
	if a != nil {
		s.away = newInventory(a.attic)
	}
	return s
}

// indexSlack is how many changes may wait for the index before it is given up, beyond the number of records.
const indexSlack = 1000

// get returns a record as it was after a commit, or where it may lie in the attic; nil if there was none.
func (s *shelf) get(key string, state uint64) any {
	x := s.records.find(key)
	if x == nil {
		return s.away.find(key)
	}
	v := &x.version
	for v != nil && v.since > state {
		v = v.before
	}
	if v == nil {
		return nil
	}
	if !x.used.Load() {
		x.used.Store(true)
	}
	return v.value
}

// put adds a version and drops those that nobody sees who looks at the oldest state or a later one.
func (s *shelf) put(key string, value any, now, oldest uint64) *record {
	x, added := s.records.enter(key)
	if added {
		s.begin(x)
	}
	x.write(value, now, oldest)
	return x
}

// begin gives a record that was just added the version that lies in the attic, if there is one.
func (s *shelf) begin(x *record) {
	if before := s.away.take(x.key); before != nil {
		x.version = *before
		return
	}
	if s.indexed {
		s.fresh = append(s.fresh, x.key)
		s.bound()
	}
}

// file notes that the version of a record since some commit lies in the attic now, unless another one took its place
// meanwhile.
func (s *shelf) file(x *record, since uint64, at filed) {
	if x.since != since {
		return
	}
	if s.away != nil && s.away.add(x.key, at) {
		s.records.remove(x)
		return
	}
	x.value, x.before = at, nil
}

// comeBack brings the keys of all records back to memory, for good: somebody wants to know their order.
func (s *shelf) comeBack() error {
	if s.away == nil {
		return nil
	}
	all, err := s.away.takeAll()
	for key, v := range all {
		x, _ := s.records.enter(key)
		x.version = *v
	}
	if err == nil {
		s.away = nil
	}
	return err
}

// forget removes a record whose last version is its deletion, unless somebody may still see an older one. It reports
// whether there is nothing left to do.
func (s *shelf) forget(key string, oldest uint64) bool {
	x := s.records.find(key)
	switch {
	case x == nil || x.value != nil:
		return true
	case x.since > oldest:
		return false
	}
	s.records.remove(x)
	if s.indexed {
		s.gone = append(s.gone, key)
		s.bound()
	}
	return true
}

// bound gives the index up when it is too far behind.
func (s *shelf) bound() {
	if len(s.fresh)+len(s.gone) > s.records.count+indexSlack {
		s.indexed, s.fresh, s.gone = false, nil, nil
	}
}

// keys returns an index that holds every key of the states that the caller may look at, and perhaps others.
func (s *shelf) keys(mu *sync.RWMutex) (*iradix.Tree, error) {
	s.indexing.Lock()
	defer s.indexing.Unlock()
	anew, fresh, gone, err := s.changes(mu)
	if err != nil {
		return nil, err
	}
	if anew {
		s.index = iradix.New()
	}
	if len(fresh)+len(gone) == 0 {
		return s.index, nil
	}
	txn := s.index.Txn()
	for _, key := range fresh {
		txn.Insert([]byte(key), nil)
	}
	for _, key := range gone {
		txn.Delete([]byte(key))
	}
	s.index = txn.CommitOnly()
	return s.index, nil
}

// changes takes over what the index lacks; anew says that fresh holds all keys.
func (s *shelf) changes(mu *sync.RWMutex) (anew bool, fresh, gone []string, err error) {
	mu.Lock()
	defer mu.Unlock()
	if err := s.comeBack(); err != nil {
		return false, nil, nil, err
	}
	fresh = s.fresh
	for _, key := range s.gone {
		if s.records.find(key) == nil {
			gone = append(gone, key)
		}
	}
	s.fresh, s.gone = nil, nil
	if anew = !s.indexed; anew {
		s.indexed = true
		fresh = s.records.keys()
	}
	return anew, fresh, gone, nil
}

// cursor goes through the keys of a transaction that start with a prefix: those of the store and those of its draft.
type cursor struct {
	stored *iradix.Iterator
	next   string // of stored; empty at its end
	draft  []string
}

func newCursor(index *iradix.Tree, prefix string, draft []string) *cursor {
	c := &cursor{draft: draft}
	if index != nil {
		c.stored = index.Root().Iterator()
		c.stored.SeekPrefix([]byte(prefix))
		c.advance()
	}
	return c
}

func (c *cursor) advance() {
	key, _, ok := c.stored.Next()
	if !ok {
		key = nil
	}
	c.next = string(key)
}

// key returns the next key; empty at the end.
func (c *cursor) key() string {
	key := c.next
	if len(c.draft) > 0 && (key == "" || c.draft[0] <= key) {
		key, c.draft = c.draft[0], c.draft[1:]
	}
	if key != "" && key == c.next {
		c.advance()
	}
	return key
}
