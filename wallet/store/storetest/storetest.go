// Package storetest is the one set of tests that every engine behind store.Store must pass.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"mppsim/wallet/store"
)

// record is what the tests keep.
type record struct {
	Name  string   `json:"name"`
	Count int      `json:"count"`
	Tags  []string `json:"tags,omitempty"`
}

func table() store.Table[record] { return store.Table[record]{Name: "record"} }

// errMine is an error that a transaction gives up with.
var errMine = errors.New("mine")

// Run tests an engine. open returns an empty store; Run closes it.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	t.Helper()
	tests := []struct {
		name string
		test func(t *testing.T, s store.Store)
	}{
		{"records are read as written", testReadYourWrites},
		{"a written text is a copy", testTextsAreCopies},
		{"a record is a text, too", testTextsAndRecords},
		{"a record that is kept reads like one that was put", testKept},
		{"views keep what they see", testVersions},
		{"insert refuses a taken key", testInsert},
		{"an error leaves nothing behind", testRollback},
		{"a cancelled context leaves nothing behind", testCancelled},
		{"a view cannot write", testReadOnly},
		{"a view is a snapshot", testSnapshot},
		{"a scan is in order and ends when told", testScan},
		{"tables do not mix", testTables},
		{"bad keys are refused", testKeys},
		{"concurrent updates do not lose any", testConcurrent},
		{"a closed store refuses", testClosed},
		{"it behaves like a map", testModel},
		{"lists keep their order", testLists},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			test.test(t, s)
		})
	}
}

func update(t testing.TB, s store.Store, f func(tx store.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, s store.Store, f func(tx store.Tx) error) {
	t.Helper()
	if err := s.View(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// read returns the names of all records in order of their keys.
func read(t testing.TB, s store.Store) []string {
	t.Helper()
	var names []string
	view(t, s, func(tx store.Tx) error {
		list, err := table().List(tx, "")
		for _, r := range list {
			names = append(names, r.Name)
		}
		return err
	})
	return names
}

func testReadYourWrites(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		if err := table().Put(tx, "k", record{Name: "a", Count: 1}); err != nil {
			return err
		}
		if r, found, err := table().Get(tx, "k"); err != nil || !found || r.Count != 1 {
			t.Errorf("inside the transaction: %v, %v, %v", r, found, err)
		}
		return nil
	})
	update(t, s, func(tx store.Tx) error { return table().Put(tx, "k", record{Name: "b", Tags: []string{"x"}}) })
	view(t, s, func(tx store.Tx) error {
		r, found, err := table().Get(tx, "k")
		if !found || r.Name != "b" || !slices.Equal(r.Tags, []string{"x"}) {
			t.Errorf("read %v, %v", r, found)
		}
		return err
	})
	update(t, s, func(tx store.Tx) error { return errors.Join(table().Delete(tx, "k"), table().Delete(tx, "never")) })
	view(t, s, func(tx store.Tx) error {
		_, found, err := table().Get(tx, "k")
		if found {
			t.Error("a deleted record is still there")
		}
		return err
	})
}

func testTextsAreCopies(t *testing.T, s store.Store) {
	raw := []byte(`{"name":"raw"}`)
	update(t, s, func(tx store.Tx) error { return tx.Put(table().Name, "raw", raw) })
	raw[2] = 'X'
	for range 2 {
		view(t, s, func(tx store.Tx) error {
			if r, _, err := table().Get(tx, "raw"); err != nil || r.Name != "raw" {
				t.Errorf("raw value: %v, %v", r, err)
			}
			return nil
		})
	}
}

// testTextsAndRecords reads as a text what was written as a record.
func testTextsAndRecords(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error { return table().Put(tx, "k", record{Name: "one", Tags: []string{"x"}}) })
	const want = `{"name":"one","count":0,"tags":["x"]}`
	view(t, s, func(tx store.Tx) error {
		data, found, err := tx.Get(table().Name, "k")
		if !found || string(data) != want {
			t.Errorf("text %s", data)
		}
		return errors.Join(err, tx.Scan(table().Name, "", func(key string, data []byte) (bool, error) {
			if key != "k" || string(data) != want {
				t.Errorf("scanned %s: %s", key, data)
			}
			return true, nil
		}))
	})
}

// testKept hands a record over instead of a copy of it.
func testKept(t *testing.T, s store.Store) {
	put, kept := record{Name: "put", Count: 1}, record{Name: "kept", Tags: []string{"x"}}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(table().Put(tx, "a", put), table().Keep(tx, "b", &kept))
	})
	view(t, s, func(tx store.Tx) error {
		got, found, err := table().Get(tx, "b")
		if !found || !reflect.DeepEqual(got, kept) {
			t.Errorf("%+v, found %t", got, found)
		}
		text, _, textErr := tx.Get(table().Name, "b")
		if want := `{"name":"kept","count":0,"tags":["x"]}`; string(text) != want {
			t.Errorf("as a text: %s, want %s", text, want)
		}
		all, listErr := table().List(tx, "")
		if !reflect.DeepEqual(all, []record{put, kept}) {
			t.Errorf("listed: %+v", all)
		}
		return errors.Join(err, textErr, listErr)
	})
}

