package check

import (
	"strings"
	"testing"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
	"mppsim/wallet/money"
)

// onlineFactor is what a right message of the cashier says of its product, as edits of payBody.
func onlineFactor(edits ...any) []any {
	return append([]any{
		"paymentMethod.paymentMethodId", nil,
		"paymentFactor",
		map[string]any{"isInStorePayment": "false", "isCashierPayment": "true", "presentmentMode": "UNIFIED"},
		"paymentRedirectUrl", "https://shop.example/back",
		"order.env",
		map[string]any{"terminalType": "WAP", "osType": "ANDROID"},
		"order.buyer",
		map[string]any{"referenceBuyerId": "b-1"},
	}, edits...)
}

// online is a scene in which the shop has sent one buyer to the cashier.
func online(o acquirer.Online) *builder {
	b := oneSale()
	b.Charges[0].Product, b.Charges[0].Code, b.Charges[0].Online = acquirer.ProductCashier, "", o
	return b
}

func android() acquirer.Online {
	return acquirer.Online{Device: acquirer.Device{Terminal: "WAP", OS: "ANDROID"}, Buyer: "B"}
}

func chosen(method string) acquirer.Online {
	o := android()
	o.Wallet, o.Method = "own-name", method
	return o
}

func TestOnlinePayments(t *testing.T) {
	t.Parallel()
	const factor = "paymentFactor."
	for _, tt := range []struct {
		name   string
		online acquirer.Online
		edits  []any
		facts  func(*Facts)
		want   string
	}{
		{name: "right", online: android()},
		{name: "app link to come back", online: android(), edits: []any{"paymentRedirectUrl", "shop://thanks"}},
		{name: "environment beside the order", online: android(), edits: []any{"order.env", nil, "env", map[string]any{"terminalType": "WAP", "osType": "ANDROID"}}},
		{name: "in store", online: android(), edits: []any{factor + "isInStorePayment", "true"}, want: "CSH-01"},
		{name: "no cashier", online: android(), edits: []any{factor + "isCashierPayment", nil}, want: "CSH-01"},
		{name: "in-store scenario", online: android(), edits: []any{factor + "inStorePaymentScenario", "OrderCode"}, want: "CSH-01"},
		{name: "no mode", online: android(), edits: []any{factor + "presentmentMode", nil}, want: "CSH-01"},
		{name: "tile without a wallet", online: android(), edits: []any{factor + "presentmentMode", "TILE"}, want: "CSH-01"},
		{name: "tile of the acquirer's own page", online: android(), edits: []any{factor + "presentmentMode", "TILE", "paymentMethod.paymentMethodType", "A_WALLET"}},
		{name: "chosen wallet", online: chosen("A_WALLET"), edits: []any{factor + "presentmentMode", "TILE", "paymentMethod.paymentMethodType", "A_WALLET"}},
		{name: "chosen wallet, unified", online: chosen("A_WALLET"), edits: []any{"paymentMethod.paymentMethodType", "A_WALLET"}, want: "CSH-01"},
		{name: "brand of the wallet", online: chosen("A_WALLET"), edits: []any{factor + "presentmentMode", "TILE", "paymentMethod.paymentMethodType", "Alpha"}, want: "CSH-08"},
		{name: "wallet not known by name", online: chosen(""), edits: []any{factor + "presentmentMode", "TILE", "paymentMethod.paymentMethodType", "Alpha"}},
		{name: "no terminal", online: android(), edits: []any{"order.env", nil}, want: "CSH-02"},
		{name: "another device", online: android(), edits: []any{"order.env.terminalType", "WEB"}, want: "CSH-02"},
		{name: "another system", online: android(), edits: []any{"order.env.osType", "IOS"}, want: "CSH-02"},
		{name: "no system", online: android(), edits: []any{"order.env.osType", nil}, want: "CSH-02"},
		{name: "device that cannot be told", online: android(), edits: []any{"order.env.terminalType", "WEB"}, facts: func(f *Facts) { f.DeviceUntold = true }},
		{name: "no address to come back to", online: android(), edits: []any{"paymentRedirectUrl", nil}, want: "CSH-03"},
		{name: "relative address", online: android(), edits: []any{"paymentRedirectUrl", "/back"}, want: "CSH-03"},
		{name: "no buyer", online: android(), edits: []any{"order.buyer", nil}, want: "CSH-11"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := online(tt.online)
			if tt.facts != nil {
				tt.facts(&b.Facts)
			}
			b.call(0, aps.Pay, payBody(onlineFactor(tt.edits...)...), "U PAYMENT_IN_PROCESS")
			got := strings.ReplaceAll(strings.Join(accused(t, b.Scene), " "), "ACQ-", "")
			if got != tt.want {
				t.Errorf("accused of %q, want %q", got, tt.want)
			}
		})
	}
}

func TestBuyersAreToldApart(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		told   [3]string // for two payments of one buyer and one of another
		untold bool
		want   bool // an accusation
	}{
		"as the shop knows them": {[3]string{"b-1", "b-1", "b-2"}, false, false},
		"random":                 {[3]string{"b-1", "b-9", "b-2"}, false, true},
		"constant":               {[3]string{"b", "b", "b"}, false, true},
		"cannot be told":         {[3]string{"b", "b", "b"}, true, false},
	} {
		b := online(android())
		b.Facts.BuyerUntold = tt.untold
		for _, buyer := range []string{"B", "C"} {
			b.charge("", "MS-"+buyer+"-7", money.Of("SGD", 25000))
			c := &b.Charges[len(b.Charges)-1]
			c.Product, c.Online = acquirer.ProductCashier, android()
			c.Online.Buyer = buyer
		}
		for i, id := range tt.told {
			edits := []any{
				"paymentRequestId", "pr-" + b.Charges[i].Reference, "order.referenceOrderId", b.Charges[i].Reference,
				"order.buyer",
				map[string]any{"referenceBuyerId": id},
			}
			b.call(0, aps.Pay, payBody(onlineFactor(edits...)...), "U PAYMENT_IN_PROCESS")
		}
		if got := strings.Join(accused(t, b.Scene), " "); (got == "ACQ-CSH-11") != tt.want || got != "" && !tt.want {
			t.Errorf("%s: accused of %q", name, got)
		}
	}
}

func TestAPriceThatIsNotKnownIsZero(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{"0": "", "": "ACQ-MSG-03", "-1": "ACQ-MSG-01"} {
		b := oneSale()
		b.Charges = nil
		b.call(0, aps.ConsultPayment, `{"paymentAmount":{"currency":"SGD","value":"`+value+`"}}`, "S SUCCESS")
		if got := strings.Join(accused(t, b.Scene), " "); got != want {
			t.Errorf("value %q: accused of %q, want %q", value, got, want)
		}
	}
}
