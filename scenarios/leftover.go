package scenarios

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mppsim/scenarios/acquirer"
)

// clockOff is how far the acquirer's clock may be from ours before it must have been moved. Those that move it move it by days.
const clockOff = 5 * time.Minute

// setRightAtStart undoes what an earlier run may have left that was killed before it could: an acquirer whose clock is a year
// ahead would be accused of every time that it writes. Nobody is alone at this simulator meanwhile, so nobody needs that time.
func (r *run) setRightAtStart(ctx context.Context) {
	clocked, can := r.Acquirer.(acquirer.Clocked)
	if !can || !r.Acquirer.Offers(acquirer.VerbSetClock) || r.gate.enter(ctx, false) != nil {
		return
	}
	defer r.gate.leave()
	off, told := r.clockOff(ctx)
	if told && off.Abs() < clockOff || !told && r.ClockByRestart {
		return
	}
	err := r.setClockRight(ctx, clocked)
	switch {
	case !told: // one that cannot be set shows in the scenario that needs it
	case err == nil:
		r.note("warning", "the acquirer's clock was wrong by %s, as a run leaves it that is killed; it was set right", off.Round(time.Second))
	case ctx.Err() == nil:
		r.note("error", "the acquirer's clock is wrong by %s and cannot be set right: %v: the run ends early", off.Round(time.Second), err)
		r.halt(errClock)
	}
}

// setClockRight sets the acquirer's clock right and looks whether that helped.
func (r *run) setClockRight(ctx context.Context, clocked acquirer.Clocked) error {
	back := r.health.awayOnPurpose(r.patience())
	_, err := clocked.SetClock(ctx, 0)
	if err := errors.Join(err, back(ctx)); err != nil {
		return err
	}
	if off, told := r.clockOff(ctx); told && off.Abs() >= clockOff {
		return fmt.Errorf("it is %s off all the same", off.Round(time.Second))
	}
	return nil
}

// clockOff asks how far the acquirer's clock is from ours, where its merchant API tells the time.
func (r *run) clockOff(ctx context.Context) (off time.Duration, told bool) {
	teller, can := r.Acquirer.(acquirer.Clock)
	if !can {
		return 0, false
	}
	at, err := teller.Time(ctx)
	if err != nil {
		return 0, false
	}
	return at.Sub(r.Clock.Now()), true
}
