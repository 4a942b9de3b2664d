package gateway

import (
	"context"
	"errors"
	"testing"
)

// A caller who leaves while its answer waits to be signed is not waited for: on a busy machine those who ask again would
// queue behind the answers that nobody reads any more.
func TestNobodyWaitsForASignatureThatNobodyReads(t *testing.T) {
	t.Parallel()
	g, _ := newGateway(t)
	for range cap(g.turns) {
		g.turns <- struct{}{} // others are at work, and stay so
	}
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if _, err := g.sign(ctx, g.Key, []byte("content")); !errors.Is(err, context.Canceled) {
		t.Errorf("the caller is gone: %v", err)
	}
	<-g.turns
	if signature, err := g.sign(t.Context(), g.Key, []byte("content")); err != nil || len(signature) == 0 {
		t.Errorf("it is its turn: %v", err)
	}
}
