package wallet_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"mppsim/wallet"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

// refused returns the code of the control API's refusal, or an empty text.
func refused(t testing.TB, err error) string {
	t.Helper()
	if e := asRefusal(err); e != nil {
		return e.Code
	}
	if err != nil {
		t.Errorf("refused without a code: %v", err)
	}
	return ""
}

// street is a rig with a red packet campaign, a provider and a code at the corner shop.
type street struct {
	*rig
	campaign control.RedPacketCampaign
	code1    control.RedPacketCode
}

func newStreet(t testing.TB, traits map[string]string) *street {
	t.Helper()
	s := &street{rig: newRig(t)}
	s.open("off")
	s.campaign = must[control.RedPacketCampaign](t)(s.api.OpenRedPackets(t.Context(), control.CampaignSpec{
		Timeline: s.timeline, Template: "summer", Traits: traits,
	}))
	must[control.Provider](t)(s.api.RegisterProvider(t.Context(), control.ProviderSpec{
		ID: "P", Timeline: s.timeline, Name: "Posters Ltd", Currency: "SGD", BankAccount: "SG-1",
	}))
	s.code1 = must[control.RedPacketCode](t)(s.api.PlaceRedPacketCode(t.Context(), control.RedPacketCodeSpec{
		Timeline: s.timeline, Campaign: s.campaign.ID, Provider: "P", Merchant: "M-1", ShopName: "Corner", Region: "SG",
	}))
	return s
}

func (s *street) claim(p control.Payer, amount string) control.Claim {
	s.t.Helper()
	return must[control.Claim](s.t)(s.api.ClaimRedPacket(s.t.Context(), p.ID, control.ClaimSpec{Code: s.code1.Text, Amount: amount}))
}

func (s *street) coupon(p control.Payer) control.Coupon {
	s.t.Helper()
	list := must[[]control.Coupon](s.t)(s.api.Coupons(s.t.Context(), p.ID))
	if len(list) == 0 {
		s.t.Fatal("no coupon")
	}
	return list[len(list)-1]
}

func (s *street) move(m control.Move) control.Timeline {
	s.t.Helper()
	return must[control.Timeline](s.t)(s.api.MoveTimeline(s.t.Context(), s.timeline, m))
}

// From the code at the shop's front to the provider's bank account.
func TestARedPacketFromClaimToSettlement(t *testing.T) {
	t.Parallel()
	s := newStreet(t, map[string]string{"currency": "SGD"})
	p := s.payer("china-id")
	claim := s.claim(p, "10")
	if claim.Coupon == nil || !strings.HasPrefix(claim.Coupon.Terms, "For payers") || claim.Coupon.Amount != sgd(1000) {
		t.Fatalf("claim %+v", claim)
	}
	want(t, "a second claim", s.claim(p, "10").Rule, "RP-05")
	want(t, "a claim with a passport", s.claim(s.payer("passport"), "").Rule, "RP-02")

	want(t, "a purchase of as much as the coupon", s.pay("P0", s.code(p), "1000").code(), "SUCCESS")
	s.wantMoved("sponsor/alipay", 0)
	month := s.move(control.Move{Days: 1}).Now.In(clock.UTC8()).Format("2006-01")
	a := s.pay("P1", s.code(p), "2500")
	want(t, "pay", a.code()+text(a.body, "paymentAmount.value"), "SUCCESS2500")
	want(t, "what the acquirer is told", text(s.inquire("P1").body, "paymentPromoInfo.paymentPromoDetails.0.savingsAmount.value"), "1000")
	s.wantMoved("sponsor/alipay", -1000)
	s.wantMoved("shop/M-1", 3500)
	s.wantMoved("payer/"+p.ID, -2500)
	want(t, "the coupon", s.coupon(p).State, "USED")
	view := must[control.Payer](t)(s.api.Payer(t.Context(), p.ID))
	paid := view.Payments[1]
	if paid.Price != sgd(2500) || paid.Debited != sgd(1500) || len(paid.Promotions) != 1 || paid.Promotions[0].ID != claim.Coupon.ID {
		t.Errorf("the payer sees %+v", paid)
	}

	want(t, "refund", s.refund("P1", "R1", "2500").code(), "SUCCESS")
	s.wantMoved("sponsor/alipay", 0)
	s.wantMoved("payer/"+p.ID, -1000)
	want(t, "the coupon after the refund", s.coupon(p).State, "USED")
	view = must[control.Payer](t)(s.api.Payer(t.Context(), p.ID))
	if r := view.Payments[1].Refunds; len(r) != 1 || r[0].Credited != sgd(1500) || len(r[0].Promotions) != 1 || r[0].Promotions[0].Savings != sgd(1000) {
		t.Errorf("the payer sees the refund %+v", r)
	}

	s.statement(month)
}

