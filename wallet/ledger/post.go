package ledger

import (
	"fmt"
	"slices"

	"mppsim/wallet/money"
	"mppsim/wallet/store"
)

// The ledger's tables. The journal lists the ids of a timeline's transactions in the order of posting.
const (
	transactionTable = "ledger.transaction"
	balanceTable     = "ledger.balance"
	journalList      = "ledger.journal"
)

// Post books a transaction inside tx. It refuses, and books nothing, when the postings of a currency do not
// sum to zero (ErrUnbalanced), a payer's balance would fall below zero (ErrInsufficient), or
// the id belongs to a different transaction (ErrConflict). Posting the same transaction again is
// a success that changes nothing, whatever its time.
func Post(tx store.Tx, t Transaction) error {
	if err := check(t); err != nil {
		return fmt.Errorf("ledger transaction %s: %w", t.ID, err)
	}
	table := store.Table[Transaction]{Name: transactionTable}
	before, found, err := table.Get(tx, t.ID)
	switch {
	case err != nil:
		return err
	case found && same(before, t):
		return nil
	case found:
		return fmt.Errorf("ledger transaction %s: %w", t.ID, ErrConflict)
	}
	if err := apply(tx, t); err != nil {
		return fmt.Errorf("ledger transaction %s: %w", t.ID, err)
	}
	if err := table.Put(tx, t.ID, t); err != nil {
		return err
	}
	return journal().Append(tx, t.Timeline, t.ID)
}

func same(a, b Transaction) bool {
	return a.Kind == b.Kind && a.Order == b.Order && a.Timeline == b.Timeline && slices.Equal(a.Postings, b.Postings)
}

// check refuses what is wrong by itself.
func check(t Transaction) error {
	if t.ID == "" || len(t.Postings) == 0 {
		return fmt.Errorf("%w: an id and postings are needed", ErrMalformed)
	}
	var sums []money.Amount // by currency; few, so that looking through them is quicker than a map
	for _, p := range t.Postings {
		if p.Account == "" {
			return fmt.Errorf("%w: a posting without account", ErrMalformed)
		}
		i := slices.IndexFunc(sums, func(sum money.Amount) bool { return sum.Currency == p.Amount.Currency })
		if i < 0 {
			sums = append(sums, p.Amount)
			continue
		}
		var err error
		if sums[i], err = sums[i].Add(p.Amount); err != nil {
			return err
		}
	}
	for _, sum := range sums {
		if !sum.IsZero() {
			return fmt.Errorf("%w: %s is left over", ErrUnbalanced, sum)
		}
	}
	return nil
}

// holding is what an account has of a currency.
type holding struct {
	account Account
	key     string // of the balance
	after   money.Amount
}

// apply changes the balances. Postings of one account count together, so their order does not matter.
func apply(tx store.Tx, t Transaction) error {
	touched := make([]holding, 0, len(t.Postings))
	for _, p := range t.Postings {
		i := slices.IndexFunc(touched, func(h holding) bool { return h.account == p.Account && h.after.Currency == p.Amount.Currency })
		if i < 0 {
			key := balanceKey(p.Account, p.Amount.Currency)
			balance, err := balanceAt(tx, key, p.Amount.Currency)
			if err != nil {
				return err
			}
			i = len(touched)
			touched = append(touched, holding{account: p.Account, key: key, after: balance})
		}
		var err error
		if touched[i].after, err = touched[i].after.Add(p.Amount); err != nil {
			return err
		}
	}
	for _, h := range touched {
		if h.after.Value < 0 && !h.account.MayOverdraw() {
			return fmt.Errorf("%w: %s would hold %s", ErrInsufficient, h.account, h.after)
		}
	}
	table := store.Table[money.Amount]{Name: balanceTable}
	for _, h := range touched {
		if err := table.Put(tx, h.key, h.after); err != nil {
			return err
		}
	}
	return nil
}

func journal() store.List[string] { return store.List[string]{Name: journalList} }

func balanceKey(account Account, currency string) string { return string(account) + "|" + currency }

// Balance returns what an account holds in a currency.
func Balance(tx store.Tx, account Account, currency string) (money.Amount, error) {
	return balanceAt(tx, balanceKey(account, currency), currency)
}

func balanceAt(tx store.Tx, key, currency string) (money.Amount, error) {
	balance, found, err := store.Table[money.Amount]{Name: balanceTable}.Get(tx, key)
	if !found {
		balance = money.Of(currency, 0)
	}
	return balance, err
}

// Balances returns what an account holds, one amount per currency that it ever held, by currency.
func Balances(tx store.Tx, account Account) ([]money.Amount, error) {
	return store.Table[money.Amount]{Name: balanceTable}.List(tx, string(account)+"|")
}

// Transactions returns what was posted on a timeline, oldest first.
func Transactions(tx store.Tx, timeline string) ([]Transaction, error) {
	ids, err := journal().All(tx, timeline)
	if err != nil {
		return nil, err
	}
	posted := make([]Transaction, 0, len(ids))
	for _, id := range ids {
		t, _, err := store.Table[Transaction]{Name: transactionTable}.Get(tx, id)
		if err != nil {
			return nil, err
		}
		posted = append(posted, t)
	}
	return posted, nil
}

// Posted reports whether a transaction was posted.
func Posted(tx store.Tx, id string) (bool, error) {
	return store.Table[Transaction]{Name: transactionTable}.Has(tx, id)
}

// Find returns a transaction by its id and reports whether it was posted.
func Find(tx store.Tx, id string) (Transaction, bool, error) {
	return store.Table[Transaction]{Name: transactionTable}.Get(tx, id)
}
