package walletrules_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"time"

	"github.com/cucumber/godog"

	"mppsim/wallet/control"
)

// characters are the payers of the features by what they are; a number in the words is that of the trait.
func characters() []character {
	return []character{
		{"has money", "rich", ""},
		{"has no money", "poor", ""},
		{"is verified with a China ID", "china-id", ""},
		{"is verified with a passport", "passport", ""},
		{"is known to abuse promotions", "abuses-promotions", ""},
		{"has bad credit", "bad-credit", ""},
		{"pays with a rooted phone", "rooted-phone", ""},
		{"pays from an emulator", "emulator", ""},
		{"is far from the shop", "far-away", ""},
		{"shares a phone", "shared-phone", ""},
		{"has ringgit only", "from-malaysia", ""},
		{"has won only", "from-korea", ""},
		{"has dinars only", "from-kuwait", ""},
		{"has another wallet", "rich", "wallet=BANYAN_WALLET"},
		{"phone has no network", "offline", ""},
		{`phone has no network and who needs a password above (\d+)`, "offline", "password=above passwordFree=$1"},
		{`needs a password above (\d+)`, "rich", "password=above passwordFree=$1"},
		{`needs a password above (\d+) a day`, "rich", "password=above passwordFree=100 passwordFreeDaily=$1"},
		{`may pay (\d+) at once`, "rich", "singleLimit=$1"},
		{`may pay (\d+) a day`, "rich", "dailyAmount=$1"},
		{`may pay (\d+) a year`, "rich", "yearlyAmount=$1"},
		{`may pay (\d+) times a day`, "rich", "dailyCount=$1"},
	}
}

// character is a kind of payer in the words of the features.
type character struct{ words, template, traits string }

// spec is the payer of a sentence.
func (c character) spec(sentence string) (control.PayerSpec, bool) {
	form := regexp.MustCompile("^" + c.words + "$")
	found := form.FindStringSubmatchIndex(sentence)
	if found == nil {
		return control.PayerSpec{}, false
	}
	spec := control.PayerSpec{Template: c.template, Traits: make(map[string]string)}
	for trait := range strings.FieldsSeq(string(form.ExpandString(nil, c.traits, sentence, found))) {
		name, value, _ := strings.Cut(trait, "=")
		spec.Traits[name] = value
	}
	return spec, true
}

func (w *world) register(sc *godog.ScenarioContext) {
	for _, steps := range []map[string]any{w.marketingSteps(), w.codeSteps(), w.orderSteps(), w.resultSteps()} {
		for pattern, step := range steps {
			sc.Step(regexp.MustCompile("^"+pattern+"$"), step)
		}
	}
}

