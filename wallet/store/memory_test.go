package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"mppsim/wallet/store"
	"mppsim/wallet/store/storetest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) store.Store { return store.NewMemory() })
}

func TestErrorsNameTheRecord(t *testing.T) {
	t.Parallel()
	s := store.NewMemory()
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
