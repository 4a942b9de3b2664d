package profile

import (
	"fmt"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
	"mppsim/wallet/money"
)

// consistent checks what concerns several parts of the file: capabilities against verbs, shops
// and states. What is declared and cannot be exercised would count against the acquirer.
func (r *reader) consistent(p *Profile, top map[string]*node) {
	capabilities, verbs := top["capabilities"], top["verbs"]
	if capabilities == nil || verbs == nil {
		return
	}
	for _, verb := range p.NeededVerbs() {
		if !p.Offers(verb) {
			verbs.fault(fmt.Sprintf("map %s, or take the capability out", verb), "verb %s is missing: the capability %s needs it", verb, acquirer.NeededBy(verb, p.Capabilities))
		}
	}
	query := p.config.Verbs[acquirer.VerbQuery]
	if p.Has("refund") && !p.Offers(acquirer.VerbQueryRefund) && query.Response.Refunds == nil {
		verbs.fault("map query_refund, or refunds in the response of query", "nothing tells the state of a refund")
	}
	if p.Has("partial_refund") && !p.Has("refund") {
		capabilities.fault("declare refund too", "partial_refund without refund")
	}
	p.checkStates(verbs, top["states"])
	p.checkCurrencies(capabilities)
	p.checkMerchants(capabilities)
	p.checkAgents(capabilities, top["facts"])
	if address := p.AlipayPlus.Addresses; p.Has(acquirer.ProductPrivateOrderCode) && address.Find(aps.UserInitiatedPay, "/") == "" {
		capabilities.fault("set alipayplus.acquirer_url or alipayplus.addresses.userInitiatedPay",
			"private_order_code is declared, but nothing says where the acquirer takes userInitiatedPay")
	}
}

// checkStates reports states that answers tell and no words explain.
func (p *Profile) checkStates(verbs, states *node) {
	at := verbs
	if states != nil {
		at = states
	}
	payment, refund := false, false
	for name, v := range p.config.Verbs {
		ofRefund := name == acquirer.VerbRefund || name == acquirer.VerbQueryRefund
		payment = payment || (v.Response.State.Text != "" && !ofRefund)
		refund = refund || (v.Response.State.Text != "" && ofRefund) || v.Response.Refunds != nil
	}
	if payment && len(p.config.Words.Payment) == 0 {
		at.fault("add states: { payment: { TAKEN: PAID, … } }", "the acquirer's words for the states of payments are not mapped")
	}
	if refund && len(p.config.Words.Refund) == 0 {
		at.fault("add states: { refund: { GIVEN: REFUNDED, … } }", "the acquirer's words for the states of refunds are not mapped")
	}
}

// checkCurrencies reports currency capabilities for which no shop has a currency.
func (p *Profile) checkCurrencies(capabilities *node) {
	for decimals, capability := range map[int]string{2: "currency_2dp", 0: "currency_0dp", 3: "currency_3dp"} {
		if _, _, ok := p.ShopWithDecimals(decimals); p.Has(capability) && !ok {
			capabilities.fault(fmt.Sprintf("give a shop one, such as %s, or take the capability out", exampleOf(decimals)),
				"%s is declared, but no shop sells in a currency with %d decimals", capability, decimals)
		}
	}
	if _, ok := p.ShopWithCurrency("IDR"); p.Has("currency_idr") && !ok {
		capabilities.fault("give a shop IDR, or take the capability out", "currency_idr is declared, but no shop sells in IDR")
	}
}

func exampleOf(decimals int) string {
	for _, code := range []string{"SGD", "JPY", "KWD"} {
		if n, _ := money.Decimals(code); n == decimals {
			return code
		}
	}
	return ""
}

func (p *Profile) checkMerchants(capabilities *node) {
	merchants := map[string]bool{}
	for _, shop := range p.Facts.Shops {
		merchants[shop.Merchant] = true
	}
	if p.Has("multi_merchant") && len(merchants) < 2 {
		capabilities.fault("add a shop of another merchant, or take the capability out", "multi_merchant is declared, but all shops belong to one merchant")
	}
}

// checkAgents reports shops for which a service provider acts without a token, and tokens of who is no service provider.
func (p *Profile) checkAgents(capabilities, facts *node) {
	for _, role := range p.Facts.Roles {
		switch has := p.Facts.Shops[role].AgentToken != ""; {
		case has && !p.Has("tsp"):
			capabilities.fault("add tsp to the capabilities, or take agent_token out of facts", "agent_token is told, but tsp, which sends it, is not declared")
			return
		case !has && p.Has("tsp") && facts != nil:
			facts.fault(fmt.Sprintf("add agent_token: … to facts or to facts.shops.%s, or take the capability out", role),
				"tsp is declared, but nothing tells the agent token of shop %s", role)
		}
	}
}
