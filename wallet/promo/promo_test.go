package promo_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mppsim/fixtures"
	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/promo"
	"mppsim/wallet/store"
)

func TestAttachedPromotions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		given []int64
		other string // currency of the first one, if not the order's
		want  []int64
	}{
		{"one", []int64{1000}, "", []int64{1000}},
		{"three", []int64{1000, 500, 1}, "", []int64{1000, 500, 1}},
		{"none that leaves nothing to pay", []int64{10900, 100, 99}, "", []int64{10900, 99}},
		{"none in another currency", []int64{1000, 500}, "CNY", []int64{500}},
		{"none of nothing", []int64{0, -5}, "", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, nil)
			var list []promo.Saving
			for i, off := range test.given {
				currency := "SGD"
				if i == 0 && test.other != "" {
					currency = test.other
				}
				list = append(list, saving("p", money.Of(currency, off)))
			}
			b.update(func(tx store.Tx) error {
				if err := promo.Attach(tx, "C", list); err != nil {
					return err
				}
				got, err := promo.Attached{}.Take(tx, visit("o"), visit("o").Price)
				var off []int64
				for _, s := range got {
					off = append(off, s.Savings.Value)
				}
				if !slices.Equal(off, test.want) {
					t.Errorf("saves %v", off)
				}
				return err
			})
		})
	}
}

func TestAttachReplacesAndRefuses(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.update(func(tx store.Tx) error {
		if err := promo.Attach(tx, "C", []promo.Saving{{}}); !errors.Is(err, promo.ErrSpec) {
			t.Errorf("a promotion without id: %v", err)
		}
		if err := promo.Attach(tx, "C", []promo.Saving{saving("p", money.Of("SGD", 5))}); err != nil {
			return err
		}
		if err := promo.Attach(tx, "C", nil); err != nil {
			return err
		}
		got, err := promo.Attached{}.Take(tx, visit("o"), visit("o").Price)
		if len(got) != 0 {
			t.Errorf("after none were attached: %v", got)
		}
		return err
	})
}

// The desk asks its sources in order; what one takes, the next ones find gone.
func TestDeskStacksItsSources(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	c := b.open("percent", "50", "budget", "500")
	desk := promo.Desk{promo.Attached{}, b.source}
	b.update(func(tx store.Tx) error {
		if err := promo.Attach(tx, "C", []promo.Saving{saving("p", money.Of("SGD", 1000))}); err != nil {
			return err
		}
		got, err := desk.Take(tx, visit("o"))
		if err != nil || len(got) != 2 || got[0].Savings.Value != 1000 || got[1].Savings.Value != 5000 || got[1].Sponsor != "s" {
			t.Errorf("got %+v, %v", got, err)
		}
		if err := desk.Paid(tx, "o", noon()); err != nil {
			return err
		}
		return desk.Refund(tx, "o", promo.Part{Part: 5500, Of: 11000})
	})
	if s := b.spending(c.ID); s.Taken != 2500 {
		t.Errorf("after half was refunded the campaign has given %+v", s)
	}
	b.update(func(tx store.Tx) error { return desk.Undo(tx, "o", noon()) })
	if s := b.spending(c.ID); s != (promo.Spending{}) {
		t.Errorf("after everything was undone the campaign has given %+v", s)
	}
}

