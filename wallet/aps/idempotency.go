package aps

import "fmt"

// Repeats reports whether the request may come again under a paymentRequestId that an earlier one has: both doors share
// the ids, and each has its own rule. Where InStore is one of the two, amount, product and payment code count, the last
// only if both came there (AMS idempotency).
func (p PayRequest) Repeats(before PayRequest) bool {
	if p.Door != InStore && before.Door != InStore {
		return p.Compared() == before.Compared()
	}
	sameCode := p.Code == before.Code || p.Door != before.Door
	return p.Amount == before.Amount && p.Product == before.Product && sameCode
}

// Compared returns the members of a pay request that must not differ when the same
// paymentRequestId comes again, as one text: those that the catalogue names for pay, as far as they are
// read. The payment code is not among them.
func (p PayRequest) Compared() string {
	return fmt.Sprintf("%d %s|%d %s|%s|%s %s %s %s %s|%s", p.Amount.Value, p.Amount.Currency,
		p.Order.Amount.Value, p.Order.Amount.Currency, p.MethodType,
		p.Factor.InStore, p.Factor.Cashier, p.Factor.Agreement, p.Factor.Scenario, p.Factor.Mode, p.Settlement)
}
