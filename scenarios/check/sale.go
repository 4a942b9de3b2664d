package check

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
	"mppsim/wallet/money"
)

// eachPay applies a look at every pay message and the shop's charge behind it, which may be nil.
func eachPay(look func(t *traffic, m message, c *Charge) verdict) func(*traffic, *tally) {
	return each(func(t *traffic, m message) verdict {
		if !m.is(aps.Pay) || m.body == nil {
			return skipped()
		}
		return look(t, m, t.chargeOf(m))
	})
}

// eachPayOf is eachPay for the payments of one product.
func eachPayOf(product string, look func(t *traffic, m message, c *Charge) verdict) func(*traffic, *tally) {
	return eachPay(func(t *traffic, m message, c *Charge) verdict {
		if t.product(m, c) != product {
			return skipped()
		}
		return look(t, m, c)
	})
}

func saleRules() []rule {
	return []rule{
		{
			requirement: "ACQ-MSG-04", name: "two-decimal amounts",
			expected: "paymentAmount is the shop's amount in the smallest unit of its two-decimal currency",
			look:     eachPay(lookScaling(2)),
		},
		{
			requirement: "ACQ-MSG-05", name: "amounts without decimals",
			expected: "paymentAmount of a currency without decimals is the shop's amount itself",
			look:     eachPay(lookScaling(0)),
		},
		{
			requirement: "ACQ-MSG-06", name: "three-decimal amounts",
			expected: "paymentAmount is the shop's amount in the smallest unit of its three-decimal currency",
			look:     eachPay(lookScaling(3)),
		},
		{
			requirement: "ACQ-MSG-07", name: "whole rupiah",
			expected: "an IDR value is the shop's amount, rounded half to even to whole rupiah, and ends with 00",
			look:     eachPay(lookRupiah),
		},
		{
			requirement: "ACQ-MSG-11", name: "order and payment amount",
			expected: "order.orderAmount and paymentAmount are both there and both are what the shop charged",
			look:     eachPay(lookAgreement),
		},
		{
			requirement: "ACQ-MSG-12", name: "mandatory members of order and merchant",
			expected: "order, merchant and merchant address carry their mandatory members, the merchant's MCC four digits",
			look:     eachPay(lookMandatory),
		},
		{
			requirement: "ACQ-MSG-13", name: "country of the merchant",
			expected: "merchantAddress.region is the declared country of the paying merchant",
			look:     eachPay(lookRegion),
		},
		{
			requirement: "ACQ-MSG-14", name: "length of descriptions",
			expected: "orderDescription has at most 256 characters, none of them broken",
			look:     eachPay(lookDescription),
		},
		{
			requirement: "ACQ-MSG-15", name: "lengths of identifiers",
			expected: "request and order identifiers have at most 64 characters, a store's at most 32",
			look:     each(lookLengths),
		},
		{
			requirement: "ACQ-MSG-16", name: "the shop's order number",
			expected: "order.referenceOrderId is or contains the shop's order number",
			look:     eachPay(lookOrderNumber),
		},
		{
			requirement: "ACQ-MSG-20", name: "characters of request identifiers",
			expected: "paymentRequestId and refundRequestId consist of letters, digits, underscores and hyphens",
			look:     each(lookCharacters),
		},
		{
			requirement: "ACQ-UPM-01", name: "scenario of a charge",
			expected: `pay says isInStorePayment "true", isCashierPayment "false" or nothing, inStorePaymentScenario PaymentCode and CONNECT_WALLET`,
			look:     eachPayOf(acquirer.ProductPaymentCode, lookFactor),
		},
		{
			requirement: "ACQ-UPM-02", name: "store of a charge",
			expected: "pay names the store with referenceStoreId, storeName and a four-digit storeMCC",
			look:     eachPayOf(acquirer.ProductPaymentCode, lookStore),
		},
		{
			requirement: "ACQ-UPM-13", name: "expiry of a charge",
			expected: "pay carries a paymentExpiryTime between 30 s and 10 min after its arrival",
			look:     lookExpiry,
		},
		{
			requirement: "ACQ-FX-01", name: "settlement currency",
			expected: "settlementStrategy.settlementCurrency is the one declared for the paying merchant",
			look:     eachPay(lookSettlement),
		},
	}
}

// sale is what the shop asked to charge, when that is an amount that its currency can express.
func sale(c *Charge) (money.Amount, bool) {
	if c == nil {
		return money.Amount{}, false
	}
	amount := c.Amount
	if c.AmountText != "" {
		parsed, err := money.ParseMajor(c.Amount.Currency, c.AmountText)
		if err != nil {
			return money.Amount{}, false
		}
		amount = parsed
	}
	return amount, amount.Value > 0 && amount.Currency != ""
}

// value is an amount's number as sent, if it is a natural number: other forms are ACQ-MSG-01's.
func value(m message, path string) (string, bool) {
	text := m.text(path + ".value")
	return text, naturalNumber.MatchString(text)
}

