package mpp

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/code"
	"mppsim/wallet/ledger"
	"mppsim/wallet/money"
	"mppsim/wallet/risk"
	"mppsim/wallet/store"
)

// Promotion is attached to every payment of a payer, as data; the network computes with it.
type Promotion struct {
	aps.Promotion
	Sponsor string `json:"sponsor"`
}

// PayerSpec asks for a payer.
type PayerSpec struct {
	Timeline   string
	Template   string            // empty: rich
	Balance    *money.Amount     // the only money the payer has, instead of the template's
	Promotions []Promotion       // attached to every payment
	Traits     map[string]string // fields of payers.yaml to override
	Alias      string            // by which people find the payer; may be empty
}

// Payer is a wallet user as people see it.
type Payer struct {
	ID         string
	CustomerID string
	Timeline   string
	Template   string
	Name       string
	Alias      string         // by which people find the payer
	Identity   string         // document with which the account was verified, such as CN_ID; empty: none
	Currency   string         // the only one that the wallet holds; empty: whatever a payment has
	Wallet     string         // name of the brand; empty: the usual one
	Balance    money.Amount   // in the currency asked for at creation, else the first used
	Balances   []money.Amount // every currency that was used so far
	Promotions []Promotion
	Waiting    []Payment // wait for the payer's confirmation, oldest first
	Payments   []Payment // all, oldest first
}

// Payment is a payment as the wallet shows it.
type Payment struct {
	ID               string
	PaymentRequestID string
	State            State
	Code             string // result code of the outcome
	Reason           string // of a refusal, for people
	Verdicts         []risk.Verdict
	Price            money.Amount // the shop's, before promotions
	Refunds          []Refund     // oldest first
	Amount           money.Amount // what it is in the shop's currency, promotions subtracted
	Quote            aps.Quote    // by which it became the payer's; zero in the payer's own currency
	Debited          money.Amount // what left the balance, refunds not subtracted; 0 if nothing did
	Refunded         money.Amount // what came back by refunds
	Waits            Waiting      // for what the payment waits; empty: nothing
	PayTo            money.Amount // what leaves the balance if it is paid
	Promotions       []aps.Promotion
	Expiry           time.Time  // on the payer's timeline
	Order            *aps.Order // of an order that was scanned or opened
	RedirectURL      string     // where the payer was sent after paying
}

// Refund is a refund as the wallet shows it, with the promotions of the payment (mpp-api §8.3).
type Refund struct {
	ID         string
	Amount     money.Amount // in the shop's currency, the promotions' shares subtracted
	From       money.Amount // what came back
	Promotions []aps.Promotion
	Time       time.Time // on the timeline
}

// Waiting says for what a payment waits.
type Waiting string

// What a payment can wait for.
const (
	ForConfirmation Waiting = "confirmation" // on the order's page
	ForPassword     Waiting = "password"
)

