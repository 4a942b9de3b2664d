package wallet

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/customs"
	"mppsim/wallet/network"
)

func (s *Simulator) declared() map[aps.API]serving {
	s.declarations = customs.New(customs.Options{
		Store: s.store, Payments: s.declarablePayment, Clocks: s.timelineClock, IDs: s.options.IDs,
	})
	return map[aps.API]serving{
		aps.Declare: s.declarations.Declare, aps.InquireDeclarationRequests: s.declarations.Inquire,
	}
}

func (s *Simulator) declarablePayment(ctx context.Context, id string) (customs.Payment, bool, error) {
	o, found, err := s.network.Order(ctx, id)
	p := customs.Payment{Timeline: o.Timeline, Paid: o.State == network.Success, WalletPaymentID: o.WalletPaymentID}
	return p, found && o.State != network.Tombstone, err
}

// Declarations implements control.API.
func (s *Simulator) Declarations(ctx context.Context, timeline string) ([]control.Declaration, error) {
	list, err := s.declarations.List(ctx, timeline)
	views := make([]control.Declaration, 0, len(list))
	for _, x := range list {
		views = append(views, declarationView(x))
	}
	return views, translate(err)
}

// SettleDeclaration implements control.API.
func (s *Simulator) SettleDeclaration(ctx context.Context, id string, r control.CustomsResult) (control.Declaration, error) {
	if r.Status == "" {
		return control.Declaration{}, control.Errorf(control.Invalid, "status: what the customs say is missing")
	}
	x, err := s.declarations.Settle(ctx, id, customs.Result{Status: r.Status, Code: r.Code, Description: r.Description})
	return declarationView(x), translate(err)
}

func declarationView(x customs.Declaration) control.Declaration {
	return control.Declaration{
		ID: x.ID, PaymentRequestID: x.Payment, Timeline: x.Timeline, Region: x.Region, CustomsCode: x.CustomsCode, Amount: x.Amount,
		Split: x.Split, ReferenceOrderID: x.ReferenceOrderID, Status: x.Status, ResultCode: x.ResultCode, Modified: x.Modified,
	}
}
