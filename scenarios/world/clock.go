package world

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mppsim/scenarios/acquirer"
)

// ErrNotAlone says that a scenario that moves the acquirer's clock must not run beside others.
var ErrNotAlone = errors.New("the acquirer's clock concerns everybody: the scenario must be tagged @alone")

// SetAcquirerClock sets the acquirer's own clock ahead of real time, until the scenario has ended. An acquirer that is started
// anew for it may be away meanwhile.
func (w *World) SetAcquirerClock(ctx context.Context, ahead time.Duration) error {
	clocked, can := w.setup.Acquirer.(acquirer.Clocked)
	switch {
	case !w.scenario.Alone:
		return ErrNotAlone
	case !can || !w.setup.Acquirer.Offers(acquirer.VerbSetClock):
		return w.NotJudged("nothing moves the acquirer's clock: the profile maps no verb " + acquirer.VerbSetClock)
	}
	w.mu.Lock()
	w.clockMoved = true // perhaps also when the call fails
	w.mu.Unlock()
	back := func(context.Context) error { return nil }
	if w.setup.AwayOnPurpose != nil {
		back = w.setup.AwayOnPurpose()
	}
	call, err := clocked.SetClock(ctx, ahead)
	if call.ID != "" {
		w.keep(call)
	}
	if err := errors.Join(err, back(ctx)); err != nil {
		return fmt.Errorf("set the acquirer's clock %s ahead: %w", ahead, err)
	}
	w.mu.Lock()
	w.clockMoved = ahead != 0
	w.mu.Unlock()
	return nil
}

// RestoreAcquirerClock sets the acquirer's clock right again if the scenario has moved it.
func (w *World) RestoreAcquirerClock(ctx context.Context) error {
	w.mu.Lock()
	moved := w.clockMoved
	w.mu.Unlock()
	if !moved {
		return nil
	}
	return w.SetAcquirerClock(ctx, 0)
}