// Templates lists the kinds of payers by name.
func (w *Wallet) Templates() []Template {
	list := slices.Collect(maps.Values(w.templates))
	slices.SortFunc(list, func(a, b Template) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// CreatePayer makes a new payer from a template (ErrNoTemplate, ErrTrait).
func (w *Wallet) CreatePayer(ctx context.Context, spec PayerSpec) (Payer, error) {
	name := spec.Template
	if name == "" {
		name = "rich"
	}
	t, ok := w.templates[name]
	if !ok {
		known := slices.Sorted(maps.Keys(w.templates))
		return Payer{}, fmt.Errorf("%w: %q; there are %s", ErrNoTemplate, name, strings.Join(known, ", "))
	}
	character, err := t.with(spec.Traits)
	if err != nil {
		return Payer{}, fmt.Errorf("payer from template %s: %w", name, err)
	}
	if brand := character.Wallet; brand != "" && w.brands[brand] == "" {
		return Payer{}, fmt.Errorf("payer from template %s: %w: wallet: %q is none of %s", name, ErrTrait, brand, strings.Join(slices.Sorted(maps.Keys(w.brands)), ", "))
	}
	p := payer{
		ID: w.ids(), CustomerID: w.ids(), Timeline: spec.Timeline, Template: name,
		Name: t.Person, Character: character, Promotions: spec.Promotions, Alias: spec.Alias, Made: w.clockOf(spec.Timeline).Now(),
	}
	if spec.Balance != nil {
		if own := character.Currency; own != "" && own != spec.Balance.Currency {
			return Payer{}, fmt.Errorf("payer from template %s: %w: balance is in %s, but the wallet holds only %s", name, ErrTrait, spec.Balance.Currency, own)
		}
		p.Fixed = *spec.Balance
	}
	if err := w.store.Update(ctx, func(tx store.Tx) error { return w.register(tx, p) }); err != nil {
		return Payer{}, fmt.Errorf("create payer: %w", err)
	}
	return w.Payer(ctx, p.ID)
}

func (w *Wallet) register(tx store.Tx, p payer) error {
	if err := payers().Insert(tx, p.ID, p); err != nil {
		return err
	}
	if err := customers().Insert(tx, p.CustomerID, p.ID); err != nil {
		return err
	}
	if err := risk.Login(tx, p.Timeline, p.device(), p.ID, w.clockOf(p.Timeline).Now()); err != nil {
		return err
	}
	for _, currency := range []string{p.Fixed.Currency, p.Character.Currency} {
		if currency != "" {
			return w.endow(tx, &p, currency)
		}
	}
	return nil
}

// endow gives a payer the template's balance in a currency when it is used for the first time, so that a payer can pay
// in whatever currency a shop has. A payer with a balance or a currency of its own gets that one and no other.
func (w *Wallet) endow(tx store.Tx, p *payer, currency string) error {
	amount := major(currency, p.Character.Balance)
	if p.Fixed.Currency != "" {
		amount = p.Fixed
	}
	if own := p.Character.Currency; amount.Currency != currency || amount.Value <= 0 || own != "" && own != currency {
		return nil
	}
	id := "wallet/endowment/" + p.ID + "/" + currency
	if given, err := ledger.Posted(tx, id); err != nil || given {
		return err
	}
	return ledger.Post(tx, ledger.Transaction{
		ID: id, Kind: "top-up", Timeline: p.Timeline, At: w.base.Now(),
		Postings: ledger.Move(ledger.Outside, ledger.PayerAccount(p.ID), amount),
	})
}

// TopUp adds money to a payer's balance.
func (w *Wallet) TopUp(ctx context.Context, payerID string, amount money.Amount) (Payer, error) {
	id := w.ids()
	err := w.store.Update(ctx, func(tx store.Tx) error {
		p, err := findPayer(tx, payerID)
		if err != nil {
			return err
		}
		if err := w.endow(tx, &p, amount.Currency); err != nil {
			return err
		}
		return ledger.Post(tx, ledger.Transaction{
			ID: "wallet/top-up/" + id, Kind: "top-up", Timeline: p.Timeline, At: w.base.Now(),
			Postings: ledger.Move(ledger.Outside, ledger.PayerAccount(p.ID), amount),
		})
	})
	if err != nil {
		return Payer{}, fmt.Errorf("top up: %w", err)
	}
	return w.Payer(ctx, payerID)
}

// Payer returns a payer by id (ErrNoPayer).
func (w *Wallet) Payer(ctx context.Context, id string) (view Payer, err error) {
	err = w.store.View(ctx, func(tx store.Tx) error {
		p, err := findPayer(tx, id)
		if err != nil {
			return err
		}
		view, err = w.show(tx, p)
		return err
	})
	return view, err
}

// Payers lists the payers of a timeline, oldest first.
func (w *Wallet) Payers(ctx context.Context, timeline string) (views []Payer, err error) {
	err = w.store.View(ctx, func(tx store.Tx) error {
		return payers().Scan(tx, "", func(_ string, p payer) (bool, error) {
			if p.Timeline != timeline {
				return true, nil
			}
			view, err := w.show(tx, p)
			views = append(views, view)
			return true, err
		})
	})
	return views, err
}

func (w *Wallet) show(tx store.Tx, p payer) (Payer, error) {
	view := Payer{
		ID: p.ID, CustomerID: p.CustomerID, Timeline: p.Timeline, Template: p.Template,
		Name: p.Name, Alias: p.Alias, Promotions: p.Promotions, Balance: p.Fixed, Currency: p.Character.Currency, Wallet: p.Character.Wallet, Identity: p.Character.Identity,
	}
	var err error
	if view.Balances, err = ledger.Balances(tx, ledger.PayerAccount(p.ID)); err != nil {
		return Payer{}, err
	}
	for _, b := range view.Balances {
		if b.Currency == view.Balance.Currency || view.Balance.Currency == "" {
			view.Balance = b
		}
	}
	list, err := paymentsOf(tx, p.ID)
	if err != nil {
		return Payer{}, err
	}
	now := w.clockOf(p.Timeline).Now()
	for _, item := range list {
		shown := item.show()
		if shown.Refunds, err = refundViews(tx, item); err != nil {
			return Payer{}, err
		}
		view.Payments = append(view.Payments, shown)
		if item.waits() && !item.expired(now) {
			view.Waiting = append(view.Waiting, shown)
		}
	}
	return view, nil
}

func (p payment) show() Payment {
	view := Payment{
		ID: p.ID, PaymentRequestID: p.RequestID, State: p.State, Code: p.Outcome.Code, Amount: p.Amount, Quote: p.Quote,
		Verdicts: p.Verdicts, Price: p.Price,
		Debited:  money.Of(p.PayTo.Currency, 0),
		Refunded: money.Of(p.PayTo.Currency, p.RefundedFrom),
		PayTo:    p.PayTo, Promotions: p.Promotions, Expiry: p.Expiry,
	}
	switch p.State {
	case Success:
		view.Debited = p.PayTo
	case Failed:
		view.Reason = p.Outcome.Message
	case Processing, Cancelled:
	}
	switch {
	case p.AsksConfirm:
		view.Waits = ForConfirmation
	case p.AsksPassword:
		view.Waits = ForPassword
	}
	if p.Shown != nil {
		order := p.Shown.Order
		view.Order = &order
		if p.State == Success {
			view.RedirectURL = p.Shown.Redirect
		}
	}
	return view
}

// refundViews lists the successful refunds of a payment, oldest first.
func refundViews(tx store.Tx, p payment) ([]Refund, error) {
	if p.Refunds == 0 {
		return nil, nil
	}
	ids, err := refundsOf().All(tx, p.RequestID)
	var views []Refund
	for _, id := range ids {
		r, _, err := refunds().Get(tx, id)
		if err != nil {
			return nil, err
		}
		views = append(views, Refund{ID: r.ID, Amount: r.Amount, From: r.From, Promotions: r.Promotions, Time: r.At})
	}
	return views, err
}

// CodeSpec says which payment codes a payer wants.
type CodeSpec struct {
	Format   code.Format
	Quantity int    // up to 10; 0: one
	Region   string // where the payer chose to pay, ISO 3166-1 alpha-2; empty: wherever the shop is
}

// IssueCode asks Alipay+ for payment codes and hands them to the payer (getPaymentCode, mpp-api §4.5). Each is valid for
// a minute that begins when that of the one before ends. A phone without network shows those that it fetched before
// (ErrOffline: too few are left).
func (w *Wallet) IssueCode(ctx context.Context, payerID string, spec CodeSpec) ([]aps.PaymentCode, error) {
	owner, err := w.find(ctx, payerID)
	if err != nil {
		return nil, err
	}
	if owner.offline(w.clockOf(owner.Timeline).Now()) {
		return w.kept(ctx, owner, spec)
	}
	return w.fetch(ctx, owner, spec)
}

// fetch gets codes from Alipay+.
func (w *Wallet) fetch(ctx context.Context, owner payer, spec CodeSpec) ([]aps.PaymentCode, error) {
	answer, err := w.peer().GetPaymentCode(ctx, aps.CodeRequest{
		Subject: owner.subject(), PspID: w.psp(owner), CustomerID: owner.CustomerID, Region: spec.Region,
		Quantity: cmp.Or(spec.Quantity, 1), Format: spec.Format.String(), Device: aps.Device{ID: owner.device(), TerminalType: "APP"},
	})
	if err != nil {
		return nil, fmt.Errorf("payment code for payer %s: %w", owner.ID, err)
	}
	if answer.Result.Status != aps.Success {
		return nil, fmt.Errorf("payment code for payer %s: %w: %s %s", owner.ID, ErrRefused, answer.Result.Code, answer.Result.Message)
	}
	for _, c := range answer.Codes {
		if !spec.Format.Fits(c.Digits) { // a wallet has no way to ask for it, if Alipay+ is a foreign one
			return nil, fmt.Errorf("payment code for payer %s: %w: length and first digits of its codes are its own choice, such as %s", owner.ID, ErrRefused, c.Digits)
		}
	}
	err = w.store.Update(ctx, func(tx store.Tx) error {
		for _, c := range answer.Codes {
			record := codeRecord{Payer: owner.ID, Start: c.Start, Expiry: c.Expiry}
			if err := codes().Insert(tx, c.Digits, record); err != nil {
				return err
			}
		}
		return nil
	})
	return answer.Codes, err
}
