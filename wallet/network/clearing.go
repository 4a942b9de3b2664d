package network

import (
	"context"
	"fmt"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/ledger"
	"mppsim/wallet/money"
	"mppsim/wallet/store"
)

// Movement is money that the acquirer got for a payment or gave for a refund, as the ledger has it.
type Movement struct {
	Order  Order
	Refund *Refund   // nil: the payment itself
	Told   time.Time // of its completion, as the acquirer was told: real time
	Lived  time.Time // of its completion, on the order's timeline
	Net    money.Amount
}

// Movements lists the successful payments and refunds that a filter keeps (acqp-api §11): nothing cancelled, nothing failed, and
// nothing whose success was only dictated, because no money moved. The ledger is the judge: an order that says
// otherwise is an error.
func (n *Network) Movements(ctx context.Context, keep func(Movement) bool) ([]Movement, error) {
	var list []Movement
	err := n.store.View(ctx, func(tx store.Tx) error {
		list = nil
		return orders().Scan(tx, "", func(_ string, o Order) (bool, error) {
			for _, m := range o.movements() {
				if !keep(m) {
					continue
				}
				booked, err := n.verify(tx, &m)
				if err != nil {
					return false, err
				}
				if booked {
					list = append(list, m)
				}
			}
			return true, nil
		})
	})
	return list, err
}

// movements are an order's own view of what moved.
func (o *Order) movements() []Movement {
	if o.State != Success {
		return nil
	}
	list := []Movement{{Order: *o, Told: o.Finished, Lived: o.Paid}}
	for i, r := range o.Refunds {
		if r.Result.Status == aps.Success {
			list = append(list, Movement{Order: *o, Refund: &o.Refunds[i], Told: r.Time, Lived: r.Given})
		}
	}
	return list
}

// verify takes the amount of a movement from the ledger and compares it with the order's. It reports whether it was booked.
func (n *Network) verify(tx store.Tx, m *Movement) (booked bool, err error) {
	id, expected, sign := "network/pay/"+m.Order.PaymentID, m.Order.Settlement.Amount.Value, int64(1)
	fees := m.Order.Fees
	if r := m.Refund; r != nil {
		id, expected, sign, fees = "network/refund/"+r.RefundID, r.Settlement.Amount.Value, -1, r.Fees
	}
	t, found, err := ledger.Find(tx, id)
	if err != nil || !found {
		return false, err
	}
	m.Net = money.Of(m.Order.Settlement.Amount.Currency, 0)
	acquirer, shop := n.account, ledger.ShopAccount(m.Order.Request().Order.Merchant.ReferenceMerchantID)
	for _, p := range t.Postings {
		// What the acquirer passes on to its shop is still what it got.
		if (p.Account == acquirer || p.Account == shop) && p.Amount.Currency == m.Net.Currency {
			m.Net.Value += p.Amount.Value
		}
	}
	if told := sign * (expected - fees.Interchange.Value - fees.Service.Value); m.Net.Value != told {
		return false, fmt.Errorf("%s: the ledger has %s, the order %d", id, m.Net, told)
	}
	return true, nil
}
