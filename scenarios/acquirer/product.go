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

// Verbs of single groups.
const (
	VerbWallets     = ProductCashier + ".wallets"
	VerbImport      = groupReconciliation + ".import"
	VerbDifferences = groupReconciliation + ".differences"
	VerbSetClock    = groupClock + ".set"
)

// groupReconciliation holds the verbs of the capability of the same name.
const groupReconciliation = "recon"

// groupClock holds the verb of the capability of the same name.
const groupClock = "clock"

// FurtherProducts lists the products that have a group of verbs each, in the order of Products.
func FurtherProducts() []string { return Products()[1:] }

// Groups lists all groups of verbs.
func Groups() []string { return append(FurtherProducts(), groupReconciliation, groupClock) }

// GroupVerbs lists the verbs of a group, in the profile's words.
func GroupVerbs(group string) []string {
	switch {
	case group == ProductCashier:
		return []string{create, "wallets"}
	case group == groupReconciliation:
		return []string{"import", "differences"}
	case group == groupClock:
		return []string{"set"}
	case slices.Contains(FurtherProducts(), group):
		return []string{create}
	}
	return nil
}

// GroupVerb is the name of a verb of a group, such as order_code.create.
func GroupVerb(group, verb string) string { return group + "." + verb }

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
	for _, group := range Groups() {
		for _, verb := range GroupVerbs(group) {
			verbs = append(verbs, GroupVerb(group, verb))
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
	case VerbWallets:
		return []string{"cashier_tile"}
	case VerbImport, VerbDifferences:
		return []string{groupReconciliation}
	case VerbSetClock:
		return []string{groupClock}
	}
	return nil
}
