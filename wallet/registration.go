package wallet

import (
	"context"
	"strings"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/registration"
	"mppsim/wallet/store"
)

// defaultApproval is when registrations outside any timeline are approved.
const defaultApproval = 10 * time.Second

// RegistrationOptions say what the registration of merchants is good for.
type RegistrationOptions struct {
	// Required refuses payments to merchants (in stores: to stores) that the wallet has not approved, with
	// MERCHANT_NOT_REGISTERED, or MERCHANT_KYB_NOT_QUALIFIED once it has rejected them.
	Required bool
	// After is when registrations that belong to no timeline are approved by all wallets; default 10 s, negative: never.
	After   time.Duration
	Wallets []string // that decide on registrations; default: the wallet's brand
}

func (o RegistrationOptions) withDefaults(brand string) RegistrationOptions {
	if o.After == 0 {
		o.After = defaultApproval
	}
	if len(o.Wallets) == 0 {
		o.Wallets = []string{brand}
	}
	return o
}

func (s *Simulator) registrations() map[aps.API]serving {
	o := s.options.Registration
	s.registry = registration.New(registration.Options{
		Store: s.store, Clocks: func(timeline string) clock.Clock { return s.timelineClock(timeline) }, Courier: s.courier,
		Wallets: o.Wallets, After: o.After, Logger: s.options.Logger,
	})
	return map[aps.API]serving{
		aps.Registration: s.registry.Register, aps.InquiryRegistrationStatus: s.registry.Inquire,
	}
}

// admits refuses payments of unregistered merchants where registration is required.
func (s *Simulator) admits(tx store.Tx, req aps.PayRequest) (string, error) {
	if !s.options.Registration.Required {
		return "", nil
	}
	return s.registry.Refusal(tx, s.options.WalletBrand, productOf(req.Factor), req.Order.Merchant)
}

// productOf names the product under which a merchant must be registered for a payment (acqp-api §4, §5.8).
func productOf(f aps.Factor) string {
	switch {
	case strings.EqualFold(f.InStore, "true"):
		return registration.InStore
	case strings.EqualFold(f.Cashier, "true"):
		return "CASHIER_PAYMENT"
	default:
		return "AGREEMENT_PAYMENT"
	}
}

// Registrations implements control.API.
func (s *Simulator) Registrations(ctx context.Context, timeline string) ([]control.Registration, error) {
	list, err := s.registry.List(ctx, timeline)
	views := make([]control.Registration, 0, len(list))
	for _, reg := range list {
		views = append(views, s.registrationView(reg))
	}
	return views, translate(err)
}

// DecideRegistration implements control.API.
func (s *Simulator) DecideRegistration(ctx context.Context, id string, v control.RegistrationVerdict) (control.Registration, error) {
	d := registration.Decision{Wallet: v.Wallet, Products: v.ProductCodes, Approved: v.Reject == "", Reason: v.Reject}
	if d.Wallet == "" {
		d.Wallet = s.options.WalletBrand
	}
	reg, err := s.registry.Decide(ctx, id, d)
	if err != nil {
		return control.Registration{}, translate(err)
	}
	return s.registrationView(reg), nil
}

func (s *Simulator) registrationView(reg registration.Registration) control.Registration {
	view := control.Registration{
		ID: reg.ID, Timeline: reg.Timeline, ReferenceMerchantID: reg.Merchant, ReferenceStoreID: reg.Store,
		ProductCodes: reg.Products, Code: reg.Result.Code, Created: reg.Created,
	}
	if reg.Result.Status != aps.Success {
		return view
	}
	asked := s.options.Registration.Wallets
	view.Status = reg.Status(asked)
	for _, w := range reg.Standing(asked) {
		view.Wallets = append(view.Wallets, control.RegistrationWallet{Wallet: w.Name, ProductCodes: w.Products, Status: w.Status, Reason: w.Reason})
	}
	return view
}
