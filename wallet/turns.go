package wallet

import (
	"context"
	"strings"
	"time"

	"mppsim/wallet/control"
	"mppsim/wallet/fault"
	"mppsim/wallet/turn"
)

// keptByDefault is how long a turn lasts when its run says nothing more.
const keptByDefault = 30 * time.Second

// TakeTurn implements control.API.
func (s *Simulator) TakeTurn(ctx context.Context, spec control.TurnSpec) (control.Turn, error) {
	if spec.Run == "" || spec.Keep < 0 || spec.Keep > longestWait || spec.Wait < 0 {
		return control.Turn{}, control.Errorf(control.Invalid, "a turn needs the id of its run, and is kept for %s at most", longestWait)
	}
	if spec.Keep == 0 {
		spec.Keep = keptByDefault
	}
	enough := s.options.Clock.Now().Add(min(spec.Wait, longestWait))
	for {
		own, others, changed := s.turns.Ask(spec.Run, spec.Alone, spec.Keep)
		left := enough.Sub(s.options.Clock.Now())
		if over := left <= 0 || ctx.Err() != nil; own.Granted || over {
			return turnView(own, others), nil
		}
		if next, found := s.turns.Next(); found {
			left = min(left, max(next.Sub(s.options.Clock.Now()), 0)+time.Millisecond)
		}
		s.awaitTurn(ctx, changed, min(left, spec.Keep/2))
	}
}

// awaitTurn waits until a turn has ended, but not for ever.
func (s *Simulator) awaitTurn(ctx context.Context, changed <-chan struct{}, limit time.Duration) {
	late := make(chan struct{})
	defer s.options.Clock.AfterFunc(limit, func() { close(late) })()
	select {
	case <-changed:
	case <-late:
	case <-ctx.Done():
	}
}

func turnView(t turn.Turn, others []turn.Turn) control.Turn {
	view := control.Turn{Run: t.Run, Alone: t.Alone, Granted: t.Granted, Since: t.Since}
	for _, other := range others {
		view.Others = append(view.Others, other.Run)
	}
	return view
}

// EndTurn implements control.API.
func (s *Simulator) EndTurn(_ context.Context, run string) error {
	s.turns.End(run)
	return nil
}

// Turns implements control.API.
func (s *Simulator) Turns(context.Context) ([]control.Turn, error) {
	var list []control.Turn
	for _, t := range s.turns.List() {
		list = append(list, turnView(t, nil))
	}
	return list, nil
}

// disturbs refuses a fault that hits everybody while runs of others are at work.
func (s *Simulator) disturbs(spec control.FaultSpec, home string) error {
	if !fault.HitsEverybody(spec) {
		return nil
	}
	run := ""
	if line, err := s.network.Timeline(home); err == nil {
		run = line.Run
	}
	others := s.turns.Others(run)
	if len(others) == 0 {
		return nil
	}
	names := make([]string, 0, len(others))
	for _, t := range others {
		names = append(names, t.Run)
	}
	return control.Errorf(control.Conflict, "fault %s: it hits everybody, and other runs are at work (%s): wait until they are over, or take a turn alone",
		spec.Fault, strings.Join(names, ", "))
}
