package cli

import (
	"strings"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

// The history shows what wallets have to show of a payment (mpp-api §8.3).
func TestDetailsOfAPayment(t *testing.T) {
	t.Parallel()
	promotions := []aps.Promotion{{Name: "Ten off", Savings: money.Of("MYR", 3340)}, {Name: "Red packet", Savings: money.Of("MYR", 100)}}
	p := control.Payment{
		Quote: aps.Quote{ID: "q", Pair: "SGD/MYR", Price: "3.34000000"}, Promotions: promotions,
		Refunds: []control.PaymentRefund{{
			Credited: money.Of("MYR", 500), Promotions: promotions[:1], Time: time.Date(2031, 3, 4, 20, 0, 0, 0, time.UTC),
		}},
	}
	got := strings.Join(details(p), "\n")
	want := "rate SGD/MYR 3.34000000\nTen off saved MYR 33.40\nRed packet saved MYR 1.00\nrefunded MYR 5.00 on 2031-03-05 04:00, and MYR 33.40 of Ten off"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := details(control.Payment{Reason: "the balance is not enough"}); len(got) != 1 || got[0] != "the balance is not enough" {
		t.Errorf("a failure: %q", got)
	}
}
