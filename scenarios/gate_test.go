package scenarios

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/turn"
)

// shared is the part of a simulator that several runs share.
type shared struct {
	desk *turn.Desk
	down bool
}

func (s *shared) TakeTurn(ctx context.Context, spec control.TurnSpec) (control.Turn, error) {
	if s.down {
		return control.Turn{}, errors.New("no operation POST /turns")
	}
	for late := time.After(spec.Wait); ; {
		own, others, changed := s.desk.Ask(spec.Run, spec.Alone, spec.Keep)
		t := control.Turn{Run: own.Run, Alone: own.Alone, Granted: own.Granted}
		for _, other := range others {
			t.Others = append(t.Others, other.Run)
		}
		if own.Granted || spec.Wait == 0 {
			return t, nil
		}
		select {
		case <-changed:
		case <-late:
			return t, nil
		case <-ctx.Done():
			return t, ctx.Err()
		}
	}
}

func (s *shared) EndTurn(_ context.Context, run string) error {
	s.desk.End(run)
	return nil
}

func (s *shared) Turns(context.Context) ([]control.Turn, error) { return nil, nil }

// ward counts who is inside, of all runs together.
type ward struct {
	mu                  sync.Mutex
	inside, alone, most int
	notes               []string
	clash               string
}

func (w *ward) in(run string, alone bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.alone > 0 || alone && w.inside > 0 {
		w.clash = fmt.Sprintf("%s came in (alone: %t) beside %d, %d of them alone", run, alone, w.inside, w.alone)
	}
	if w.inside++; alone {
		w.alone++
	}
	w.most = max(w.most, w.inside)
}

func (w *ward) out(alone bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.inside--; alone {
		w.alone--
	}
}

func (w *ward) note(_, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notes = append(w.notes, fmt.Sprintf(format, args...))
}

// tester plays as a run does: some scenarios side by side, then some alone.
func (w *ward) tester(ctx context.Context, t *testing.T, sim control.Turns, run string, together, alone int) {
	g := newGate(sim, run, clock.System(), time.Hour, w.note)
	ctx, stop := context.WithCancel(ctx)
	var keeping, playing sync.WaitGroup
	keeping.Go(func() { g.keep(ctx) })
	for i := range together + alone {
		if i >= together {
			playing.Wait()
		}
		by := i >= together
		if err := g.enter(ctx, by); err != nil {
			t.Error(err)
			break
		}
		w.in(run, by)
		playing.Go(func() {
			time.Sleep(7 * time.Second)
			w.out(by)
			g.leave()
		})
	}
	playing.Wait()
	stop()
	keeping.Wait()
}

func TestRunsOnOneSimulatorLeaveEachOtherAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim, w := &shared{desk: turn.New(time.Now)}, &ward{}
		var runs sync.WaitGroup
		for i := range 4 {
			runs.Go(func() { w.tester(t.Context(), t, sim, fmt.Sprint("run-", i), 3+20*i, 3) })
		}
		runs.Wait()
		if w.clash != "" || w.most < 5 {
			t.Errorf("%s; %d at most side by side", w.clash, w.most)
		}
		if left := sim.desk.List(); len(left) > 0 {
			t.Errorf("turns are left: %v", left)
		}
		if text := strings.Join(w.notes, "\n"); !strings.Contains(text, "must be alone: waiting until other runs on this simulator make room: run-") {
			t.Errorf("told: %s", text)
		}
	})
}

func TestWhoFindsNoRoomIsToldForWhom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim, w := &shared{desk: turn.New(time.Now)}, &ward{}
		sim.desk.Ask("hog", false, time.Hour)
		g := newGate(sim, "mine", clock.System(), time.Minute, w.note)
		if err := g.enter(t.Context(), true); err == nil || !strings.Contains(err.Error(), "left no room within 1m0s: hog") {
			t.Errorf("told: %v", err)
		}
		began := time.Now()
		if err := g.enter(t.Context(), true); err == nil || time.Since(began) > 0 {
			t.Errorf("waited %s a second time: %v", time.Since(began), err)
		}
		if err := g.enter(t.Context(), false); err != nil {
			t.Errorf("side by side: %v", err)
		}
		sim.desk.End("hog")
		g.leave()
		if err := g.enter(t.Context(), true); err != nil {
			t.Errorf("when there is room: %v", err)
		}
	})
}

func TestASimulatorWithoutTurnsKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	w := &ward{}
	g := newGate(&shared{down: true}, "mine", clock.System(), time.Hour, w.note)
	for _, alone := range []bool{false, false, true} {
		if err := g.enter(t.Context(), alone); err != nil {
			t.Fatal(err)
		}
		g.leave()
	}
	if len(w.notes) != 1 {
		t.Errorf("told %q", w.notes)
	}
}
