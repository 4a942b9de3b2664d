package storm

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mppsim/features"
	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/check"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

//go:embed invariants.yaml
var rules []byte

// Catalogue is what a storm judges, with the capabilities of the suite's own catalogue.
func Catalogue() (*features.Catalogue, error) {
	c, err := features.Parse("invariants.yaml", rules)
	if err != nil {
		return nil, err
	}
	all, err := features.Load()
	if err != nil {
		return nil, err
	}
	c.Capabilities = maps.Clone(all.Capabilities)
	return c, nil
}

// The invariants.
const (
	once      = "ACQ-INV-01"
	agreed    = "ACQ-INV-02"
	ends      = "ACQ-INV-03"
	amounts   = "ACQ-INV-04"
	refunds   = "ACQ-INV-05"
	explained = "ACQ-INV-06"
	lasting   = "ACQ-INV-07"
)

func ids() []string { return []string{once, agreed, ends, amounts, refunds, explained, lasting} }

// Watches judge the end of every story.
func Watches() []check.Watch {
	return []check.Watch{
		{Requirement: once, Name: "one payment a sale", Judge: judgeOnce},
		{Requirement: agreed, Name: "shop and Alipay+ agree", Judge: eachSale(agreement())},
		{Requirement: ends, Name: "final states", Judge: eachSale(ending())},
		{Requirement: amounts, Name: "amounts", Judge: eachSale(amount())},
		{Requirement: refunds, Name: "refunds", Judge: eachSale(refunding())},
		{Requirement: explained, Name: "explained payments", Judge: judgeExplained},
		{Requirement: lasting, Name: "words kept", Judge: eachSale(keeping())},
	}
}

// sale is one charge of a shop with everything that is known of it in the end.
type sale struct {
	check.Charge
	scene    check.Scene
	orders   []control.Order // at Alipay+, of its code; of all codes of the sale where an order number stands for one sale
	siblings []check.Charge  // further charges of the same sale
	// cancelled says that the shop asked for a cancellation. What came too late for one, or after a refund, an acquirer may
	// give back by refunds of its own.
	cancelled bool
	refunds   []check.Refund
}

func sales(s check.Scene) []sale {
	single := slices.Contains(s.Facts.Capabilities, "single_order")
	list := make([]sale, 0, len(s.Charges))
	for i, c := range s.Charges {
		one := sale{Charge: c, scene: s, orders: ordersOf(s, c)}
		one.cancelled = slices.ContainsFunc(s.Cancels, func(v check.Cancel) bool { return v.Reference == c.Reference })
		for j, other := range s.Charges {
			if i != j && single && other.Reference == c.Reference {
				one.siblings = append(one.siblings, other)
				one.orders = append(one.orders, ordersOf(s, other)...)
			}
		}
		for _, r := range s.Refunds {
			if r.Reference == c.Reference && r.Payment == c.ID {
				one.refunds = append(one.refunds, r)
			}
		}
		list = append(list, one)
	}
	return list
}

// ordersOf are the orders of a charge: by the payer's code, or by the shop's order number where the payer comes to the
// payment. An acquirer that writes that number differently is believed when there is nothing to mix up.
func ordersOf(s check.Scene, c check.Charge) []control.Order {
	own := func(o control.Order) bool { return c.Code != "" && o.Code == c.Code }
	if c.Product != "" && c.Product != acquirer.ProductPaymentCode {
		own = func(o control.Order) bool { return numbered(o, c) }
		if len(s.Charges) == 1 && !slices.ContainsFunc(s.Orders, own) {
			own = func(control.Order) bool { return true }
		}
	}
	var list []control.Order
	for _, o := range s.Orders {
		if own(o) {
			list = append(list, o)
		}
	}
	return list
}

func numbered(o control.Order, c check.Charge) bool {
	return c.Reference != "" && strings.Contains(strings.ToLower(o.ReferenceOrderID), strings.ToLower(c.Reference))
}

// last is what the shop was told last; false when it was told nothing.
func (s sale) last() (check.Sighting, bool) {
	if len(s.Seen) == 0 {
		return check.Sighting{}, false
	}
	return s.Seen[len(s.Seen)-1], true
}

// taken are the successful orders.
func (s sale) taken() []control.Order { return successful(s.orders) }