// mpp-api §8.2 A5: in the wallet's currency, what is paid and what is saved are the converted price, to a minor unit per promotion and one.
func TestSavingsInTheWalletsCurrency(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate, err := money.ParseRate("SGD", "MYR", rapid.SampledFrom([]string{"3.33055347", "0.5", "1.005", "0.07"}).Draw(t, "rate"))
		if err != nil {
			t.Fatal(err)
		}
		net := money.Of("SGD", rapid.Int64Range(1, 1<<30).Draw(t, "net"))
		price := net
		var list []aps.Promotion
		for _, off := range rapid.SliceOfN(rapid.Int64Range(1, 1<<20), 1, 5).Draw(t, "savings") {
			list = append(list, saving("p", money.Of("SGD", off)).Promotion)
			price.Value += off
		}
		converted, err := promo.InWalletCurrency(list, rate)
		if err != nil {
			t.Fatal(err)
		}
		sum, _ := rate.Convert(net, money.HalfUp)
		whole, _ := rate.Convert(price, money.HalfUp)
		for _, p := range converted {
			if p.Savings.Currency != "MYR" || p.Savings.Value < 1 {
				t.Fatalf("savings %v", p.Savings)
			}
			sum.Value += p.Savings.Value
		}
		if off := sum.Value - whole.Value; max(off, -off) > int64(len(list))+1 {
			t.Fatalf("%v together, %v converted", sum, whole)
		}
	})
	rate, _ := money.ParseRate("SGD", "MYR", "3")
	if _, err := promo.InWalletCurrency([]aps.Promotion{{ID: "p", Savings: money.Of("USD", 1)}}, rate); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("another currency than the order's: %v", err)
	}
}

func TestTheShippedTemplates(t *testing.T) {
	t.Parallel()
	specs, err := promo.ParseSpecs("promotions.yaml", fixtures.Promotions)
	if err != nil || len(specs) < 6 {
		t.Fatalf("%d templates, %v", len(specs), err)
	}
	c, err := func() (promo.Campaign, error) {
		s := specs[0]
		s.Currency = "JPY"
		return s.Campaign("id", "t", noon())
	}()
	if err != nil || c.Threshold != 100 || c.Off != 10 || c.Currency != "JPY" || c.Template != "instant-discount" {
		t.Errorf("in yen: %+v, %v", c, err)
	}
}

func TestTemplatesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	whole := "- name: x\n  promotion: P\n  type: T\n  sponsor: s\n"
	tests := []struct{ name, text, want string }{
		{"no YAML", "- name: [", "promotions.yaml"},
		{"an unknown key", whole + "  off: '1'\n  offf: '2'\n", "offf"},
		{"no name", "- promotion: P\n", "entry 1"},
		{"twice the same name", whole + "  off: '1'\n" + whole + "  off: '1'\n", "occurs twice"},
		{"neither off nor percent", whole, "off, percent: give one"},
		{"both off and percent", whole + "  off: '1'\n  percent: '1'\n", "off, percent: give one"},
		{"nothing off", whole + "  off: '0'\n", "off: \"0\""},
		{"too many decimals", whole + "  off: '1.005'\n", "off: \"1.005\""},
		{"a whole percent too many", whole + "  percent: '100'\n", "percent: \"100\""},
		{"a cap without percent", whole + "  off: '1'\n  cap: '1'\n", "cap: only a percentage"},
		{"a base that is none", whole + "  percent: '1'\n  of: total\n", "of: \"total\""},
		{"a negative count", whole + "  off: '1'\n  uses: -1\n", "uses"},
		{"a priority out of range", whole + "  off: '1'\n  priority: 1000\n", "priority: 1000"},
		{"no sponsor", "- name: x\n  promotion: P\n  type: T\n  off: '1'\n", "sponsor"},
		{"an unknown currency", whole + "  off: '1'\n  currency: XXQ\n", "currency: \"XXQ\""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := promo.ParseSpecs("promotions.yaml", []byte(test.text))
			if !errors.Is(err, promo.ErrSpec) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one about %q", err, test.want)
			}
		})
	}
}

func TestTraitsThatCannotBeSet(t *testing.T) {
	t.Parallel()
	for _, traits := range []map[string]string{{"nonsense": "1"}, {"uses": "many"}, {"off": "1\nuses: 2"}} {
		if _, err := (promo.Spec{}).With(traits); !errors.Is(err, promo.ErrSpec) {
			t.Errorf("%v: %v", traits, err)
		}
	}
}