// statement settles the month: 50.00 for the placement and 2.5 percent of 10.00.
func (s *street) statement(month string) {
	t := s.t
	t.Helper()
	query := control.StatementQuery{Timeline: s.timeline, Provider: "P", Period: month}
	before := must[control.Statement](t)(s.api.Statement(t.Context(), query))
	if before.Total != sgd(5025) || !before.Settled.IsZero() || len(before.Rows) != 2 {
		t.Errorf("before the end of the month: %+v", before)
	}
	run := control.Settlement{Timeline: s.timeline, Period: month}
	_, err := s.api.SettleRedPackets(t.Context(), run)
	want(t, "settlement before the end of the month", refused(t, err), control.Conflict)
	for s.move(control.Move{}).Now.In(clock.UTC8()).Format("2006-01") == month {
		s.move(control.Move{ToTime: "00:31"})
	}
	for range 2 {
		settled := must[[]control.Statement](t)(s.api.SettleRedPackets(t.Context(), run))
		if len(settled) != 1 || settled[0].Total != sgd(5025) || settled[0].Settled.IsZero() {
			t.Errorf("settled %+v", settled)
		}
		s.wantMoved("provider/P", 5025)
		s.wantMoved("commissions", -5025)
	}
	kept := must[control.Statement](t)(s.api.Statement(t.Context(), query))
	lines, err := csv.NewReader(strings.NewReader(kept.CSV)).ReadAll()
	if err != nil || len(lines) != 3 || !strings.Contains(kept.Text, "SGD 50.25") || !strings.Contains(kept.Text, "SG-1") {
		t.Errorf("statement %q, %v\n%s", lines, err, kept.Text)
	}
}

func TestACouponInAnotherCurrencyThanTheShops(t *testing.T) {
	t.Parallel()
	s := newStreet(t, nil)
	p := s.payer("china-id")
	s.claim(p, "88.88")
	want(t, "pay", s.pay("P1", s.code(p), "5000").code(), "SUCCESS")
	off := -s.moved("sponsor/alipay")
	if off < 1000 || off > 2500 { // 88.88 yuan are some 17 Singapore dollars
		t.Errorf("taken off: %d", off)
	}
	s.wantMoved("payer/"+p.ID, off-5000)
	coupon := s.coupon(p)
	want(t, "the coupon", coupon.State+coupon.Remaining.String(), "USEDCNY 0.00")
	want(t, "cancel", s.cancel("P1").code(), "SUCCESS")
	coupon = s.coupon(p)
	want(t, "the coupon after the cancellation", coupon.State+coupon.Remaining.String(), "ACTIVECNY 88.88")
	s.wantMoved("sponsor/alipay", 0)
}

func TestPromotionCampaignsOverTheWire(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	purchase := control.Purchase{Payer: p.ID, Amount: sgd(11000), Merchant: "M-1", Region: "SG"}
	for _, template := range []string{"instant-discount", "percent-off", "small-budget"} {
		must[control.PromotionCampaign](t)(r.api.OpenPromotion(t.Context(), control.CampaignSpec{
			Timeline: r.timeline, Template: template, Traits: map[string]string{"currency": "SGD", "budget": "25"},
		}))
	}
	foreseen := int64(0)
	for _, c := range must[[]control.Consideration](t)(r.api.ConsiderPromotions(t.Context(), purchase)) {
		foreseen += c.Savings.Value
	}
	if foreseen != 1000+1500+1000 {
		t.Errorf("%d foreseen", foreseen)
	}
	want(t, "pay", r.pay("P1", r.code(p), "11000").code(), "SUCCESS")
	r.wantMoved("payer/"+p.ID, -11000+foreseen)
	want(t, "pay again", r.pay("P2", r.code(p), "11000").code(), "SUCCESS")
	list := must[[]control.PromotionCampaign](t)(r.api.Promotions(t.Context(), r.timeline))
	if len(list) != 3 || list[0].Taken != sgd(2000) || list[1].Taken != sgd(1500) || list[1].Uses != 1 || list[1].Percent != "15.00" || *list[0].Budget != sgd(2500) {
		t.Errorf("campaigns %+v", list)
	}
	considered := must[[]control.Consideration](t)(r.api.ConsiderPromotions(t.Context(), purchase))
	want(t, "why not any more", considered[0].Why, "the budget is used up")
	want(t, "refund", r.refund("P1", "R1", "11000").code(), "SUCCESS")
	want(t, "cancel", r.cancel("P2").code(), "SUCCESS")
	for _, c := range must[[]control.PromotionCampaign](t)(r.api.Promotions(t.Context(), r.timeline)) {
		if c.Taken.Value != 0 {
			t.Errorf("%s has given %s after everything came back", c.Template, c.Taken)
		}
	}
	r.wantMoved("payer/"+p.ID, 0)
	r.wantMoved("sponsor/alipay", 0)
}

