package wallet

import (
	"context"
	"fmt"
	"strings"

	"mppsim/fixtures"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/promo"
	"mppsim/wallet/promo/commission"
	"mppsim/wallet/promo/redpacket"
	"mppsim/wallet/store"
)

// marketing is everything that makes payers pay less, and what is earned with it.
type marketing struct {
	campaigns   promo.Campaigns
	redpackets  redpacket.Desk
	commissions commission.Desk
	promotions  []promo.Spec
	packets     []redpacket.Spec
}

// newMarketing reads the templates and connects the desks.
func newMarketing(o Options) (m marketing, err error) {
	rates := promo.Rates(o.Rates.Rate)
	m.campaigns = promo.Campaigns{Rates: rates}
	m.redpackets = redpacket.Desk{IDs: o.IDs, Random: o.Random, Rates: rates}
	m.commissions = commission.Desk{Rates: rates, Wall: o.Clock.Now}
	if m.promotions, err = promo.ParseSpecs(orBuiltIn(o.Promotions, "promotions.yaml", fixtures.Promotions)); err != nil {
		return m, err
	}
	m.packets, err = redpacket.ParseSpecs(orBuiltIn(o.RedPackets, "redpackets.yaml", fixtures.RedPackets))
	return m, err
}

// desk stacks what a payment can save: what belongs to its payer, then campaigns, then the payer's red packet.
func (m marketing) desk() promo.Desk { return promo.Desk{promo.Attached{}, m.campaigns, m.redpackets} }

// orBuiltIn returns data with its name for errors: one's own, or the built-in.
func orBuiltIn(own Data, name string, builtIn []byte) (string, []byte) {
	if own.Text == nil {
		return "built-in " + name, builtIn
	}
	return own.Name, own.Text
}

// CampaignTemplates implements control.API.
func (s *Simulator) CampaignTemplates(context.Context) ([]control.CampaignTemplate, error) {
	var list []control.CampaignTemplate
	for _, t := range s.marketing.promotions {
		list = append(list, control.CampaignTemplate{Kind: "promotion", Name: t.Name, Title: t.Title})
	}
	for _, t := range s.marketing.packets {
		list = append(list, control.CampaignTemplate{Kind: "red-packet", Name: t.Name, Title: t.Title})
	}
	return list, nil
}

// OpenPromotion implements control.API.
func (s *Simulator) OpenPromotion(ctx context.Context, spec control.CampaignSpec) (control.PromotionCampaign, error) {
	if err := s.checkCampaigns(); err != nil {
		return control.PromotionCampaign{}, err
	}
	line, err := s.network.Timeline(spec.Timeline)
	if err != nil {
		return control.PromotionCampaign{}, translate(err)
	}
	template, err := named(s.marketing.promotions, spec.Template, func(t promo.Spec) string { return t.Name })
	if err != nil {
		return control.PromotionCampaign{}, err
	}
	if template, err = template.With(spec.Traits); err != nil {
		return control.PromotionCampaign{}, translate(err)
	}
	c, err := template.Campaign(s.options.IDs(), line.ID, line.Clock.Now())
	if err == nil {
		err = s.store.Update(ctx, func(tx store.Tx) error { return promo.Open(tx, c) })
	}
	return promotionView(promo.Status{Campaign: c}), translate(err)
}

// named finds a template by its name.
func named[T any](list []T, name string, nameOf func(T) string) (found T, err error) {
	var names []string
	for _, t := range list {
		if nameOf(t) == name {
			return t, nil
		}
		names = append(names, nameOf(t))
	}
	return found, control.Errorf(control.Invalid, "there is no template %q; there are %s", name, strings.Join(names, ", "))
}

func promotionView(c promo.Status) control.PromotionCampaign {
	amount := func(minor int64) *money.Amount {
		if minor == 0 {
			return nil
		}
		return new(money.Of(c.Currency, minor))
	}
	view := control.PromotionCampaign{
		ID: c.ID, Timeline: c.Timeline, Template: c.Template, Name: c.Name, Sponsor: c.Sponsor, Threshold: amount(c.Threshold),
		Off: amount(c.Off), Cap: amount(c.Cap), Budget: amount(c.Budget), Taken: money.Of(c.Currency, c.Taken), Uses: c.Spending.Uses,
		Start: c.Start, End: c.End,
	}
	if c.BasisPoints > 0 {
		view.Percent = fmt.Sprintf("%d.%02d", c.BasisPoints/100, c.BasisPoints%100)
	}
	return view
}

// Promotions implements control.API.
func (s *Simulator) Promotions(ctx context.Context, timeline string) ([]control.PromotionCampaign, error) {
	views := []control.PromotionCampaign{}
	err := s.store.View(ctx, func(tx store.Tx) error {
		list, err := promo.List(tx, timeline)
		for _, c := range list {
			views = append(views, promotionView(c))
		}
		return err
	})
	return views, translate(err)
}

// ConsiderPromotions implements control.API.
func (s *Simulator) ConsiderPromotions(ctx context.Context, p control.Purchase) ([]control.Consideration, error) {
	payer, err := s.wallet.Payer(ctx, p.Payer)
	if err != nil {
		return nil, translate(err)
	}
	if _, ok := money.Decimals(p.Amount.Currency); !ok || p.Amount.Value < 1 {
		return nil, control.Errorf(control.Invalid, "amount: %s is not above 0 in an active currency", p.Amount)
	}
	if err := checkRegion(p.Region); err != nil {
		return nil, err
	}
	visit := promo.Visit{
		Timeline: payer.Timeline, CustomerID: payer.CustomerID, Brand: s.brandOf(payer.Wallet), Merchant: p.Merchant, Store: p.Store,
		MCC: p.MCC, Region: p.Region, InStore: !p.Online, Price: p.Amount, At: s.timeOf(payer.Timeline),
	}
	views := []control.Consideration{}
	err = s.store.View(ctx, func(tx store.Tx) error {
		verdicts, err := s.marketing.campaigns.Consider(tx, visit, p.Amount)
		for _, v := range verdicts {
			view := control.Consideration{Campaign: v.Campaign.ID, Name: v.Campaign.Name, Savings: money.Of(p.Amount.Currency, 0), Why: v.Why}
			if v.Why == "" {
				view.Savings = v.Saving.Savings
			}
			views = append(views, view)
		}
		return err
	})
	return views, translate(err)
}
