package acquirer_test

import (
	"slices"
	"testing"

	"mppsim/scenarios/acquirer"
)

func TestVerbsOfProducts(t *testing.T) {
	t.Parallel()
	for product, want := range map[string]string{
		"":                               acquirer.VerbChargeCode,
		acquirer.ProductPaymentCode:      acquirer.VerbChargeCode,
		acquirer.ProductOrderCode:        "order_code.create",
		acquirer.ProductPrivateOrderCode: "private_order_code.create",
		acquirer.ProductCashier:          "cashier.create",
	} {
		verb := acquirer.CreateVerb(product)
		if verb != want || !slices.Contains(acquirer.AllVerbs(), verb) {
			t.Errorf("%q is made by %s", product, verb)
		}
		made, creates := acquirer.Creates(verb)
		if !creates || (product != "" && made != product) {
			t.Errorf("%s makes %q", verb, made)
		}
	}
	for _, verb := range []string{acquirer.VerbQuery, acquirer.VerbCancel, acquirer.VerbHealth} {
		if product, creates := acquirer.Creates(verb); creates {
			t.Errorf("%s makes %s", verb, product)
		}
	}
	for verb, capability := range map[string]string{
		acquirer.VerbWallets: "cashier_tile", acquirer.VerbImport: "recon", acquirer.VerbDifferences: "recon", "cashier.create": "cashier",
	} {
		if got := acquirer.CapabilitiesOf(verb); !slices.Equal(got, []string{capability}) || !slices.Contains(acquirer.AllVerbs(), verb) {
			t.Errorf("%s is needed by %v, want %s", verb, got, capability)
		}
	}
	if acquirer.GroupVerbs("upm") != nil || acquirer.GroupVerbs("query") != nil {
		t.Error("core verbs have no group")
	}
}

func TestProductsNeedTheirVerbsAndQuery(t *testing.T) {
	t.Parallel()
	got := acquirer.NeededVerbs([]string{"notify", acquirer.ProductOrderCode})
	if want := []string{acquirer.VerbQuery, "order_code.create"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if by := acquirer.NeededBy(acquirer.VerbQuery, []string{"notify", acquirer.ProductOrderCode}); by != acquirer.ProductOrderCode {
		t.Errorf("query is needed by %q", by)
	}
	if by := acquirer.NeededBy(acquirer.VerbChargeCode, []string{acquirer.ProductOrderCode}); by != "" {
		t.Errorf("charge_code is needed by %q", by)
	}
}
