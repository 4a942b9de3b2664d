package check

import (
	"fmt"

	"mppsim/scenarios/acquirer"
)

// agentRules judge in whose name a service provider calls. That the token is no part of what is signed needs no rule of its
// own: a signature that covers it does not verify (ACQ-SIG-01).
func agentRules() []rule {
	return []rule{{
		requirement: "ACQ-SIG-16", name: "agent token of every call",
		expected: "every call carries, once, the Agent-Token of whom the acquirer acts for, as the profile tells it",
		look:     each(lookAgentToken),
	}}
}

// lookAgentToken judges acquirers whose profile tells tokens. A call about no payment or shop that is known may carry any
// of them.
func lookAgentToken(t *traffic, m message) verdict {
	holders := t.tokenHolders()
	if len(holders) == 0 {
		return skipped()
	}
	tokens := m.Request.Header.Values("Agent-Token")
	if len(tokens) != 1 || tokens[0] == "" {
		return wrong(fmt.Sprintf("%s carries %d agent tokens that are not empty", nameOf(m.Exchange), filled(tokens)))
	}
	holder, known := holders[tokens[0]]
	if !known {
		return wrong(fmt.Sprintf("the Agent-Token of %s is %q, which the profile does not know", nameOf(m.Exchange), tokens[0]))
	}
	if shop, told := t.causedBy(m); told && shop.AgentToken != tokens[0] {
		return wrong(fmt.Sprintf("%s for shop %s of merchant %s carries the Agent-Token of merchant %s",
			nameOf(m.Exchange), shop.Role, shop.Merchant, holder.Merchant))
	}
	return right()
}

// tokenHolders are shops by their agent tokens, for each token the first one.
func (t *traffic) tokenHolders() map[string]acquirer.Shop {
	holders := map[string]acquirer.Shop{}
	for _, shop := range t.scene.Facts.Shops {
		if _, taken := holders[shop.AgentToken]; !taken && shop.AgentToken != "" {
			holders[shop.AgentToken] = shop
		}
	}
	return holders
}

func filled(tokens []string) int {
	n := 0
	for _, token := range tokens {
		if token != "" {
			n++
		}
	}
	return n
}

// causedBy finds the shop that a call is for: by its payment, or by the merchant that it names before there is a payment.
func (t *traffic) causedBy(m message) (acquirer.Shop, bool) {
	if a := t.attemptOf(m); a != nil {
		if a.charge == nil || a.shared() {
			return acquirer.Shop{}, false
		}
		return a.charge.Shop, a.charge.Shop.AgentToken != ""
	}
	return t.onlyShopOf(m.text("merchant.referenceMerchantId"))
}

// onlyShopOf finds a shop of a merchant, if all shops of that merchant have the same token.
func (t *traffic) onlyShopOf(merchant string) (shop acquirer.Shop, found bool) {
	for _, other := range t.scene.Facts.Shops {
		switch {
		case merchant == "" || other.Merchant != merchant:
		case found && other.AgentToken != shop.AgentToken:
			return acquirer.Shop{}, false
		default:
			shop, found = other, other.AgentToken != ""
		}
	}
	return shop, found
}
