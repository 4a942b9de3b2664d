package store_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"mppsim/wallet/store"
	"mppsim/wallet/store/storetest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) store.Store { return store.NewMemory() })
}

func TestChecked(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) store.Store { return store.NewChecked() })
}

func TestEncoded(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) store.Store { return storetest.Encoded(store.NewMemory()) })
}

func TestACheckedStoreFindsChangesInPlace(t *testing.T) {
	t.Parallel()
	lists := store.Table[[]string]{Name: "list"}
	for name, change := range map[string]func(ctx context.Context, s store.Store, written []string) error{
		"by the writer": func(_ context.Context, _ store.Store, written []string) error {
			written[0] = "changed"
			return nil
		},
		"by a reader": func(ctx context.Context, s store.Store, _ []string) error {
			return s.View(ctx, func(tx store.Tx) error {
				read, _, err := lists.Get(tx, "k")
				read[0] = "changed"
				return err
			})
		},
	} {
		s, written := store.NewChecked(), []string{"as it was"}
		if err := s.Update(t.Context(), func(tx store.Tx) error { return lists.Put(tx, "k", written) }); err != nil {
			t.Fatal(err)
		}
		if err := change(t.Context(), s, written); err != nil {
			t.Fatal(err)
		}
		err := s.View(t.Context(), func(tx store.Tx) error {
			_, _, err := lists.Get(tx, "k")
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "changed in place") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheIndexKeepsUp scans a table whose records come and go between the scans, few and many at a time.
func TestTheIndexKeepsUp(t *testing.T) {
	t.Parallel()
	s, numbers := store.NewMemory(), store.Table[int]{Name: "number"}
	for round := range 6 {
		count := []int{3, 5000, 1}[round%3]
		for i := range count {
			change := func(tx store.Tx) error { return numbers.Put(tx, fmt.Sprintf("%05d", i), i) }
			if round%2 == 1 {
				change = func(tx store.Tx) error { return numbers.Delete(tx, fmt.Sprintf("%05d", i)) }
			}
			if err := s.Update(t.Context(), change); err != nil {
				t.Fatal(err)
			}
		}
		var list []int
		if err := s.View(t.Context(), func(tx store.Tx) (err error) {
			list, err = numbers.List(tx, "")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		want := []int{3, 0, 1, 0, 5000, 4999}[round]
		if len(list) != want {
			t.Errorf("round %d: %d records, want %d", round, len(list), want)
		}
	}
}

func TestErrorsNameTheRecord(t *testing.T) {
	t.Parallel()
	s := store.NewChecked()
	ctx := context.Background()
	broken := store.Table[int]{Name: "number"}
	unwritable := store.Table[func()]{Name: "function"}
	tests := []struct {
		name string
		run  func(tx store.Tx) error
	}{
		{"unreadable record", func(tx store.Tx) error {
			if err := tx.Put("number", "k", []byte("x")); err != nil {
				return err
			}
			_, _, err := broken.Get(tx, "k")
			return err
		}},
		{"unreadable record in a scan", func(tx store.Tx) error {
			if err := tx.Put("number", "k", []byte("x")); err != nil {
				return err
			}
			_, err := broken.List(tx, "")
			return err
		}},
		{"unwritable record", func(tx store.Tx) error { return unwritable.Put(tx, "k", func() {}) }},
	}
	for _, test := range tests {
		err := s.Update(ctx, test.run)
		if err == nil || !strings.Contains(err.Error(), `"k"`) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestAWriterInWaitingGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	s := store.NewMemory()
	impatient, cancel := context.WithCancel(context.Background())
	err := s.Update(context.Background(), func(store.Tx) error {
		cancel()
		waiting := make(chan error)
		go func() { waiting <- s.Update(impatient, func(store.Tx) error { return nil }) }()
		return <-waiting
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestWritersThatGiveUpLeaveThePenToOthers(t *testing.T) {
	t.Parallel()
	const writers, each = 8, 40
	s := store.NewMemory()
	counts := store.Table[int]{Name: "count"}
	var written atomic.Int64
	add := func(tx store.Tx) error {
		n, _, err := counts.Get(tx, "n")
		if err != nil {
			return err
		}
		runtime.Gosched() // meanwhile others come and wait
		return counts.Put(tx, "n", n+1)
	}
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				ctx, cancel := context.WithCancel(context.Background())
				if (w+i)%2 == 0 {
					go cancel()
				}
				switch err := s.Update(ctx, add); {
				case err == nil:
					written.Add(1)
				case !errors.Is(err, context.Canceled):
					t.Error(err)
				}
				cancel()
			}
		})
	}
	all.Wait()
	var n int
	if err := s.View(context.Background(), func(tx store.Tx) (err error) {
		n, _, err = counts.Get(tx, "n")
		return err
	}); err != nil || int64(n) != written.Load() || n < writers*each/2 {
		t.Errorf("%d in the store, %d written, error %v", n, written.Load(), err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func BenchmarkMemoryUpdate(b *testing.B) {
	type order struct{ ID, State, Description string }
	orders := store.Table[order]{Name: "order"}
	for _, stored := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("stored=%d", stored), func(b *testing.B) {
			s := store.NewMemory()
			fill := func(tx store.Tx) error {
				for i := range stored {
					if err := orders.Put(tx, fmt.Sprintf("order-%09d", i*7919%stored), order{ID: "x"}); err != nil {
						return err
					}
				}
				return nil
			}
			if err := s.Update(context.Background(), fill); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				key := fmt.Sprintf("order-%09d", i%stored)
				err := s.Update(context.Background(), func(tx store.Tx) error {
					o, _, err := orders.Get(tx, key)
					if err != nil {
						return err
					}
					o.State = "SUCCESS"
					return orders.Put(tx, key, o)
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
