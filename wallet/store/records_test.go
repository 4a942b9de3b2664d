package store

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestRecordsShareHashes enters and removes keys that have three hashes between them, beside a map that needs none.
func TestRecordsShareHashes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r, want := newRecords(), make(map[string]*record)
		r.hash = func(key string) uint64 { return uint64(len(key) % 3) }
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			key := rapid.StringMatching("[ab]{1,4}").Draw(t, "key")
			if rapid.Bool().Draw(t, "enter") {
				x, added := r.enter(key)
				if known := want[key]; added != (known == nil) || known != nil && known != x {
					t.Fatalf("%s: added %v, but there was %v", key, added, known)
				}
				want[key] = x
			} else if x := r.find(key); x != nil {
				r.remove(x)
				delete(want, key)
			}
			if r.find(key) != want[key] || r.count != len(want) {
				t.Fatalf("%s: found %v instead of %v, %d records instead of %d", key, r.find(key), want[key], r.count, len(want))
			}
		}
		keys := r.keys()
		slices.Sort(keys)
		for key := range want {
			if _, listed := slices.BinarySearch(keys, key); !listed || len(keys) != len(want) {
				t.Fatalf("%v are listed, want %d with %s", keys, len(want), key)
			}
		}
	})
}

// TestVersionsAreKeptForWhomTheyMatter writes a record four times while somebody looks at the states after the second commit.
func TestVersionsAreKeptForWhomTheyMatter(t *testing.T) {
	t.Parallel()
	s := newShelf(nil)
	for commit, oldest := range []uint64{1: 1, 2: 2, 3: 2, 4: 2} {
		if commit > 0 {
			s.put("k", fmt.Sprint(commit), uint64(commit), oldest)
		}
	}
	for state, want := range []any{2: "2", 3: "3", 4: "4", 5: "4"} {
		if got := s.get("k", uint64(state)); state > 1 && got != want {
			t.Errorf("state %d: %v, want %v", state, got, want)
		}
	}
	s.put("k", "5", 5, 5)
	if x := s.records.find("k"); x.before != nil {
		t.Errorf("%v is kept, although nobody can see it", x.before.value)
	}
}

// TestOlderVersionsGoWithTheirViewers writes records while somebody looks at the state before, and others afterwards.
func TestOlderVersionsGoWithTheirViewers(t *testing.T) {
	t.Parallel()
	m, numbers := newMemory(false), Table[int]{Name: "number"}
	put := func(key string, value int) {
		t.Helper()
		if err := m.Update(t.Context(), func(tx Tx) error { return numbers.Put(tx, key, value) }); err != nil {
			t.Fatal(err)
		}
	}
	put("a", 1)
	err := m.View(t.Context(), func(tx Tx) error {
		put("a", 2)
		put("a", 3)
		put("b", 1)
		if seen, _, err := numbers.Get(tx, "a"); seen != 1 || err != nil {
			t.Errorf("the state before has %d, error %v", seen, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	put("c", 1)
	if x := m.shelves["number"].records.find("a"); x.before != nil || len(m.layered) > 0 {
		t.Errorf("version %v is kept although nobody can see it; %d records are watched", x.before, len(m.layered))
	}
}
