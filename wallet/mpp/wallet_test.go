package mpp

import "testing"

func TestBuiltInTemplatesAreRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if got := len(w.wallet.Templates()); got < 20 {
		t.Fatalf("%d templates", got)
	}
}
