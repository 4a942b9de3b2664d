package redpacket_test

import (
	"strings"
	"testing"
	"time"

	"mppsim/wallet/promo"
	"mppsim/wallet/promo/commission"
	"mppsim/wallet/promo/redpacket"
)

func TestRP01ClaimsInsideTheCampaignPeriod(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		at   time.Duration
		want string
	}{
		{"a second before it begins", 10*day - time.Second, "RP-01"},
		{"its first moment", 10 * day, ""},
		{"its last second", 30*day - time.Second, ""},
		{"when it is over", 30 * day, "RP-01"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "startDay", "10", "days", "20")
			w.pass(test.at)
			want(w, "claim", w.claim("A"), test.want)
		})
	}
}

func TestRP02ClaimantsAreVerifiedWithAChinaID(t *testing.T) {
	t.Parallel()
	for identity, refused := range map[string]string{"CN_ID": "", "PASSPORT": "RP-02", "": "RP-02"} {
		w := newWorld(t)
		_, rule := w.scan(redpacket.Claimant{CustomerID: "A", Timeline: "t", Identity: identity}, "")
		want(w, "claim with "+identity, rule, refused)
	}
	w := newWorld(t, "identity", `""`)
	_, rule := w.scan(redpacket.Claimant{CustomerID: "A", Timeline: "t"}, "")
	want(w, "claim in a campaign for everyone", rule, "")
}

func TestRP03SpentInStoresOutsideTheMainland(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*promo.Visit)
		want   int64
	}{
		{"in a store abroad", func(*promo.Visit) {}, 2500},
		{"in Hong Kong", func(v *promo.Visit) { v.Region = "HK" }, 2500},
		{"in mainland China", func(v *promo.Visit) { v.Region = "CN" }, 0},
		{"nobody knows where", func(v *promo.Visit) { v.Region = "" }, 0},
		{"online", func(v *promo.Visit) { v.InStore = false }, 0},
		{"by somebody else", func(v *promo.Visit) { v.CustomerID = "B" }, 0},
		{"on another timeline", func(v *promo.Visit) { v.Timeline = "u" }, 0},
		{"in a currency without a rate", func(v *promo.Visit) { v.Price.Currency = "XOF" }, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.coupon(10000)
			want(w, "taken off", w.take("o", 5000, test.change), test.want)
		})
	}
	t.Run("only at the shops of the campaign", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, "shops", "[N]")
		w.coupon(10000)
		want(w, "at another shop", w.take("o", 5000), 0)
		want(w, "at its shop", w.take("p", 5000, func(v *promo.Visit) { v.Merchant = "N" }), 2500)
	})
}

func TestRP03CodesStandOutsideTheMainland(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, region := range []string{"CN", ""} {
		if _, err := placed(w, "C1", region); err == nil || !strings.Contains(err.Error(), redpacket.ErrRegion.Error()) {
			t.Errorf("a code in %q: %v", region, err)
		}
	}
	if _, err := placed(w, "C2", "NZ"); err == nil || !strings.Contains(err.Error(), redpacket.ErrUnknown.Error()) {
		t.Errorf("a code of no campaign: %v", err)
	}
	if c := w.place("N", "NZ"); len(c.ID) != 12 || c.ID == w.code {
		t.Errorf("code %q", c.ID)
	}
}

func TestRP04FiveCouponsInThirtyDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 5 { // one on each of days 0, 1, 2, 3, 4
		want(w, "claim", w.claim("A"), "")
		w.buy(string(rune('a'+i)), 5000)
		w.pass(day)
	}
	want(w, "the sixth claim", w.claim("A"), "RP-04")
	want(w, "another payer's claim", w.claim("B"), "")
	w.pass(25*day - time.Second)
	want(w, "in the last second of the thirtieth day", w.claim("A"), "RP-04")
	w.pass(time.Second)
	want(w, "on the thirty-first day", w.claim("A"), "")
}

