package store

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	iradix "github.com/hashicorp/go-immutable-radix"
)

// memory keeps everything in one immutable radix tree: a reader holds on to a root and is never
// disturbed, a writer builds a new one and swaps it in, or drops it.
type memory struct {
	root   atomic.Pointer[iradix.Tree]
	writer chan struct{} // holds one token: the right to write
	closed atomic.Bool
}

// NewMemory returns an empty store in memory.
func NewMemory() Store {
	m := &memory{writer: make(chan struct{}, 1)}
	m.root.Store(iradix.New())
	m.writer <- struct{}{}
	return m
}

// Update is part of Store.
func (m *memory) Update(ctx context.Context, f func(Tx) error) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-m.writer:
	}
	defer func() { m.writer <- struct{}{} }()
	if m.closed.Load() {
		return ErrClosed
	}
	txn := m.root.Load().Txn()
	if err := f(&memoryTx{txn: txn}); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	m.root.Store(txn.CommitOnly())
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
	return f(&memoryTx{txn: m.root.Load().Txn(), readOnly: true})
}

// Close is part of Store.
func (m *memory) Close() error {
	m.closed.Store(true)
	return nil
}

type memoryTx struct {
	txn      *iradix.Txn
	readOnly bool
}

// path is where a record lives in the tree.
func path(table, key string) ([]byte, error) {
	if key == "" || strings.IndexByte(key, 0) >= 0 {
		return nil, fmt.Errorf("%s: %q is no key", table, key)
	}
	return []byte(table + "\x00" + key), nil
}

// Get is part of Tx.
func (t *memoryTx) Get(table, key string) ([]byte, bool, error) {
	p, err := path(table, key)
	if err != nil {
		return nil, false, err
	}
	value, found := t.txn.Get(p)
	if !found {
		return nil, false, nil
	}
	return value.([]byte), true, nil
}

// Put is part of Tx.
func (t *memoryTx) Put(table, key string, value []byte) error {
	p, err := path(table, key)
	if err != nil {
		return err
	}
	if t.readOnly {
		return ErrReadOnly
	}
	t.txn.Insert(p, bytes.Clone(value))
	return nil
}

// Delete is part of Tx.
func (t *memoryTx) Delete(table, key string) error {
	p, err := path(table, key)
	if err != nil {
		return err
	}
	if t.readOnly {
		return ErrReadOnly
	}
	t.txn.Delete(p)
	return nil
}

// Scan is part of Tx.
func (t *memoryTx) Scan(table, prefix string, visit func(string, []byte) (bool, error)) error {
	start := len(table) + 1
	it := t.txn.Root().Iterator()
	it.SeekPrefix([]byte(table + "\x00" + prefix))
	for k, v, ok := it.Next(); ok; k, v, ok = it.Next() {
		more, err := visit(string(k[start:]), v.([]byte))
		if err != nil || !more {
			return err
		}
	}
	return nil
}
