package store

import (
	"encoding/json"
	"fmt"
)

// Table gives the records of one table their Go type. T must survive a round trip through JSON.
// Nobody but the package that owns the records uses the table's name.
type Table[T any] struct{ Name string }

// Get reads a record and reports whether there is one.
func (t Table[T]) Get(tx Tx, key string) (record T, found bool, err error) {
	data, found, err := tx.Get(t.Name, key)
	if err != nil || !found {
		return record, false, t.wrap(key, err)
	}
	if err := json.Unmarshal(data, &record); err != nil {
		return record, false, t.wrap(key, err)
	}
	return record, true, nil
}

// Put writes a record, new or not. Later changes to the Go value do not reach the store.
func (t Table[T]) Put(tx Tx, key string, record T) error {
	data, err := json.Marshal(record)
	if err != nil {
		return t.wrap(key, err)
	}
	return t.wrap(key, tx.Put(t.Name, key, data))
}

// Insert writes a new record; a taken key is ErrExists.
func (t Table[T]) Insert(tx Tx, key string, record T) error {
	_, found, err := tx.Get(t.Name, key)
	if err != nil {
		return t.wrap(key, err)
	}
	if found {
		return t.wrap(key, ErrExists)
	}
	return t.Put(tx, key, record)
}

// Delete removes a record; a missing one is no error.
func (t Table[T]) Delete(tx Tx, key string) error { return t.wrap(key, tx.Delete(t.Name, key)) }

// Scan visits the records whose keys start with prefix, in ascending order of keys, until visit
// returns false or an error.
func (t Table[T]) Scan(tx Tx, prefix string, visit func(key string, record T) (more bool, err error)) error {
	return tx.Scan(t.Name, prefix, func(key string, data []byte) (bool, error) {
		var record T
		if err := json.Unmarshal(data, &record); err != nil {
			return false, t.wrap(key, err)
		}
		return visit(key, record)
	})
}

// List returns the records whose keys start with prefix, in ascending order of keys.
func (t Table[T]) List(tx Tx, prefix string) ([]T, error) {
	var records []T
	err := t.Scan(tx, prefix, func(_ string, record T) (bool, error) {
		records = append(records, record)
		return true, nil
	})
	return records, err
}

func (t Table[T]) wrap(key string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %q: %w", t.Name, key, err)
}
