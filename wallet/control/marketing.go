package control

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"mppsim/wallet/money"
)

// Promotions are campaigns that take something off payments by themselves (mpp-api §8).
type Promotions interface {
	CampaignTemplates(ctx context.Context) ([]CampaignTemplate, error) // of promotions and red packets
	OpenPromotion(ctx context.Context, spec CampaignSpec) (PromotionCampaign, error)
	// Promotions lists a timeline's campaigns in the order in which they are taken off.
	Promotions(ctx context.Context, timeline string) ([]PromotionCampaign, error)
	// ConsiderPromotions tells what each campaign would do for a purchase. It takes nothing.
	ConsiderPromotions(ctx context.Context, p Purchase) ([]Consideration, error)
}

// RedPackets are campaigns whose coupons payers claim at shops' fronts, and what service providers earn with
// them (mpp-api §10).
type RedPackets interface {
	OpenRedPackets(ctx context.Context, spec CampaignSpec) (RedPacketCampaign, error)
	RedPackets(ctx context.Context, timeline string) ([]RedPacketCampaign, error)
	RegisterProvider(ctx context.Context, spec ProviderSpec) (Provider, error)
	Providers(ctx context.Context, timeline string) ([]Provider, error)
	PlaceRedPacketCode(ctx context.Context, spec RedPacketCodeSpec) (RedPacketCode, error)
	RedPacketCodes(ctx context.Context, timeline string) ([]RedPacketCode, error)
	// ClaimRedPacket lets a payer scan a code. A claim that a rule refuses is an answer, not an error.
	ClaimRedPacket(ctx context.Context, payer string, spec ClaimSpec) (Claim, error)
	Coupons(ctx context.Context, payer string) ([]Coupon, error) // in the order of their claims
	Statement(ctx context.Context, q StatementQuery) (Statement, error)
	// SettleRedPackets pays every provider of a timeline for a month that is over; the second time it changes nothing.
	SettleRedPackets(ctx context.Context, s Settlement) ([]Statement, error)
}

// CampaignTemplate is a kind of campaign.
type CampaignTemplate struct {
	Kind  string `json:"kind"` // promotion, red-packet
	Name  string `json:"name"`
	Title string `json:"title"`
}

// CampaignSpec makes a campaign from a template (fixtures/promotions.yaml, fixtures/redpackets.yaml) on a timeline.
type CampaignSpec struct {
	Timeline string            `json:"timeline"`
	Template string            `json:"template"`
	Traits   map[string]string `json:"traits,omitempty"` // fields to override, written as in the file
}

// PromotionCampaign is a campaign with what it has given. Rules that restrict nothing are absent.
type PromotionCampaign struct {
	ID        string        `json:"id"`
	Timeline  string        `json:"timeline"`
	Template  string        `json:"template"`
	Name      string        `json:"name"`
	Sponsor   string        `json:"sponsor"`
	Threshold *money.Amount `json:"threshold,omitempty"`
	Off       *money.Amount `json:"off,omitempty"`
	Percent   string        `json:"percent,omitempty"`
	Cap       *money.Amount `json:"cap,omitempty"`
	Budget    *money.Amount `json:"budget,omitempty"`
	Taken     money.Amount  `json:"taken"` // refunds subtracted
	Uses      int           `json:"uses"`
	Start     time.Time     `json:"start"` // on the timeline
	End       time.Time     `json:"end,omitzero"`
}

// Purchase is a payment that might be made.
type Purchase struct {
	Payer    string       `json:"payer"`
	Amount   money.Amount `json:"amount"`
	Merchant string       `json:"merchant,omitempty"`
	Store    string       `json:"store,omitempty"`
	MCC      string       `json:"mcc,omitempty"`
	Region   string       `json:"region,omitempty"`
	Online   bool         `json:"online,omitempty"`
}

// Consideration is what a campaign would do for a purchase.
type Consideration struct {
	Campaign string       `json:"campaign"`
	Name     string       `json:"name"`
	Savings  money.Amount `json:"savings"`
	Why      string       `json:"why,omitempty"` // it saves nothing
}

// RedPacketCampaign is a red packet campaign.
type RedPacketCampaign struct {
	ID       string    `json:"id"`
	Timeline string    `json:"timeline"`
	Template string    `json:"template"`
	Name     string    `json:"name"`
	Terms    string    `json:"terms,omitempty"`
	Start    time.Time `json:"start"` // on the timeline
	End      time.Time `json:"end"`
}

// ProviderSpec registers a service provider. One without an id gets one.
type ProviderSpec struct {
	ID          string `json:"id,omitempty"`
	Timeline    string `json:"timeline"`
	Name        string `json:"name"`
	Currency    string `json:"currency"`              // in which it is paid
	BankAccount string `json:"bankAccount,omitempty"` // for statements only
	// Unqualified names what a provider lacks: reputation, licences, finances; or prohibited. Such a one cannot place codes.
	Unqualified string `json:"unqualified,omitempty"`
}

