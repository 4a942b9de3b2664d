package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"mppsim/wallet/store"
)

func numbers() store.List[int] { return store.List[int]{Name: "list"} }

// testLists compares lists with slices, through transactions that are kept and others that are given up.
func testLists(t *testing.T, s store.Store) {
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		groups := map[string][]int{fmt.Sprint(round): nil, fmt.Sprint(round, "/b"): nil}
		for step := range rapid.IntRange(1, 4).Draw(t, "steps") {
			group := rapid.SampledFrom(slices.Sorted(maps.Keys(groups))).Draw(t, "group")
			count := rapid.SampledFrom([]int{1, 2, 40, 150}).Draw(t, "count")
			giveUp := rapid.Bool().Draw(t, "give up")
			drop := rapid.IntRange(0, 5).Draw(t, "drop") == 0
			items, err := extend(s, group, groups[group], count, step*1000, drop, giveUp)
			if giveUp != errors.Is(err, errMine) || !giveUp && err != nil {
				t.Fatalf("gave up %v, error %v", giveUp, err)
			}
			if !giveUp {
				groups[group] = items
			}
			if err := sameLists(s, groups); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// extend adds items to a group, which may be dropped first, and returns what it should hold then.
func extend(s store.Store, group string, before []int, count, from int, drop, giveUp bool) ([]int, error) {
	want := slices.Clone(before)
	err := s.Update(context.Background(), func(tx store.Tx) error {
		if drop {
			want = nil
			if err := numbers().Drop(tx, group); err != nil {
				return err
			}
		}
		for i := range count {
			want = append(want, from+i)
			if err := numbers().Append(tx, group, from+i); err != nil {
				return err
			}
		}
		if giveUp {
			return errMine
		}
		return nil
	})
	return want, err
}

func sameLists(s store.Store, groups map[string][]int) error {
	return s.View(context.Background(), func(tx store.Tx) error {
		for group, want := range groups {
			got, err := numbers().All(tx, group)
			if err != nil {
				return err
			}
			if !slices.Equal(got, want) {
				return fmt.Errorf("group %q holds %v, want %v", group, got, want)
			}
		}
		return nil
	})
}