// testVersions keeps views open while records come, change and go.
func testVersions(t *testing.T, s store.Store) {
	write := func(name string) {
		update(t, s, func(tx store.Tx) error { return table().Put(tx, "a", record{Name: name}) })
	}
	remove := func() { update(t, s, func(tx store.Tx) error { return table().Delete(tx, "a") }) }
	write("1")
	nested(t, s, []func(){func() { write("2") }, remove, func() { write("3") }, remove}, []string{"1", "2", "", "3", ""})
	if got := read(t, s); len(got) != 0 {
		t.Errorf("records %v", got)
	}
}

// nested opens a view, makes the next change, and looks again at the view when all later changes were made.
func nested(t *testing.T, s store.Store, changes []func(), want []string) {
	view(t, s, func(tx store.Tx) error {
		if len(changes) > 0 {
			changes[0]()
			nested(t, s, changes[1:], want[1:])
		}
		r, found, err := table().Get(tx, "a")
		list, scanErr := table().List(tx, "")
		if r.Name != want[0] || found != (want[0] != "") || len(list) > 1 || found != (len(list) == 1) {
			t.Errorf("the view sees %v and lists %v, want %q", r, list, want[0])
		}
		return errors.Join(err, scanErr)
	})
}

func testInsert(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error { return table().Insert(tx, "k", record{Name: "first"}) })
	err := s.Update(context.Background(), func(tx store.Tx) error { return table().Insert(tx, "k", record{Name: "second"}) })
	if !errors.Is(err, store.ErrExists) || !strings.Contains(err.Error(), `record "k"`) {
		t.Errorf("error %v", err)
	}
	if got := read(t, s); !slices.Equal(got, []string{"first"}) {
		t.Errorf("records %v", got)
	}
}

func testRollback(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error { return table().Put(tx, "a", record{Name: "kept"}) })
	err := s.Update(context.Background(), func(tx store.Tx) error {
		if err := errors.Join(table().Put(tx, "b", record{Name: "lost"}), table().Delete(tx, "a")); err != nil {
			return err
		}
		return errMine
	})
	if !errors.Is(err, errMine) {
		t.Errorf("error %v", err)
	}
	if got := read(t, s); !slices.Equal(got, []string{"kept"}) {
		t.Errorf("records %v", got)
	}
}

func testCancelled(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancelCause(context.Background())
	err := s.Update(ctx, func(tx store.Tx) error {
		cancel(errMine)
		return table().Put(tx, "a", record{Name: "lost"})
	})
	if !errors.Is(err, errMine) {
		t.Errorf("update: %v", err)
	}
	if err := s.View(ctx, func(store.Tx) error { return nil }); !errors.Is(err, errMine) {
		t.Errorf("view: %v", err)
	}
	if got := read(t, s); len(got) != 0 {
		t.Errorf("records %v", got)
	}
}

func testReadOnly(t *testing.T, s store.Store) {
	for name, write := range map[string]func(store.Tx) error{
		"put":    func(tx store.Tx) error { return table().Put(tx, "a", record{}) },
		"insert": func(tx store.Tx) error { return table().Insert(tx, "a", record{}) },
		"delete": func(tx store.Tx) error { return table().Delete(tx, "a") },
	} {
		if err := s.View(context.Background(), write); !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func testSnapshot(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error { return table().Put(tx, "a", record{Name: "before"}) })
	view(t, s, func(tx store.Tx) error {
		written := make(chan error)
		go func() {
			written <- s.Update(context.Background(), func(tx store.Tx) error {
				return errors.Join(table().Put(tx, "a", record{Name: "after"}), table().Put(tx, "b", record{}))
			})
		}()
		if err := <-written; err != nil {
			return err
		}
		list, err := table().List(tx, "")
		if len(list) != 1 || list[0].Name != "before" {
			t.Errorf("the snapshot holds %v", list)
		}
		return err
	})
	if got := read(t, s); !slices.Equal(got, []string{"after", ""}) {
		t.Errorf("records %v", got)
	}
}

func testScan(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		for _, key := range []string{"b/2", "a", "b/10", "c", "b/1", "b"} {
			if err := table().Put(tx, key, record{Name: key}); err != nil {
				return err
			}
		}
		return nil
	})
	tests := []struct {
		prefix string
		limit  int
		want   []string
	}{
		{"", 99, []string{"a", "b", "b/1", "b/10", "b/2", "c"}},
		{"b/", 99, []string{"b/1", "b/10", "b/2"}},
		{"b/", 2, []string{"b/1", "b/10"}},
		{"x", 99, nil},
	}
	for _, test := range tests {
		var got []string
		view(t, s, func(tx store.Tx) error {
			return table().Scan(tx, test.prefix, func(key string, r record) (bool, error) {
				if r.Name != key {
					t.Errorf("key %s with record %s", key, r.Name)
				}
				got = append(got, key)
				return len(got) < test.limit, nil
			})
		})
		if !slices.Equal(got, test.want) {
			t.Errorf("prefix %q: %v, want %v", test.prefix, got, test.want)
		}
	}
	err := s.View(context.Background(), func(tx store.Tx) error {
		return table().Scan(tx, "", func(string, record) (bool, error) { return true, errMine })
	})
	if !errors.Is(err, errMine) {
		t.Errorf("the visitor's error became %v", err)
	}
}

