// Package store keeps the simulator's state behind one small transactional interface. The engine in memory keeps the
// records as the Go values that they are, because encoding them would cost more than all else that a payment does;
// every other engine keeps them as JSON. Both behave alike as long as records are never changed in place.
package store

import (
	"context"
	"errors"
)

// What can go wrong in a store, for errors.Is.
var (
	ErrExists   = errors.New("already exists") // Insert of a key that is taken
	ErrKey      = errors.New("no key")         // an empty one, or one with a zero byte
	ErrReadOnly = errors.New("read-only transaction")
	ErrClosed   = errors.New("store is closed")
)

// Store runs transactions. Transactions are serialisable: each sees the result of those that were
// committed before it and nothing of those that were not.
type Store interface {
	// Update runs f and commits what it wrote if it returns nil; otherwise nothing is kept and its
	// error is returned. f may be run again by an engine that had to give way to another transaction,
	// so it must have no effect but through tx, and must not start another transaction.
	Update(ctx context.Context, f func(tx Tx) error) error
	// View runs f on a consistent snapshot. Writing fails with ErrReadOnly.
	View(ctx context.Context, f func(tx Tx) error) error
	// Close releases the engine; later transactions fail with ErrClosed.
	Close() error
}

// Tx is what an engine offers inside a transaction; packages use it through a Table. Keys are
// non-empty texts without a zero byte and sort bytewise.
type Tx interface {
	Get(table, key string) (value []byte, found bool, err error)
	Put(table, key string, value []byte) error
	Delete(table, key string) error
	// Scan visits the keys that start with prefix in ascending order until visit returns false or an error.
	// visit must not write to the table.
	Scan(table, prefix string, visit func(key string, value []byte) (more bool, err error)) error
}
