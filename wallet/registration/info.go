package registration

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/store"
)

// Describe answers inquiryRegistrationInfo: what was registered last for a merchant and store, as it was sent (AMS iri).
func (r *Registry) Describe(ctx context.Context, _ aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
	f := aps.FieldsOf(root)
	var reg Registration
	var found bool
	err := r.Store.View(ctx, func(tx store.Tx) error {
		id, err := newest(tx, f.Text("referenceMerchantId"), f.Text("referenceStoreId"))
		if err != nil || id == "" {
			return err
		}
		reg, found, err = requests().Get(tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !found {
		return aps.NewAnswer(unknown()).Node(), nil
	}
	return aps.NewAnswer(aps.ResultOf("SUCCESS")).Object("merchantInfo", parsed(reg.MerchantInfo)).
		Object("storeInfo", parsed(reg.StoreInfo)).Texts("productCodes", reg.Products).Node(), nil
}

// Registered reports whether all wallets have approved what a request asks for, by an earlier one.
func (r *Registry) Registered(ctx context.Context, s aps.Subject, root *jsontree.Node) (bool, error) {
	reg := r.read(s, root)
	all := len(reg.Products) > 0
	err := r.Store.View(ctx, func(tx store.Tx) error {
		if _, known, err := requests().Get(tx, reg.ID); err != nil || known {
			all = false // a repetition
			return err
		}
		for _, product := range reg.Products {
			for _, wallet := range r.Wallets {
				verdict, _, err := standings().Get(tx, reg.subject(product)+store.Key(wallet))
				if err != nil {
					return err
				}
				all = all && verdict == Approved
			}
		}
		return nil
	})
	return all, err
}

// written keeps a part of a message as text.
func written(n *jsontree.Node) string {
	if n == nil {
		return ""
	}
	return string(n.Write(jsontree.Layout{}))
}

// parsed is a kept part of a message; nil if there was none.
func parsed(text string) *jsontree.Node {
	n, err := jsontree.Parse([]byte(text))
	if err != nil {
		return nil
	}
	return n
}