// lookScaling finds amounts that were brought to minor units wrongly. They are so in both places;
// a payment amount that differs from a right order amount is ACQ-MSG-11's.
func lookScaling(decimals int) func(*traffic, message, *Charge) verdict {
	return func(_ *traffic, m message, c *Charge) verdict {
		want, ok := sale(c)
		n, known := money.Decimals(want.Currency)
		paid, natural := value(m, "paymentAmount")
		if !ok || !known || n != decimals || want.Currency == "IDR" || !natural {
			return skipped()
		}
		right := fmt.Sprint(want.Value)
		if paid != right && m.text("order.orderAmount.value") != right {
			return wrong(fmt.Sprintf("paymentAmount.value %q for a charge of %s", paid, want))
		}
		return verdict{judged: true}
	}
}

func lookRupiah(_ *traffic, m message, c *Charge) verdict {
	want, ok := sale(c)
	paid, natural := value(m, "paymentAmount")
	if !ok || want.Currency != "IDR" || !natural {
		return skipped()
	}
	if !strings.HasSuffix(paid, "00") || paid != fmt.Sprint(wholeHundreds(want.Value)) {
		return wrong(fmt.Sprintf("paymentAmount.value %q for a charge of %s", paid, want))
	}
	return right()
}

// wholeHundreds rounds half to even to a multiple of 100.
func wholeHundreds(minor int64) int64 {
	down := minor / 100
	switch rest := minor % 100; {
	case rest > 50, rest == 50 && down%2 == 1:
		down++
	}
	return down * 100
}

func lookAgreement(t *traffic, m message, c *Charge) verdict {
	for _, path := range []string{"order.orderAmount", "paymentAmount"} {
		if _, there := m.get(path); !there {
			return wrong(path + " is missing")
		}
		if _, there := m.get(path + ".value"); !there {
			return wrong(path + ".value is missing")
		}
		if m.text(path+".currency") == "" {
			return wrong(path + ".currency is missing")
		}
	}
	want, ok := sale(c)
	if !ok || t.judges("ACQ-MSG-08", "ACQ-MSG-09") {
		return skipped()
	}
	return agreement(m, want)
}

func agreement(m message, want money.Amount) verdict {
	paid, natural := value(m, "paymentAmount")
	ordered, also := value(m, "order.orderAmount")
	if natural && also && paid != ordered {
		return wrong(fmt.Sprintf("orderAmount %s and paymentAmount %s for a charge of %s", ordered, paid, want))
	}
	for _, path := range []string{"order.orderAmount", "paymentAmount"} {
		if got := m.text(path + ".currency"); !strings.EqualFold(got, want.Currency) {
			return wrong(fmt.Sprintf("%s.currency %s for a charge of %s", path, got, want))
		}
	}
	return verdict{judged: true}
}

var fourDigits = regexp.MustCompile(`^[0-9]{4}$`)

// mandatory are the members of pay that every product needs. One that is there but empty is
// reported by ACQ-MSG-03.
var mandatory = [...]string{
	"order.referenceOrderId", "order.orderDescription", "order.merchant.referenceMerchantId",
	"order.merchant.merchantName", "order.merchant.merchantMCC", "order.merchant.merchantAddress",
}

func lookMandatory(_ *traffic, m message, _ *Charge) verdict {
	for _, path := range mandatory {
		if _, there := m.get(path); !there {
			return wrong(path + " is missing")
		}
	}
	if mcc := m.text("order.merchant.merchantMCC"); mcc != "" && !fourDigits.MatchString(mcc) {
		return wrong(fmt.Sprintf("order.merchant.merchantMCC is %q", mcc))
	}
	return right()
}

func lookRegion(_ *traffic, m message, c *Charge) verdict {
	if _, there := m.get("order.merchant.merchantAddress"); !there || c == nil || c.Shop.Region == "" {
		return skipped()
	}
	if got := m.text("order.merchant.merchantAddress.region"); got != c.Shop.Region {
		return wrong(fmt.Sprintf("merchantAddress.region is %q for a merchant in %s", got, c.Shop.Region))
	}
	return right()
}

const maxDescription = 256

// lookDescription counts code points; half a character arrives as the replacement character, or
// as bytes that are not UTF-8.
func lookDescription(_ *traffic, m message, c *Charge) verdict {
	text := m.text("order.orderDescription")
	if text == "" {
		return skipped()
	}
	if n := utf8.RuneCountInString(text); n > maxDescription {
		return wrong(fmt.Sprintf("orderDescription has %d characters", n))
	}
	if c != nil && strings.ContainsRune(text, utf8.RuneError) && !strings.ContainsRune(c.Description, utf8.RuneError) {
		return wrong(fmt.Sprintf("orderDescription ends in a broken character: …%q", tail(text, 12)))
	}
	return right()
}

func tail(text string, n int) string {
	runes := []rune(text)
	return string(runes[max(0, len(runes)-n):])
}

