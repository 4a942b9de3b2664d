package clock

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func noon() time.Time { return time.Date(2031, 3, 5, 12, 0, 0, 0, time.UTC) }

func TestAdvanceCallsWhatBecomesDueInOrderAtItsTime(t *testing.T) {
	t.Parallel()
	line := NewTimeline(NewManual(noon()), time.Hour)
	start := line.Now()
	var seen []time.Duration
	note := func() { seen = append(seen, line.Now().Sub(start)) }
	line.AfterFunc(3*time.Minute, note)
	line.AfterFunc(time.Minute, func() {
		note()
		line.AfterFunc(time.Minute, note) // due on the way too
		line.AfterFunc(time.Hour, note)   // not due yet
	})
	line.AfterFunc(-time.Second, note) // at once
	line.Advance(10 * time.Minute)
	want := []time.Duration{0, time.Minute, 2 * time.Minute, 3 * time.Minute}
	if !slices.Equal(seen, want) {
		t.Errorf("called at %v, want %v", seen, want)
	}
	if got := line.Now().Sub(start); got != 10*time.Minute {
		t.Errorf("it is %v later", got)
	}
	if pending := line.Pending(); len(pending) != 1 || pending[0].Sub(start) != 61*time.Minute {
		t.Errorf("pending %v", pending)
	}
}

func TestStoppedEventsAreNotCalled(t *testing.T) {
	t.Parallel()
	line := NewTimeline(NewManual(noon()), 0)
	called := 0
	stop := line.AfterFunc(time.Minute, func() { called++ })
	if !stop() || stop() {
		t.Error("the first stop is in time, the second is not")
	}
	late := line.AfterFunc(time.Minute, func() { called++ })
	line.Advance(time.Hour)
	if called != 1 || late() {
		t.Errorf("%d calls; stop after the call must report false", called)
	}
	line.AfterFunc(time.Minute, func() { called++ })
	line.Stop()
	line.Advance(time.Hour)
	if called != 1 || len(line.Pending()) != 0 {
		t.Errorf("%d calls after Stop", called)
	}
}

func TestTheBaseClockMovesTheTimelineToo(t *testing.T) {
	t.Parallel()
	base := NewManual(noon())
	line := NewTimeline(base, 24*time.Hour)
	called := make(chan time.Time, 3)
	line.AfterFunc(2*time.Minute, func() { called <- line.Now() })
	line.AfterFunc(time.Minute, func() { called <- line.Now() })
	base.Advance(time.Minute)
	if got := <-called; !got.Equal(noon().Add(24*time.Hour + time.Minute)) {
		t.Errorf("first call at %v", got)
	}
	line.Advance(30 * time.Second)
	base.Advance(29 * time.Second)
	if len(called) != 0 {
		t.Error("called a second early")
	}
	base.Advance(time.Second)
	if got := <-called; !got.Equal(noon().Add(24*time.Hour + 2*time.Minute)) {
		t.Errorf("second call at %v", got)
	}
}

func TestAnEarlierEventIsNotLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		line := NewTimeline(System(), time.Hour)
		start := time.Now()
		var calls []time.Duration
		var mu sync.Mutex
		for _, d := range []time.Duration{3 * time.Second, time.Second, 2 * time.Second} {
			line.AfterFunc(d, func() {
				mu.Lock()
				defer mu.Unlock()
				calls = append(calls, time.Since(start))
			})
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if want := []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}; !slices.Equal(calls, want) {
			t.Errorf("called after %v, want %v", calls, want)
		}
	})
}

func TestAMoveWaitsForCallsThatAreRunning(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		line := NewTimeline(System(), 0)
		var done atomic.Bool
		line.AfterFunc(time.Second, func() {
			time.Sleep(10 * time.Second)
			done.Store(true)
		})
		time.Sleep(2 * time.Second)
		line.Advance(time.Hour)
		if !done.Load() {
			t.Error("the move overtook a call that was due before it")
		}
	})
}

