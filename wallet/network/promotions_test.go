package network_test

import (
	"errors"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/ledger"
	"mppsim/wallet/money"
	"mppsim/wallet/network"
	"mppsim/wallet/promo"
	"mppsim/wallet/store"
)

// campaign opens a campaign of 10 off from 100 with a budget of 10 on the world's timeline.
func (w *world) campaign() {
	w.t.Helper()
	spec := promo.Spec{
		Name: "c", Promotion: "10 off", Type: "DISCOUNT", Sponsor: "fair", Currency: "SGD", Threshold: "100", Off: "10", Budget: "10",
	}
	c, err := spec.Campaign("c", w.line.ID, w.line.Clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	w.update(func(tx store.Tx) error { return promo.Open(tx, c) })
}

func (w *world) update(f func(tx store.Tx) error) {
	w.t.Helper()
	if err := w.store.Update(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

// given is what the campaign has given, in minor units.
func (w *world) given() int64 {
	w.t.Helper()
	var list []promo.Status
	w.update(func(tx store.Tx) (err error) {
		list, err = promo.List(tx, w.line.ID)
		return err
	})
	if len(list) != 1 {
		w.t.Fatalf("%d campaigns", len(list))
	}
	return list[0].Taken
}

func (w *world) balance(a ledger.Account) (held int64) {
	w.t.Helper()
	w.update(func(tx store.Tx) error {
		b, err := ledger.Balance(tx, a, "SGD")
		held = b.Value
		return err
	})
	return held
}

// The wallet is asked for the net amount and told the promotions; the shop gets the price and the sponsor pays the difference.
func TestTheWalletPaysTheNetAmount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	w.campaign()
	w.update(func(tx store.Tx) error {
		own := aps.Promotion{ID: "own", Name: "own", Type: "NEW_TYPE", Savings: money.Of("SGD", 500)}
		return promo.Attach(tx, "C", []promo.Saving{{Promotion: own, Sponsor: "shop"}})
	})
	req := w.request("P", w.code(), 11000)
	w.want("pay", w.charge(req), "SUCCESS")
	w.want("pay again", w.charge(req), "SUCCESS")
	asked := w.wallet.last
	if asked.Amount != money.Of("SGD", 9500) || asked.PayTo != asked.Amount || len(asked.Promotions) != 2 || asked.Order.Amount.Value != 11000 {
		t.Errorf("the wallet was asked for %+v", asked)
	}
	for account, want := range map[ledger.Account]int64{
		ledger.ShopAccount("M"): 11000, ledger.SponsorAccount("fair"): -1000, ledger.SponsorAccount("shop"): -500, ledger.Wallet: -9500,
	} {
		if got := w.balance(account); got != want {
			t.Errorf("%s holds %d, want %d", account, got, want)
		}
	}
	if got := w.given(); got != 1000 {
		t.Errorf("the campaign has given %d", got)
	}
}

// Whatever keeps an order from being paid, or takes the payment back, fills the budget again.
func TestABudgetComesBackWithoutAPayment(t *testing.T) {
	t.Parallel()
	refuse := func(aps.WalletPay) (aps.WalletPayAnswer, error) {
		return aps.WalletPayAnswer{Result: aps.ResultOf("USER_BALANCE_NOT_ENOUGH")}, nil
	}
	silence := func(aps.WalletPay) (aps.WalletPayAnswer, error) {
		return aps.WalletPayAnswer{}, errors.New("no answer")
	}
	tests := []struct {
		name string
		pay  func(aps.WalletPay) (aps.WalletPayAnswer, error)
		then func(w *world)
	}{
		{"refused", refuse, nil},
		{"expired", silence, func(w *world) { w.line.Clock.Advance(2 * time.Minute) }},
		{"cancelled while open", silence, func(w *world) { w.want("cancel", w.revoke("P"), "SUCCESS") }},
		{"cancelled after payment", nil, func(w *world) { w.want("cancel", w.revoke("P"), "SUCCESS") }},
		{"cancelled twice", nil, func(w *world) { w.revoke("P"); w.revoke("P") }},
		{"refunded", nil, func(w *world) { w.want("refund", w.giveBack("P", "R", 11000), "SUCCESS") }},
		{"refunded in parts, each asked for twice", nil, func(w *world) {
			for _, id := range []string{"R", "R", "S", "S"} {
				w.want("refund", w.giveBack("P", id, 5500), "SUCCESS")
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, network.RhythmOff)
			w.campaign()
			w.wallet.pay = test.pay
			w.charge(w.request("P", w.code(), 11000))
			if test.then != nil {
				test.then(w)
			}
			if got := w.given(); got != 0 {
				t.Errorf("the campaign has given %d", got)
			}
			w.wallet.pay = nil
			w.want("the next payment", w.charge(w.request("Q", w.code(), 11000)), "SUCCESS")
			if got := w.wallet.last.Amount.Value; got != 10000 {
				t.Errorf("the next payment is of %d", got)
			}
		})
	}
}

func TestRefusedOrdersTakeNoPromotion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.RhythmOff)
	w.campaign()
	used := w.code()
	w.charge(w.request("P", used, 500)) // below the threshold
	w.want("a used code", w.charge(w.request("Q", used, 11000)), "INVALID_CODE")
	failed := aps.ResultOf("PROCESS_FAIL")
	if _, err := w.Pay(t.Context(), aps.Subject{Timeline: w.line.ID}, new(w.request("F", w.code(), 11000)), &failed); err != nil {
		t.Fatal(err)
	}
	if got := w.given(); got != 0 {
		t.Errorf("the campaign has given %d", got)
	}
}