func (w *world) marketingSteps() map[string]any {
	return map[string]any{
		`a red packet campaign`:                                        w.openCampaign,
		`a red packet campaign where`:                                  w.openCampaignWhere,
		`a red packet campaign at a shop that had redemptions before`:  w.openCampaignAtVeteran,
		`a promotion "([^"]+)"`:                                        w.openPromotion,
		`a payer who has (\d+\.\d\d)`:                                  w.addPayerWith,
		`a payer who (.*[^\d]|needs .*)`:                               w.addPayer,
		`a payer whose (phone .*)`:                                     w.addPayer,
		`the payer claims a coupon`:                                    func(ctx context.Context) error { return w.scan(ctx, "10.00") },
		`the payer claims a coupon of ([\d.]+)`:                        w.scan,
		`the payer claims and spends (\d+) coupons`:                    w.claimAndSpend,
		`the claim succeeds`:                                           w.claimSucceeds,
		`the claim is impossible`:                                      w.claimIsImpossible,
		`the claim is refused by (RP-\d+)`:                             w.claimIsRefused,
		`the coupon's terms say "([^"]+)"`:                             w.termsSay,
		`the coupon is (ACTIVE|USED|EXPIRED)`:                          w.couponIs,
		`([\d.]+) of the coupon are left`:                              w.couponHasLeft,
		`no code can be placed in ([A-Z]{2})`:                          w.noCodeIn,
		`a provider that lacks (\S+) cannot place a code`:              w.unqualified,
		`(\d+) (second|minute|hour|day)s pass`:                         w.pass,
		`the payer buys for ([\d.]+)`:                                  func(ctx context.Context, price string) error { return w.buy(ctx, price, "SG") },
		`the payer buys for ([\d.]+) in ([A-Z]{2})`:                    w.buy,
		`the payer pays ([\d.]+)`:                                      w.pays,
		`the payer sees (\d+) promotions?`:                             w.seesPromotions,
		`the payment is refused by (K-\d+)`:                            w.refusedBy,
		`the payment is refunded`:                                      w.refundAll,
		`([\d.]+) of the payment are refunded`:                         w.refund,
		`the first payment is cancelled`:                               w.cancelFirst,
		`the payer got back ([\d.]+)`:                                  w.gotBack,
		`the shop got ([\d.]+)`:                                        func(ctx context.Context, a string) error { return w.wantMoved(ctx, "shop/M", a, 1) },
		`the sponsor (\S+) paid ([\d.]+)`:                              func(ctx context.Context, s, a string) error { return w.wantMoved(ctx, "sponsor/"+s, a, -1) },
		`the month is settled`:                                         w.settle,
		`the month cannot be settled yet`:                              w.cannotSettle,
		`the provider was paid ([\d.]+)`:                               func(ctx context.Context, a string) error { return w.wantMoved(ctx, "provider/P", a, 1) },
		`(\d+) commissions? was capped`:                                w.capped,
		`Alipay\+ suspects the payer of (\S+) and the wallet (\S+) it`: w.suspect,
		`the strategies allow (\d+) km from version (\S+) on`:          w.changeStrategies,
	}
}

func (w *world) openCampaign(ctx context.Context) error { return w.open(ctx, nil, false) }

func (w *world) openCampaignAtVeteran(ctx context.Context) error { return w.open(ctx, nil, true) }

func (w *world) openCampaignWhere(ctx context.Context, table *godog.Table) error {
	traits := make(map[string]string)
	for _, row := range table.Rows {
		traits[row.Cells[0].Value] = row.Cells[1].Value
	}
	return w.open(ctx, traits, false)
}

// open opens the usual campaign in the shop's currency, with a provider and its code at the shop.
func (w *world) open(ctx context.Context, traits map[string]string, veteran bool) (err error) {
	all := map[string]string{"currency": "SGD"}
	maps.Copy(all, traits)
	w.campaign, err = w.sim.OpenRedPackets(ctx, control.CampaignSpec{Timeline: w.line, Template: "summer", Traits: all})
	if err != nil {
		return err
	}
	if _, err = w.sim.RegisterProvider(ctx, control.ProviderSpec{ID: "P", Timeline: w.line, Name: "P", Currency: "SGD"}); err != nil {
		return err
	}
	w.code, err = w.place(ctx, "P", "SG", veteran)
	return err
}

func (w *world) place(ctx context.Context, provider, region string, veteran bool) (control.RedPacketCode, error) {
	return w.sim.PlaceRedPacketCode(ctx, control.RedPacketCodeSpec{
		Timeline: w.line, Campaign: w.campaign.ID, Provider: provider, Merchant: "M", Region: region, Veteran: veteran,
	})
}

// refused returns an error unless an operation was refused for what was asked.
func refused(err error) error {
	if e, ok := errors.AsType[*control.Error](err); ok && e.Code == control.Invalid {
		return nil
	}
	return fmt.Errorf("not refused: %w", err)
}

func (w *world) noCodeIn(ctx context.Context, region string) error {
	_, err := w.place(ctx, "P", region, false)
	return refused(err)
}