func TestRP04BlocksCountFromTheStartOfTheCampaign(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(28 * day) // five in the last two days of the first block, five in the first two of the second
	for i := range 10 {
		if i == 5 {
			want(w, "the sixth claim of the block", w.claim("A"), "RP-04")
			w.pass(2 * day)
		}
		want(w, "claim", w.claim("A"), "")
		w.buy(string(rune('a'+i)), 5000)
	}
	want(w, "the sixth claim of the second block", w.claim("A"), "RP-04")
}

func TestRP05OneCouponAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want(w, "claim", w.claim("A"), "")
	want(w, "claim with a coupon", w.claim("A"), "RP-05")
	w.take("o", 5000)
	want(w, "claim while it is being used", w.claim("A"), "RP-05")
	w.undo("o")
	want(w, "claim after the payment failed", w.claim("A"), "RP-05")
	w.buy("p", 5000)
	want(w, "claim after it was used", w.claim("A"), "")
	w.pass(week - time.Second)
	want(w, "claim in the last second of its validity", w.claim("A"), "RP-05")
	w.pass(time.Second)
	want(w, "claim after it expired", w.claim("A"), "")
}

func TestRP06ValidForSevenDays(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		after time.Duration
		off   int64
		state redpacket.State
	}{
		{week - time.Second, 2500, redpacket.Active},
		{week, 0, redpacket.Expired},
		{week + time.Second, 0, redpacket.Expired},
	} {
		w := newWorld(t)
		w.coupon(10000)
		w.pass(test.after)
		want(w, "state after "+test.after.String(), w.coupons()[0].State, test.state)
		want(w, "taken off after "+test.after.String(), w.buy("o", 5000), test.off)
	}
}

func TestRP07CouponsUpTo2888(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, amount := range []string{"2888.01", "-1", "0", "some"} {
		if err := claimed(w, amount); err == nil || !strings.Contains(err.Error(), "at most CNY 2888.00") {
			t.Errorf("a coupon of %s: %v", amount, err)
		}
	}
	want(w, "the largest coupon", w.coupon(288800).Amount.Value, 288800)
}

func TestRP07AmountsAreDrawnByWeight(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "prizes", `[{amount: "1.88", weight: 3}, {amount: "8.88", weight: 1}]`)
	drawn := make(map[int64]int)
	for i := range 400 {
		c, _ := w.scan(redpacket.Claimant{CustomerID: string(rune('a' + i)), Timeline: "t", Identity: "CN_ID"}, "")
		drawn[c.Amount.Value]++
	}
	if drawn[188]+drawn[888] != 400 || drawn[888] < 70 || drawn[888] > 130 {
		t.Errorf("drawn: %v", drawn)
	}
}

func TestRP08ThePriceExceedsTheCoupon(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		applies string
		cents   int64 // the coupon is worth 2500
		want    int64
	}{
		{"exceeds", 2501, 2500},
		{"exceeds", 2500, 0},
		{"exceeds", 2499, 0},
		{"reaches", 2501, 2500},
		{"reaches", 2500, 2499}, // the protocol cannot say that nothing is paid
		{"reaches", 2499, 0},
	} {
		w := newWorld(t, "applies", test.applies)
		w.coupon(10000)
		want(w, test.applies, w.take("o", test.cents), test.want)
	}
}

func TestRP08OtherPromotionsLeaveEnoughToPay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.coupon(10000)
	v := promo.Visit{
		Order: "o", Timeline: "t", CustomerID: "A", Merchant: "M", Region: "NZ", InStore: true, Price: nzd(5000), At: w.now,
	}
	for left, off := range map[int64]int{2500: 0, 2501: 1} {
		want(w, "with "+nzd(left).String()+" left", w.takeOf(v, left), off)
	}
}

func TestRP09OnlyThe2888CouponIsSplit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.coupon(288800) // worth 722.00 dollars
	want(w, "of 100 dollars", w.buy("a", 10000), 9999)
	left := w.coupons()[0]
	want(w, "what is left of it", left.Remaining.Value, 288800-4*9999)
	want(w, "its state", left.State, redpacket.Active)
	want(w, "claim meanwhile", w.claim("A"), "RP-05")
	want(w, "of 1000 dollars", w.buy("b", 100000), 72200-9999)
	want(w, "its state when it is spent", w.coupons()[0].State, redpacket.Used)
	want(w, "claim afterwards", w.claim("A"), "")
	w.buy("c", 10000)

	w.coupon(288799)
	want(w, "of 100 dollars with another coupon", w.buy("d", 10000), 0)
	want(w, "of more than its worth", w.buy("e", 80000), 72200)
}

