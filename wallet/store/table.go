package store

import (
	"encoding/json"
	"fmt"
)

// Table gives the records of one table their Go type. T must survive a round trip through JSON, which is how engines
// other than the memory keep it. A record is immutable once it is written, and when it was read: whoever changes
// one copies its slices, maps and pointers first. Nobody but the package that owns the records uses the table's name.
type Table[T any] struct{ Name string }

// valueTx is what the memory's transactions offer beside Tx: records as Go values, without a detour through JSON.
type valueTx interface {
	getValue(table, key string) (any, bool, error)
	putValue(table, key string, value any) error
	scanValues(table, prefix string, visit func(key string, value any) (more bool, err error)) error
}

// Get reads a record and reports whether there is one.
func (t Table[T]) Get(tx Tx, key string) (record T, found bool, err error) {
	values, ok := tx.(valueTx)
	if !ok {
		return t.decoded(tx, key)
	}
	value, found, err := values.getValue(t.Name, key)
	if err != nil || !found {
		return record, false, t.wrap(key, err)
	}
	record, err = recordOf[T](value)
	return record, err == nil, t.wrap(key, err)
}

// recordOf gives a stored value its type.
func recordOf[T any](value any) (T, error) {
	switch record := value.(type) {
	case T:
		return record, nil
	case *T:
		return *record, nil
	}
	return translated[T](value)
}

// decoded reads a record of an engine that keeps texts.
func (t Table[T]) decoded(tx Tx, key string) (record T, found bool, err error) {
	data, found, err := tx.Get(t.Name, key)
	if err != nil || !found {
		return record, false, t.wrap(key, err)
	}
	if err := json.Unmarshal(data, &record); err != nil {
		return record, false, t.wrap(key, err)
	}
	return record, true, nil
}

// translated gives a value its type that was written under another one, or as a text.
func translated[T any](value any) (record T, err error) {
	data, err := encode(value)
	if err == nil {
		err = json.Unmarshal(data, &record)
	}
	return record, err
}

// Put writes a record, new or not.
func (t Table[T]) Put(tx Tx, key string, record T) error {
	if values, ok := tx.(valueTx); ok {
		return t.wrap(key, values.putValue(t.Name, key, record))
	}
	data, err := json.Marshal(record)
	if err != nil {
		return t.wrap(key, err)
	}
	return t.wrap(key, tx.Put(t.Name, key, data))
}

// Keep is Put for a record that nobody will change any more: it is kept where it lies, without a copy of it.
func (t Table[T]) Keep(tx Tx, key string, record *T) error {
	if values, ok := tx.(valueTx); ok {
		return t.wrap(key, values.putValue(t.Name, key, record))
	}
	return t.Put(tx, key, *record)
}

// Has reports whether there is a record, without reading it.
func (t Table[T]) Has(tx Tx, key string) (bool, error) {
	var found bool
	var err error
	if values, ok := tx.(valueTx); ok {
		_, found, err = values.getValue(t.Name, key)
	} else {
		_, found, err = tx.Get(t.Name, key)
	}
	return found, t.wrap(key, err)
}

// Insert writes a new record; a taken key is ErrExists.
func (t Table[T]) Insert(tx Tx, key string, record T) error {
	found, err := t.Has(tx, key)
	if err != nil {
		return err
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
	if values, ok := tx.(valueTx); ok {
		return values.scanValues(t.Name, prefix, func(key string, value any) (bool, error) {
			record, err := recordOf[T](value)
			if err != nil {
				return false, t.wrap(key, err)
			}
			return visit(key, record)
		})
	}
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
