package cli

import (
	"context"
	"errors"
	"strings"
	"testing"

	"mppsim/wallet"
)

// ended is a simulator whose listeners have ended with the error.
func ended(t *testing.T, with error) *simulator {
	t.Helper()
	sim, err := wallet.New(wallet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &simulator{sim: sim, done: make(chan error, 1), stop: func() {}}
	s.done <- with
	return s
}

// Whichever of the two is heard first, an interruption is a good end.
func TestInterruptionEndsServingWellInEitherOrder(t *testing.T) {
	t.Parallel()
	for range 50 {
		interrupted, stop := context.WithCancel(t.Context())
		stop()
		if err := ended(t, nil).wait(interrupted); err != nil {
			t.Fatal(err)
		}
	}
}

func TestListenerThatEndsByItselfIsAnError(t *testing.T) {
	t.Parallel()
	broken := errors.New("accept: too many open files")
	if err := ended(t, broken).wait(t.Context()); !errors.Is(err, broken) {
		t.Errorf("ended with %v, want %v", err, broken)
	}
	if err := ended(t, nil).wait(t.Context()); err == nil || !strings.Contains(err.Error(), "a listener ended by itself") {
		t.Errorf("ended with %v, want an error that says that a listener ended", err)
	}
}
