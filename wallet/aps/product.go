package aps

import (
	"strings"

	"mppsim/wallet/code"
)

// Product is a way to pay (acqp-api §4). All share one pay operation and differ in its factor.
type Product string

// The products.
const (
	ByPaymentCode Product = "payment code" // the shop scans the payer
	ByOrderCode   Product = "order code"   // the payer scans a code of one order
	ByEntryCode   Product = "entry code"   // the payer scans the shop's code and enters the amount on its page
	ByCashier     Product = "cashier"      // the payer buys online
	ByAutoDebit   Product = "auto debit"   // an agreement pays
	ByPush        Product = "push"         // the wallet pays first, then the acquirer is told (acqp-api §5.9)
	ByPlacedOrder Product = "placed order" // the acquirer opens an order for a payment of Alipay+'s (acqp-api §5.11)
)

// Presented reports whether the payer comes to the order, by scanning or opening it, after pay was answered.
func (p Product) Presented() bool { return p == ByOrderCode || p == ByEntryCode || p == ByCashier }

// Factor tells the product of a payment (acqp-api §4). Its members are as sent.
type Factor struct {
	InStore   string
	Cashier   string
	Agreement string
	Scenario  string
	Mode      string // presentmentMode: UNIFIED or TILE
}

// Product tells the product of a payment whose paymentMethodId is methodID. The digits of a payment code decide against
// the factor: who sends them means to charge their payer.
func (f Factor) Product(methodID string) Product {
	switch {
	case isTrue(f.Agreement):
		return ByAutoDebit
	case code.Validate(methodID) == nil:
		return ByPaymentCode
	case f.Scenario != "":
		return f.inStoreProduct()
	case isTrue(f.Cashier) && isTrue(f.InStore):
		return ByOrderCode
	case isTrue(f.Cashier):
		return ByCashier
	}
	return ByPaymentCode
}

func (f Factor) inStoreProduct() Product {
	switch {
	case strings.EqualFold(f.Scenario, "OrderCode"):
		return ByOrderCode
	case strings.EqualFold(f.Scenario, "EntryCode"):
		return ByEntryCode
	case strings.EqualFold(f.Scenario, "PaymentCode"):
		return ByPaymentCode
	case isTrue(f.Cashier) && !isTrue(f.InStore):
		return ByCashier
	}
	return ByPaymentCode
}

func isTrue(text string) bool { return strings.EqualFold(text, "true") }
