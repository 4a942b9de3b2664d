package wallet_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// The flows of wallet and network, with both in one program and with two programs that are joined over HTTP: whatever
// one can do, the other can.

func TestAPaymentCodeEveryWay(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, p *pair) {
		payer := p.hand.payer("rich")
		p.shop.expect("order-P1")
		a := p.shop.pay("P1", p.hand.code(payer), "25000")
		want(t, "pay", a.code(), "SUCCESS")
		want(t, "customer", text(a.body, "customerId"), payer.CustomerID)
		p.wantCharged(payer, 25000)
		want(t, "another amount", p.shop.pay("P1", p.hand.code(payer), "24999").code(), "REPEAT_REQ_INCONSISTENT")
		want(t, "inquiry", p.shop.inquire("P1").outcome(), "SUCCESS")
		want(t, "part", p.shop.refund("P1", "R1", "10000").code(), "SUCCESS")
		want(t, "the same part", p.shop.refund("P1", "R1", "10000").code(), "SUCCESS")
		p.wantCharged(payer, 15000)
		want(t, "too much", p.shop.refund("P1", "R2", "15001").code(), "REFUND_AMOUNT_EXCEED")
		want(t, "the rest", p.shop.refund("P1", "R3", "15000").code(), "SUCCESS")
		p.wantCharged(payer, 0)
		p.shop.wantMoved("shop/M-1", 0)
	})
}

func TestCodesForAPhoneWithoutNetworkEveryWay(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, p *pair) {
		payer := p.hand.payer("rich")
		codes := must[[]control.PaymentCode](t)(p.hand.api.IssueCodes(t.Context(), payer.ID, control.CodesSpec{Quantity: 10, CodeSpec: control.CodeSpec{Region: "SG"}}))
		if len(codes) != 10 {
			t.Fatalf("%d codes", len(codes))
		}
		for i := 1; i < len(codes); i++ {
			if !codes[i].Start.Equal(codes[i-1].Expiry) || codes[i].Expiry.Sub(codes[i].Start) != time.Minute {
				t.Errorf("window %d: %s to %s after %s", i, codes[i].Start, codes[i].Expiry, codes[i-1].Expiry)
			}
		}
		now := must[control.Timeline](t)(p.hand.api.Timeline(t.Context(), p.hand.timeline)).Now
		if early := now.Sub(codes[0].Start); early < 0 || early > 5*time.Minute {
			t.Errorf("the first code begins %s ago on the payer's timeline", early)
		}
		want(t, "a later one", p.shop.pay("P2", codes[5].Digits, "100").code(), "INVALID_CODE")
		want(t, "the first", p.shop.pay("P1", codes[0].Digits, "100").code(), "SUCCESS")
		want(t, "the first again", p.shop.pay("P3", codes[0].Digits, "100").code(), "INVALID_CODE")
		p.wantCharged(payer, 100)
		_, err := p.hand.api.IssueCodes(t.Context(), payer.ID, control.CodesSpec{Quantity: 11})
		if refused := asRefusal(err); refused == nil {
			t.Errorf("11 codes: %v", err)
		}
	})
}

func TestAPasswordEveryWay(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, p *pair) {
		payer := p.hand.payer("always-password")
		for _, id := range []string{"P1", "P2", "P3"} {
			p.shop.expect("order-" + id)
		}
		want(t, "pay", p.shop.pay("P1", p.hand.code(payer), "900").code(), "PAYMENT_IN_PROCESS")
		want(t, "meanwhile", p.shop.inquire("P1").outcome(), "PAYMENT_IN_PROCESS")
		paid := must[control.Payment](t)(p.hand.api.EnterPassword(t.Context(), payer.ID, control.PayerAct{}))
		want(t, "password", paid.State, "SUCCESS")
		want(t, "known at once", p.shop.inquire("P1").outcome(), "SUCCESS")
		want(t, "notified", p.shop.notice(1).Text("paymentRequestId"), "P1")

		want(t, "pay", p.shop.pay("P2", p.hand.code(payer), "900").code(), "PAYMENT_IN_PROCESS")
		must[control.Payment](t)(p.hand.api.Decline(t.Context(), payer.ID, control.PayerAct{}))
		want(t, "declined", p.shop.inquire("P2").outcome(), "USER_PAYMENT_VERIFICATION_FAILED")

		want(t, "pay", p.shop.pay("P3", p.hand.code(payer), "900").code(), "PAYMENT_IN_PROCESS")
		want(t, "cancel", p.shop.cancel("P3").code(), "SUCCESS")
		_, err := p.hand.api.EnterPassword(t.Context(), payer.ID, control.PayerAct{})
		want(t, "password after the cancellation", refused(t, err), control.Conflict)
		p.wantCharged(payer, 900)
	})
}

