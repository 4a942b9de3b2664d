package wallet

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/cashier"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/store"
)

func (s *Simulator) cashier() cashier.Cashier {
	return cashier.Cashier{Wallets: s.options.Wallets, Brand: s.options.WalletBrand, BaseURL: s.pageURL}
}

// brands are the wallets of other brands that payers can have: name → PSP id.
func (s *Simulator) brands() map[string]string {
	ids := make(map[string]string)
	for _, w := range s.options.Wallets {
		if w.PSP != "" {
			ids[w.Name] = w.PSP
		}
	}
	return ids
}

// brandOf is the brand of a payer's wallet, whose name is empty for the simulator's own.
func (s *Simulator) brandOf(name string) string {
	if name == "" {
		return s.options.WalletBrand
	}
	return s.cashier().BrandOf(name)
}

// consultations answers which wallets a shop can offer.
func (s *Simulator) consultations() map[aps.API]serving {
	return map[aps.API]serving{
		aps.ConsultPayment: func(ctx context.Context, _ aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
			f := aps.FieldsOf(root)
			if stranger, err := s.unregistered(ctx, f); err != nil || stranger {
				return aps.NewAnswer(aps.ResultOf("MERCHANT_NOT_REGISTERED")).Node(), err
			}
			return s.cashier().Consult(f), nil
		},
	}
}

// unregistered says that a question is about a shop that must be registered first and is not.
func (s *Simulator) unregistered(ctx context.Context, f aps.Fields) (stranger bool, err error) {
	merchant := aps.Merchant{ReferenceMerchantID: f.Text("merchant.referenceMerchantId")}
	if !s.options.Registration.Required || merchant.ReferenceMerchantID == "" {
		return false, nil
	}
	product := productOf(aps.Factor{InStore: f.Text("paymentFactor.isInStorePayment"), Cashier: f.Text("paymentFactor.isCashierPayment")})
	if shop := f.Text("merchant.store.referenceStoreId"); shop != "" {
		merchant.Store = &aps.Store{ReferenceStoreID: shop}
	}
	err = s.store.View(ctx, func(tx store.Tx) error {
		refusal, err := s.registry.Refusal(tx, s.options.WalletBrand, product, merchant)
		stranger = refusal != ""
		return err
	})
	return stranger, err
}
