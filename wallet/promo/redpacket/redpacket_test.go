package redpacket_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mppsim/fixtures"
	"mppsim/wallet/money"
	"mppsim/wallet/promo"
	"mppsim/wallet/promo/commission"
	"mppsim/wallet/promo/redpacket"
	"mppsim/wallet/store"
)

func nzd(cents int64) money.Amount { return money.Of("NZD", cents) }
func yuan(fen int64) money.Amount  { return money.Of("CNY", fen) }

func placed(w *world, campaign, region string) (c commission.Code, err error) {
	err = w.store.Update(context.Background(), func(tx store.Tx) error {
		c, err = w.desk.Place(tx, commission.Code{Timeline: "t", Campaign: campaign, Provider: "P", Merchant: "M", Region: region})
		return err
	})
	return c, err
}

func claimed(w *world, amount string) error {
	return w.store.Update(context.Background(), func(tx store.Tx) error {
		_, _, err := w.desk.Claim(tx, w.code, redpacket.Claimant{CustomerID: "A", Timeline: "t", Identity: "CN_ID"}, amount, w.now)
		return err
	})
}

func paid(w *world, order string) func(tx store.Tx) error {
	return func(tx store.Tx) error {
		if err := w.desk.Paid(tx, order, w.now); err != nil {
			return err
		}
		return w.desk.Paid(tx, order, w.now)
	}
}

// takeOf counts the promotions of a visit of which so much is not covered yet.
func (w *world) takeOf(v promo.Visit, left int64) (n int) {
	w.Helper()
	w.update(func(tx store.Tx) error {
		list, err := w.desk.Take(tx, v, money.Of(v.Price.Currency, left))
		n = len(list)
		return err
	})
	return n
}

func (w *world) savings(order string, cents int64) (list []promo.Saving) {
	w.Helper()
	v := promo.Visit{
		Order: order, Timeline: "t", CustomerID: "A", Merchant: "M", Region: "NZ", InStore: true, Price: nzd(cents), At: w.now,
	}
	w.update(func(tx store.Tx) (err error) {
		list, err = w.desk.Take(tx, v, v.Price)
		return err
	})
	return list
}

func TestCodesThatNobodyPlaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, scanned := range []string{"", "RP0000000000", redpacket.Content("nonsense"), "https://elsewhere.example/" + w.code} {
		w.code = strings.TrimPrefix(scanned, redpacket.Content(""))
		if err := claimed(w, ""); !errors.Is(err, redpacket.ErrUnknown) {
			t.Errorf("%q: %v", scanned, err)
		}
	}
	w = newWorld(t)
	err := w.store.Update(t.Context(), func(tx store.Tx) error {
		_, _, err := w.desk.Claim(tx, w.code, redpacket.Claimant{CustomerID: "A", Timeline: "u", Identity: "CN_ID"}, "", w.now)
		return err
	})
	if !errors.Is(err, redpacket.ErrUnknown) {
		t.Errorf("on another timeline: %v", err)
	}
}

func TestTheShippedCampaigns(t *testing.T) {
	t.Parallel()
	specs, err := redpacket.ParseSpecs("redpackets.yaml", fixtures.RedPackets)
	if err != nil || len(specs) < 3 {
		t.Fatalf("%d campaigns, %v", len(specs), err)
	}
	a, err := specs[0].Announce("id", "t", newWorld(t).now)
	c := a.Campaign
	if err != nil || c.PerBlock != 5 || c.Block != 30*day || c.Valid != week || c.Most != 288800 || c.OrEqual || c.CancelKeep ||
		c.Identity != "CN_ID" || len(c.Splittable) != 1 || c.Terms == "" {
		t.Errorf("the documented rules: %+v, %v", c, err)
	}
	if s := a.Scheme; s.Cap != 100 || s.CapOf != commission.CapCount || s.Base != commission.BaseCoupon || s.SpentAtShop || s.Reduces {
		t.Errorf("the default readings: %+v", s)
	}
}