func TestACancellationEveryWay(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, p *pair) {
		payer := p.hand.payer("rich")
		p.shop.expect("order-P1")
		want(t, "pay", p.shop.pay("P1", p.hand.code(payer), "700").code(), "SUCCESS")
		want(t, "cancel", p.shop.cancel("P1").code(), "SUCCESS")
		want(t, "again", p.shop.cancel("P1").code(), "SUCCESS")
		want(t, "outcome", p.shop.inquire("P1").outcome(), "ORDER_IS_CLOSED")
		want(t, "refund", p.shop.refund("P1", "R1", "1").code(), "ORDER_IS_CLOSED")
		p.wantCharged(payer, 0)
	})
}

// TestWhatPayersScanEveryWay is order code, entry code and both forms of the cashier.
func TestWhatPayersScanEveryWay(t *testing.T) {
	t.Parallel()
	for name, product := range map[string]struct {
		sale sale
		text func(aps.Fields) string
	}{
		"order code": {sale{factor: orderCodeFactor}, codeText},
		"entry code": {sale{factor: entryCodeFactor}, func(f aps.Fields) string { return f.Text("paymentUrl") }},
		"cashier":    {sale{factor: unifiedFactor, env: `"terminalType":"WEB"`}, func(f aps.Fields) string { return f.Text("normalUrl") }},
		"tile":       {sale{factor: tileFactor, method: "KALEIDO", env: `"terminalType":"WAP","osType":"IOS"`}, func(f aps.Fields) string { return f.Text("schemeUrl") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			everyWay(t, func(t *testing.T, p *pair) { scanned(t, p, product.sale, product.text) })
		})
	}
}

func scanned(t *testing.T, p *pair, s sale, textOf func(aps.Fields) string) {
	t.Helper()
	payer, other := p.hand.payer("rich"), p.hand.payer("rich")
	s.id, s.value = "P1", "12345"
	text := textOf(p.shop.sell(s))
	shown := p.hand.scan(payer, text)
	want(t, "scan", shown.Result.Code+" "+shown.Action, "SUCCESS HANDLE_BY_PSP")
	want(t, "shown", shown.Payment.Order.Merchant+" "+shown.Payment.Order.Price.String()+" "+shown.Payment.Payable.String(), "Corner SGD 123.45 SGD 123.45")
	now := must[control.Timeline](t)(p.hand.api.Timeline(t.Context(), p.hand.timeline)).Now
	if left := shown.Payment.Expiry.Sub(now); left < time.Minute || left > 10*time.Minute {
		t.Errorf("%s are left on the payer's timeline", left)
	}
	want(t, "scanned again", p.hand.scan(payer, text).Payment.ID, shown.Payment.ID)
	want(t, "by another payer", p.hand.scan(other, text).Result.Code, "REPEAT_REQ_INCONSISTENT")
	paid := p.hand.confirm(payer)
	want(t, "confirmed", paid.State+" "+paid.RedirectURL, "SUCCESS https://shop.example/back?order=P1")
	want(t, "outcome", p.shop.outcome("P1"), "SUCCESS")
	want(t, "notified", p.shop.notice(1).Text("paymentResult.resultStatus"), "S")
	want(t, "scanned after paying", p.hand.scan(payer, text).Result.Code, "ORDER_IS_CLOSED")
	want(t, "refund", p.shop.refund("P1", "R1", "345").code(), "SUCCESS")
	p.wantCharged(payer, 12000)
	p.wantCharged(other, 0)
	want(t, "garbage", p.hand.scan(payer, "https://nowhere.example/").Result.Code, "INVALID_CODE")
}

// TestRefusalsEveryWay: what a payer's character makes of a payment reaches the acquirer as it is (mpp-api §4.1.2).
func TestRefusalsEveryWay(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, p *pair) {
		for i, tt := range []struct{ payer, code string }{
			{"poor", "USER_BALANCE_NOT_ENOUGH"}, {"blocked", "USER_STATUS_ABNORMAL"}, {"not-verified", "USER_KYC_NOT_QUALIFIED"},
		} {
			id := fmt.Sprintf("P%d", i)
			p.shop.expect("order-" + id)
			payer := p.hand.payer(tt.payer)
			want(t, tt.payer, p.shop.pay(id, p.hand.code(payer), "100000").code(), tt.code)
			want(t, tt.payer+" later", p.shop.inquire(id).outcome(), tt.code)
			p.wantCharged(payer, 0)
		}
	})
}

