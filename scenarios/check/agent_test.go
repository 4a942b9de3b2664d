package check

import (
	"strings"
	"testing"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
	"mppsim/wallet/money"
)

// forOthers is a scene of a service provider with two merchants: the first one's sale, and one of the second.
func forOthers() *builder {
	b := oneSale()
	near, far := corner(), corner()
	near.Merchant, near.AgentToken = "M-1", "token-1"
	far.Role, far.Merchant, far.AgentToken = "harbour", "M-2", "token-2"
	stall, kiosk := corner(), corner() // of a merchant with a token for each of its shops
	stall.Role, stall.Merchant, stall.AgentToken = "stall", "M-3", "token-3"
	kiosk.Role, kiosk.Merchant, kiosk.AgentToken = "kiosk", "M-3", "token-4"
	b.Facts.Shops = []acquirer.Shop{near, far, stall, kiosk}
	b.charge("281001020000000000000001", "MS-2-8", money.Of("SGD", 25000))
	b.Charges[0].Shop, b.Charges[1].Shop = near, far
	return b
}

// secondSale is the pay message of the second sale.
func secondSale() string {
	return payBody("paymentRequestId", "pr-2", "order.referenceOrderId", "MS-2-8", "paymentMethod.paymentMethodId", "281001020000000000000001")
}

func TestAgentTokens(t *testing.T) {
	t.Parallel()
	const consult = `{"merchant":{"referenceMerchantId":"M-2"}}`
	tests := map[string]struct {
		api    aps.API
		body   string
		tokens []string
		wrong  string // what the finding says; empty: there is none
	}{
		"that of the merchant":             {aps.Pay, secondSale(), []string{"token-2"}, ""},
		"that of another merchant":         {aps.Pay, secondSale(), []string{"token-1"}, "pay for shop harbour of merchant M-2 carries the Agent-Token of merchant M-1"},
		"inquiry":                          {aps.InquiryPayment, `{"paymentRequestId":"pr-2"}`, []string{"token-2"}, ""},
		"inquiry, of another merchant":     {aps.InquiryPayment, `{"paymentRequestId":"pr-2"}`, []string{"token-1"}, "inquiryPayment for shop harbour"},
		"refund without":                   {aps.Refund, `{"paymentRequestId":"pr-2"}`, nil, "refund carries 0 agent tokens"},
		"refund with an empty one":         {aps.Refund, `{"paymentRequestId":"pr-2"}`, []string{""}, "refund carries 0 agent tokens"},
		"two of them":                      {aps.Refund, `{"paymentRequestId":"pr-2"}`, []string{"token-2", "token-1"}, "refund carries 2 agent tokens"},
		"cut":                              {aps.Refund, `{"paymentRequestId":"pr-2"}`, []string{"token"}, `is "token", which the profile does not know`},
		"a payment that nobody knows":      {aps.InquiryPayment, `{"paymentRequestId":"pr-9"}`, []string{"token-1"}, ""},
		"before there is a payment":        {aps.ConsultPayment, consult, []string{"token-2"}, ""},
		"a shop of two, before that":       {aps.ConsultPayment, `{"merchant":{"referenceMerchantId":"M-3"}}`, []string{"token-4"}, ""},
		"of another merchant, before that": {aps.ConsultPayment, consult, []string{"token-1"}, "consultPayment for shop harbour"},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := forOthers()
			if c.api != aps.Pay {
				b.call(0, aps.Pay, secondSale(), "S SUCCESS").Request.Header["Agent-Token"] = []string{"token-2"}
			}
			b.call(time.Second, c.api, c.body, "S SUCCESS").Request.Header["Agent-Token"] = c.tokens
			expectToken(t, b.Scene, c.wrong)
		})
	}
}

func expectToken(t *testing.T, s Scene, wrong string) {
	t.Helper()
	r := agentRules()[0].watch().Judge(Prepare(s))
	if r.Judged == 0 || (wrong == "") != (len(r.Findings) == 0) {
		t.Fatalf("%d judged, findings %+v, want %q", r.Judged, r.Findings, wrong)
	}
	for _, f := range r.Findings {
		if !strings.Contains(f.Seen, wrong) {
			t.Errorf("seen %q, want %q", f.Seen, wrong)
		}
	}
}

func TestAgentTokensOfWhomThatIsUnknown(t *testing.T) {
	t.Parallel()
	shared := forOthers()
	shared.call(0, aps.Pay, secondSale(), "S SUCCESS").Request.Header["Agent-Token"] = []string{"token-1"}
	shared.Shared = map[string]bool{"pr-2": true}
	expectToken(t, shared.Scene, "")
	itself := oneSale()
	itself.call(0, aps.Pay, payBody(), "S SUCCESS").Request.Header.Set("Agent-Token", "anything")
	if n := judged(itself.Scene, "ACQ-SIG-16"); n > 0 {
		t.Errorf("%d judged of an acquirer that acts for itself", n)
	}
}
