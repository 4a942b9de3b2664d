package check

import (
	"fmt"
	"net/url"

	"mppsim/scenarios/acquirer"
)

func cashierRules() []rule {
	const cashier = acquirer.ProductCashier
	return []rule{
		{
			requirement: "ACQ-CSH-01", name: "factor of an online payment",
			expected: `pay says isInStorePayment "false", isCashierPayment "true", no in-store scenario, and the presentmentMode of the page that was offered`,
			look:     eachPayOf(cashier, lookOnlineFactor),
		},
		{
			requirement: "ACQ-CSH-02", name: "device of an online payment",
			expected: "env.terminalType is that of the buyer's device, and env.osType its system where the type is APP or WAP",
			look:     eachPayOf(cashier, lookBuyersDevice),
		},
		{
			requirement: "ACQ-CSH-03", name: "return address of an online payment",
			expected: "pay carries an absolute paymentRedirectUrl",
			look:     eachPayOf(cashier, lookReturn),
		},
		{
			requirement: "ACQ-CSH-08", name: "wallet of a tile payment",
			expected: "paymentMethodType is the walletName of the wallet that the buyer chose",
			look:     eachPayOf(cashier, lookWallet),
		},
		{
			requirement: "ACQ-CSH-11", name: "buyer of an online payment",
			expected: "order.buyer.referenceBuyerId is there, the same for each payment of a buyer and another for another buyer",
			look:     lookBuyers,
		},
	}
}

// connectWallet is the method type of a payment whose wallet is not chosen in the shop.
const connectWallet = "CONNECT_WALLET"

func lookOnlineFactor(_ *traffic, m message, c *Charge) verdict {
	const factor = "paymentFactor."
	mode, chosen := m.text(factor+"presentmentMode"), c != nil && c.Online.Wallet != ""
	switch {
	case m.text(factor+"isInStorePayment") != "false":
		return wrong(fmt.Sprintf("isInStorePayment is %q", m.text(factor+"isInStorePayment")))
	case m.text(factor+"isCashierPayment") != "true":
		return wrong(fmt.Sprintf("isCashierPayment is %q", m.text(factor+"isCashierPayment")))
	case m.text(factor+"inStorePaymentScenario") != "":
		return wrong(fmt.Sprintf("inStorePaymentScenario is %q", m.text(factor+"inStorePaymentScenario")))
	case mode != "UNIFIED" && mode != "TILE", chosen && mode != "TILE",
		!chosen && mode == "TILE" && m.text("paymentMethod.paymentMethodType") == connectWallet:
		return wrong(fmt.Sprintf("presentmentMode is %q for a payment %s", mode, pageOf(chosen)))
	}
	return right()
}

// pageOf says which page a buyer was offered.
func pageOf(chosen bool) string {
	if chosen {
		return "whose wallet was chosen in the shop"
	}
	return "whose wallet is chosen on the page of Alipay+"
}

// environment reads a member of the buyer's environment, which stands in the order or beside it.
func environment(m message, member string) string {
	if text := m.text("order.env." + member); text != "" {
		return text
	}
	return m.text("env." + member)
}

// lookBuyersDevice compares with the buyer's device as far as the merchant API can be told it.
func lookBuyersDevice(t *traffic, m message, c *Charge) verdict {
	terminal, system := environment(m, "terminalType"), environment(m, "osType")
	mobile := terminal == "APP" || terminal == "WAP"
	switch terminal {
	case "WEB", "WAP", "APP", "MINI_APP":
	default:
		return wrong(fmt.Sprintf("terminalType is %q", terminal))
	}
	if c != nil && !t.scene.Facts.DeviceUntold {
		device := c.Online.Device
		if device.Terminal != "" && terminal != device.Terminal {
			return wrong(fmt.Sprintf("terminalType is %s for a buyer with %s", terminal, device.Terminal))
		}
		if mobile && device.OS != "" && system != "" && system != device.OS {
			return wrong(fmt.Sprintf("osType is %s for a buyer with %s", system, device.OS))
		}
	}
	if mobile && system != "IOS" && system != "ANDROID" {
		return wrong(fmt.Sprintf("osType is %q for terminalType %s", system, terminal))
	}
	return right()
}

// lookReturn leaves an empty text to ACQ-MSG-03 and still calls it missing here: a buyer has nowhere to go.
func lookReturn(_ *traffic, m message, _ *Charge) verdict {
	address := m.text("paymentRedirectUrl")
	u, err := url.Parse(address)
	switch {
	case address == "":
		return wrong("paymentRedirectUrl is missing")
	case err != nil || u.Scheme == "":
		return wrong(fmt.Sprintf("paymentRedirectUrl is %q", address))
	}
	return right()
}

func lookWallet(_ *traffic, m message, c *Charge) verdict {
	if c == nil || c.Online.Method == "" {
		return skipped()
	}
	if got := m.text("paymentMethod.paymentMethodType"); got != c.Online.Method {
		return wrong(fmt.Sprintf("paymentMethodType is %q for a buyer who chose %s", got, c.Online.Method))
	}
	return right()
}

// lookBuyers compares the buyers of a scene's online payments as far as the merchant API can be told them.
func lookBuyers(t *traffic, seen *tally) {
	ours, theirs := map[string]string{}, map[string]string{}
	for _, a := range t.attempts {
		if len(a.pays) == 0 || t.product(a.pays[0], a.charge) != acquirer.ProductCashier {
			continue
		}
		m := a.pays[0]
		told := m.text("order.buyer.referenceBuyerId")
		if told == "" {
			seen.add(m, wrong("order.buyer.referenceBuyerId is missing"))
			continue
		}
		if a.charge == nil || a.charge.Online.Buyer == "" || t.scene.Facts.BuyerUntold {
			seen.ok()
			continue
		}
		buyer := a.charge.Online.Buyer
		before, known := ours[buyer]
		other, shared := theirs[told]
		switch {
		case known && before != told:
			seen.add(m, wrong(fmt.Sprintf("referenceBuyerId is %q and then %q for one buyer", before, told)))
		case shared && other != buyer:
			seen.add(m, wrong(fmt.Sprintf("referenceBuyerId is %q for two buyers", told)))
		default:
			seen.ok()
		}
		ours[buyer], theirs[told] = told, buyer
	}
}
