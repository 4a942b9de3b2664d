package aps_test

import (
	"slices"
	"testing"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
)

func TestTexts(t *testing.T) {
	t.Parallel()
	root, err := jsontree.Parse([]byte(`{"a":"One","n":7,"b":["two","",{"c":"one and two"}],"d":{"e":"Ünlü"}}`))
	if err != nil {
		t.Fatal(err)
	}
	texts := aps.TextsOf(root)
	list := []string{"One", "two", "one and two", "Ünlü"}
	if got := slices.Collect(texts.All()); !slices.Equal(got, list) || texts != aps.ListTexts(list...) {
		t.Errorf("%q and %q, want %q", got, aps.ListTexts(list...), list)
	}
	for range texts.All() {
		break // whoever has enough may leave
	}
	for text, want := range map[string]bool{"One": true, "one": false, "two": true, "twoone": false, "": false} {
		if got := texts.Contain(text); got != want {
			t.Errorf("%q is one of them: %v", text, got)
		}
	}
	if none := aps.ListTexts(); none != "" || none.Contain("") || len(slices.Collect(none.All())) > 0 {
		t.Errorf("%q of nothing", none)
	}
}