func TestCampaignsThatCannotBeMade(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, key, value, want string }{
		{"a prize above the largest coupon", "prizes", `[{amount: "2888.01", weight: 1}]`, "prizes[0].amount"},
		{"a prize without weight", "prizes", `[{amount: "8"}]`, "prizes[0].weight"},
		{"a prize of nothing", "prizes", `[{amount: "0", weight: 1}]`, "prizes[0].amount"},
		{"no prizes", "prizes", `[]`, "prizes"},
		{"no payer's text", "promotion", `""`, "promotion"},
		{"no days", "days", "0", "days"},
		{"no validity", "validDays", "0", "validDays"},
		{"a rule that is none", "applies", "sometimes", `applies: "sometimes"`},
		{"a cancellation rule that is none", "cancelled", "maybe", "cancelled"},
		{"a placement rule that is none", "placementWhen", "never", "placementWhen"},
		{"a refund rule that is none", "refundsOfPayers", "x", "refundsOfPayers"},
		{"a cap that is no count", "cap", `"1.5"`, "cap"},
		{"a cap of nothing", "cap", `"0"`, "cap"},
		{"a cap of nothing known", "capOf", "x", "capOf"},
		{"a factor that is none", "factors", `[{region: "*", factor: "x"}]`, "factors[0]"},
		{"a split amount that is none", "splittable", "[x]", "splittable[0]"},
		{"a largest coupon that is none", "most", "x", "most"},
		{"a placement commission that is none", "placement", "x", "placement"},
		{"an unknown currency", "currency", "QQQ", "QQQ"},
		{"an unknown key", "nonsense", "1", "nonsense"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			fields := map[string]string{"name": "x", "promotion": "P", "prizes": `[{amount: "8", weight: 1}]`}
			fields[test.key] = test.value
			var line []string
			for key, value := range fields {
				line = append(line, key+": "+value)
			}
			_, err := redpacket.ParseSpecs("redpackets.yaml", []byte("- {"+strings.Join(line, ", ")+"}"))
			if !errors.Is(err, redpacket.ErrSpec) || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "redpackets.yaml") {
				t.Errorf("error %v, want one about %q", err, test.want)
			}
		})
	}
	for _, text := range []string{"- {promotion: P}", "- {name: [", "- {name: x, promotion: P, prizes: [{amount: '8', weight: 1}]}\n- {name: x}"} {
		if _, err := redpacket.ParseSpecs("f", []byte(text)); !errors.Is(err, redpacket.ErrSpec) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, traits := range []map[string]string{{"nonsense": "1"}, {"days": "x"}, {"days": "1\nperBlock: 2"}} {
		if _, err := (redpacket.Spec{}).With(traits); !errors.Is(err, redpacket.ErrSpec) {
			t.Errorf("%v: %v", traits, err)
		}
	}
}

// Whatever payers claim, buy, lose and return: a payer has at most one coupon to spend that was not given back, none gives
// more than its amount, and what redemptions say is what coupons lost.
func TestCouponsNeverGiveMoreThanTheyAre(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, "perBlock", "0", "prizes", `[{amount: "2888", weight: 1}, {amount: "8.88", weight: 1}]`)
		var orders []string
		done := make(map[string]int64)
		for i := range rapid.IntRange(1, 80).Draw(t, "steps") {
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0:
				w.claim("A")
			case 1, 2:
				id := "o" + string(rune('A'+i))
				w.buy(id, rapid.Int64Range(1, 100000).Draw(t, "price"))
				orders = append(orders, id)
			case 3:
				id := "f" + string(rune('A'+i))
				w.take(id, rapid.Int64Range(1, 100000).Draw(t, "price"))
				w.undo(id)
			case 4:
				if len(orders) > 0 {
					if id := rapid.SampledFrom(orders).Draw(t, "undone"); done[id] == 0 {
						w.undo(id)
					}
				}
			case 5:
				if len(orders) > 0 {
					id := rapid.SampledFrom(orders).Draw(t, "refunded")
					part := rapid.Int64Range(0, 1000-done[id]).Draw(t, "part")
					w.refund(id, promo.Part{Done: done[id], Part: part, Of: 1000})
					done[id] += part
				}
			}
			w.pass(day)
			balanceCoupons(t, w)
		}
	})
}

func balanceCoupons(t *rapid.T, w *world) {
	given := make(map[string]int64)
	for _, r := range w.redemptions() {
		given[r.Coupon] += r.Amount.Value
		if r.Amount.Value < 1 || r.Refunded < 0 || r.Refunded > r.Amount.Value {
			t.Fatalf("redemption %+v", r)
		}
	}
	for _, c := range w.coupons() {
		if c.Held != "" || c.Remaining.Value < 0 || c.Remaining.Value+given[c.ID] != c.Amount.Value {
			t.Fatalf("%d given by %+v", given[c.ID], c)
		}
		if c.State == redpacket.Used && c.Remaining.Value != 0 {
			t.Fatalf("used, but not up: %+v", c)
		}
	}
}

func BenchmarkClaim(b *testing.B) {
	w := newWorld(b, "perBlock", "0")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		who := redpacket.Claimant{CustomerID: strconv.Itoa(i), Timeline: "t", Identity: "CN_ID"}
		if _, rule := w.scan(who, ""); rule != "" && rule != "RP-05" {
			b.Fatal(rule)
		}
	}
}
