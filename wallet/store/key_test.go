package store_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mppsim/wallet/store"
)

func TestKeysAreUnambiguous(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.StringMatching(`[a-c/%\x00]*`))
		a, b := parts.Draw(t, "a"), parts.Draw(t, "b")
		same := len(a) == len(b) && strings.Join(a, "\x01") == strings.Join(b, "\x01")
		if keys := store.Key(a...) == store.Key(b...); keys != same {
			t.Fatalf("%q and %q have the keys %q and %q", a, b, store.Key(a...), store.Key(b...))
		}
		if whole := append(slices.Clip(a), b...); !strings.HasPrefix(store.Key(whole...), store.Key(a...)) {
			t.Fatalf("%q is no beginning of %q", store.Key(a...), store.Key(whole...))
		}
		if strings.ContainsRune(store.Key(a...), 0) {
			t.Fatalf("%q holds a zero byte", store.Key(a...))
		}
	})
}
