package world

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

// audit compares what the shop was told, the network's books and the ledger, payment by payment, and journals the
// scenario's movements of money.
func (w *World) audit(ctx context.Context, end *End) error {
	entries, err := w.compare(ctx, end)
	for _, e := range entries {
		w.Record(journal.Entry{At: e.At, Money: &journal.Money{
			Transaction: e.Transaction, Kind: e.Kind, Account: e.Account, Amount: e.Amount, Order: e.Order,
		}})
	}
	return err
}

// compare reads the books into end, says where they differ, and returns the movements of money.
func (w *World) compare(ctx context.Context, end *End) ([]control.Entry, error) {
	orders, err := w.setup.Sim.Orders(ctx, w.timeline)
	if err != nil {
		return nil, fmt.Errorf("read the network's orders: %w", err)
	}
	entries, err := w.setup.Sim.Entries(ctx, w.timeline)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	end.Orders = orders
	w.mu.Lock()
	excused := w.differs != ""
	w.mu.Unlock()
	if !excused {
		end.Audit = slices.Concat(w.auditPayments(orders), auditLedger(orders, entries), w.auditUnexplained(orders))
	}
	return entries, nil
}

// Revisit looks at a settled scenario once more: the shop asks again about every payment, and the books are compared as
// they are now. What comes late, such as a refund that nobody asked for, shows only here. Payments that the acquirer has
// forgotten are compared as they were told before.
func (w *World) Revisit(ctx context.Context) (End, error) {
	var end End
	for _, p := range w.Payments() {
		if _, answered := p.Answered(); !answered || !p.Named("query") {
			continue
		}
		known := p.Last().Payment.State != ""
		told, err := p.ask(ctx, true) // what cannot be asked now was told before
		if err == nil && known && told.Refused && told.State == "" {
			p.dropLast()
			end.Forgotten = append(end.Forgotten, p.Charge.Reference)
		}
	}
	_, err := w.compare(ctx, &end)
	return end, err
}

// dropLast takes the latest sample back.
func (p *Payment) dropLast() {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.samples = p.samples[:len(p.samples)-1]
}

// auditPayments compares the shop's view with the network's books.
func (w *World) auditPayments(orders []control.Order) []string {
	var gaps []string
	for _, p := range w.Payments() {
		told := p.Last().Payment
		paid, refunded := booked(ordersOf(p, orders))
		say := func(format string, args ...any) {
			gaps = append(gaps, fmt.Sprintf("payment %s: ", p.Charge.Reference)+fmt.Sprintf(format, args...))
		}
		switch state := p.State(); {
		case state == acquirer.Pending:
			say("still without a final state at the shop; the network has taken %s", amounts(paid))
		case state == acquirer.Paid && len(paid) != 1:
			say("paid at the shop; the network has taken %s", amounts(paid))
		case state != acquirer.Paid && len(paid) > 0:
			say("%s at the shop; the network has taken %s", state, amounts(paid))
		case state == acquirer.Paid && told.Paid != nil && *told.Paid != paid[0]:
			say("%s at the shop, %s at the network", told.Paid, paid[0])
		case state == acquirer.Paid && told.Refunded != nil && !sameOrZero(*told.Refunded, refunded):
			say("%s refunded at the shop, %s at the network", told.Refunded, refunded)
		}
	}
	return gaps
}

// ordersOf are the network's orders of a payment.
func ordersOf(p *Payment, orders []control.Order) []control.Order {
	ids := p.RequestIDs()
	var own []control.Order
	for _, o := range orders {
		if (o.Code != "" && o.Code == p.Code) || slices.Contains(ids, o.PaymentRequestID) {
			own = append(own, o)
		}
	}
	return own
}

// booked is what the network has taken, order by order, and what it has given back.
func booked(orders []control.Order) (paid []money.Amount, refunded money.Amount) {
	for _, o := range orders {
		if o.State != "SUCCESS" {
			continue
		}
		paid = append(paid, o.Amount)
		refunded = money.Amount{Value: refunded.Value + o.Refunded.Value, Currency: o.Amount.Currency}
	}
	return paid, refunded
}

// auditLedger compares the network's books with the payers' money: an order that is not successful has cost
// its payer nothing.
func auditLedger(orders []control.Order, entries []control.Entry) []string {
	var gaps []string
	for _, o := range orders {
		if o.State == "SUCCESS" || o.State == "TOMBSTONE" || o.Payer == "" {
			continue
		}
		if left := moved(o, entries); left != 0 {
			gaps = append(gaps, fmt.Sprintf("order %s is %s, but its payer's balance changed by %s",
				o.PaymentRequestID, o.State, money.Of(o.Amount.Currency, left)))
		}
	}
	return gaps
}

// moved is by how much an order has changed its payer's balance, in minor units of whatever currency the payer has.
func moved(o control.Order, entries []control.Entry) int64 {
	var sum int64
	for _, e := range entries {
		ours := e.Order != "" && (e.Order == o.PaymentRequestID || e.Order == o.PaymentID)
		if ours && e.Account == "payer/"+o.Payer {
			sum += e.Amount.Value
		}
	}
	return sum
}

// auditUnexplained finds money taken for nothing that the shop has asked for.
func (w *World) auditUnexplained(orders []control.Order) []string {
	explained := map[string]bool{}
	for _, p := range w.Payments() {
		for _, o := range ordersOf(p, orders) {
			explained[o.PaymentRequestID] = true
		}
	}
	var gaps []string
	for _, o := range orders {
		if o.State == "SUCCESS" && !explained[o.PaymentRequestID] {
			gaps = append(gaps, fmt.Sprintf("order %s took %s, which no charge of the shop explains", o.PaymentRequestID, o.Amount))
		}
	}
	return gaps
}

func amounts(list []money.Amount) string {
	if len(list) == 0 {
		return "nothing"
	}
	texts := make([]string, len(list))
	for i, a := range list {
		texts[i] = a.String()
	}
	return strings.Join(texts, " and ")
}

func sameOrZero(a, b money.Amount) bool { return a == b || a.IsZero() && b.IsZero() }
