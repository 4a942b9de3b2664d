package promo_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mppsim/wallet/money"
	"mppsim/wallet/promo"
	"mppsim/wallet/store"
)

func ctx() context.Context { return context.Background() }

// One campaign, one order of 110.00: what it saves.
func TestWhatACampaignSaves(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		traits []string
		change func(*promo.Visit)
		want   []int64
	}{
		{"the documented discount: 10 off at 100", []string{"threshold", "100", "off", "10"}, nil, []int64{1000}},
		{"exactly the threshold", []string{"threshold", "100", "off", "10"}, price(10000), []int64{1000}},
		{"a cent below the threshold", []string{"threshold", "100", "off", "10"}, price(9999), nil},
		{"percent", []string{"percent", "15"}, nil, []int64{1650}},
		{"percent with two decimals, rounded half up", []string{"percent", "0.25"}, price(200), []int64{1}},
		{"percent that rounds to nothing", []string{"percent", "0.25"}, price(199), nil},
		{"percent up to its cap", []string{"percent", "15", "cap", "10"}, nil, []int64{1000}},
		{"percent below its cap", []string{"percent", "15", "cap", "10"}, price(5000), []int64{750}},
		{"as much as the price", []string{"off", "110"}, nil, nil},
		{"a cent less than the price", []string{"off", "109.99"}, nil, []int64{10999}},
		{"before it begins", []string{"off", "10", "startDay", "1"}, nil, nil},
		{"its first moment", []string{"off", "10", "startDay", "1"}, at(24 * time.Hour), []int64{1000}},
		{"its last second", []string{"off", "10", "days", "7"}, at(7*24*time.Hour - time.Second), []int64{1000}},
		{"when it is over", []string{"off", "10", "days", "7"}, at(7 * 24 * time.Hour), nil},
		{"for this payer", []string{"off", "10", "payers", "[A, C]"}, nil, []int64{1000}},
		{"for another payer", []string{"off", "10", "payers", "[A]"}, nil, nil},
		{"for another wallet", []string{"off", "10", "brands", "[Other]"}, nil, nil},
		{"for another shop", []string{"off", "10", "shops", "[N]"}, nil, nil},
		{"for another store", []string{"off", "10", "stores", "[N]"}, nil, nil},
		{"for another region", []string{"off", "10", "regions", "[MY]"}, nil, nil},
		{"for another trade", []string{"off", "10", "mccs", "['5812']"}, nil, nil},
		{"for this shop, wallet, region and trade", []string{
			"off", "10", "shops", "[M]", "brands", "[Kaleido Pay]", "regions", "[SG]", "mccs", "['5411']", "stores", "[S]",
		}, nil, []int64{1000}},
		{"in store", []string{"off", "10", "inStore", "true"}, nil, []int64{1000}},
		{"online, where it is for stores", []string{"off", "10", "inStore", "true"}, func(v *promo.Visit) { v.InStore = false }, nil},
		{"on another timeline", []string{"off", "10"}, func(v *promo.Visit) { v.Timeline = "u" }, nil},
		{"in a currency without a rate", []string{"off", "10"}, func(v *promo.Visit) { v.Price = money.Of("XOF", 11000) }, nil},
		{"a price in yen at 100 yen to the dollar", []string{"threshold", "100", "off", "10"}, func(v *promo.Visit) { v.Price = money.Of("JPY", 10000) }, []int64{1000}},
		{"a yen below the threshold", []string{"threshold", "100", "off", "10"}, func(v *promo.Visit) { v.Price = money.Of("JPY", 9999) }, nil},
		{"percent in yen, capped in dollars", []string{"percent", "50", "cap", "10"}, func(v *promo.Visit) { v.Price = money.Of("JPY", 10000) }, []int64{1000}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, ratesOf(t, [3]string{"SGD", "JPY", "100"}))
			b.open(test.traits...)
			v := visit("o")
			if test.change != nil {
				test.change(&v)
			}
			if got := b.take(v); !slices.Equal(got, test.want) {
				t.Errorf("saves %v, want %v", got, test.want)
			}
		})
	}
}

