package steps

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	messages "github.com/cucumber/messages/go/v21"

	"mppsim/scenarios/world"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

// moneySteps read the simulator's ledger: what has moved, in which accounts.
func moneySteps() []Step {
	return []Step{
		step("money", worth+` has moved from the payer to the shop`, `250.00 has moved from the payer to the shop`,
			"The payer has paid once, and the shop's account is credited with the amount.", hasMoved),
		step("money", `no money has moved`, `no money has moved`,
			"In sum the payer has paid nothing.",
			func(ctx context.Context) error { return hasPaidNothing(ctx, false) }),
		step("money", `the payer has all the money back`, `the payer has all the money back`,
			"The payer has paid, and has got everything back.",
			func(ctx context.Context) error { return hasPaidNothing(ctx, true) }),
		step("money", `money has moved as follows`, `money has moved as follows`,
			"One row per account: the payer, the second payer, the shop, the sponsor, the wallet, Alipay+, the acquirer, fees; what is not named has not moved.",
			movedAsFollows),
	}
}

// endowment is the kind of entry that gives a payer money to begin with; it belongs to no payment.
const endowment = "top-up"

// turnover sums what went into the accounts with a prefix, per currency, and counts the debits.
func turnover(entries []control.Entry, prefix string) (sums map[string]int64, debits int) {
	sums = map[string]int64{}
	for _, e := range entries {
		if e.Kind == endowment || !strings.HasPrefix(e.Account, prefix) {
			continue
		}
		sums[e.Amount.Currency] += e.Amount.Value
		if e.Amount.Value < 0 {
			debits++
		}
	}
	return sums, debits
}

func hasMoved(ctx context.Context, text string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	amount, err := w.Amount(text, p.Charge.Shop)
	if err != nil {
		return err
	}
	entries, err := w.Sim().Entries(ctx, w.Timeline())
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	if p.Payer == nil {
		return w.NotReached("nobody has scanned the code", codeBlame(p))
	}
	_, debits := turnover(entries, "payer/"+p.Payer.ID)
	if debits != 1 {
		return w.Fail("the payer pays once", fmt.Sprintf("%d debits", debits), shown(w, p)...)
	}
	credited, _ := turnover(entries, "shop/")
	if got := money.Of(amount.Currency, credited[amount.Currency]); got != amount {
		return w.Fail(amount.String()+" reach the shop", got.String(), shown(w, p)...)
	}
	return nil
}

func hasPaidNothing(ctx context.Context, afterPaying bool) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	entries, err := w.Sim().Entries(ctx, w.Timeline())
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	account := "payer/"
	if p.Payer != nil {
		account += p.Payer.ID
	}
	sums, debits := turnover(entries, account)
	for currency, sum := range sums {
		if sum != 0 {
			return w.Fail("the payer has all the money", money.Of(currency, sum).String()+" moved", shown(w, p)...)
		}
	}
	if afterPaying && debits == 0 {
		return w.NotReached("the payer was never debited", "ACQ-UPM-03")
	}
	return nil
}

// movedAsFollows compares the balance of every account's movements in the scenario with a table. Accounts that the table
// leaves out must come out at zero.
func movedAsFollows(ctx context.Context, table *messages.PickleTable) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	want, err := expectedMoves(w, p.Charge.Amount.Currency, table)
	if err != nil {
		return err
	}
	entries, err := w.Sim().Entries(ctx, w.Timeline())
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	names := accountNames(w)
	got := map[string]money.Amount{}
	for _, e := range entries {
		if e.Kind == endowment {
			continue
		}
		key := names.of(e.Account) + " " + e.Amount.Currency
		got[key] = money.Of(e.Amount.Currency, got[key].Value+e.Amount.Value)
	}
	var gaps []string
	for _, key := range slices.Sorted(maps.Keys(merged(want, got))) {
		if want[key].Value != got[key].Value {
			gaps = append(gaps, fmt.Sprintf("%s: %s, not %s", key, minor(got[key]), minor(want[key])))
		}
	}
	if len(gaps) > 0 {
		return w.Fail("money has moved as the table says, and nothing else", strings.Join(gaps, "; "), shown(w, p)...)
	}
	return nil
}

// minor writes an amount that may be nothing.
func minor(a money.Amount) string {
	if a.Currency == "" {
		return "nothing"
	}
	return a.String()
}

func merged(a, b map[string]money.Amount) map[string]money.Amount {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// expectedMoves reads the table: account and signed amount, in the payment's currency unless the row names another.
func expectedMoves(w *world.World, currency string, table *messages.PickleTable) (map[string]money.Amount, error) {
	want, names := map[string]money.Amount{}, accountNames(w)
	for _, row := range table.Rows {
		if len(row.Cells) != 2 {
			return nil, errors.New("a row of moved money has two cells: account and amount")
		}
		account, text := row.Cells[0].Value, row.Cells[1].Value
		if !names.knows(account) {
			return nil, fmt.Errorf("%q is no account; there are %s", account, strings.Join(names.all(), ", "))
		}
		unsigned, negative := strings.CutPrefix(text, "-")
		amount, err := world.AmountIn(unsigned, currency)
		if err != nil {
			return nil, err
		}
		if negative {
			amount.Value = -amount.Value
		}
		want[account+" "+currency] = amount
	}
	return want, nil
}

// accounts are the names of a scenario's accounts in features, by the beginning of the ledger's.
type accounts map[string]string

func accountNames(w *world.World) accounts {
	names := accounts{
		"wallet": "the wallet", "network": "Alipay+", "acquirer/": "the acquirer", "shop/": "the shop", "sponsor/": "the sponsor", "fees": "fees", "fx": "exchange",
	}
	for i, p := range w.Payers() {
		names["payer/"+p.ID] = "the payer"
		if i > 0 {
			names["payer/"+p.ID] = fmt.Sprintf("the %s payer", ordinal(i))
		}
	}
	return names
}

func ordinal(i int) string {
	words := []string{"first", "second", "third", "fourth", "fifth", "sixth"}
	return words[min(i, len(words)-1)]
}

// of names an account; one that features have no name for is called as in the ledger.
func (a accounts) of(account string) string {
	for prefix, name := range a {
		if account == prefix || strings.HasSuffix(prefix, "/") && strings.HasPrefix(account, prefix) {
			return name
		}
	}
	return account
}

func (a accounts) knows(name string) bool { return slices.Contains(a.all(), name) }

func (a accounts) all() []string { return slices.Sorted(maps.Values(a)) }