func testTables(t *testing.T, s store.Store) {
	longer := store.Table[record]{Name: table().Name + "s"}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(table().Put(tx, "k", record{Name: "one"}), longer.Put(tx, "k", record{Name: "other"}))
	})
	if got := read(t, s); !slices.Equal(got, []string{"one"}) {
		t.Errorf("records %v", got)
	}
	update(t, s, func(tx store.Tx) error { return longer.Delete(tx, "k") })
	if got := read(t, s); !slices.Equal(got, []string{"one"}) {
		t.Errorf("after deleting in the other table: %v", got)
	}
}

func testKeys(t *testing.T, s store.Store) {
	for _, key := range []string{"", "a\x00b"} {
		err := s.Update(context.Background(), func(tx store.Tx) error { return table().Put(tx, key, record{}) })
		if err == nil {
			t.Errorf("key %q was accepted", key)
		}
	}
	for _, key := range []string{"/", "ü", "a b", strings.Repeat("x", 500), "%"} {
		update(t, s, func(tx store.Tx) error { return table().Insert(tx, key, record{Name: key}) })
	}
	if got := read(t, s); len(got) != 5 {
		t.Errorf("records %v", got)
	}
}

func testConcurrent(t *testing.T, s store.Store) {
	const workers, rounds = 8, 25
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for range rounds {
				err := s.Update(context.Background(), func(tx store.Tx) error {
					r, _, err := table().Get(tx, "counter")
					if err != nil {
						return err
					}
					r.Count++
					return table().Put(tx, "counter", r)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	view(t, s, func(tx store.Tx) error {
		r, _, err := table().Get(tx, "counter")
		if r.Count != workers*rounds {
			t.Errorf("counted to %d", r.Count)
		}
		return err
	})
}

func testClosed(t *testing.T, s store.Store) {
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	nothing := func(store.Tx) error { return nil }
	if err := s.Update(context.Background(), nothing); !errors.Is(err, store.ErrClosed) {
		t.Errorf("update: %v", err)
	}
	if err := s.View(context.Background(), nothing); !errors.Is(err, store.ErrClosed) {
		t.Errorf("view: %v", err)
	}
}

// testModel runs random transactions, some of which give up, against a map.
func testModel(t *testing.T, s store.Store) {
	model := make(map[string]record)
	rapid.Check(t, func(t *rapid.T) {
		draft := maps.Clone(model)
		giveUp := rapid.Bool().Draw(t, "give up")
		err := s.Update(context.Background(), func(tx store.Tx) error {
			for range rapid.IntRange(1, 6).Draw(t, "steps") {
				if err := step(t, tx, draft); err != nil {
					return err
				}
			}
			if giveUp {
				return errMine
			}
			return nil
		})
		if giveUp != errors.Is(err, errMine) || (!giveUp && err != nil) {
			t.Fatalf("gave up %v, error %v", giveUp, err)
		}
		if !giveUp {
			model = draft
		}
		compare(t, s, model)
	})
}

// step makes one random change or read in the store and in its model.
func step(t *rapid.T, tx store.Tx, draft map[string]record) error {
	key := rapid.StringMatching(`[ab]{1,3}`).Draw(t, "key")
	switch rapid.IntRange(0, 2).Draw(t, "operation") {
	case 0:
		r := record{Name: key, Count: rapid.Int().Draw(t, "count")}
		draft[key] = r
		return table().Put(tx, key, r)
	case 1:
		delete(draft, key)
		return table().Delete(tx, key)
	}
	got, found, err := table().Get(tx, key)
	want, wanted := draft[key]
	if found != wanted || got.Count != want.Count {
		t.Fatalf("%s: read %v, %v; want %v, %v", key, got, found, want, wanted)
	}
	return err
}

func compare(t *rapid.T, s store.Store, model map[string]record) {
	seen := 0
	err := s.View(context.Background(), func(tx store.Tx) error {
		return table().Scan(tx, "", func(key string, r record) (bool, error) {
			seen++
			if want, ok := model[key]; !ok || want.Count != r.Count {
				return false, fmt.Errorf("%s is %v, want %v", key, r, want)
			}
			return true, nil
		})
	})
	if err != nil || seen != len(model) {
		t.Fatalf("%d records, want %d: %v", seen, len(model), err)
	}
}