// Provider is a service provider.
type Provider struct {
	ID          string `json:"id"`
	Timeline    string `json:"timeline"`
	Name        string `json:"name"`
	Currency    string `json:"currency"`
	BankAccount string `json:"bankAccount,omitempty"`
	Unqualified string `json:"unqualified,omitempty"` // why it cannot place codes
}

// RedPacketCodeSpec asks for a code of a campaign for a shop.
type RedPacketCodeSpec struct {
	Timeline string `json:"timeline"`
	Campaign string `json:"campaign"`
	Provider string `json:"provider"`
	Merchant string `json:"merchant"`
	ShopName string `json:"shopName,omitempty"`
	Region   string `json:"region"`
	// WithoutAlipay: the shop does not accept Alipay; Veteran: it had redemptions before. Neither earns a placement commission.
	WithoutAlipay bool `json:"withoutAlipay,omitempty"`
	Veteran       bool `json:"veteran,omitempty"`
}

// RedPacketCode is a code at a shop's front.
type RedPacketCode struct {
	Code     string    `json:"code"`
	Text     string    `json:"text"` // what its picture holds
	Timeline string    `json:"timeline"`
	Campaign string    `json:"campaign"`
	Provider string    `json:"provider"`
	Merchant string    `json:"merchant"`
	ShopName string    `json:"shopName,omitempty"`
	Region   string    `json:"region"`
	PlacedAt time.Time `json:"placedAt"` // on the timeline
}

// ClaimSpec is what a payer scans.
type ClaimSpec struct {
	Code   string `json:"code"`             // the code, or the text of its picture
	Amount string `json:"amount,omitempty"` // of the coupon in major units of the campaign's currency; empty: drawn
}

// Claim is what a payer gets: a coupon, or the rule that refuses it.
type Claim struct {
	Coupon *Coupon `json:"coupon,omitempty"`
	Rule   string  `json:"rule,omitempty"` // such as RP-05
	Reason string  `json:"reason,omitempty"`
}

// Coupon is a red packet of a payer.
type Coupon struct {
	ID        string       `json:"id"`
	Campaign  string       `json:"campaign"`
	Code      string       `json:"code"`
	Name      string       `json:"name"`
	Terms     string       `json:"terms,omitempty"`
	Amount    money.Amount `json:"amount"`
	Remaining money.Amount `json:"remaining"`
	State     string       `json:"state"` // ACTIVE, USED, EXPIRED
	ClaimedAt time.Time    `json:"claimedAt"`
	ExpiresAt time.Time    `json:"expiresAt"`
}

// StatementQuery selects a provider's month, written 2031-03.
type StatementQuery struct {
	Timeline string `json:"timeline"`
	Provider string `json:"provider"`
	Period   string `json:"period"`
}

// Settlement is the month-end run of a timeline.
type Settlement struct {
	Timeline string `json:"timeline"`
	Period   string `json:"period"`
}

// Statement is what a provider earns in a month.
type Statement struct {
	Provider string         `json:"provider"`
	Period   string         `json:"period"`
	Rows     []StatementRow `json:"rows,omitempty"`
	Total    money.Amount   `json:"total"`
	Settled  time.Time      `json:"settled,omitzero"` // on the timeline; absent: not yet, and so it may change
	CSV      string         `json:"csv"`
	Text     string         `json:"text"` // for people
}

// StatementRow is one commission (mpp-api §10.3).
type StatementRow struct {
	Kind       string       `json:"kind"` // PLACEMENT, OPERATIONS
	Code       string       `json:"rpCodeId"`
	Merchant   string       `json:"merchantId"`
	Redemption string       `json:"redemptionId"`
	RedeemedAt time.Time    `json:"redeemedAt"`
	Amount     money.Amount `json:"redemptionAmount"`
	Factor     string       `json:"factor,omitempty"`
	Commission money.Amount `json:"commission"` // in the provider's currency
	Capped     bool         `json:"capped"`
	Rate       string       `json:"fxRate"`
}

