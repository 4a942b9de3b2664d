package cashier

import (
	"slices"
	"strconv"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
)

// Cashier offers wallets.
type Cashier struct {
	Wallets []Wallet
	Brand   string        // of wallets that name none
	BaseURL func() string // under which logos are reached
}

// BrandOf is the brand that receipts show for a wallet's name; the cashier's own for every other text.
func (c Cashier) BrandOf(name string) string {
	for _, w := range c.Wallets {
		if w.Name == name {
			return c.brand(w)
		}
	}
	return c.Brand
}

func (c Cashier) brand(w Wallet) string {
	if w.Brand == "" {
		return c.Brand
	}
	return w.Brand
}

// Consult answers which wallets can be offered for a payment: the usable ones together, those of the buyer's region
// first, and each of the others with the reason why not. Wallets of regions that the shop does not want are left out.
func (c Cashier) Consult(question aps.Fields) *jsontree.Node {
	regions := question.Texts("allowedPspRegions")
	currency, home := question.Text("paymentAmount.currency"), question.Text("userRegion")
	var usable []Wallet
	var options []*jsontree.Node
	for _, w := range c.Wallets {
		if len(regions) > 0 && !slices.Contains(regions, w.Region) {
			continue
		}
		if reason := w.refuses(currency); reason != "" {
			options = append(options, c.option([]Wallet{w}, reason))
			continue
		}
		usable = append(usable, w)
	}
	slices.SortStableFunc(usable, func(a, b Wallet) int { return rank(a, home) - rank(b, home) })
	if len(usable) > 0 {
		options = append([]*jsontree.Node{c.option(usable, "")}, options...)
	}
	if len(options) == 0 {
		options = append(options, c.option(nil, "no wallet of these regions"))
	}
	return aps.NewAnswer(aps.ResultOf("SUCCESS")).List("paymentOptions", options).Node()
}

// refuses says why a wallet cannot be chosen; empty if it can.
func (w Wallet) refuses(currency string) string {
	switch {
	case w.Disabled != "":
		return w.Disabled
	case len(w.Currencies) > 0 && !slices.Contains(w.Currencies, currency):
		return "payments in " + currency + " are not taken"
	}
	return ""
}

func rank(w Wallet, home string) int {
	if w.Region == home {
		return 0
	}
	return 1
}

func (c Cashier) option(wallets []Wallet, disabled string) *jsontree.Node {
	list := make([]*jsontree.Node, 0, len(wallets))
	for _, w := range wallets {
		list = append(list, c.node(w))
	}
	detail := aps.NewMessage().Text("paymentOptionDetailType", connectWallet).
		Object("connectWallet", aps.NewMessage().List("supportWallets", list).Node())
	return aps.NewMessage().
		Text("paymentMethodType", connectWallet).
		Text("paymentMethodCategory", "WALLET").
		Text("enabled", strconv.FormatBool(disabled == "")).
		Text("preferred", strconv.FormatBool(disabled == "")).
		Text("disableReason", disabled).
		Object("paymentOptionDetail", detail.Node()).Node()
}

const connectWallet = "CONNECT_WALLET"

func (c Cashier) node(w Wallet) *jsontree.Node {
	feature := aps.NewMessage().
		Text("supportCodeScan", strconv.FormatBool(w.CodeScan)).
		Text("supportCashierRedirection", strconv.FormatBool(w.Redirection))
	logo := aps.NewMessage().Text("logoName", c.brand(w)).Text("logoUrl", c.BaseURL()+"/logo/"+w.Name+".svg")
	return aps.NewMessage().
		Text("walletName", w.Name).
		Text("walletBrandName", c.brand(w)).
		Object("walletLogo", logo.Node()).
		Text("walletRegion", w.Region).
		Object("walletFeature", feature.Node()).Node()
}
