package wallet

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/cashier"
	"mppsim/wallet/jsontree"
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

// consultations answers which wallets a shop can offer.
func (s *Simulator) consultations() map[aps.API]serving {
	return map[aps.API]serving{
		aps.ConsultPayment: func(_ context.Context, _ aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
			return s.cashier().Consult(aps.FieldsOf(root)), nil
		},
	}
}
