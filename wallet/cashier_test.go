package wallet_test

import (
	"strings"
	"testing"
	"time"

	"mppsim/wallet/aps"
)

// TestCashierHandsOutWhatTheDeviceCanOpen is the cashier's part of acqp-api §4.
func TestCashierHandsOutWhatTheDeviceCanOpen(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("certify")
	p := r.payer("rich")
	members := []string{"normalUrl", "paymentUrl", "schemeUrl", "applinkUrl", "appIdentifier", "paymentData", "orderCodeForm.expireTime"}
	for _, tt := range []struct{ name, factor, env, wanted string }{
		{"W1", unifiedFactor, `"terminalType":"WEB"`, "normalUrl"},
		{"W2", unifiedFactor, `"terminalType":"WAP","osType":"ANDROID"`, "normalUrl schemeUrl applinkUrl"},
		{"W3", unifiedFactor, `"terminalType":"APP","osType":"IOS"`, "normalUrl schemeUrl applinkUrl appIdentifier paymentData"},
		{"W4", unifiedFactor, `"terminalType":"MINI_APP"`, "normalUrl schemeUrl applinkUrl appIdentifier"},
		{"T1", tileFactor, `"terminalType":"WEB"`, "normalUrl paymentUrl orderCodeForm.expireTime"},
		{"T2", tileFactor, `"terminalType":"WAP","osType":"IOS"`, "normalUrl paymentUrl schemeUrl applinkUrl"},
		{"T3", tileFactor, `"terminalType":"APP","osType":"ANDROID"`, "normalUrl paymentUrl schemeUrl applinkUrl appIdentifier"},
	} {
		a := r.sell(sale{id: tt.name, value: "500", factor: tt.factor, env: tt.env})
		want(t, tt.name, codeOf(a), "PAYMENT_IN_PROCESS")
		var given []string
		for _, m := range members {
			if a.Text(m) != "" {
				given = append(given, m)
			}
		}
		want(t, tt.name, strings.Join(given, " "), tt.wanted)
		for _, m := range []string{"normalUrl", "paymentUrl", "schemeUrl", "applinkUrl", "paymentData"} {
			if address := a.Text(m); address != "" {
				want(t, tt.name+" opened by "+m, r.scan(p, address).Result.Code, "SUCCESS")
			}
		}
		want(t, tt.name+" confirmed", r.confirm(p).State, "SUCCESS")
	}
	r.wantMoved("payer/"+p.ID, -7*500)
	r.wantMoved("shop/M-1", 7*500)
}

func TestCashierEndsAfterTenMinutes(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("certify")
	p := r.payer("rich")
	a := r.sell(sale{id: "P1", value: "500", factor: unifiedFactor, env: `"terminalType":"WEB"`, expiry: time.Hour})
	r.move(9*time.Minute + 50*time.Second)
	want(t, "before", r.scan(p, a.Text("normalUrl")).Result.Code, "SUCCESS")
	r.move(11 * time.Second)
	want(t, "after", r.outcome("P1"), "ORDER_IS_CLOSED")
	want(t, "told", r.notice(1).Text("paymentResult.resultCode"), "ORDER_IS_CLOSED")
}

func TestWhatACashierPaymentLacksIsNoted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	r.expect("order-P1")
	whole := r.saleBody(sale{id: "P1", value: "500", factor: unifiedFactor, env: `"terminalType":"APP","osType":"IOS"`})
	for _, part := range []string{`"osType":"IOS"`, `"presentmentMode":"UNIFIED"`, `"paymentRedirectUrl":"https://shop.example/back?order=P1"`} {
		less := strings.Replace(strings.Replace(whole, ","+part, "", 1), part+",", "", 1)
		if less == whole {
			t.Fatalf("%s is not in the message", part)
		}
		r.call("pay", less)
		notes := strings.Join(r.last("pay").Notes, "; ")
		name := strings.Trim(strings.SplitN(part, ":", 2)[0], `"`)
		if !strings.Contains(notes, name+": expected a value") {
			t.Errorf("without %s: %s", name, notes)
		}
	}
}

// TestTilePaymentNamesTheChosenWallet: the buyer chooses from the answer to consultPayment, and the receipt shows the brand.
func TestTilePaymentNamesTheChosenWallet(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	question := `{"paymentAmount":{"currency":"SGD","value":"0"},"paymentFactor":` + tileFactor + `,"settlementStrategy":{"settlementCurrency":"SGD"},"userRegion":"MY"}`
	options := r.ask(aps.ConsultPayment, question)
	chosen := "paymentOptions.0.paymentOptionDetail.connectWallet.supportWallets.0."
	want(t, "first", options.Text(chosen+"walletName")+" "+options.Text(chosen+"walletBrandName"), "BANYAN_WALLET Banyan eWallet")
	if list, err := r.api.Orders(t.Context(), ""); err != nil || len(list) > 0 {
		t.Errorf("the question created %d orders, error %v", len(list), err)
	}
	a := r.sell(sale{id: "P1", value: "500", factor: tileFactor, env: `"terminalType":"WEB"`, method: options.Text(chosen + "walletName")})
	want(t, "scanned from the screen", r.scan(p, codeText(a)).Result.Code, "SUCCESS")
	r.confirm(p)
	want(t, "brand", r.ask(aps.InquiryPayment, `{"paymentRequestId":"P1"}`).Text("walletBrandName"), "Banyan eWallet")
	want(t, "malformed question", codeOf(r.blurt(aps.ConsultPayment, `{"paymentFactor":`+tileFactor+`}`)), "PARAM_ILLEGAL")
}
