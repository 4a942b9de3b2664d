package promo

import (
	"fmt"
	"time"

	"mppsim/wallet/money"
	"mppsim/wallet/store"
)

// Attached is the source of promotions that belong to a payer as plain data: each applies to every payment in its
// currency that leaves something to pay. They have no budget.
type Attached struct{}

var _ Source = Attached{}

func attached() store.Table[[]Saving] { return store.Table[[]Saving]{Name: "promo.attached"} }

// Attach gives a wallet user promotions, in place of those given before. Each needs an id.
func Attach(tx store.Tx, customerID string, savings []Saving) error {
	for i, s := range savings {
		if s.ID == "" {
			return fmt.Errorf("promotion %d of customer %s: %w: it has no id", i, customerID, ErrSpec)
		}
	}
	if len(savings) == 0 {
		return attached().Delete(tx, customerID)
	}
	return attached().Put(tx, customerID, savings)
}

// Take is part of Source.
func (Attached) Take(tx store.Tx, v Visit, left money.Amount) ([]Saving, error) {
	list, _, err := attached().Get(tx, v.CustomerID)
	var used []Saving
	for _, s := range list {
		if s.Savings.Currency != left.Currency || s.Savings.Value >= left.Value || s.Savings.Value <= 0 {
			continue
		}
		left.Value -= s.Savings.Value
		used = append(used, s)
	}
	return used, err
}

// Paid is part of Source.
func (Attached) Paid(store.Tx, string, time.Time) error { return nil }

// Undo is part of Source.
func (Attached) Undo(store.Tx, string, time.Time) error { return nil }

// Refund is part of Source.
func (Attached) Refund(store.Tx, string, Part) error { return nil }