func successful(orders []control.Order) []control.Order {
	return slices.DeleteFunc(slices.Clone(orders), func(o control.Order) bool { return o.State != "SUCCESS" })
}

// kept are orders whose money the payer has not got back in full.
func kept(orders []control.Order) []control.Order {
	return slices.DeleteFunc(successful(orders), func(o control.Order) bool { return o.Refunded == o.Amount })
}

// verdict is what an invariant says about one sale: nothing, or what is wrong.
type verdict struct {
	judged bool
	seen   string
}

func right() verdict { return verdict{judged: true} }

func wrong(format string, args ...any) verdict {
	return verdict{judged: true, seen: fmt.Sprintf(format, args...)}
}

// rule is an invariant over one sale: what is expected, and the look.
type rule struct {
	requirement, expected string
	look                  func(sale) verdict
}

func eachSale(r rule) func(check.Scene) check.Result {
	return func(s check.Scene) check.Result {
		var result check.Result
		for _, one := range sales(s) {
			v := r.look(one)
			if v.judged {
				result.Judged++
			}
			if v.seen != "" && len(result.Findings) == 0 {
				result.Findings = append(result.Findings, one.finding(r.requirement, r.expected, v.seen))
			}
		}
		return result
	}
}

// finding accuses with the calls that told the shop and the messages that made the payment.
func (s sale) finding(requirement, expected, seen string) journal.Finding {
	f := journal.Finding{Requirement: requirement, Expected: expected, Seen: fmt.Sprintf("order %s: %s", s.Reference, seen)}
	for _, o := range s.orders {
		f.Exchanges = append(f.Exchanges, messages(s.scene, o)...)
	}
	if s.CallID != "" {
		f.Calls = append(f.Calls, s.CallID)
	}
	if told, ok := s.last(); ok && told.CallID != s.CallID {
		f.Calls = append(f.Calls, told.CallID)
	}
	for _, r := range s.refunds {
		if r.CallID != "" {
			f.Calls = append(f.Calls, r.CallID)
		}
	}
	return f
}

// messages are the charges, cancellations and refunds of an order.
func messages(s check.Scene, o control.Order) []string {
	var list []string
	for _, e := range s.Exchanges {
		moves := slices.Contains([]aps.API{aps.Pay, aps.CancelPayment, aps.Refund}, aps.API(e.API))
		if moves && e.PaymentRequestID == o.PaymentRequestID {
			list = append(list, e.ID)
		}
	}
	return list
}

// agreement compares the last word of the shop and that of Alipay+.
func agreement() rule {
	return rule{agreed, "the shop's last word on a payment is that of Alipay+", func(s sale) verdict {
		told, ok := s.last()
		taken, still := s.taken(), kept(s.orders)
		paidElsewhere := slices.ContainsFunc(s.siblings, func(c check.Charge) bool {
			last, known := (sale{Charge: c}).last()
			return known && last.State == acquirer.Paid
		})
		switch {
		case !ok, told.State == acquirer.Pending:
			return verdict{} // its end is another invariant's
		case told.State == acquirer.Paid && len(taken) == 0:
			return wrong("paid at the shop, and Alipay+ has taken nothing (%s)", states(s.orders))
		case told.State != acquirer.Paid && len(still) > 0 && !paidElsewhere:
			return wrong("%s at the shop, and Alipay+ has taken %s", told.State, still[0].Amount)
		}
		return right()
	}}
}

func states(orders []control.Order) string {
	if len(orders) == 0 {
		return "it has no such payment"
	}
	var list []string
	for _, o := range orders {
		list = append(list, o.State)
	}
	return strings.Join(list, ", ")
}

// ending asks for final states.
func ending() rule {
	return rule{ends, "every payment and every refund becomes final at the shop", func(s sale) verdict {
		told, ok := s.last()
		switch {
		case !ok: // the shop never got a usable answer, and cannot ask
			return verdict{}
		case told.State == acquirer.Pending:
			return wrong("still pending; at Alipay+: %s", states(s.orders))
		}
		for _, r := range s.refunds {
			if last, known := lastOf(r); known && last.State == acquirer.Pending {
				return wrong("refund %s is still pending", r.Number)
			}
		}
		return right()
	}}
}

func lastOf(r check.Refund) (check.Sighting, bool) {
	if len(r.Seen) == 0 {
		return check.Sighting{}, false
	}
	return r.Seen[len(r.Seen)-1], true
}

