package trace_test

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"mppsim/wallet/trace"
)

// TestATimelineHasItsExchanges compares what is found for a timeline with what a look at all exchanges finds, whatever has been
// recorded, amended, attributed late and dropped before.
func TestATimelineHasItsExchanges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := trace.NewRecorder(trace.Options{Count: 12})
		line := rapid.SampledFrom([]string{"", "a", "b", "c"})
		payment := rapid.SampledFrom([]string{"p", "q", "r"})
		for range rapid.IntRange(1, 40).Draw(t, "events") {
			switch rapid.IntRange(0, 4).Draw(t, "event") {
			case 0:
				seq := uint64(rapid.IntRange(1, 40).Draw(t, "seq"))
				to := line.Draw(t, "to")
				r.Amend(seq, func(e *trace.Exchange) { e.Timeline, e.Executed = to, true })
			case 1:
				r.Attribute(payment.Draw(t, "payment"), rapid.SampledFrom([]string{"a", "b"}).Draw(t, "owner"))
			default:
				e := trace.Exchange{Timeline: line.Draw(t, "timeline"), PaymentRequestID: payment.Draw(t, "payment"), Leg: trace.AcquirerToNetwork}
				if e.Timeline != "" {
					e.Match = "code"
				}
				if _, err := r.Add(e); err != nil {
					t.Fatal(err)
				}
			}
		}
		all, err := r.Query(trace.Query{})
		if err != nil {
			t.Fatal(err)
		}
		after := uint64(rapid.IntRange(0, 40).Draw(t, "after"))
		for _, name := range []string{"a", "b", "c"} {
			var want []uint64
			for _, e := range all {
				if e.Timeline == name && e.Seq > after {
					want = append(want, e.Seq)
				}
			}
			found, err := r.Query(trace.Query{Timeline: name, After: after})
			var got []uint64
			for _, e := range found {
				got = append(got, e.Seq)
			}
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("timeline %s after %d has %v, %v; want %v", name, after, got, err, want)
			}
		}
	})
}

// BenchmarkQueryOfATimeline asks for one timeline among as many exchanges as a recorder keeps.
func BenchmarkQueryOfATimeline(b *testing.B) {
	r := trace.NewRecorder(trace.Options{})
	for i := range 20_000 {
		if _, err := r.Add(trace.Exchange{Timeline: strconv.Itoa(i / 8), Leg: trace.AcquirerToNetwork}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if found, err := r.Query(trace.Query{Timeline: "2000"}); err != nil || len(found) != 8 {
			b.Fatalf("%d found: %v", len(found), err)
		}
	}
}

// BenchmarkKeepInOneTimeline records for a timeline that has as many exchanges as a recorder keeps: each lets the oldest go.
func BenchmarkKeepInOneTimeline(b *testing.B) {
	r := trace.NewRecorder(trace.Options{})
	keep := func() {
		if _, err := r.Keep(&trace.Exchange{Timeline: "a", Match: "code", Leg: trace.AcquirerToNetwork}); err != nil {
			b.Fatal(err)
		}
	}
	for range 20_000 {
		keep()
	}
	for b.Loop() {
		keep()
	}
}