// TestAutoDebitEveryWay is the life of an agreement: authorisation, token, payment, refresh, and its end from either side.
func TestAutoDebitEveryWay(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, p *pair) {
		acquirer := p.shop.acquirer()
		payer := p.hand.payer("always-password") // nobody is there to enter it
		agree := func(reference string) string {
			f := p.shop.ask(aps.Prepare, prepareBody(reference, "s"))
			want(t, "prepare", codeOf(f), "SUCCESS")
			c := must[control.Consent](t)(p.hand.api.Consent(t.Context(), payer.ID, control.ConsentSpec{Agreement: f.Text("authUrl")}))
			token := p.shop.ask(aps.ApplyToken, applyBody("M-1", c.AuthCode))
			want(t, "applyToken", codeOf(token), "SUCCESS")
			return token.Text("accessToken")
		}
		charge := func(id, token string) string {
			return codeOf(p.shop.sell(sale{id: id, value: "990", factor: agreementFactor, token: token}))
		}
		first, second := agree("A-1"), agree("A-2")
		want(t, "charge", charge("P1", first), "SUCCESS")
		want(t, "refund", p.shop.refund("P1", "R1", "90").code(), "SUCCESS")
		p.wantCharged(payer, 900)

		want(t, "the merchant ends it", codeOf(p.shop.ask(aps.CancelToken, fmt.Sprintf(`{"accessToken":%q}`, first))), "SUCCESS")
		want(t, "again", codeOf(p.shop.ask(aps.CancelToken, fmt.Sprintf(`{"accessToken":%q}`, first))), "SUCCESS")
		want(t, "charge after it", charge("P2", first), "INVALID_TOKEN")

		acquirer.on(aps.ConsultUnbinding, allowing("false"))
		_, err := p.hand.api.Unbind(t.Context(), payer.ID, control.UnbindSpec{Agreement: "A-2"})
		want(t, "not allowed", refused(t, err), control.Conflict)
		want(t, "still charged", charge("P3", second), "SUCCESS")
		acquirer.on(aps.ConsultUnbinding, allowing("true"))
		must[control.Agreement](t)(p.hand.api.Unbind(t.Context(), payer.ID, control.UnbindSpec{Agreement: "A-2"}))
		want(t, "charge after the payer ended it", charge("P4", second), "INVALID_TOKEN")
		acquirer.notice(aps.TokenCanceled)
		p.wantCharged(payer, 1890)
	})
}

// TestPromotionsEveryWay: gross on the acquirer's leg, net on the wallet's, and refunds divided between payer and sponsor
// (mpp-api §8.4).
func TestPromotionsEveryWay(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, p *pair) {
		must[control.PromotionCampaign](t)(p.shop.api.OpenPromotion(t.Context(), control.CampaignSpec{
			Timeline: p.shop.timeline, Template: "instant-discount", Traits: map[string]string{"currency": "SGD", "budget": "25"},
		}))
		payer := p.hand.payer("rich")
		p.shop.expect("order-P1", "order-P2")
		a := p.shop.pay("P1", p.hand.code(payer), "11000")
		want(t, "gross", a.code()+" "+text(a.body, "paymentAmount.value"), "SUCCESS 11000")
		p.wantCharged(payer, 10000)
		p.shop.wantMoved("shop/M-1", 11000)
		list := must[control.Payer](t)(p.hand.api.Payer(t.Context(), payer.ID)).Payments
		if len(list) != 1 || len(list[0].Promotions) != 1 || list[0].Promotions[0].Savings != sgd(1000) || list[0].Price != sgd(11000) {
			t.Errorf("the payer sees %+v", list)
		}
		want(t, "half", p.shop.refund("P1", "R1", "5500").code(), "SUCCESS")
		p.wantCharged(payer, 5000)
		want(t, "the rest", p.shop.refund("P1", "R2", "5500").code(), "SUCCESS")
		want(t, "another", p.shop.pay("P2", p.hand.code(payer), "11000").code(), "SUCCESS")
		want(t, "cancelled", p.shop.cancel("P2").code(), "SUCCESS")
		p.wantCharged(payer, 0)
		p.shop.wantMoved("sponsor/alipay", 0)
	})
}

// TestAnotherCurrencyEveryWay: the wallet pays in its own currency at the quote that Alipay+ gives, and gets refunds at the
// same one.
func TestAnotherCurrencyEveryWay(t *testing.T) {
	t.Parallel()
	everyWay(t, func(t *testing.T, p *pair) {
		payer := must[control.Payer](t)(p.hand.api.CreatePayer(t.Context(), control.PayerSpec{
			Timeline: p.hand.timeline, Template: "rich", Traits: map[string]string{"currency": "MYR"},
		}))
		p.shop.expect("order-P1")
		want(t, "pay", p.shop.pay("P1", p.hand.code(payer), "1001").code(), "SUCCESS")
		shown := must[control.Payer](t)(p.hand.api.Payer(t.Context(), payer.ID)).Payments[0]
		if shown.Debited.Currency != "MYR" || shown.Debited.Value <= 1001 || !strings.Contains(shown.Quote.Pair, "MYR") {
			t.Errorf("debited %s at %+v", shown.Debited, shown.Quote)
		}
		for i, part := range []string{"333", "333", "335"} {
			want(t, "part", p.shop.refund("P1", fmt.Sprintf("R%d", i), part).code(), "SUCCESS")
		}
		p.wantCharged(payer, 0)
	}, func(network, _ *wallet.Options) {
		if network.ForeignWallet != nil {
			network.ForeignWallet.Currency = "MYR"
		}
	})
}
