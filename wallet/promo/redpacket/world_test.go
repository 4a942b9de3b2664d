package redpacket_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"mppsim/wallet/clock"
	"mppsim/wallet/money"
	"mppsim/wallet/promo"
	"mppsim/wallet/promo/commission"
	"mppsim/wallet/promo/redpacket"
	"mppsim/wallet/store"
)

// failer is a test, a benchmark or a property check.
type failer interface {
	Helper()
	Fatal(args ...any)
	Errorf(format string, args ...any)
}

// world is a campaign on timeline t that began just now, with one code at shop M in New Zealand.
type world struct {
	failer
	store store.Store
	desk  redpacket.Desk
	now   time.Time
	start time.Time
	code  string
	last  int
}

// newWorld opens the usual campaign with traits as name, value pairs; its coupons are of 100.00 CNY.
func newWorld(t failer, traits ...string) *world {
	t.Helper()
	w := &world{failer: t, store: store.NewMemory(), now: time.Date(2031, 3, 1, 0, 0, 0, 0, clock.UTC8())}
	w.start = w.now
	w.desk = redpacket.Desk{
		IDs: func() string { w.last++; return fmt.Sprint("id", w.last) }, Random: rand.NewChaCha8([32]byte{7}), Rates: rates,
	}
	specs, err := redpacket.ParseSpecs("test", []byte(`[{name: c, promotion: Red packet, terms: Some terms, prizes: [{amount: "100", weight: 1}],
		placement: "50", factors: [{region: "*", factor: "0.03"}]}]`))
	if err != nil {
		t.Fatal(err)
	}
	set := make(map[string]string)
	for i := 0; i < len(traits); i += 2 {
		set[traits[i]] = traits[i+1]
	}
	spec, err := specs[0].With(set)
	if err != nil {
		t.Fatal(err)
	}
	a, err := spec.Announce("C1", "t", w.now)
	if err != nil {
		t.Fatal(err)
	}
	w.update(func(tx store.Tx) error {
		if err := redpacket.Open(tx, a); err != nil {
			return err
		}
		p := commission.Provider{ID: "P", Timeline: "t", Name: "P", Currency: "CNY", Reputable: true, Licensed: true, Sound: true}
		return commission.Register(tx, p)
	})
	w.code = w.place("M", "NZ").ID
	return w
}

// rates: a New Zealand dollar costs 4 yuan; nothing else is known.
func rates(from, to string, _ time.Time) (money.Rate, bool) {
	rate, err := money.ParseRate("NZD", "CNY", "4")
	switch {
	case err == nil && from == "NZD" && to == "CNY":
		return rate, true
	case err == nil && from == "CNY" && to == "NZD":
		return rate.Inverse(), true
	}
	return money.Rate{}, false
}

func (w *world) update(f func(tx store.Tx) error) {
	w.Helper()
	if err := w.store.Update(context.Background(), f); err != nil {
		w.Fatal(err)
	}
}

func (w *world) place(merchant, region string) (c commission.Code) {
	w.Helper()
	w.update(func(tx store.Tx) (err error) {
		c, err = w.desk.Place(tx, commission.Code{
			Timeline: "t", Campaign: "C1", Provider: "P", Merchant: merchant, Region: region, PlacedAt: w.now, Accepts: true,
		})
		return err
	})
	return c
}

func (w *world) pass(d time.Duration) { w.now = w.now.Add(d) }

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// claim lets a Chinese payer scan the code; it returns the rule that refuses, or an empty text.
func (w *world) claim(customer string) string {
	w.Helper()
	_, rule := w.scan(redpacket.Claimant{CustomerID: customer, Timeline: "t", Identity: "CN_ID"}, "")
	return rule
}

func (w *world) scan(who redpacket.Claimant, want string) (c redpacket.Coupon, rule string) {
	w.Helper()
	w.update(func(tx store.Tx) error {
		got, no, err := w.desk.Claim(tx, redpacket.Content(w.code), who, want, w.now)
		if no != nil {
			rule = no.Rule
		}
		c = got
		return err
	})
	return c, rule
}

// coupon claims a coupon of an amount in fen for payer A.
func (w *world) coupon(fen int64) redpacket.Coupon {
	w.Helper()
	c, rule := w.scan(redpacket.Claimant{CustomerID: "A", Timeline: "t", Identity: "CN_ID"}, yuan(fen).Major())
	if rule != "" {
		w.Fatal("refused by", rule)
	}
	return c
}

// take is payer A's purchase for cents of New Zealand dollars, before its outcome; it returns what is taken off in cents.
func (w *world) take(order string, cents int64, change ...func(*promo.Visit)) int64 {
	w.Helper()
	v := promo.Visit{
		Order: order, Timeline: "t", CustomerID: "A", Merchant: "M", Region: "NZ", InStore: true, Price: money.Of("NZD", cents), At: w.now,
	}
	for _, f := range change {
		f(&v)
	}
	off := int64(0)
	w.update(func(tx store.Tx) error {
		savings, err := w.desk.Take(tx, v, v.Price)
		for _, s := range savings {
			off += s.Savings.Value
		}
		return err
	})
	return off
}

// buy is a purchase that succeeds.
func (w *world) buy(order string, cents int64) int64 {
	w.Helper()
	off := w.take(order, cents)
	w.update(func(tx store.Tx) error { return w.desk.Paid(tx, order, w.now) })
	return off
}

func (w *world) undo(order string) {
	w.Helper()
	w.update(func(tx store.Tx) error { return w.desk.Undo(tx, order, w.now) })
}

func (w *world) refund(order string, part promo.Part) {
	w.Helper()
	w.update(func(tx store.Tx) error { return w.desk.Refund(tx, order, part) })
}

func (w *world) coupons() (list []redpacket.Coupon) {
	w.Helper()
	w.update(func(tx store.Tx) (err error) {
		list, err = redpacket.Coupons(tx, "A", w.now)
		return err
	})
	return list
}

func (w *world) redemptions() (list []commission.Redemption) {
	w.Helper()
	w.update(func(tx store.Tx) (err error) {
		list, err = commission.Redemptions(tx, "t")
		return err
	})
	return list
}

// want compares a result.
func want[T comparable](w *world, what string, got, want T) {
	w.Helper()
	if got != want {
		w.Errorf("%s: %v, want %v", what, got, want)
	}
}
