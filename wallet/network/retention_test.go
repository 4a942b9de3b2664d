package network_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/network"
)

func TestAClosedTimelineIsForgottenAfterItsRetention(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		retention time.Duration
		undecided bool // the order stays open for a retention and a half
		after     time.Duration
		forgotten bool
	}{
		{"too early", time.Hour, false, 59 * time.Minute, false},
		{"in time", time.Hour, false, 61 * time.Minute, true},
		{"not before its order is decided", time.Hour, true, 61 * time.Minute, false},
		{"when its order was decided", time.Hour, true, 121 * time.Minute, true},
		{"never", 0, false, 1000 * time.Hour, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, network.RhythmOff)
			var forgotten []string
			w.Retention, w.Forgotten = test.retention, func(id string) { forgotten = append(forgotten, id) }
			paid := w.request("P1", w.code(), 1000)
			if test.undecided {
				paid.Expiry = w.wall.Now().Add(90 * time.Minute)
				w.wallet.pay = func(aps.WalletPay) (aps.WalletPayAnswer, error) {
					return aps.WalletPayAnswer{Result: aps.ResultOf("PAYMENT_IN_PROCESS")}, nil
				}
			}
			answer := w.charge(paid)
			if err := w.CloseTimeline(t.Context(), w.line.ID); err != nil {
				t.Fatal(err)
			}
			for step := time.Duration(0); step < test.after; step += time.Minute {
				w.wall.Advance(time.Minute)
			}
			_, err := w.Timeline(w.line.ID)
			if got := errors.Is(err, network.ErrTimeline); got != test.forgotten || slices.Contains(forgotten, w.line.ID) != got {
				t.Errorf("forgotten %v (%v), want %v", got, forgotten, test.forgotten)
			}
			if !test.undecided {
				w.want("the same request again", w.charge(paid), answer)
			}
		})
	}
}
