package clock_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"mppsim/wallet/clock"
)

var noon = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)

func TestHeldTimeStandsStill(t *testing.T) {
	t.Parallel()
	base := clock.NewManual(noon)
	line := clock.NewTimeline(base, time.Hour)
	var fired []time.Time
	fire := func() { fired = append(fired, line.Now()) }
	line.AfterFunc(time.Minute, fire)
	base.Advance(20 * time.Second)
	line.Hold()
	line.Hold()
	at := line.Now()
	base.Advance(10 * time.Minute)
	if !line.Now().Equal(at) || len(fired) > 0 || !line.Held() {
		t.Fatalf("it is %s, was %s; %d events", line.Now(), at, len(fired))
	}
	line.Release()
	line.Release()
	if !line.Now().Equal(at) || line.Held() {
		t.Fatalf("it goes on from %s, was held at %s", line.Now(), at)
	}
	base.Advance(39 * time.Second)
	if len(fired) > 0 {
		t.Fatal("an event came early")
	}
	base.Advance(time.Second)
	await(t, line, 0)
	if !line.Now().Equal(at.Add(40 * time.Second)) {
		t.Errorf("it is %s", line.Now())
	}
}

// await waits until so many events are left.
func await(t *testing.T, line *clock.Timeline, left int) {
	t.Helper()
	for late := time.Now().Add(30 * time.Second); len(line.Pending()) != left; time.Sleep(time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("%d events wait, want %d", len(line.Pending()), left)
		}
	}
}

func TestAMoveMovesHeldTime(t *testing.T) {
	t.Parallel()
	base := clock.NewManual(noon)
	line := clock.NewTimeline(base, 0)
	fired := 0
	line.AfterFunc(time.Minute, func() { fired++ })
	line.Hold()
	line.Advance(2 * time.Minute)
	base.Advance(time.Hour)
	if got := line.Now(); fired != 1 || !got.Equal(noon.Add(2*time.Minute)) || !line.Held() {
		t.Errorf("%d events, it is %s", fired, got)
	}
}

func TestTimesOfAHeldTimelineShiftBackAndForth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base := clock.NewManual(noon)
		line := clock.NewTimeline(base, time.Duration(rapid.IntRange(0, 3600).Draw(t, "offset"))*time.Second)
		last := line.FromBase(base.Now())
		for range rapid.IntRange(1, 12).Draw(t, "moves") {
			switch d := time.Duration(rapid.IntRange(0, 90).Draw(t, "seconds")) * time.Second; rapid.IntRange(0, 3).Draw(t, "move") {
			case 0:
				base.Advance(d)
			case 1:
				line.Advance(d)
			case 2:
				line.Hold()
			case 3:
				line.Release()
			}
			now := line.FromBase(base.Now())
			if !now.Equal(line.Now()) || now.Before(last) {
				t.Fatalf("%s shifts to %s, it is %s and was %s", base.Now(), now, line.Now(), last)
			}
			if back := line.ToBase(now); back.After(base.Now()) {
				t.Fatalf("%s shifts back to %s, which is after %s", now, back, base.Now())
			}
			if !line.Held() && !line.ToBase(now).Equal(base.Now()) {
				// The moment of a release shows the time at which it was held.
				if again := line.FromBase(line.ToBase(now)); !again.Equal(now) {
					t.Fatalf("%s shifts back to %s and forth to %s", now, line.ToBase(now), again)
				}
			}
			last = now
		}
	})
}
