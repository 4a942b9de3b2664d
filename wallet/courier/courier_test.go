package courier_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/courier"
	"mppsim/wallet/jsontree"
)

// shop is an acquirer that answers with one code after the other, the last one for ever; "" is no answer.
type shop struct {
	mu    sync.Mutex
	codes []string
	calls []aps.Call
}

func (s *shop) NotifyPayment(context.Context, aps.Delivery) (aps.Result, error) {
	return aps.Result{}, errors.New("not used")
}

func (s *shop) Call(_ context.Context, c aps.Call) (*jsontree.Node, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	code := s.codes[min(len(s.calls), len(s.codes)-1)]
	s.calls = append(s.calls, c)
	if code == "" {
		return nil, errors.New("reset")
	}
	return aps.NewAnswer(aps.ResultOf(code)).Node(), nil
}

func (s *shop) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.calls)
}

func newCourier(t *testing.T, gaps []time.Duration, codes ...string) (*courier.Courier, *shop, *clock.Manual) {
	t.Helper()
	s, m := &shop{codes: codes}, clock.NewManual(time.Unix(1_800_000_000, 0))
	c := courier.New(courier.Options{
		Acquirer: s, Lines: func(string) courier.Line { return courier.Line{Clock: m, Gaps: gaps} }, Logger: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(c.Close)
	return c, s, m
}

func message(name string) courier.Message {
	return courier.Message{Name: name, Timeline: "t1", Write: func(context.Context) (aps.Call, bool) {
		return aps.Call{API: aps.AuthNotify, URL: name}, true
	}}
}

func schedule() []time.Duration { return []time.Duration{time.Second, time.Minute, time.Hour} }

func TestDeliveriesUntilSettled(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		codes   []string
		settled func(aps.Fields) bool
		want    int
	}{
		{"acknowledged", []string{"SUCCESS"}, nil, 1},
		{"lost once", []string{"", "SUCCESS"}, nil, 2},
		{"unknown, then refused, then no more chance", []string{"UNKNOWN_EXCEPTION", "PROCESS_FAIL", "PROCESS_FAIL"}, nil, 3},
		{"a refusal settles it", []string{"UNKNOWN_EXCEPTION", "PROCESS_FAIL"}, courier.Final, 2},
	} {
		c, s, m := newCourier(t, schedule(), tt.codes...)
		msg := message("a")
		msg.Settled = tt.settled
		var heard []aps.Result
		msg.Heard = func(_ context.Context, answer aps.Fields) { heard = append(heard, courier.Result(answer)) }
		c.Post(msg)
		if s.count() != 0 {
			t.Errorf("%s: delivered before its time", tt.name)
		}
		m.Advance(48 * time.Hour)
		if s.count() != tt.want || len(heard) != tt.want {
			t.Errorf("%s: %d deliveries, %d heard, want %d", tt.name, s.count(), len(heard), tt.want)
		}
	}
}

func TestSendIsAtOnce(t *testing.T) {
	t.Parallel()
	c, s, m := newCourier(t, schedule(), "UNKNOWN_EXCEPTION", "SUCCESS")
	if got := c.Send(t.Context(), message("a")); got.Code != "UNKNOWN_EXCEPTION" || s.count() != 1 {
		t.Errorf("%+v after %d calls", got, s.count())
	}
	m.Advance(time.Minute)
	if s.count() != 2 {
		t.Errorf("%d calls after a minute", s.count())
	}
}

func TestARhythmOfItsOwnAndItsEnd(t *testing.T) {
	t.Parallel()
	c, s, m := newCourier(t, nil, "UNKNOWN_EXCEPTION")
	msg, end := message("a"), make(chan bool, 1)
	msg.Gaps = []time.Duration{time.Second, time.Second}
	msg.GivenUp = func(context.Context) { end <- true }
	c.Post(msg)
	m.Advance(time.Second)
	if s.count() != 1 || len(end) != 0 {
		t.Errorf("%d calls, given up %d times", s.count(), len(end))
	}
	m.Advance(time.Second)
	if <-end; s.count() != 2 {
		t.Errorf("%d calls", s.count())
	}
}

func TestNoRhythmNoDelivery(t *testing.T) {
	t.Parallel()
	c, s, m := newCourier(t, nil, "SUCCESS")
	c.Post(message("a"))
	m.Advance(time.Hour)
	if s.count() != 0 {
		t.Errorf("%d calls", s.count())
	}
}

func TestALaterMessageTakesThePlace(t *testing.T) {
	t.Parallel()
	c, s, m := newCourier(t, schedule(), "SUCCESS")
	c.Post(message("a"))
	second := message("a")
	second.Write = func(context.Context) (aps.Call, bool) { return aps.Call{API: aps.ConsultUnbinding}, true }
	c.Post(second)
	c.Post(message("b"))
	m.Advance(time.Minute)
	if s.count() != 2 || s.calls[0].API != aps.ConsultUnbinding {
		t.Errorf("%d calls, the first %s", s.count(), s.calls[0].API)
	}
}

func TestNothingToTellAnyMore(t *testing.T) {
	t.Parallel()
	c, s, m := newCourier(t, schedule(), "")
	msg := message("a")
	write, silent := msg.Write, false
	msg.Write = func(ctx context.Context) (aps.Call, bool) {
		call, _ := write(ctx)
		return call, !silent
	}
	c.Post(msg)
	m.Advance(time.Second)
	silent = true
	m.Advance(time.Hour)
	if s.count() != 1 {
		t.Errorf("%d calls", s.count())
	}
}

func TestFlushDeliversOnceAndEnds(t *testing.T) {
	t.Parallel()
	c, s, m := newCourier(t, schedule(), "")
	msg, heard := message("a"), make(chan aps.Result, 3)
	msg.Heard = func(_ context.Context, answer aps.Fields) { heard <- courier.Result(answer) }
	c.Post(msg)
	c.Flush("other")
	if s.count() != 0 {
		t.Error("another timeline's message was delivered")
	}
	c.Flush("t1")
	<-heard
	m.Advance(time.Hour)
	if s.count() != 1 {
		t.Errorf("%d calls", s.count())
	}
}

func TestCloseEndsEverything(t *testing.T) {
	t.Parallel()
	c, s, m := newCourier(t, append([]time.Duration{0}, schedule()...), "")
	c.Post(message("a"))
	c.Post(message("b"))
	c.Close()
	c.Post(message("c"))
	before := s.count()
	m.Advance(time.Hour)
	if s.count() != before {
		t.Errorf("%d calls after the end", s.count()-before)
	}
}
