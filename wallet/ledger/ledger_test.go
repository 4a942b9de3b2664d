package ledger

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mppsim/wallet/money"
	"mppsim/wallet/store"
)

// post books a transaction in a transaction of its own.
func post(s store.Store, t Transaction) error {
	return s.Update(context.Background(), func(tx store.Tx) error { return Post(tx, t) })
}

func balance(t testing.TB, s store.Store, a Account, currency string) int64 {
	t.Helper()
	var held money.Amount
	err := s.View(context.Background(), func(tx store.Tx) (err error) {
		held, err = Balance(tx, a, currency)
		return err
	})
	if err != nil || held.Currency != currency {
		t.Fatalf("balance %v, %v", held, err)
	}
	return held.Value
}

func transactionsOf(t testing.TB, s store.Store, timeline string) []Transaction {
	t.Helper()
	var list []Transaction
	err := s.View(context.Background(), func(tx store.Tx) (err error) {
		list, err = Transactions(tx, timeline)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func topUp(id, payer string, value int64) Transaction {
	return Transaction{
		ID: id, Kind: "top-up", Timeline: "t", At: time.Unix(1, 0).UTC(),
		Postings: Move(Outside, PayerAccount(payer), money.Of("SGD", value)),
	}
}

func TestMoneyMovesBetweenAccounts(t *testing.T) {
	t.Parallel()
	s := store.NewChecked()
	payment := Transaction{
		ID: "pay", Kind: "payment", Order: "o", Timeline: "t", At: time.Unix(2, 0).UTC(),
		Postings: slices.Concat(
			Move(PayerAccount("p"), Wallet, money.Of("SGD", 900)),
			Move(Wallet, Network, money.Of("SGD", 900)),
			Move(SponsorAccount("s"), Network, money.Of("SGD", 100)),
			Move(Network, AcquirerAccount("a"), money.Of("SGD", 1000)),
			Move(AcquirerAccount("a"), ShopAccount("m"), money.Of("SGD", 1000)),
		),
	}
	undo := Transaction{ID: "undo", Kind: "cancellation", Order: "o", Timeline: "u", Postings: Reverse(payment.Postings)}
	for _, transaction := range []Transaction{topUp("in", "p", 900), payment} {
		if err := post(s, transaction); err != nil {
			t.Fatal(err)
		}
	}
	for account, want := range map[Account]int64{
		PayerAccount("p"): 0, Wallet: 0, Network: 0, AcquirerAccount("a"): 0, ShopAccount("m"): 1000, SponsorAccount("s"): -100, Outside: -900, FX: 0,
	} {
		if got := balance(t, s, account, "SGD"); got != want {
			t.Errorf("%s holds %d, want %d", account, got, want)
		}
	}
	if err := post(s, undo); err != nil {
		t.Fatal(err)
	}
	if got := balance(t, s, PayerAccount("p"), "SGD"); got != 900 {
		t.Errorf("after the reversal the payer holds %d", got)
	}
	var ids []string
	for _, transaction := range transactionsOf(t, s, "t") {
		ids = append(ids, transaction.ID)
	}
	if !slices.Equal(ids, []string{"in", "pay"}) {
		t.Errorf("on the timeline: %v", ids)
	}
	if list := transactionsOf(t, s, "t"); list[1].Order != "o" || !list[1].At.Equal(payment.At) || len(list[1].Postings) != 10 {
		t.Errorf("read back: %+v", list[1])
	}
}

func TestPostRefuses(t *testing.T) {
	t.Parallel()
	one := money.Of("SGD", 1)
	tests := []struct {
		name string
		t    Transaction
		want error
	}{
		{"no id", Transaction{Postings: Move(Outside, Wallet, one)}, ErrMalformed},
		{"no postings", Transaction{ID: "x"}, ErrMalformed},
		{"no account", Transaction{ID: "x", Postings: Move(Outside, "", one)}, ErrMalformed},
		{"one side", Transaction{ID: "x", Postings: []Posting{{Account: Wallet, Amount: one}}}, ErrUnbalanced},
		{"currencies that only cancel out as numbers", Transaction{ID: "x", Postings: []Posting{
			{Account: Wallet, Amount: one}, {Account: Outside, Amount: money.Of("USD", -1)},
		}}, ErrUnbalanced},
		{"more than the payer has", Transaction{ID: "x", Postings: Move(PayerAccount("p"), Wallet, money.Of("SGD", 101))}, ErrInsufficient},
		{"another currency than the payer has", Transaction{ID: "x", Postings: Move(PayerAccount("p"), Wallet, money.Of("USD", 1))}, ErrInsufficient},
		{"in two steps more than the payer has", Transaction{ID: "x", Postings: slices.Concat(
			Move(PayerAccount("p"), Wallet, money.Of("SGD", 60)), Move(PayerAccount("p"), Network, money.Of("SGD", 60)),
		)}, ErrInsufficient},
		{"the id of another transaction", topUp("in", "p", 99), ErrConflict},
		{"more than can be counted", topUp("huge", "p", math.MaxInt64), money.ErrOverflow},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := store.NewChecked()
			if err := post(s, topUp("in", "p", 100)); err != nil {
				t.Fatal(err)
			}
			if err := post(s, test.t); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if got := balance(t, s, PayerAccount("p"), "SGD"); got != 100 {
				t.Errorf("the payer holds %d", got)
			}
			if got := len(transactionsOf(t, s, "t")); got != 1 {
				t.Errorf("%d transactions", got)
			}
		})
	}
}

func TestThroughAnAccountMoreMayPassThanItHolds(t *testing.T) {
	t.Parallel()
	s := store.NewChecked()
	through := Transaction{ID: "x", Postings: slices.Concat(
		Move(PayerAccount("p"), Wallet, money.Of("SGD", 5)), Move(Outside, PayerAccount("p"), money.Of("SGD", 5)),
	)}
	if err := post(s, through); err != nil {
		t.Errorf("the order of postings must not matter: %v", err)
	}
}

func TestFindAndBalances(t *testing.T) {
	t.Parallel()
	s := store.NewChecked()
	mixed := Transaction{ID: "m", Postings: slices.Concat(
		Move(Outside, PayerAccount("p"), money.Of("USD", 7)), Move(Outside, PayerAccount("p"), money.Of("JPY", 3)),
		Move(Outside, PayerAccount("pp"), money.Of("EUR", 9)),
	)}
	if err := post(s, mixed); err != nil {
		t.Fatal(err)
	}
	err := s.View(context.Background(), func(tx store.Tx) error {
		held, err := Balances(tx, PayerAccount("p"))
		if want := []money.Amount{money.Of("JPY", 3), money.Of("USD", 7)}; !slices.Equal(held, want) {
			t.Errorf("balances %v", held)
		}
		if _, found, err := Find(tx, "m"); !found || err != nil {
			t.Errorf("found %v, %v", found, err)
		}
		if _, found, err := Find(tx, "n"); found || err != nil {
			t.Errorf("found a transaction that was not posted: %v", err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever is posted, in whatever order and however often: money is neither made nor lost, payers owe nothing,
// and a transaction counts once.
func TestLedgerInvariants(t *testing.T) {
	t.Parallel()
	accounts := []Account{PayerAccount("1"), PayerAccount("2"), Wallet, Network, AcquirerAccount("a"), ShopAccount("m"), SponsorAccount("s"), Outside, FX}
	currencies := []string{"SGD", "JPY"}
	rapid.Check(t, func(t *rapid.T) {
		s := store.NewChecked()
		posted := make(map[string]Transaction)
		expected := make(map[Account]map[string]int64)
		for _, a := range accounts {
			expected[a] = make(map[string]int64)
		}
		for range rapid.IntRange(1, 15).Draw(t, "transactions") {
			drawn := drawTransaction(t, accounts, currencies)
			err := post(s, drawn)
			before, known := posted[drawn.ID]
			switch {
			case known && same(before, drawn):
				if err != nil {
					t.Fatalf("repetition: %v", err)
				}
			case known:
				if !errors.Is(err, ErrConflict) {
					t.Fatalf("conflict: %v", err)
				}
			case err == nil:
				posted[drawn.ID] = drawn
				for _, p := range drawn.Postings {
					expected[p.Account][p.Amount.Currency] += p.Amount.Value
				}
			case !errors.Is(err, ErrInsufficient):
				t.Fatalf("refused: %v", err)
			}
			examine(t, s, expected, currencies)
		}
		if got := len(journalOf(t, s)); got != len(posted) {
			t.Fatalf("%d transactions in the journal, %d posted", got, len(posted))
		}
	})
}

func drawTransaction(t *rapid.T, accounts []Account, currencies []string) Transaction {
	drawn := Transaction{ID: rapid.SampledFrom([]string{"1", "2", "3", "4", "5", "6", "7", "8"}).Draw(t, "id"), Kind: "k", Timeline: "t"}
	for range rapid.IntRange(1, 3).Draw(t, "moves") {
		from := rapid.SampledFrom(accounts).Draw(t, "from")
		to := rapid.SampledFrom(accounts).Draw(t, "to")
		amount := money.Of(rapid.SampledFrom(currencies).Draw(t, "currency"), rapid.Int64Range(0, 50).Draw(t, "value"))
		drawn.Postings = append(drawn.Postings, Move(from, to, amount)...)
	}
	return drawn
}

func examine(t *rapid.T, s store.Store, expected map[Account]map[string]int64, currencies []string) {
	err := s.View(context.Background(), func(tx store.Tx) error {
		for _, currency := range currencies {
			sum := int64(0)
			for account, values := range expected {
				held, err := Balance(tx, account, currency)
				if err != nil {
					return err
				}
				if held.Value != values[currency] {
					t.Fatalf("%s holds %v, want %d", account, held, values[currency])
				}
				if held.Value < 0 && !account.MayOverdraw() {
					t.Fatalf("%s owes %v", account, held)
				}
				sum += held.Value
			}
			if sum != 0 {
				t.Fatalf("all accounts together hold %s %d", currency, sum)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func journalOf(t *rapid.T, s store.Store) []Transaction {
	var list []Transaction
	err := s.View(context.Background(), func(tx store.Tx) (err error) {
		list, err = Transactions(tx, "t")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