func TestARedPacketStacksOnPromotions(t *testing.T) {
	t.Parallel()
	s := newStreet(t, map[string]string{"currency": "SGD"})
	must[control.PromotionCampaign](t)(s.api.OpenPromotion(t.Context(), control.CampaignSpec{
		Timeline: s.timeline, Template: "instant-discount", Traits: map[string]string{"currency": "SGD", "sponsor": "shop"},
	}))
	p := s.payer("china-id")
	s.claim(p, "99.99")
	want(t, "pay", s.pay("P1", s.code(p), "11000").code(), "SUCCESS")
	s.wantMoved("payer/"+p.ID, -1) // 110.00 less 10.00 less 99.99
	for i, part := range []string{"1", "5499", "5500"} {
		want(t, "refund", s.refund("P1", "R"+part, part).code(), "SUCCESS")
		if got := s.moved("payer/" + p.ID); got < -1 || got > 0 {
			t.Errorf("after refund %d the payer moved by %d", i+1, got)
		}
	}
	for _, account := range []string{"payer/" + p.ID, "sponsor/alipay", "sponsor/shop", "shop/M-1"} {
		s.wantMoved(account, 0)
	}
}

func TestRiskControlOverTheWire(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	c := must[control.RiskCase](t)(r.api.ReportRisk(t.Context(), control.RiskReport{Payer: p.ID, Suspicion: "bad-credit"}))
	must[control.RiskCase](t)(r.api.AnswerRisk(t.Context(), c.ID, control.RiskAnswer{Timeline: r.timeline, Confirmed: true, Finding: "so it is"}))
	want(t, "pay", r.pay("P1", r.code(p), "100").code(), "RISK_REJECT")
	view := must[control.Payer](t)(r.api.Payer(t.Context(), p.ID))
	refusal := view.Payments[0]
	if len(refusal.Verdicts) != 1 || refusal.Verdicts[0].Rule != "K-01" || !strings.Contains(refusal.Reason, "bad-credit") {
		t.Errorf("the payer sees %+v", refusal)
	}
	policy, err := r.api.RiskPolicy(t.Context(), r.timeline)
	if err != nil || policy.Version != "1" || policy.Accounts.Refuse != 3 || policy.Accounts.Within.Hours() != 24 {
		t.Errorf("policy %+v, %v", policy, err)
	}
	policy.Version, policy.Lists.Off = "2", true
	if _, err := r.api.SetRiskPolicy(t.Context(), control.RiskPolicySpec{Timeline: r.timeline, Policy: policy}); err != nil {
		t.Fatal(err)
	}
	want(t, "pay under the new policy", r.pay("P2", r.code(p), "100").code(), "SUCCESS")
	for range 2 {
		q := r.payer("rich")
		must[control.Payer](t)(r.api.LoginPayer(t.Context(), q.ID, control.LoginSpec{Device: "tablet"}))
	}
	must[control.Payer](t)(r.api.LoginPayer(t.Context(), p.ID, control.LoginSpec{Device: "tablet"}))
	want(t, "pay as the third account", r.pay("P3", r.code(p), "100").code(), "RISK_REJECT")
	if list := must[[]control.RiskCase](t)(r.api.RiskCases(t.Context(), r.timeline)); len(list) != 1 || !list[0].Confirmed {
		t.Errorf("cases %+v", list)
	}
}

func TestMarketingRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	s := newStreet(t, nil)
	ctx, p := t.Context(), s.payer("rich")
	spec := func(template string, traits map[string]string) control.CampaignSpec {
		return control.CampaignSpec{Timeline: s.timeline, Template: template, Traits: traits}
	}
	code := control.RedPacketCodeSpec{Timeline: s.timeline, Campaign: s.campaign.ID, Provider: "P", Merchant: "M", Region: "NZ"}
	place := func(change func(*control.RedPacketCodeSpec)) error {
		c := code
		change(&c)
		_, err := s.api.PlaceRedPacketCode(ctx, c)
		return err
	}
	provide := func(p control.ProviderSpec) error { _, err := s.api.RegisterProvider(ctx, p); return err }
	errOf := func(_ any, err error) error { return err }
	if err := provide(control.ProviderSpec{ID: "Q", Timeline: s.timeline, Name: "Q", Currency: "SGD", Unqualified: "licences"}); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"an unknown promotion", errOf(s.api.OpenPromotion(ctx, spec("none", nil))), control.Invalid},
		{"a promotion without currency", errOf(s.api.OpenPromotion(ctx, spec("instant-discount", nil))), control.Invalid},
		{"an unknown trait", errOf(s.api.OpenPromotion(ctx, spec("instant-discount", map[string]string{"x": "1"}))), control.Invalid},
		{"a promotion on no timeline", errOf(s.api.OpenPromotion(ctx, control.CampaignSpec{Timeline: "none", Template: "percent-off"})), control.NotFound},
		{"an unknown red packet", errOf(s.api.OpenRedPackets(ctx, spec("none", nil))), control.Invalid},
		{"a red packet too large", errOf(s.api.OpenRedPackets(ctx, spec("summer", map[string]string{"most": "1"}))), control.Invalid},
		{"a purchase of nobody", errOf(s.api.ConsiderPromotions(ctx, control.Purchase{Payer: "x", Amount: sgd(1)})), control.NotFound},
		{"a purchase of nothing", errOf(s.api.ConsiderPromotions(ctx, control.Purchase{Payer: p.ID, Amount: money.Of("SGD", 0)})), control.Invalid},
		{"a provider without name", provide(control.ProviderSpec{Timeline: s.timeline, Currency: "SGD"}), control.Invalid},
		{"a provider in no currency", provide(control.ProviderSpec{Timeline: s.timeline, Name: "x"}), control.Invalid},
		{"a provider twice", provide(control.ProviderSpec{ID: "P", Timeline: s.timeline, Name: "x", Currency: "SGD"}), control.Conflict},
		{"a lack that is none", provide(control.ProviderSpec{Timeline: s.timeline, Name: "x", Currency: "SGD", Unqualified: "x"}), control.Invalid},
		{"a code in mainland China", place(func(c *control.RedPacketCodeSpec) { c.Region = "CN" }), control.Invalid},
		{"a code of an unknown provider", place(func(c *control.RedPacketCodeSpec) { c.Provider = "x" }), control.NotFound},
		{"a code of an unqualified provider", place(func(c *control.RedPacketCodeSpec) { c.Provider = "Q" }), control.Invalid},
		{"a code of an unknown campaign", place(func(c *control.RedPacketCodeSpec) { c.Campaign = "x" }), control.NotFound},
		{"a code at no shop", place(func(c *control.RedPacketCodeSpec) { c.Merchant = "" }), control.Invalid},
		{"a claim of nobody", errOf(s.api.ClaimRedPacket(ctx, "x", control.ClaimSpec{Code: s.code1.Code})), control.NotFound},
		{"a claim with an unknown code", errOf(s.api.ClaimRedPacket(ctx, p.ID, control.ClaimSpec{Code: "RP0"})), control.NotFound},
		{"a month that is none", errOf(s.api.Statement(ctx, control.StatementQuery{Timeline: s.timeline, Provider: "P", Period: "x"})), control.Invalid},
		{"a statement of nobody", errOf(s.api.Statement(ctx, control.StatementQuery{Timeline: s.timeline, Provider: "x", Period: "2031-01"})), control.NotFound},
		{"a settlement of no month", errOf(s.api.SettleRedPackets(ctx, control.Settlement{Timeline: s.timeline})), control.Invalid},
		{"an answer to no case", errOf(s.api.AnswerRisk(ctx, "x", control.RiskAnswer{Timeline: s.timeline})), control.NotFound},
		{"a suspicion of nothing", errOf(s.api.ReportRisk(ctx, control.RiskReport{Payer: p.ID})), control.Invalid},
		{"a policy without version", errOf(s.api.SetRiskPolicy(ctx, control.RiskPolicySpec{Timeline: s.timeline})), control.Invalid},
	}
	for _, test := range tests {
		want(t, test.name, refused(t, test.err), test.want)
	}
	if list := must[[]control.RedPacketCode](t)(s.api.RedPacketCodes(ctx, s.timeline)); len(list) != 1 || list[0] != s.code1 {
		t.Errorf("codes %+v", list)
	}
	if list := must[[]control.Provider](t)(s.api.Providers(ctx, s.timeline)); len(list) != 2 || list[1].Unqualified == "" {
		t.Errorf("providers %+v", list)
	}
	if list := must[[]control.RedPacketCampaign](t)(s.api.RedPackets(ctx, s.timeline)); len(list) != 1 || list[0].ID != s.campaign.ID {
		t.Errorf("campaigns %+v", list)
	}
	if list := must[[]control.CampaignTemplate](t)(s.api.CampaignTemplates(ctx)); len(list) < 9 {
		t.Errorf("templates %+v", list)
	}
}

func TestDataOfOnesOwn(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*wallet.Options, wallet.Data){
		"promotions": func(o *wallet.Options, d wallet.Data) { o.Promotions = d },
		"redpackets": func(o *wallet.Options, d wallet.Data) { o.RedPackets = d },
		"risk":       func(o *wallet.Options, d wallet.Data) { o.Risk = d },
	} {
		o := wallet.Options{NetworkKey: testKey()}
		change(&o, wallet.Data{Name: "mine.yaml", Text: []byte("nonsense")})
		if _, err := wallet.New(o); err == nil || !strings.Contains(err.Error(), "mine.yaml") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
