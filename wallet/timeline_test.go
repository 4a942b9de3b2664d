package wallet_test

import (
	"testing"
	"time"

	"mppsim/wallet/control"
)

// The long waits of the protocol, each played on a timeline. The benchmarks say how long that takes on the wall clock.

func TestRefundWindowOf365Days(t *testing.T) {
	t.Parallel()
	refundWindow(t, newRig(t))
}

func TestCutOffAtQuarterPastMidnight(t *testing.T) {
	t.Parallel()
	cutOff(t, newRig(t))
}

func TestNotificationScheduleOf24Hours(t *testing.T) {
	t.Parallel()
	schedule(t, newRig(t))
}

func BenchmarkRefundWindowOf365Days(b *testing.B)         { benchmark(b, refundWindow) }
func BenchmarkCutOffAtQuarterPastMidnight(b *testing.B)   { benchmark(b, cutOff) }
func BenchmarkNotificationScheduleOf24Hours(b *testing.B) { benchmark(b, schedule) }

func benchmark(b *testing.B, play func(testing.TB, *rig)) {
	b.Helper()
	for b.Loop() {
		play(b, newRig(b))
	}
}

// at moves the rig's timeline to the next such time of day in UTC+8.
func (r *rig) at(timeOfDay string) {
	r.t.Helper()
	if _, err := r.api.MoveTimeline(r.t.Context(), r.timeline, control.Move{ToTime: timeOfDay}); err != nil {
		r.t.Fatal(err)
	}
}

func refundWindow(t testing.TB, r *rig) {
	r.open("off")
	p := r.payer("rich")
	r.pay("P1", r.code(p), "1000")
	r.move(365*24*time.Hour - time.Minute)
	want(t, "on the last day", r.refund("P1", "R1", "100").code(), "SUCCESS")
	r.move(2 * time.Minute)
	want(t, "a day later", r.refund("P1", "R2", "100").code(), "REFUND_WINDOW_EXCEED")
	want(t, "the refund of the last day again", r.refund("P1", "R1", "100").code(), "SUCCESS")
	r.wantMoved("payer/"+p.ID, -900)
}

func cutOff(t testing.TB, r *rig) {
	r.open("off")
	p := r.payer("rich")
	r.at("10:00")
	r.pay("P1", r.code(p), "1000")
	r.pay("P2", r.code(p), "500")
	r.at("00:14")
	want(t, "at 00:14", r.cancel("P1").code(), "SUCCESS")
	r.at("00:16")
	want(t, "at 00:16", r.cancel("P2").code(), "CANCEL_WINDOW_EXCEED")
	want(t, "the cancellation of 00:14 again", r.cancel("P1").code(), "SUCCESS")
	r.wantMoved("payer/"+p.ID, -500)
}

// schedule counts the deliveries of a notification that is never acknowledged (acqp-api §5.5): none comes a minute early.
// A minute, not a second: the real time that a busy machine needs passes on the timeline too.
func schedule(t testing.TB, r *rig) {
	r.mu.Lock()
	r.ackCode = "PROCESS_FAIL"
	r.mu.Unlock()
	r.open("production")
	r.pay("P1", r.code(r.payer("rich")), "1000")
	r.awaitNotices(1)
	r.moveUntil(time.Minute, func() bool { return len(r.received()) == 2 })
	m, h := time.Minute, time.Hour
	for i, gap := range []time.Duration{10 * m, 10 * m, h, 2 * h, 6 * h, 15 * h} {
		r.move(gap - time.Minute)
		if n := len(r.received()); n != i+2 {
			t.Fatalf("%d deliveries a minute before number %d", n, i+3)
		}
		r.move(time.Minute)
		if n := len(r.received()); n != i+3 {
			t.Fatalf("%d deliveries instead of %d", n, i+3)
		}
	}
	r.move(48 * h)
	notices := r.received()
	if len(notices) != 8 {
		t.Errorf("%d deliveries in all, want 8", len(notices))
	}
	for _, n := range notices { // the wire's time is real
		at, err := time.Parse(time.RFC3339, n.header.Get("Request-Time"))
		if err != nil || time.Since(at).Abs() > time.Minute {
			t.Errorf("Request-Time %s, %v", n.header.Get("Request-Time"), err)
		}
	}
}