func (w *world) unqualified(ctx context.Context, lack string) error {
	_, err := w.sim.RegisterProvider(ctx, control.ProviderSpec{ID: "Q", Timeline: w.line, Name: "Q", Currency: "SGD", Unqualified: lack})
	if err != nil {
		return err
	}
	_, err = w.place(ctx, "Q", "SG", false)
	return refused(err)
}

func (w *world) openPromotion(ctx context.Context, template string) error {
	_, err := w.sim.OpenPromotion(ctx, control.CampaignSpec{Timeline: w.line, Template: template, Traits: map[string]string{"currency": "SGD"}})
	return err
}

func (w *world) addPayer(ctx context.Context, sentence string) error {
	for _, c := range characters() {
		spec, ok := c.spec(sentence)
		if !ok {
			continue
		}
		spec.Timeline = w.line
		p, err := w.sim.CreatePayer(ctx, spec)
		w.payers = append(w.payers, p)
		return err
	}
	return fmt.Errorf("no payer %s", sentence)
}

func (w *world) addPayerWith(ctx context.Context, amount string) error {
	balance, err := sgd(amount)
	if err != nil {
		return err
	}
	p, err := w.sim.CreatePayer(ctx, control.PayerSpec{Timeline: w.line, Template: "rich", Balance: &balance})
	w.payers = append(w.payers, p)
	return err
}

func (w *world) scan(ctx context.Context, amount string) error {
	w.claim, w.claimErr = w.sim.ClaimRedPacket(ctx, w.payer().ID, control.ClaimSpec{Code: w.code.Text, Amount: amount})
	return nil
}

func (w *world) claimSucceeds() error {
	if w.claimErr != nil || w.claim.Coupon == nil {
		return fmt.Errorf("claim %+v: %w", w.claim, w.claimErr)
	}
	return nil
}

func (w *world) claimIsImpossible() error { return refused(w.claimErr) }

func (w *world) claimIsRefused(rule string) error {
	if w.claimErr != nil || w.claim.Rule != rule || w.claim.Reason == "" {
		return fmt.Errorf("claim %+v: %w", w.claim, w.claimErr)
	}
	return nil
}