func TestRP09ThePartsAreTheWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.coupon(288800)
	sum := int64(0)
	for i := range 10 {
		w.buy(string(rune('a'+i)), 9973)
	}
	for _, r := range w.redemptions() {
		sum += r.Amount.Value
	}
	want(w, "redeemed in all", sum, 288800)
	want(w, "left", w.coupons()[0].Remaining.Value, 0)
}

func TestRP10ARefundDoesNotGiveTheCouponBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.coupon(10000)
	w.buy("o", 5000)
	w.refund("o", promo.Part{Part: 2000, Of: 5000})
	w.refund("o", promo.Part{Done: 2000, Part: 3000, Of: 5000})
	want(w, "state", w.coupons()[0].State, redpacket.Used)
	want(w, "taken off the next purchase", w.take("p", 5000), 0)
	want(w, "redemptions", len(w.redemptions()), 1)
	want(w, "noted as refunded", w.redemptions()[0].Refunded, 10000)
}

func TestACancelledPayment(t *testing.T) {
	t.Parallel()
	for cancelled, state := range map[string]redpacket.State{"returned": redpacket.Active, "lost": redpacket.Used} {
		w := newWorld(t, "cancelled", cancelled)
		w.coupon(10000)
		w.buy("o", 5000)
		for range 2 {
			w.undo("o")
		}
		want(w, "state where it is "+cancelled, w.coupons()[0].State, state)
		want(w, "redemptions where it is "+cancelled, len(w.redemptions()), 0)
	}
}

func TestACancelledPartComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.coupon(288800)
	w.buy("a", 10000)
	w.buy("b", 100000)
	w.undo("a")
	want(w, "left", w.coupons()[0].Remaining.Value, 4*9999)
	want(w, "state", w.coupons()[0].State, redpacket.Active)
	want(w, "redemptions", len(w.redemptions()), 1)
}

func TestACouponIsUsedByOnePaymentAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.coupon(288800)
	want(w, "first", w.take("a", 10000), 9999)
	want(w, "second, while the first is open", w.take("b", 10000), 0)
	w.undo("a")
	want(w, "third, after the first failed", w.take("c", 10000), 9999)
}

func TestACouponHeldOverItsExpiryIsStillUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.coupon(10000)
	w.pass(week - time.Second)
	want(w, "taken off", w.take("o", 5000), 2500)
	w.pass(time.Minute)
	want(w, "while it is held", w.coupons()[0].State, redpacket.Active)
	w.update(paid(w, "o"))
	want(w, "after payment", w.coupons()[0].State, redpacket.Used)
	want(w, "paid a second time", len(w.redemptions()), 1)
}

func TestRP11And12TheSponsorPaysTheDeduction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.coupon(10000)
	savings := w.savings("o", 5000)
	if len(savings) != 1 {
		t.Fatalf("%d promotions", len(savings))
	}
	s := savings[0]
	if s.Sponsor != "alipay" || s.ID != c.ID || s.Name != "Red packet" || s.Type == "" || s.Savings != nzd(2500) {
		t.Errorf("the payment shows %+v", s)
	}
}

func TestRP13TheCouponCarriesItsTerms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want(w, "terms", w.coupon(10000).Terms, "Some terms")
}

func TestRC02RedemptionsLeadToTheirCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.code
	w.coupon(10000)
	w.code = w.place("N", "NZ").ID
	w.take("failed", 5000)
	w.undo("failed")
	w.buy("o", 5000)
	got := w.redemptions()
	if len(got) != 1 {
		t.Fatalf("%d redemptions", len(got))
	}
	r := got[0]
	expected := commission.Redemption{
		ID: "o", Timeline: "t", Code: first, Coupon: r.Coupon, SpentAt: "M", At: r.At, Amount: yuan(10000), Payment: yuan(20000),
	}
	if r != expected || !r.At.Equal(w.now) {
		t.Errorf("redemption %+v", r)
	}
}
