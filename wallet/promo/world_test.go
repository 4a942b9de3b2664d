package promo_test

import (
	"fmt"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/promo"
	"mppsim/wallet/store"
)

func noon() time.Time { return time.Date(2031, 3, 5, 4, 0, 0, 0, time.UTC) }

// failer is a test or a property check.
type failer interface {
	Helper()
	Fatal(args ...any)
}

// bench is a store with campaigns at noon on timeline t.
type bench struct {
	failer
	store  store.Store
	source promo.Campaigns
	opened int
}

func newBench(t failer, rates promo.Rates) *bench {
	return &bench{failer: t, store: store.NewMemory(), source: promo.Campaigns{Rates: rates}}
}

func (b *bench) update(f func(tx store.Tx) error) {
	b.Helper()
	if err := b.store.Update(ctx(), f); err != nil {
		b.Fatal(err)
	}
}

// open starts a campaign in SGD; traits come as name, value pairs.
func (b *bench) open(traits ...string) promo.Campaign {
	b.Helper()
	b.opened++
	spec := promo.Spec{Name: fmt.Sprint("c", b.opened), Promotion: "P", Type: "DISCOUNT", Sponsor: "s", Currency: "SGD"}
	set := make(map[string]string)
	for i := 0; i < len(traits); i += 2 {
		set[traits[i]] = traits[i+1]
	}
	spec, err := spec.With(set)
	if err != nil {
		b.Fatal(err)
	}
	c, err := spec.Campaign(spec.Name, "t", noon())
	if err != nil {
		b.Fatal(err)
	}
	b.update(func(tx store.Tx) error { return promo.Open(tx, c) })
	return c
}

func (b *bench) take(v promo.Visit) []int64 {
	b.Helper()
	var off []int64
	b.update(func(tx store.Tx) error {
		savings, err := b.source.Take(tx, v, v.Price)
		for _, s := range savings {
			off = append(off, s.Savings.Value)
		}
		return err
	})
	return off
}

func (b *bench) spending(id string) promo.Spending {
	b.Helper()
	var found promo.Spending
	b.update(func(tx store.Tx) error {
		list, err := promo.List(tx, "t")
		for _, c := range list {
			if c.ID == id {
				found = c.Spending
			}
		}
		return err
	})
	return found
}

// visit is an order of 110.00 SGD by payer C at the corner shop; change alters it.
func visit(order string, change ...func(v *promo.Visit)) promo.Visit {
	v := promo.Visit{
		Order: order, Timeline: "t", CustomerID: "C", Brand: "Kaleido Pay", Merchant: "M", Store: "S", MCC: "5411", Region: "SG",
		InStore: true, Price: money.Of("SGD", 11000), At: noon(),
	}
	for _, f := range change {
		f(&v)
	}
	return v
}

func price(minor int64) func(*promo.Visit) {
	return func(v *promo.Visit) { v.Price.Value = minor }
}

func saving(id string, amount money.Amount) promo.Saving {
	return promo.Saving{Promotion: aps.Promotion{ID: id, Name: "n", Type: "T", Savings: amount}, Sponsor: "s"}
}

func ratesOf(t testing.TB, list ...[3]string) promo.Rates {
	t.Helper()
	known := make(map[string]money.Rate)
	for _, r := range list {
		rate, err := money.ParseRate(r[0], r[1], r[2])
		if err != nil {
			t.Fatal(err)
		}
		known[r[0]+r[1]], known[r[1]+r[0]] = rate, rate.Inverse()
	}
	return func(from, to string, _ time.Time) (money.Rate, bool) {
		r, ok := known[from+to]
		return r, ok
	}
}
