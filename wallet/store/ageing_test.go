package store_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"mppsim/wallet/store"
	"mppsim/wallet/store/storetest"
)

func spilling(t testing.TB, recent int) store.Store {
	t.Helper()
	s, err := store.NewSpilling(store.Spill{Dir: t.TempDir(), Recent: recent})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSpilling moves records to the file as soon as it can.
func TestSpilling(t *testing.T) {
	t.Parallel()
	for _, recent := range []int{1, 50} {
		t.Run(fmt.Sprint(recent), func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T) store.Store { return spilling(t, recent) })
		})
	}
}

// tea is a record as large as a payment.
type tea struct {
	Name string `json:"name"`
	Leaf string `json:"leaf"`
}

func teas() store.Table[tea] { return store.Table[tea]{Name: "tea"} }

func brew(i, version int) (key string, record tea) {
	return fmt.Sprintf("pot-%06d", i), tea{Name: fmt.Sprintf("tea %d.%d", i, version), Leaf: strings.Repeat("x", 1+i*37%6000)}
}

// fill writes records, one transaction each, and waits until most lie in the file.
func fill(t *testing.T, s store.Store, folder string, count int) {
	t.Helper()
	for i := range count {
		key, record := brew(i, 0)
		if err := s.Update(t.Context(), func(tx store.Tx) error { return teas().Insert(tx, key, record) }); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(30 * time.Second); fileSize(t, folder) < int64(count)*1000; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the file holds %d bytes", fileSize(t, folder))
		}
	}
}

func fileSize(t *testing.T, folder string) int64 {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var size int64
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			size += info.Size()
		}
	}
	return size
}

func TestOldRecordsLieInAFile(t *testing.T) {
	t.Parallel()
	const count = 1500
	folder := t.TempDir()
	s, err := store.NewSpilling(store.Spill{Dir: folder, Recent: 100})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, s, folder, count)
	versions := map[int]int{}
	expect := func(when string) {
		t.Helper()
		if err := s.View(t.Context(), func(tx store.Tx) error { return expectTeas(tx, count, versions) }); err != nil {
			t.Fatalf("%s: %v", when, err)
		}
	}
	expect("as they were written")
	for i := 0; i < count; i += 3 {
		versions[i] = 1 + i%2*-2 // 1: written again, -1: deleted
		key, record := brew(i, 1)
		if err := s.Update(t.Context(), func(tx store.Tx) error {
			if versions[i] < 0 {
				return teas().Delete(tx, key)
			}
			return teas().Put(tx, key, record)
		}); err != nil {
			t.Fatal(err)
		}
	}
	expect("after changes")
	if err := s.Update(t.Context(), func(tx store.Tx) error {
		key, record := brew(1, 0)
		return teas().Insert(tx, key, record)
	}); err == nil {
		t.Error("a key that lies in the file is taken")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if size := fileSize(t, folder); size != 0 {
		t.Errorf("%d bytes are left behind", size)
	}
}

// expectTeas reads all records by key and then in order.
func expectTeas(tx store.Tx, count int, versions map[int]int) error {
	left := 0
	for i := range count {
		key, want := brew(i, versions[i])
		got, found, err := teas().Get(tx, key)
		if err != nil || found != (versions[i] >= 0) || found && got != want {
			return fmt.Errorf("%s is %q (found %v, error %w)", key, got.Name, found, err)
		}
		if found {
			left++
		}
	}
	if len(versions) == 0 {
		return nil // the first scan comes after changes
	}
	list, err := teas().List(tx, "")
	if err == nil && len(list) != left {
		err = fmt.Errorf("%d records in order, want %d", len(list), left)
	}
	return err
}

// TestAViewOutlivesTheMove looks at one state while its records are changed and moved.
func TestAViewOutlivesTheMove(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s, err := store.NewSpilling(store.Spill{Dir: folder, Recent: 10})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, s, folder, 500)
	if err := s.View(t.Context(), func(tx store.Tx) error {
		for i := range 500 {
			key, record := brew(i, 1)
			if err := s.Update(t.Context(), func(tx store.Tx) error { return teas().Put(tx, key, record) }); err != nil {
				return err
			}
		}
		return expectTeas(tx, 500, nil)
	}); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestWritersDoNotOutrunTheFile writes as fast as it can, from several sides and in the face of views, and reads it all.
func TestWritersDoNotOutrunTheFile(t *testing.T) {
	t.Parallel()
	const writers, each = 4, 400
	s := spilling(t, 20)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				key, record := brew(w*each+i, 0)
				if err := s.Update(context.Background(), func(tx store.Tx) error { return teas().Insert(tx, key, record) }); err != nil {
					t.Error(err)
				}
				if i%10 == 0 {
					if err := s.View(context.Background(), func(tx store.Tx) error { return expectTea(tx, w*each+i/2) }); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	if err := s.View(t.Context(), func(tx store.Tx) error { return expectTeas(tx, writers*each, nil) }); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func expectTea(tx store.Tx, i int) error {
	key, want := brew(i, 0)
	got, found, err := teas().Get(tx, key)
	if err != nil || !found || got != want {
		return fmt.Errorf("%s is %q (found %v, error %w)", key, got.Name, found, err)
	}
	return nil
}

func TestAFolderForOldRecordsMustExist(t *testing.T) {
	t.Parallel()
	_, err := store.NewSpilling(store.Spill{Dir: t.TempDir() + "/none"})
	if err == nil || !strings.Contains(err.Error(), "file for old records") {
		t.Errorf("error %v", err)
	}
}
