package aps

import "fmt"

// Compared returns the members of a pay request that must not differ when the same
// paymentRequestId comes again, as one text: the union of the published sets (acqp-api §7). The payment
// code is not among them.
func (p PayRequest) Compared() string {
	return fmt.Sprintf("%d %s|%d %s|%s|%s %s %s|%s", p.Amount.Value, p.Amount.Currency,
		p.Order.Amount.Value, p.Order.Amount.Currency, p.MethodType,
		p.Factor.InStore, p.Factor.Cashier, p.Factor.Scenario, p.Settlement)
}

// Rule says how an operation of the acquirer is repeated (acqp-api §7).
type Rule struct {
	Call     API
	Key      string
	Compared []string
}

// IdempotencyRules is the table of the operations of the payment-code flow.
func IdempotencyRules() []Rule {
	return []Rule{
		{Call: Pay, Key: "paymentRequestId", Compared: []string{
			"paymentAmount", "order.orderAmount", "paymentMethod.paymentMethodType", "paymentFactor", "settlementStrategy",
		}},
		{Call: Refund, Key: "refundRequestId", Compared: []string{"refundAmount", "paymentRequestId or paymentId"}},
		{Call: CancelPayment, Key: "paymentRequestId"},
	}
}
