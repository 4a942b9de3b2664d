// Package ledger is the only place where money moves: double entry, balanced per currency, over
// a store. Whatever is not posted here has not happened.
package ledger

import (
	"errors"
	"strings"
	"time"

	"mppsim/wallet/money"
)

// Why a transaction is refused, for errors.Is.
var (
	ErrUnbalanced   = errors.New("postings do not balance")
	ErrInsufficient = errors.New("insufficient balance")
	ErrConflict     = errors.New("transaction id is taken by another transaction")
	ErrMalformed    = errors.New("malformed transaction")
)

// Account names a holder of money, such as payer/<id> or acquirer/<id>.
type Account string

// The accounts without an owner's id.
const (
	Wallet   Account = "wallet"   // the wallet company towards Alipay+
	Network  Account = "network"  // Alipay+'s clearing position
	FX       Account = "fx"       // currency position of conversions
	Rounding Account = "rounding" // what conversions and shares leave over
	Fees     Account = "fees"
	Outside  Account = "outside" // where top-ups come from: the world beyond
)

// Commissions is what Alipay+ spends on service providers.
const Commissions Account = "commissions"

const payerPrefix = "payer/"

// PayerAccount is a user's balance in the wallet. It never goes below zero.
func PayerAccount(id string) Account { return Account(payerPrefix + id) }

// AcquirerAccount is what Alipay+ owes an acquirer.
func AcquirerAccount(id string) Account { return Account("acquirer/" + id) }

// ShopAccount is what the acquirer owes a merchant.
func ShopAccount(merchant string) Account { return Account("shop/" + merchant) }

// SponsorAccount pays for promotions.
func SponsorAccount(id string) Account { return Account("sponsor/" + id) }

// ProviderAccount is what a service provider was paid in commissions.
func ProviderAccount(id string) Account { return Account("provider/" + id) }

// MayOverdraw reports whether the account's balance may be negative: all but a payer's may.
func (a Account) MayOverdraw() bool { return !strings.HasPrefix(string(a), payerPrefix) }

// Posting moves an amount into an account, or out of it when the amount is negative.
type Posting struct {
	Account Account      `json:"account"`
	Amount  money.Amount `json:"amount"`
}

// Transaction is a set of postings that happen together.
type Transaction struct {
	ID       string    `json:"id"`    // unique; posting it twice is posting it once
	Kind     string    `json:"kind"`  // payment, cancellation, refund, top-up, fx, …
	Order    string    `json:"order"` // the payment it belongs to, if any
	Timeline string    `json:"timeline"`
	At       time.Time `json:"at"` // real time
	Postings []Posting `json:"postings"`
}

// Move returns the two postings that take an amount from one account to another.
func Move(from, to Account, amount money.Amount) []Posting {
	return []Posting{{Account: from, Amount: amount.Neg()}, {Account: to, Amount: amount}}
}

// Reverse returns the postings that undo others.
func Reverse(postings []Posting) []Posting {
	undo := make([]Posting, 0, len(postings))
	for _, p := range postings {
		undo = append(undo, Posting{Account: p.Account, Amount: p.Amount.Neg()})
	}
	return undo
}