func (w *world) claimAndSpend(ctx context.Context, n int) error {
	for range n {
		if err := errors.Join(w.scan(ctx, "10.00"), w.claimSucceeds()); err != nil {
			return err
		}
		if err := errors.Join(w.buy(ctx, "25.00", "SG"), w.pays(ctx, "15.00")); err != nil {
			return err
		}
		if err := w.pass(ctx, 1, "hour"); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) termsSay(text string) error {
	terms := strings.Join(strings.Fields(w.claim.Coupon.Terms), " ")
	if !strings.Contains(terms, text) {
		return fmt.Errorf("terms: %s", terms)
	}
	return nil
}

func (w *world) couponIs(ctx context.Context, state string) error {
	c, err := w.coupon(ctx)
	if err == nil && c.State != state {
		err = fmt.Errorf("coupon %+v", c)
	}
	return err
}

func (w *world) couponHasLeft(ctx context.Context, amount string) error {
	c, err := w.coupon(ctx)
	if err == nil && c.Remaining.Major() != amount {
		err = fmt.Errorf("%s are left", c.Remaining)
	}
	return err
}

func (w *world) pass(ctx context.Context, n int, unit string) error {
	span := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[unit]
	_, err := w.sim.MoveTimeline(ctx, w.line, control.Move{By: time.Duration(n) * span})
	return err
}

func (w *world) pays(ctx context.Context, amount string) error {
	p, err := w.seen(ctx)
	if err == nil && (w.result != "SUCCESS" || p.Debited.Major() != amount) {
		err = fmt.Errorf("%s: debited %s", w.result, p.Debited)
	}
	return err
}

func (w *world) seesPromotions(ctx context.Context, n int) error {
	p, err := w.seen(ctx)
	if err == nil && len(p.Promotions) != n {
		err = fmt.Errorf("promotions %+v", p.Promotions)
	}
	return err
}

func (w *world) refusedBy(ctx context.Context, rule string) error {
	p, err := w.seen(ctx)
	if err == nil && (w.result != "RISK_REJECT" || len(p.Verdicts) != 1 || p.Verdicts[0].Rule != rule || !p.Debited.IsZero()) {
		err = fmt.Errorf("%s: %+v", w.result, p)
	}
	return err
}

func (w *world) refundAll(ctx context.Context) error {
	p, err := w.seen(ctx)
	if err != nil {
		return err
	}
	return w.refund(ctx, p.Price.Major())
}

func (w *world) refund(ctx context.Context, amount string) error {
	part, err := sgd(amount)
	if err != nil {
		return err
	}
	w.refunds++
	code, err := w.send(ctx, "refund", fmt.Sprintf(`{"paymentRequestId":%q,"refundRequestId":"R%d","refundAmount":{"currency":"SGD","value":"%d"}}`,
		w.last(), w.refunds, part.Value))
	if err == nil && code != "SUCCESS" {
		err = fmt.Errorf("refund: %s", code)
	}
	return err
}

func (w *world) cancelFirst(ctx context.Context) error {
	code, err := w.send(ctx, "cancelPayment", fmt.Sprintf(`{"paymentRequestId":%q}`, w.payments[0]))
	if err == nil && code != "SUCCESS" {
		err = fmt.Errorf("cancellation: %s", code)
	}
	return err
}

func (w *world) gotBack(ctx context.Context, amount string) error {
	p, err := w.seen(ctx)
	if err == nil && p.Refunded.Major() != amount {
		err = fmt.Errorf("%s came back", p.Refunded)
	}
	return err
}

// settle lets the month end, where it has not, and settles it.
func (w *world) settle(ctx context.Context) error {
	line, err := w.sim.MoveTimeline(ctx, w.line, control.Move{Days: 31 * (1 - min(len(w.settled), 1))})
	if err != nil {
		return err
	}
	period := line.Now.AddDate(0, 0, -31).Format("2006-01")
	w.settled, err = w.sim.SettleRedPackets(ctx, control.Settlement{Timeline: w.line, Period: period})
	return err
}

func (w *world) cannotSettle(ctx context.Context) error {
	period, err := w.month(ctx)
	if err != nil {
		return err
	}
	_, err = w.sim.SettleRedPackets(ctx, control.Settlement{Timeline: w.line, Period: period})
	if e, ok := errors.AsType[*control.Error](err); ok && e.Code == control.Conflict {
		return nil
	}
	return fmt.Errorf("settled: %w", err)
}

func (w *world) capped(n int) error {
	for _, s := range w.settled {
		for _, r := range s.Rows {
			if r.Capped && r.Commission.IsZero() {
				n--
			}
		}
	}
	if n != 0 {
		return fmt.Errorf("%d capped commissions are missing in %+v", n, w.settled)
	}
	return nil
}

func (w *world) suspect(ctx context.Context, suspicion, verdict string) error {
	c, err := w.sim.ReportRisk(ctx, control.RiskReport{Payer: w.payer().ID, Suspicion: suspicion})
	if err != nil {
		return err
	}
	_, err = w.sim.AnswerRisk(ctx, c.ID, control.RiskAnswer{Timeline: w.line, Confirmed: verdict == "confirms", Finding: verdict})
	return err
}

func (w *world) changeStrategies(ctx context.Context, km int, version string) error {
	policy, err := w.sim.RiskPolicy(ctx, w.line)
	if err != nil {
		return err
	}
	policy.Version, policy.Location.MaxDistanceKm = version, km
	_, err = w.sim.SetRiskPolicy(ctx, control.RiskPolicySpec{Timeline: w.line, Policy: policy})
	return err
}
