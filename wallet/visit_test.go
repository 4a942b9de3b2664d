package wallet_test

import (
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/limit"
)

// payBy pays 110 dollars in a shop that names its store, by one of the products, and returns the result.
func (r *rig) payBy(p control.Payer, product, id string) string {
	r.t.Helper()
	const price = "11000"
	switch product {
	case "payment code":
		return r.pay(id, r.code(p), price).code()
	case "auto debit":
		return codeOf(r.sell(sale{id: id, value: price, factor: agreementFactor, token: r.active(p, "A-"+id)}))
	}
	factor := map[string]string{"order code": orderCodeFactor, "cashier": unifiedFactor}[product]
	a := r.sell(sale{id: id, value: price, factor: factor, env: `"terminalType":"WEB","userAgent":"AlipayConnect/1.0"`})
	r.scan(p, codeText(a)+a.Text("normalUrl"))
	return r.confirm(p).Code
}

// TestStoresAreThoseThatPayersStandIn lets each product meet what is meant for stores only, though all shops name one: the
// place of the phone (K-02), red packets (RP-03), and campaigns.
func TestStoresAreThoseThatPayersStandIn(t *testing.T) {
	t.Parallel()
	for product, inStore := range map[string]bool{"payment code": true, "order code": true, "cashier": false, "auto debit": false} {
		t.Run(product, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.sim.SetURLs(r.url, r.url)
			r.open("off")
			r.acquirer()
			far, saved := "SUCCESS", int64(0)
			if inStore {
				far, saved = "RISK_REJECT", 1000
			}
			want(t, "far away", r.payBy(r.payer("far-away"), product, "P1"), far)

			r.redPackets()
			p := r.payer("china-id")
			must[control.Claim](t)(r.api.ClaimRedPacket(t.Context(), p.ID, control.ClaimSpec{Amount: "10", Code: r.redPacketCode()}))
			want(t, "with a red packet", r.payBy(p, product, "P2"), "SUCCESS")
			r.wantMoved("payer/"+p.ID, saved-11000)

			must[control.PromotionCampaign](t)(r.api.OpenPromotion(t.Context(), control.CampaignSpec{
				Timeline: r.timeline, Template: "instant-discount", Traits: map[string]string{"currency": "SGD", "inStore": "true"},
			}))
			q := r.payer("rich")
			want(t, "with a campaign", r.payBy(q, product, "P3"), "SUCCESS")
			r.wantMoved("payer/"+q.ID, saved-11000)
		})
	}
}

// redPackets opens a campaign in dollars, with a provider P and a code at shop M-1.
func (r *rig) redPackets() {
	r.t.Helper()
	c := must[control.RedPacketCampaign](r.t)(r.api.OpenRedPackets(r.t.Context(), control.CampaignSpec{
		Timeline: r.timeline, Template: "summer", Traits: map[string]string{"currency": "SGD"},
	}))
	must[control.Provider](r.t)(r.api.RegisterProvider(r.t.Context(), control.ProviderSpec{ID: "P", Timeline: r.timeline, Name: "P", Currency: "SGD"}))
	must[control.RedPacketCode](r.t)(r.api.PlaceRedPacketCode(r.t.Context(), control.RedPacketCodeSpec{
		Timeline: r.timeline, Campaign: c.ID, Provider: "P", Merchant: "M-1", Region: "SG",
	}))
}

func (r *rig) redPacketCode() string {
	r.t.Helper()
	return must[[]control.RedPacketCode](r.t)(r.api.RedPacketCodes(r.t.Context(), r.timeline))[0].Code
}

// TestCampaignsFindTheirShops opens campaigns for what a payment tells of its shop, and for something else.
func TestCampaignsFindTheirShops(t *testing.T) {
	t.Parallel()
	for field, values := range map[string][2]string{
		"shops": {"M-1", "M-2"}, "stores": {"S-1", "S-2"}, "regions": {"SG", "MY"}, "mccs": {"'5411'", "'7995'"}, "brands": {wallet.DefaultBrand, "Banyan eWallet"},
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			for i, value := range values {
				r := newRig(t)
				r.open("off")
				must[control.PromotionCampaign](t)(r.api.OpenPromotion(t.Context(), control.CampaignSpec{
					Timeline: r.timeline, Template: "instant-discount", Traits: map[string]string{"currency": "SGD", field: value},
				}))
				p := r.payer("rich")
				want(t, value, r.payBy(p, "payment code", "P1"), "SUCCESS")
				r.wantMoved("payer/"+p.ID, []int64{-10000, -11000}[i])
			}
		})
	}
}

// TestLimitsAreForUsersOfForeignWallets pays where the payer's own wallet is at home, and counts the years of UTC+8.
func TestLimitsAreForUsersOfForeignWallets(t *testing.T) {
	t.Parallel()
	rules, err := limit.Parse("limits.yaml", []byte(`[{region: SG, currency: SGD, inStore: {single: 1}}, {region: CN, currency: CNY, inStore: {single: 10, year: 10}}]`))
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(o *wallet.Options) { o.Limits = rules })
	r.open("off")
	p := r.payer("rich")
	want(t, "at home", r.scan(p, r.orderCode("H1", "5000")).Action, "HANDLE_BY_PSP")

	now := time.Now().In(clock.UTC8())
	newYear := time.Date(now.Year()+2, 1, 1, 0, 0, 0, 0, clock.UTC8())
	r.move(newYear.Sub(now) - time.Hour)
	for i, tt := range []struct {
		after  time.Duration
		action string
	}{
		{0, "HANDLE_BY_PSP"},
		{30 * time.Minute, "HANDLE_BY_SDK"}, // the year's limit is used up
		{time.Hour, "HANDLE_BY_PSP"},        // in UTC the old year goes on
		{9 * time.Hour, "HANDLE_BY_SDK"},    // in UTC another one has begun
	} {
		r.move(tt.after)
		s := r.scan(p, codeText(r.sell(sale{id: []string{"C1", "C2", "C3", "C4"}[i], value: "1000", factor: orderCodeFactor, currency: "CNY", region: "CN"})))
		if want(t, tt.after.String(), s.Action, tt.action); s.Payment != nil {
			want(t, "paid", r.confirm(p).Code, "SUCCESS")
		}
	}
}

// TestAPayerHasOneCustomerID pays by every product: the acquirer is told the same payer each time (CI-01).
func TestAPayerHasOneCustomerID(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.sim.SetURLs(r.url, r.url)
	r.open("off")
	r.acquirer()
	p, other := r.payer("rich"), r.payer("rich")
	for i, product := range []string{"payment code", "order code", "cashier", "auto debit"} {
		id := []string{"P1", "P2", "P3", "P4"}[i]
		want(t, product, r.payBy(p, product, id), "SUCCESS")
		told := r.ask(aps.InquiryPayment, `{"paymentRequestId":"`+id+`"}`).Text("customerId")
		want(t, product+": customer", told, p.CustomerID)
	}
	want(t, "another payer", r.payBy(other, "payment code", "P5"), "SUCCESS")
	if told := r.ask(aps.InquiryPayment, `{"paymentRequestId":"P5"}`).Text("customerId"); told != other.CustomerID || told == p.CustomerID {
		t.Errorf("another payer is told as %s", told)
	}
}
