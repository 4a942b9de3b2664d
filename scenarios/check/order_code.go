package check

import (
	"fmt"
	"time"

	"mppsim/scenarios/acquirer"
)

// orderCodeRules judge the orders for which Alipay+ hands out a code.
func orderCodeRules() []rule {
	return []rule{
		{
			requirement: "ACQ-OC-01", name: "scenario of an order code",
			expected: `pay says isInStorePayment "true", isCashierPayment "true", inStorePaymentScenario OrderCode and CONNECT_WALLET, and has no paymentMethodId`,
			look:     eachPayOf(acquirer.ProductOrderCode, lookOrderCodeFactor),
		},
		{
			requirement: "ACQ-OC-02", name: "device that shows the code",
			expected: "order.env.userAgent is a text",
			look:     eachPayOf(acquirer.ProductOrderCode, lookDevice),
		},
		{
			requirement: "ACQ-OC-12", name: "expiry of an order code",
			expected: "pay carries a paymentExpiryTime after its arrival and less than 30 min ahead",
			look:     lookOrderCodeExpiry,
		},
	}
}

func lookOrderCodeFactor(_ *traffic, m message, _ *Charge) verdict {
	for _, want := range []struct{ path, value string }{
		{"paymentFactor.isInStorePayment", "true"},
		{"paymentFactor.isCashierPayment", "true"},
		{"paymentFactor.inStorePaymentScenario", "OrderCode"},
		{"paymentMethod.paymentMethodType", "CONNECT_WALLET"},
	} {
		if got := m.text(want.path); got != want.value {
			return wrong(fmt.Sprintf("%s is %q", want.path, got))
		}
	}
	if _, there := m.get(codeMember); there {
		return wrong(fmt.Sprintf("%s is %q", codeMember, m.text(codeMember)))
	}
	return right()
}

func lookDevice(_ *traffic, m message, _ *Charge) verdict {
	if m.text("order.env.userAgent") == "" {
		return wrong("order.env.userAgent is missing")
	}
	return right()
}

// lookOrderCodeExpiry judges the first message of each order; five seconds are allowed for the way and for clocks.
func lookOrderCodeExpiry(t *traffic, seen *tally) {
	const most, slack = 30 * time.Minute, 5 * time.Second
	for _, a := range t.attempts {
		if len(a.pays) == 0 || t.product(a.pays[0], a.charge) != acquirer.ProductOrderCode {
			continue
		}
		m := a.pays[0]
		ahead, ok := expiryAhead(m)
		switch {
		case m.text("paymentExpiryTime") == "":
			seen.add(m, wrong("paymentExpiryTime is missing"))
		case !ok: // not a time at all: ACQ-MSG-17
		case ahead < -slack || ahead >= most+slack:
			seen.add(m, wrong(fmt.Sprintf("paymentExpiryTime is %s after the arrival", ahead.Round(time.Second))))
		default:
			seen.ok()
		}
	}
}