// amount compares amounts.
func amount() rule {
	return rule{amounts, "Alipay+ takes what the shop charged, and the shop is told that amount", func(s sale) verdict {
		told, _ := s.last()
		for _, o := range s.taken() {
			if o.Amount != s.Amount {
				return wrong("%s charged, %s taken", s.Amount, o.Amount)
			}
		}
		if told.State == acquirer.Paid && told.Paid != nil && *told.Paid != s.Amount {
			return wrong("%s charged, %s shown as paid", s.Amount, told.Paid)
		}
		return verdict{judged: len(s.taken()) > 0}
	}}
}

// refunding adds up refunds.
func refunding() rule {
	return rule{refunds, "what the shop was told is given back is what Alipay+ has given back", func(s sale) verdict {
		told, ok := s.last()
		taken := s.taken()
		if !ok || told.State != acquirer.Paid || len(taken) != 1 {
			return verdict{}
		}
		back := taken[0].Refunded
		if told.Refunded != nil && told.Refunded.Value != back.Value {
			return wrong("%s shown as refunded, %s refunded at Alipay+", told.Refunded, orNothing(back, s.Amount))
		}
		var sum int64
		for _, r := range s.refunds {
			last, known := lastOf(r)
			if !known || last.State == acquirer.Pending {
				return verdict{}
			}
			if last.State == acquirer.Refunded {
				sum += r.Refund.Value
			}
		}
		if sum > back.Value || sum < back.Value && !s.cancelled {
			return wrong("refunds of %s told as done, %s refunded at Alipay+", money.Of(s.Amount.Currency, sum), orNothing(back, s.Amount))
		}
		return verdict{judged: len(s.refunds) > 0}
	}}
}

// orNothing writes an amount that may have no currency because nothing has moved.
func orNothing(a, like money.Amount) string { return money.Of(like.Currency, a.Value).String() }

// judgeOnce counts the payments of each code, and of each order number where that stands for one sale.
func judgeOnce(s check.Scene) check.Result {
	var result check.Result
	for _, one := range sales(s) {
		result.Judged++
		if twice := kept(one.orders); len(twice) > 1 && len(result.Findings) == 0 {
			result.Findings = append(result.Findings, one.finding(once, "a sale costs its payer one payment",
				fmt.Sprintf("paid %d times, %s and %s", len(twice), twice[0].Amount, twice[1].Amount)))
		}
	}
	return result
}

// judgeExplained finds successful payments that no sale of the shop explains.
func judgeExplained(s check.Scene) check.Result {
	var result check.Result
	known := map[string]bool{}
	for _, c := range s.Charges {
		for _, own := range ordersOf(s, c) {
			known[own.PaymentRequestID] = true
		}
	}
	for _, o := range successful(s.Orders) {
		result.Judged++
		if !known[o.PaymentRequestID] && len(result.Findings) == 0 {
			result.Findings = append(result.Findings, journal.Finding{
				Requirement: explained, Expected: "Alipay+ takes money only for what a shop has charged",
				Seen:      fmt.Sprintf("payment %s took %s, and no sale of the shop explains it", o.PaymentRequestID, o.Amount),
				Exchanges: messages(s, o),
			})
		}
	}
	return result
}

// keeping looks at what the shop was told on the way to the end.
func keeping() rule {
	return rule{lasting, "what the shop was told is paid or given back stays so, unless the shop asks for something else", func(s sale) verdict {
		if told, last := paidUntil(s.Seen); told && last != acquirer.Paid && !s.cancelled && len(s.refunds) == 0 {
			return wrong("shown as paid, and %s in the end", last)
		}
		for _, r := range s.refunds {
			done := slices.ContainsFunc(r.Seen, func(seen check.Sighting) bool { return seen.State == acquirer.Refunded })
			if last, known := lastOf(r); known && done && last.State != acquirer.Refunded {
				return wrong("refund %s shown as done, and %s in the end", r.Number, last.State)
			}
		}
		told, _ := paidUntil(s.Seen)
		return verdict{judged: told}
	}}
}

// paidUntil reports whether a sale was ever shown as paid, and its last state.
func paidUntil(seen []check.Sighting) (told bool, last acquirer.State) {
	for _, one := range seen {
		told, last = told || one.State == acquirer.Paid, one.State
	}
	return told, last
}
