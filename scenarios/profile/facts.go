package profile

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/acquirer/spelling"
	"mppsim/wallet/money"
)

func (n *node) facts() Facts {
	if n == nil {
		return Facts{}
	}
	keys := n.known("ids", "currencies", "shops", "expiry", "code_lengths", "agent_token")
	n.need(keys, "ids", "shops")
	f := Facts{Expiry: keys["expiry"].expiry(), CodeLengths: keys["code_lengths"].codeLengths()}
	if ids := keys["ids"]; ids != nil {
		found := ids.known("client", "acquirer")
		ids.need(found, "client")
		f.Client, f.Acquirer = found["client"].some(), found["acquirer"].text()
	}
	f.Currencies = keys["currencies"].currencies()
	f.Roles, f.Shops = keys["shops"].shops(f.Currencies)
	if f.Currencies == nil {
		f.Currencies = allCurrencies(f)
	}
	f.giveToken(keys["agent_token"].agentToken())
	return f
}

// giveToken gives the common agent token to the shops that have none of their own.
func (f Facts) giveToken(common string) {
	for role, shop := range f.Shops {
		if shop.AgentToken == "" {
			shop.AgentToken = common
			f.Shops[role] = shop
		}
	}
}

// agentToken reads what a service provider sends in the header Agent-Token.
func (n *node) agentToken() string {
	token := n.some()
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		n.fault("write the token as it was issued", "an agent token is sent in a header: it has neither blanks nor characters outside ASCII")
	}
	return token
}

// allCurrencies collects the currencies of the shops where the profile has no list of its own.
func allCurrencies(f Facts) []string {
	var all []string
	for _, role := range f.Roles {
		for _, c := range f.Shops[role].Currencies {
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all
}

func (n *node) currencies() []string {
	if n == nil {
		return nil
	}
	var list []string
	for i, code := range n.texts("[SGD, USD]") {
		at := n
		if len(n.y.Content) > i {
			at = n.child(strconv.Itoa(i), n.y.Content[i], n.y.Content[i].Line)
		}
		if at.currency(code) {
			list = append(list, code)
		}
	}
	return list
}

// currency reports a code that ISO 4217 does not know; empty codes were reported before.
func (n *node) currency(code string) bool {
	if _, ok := money.Decimals(code); ok {
		return true
	}
	if code != "" {
		n.fault(spellCurrency(code), "%q is not an active ISO 4217 currency", code)
	}
	return false
}

func spellCurrency(code string) string {
	if upper := strings.ToUpper(code); upper != code {
		if _, ok := money.Decimals(upper); ok {
			return "write " + upper
		}
	}
	if near := spelling.Nearest(code, money.Currencies()); near != "" {
		return fmt.Sprintf("write three capital letters; did you mean %s?", near)
	}
	return "write three capital letters, such as SGD"
}

func (n *node) shops(common []string) ([]string, map[string]acquirer.Shop) {
	if n == nil {
		return nil, nil
	}
	var roles []string
	shops := map[string]acquirer.Shop{}
	list := n.members("roles with their shops, such as corner: { merchant: M-1001 }")
	for _, m := range list {
		roles = append(roles, m.name)
		shops[m.name] = m.shop(m.name, common)
	}
	if len(list) == 0 && len(n.y.Content) == 0 {
		n.fault("name one, such as corner: { merchant: M-1001 }", "no shop is declared: nothing could be sold")
	}
	return roles, shops
}

var region = regexp.MustCompile(`^[A-Z]{2}$`)

func (n *node) shop(role string, common []string) acquirer.Shop {
	keys := n.known("merchant", "store", "terminal", "region", "currencies", "settlement", "extra", "agent_token")
	n.need(keys, "merchant")
	shop := acquirer.Shop{
		Role: role, Merchant: keys["merchant"].some(), Store: keys["store"].text(), Terminal: keys["terminal"].text(),
		Region: keys["region"].text(), Currencies: keys["currencies"].currencies(), Settlement: keys["settlement"].text(),
		Extra: keys["extra"].extra(), AgentToken: keys["agent_token"].agentToken(),
	}
	if keys["currencies"] == nil {
		shop.Currencies = common
		if len(common) == 0 {
			n.fault("add currencies: [SGD] to the shop or to facts", "the shop has no currency")
		}
	}
	if shop.Region != "" && !region.MatchString(shop.Region) {
		keys["region"].fault("write the ISO 3166 code of the country, such as SG", "%q is not a country code of two capital letters", shop.Region)
	}
	if shop.Settlement != "" {
		keys["settlement"].currency(shop.Settlement)
	}
	return shop
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (n *node) extra() map[string]string {
	if n == nil {
		return nil
	}
	extra := map[string]string{}
	for _, m := range n.members("names with texts, such as branch: B-7") {
		if !identifier.MatchString(m.name) {
			m.fault("use letters, digits and _ only", "%q cannot be used in a template", m.name)
			continue
		}
		extra[m.name] = m.text()
	}
	return extra
}

// expiry reads the declared expiry of each product.
func (n *node) expiry() map[string]time.Duration {
	if n == nil {
		return nil
	}
	expiry := map[string]time.Duration{}
	for name, value := range n.known("upm", "order_code", "entry_code", "private_order_code", "cashier", "auto_debit") {
		expiry[name] = value.duration()
	}
	return expiry
}

func (n *node) codeLengths() []int {
	if n == nil {
		return nil
	}
	documented := []int{17, 18, 19, 24, 32} // acqp-api §9.1
	var lengths []int
	for _, item := range n.items("[24, 18]") {
		text := item.text()
		length, err := strconv.Atoi(text)
		if err != nil || !slices.Contains(documented, length) {
			item.fault("payment codes have 17, 18, 19, 24 or 32 digits", "%q is no length of a payment code", text)
			continue
		}
		lengths = append(lengths, length)
	}
	return lengths
}