func at(later time.Duration) func(*promo.Visit) {
	return func(v *promo.Visit) { v.At = v.At.Add(later) }
}

func TestPromotionsStackByPriority(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		campaigns [][]string
		want      []int64
	}{
		{"several apply, the percentage to what is left", [][]string{{"percent", "10", "priority", "2"}, {"off", "10", "priority", "1"}}, []int64{1000, 1000}},
		{"the percentage to the price", [][]string{{"percent", "10", "of", "price", "priority", "2"}, {"off", "10", "priority", "1"}}, []int64{1000, 1100}},
		{"what would leave nothing is passed over", [][]string{{"off", "100"}, {"off", "20"}, {"off", "9.99"}}, []int64{10000, 999}},
		{"one that stands alone comes first", [][]string{{"off", "1", "alone", "true"}, {"off", "10", "priority", "1"}}, []int64{100}},
		{"one that stands alone comes too late", [][]string{{"off", "10"}, {"off", "1", "alone", "true", "priority", "1"}, {"off", "2", "priority", "2"}}, []int64{1000, 200}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, nil)
			for _, traits := range test.campaigns {
				b.open(traits...)
			}
			if got := b.take(visit("o")); !slices.Equal(got, test.want) {
				t.Errorf("saves %v, want %v", got, test.want)
			}
		})
	}
}

func TestBudgetsAndCounts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		traits []string
		want   [][]int64 // of successive orders; the third one is another payer's
	}{
		{"budget", []string{"off", "10", "budget", "25"}, [][]int64{{1000}, {1000}, nil}},
		{"the whole budget", []string{"off", "10", "budget", "30"}, [][]int64{{1000}, {1000}, {1000}, nil}},
		{"uses", []string{"off", "10", "uses", "1"}, [][]int64{{1000}, nil, nil}},
		{"uses of a payer", []string{"off", "10", "perPayer", "1"}, [][]int64{{1000}, nil, {1000}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, nil)
			b.open(test.traits...)
			for i, want := range test.want {
				v := visit(string(rune('a' + i)))
				if i == 2 {
					v.CustomerID = "D"
				}
				if got := b.take(v); !slices.Equal(got, want) {
					t.Errorf("order %d saves %v, want %v", i+1, got, want)
				}
			}
		})
	}
}

func TestWhatFailsGivesEverythingBack(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	c := b.open("off", "10", "budget", "10", "uses", "1", "perPayer", "1")
	for range 3 {
		if got := b.take(visit("o")); !slices.Equal(got, []int64{1000}) {
			t.Fatalf("saves %v", got)
		}
		for range 2 { // the second time does nothing
			b.update(func(tx store.Tx) error { return b.source.Undo(tx, "o", noon()) })
		}
		if s := b.spending(c.ID); s != (promo.Spending{}) {
			t.Fatalf("after the cancellation: %+v", s)
		}
	}
}

func TestRefundsFillTheBudgetAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	c := b.open("off", "10", "budget", "10", "perPayer", "2")
	b.take(visit("o"))
	b.update(func(tx store.Tx) error { return b.source.Paid(tx, "o", noon()) })
	for i, part := range []promo.Part{{Done: 0, Part: 3333, Of: 11000}, {Done: 3333, Part: 7667, Of: 11000}} {
		b.update(func(tx store.Tx) error { return b.source.Refund(tx, "o", part) })
		if got, want := b.spending(c.ID), []int64{697, 0}[i]; got.Taken != want || got.Uses != 1 {
			t.Errorf("after refund %d: %+v, want %d taken", i+1, got, want)
		}
	}
	if got := b.take(visit("p")); !slices.Equal(got, []int64{1000}) {
		t.Errorf("with a full budget: %v", got)
	}
	if got := b.take(visit("q")); got != nil {
		t.Errorf("a refunded use must count: %v", got)
	}
}