func TestTimesOnTheWireAreReal(t *testing.T) {
	t.Parallel()
	base := NewManual(noon())
	line := NewTimeline(base, 48*time.Hour)
	paid := line.Now()
	base.Advance(time.Minute)
	line.Advance(24 * time.Hour)
	base.Advance(time.Minute)
	refunded := line.Now()
	tests := []struct {
		name string
		at   time.Time // on the timeline
		want time.Duration
	}{
		{"before the move", paid, 0},
		{"after the move", refunded, 2 * time.Minute},
		{"in the time that was skipped", paid.Add(12 * time.Hour), time.Minute},
		{"yet to come", refunded.Add(time.Minute), 3 * time.Minute},
		{"before the timeline began", paid.Add(-time.Hour), -time.Hour},
	}
	for _, test := range tests {
		if got := line.ToBase(test.at).Sub(noon()); got != test.want {
			t.Errorf("%s: %v after noon, want %v", test.name, got, test.want)
		}
	}
	for _, real := range []time.Duration{-time.Hour, 0, 30 * time.Second, 2 * time.Minute, time.Hour} {
		at := noon().Add(real)
		if back := line.ToBase(line.FromBase(at)); !back.Equal(at) {
			t.Errorf("%v there and back: %v", at, back)
		}
	}
	if got := line.Offset(); got != 72*time.Hour {
		t.Errorf("offset %v", got)
	}
}

func TestTimeNeverRunsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base := NewManual(noon())
		line := NewTimeline(base, 0)
		last := line.Now()
		for range rapid.IntRange(1, 20).Draw(t, "moves") {
			d := time.Duration(rapid.Int64Range(-5, 5).Draw(t, "by")) * time.Minute
			switch rapid.IntRange(0, 3).Draw(t, "how") {
			case 0:
				line.Advance(d)
			case 1:
				line.AdvanceTo(last.Add(d))
			case 2:
				base.Advance(max(d, 0))
			case 3:
				line.AfterFunc(d, func() {})
			}
			now := line.Now()
			if now.Before(last) {
				t.Fatalf("from %v back to %v", last, now)
			}
			if line.ToBase(now).After(base.Now()) {
				t.Fatalf("now is %v in real time, and it is only %v", line.ToBase(now), base.Now())
			}
			last = now
		}
	})
}

func TestATimelineIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	line := NewTimeline(System(), 0)
	var calls atomic.Int64
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i := range 50 {
				line.AfterFunc(time.Duration(i)*time.Second, func() { calls.Add(1); line.Now() })
				line.Advance(time.Second)
				line.ToBase(line.Now())
			}
		})
	}
	group.Wait()
	line.Advance(time.Hour)
	if calls.Load() != 400 {
		t.Errorf("%d calls", calls.Load())
	}
}

func TestNextTimeOfDay(t *testing.T) {
	t.Parallel()
	tests := []struct{ from, want string }{
		{"2031-03-05T16:14:00Z", "2031-03-06T00:15:00+08:00"},
		{"2031-03-05T16:15:00Z", "2031-03-07T00:15:00+08:00"},
		{"2031-03-05T15:59:59Z", "2031-03-06T00:15:00+08:00"},
		{"2031-12-31T20:00:00Z", "2032-01-02T00:15:00+08:00"},
	}
	for _, test := range tests {
		from, err := time.Parse(time.RFC3339, test.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := NextTimeOfDay(from, 0, 15).Format(time.RFC3339); got != test.want {
			t.Errorf("after %s: %s, want %s", test.from, got, test.want)
		}
	}
}

func TestTheSystemClockCallsBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := System()
		start := c.Now()
		called := make(chan time.Time, 1)
		c.AfterFunc(time.Minute, func() { called <- c.Now() })
		if got := (<-called).Sub(start); got != time.Minute {
			t.Errorf("called after %v", got)
		}
		if stop := c.AfterFunc(time.Minute, func() {}); !stop() {
			t.Error("stop was in time")
		}
	})
}

func TestAStoppedTimelineIsForgottenByItsBaseClock(t *testing.T) {
	t.Parallel()
	base := NewManual(noon())
	line := NewTimeline(base, time.Hour)
	called := 0
	line.AfterFunc(time.Hour, func() { called++ })()
	if n := base.events.Len(); n != 0 {
		t.Errorf("%d timers wait for nothing", n)
	}
	line.AfterFunc(time.Hour, func() { called++ })
	line.Stop()
	if stop := line.AfterFunc(time.Minute, func() { called++ }); stop() {
		t.Error("there was nothing to stop")
	}
	if n := base.events.Len(); n != 0 {
		t.Errorf("%d timers hold a stopped timeline", n)
	}
	base.Advance(2 * time.Hour)
	if called != 0 || !line.Now().Equal(noon().Add(3*time.Hour)) {
		t.Errorf("%d calls; it is %v", called, line.Now())
	}
}