func marketingRoutes(s routes, api API) {
	s.get("/campaign-templates", "campaignTemplates", "List the templates of promotions and red packets", plain(api.CampaignTemplates))
	s.post("/promotions", "openPromotion", "Open a campaign that takes something off payments", asked(api.OpenPromotion))
	s.get("/promotions", "promotions", "List the campaigns in the order in which they are taken off", onTimeline(api.Promotions))
	s.post("/promotions/consider", "considerPromotions", "Tell what each campaign would take off a purchase, or why it would not", asked(api.ConsiderPromotions))

	s.post("/redpackets", "openRedPackets", "Open a red packet campaign", asked(api.OpenRedPackets))
	s.get("/redpackets", "redPackets", "List the red packet campaigns", onTimeline(api.RedPackets))
	s.post("/redpackets/providers", "registerProvider", "Register a service provider that places codes", asked(api.RegisterProvider))
	s.get("/redpackets/providers", "providers", "List the service providers", onTimeline(api.Providers))
	s.post("/redpackets/codes", "placeRedPacketCode", "Place a red packet code at a shop", asked(api.PlaceRedPacketCode))
	s.get("/redpackets/codes", "redPacketCodes", "List the red packet codes", onTimeline(api.RedPacketCodes))
	s.get("/redpackets/statement", "statement", "Tell what a provider earns in a month", read(func(r *http.Request) (Statement, error) {
		return api.Statement(r.Context(), StatementQuery{Timeline: r.FormValue("timeline"), Provider: r.FormValue("provider"), Period: r.FormValue("period")})
	}, "timeline", "provider", "period"))
	s.post("/redpackets/settlements", "settleRedPackets", "Pay every provider for a month that is over; a second time changes nothing", asked(api.SettleRedPackets))
	s.post("/payers/{id}/redpackets", "claimRedPacket", "Have the payer scan a red packet code and collect a coupon", to(api.ClaimRedPacket))
	s.get("/payers/{id}/redpackets", "coupons", "List the payer's coupons in the order of their claims", of(api.Coupons))
}

// CampaignTemplates implements API.
func (c *Client) CampaignTemplates(ctx context.Context) ([]CampaignTemplate, error) {
	return get[[]CampaignTemplate](ctx, c, "campaign templates", "/campaign-templates")
}

// OpenPromotion implements API.
func (c *Client) OpenPromotion(ctx context.Context, spec CampaignSpec) (PromotionCampaign, error) {
	return post[PromotionCampaign](ctx, c, "open promotion "+spec.Template, "/promotions", spec)
}

// Promotions implements API.
func (c *Client) Promotions(ctx context.Context, timeline string) ([]PromotionCampaign, error) {
	return get[[]PromotionCampaign](ctx, c, "promotions", ofTimeline("/promotions", timeline))
}

// ConsiderPromotions implements API.
func (c *Client) ConsiderPromotions(ctx context.Context, p Purchase) ([]Consideration, error) {
	return post[[]Consideration](ctx, c, "consider promotions", "/promotions/consider", p)
}

// OpenRedPackets implements API.
func (c *Client) OpenRedPackets(ctx context.Context, spec CampaignSpec) (RedPacketCampaign, error) {
	return post[RedPacketCampaign](ctx, c, "open red packets "+spec.Template, "/redpackets", spec)
}

// RedPackets implements API.
func (c *Client) RedPackets(ctx context.Context, timeline string) ([]RedPacketCampaign, error) {
	return get[[]RedPacketCampaign](ctx, c, "red packets", ofTimeline("/redpackets", timeline))
}

// RegisterProvider implements API.
func (c *Client) RegisterProvider(ctx context.Context, spec ProviderSpec) (Provider, error) {
	return post[Provider](ctx, c, "register provider "+spec.Name, "/redpackets/providers", spec)
}

// Providers implements API.
func (c *Client) Providers(ctx context.Context, timeline string) ([]Provider, error) {
	return get[[]Provider](ctx, c, "providers", ofTimeline("/redpackets/providers", timeline))
}

// PlaceRedPacketCode implements API.
func (c *Client) PlaceRedPacketCode(ctx context.Context, spec RedPacketCodeSpec) (RedPacketCode, error) {
	return post[RedPacketCode](ctx, c, "place red packet code at "+spec.Merchant, "/redpackets/codes", spec)
}

// RedPacketCodes implements API.
func (c *Client) RedPacketCodes(ctx context.Context, timeline string) ([]RedPacketCode, error) {
	return get[[]RedPacketCode](ctx, c, "red packet codes", ofTimeline("/redpackets/codes", timeline))
}

// ClaimRedPacket implements API.
func (c *Client) ClaimRedPacket(ctx context.Context, payer string, spec ClaimSpec) (Claim, error) {
	return post[Claim](ctx, c, "claim of payer "+payer, "/payers/"+seg(payer)+"/redpackets", spec)
}

// Coupons implements API.
func (c *Client) Coupons(ctx context.Context, payer string) ([]Coupon, error) {
	return get[[]Coupon](ctx, c, "coupons of payer "+payer, "/payers/"+seg(payer)+"/redpackets")
}

// Statement implements API.
func (c *Client) Statement(ctx context.Context, q StatementQuery) (Statement, error) {
	values := url.Values{"timeline": {q.Timeline}, "provider": {q.Provider}, "period": {q.Period}}
	return get[Statement](ctx, c, "statement of provider "+q.Provider, "/redpackets/statement?"+values.Encode())
}

// SettleRedPackets implements API.
func (c *Client) SettleRedPackets(ctx context.Context, s Settlement) ([]Statement, error) {
	return post[[]Statement](ctx, c, "settlement of "+s.Period, "/redpackets/settlements", s)
}
