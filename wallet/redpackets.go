package wallet

import (
	"context"
	"errors"
	"strings"
	"time"

	"mppsim/wallet/control"
	"mppsim/wallet/promo/commission"
	"mppsim/wallet/promo/redpacket"
	"mppsim/wallet/store"
)

// timeOf is the time on a timeline; one that is closed for good runs with that of the strays.
func (s *Simulator) timeOf(timeline string) time.Time { return s.timelineClock(timeline).Now() }

// OpenRedPackets implements control.API.
func (s *Simulator) OpenRedPackets(ctx context.Context, spec control.CampaignSpec) (control.RedPacketCampaign, error) {
	if err := s.checkCampaigns(); err != nil {
		return control.RedPacketCampaign{}, err
	}
	line, err := s.network.Timeline(spec.Timeline)
	if err != nil {
		return control.RedPacketCampaign{}, translate(err)
	}
	template, err := named(s.marketing.packets, spec.Template, func(t redpacket.Spec) string { return t.Name })
	if err != nil {
		return control.RedPacketCampaign{}, err
	}
	if template, err = template.With(spec.Traits); err != nil {
		return control.RedPacketCampaign{}, translate(err)
	}
	a, err := template.Announce(s.options.IDs(), line.ID, line.Clock.Now())
	if err == nil {
		err = s.store.Update(ctx, func(tx store.Tx) error { return redpacket.Open(tx, a) })
	}
	return redPacketView(a.Campaign), translate(err)
}

func redPacketView(c redpacket.Campaign) control.RedPacketCampaign {
	return control.RedPacketCampaign{
		ID: c.ID, Timeline: c.Timeline, Template: c.Template, Name: c.Name, Terms: c.Terms, Start: c.Start, End: c.End,
	}
}

// RedPackets implements control.API.
func (s *Simulator) RedPackets(ctx context.Context, timeline string) ([]control.RedPacketCampaign, error) {
	return listed(ctx, s, timeline, redpacket.Campaigns, redPacketView)
}

// listed reads a list of a timeline and shows it.
func listed[From, To any](ctx context.Context, s *Simulator, timeline string, read func(store.Tx, string) ([]From, error), view func(From) To) ([]To, error) {
	views := []To{}
	err := s.store.View(ctx, func(tx store.Tx) error {
		list, err := read(tx, timeline)
		for _, item := range list {
			views = append(views, view(item))
		}
		return err
	})
	return views, translate(err)
}

// RegisterProvider implements control.API.
func (s *Simulator) RegisterProvider(ctx context.Context, spec control.ProviderSpec) (control.Provider, error) {
	line, err := s.network.Timeline(spec.Timeline)
	if err != nil {
		return control.Provider{}, translate(err)
	}
	p := commission.Provider{
		ID: spec.ID, Timeline: line.ID, Name: spec.Name, Currency: spec.Currency, Account: spec.BankAccount,
		Reputable: spec.Unqualified != "reputation", Licensed: spec.Unqualified != "licences", Sound: spec.Unqualified != "finances",
		Prohibited: spec.Unqualified == "prohibited",
	}
	if spec.Unqualified != "" && p.Unqualified() == "" {
		return control.Provider{}, control.Errorf(control.Invalid, "unqualified: %q is none of reputation, licences, finances, prohibited", spec.Unqualified)
	}
	if p.ID == "" {
		p.ID = s.options.IDs()
	}
	if p.Name == "" || strings.Contains(p.ID, "/") {
		return control.Provider{}, control.Errorf(control.Invalid, "a provider needs a name, and an id without a slash")
	}
	err = s.store.Update(ctx, func(tx store.Tx) error { return commission.Register(tx, p) })
	return providerView(p), translate(err)
}

func providerView(p commission.Provider) control.Provider {
	return control.Provider{
		ID: p.ID, Timeline: p.Timeline, Name: p.Name, Currency: p.Currency, BankAccount: p.Account, Unqualified: p.Unqualified(),
	}
}

// Providers implements control.API.
func (s *Simulator) Providers(ctx context.Context, timeline string) ([]control.Provider, error) {
	return listed(ctx, s, timeline, commission.Providers, providerView)
}

// PlaceRedPacketCode implements control.API.
func (s *Simulator) PlaceRedPacketCode(ctx context.Context, spec control.RedPacketCodeSpec) (control.RedPacketCode, error) {
	line, err := s.network.Timeline(spec.Timeline)
	if err != nil {
		return control.RedPacketCode{}, translate(err)
	}
	if spec.Merchant == "" {
		return control.RedPacketCode{}, control.Errorf(control.Invalid, "merchant: the code needs a shop")
	}
	c := commission.Code{
		Timeline: line.ID, Campaign: spec.Campaign, Provider: spec.Provider, Merchant: spec.Merchant, ShopName: spec.ShopName,
		Region: spec.Region, PlacedAt: line.Clock.Now(), Accepts: !spec.WithoutAlipay, Veteran: spec.Veteran,
	}
	err = s.store.Update(ctx, func(tx store.Tx) (err error) {
		c, err = s.marketing.redpackets.Place(tx, c)
		return err
	})
	return codeView(c), translate(err)
}

