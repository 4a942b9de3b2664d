package acquirer

import (
	"slices"
	"strings"
)

// The products, named by the capability that an acquirer declares.
const (
	ProductPaymentCode      = "upm"
	ProductOrderCode        = "order_code"
	ProductPrivateOrderCode = "private_order_code"
	ProductCashier          = "cashier"
)

// Products lists the products that can be driven.
func Products() []string {
	return []string{ProductPaymentCode, ProductOrderCode, ProductPrivateOrderCode, ProductCashier}
}

// create is the verb of each further product's group that makes a payment.
const create = "create"

// Groups lists the further products, which have a group of verbs each, in the order of Products.
func Groups() []string { return Products()[1:] }

// GroupVerbs lists the verbs of a further product's group, in the profile's words.
func GroupVerbs(product string) []string {
	if !slices.Contains(Groups(), product) {
		return nil
	}
	return []string{create}
}

// GroupVerb is the name of a verb of a group, such as order_code.create.
func GroupVerb(product, verb string) string { return product + "." + verb }

// CreateVerb is the verb that makes a payment of a product.
func CreateVerb(product string) string {
	if product == "" || product == ProductPaymentCode {
		return VerbChargeCode
	}
	return GroupVerb(product, create)
}

// Creates reports whether a verb makes a payment, and of which product.
func Creates(verb string) (product string, creates bool) {
	if verb == VerbChargeCode {
		return ProductPaymentCode, true
	}
	product, name, _ := strings.Cut(verb, ".")
	return product, name == create
}

// AllVerbs lists the core verbs and those of the groups.
func AllVerbs() []string {
	verbs := Verbs()
	for _, product := range Groups() {
		for _, verb := range GroupVerbs(product) {
			verbs = append(verbs, GroupVerb(product, verb))
		}
	}
	return verbs
}

// NeededVerbs lists the verbs without which the declared capabilities cannot be exercised. Refunds
// may be read with query_refund or in the answer to query, so query_refund is not in it.
func NeededVerbs(capabilities []string) []string {
	return slices.DeleteFunc(AllVerbs(), func(verb string) bool { return NeededBy(verb, capabilities) == "" })
}

// NeededBy names the first of the capabilities that cannot be exercised without a verb; "" if there is none.
func NeededBy(verb string, capabilities []string) string {
	for _, capability := range capabilities {
		if slices.Contains(CapabilitiesOf(verb), capability) {
			return capability
		}
	}
	return ""
}

// CapabilitiesOf names the capabilities that cannot be exercised without a verb.
func CapabilitiesOf(verb string) []string {
	if product, creates := Creates(verb); creates {
		return []string{product}
	}
	switch verb {
	case VerbQuery:
		return Products()
	case VerbCancel, VerbRefund, VerbList, VerbReceipt:
		return []string{verb} // named alike
	}
	return nil
}
