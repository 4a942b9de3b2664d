// Package mpp is the fake mobile wallet: payers with a fixed character, their payments, passwords,
// limits and refunds (mpp-api §4 to §6). It debits exactly what Alipay+ asks for, moves money only through
// the ledger, and tells Alipay+ when a payer decides later. Every time it shows is
// on the payer's own timeline; ledger entries carry real time.
package mpp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"mppsim/fixtures"
	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/code/identify"
	"mppsim/wallet/risk"
	"mppsim/wallet/store"
)

// What an operation of the payer's hand can meet, for errors.Is.
var (
	ErrNoPayer    = errors.New("no such payer")
	ErrNoTemplate = errors.New("no such payer template")
	ErrNoPayment  = errors.New("no such payment")
	ErrNotWaiting = errors.New("no payment waits for the payer")
	ErrTrait      = errors.New("unusable trait")
	ErrRefused    = errors.New("refused by Alipay+")
)

// Options is what a wallet is made of. Store, Clock and IDs are required.
type Options struct {
	Store store.Store
	// Clock is the base clock: real time, for ledger entries and for waits of the payer's hand.
	Clock clock.Clock
	// Timelines finds the clock of a timeline; nil puts every payer on the base clock.
	Timelines func(id string) clock.Clock
	IDs       func() string     // unique texts of at most 64 characters
	Logger    *slog.Logger      // nil discards
	Network   aps.Network       // may follow later, with Connect
	PspID     string            // this wallet's id; requests for another one are refused; empty accepts all
	Brands    map[string]string // other wallets that payers can have (trait wallet): name → PSP id
	// Identify tells what a scanned text is; nil takes everything for a code to be decoded.
	Identify func(ctx context.Context, text string) (identify.Outcome, error)
	// Tokens are the access tokens that payers gave out; nil: agreements pay by the customer id alone.
	Tokens    Tokens
	Templates []Template   // nil: those of fixtures/payers.yaml
	Risk      *risk.Policy // nil: that of fixtures/risk.yaml
}

// Tokens knows whose money an access token gives a right to, or the result code with which it is refused: INVALID_TOKEN,
// EXPIRED_ACCESS_TOKEN (mpp-api §4.1.2). consent.Agreements are some.
type Tokens interface {
	Bearer(tx store.Tx, accessToken, authClientID string) (payerID, refusal string, err error)
}

// Wallet is a mobile wallet. It implements aps.Wallet and is safe for concurrent use.
type Wallet struct {
	store     store.Store
	base      clock.Clock
	timelines func(id string) clock.Clock
	ids       func() string
	log       *slog.Logger
	pspID     string
	brands    map[string]string
	identify  func(ctx context.Context, text string) (identify.Outcome, error)
	tokens    Tokens
	templates map[string]Template
	risk      risk.Desk

	mu      sync.Mutex
	network aps.Network
	changed chan struct{} // closed when a payment changes; nil while nobody waits for it
}

// New returns a wallet without payers. It fails if the templates cannot be read.
func New(o Options) (*Wallet, error) {
	if o.Store == nil || o.Clock == nil || o.IDs == nil {
		return nil, errors.New("wallet: store, clock and id source are required")
	}
	if o.Templates == nil {
		templates, err := ParseTemplates(fixtures.Payers)
		if err != nil {
			return nil, fmt.Errorf("wallet: built-in payers: %w", err)
		}
		o.Templates = templates
	}
	if o.Risk == nil {
		policy, err := risk.Parse("built-in risk.yaml", fixtures.Risk)
		if err != nil {
			return nil, fmt.Errorf("wallet: %w", err)
		}
		o.Risk = &policy
	}
	w := &Wallet{
		store: o.Store, base: o.Clock, timelines: o.Timelines, ids: o.IDs, log: o.Logger,
		network: o.Network, pspID: o.PspID, brands: o.Brands, identify: o.Identify, tokens: o.Tokens,
		templates: make(map[string]Template, len(o.Templates)),
		risk:      risk.Desk{Usual: *o.Risk},
	}
	if w.log == nil {
		w.log = slog.New(slog.DiscardHandler)
	}
	for _, t := range o.Templates {
		w.templates[t.Name] = t
	}
	return w, nil
}

// Connect tells the wallet its network, before the first code or notification. Network and wallet
// know each other, so one of them has to come first.
func (w *Wallet) Connect(n aps.Network) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.network = n
}

func (w *Wallet) peer() aps.Network {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.network
}

// clockOf returns the clock of a payer's timeline.
func (w *Wallet) clockOf(timeline string) clock.Clock {
	if w.timelines != nil {
		if c := w.timelines(timeline); c != nil {
			return c
		}
	}
	return w.base
}

// announce wakes those who wait for a payment to change.
func (w *Wallet) announce() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.changed != nil {
		close(w.changed)
		w.changed = nil
	}
}

// nextChange returns a channel that is closed at the next change of a payment.
func (w *Wallet) nextChange() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.changed == nil {
		w.changed = make(chan struct{})
	}
	return w.changed
}

func success() aps.Result {
	return aps.Result{Code: "SUCCESS", Status: aps.Success, Message: "success"}
}

func inProcess() aps.Result {
	return aps.Result{Code: "PAYMENT_IN_PROCESS", Status: aps.Unknown, Message: "the payer has not confirmed yet"}
}

func refusal(code, message string) aps.Result {
	return aps.Result{Code: code, Status: aps.Failure, Message: message}
}
