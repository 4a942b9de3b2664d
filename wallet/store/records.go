package store

import (
	"hash/maphash"
	"sync/atomic"
)

// records are the records of a table by key. Their map goes by the hash of the key: it grows without looking at the keys
// again, which lie all over the memory. With the keys themselves in the map, its growing took a tenth of a payment's time.
type records struct {
	hash  func(key string) uint64
	chain map[uint64]*record // the keys with a hash: nearly always one
	count int
}

// record is a key in memory with its present version.
type record struct {
	key string
	version
	used atomic.Bool // it was read
	next *record     // of the chain
}

// version is what a record is, or was, since some commit.
type version struct {
	value  any      // nil: it is deleted; filed: it lies in the attic
	since  uint64   // the commit that wrote it
	before *version // kept for those who look at an older state
}

func newRecords() records {
	seed := maphash.MakeSeed()
	return records{hash: func(key string) uint64 { return maphash.String(seed, key) }, chain: make(map[uint64]*record)}
}

// find returns the record of a key; nil if there is none.
func (r *records) find(key string) *record { return r.chain[r.hash(key)].of(key) }

// enter finds the record of a key, or adds an empty one.
func (r *records) enter(key string) (x *record, added bool) {
	hash := r.hash(key)
	first := r.chain[hash]
	if x = first.of(key); x != nil {
		return x, false
	}
	x = &record{key: key, next: first}
	r.chain[hash] = x
	r.count++
	return x, true
}

// of is the record of a key in a chain that begins with x; nil if it is not there.
func (x *record) of(key string) *record {
	for x != nil && x.key != key {
		x = x.next
	}
	return x
}

// remove takes a record out. Whoever still holds it sees that it is no longer in force.
func (r *records) remove(x *record) {
	hash := r.hash(x.key)
	first := r.chain[hash]
	if first == x {
		if r.chain[hash] = x.next; x.next == nil {
			delete(r.chain, hash)
		}
	} else {
		before := first
		for before.next != x {
			before = before.next
		}
		before.next = x.next
	}
	r.count--
}

// keys lists the keys, in no order.
func (r *records) keys() []string {
	list := make([]string, 0, r.count)
	for _, x := range r.chain {
		for ; x != nil; x = x.next {
			list = append(list, x.key)
		}
	}
	return list
}

// write gives a record a new version. The one before it is kept only if somebody looks at a state that is older than now.
func (x *record) write(value any, now, oldest uint64) {
	var kept *version
	if oldest < now && (x.value != nil || x.before != nil) {
		kept = new(x.version)
	}
	x.version = version{value: value, since: now, before: kept}
	x.used.Store(false)
	x.shed(oldest)
}

// shed drops the versions that nobody can see who looks at the oldest state or a later one. It reports whether only one
// is left.
func (x *record) shed(oldest uint64) bool {
	last := &x.version
	for last.since > oldest && last.before != nil {
		last = last.before
	}
	last.before = nil
	return x.before == nil
}