func lookLengths(_ *traffic, m message) verdict {
	v := skipped()
	limits := map[string]int{
		"paymentRequestId": 64, "refundRequestId": 64,
		"order.referenceOrderId": 64, "order.merchant.store.referenceStoreId": 32,
	}
	for path, limit := range limits {
		text := m.text(path)
		if text == "" || !m.is(aps.Pay, aps.Refund) {
			continue
		}
		v.judged = true
		if n := utf8.RuneCountInString(text); n > limit {
			return wrong(fmt.Sprintf("%s of %s has %d characters, at most %d are allowed", path, m.API, n, limit))
		}
	}
	return v
}

// shortNumber bounds the order numbers whose trace must be recognisable: longer ones may not fit
// into the field together with what the acquirer puts around them.
const shortNumber = 40

func lookOrderNumber(_ *traffic, m message, c *Charge) verdict {
	order := m.text("order.referenceOrderId")
	if c == nil || order == "" || c.Reference == "" || !fieldText.MatchString(c.Reference) {
		return skipped()
	}
	if !sameOrder(c, strings.ToLower(order)) {
		return wrong(fmt.Sprintf("referenceOrderId %q for the shop's order %q", order, c.Reference))
	}
	return right()
}

var fieldText = regexp.MustCompile(fmt.Sprintf(`^[A-Za-z0-9_-]{1,%d}$`, shortNumber))

var plainID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func lookCharacters(_ *traffic, m message) verdict {
	v := skipped()
	for _, name := range []string{"paymentRequestId", "refundRequestId"} {
		text := m.text(name)
		if text == "" || !m.is(aps.Pay, aps.Refund) {
			continue
		}
		v.judged = true
		if !plainID.MatchString(text) {
			return wrong(fmt.Sprintf("%s of %s is %q", name, m.API, text))
		}
	}
	return v
}

func lookFactor(_ *traffic, m message, _ *Charge) verdict {
	factor := "paymentFactor."
	switch {
	case m.text(factor+"isInStorePayment") != "true":
		return wrong(fmt.Sprintf("isInStorePayment is %q", m.text(factor+"isInStorePayment")))
	case m.text(factor+"isCashierPayment") == "true":
		return wrong(`isCashierPayment is "true"`)
	case m.text(factor+"inStorePaymentScenario") != "PaymentCode":
		return wrong(fmt.Sprintf("inStorePaymentScenario is %q", m.text(factor+"inStorePaymentScenario")))
	case m.text("paymentMethod.paymentMethodType") != "CONNECT_WALLET":
		return wrong(fmt.Sprintf("paymentMethodType is %q", m.text("paymentMethod.paymentMethodType")))
	}
	return right()
}

func lookStore(_ *traffic, m message, _ *Charge) verdict {
	for _, name := range []string{"referenceStoreId", "storeName", "storeMCC"} {
		if _, there := m.get("order.merchant.store." + name); !there {
			return wrong("order.merchant.store." + name + " is missing")
		}
	}
	if mcc := m.text("order.merchant.store.storeMCC"); mcc != "" && !fourDigits.MatchString(mcc) {
		return wrong(fmt.Sprintf("storeMCC is %q", mcc))
	}
	return right()
}

// lookExpiry judges the first message of each payment. An expiry without offset, in the past or
// beyond two hours is ACQ-MSG-17's. Five seconds are allowed for the way and for clocks. An acquirer with shortened
// timers may shorten what it sends as well.
func lookExpiry(t *traffic, seen *tally) {
	const slack = 5 * time.Second
	for _, a := range t.attempts {
		if len(a.pays) == 0 || t.product(a.pays[0], a.charge) != acquirer.ProductPaymentCode {
			continue
		}
		m := a.pays[0]
		ahead, ok := expiryAhead(m)
		switch {
		case m.text("paymentExpiryTime") == "":
			seen.add(m, wrong("paymentExpiryTime is missing"))
		case !ok || ahead < -clockSlack || ahead > 2*time.Hour+clockSlack:
		case ahead < t.scaled(30*time.Second)-slack || ahead > 10*time.Minute+slack:
			seen.add(m, wrong(fmt.Sprintf("paymentExpiryTime is %s after the arrival", ahead.Round(time.Second))))
		default:
			seen.ok()
		}
	}
}

func lookSettlement(_ *traffic, m message, c *Charge) verdict {
	got := m.text("settlementStrategy.settlementCurrency")
	_, known := money.Decimals(strings.ToUpper(got))
	switch {
	case got == "":
		return wrong("settlementStrategy.settlementCurrency is missing")
	case c == nil || c.Shop.Settlement == "" || !known: // no currency at all: ACQ-MSG-10
		return skipped()
	case !strings.EqualFold(got, c.Shop.Settlement):
		return wrong(fmt.Sprintf("settlementCurrency is %s for a merchant that settles in %s", got, c.Shop.Settlement))
	}
	return right()
}
