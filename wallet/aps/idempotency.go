package aps

import "fmt"

// Compared returns the members of a pay request that must not differ when the same
// paymentRequestId comes again, as one text: those that the catalogue names for pay, as far as they are
// read. The payment code is not among them.
func (p PayRequest) Compared() string {
	return fmt.Sprintf("%d %s|%d %s|%s|%s %s %s %s %s|%s", p.Amount.Value, p.Amount.Currency,
		p.Order.Amount.Value, p.Order.Amount.Currency, p.MethodType,
		p.Factor.InStore, p.Factor.Cashier, p.Factor.Agreement, p.Factor.Scenario, p.Factor.Mode, p.Settlement)
}