func codeView(c commission.Code) control.RedPacketCode {
	return control.RedPacketCode{
		Code: c.ID, Text: redpacket.Content(c.ID), Timeline: c.Timeline, Campaign: c.Campaign, Provider: c.Provider,
		Merchant: c.Merchant, ShopName: c.ShopName, Region: c.Region, PlacedAt: c.PlacedAt,
	}
}

// RedPacketCodes implements control.API.
func (s *Simulator) RedPacketCodes(ctx context.Context, timeline string) ([]control.RedPacketCode, error) {
	return listed(ctx, s, timeline, commission.Codes, codeView)
}

// ClaimRedPacket implements control.API.
func (s *Simulator) ClaimRedPacket(ctx context.Context, payer string, spec control.ClaimSpec) (control.Claim, error) {
	if err := s.wallet.Online(ctx, payer); err != nil {
		return control.Claim{}, translate(err)
	}
	p, err := s.wallet.Payer(ctx, payer)
	if err != nil {
		return control.Claim{}, translate(err)
	}
	who := redpacket.Claimant{CustomerID: p.CustomerID, Timeline: p.Timeline, Identity: p.Identity}
	var claim control.Claim
	err = s.store.Update(ctx, func(tx store.Tx) error {
		coupon, no, err := s.marketing.redpackets.Claim(tx, spec.Code, who, spec.Amount, s.timeOf(p.Timeline))
		if no != nil {
			claim = control.Claim{Rule: no.Rule, Reason: no.Reason}
			return err
		}
		claim = control.Claim{Coupon: new(couponView(coupon))}
		return err
	})
	if err != nil {
		return control.Claim{}, translate(err)
	}
	return claim, nil
}

func couponView(c redpacket.Coupon) control.Coupon {
	return control.Coupon{
		ID: c.ID, Campaign: c.Campaign, Code: c.Code, Name: c.Name, Terms: c.Terms, Amount: c.Amount, Remaining: c.Remaining,
		State: string(c.State), ClaimedAt: c.ClaimedAt, ExpiresAt: c.ExpiresAt,
	}
}

// Coupons implements control.API.
func (s *Simulator) Coupons(ctx context.Context, payer string) ([]control.Coupon, error) {
	p, err := s.wallet.Payer(ctx, payer)
	if err != nil {
		return nil, translate(err)
	}
	return listed(ctx, s, p.CustomerID, func(tx store.Tx, customer string) ([]redpacket.Coupon, error) {
		return redpacket.Coupons(tx, customer, s.timeOf(p.Timeline))
	}, couponView)
}

// Statement implements control.API.
func (s *Simulator) Statement(ctx context.Context, q control.StatementQuery) (control.Statement, error) {
	period, err := commission.ParsePeriod(q.Period)
	if err != nil {
		return control.Statement{}, translate(err)
	}
	var statement commission.Statement
	err = s.store.View(ctx, func(tx store.Tx) (err error) {
		statement, err = s.marketing.commissions.Statement(tx, q.Timeline, q.Provider, period)
		return err
	})
	if err != nil {
		return control.Statement{}, translate(err)
	}
	return statementView(statement)
}

// SettleRedPackets implements control.API.
func (s *Simulator) SettleRedPackets(ctx context.Context, run control.Settlement) ([]control.Statement, error) {
	period, err := commission.ParsePeriod(run.Period)
	if err != nil {
		return nil, translate(err)
	}
	line, err := s.network.Timeline(run.Timeline)
	if err != nil {
		return nil, translate(err)
	}
	var settled []commission.Statement
	err = s.store.Update(ctx, func(tx store.Tx) (err error) {
		settled, err = s.marketing.commissions.Settle(tx, line.ID, period, line.Clock.Now())
		return err
	})
	views := make([]control.Statement, 0, len(settled))
	for _, statement := range settled {
		view, viewErr := statementView(statement)
		views, err = append(views, view), errors.Join(err, viewErr)
	}
	return views, translate(err)
}

func statementView(s commission.Statement) (control.Statement, error) {
	view := control.Statement{Provider: s.Provider.ID, Period: string(s.Period), Total: s.Total(), Settled: s.Settled}
	for _, r := range s.Rows {
		view.Rows = append(view.Rows, control.StatementRow{
			Kind: string(r.Kind), Code: r.Code, Merchant: r.Merchant, Redemption: r.Redemption, RedeemedAt: r.At, Amount: r.Amount,
			Factor: r.Factor, Commission: r.Payout, Capped: r.Capped, Rate: r.Rate,
		})
	}
	var table, text strings.Builder
	err := errors.Join(s.WriteCSV(&table), s.WriteText(&text))
	view.CSV, view.Text = table.String(), text.String()
	return view, err
}