func TestConsiderTellsWhyNot(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	for _, traits := range [][]string{
		{"off", "10", "priority", "0"},
		{"off", "10", "threshold", "200", "priority", "1"},
		{"off", "10", "shops", "[N]", "priority", "2"},
		{"off", "150", "priority", "3"},
		{"off", "10", "currency", "USD", "priority", "4"},
		{"off", "10", "alone", "true", "priority", "5"},
		{"off", "20", "budget", "10", "priority", "6"},
	} {
		b.open(traits...)
	}
	want := []string{
		"", "the price is below SGD 200.00", `it is for other shops than "M"`, "nothing would be left to pay",
		"there is no rate from USD to SGD", "it does not go together with another campaign", "the budget is used up",
	}
	b.update(func(tx store.Tx) error {
		verdicts, err := b.source.Consider(tx, visit("o"), visit("o").Price)
		var got []string
		for _, v := range verdicts {
			got = append(got, v.Why)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
		return err
	})
}

// Whatever orders come, are paid, undone or refunded: no budget is overdrawn, no payer pays nothing, and what orders took
// and gave back is what the campaigns have spent.
func TestBudgetsAreNeverOverdrawn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := newBench(t, nil)
		limits := make(map[string]int64)
		for range rapid.IntRange(1, 4).Draw(t, "campaigns") {
			traits := []string{"budget", "500", "priority", rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "priority")}
			if rapid.Bool().Draw(t, "percent") {
				traits = append(traits, "percent", "12.5", "cap", "40")
			} else {
				traits = append(traits, "off", "33.33")
			}
			limits[b.open(traits...).ID] = 50000
		}
		open := make(map[string]int64) // order → refunded so far
		const of = 11000
		var ids []string
		for i := range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0, 1:
				id := "o" + string(rune('A'+i))
				sum := int64(0)
				for _, off := range b.take(visit(id)) {
					sum += off
				}
				if sum >= of {
					t.Fatalf("%d off %d", sum, of)
				}
				open[id], ids = 0, append(ids, id)
			case 2:
				if len(ids) == 0 {
					continue
				}
				id := rapid.SampledFrom(ids).Draw(t, "undone")
				if open[id] == 0 {
					b.update(func(tx store.Tx) error { return b.source.Undo(tx, id, noon()) })
				}
			case 3:
				if len(ids) == 0 {
					continue
				}
				id := rapid.SampledFrom(ids).Draw(t, "refunded")
				part := rapid.Int64Range(0, of-open[id]).Draw(t, "part")
				b.update(func(tx store.Tx) error {
					return b.source.Refund(tx, id, promo.Part{Done: open[id], Part: part, Of: of})
				})
				open[id] += part
			}
			for id, limit := range limits {
				if s := b.spending(id); s.Taken < 0 || s.Taken > limit || s.Uses < 0 {
					t.Fatalf("%s has given %+v of %d", id, s, limit)
				}
			}
		}
		for _, id := range ids { // all the rest goes back
			if open[id] == 0 {
				b.update(func(tx store.Tx) error { return b.source.Undo(tx, id, noon()) })
				continue
			}
			b.update(func(tx store.Tx) error {
				return b.source.Refund(tx, id, promo.Part{Done: open[id], Part: of - open[id], Of: of})
			})
		}
		for id := range limits {
			if s := b.spending(id); s.Taken != 0 {
				t.Fatalf("%s has given %+v after everything went back", id, s)
			}
		}
	})
}

func BenchmarkTake(b *testing.B) {
	world := newBench(b, nil)
	for range 5 {
		world.open("off", "10", "threshold", "100")
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		v := visit(time.Duration(i).String())
		if got := world.take(v); len(got) != 5 {
			b.Fatal(got)
		}
		world.update(func(tx store.Tx) error { return world.source.Undo(tx, v.Order, v.At) })
	}
}
