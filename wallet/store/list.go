package store

import "strconv"

// List keeps items by group in the order in which they came. It costs next to nothing per item however long it gets,
// where a table would need a record and a place in the order of keys for each: so it suits what grows with
// every payment. Items are immutable as records are.
type List[T any] struct{ Name string }

// pageLength is how many items stand in one record.
const pageLength = 64

// page is a part of a group. The last one is kept under the group's own name, the full ones before it by number.
type page[T any] struct {
	Full  int `json:"full,omitempty"` // full pages before this one
	Items []T `json:"items"`
}

func (l List[T]) pages() Table[page[T]] { return Table[page[T]](l) }

func lastPage(group string) string        { return group + "/" }
func fullPage(group string, n int) string { return group + "/" + strconv.Itoa(n) }

// with adds an item. Pages share their room: the items that another page shows are not touched, and there is one writer.
func (p page[T]) with(item T) page[T] {
	p.Items = append(p.Items, item)
	return p
}

// Append adds an item at the end of a group.
func (l List[T]) Append(tx Tx, group string, item T) error {
	name := lastPage(group)
	last, _, err := l.pages().Get(tx, name)
	if err != nil {
		return err
	}
	if len(last.Items) < pageLength {
		return l.pages().Put(tx, name, last.with(item))
	}
	if err := l.pages().Put(tx, fullPage(group, last.Full), last); err != nil {
		return err
	}
	room := make([]T, 1, pageLength) // a group that filled a page fills others
	room[0] = item
	return l.pages().Put(tx, name, page[T]{Full: last.Full + 1, Items: room})
}

// All returns the items of a group, in the order in which they came.
func (l List[T]) All(tx Tx, group string) ([]T, error) {
	last, found, err := l.pages().Get(tx, lastPage(group))
	if err != nil || !found {
		return nil, err
	}
	items := make([]T, 0, last.Full*pageLength+len(last.Items))
	for n := range last.Full {
		full, _, err := l.pages().Get(tx, fullPage(group, n))
		if err != nil {
			return nil, err
		}
		items = append(items, full.Items...)
	}
	return append(items, last.Items...), nil
}

// Drop forgets a group.
func (l List[T]) Drop(tx Tx, group string) error {
	last, _, err := l.pages().Get(tx, lastPage(group))
	if err != nil {
		return err
	}
	for n := range last.Full {
		if err := l.pages().Delete(tx, fullPage(group, n)); err != nil {
			return err
		}
	}
	return l.pages().Delete(tx, lastPage(group))
}
