package store

import (
	"bytes"
	"slices"
	"strings"
)

// text is a record that was written as JSON, not as a Go value.
type text []byte

// memoryTx is a transaction on a state of the store with the writes that it has made so far.
type memoryTx struct {
	store    *memory
	state    uint64
	readOnly bool
	draft    draft
}

// Get is part of Tx.
func (t *memoryTx) Get(table, key string) ([]byte, bool, error) {
	value, found, err := t.getValue(table, key)
	if err != nil || !found {
		return nil, found, err
	}
	data, err := encode(value)
	return data, err == nil, err
}

// Put is part of Tx.
func (t *memoryTx) Put(table, key string, value []byte) error {
	return t.putValue(table, key, text(bytes.Clone(value)))
}

// getValue is part of valueTx.
func (t *memoryTx) getValue(table, key string) (any, bool, error) {
	if err := checkKey(table, key); err != nil {
		return nil, false, err
	}
	stored, written := t.draft.get(table, key)
	if !written {
		var err error
		if stored, err = t.get(table, key); err != nil {
			return nil, false, err
		}
	}
	if stored == nil {
		return nil, false, nil
	}
	value, err := open(stored)
	return value, err == nil, err
}

// get returns a record of the store. The one writer needs no lock where nobody but a writer changes anything.
func (t *memoryTx) get(table, key string) (any, error) {
	m := t.store
	if t.readOnly || m.ageing != nil {
		return m.get(table, key, t.state)
	}
	if s := m.shelves[table]; s != nil {
		return s.get(key, t.state), nil
	}
	return nil, nil
}

// putValue is part of valueTx.
func (t *memoryTx) putValue(table, key string, value any) error {
	if err := t.writable(table, key); err != nil {
		return err
	}
	stored, err := t.store.put(value)
	if err == nil {
		t.draft.put(write{table, key, stored})
	}
	return err
}

// Delete is part of Tx.
func (t *memoryTx) Delete(table, key string) error {
	err := t.writable(table, key)
	if err == nil {
		t.draft.put(write{table, key, nil})
	}
	return err
}

func (t *memoryTx) writable(table, key string) error {
	if err := checkKey(table, key); err != nil {
		return err
	}
	if t.readOnly {
		return ErrReadOnly
	}
	return nil
}

// Scan is part of Tx.
func (t *memoryTx) Scan(table, prefix string, visit func(string, []byte) (bool, error)) error {
	return t.scanValues(table, prefix, func(key string, value any) (bool, error) {
		data, err := encode(value)
		if err != nil {
			return false, err
		}
		return visit(key, data)
	})
}

// scanValues is part of valueTx.
func (t *memoryTx) scanValues(table, prefix string, visit func(string, any) (bool, error)) error {
	c, err := t.store.keys(table, prefix, t.draft.keys(table, prefix))
	if err != nil || c == nil {
		return err
	}
	for key := c.key(); key != ""; key = c.key() {
		value, found, err := t.getValue(table, key)
		if err != nil {
			return err
		}
		if !found {
			continue // deleted, or of another state
		}
		if more, err := visit(key, value); err != nil || !more {
			return err
		}
	}
	return nil
}

// write is one change of a transaction; a nil value deletes.
type write struct {
	table, key string
	value      any
}

// draft holds the writes of a transaction, the latest one of each record.
type draft struct {
	writes []write
	at     map[[2]string]int // where a record stands in writes; made when there are many
}

// manyWrites is how many writes are looked through one by one.
const manyWrites = 16

func (d *draft) get(table, key string) (value any, written bool) {
	if i := d.find(table, key); i >= 0 {
		return d.writes[i].value, true
	}
	return nil, false
}

func (d *draft) put(w write) {
	if i := d.find(w.table, w.key); i >= 0 {
		d.writes[i] = w
		return
	}
	d.writes = append(d.writes, w)
	if d.at != nil {
		d.at[[2]string{w.table, w.key}] = len(d.writes) - 1
	}
}

func (d *draft) find(table, key string) int {
	if d.at == nil && len(d.writes) > manyWrites {
		d.at = make(map[[2]string]int)
		for i, w := range d.writes {
			d.at[[2]string{w.table, w.key}] = i
		}
	}
	if d.at != nil {
		if i, ok := d.at[[2]string{table, key}]; ok {
			return i
		}
		return -1
	}
	return slices.IndexFunc(d.writes, func(w write) bool { return w.key == key && w.table == table })
}

// keys returns the written keys of a table that start with a prefix, in order.
func (d *draft) keys(table, prefix string) []string {
	var keys []string
	for _, w := range d.writes {
		if w.table == table && strings.HasPrefix(w.key, prefix) {
			keys = append(keys, w.key)
		}
	}
	slices.Sort(keys)
	return keys
}
