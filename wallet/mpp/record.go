package mpp

import (
	"fmt"
	"strings"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/risk"
	"mppsim/wallet/store"
)

// State is where a payment stands in the wallet (mpp-api §5).
type State string

// The states. Failed and Cancelled are final; Success can only become Cancelled.
const (
	Processing State = "PROCESSING"
	Success    State = "SUCCESS"
	Failed     State = "FAILED"
	Cancelled  State = "CANCELLED"
)

// payer is a stored wallet user.
type payer struct {
	ID         string       `json:"id"`
	CustomerID string       `json:"customerId"`
	Timeline   string       `json:"timeline"`
	Template   string       `json:"template"`
	Name       string       `json:"name"`
	Character  Character    `json:"character"`
	Promotions []Promotion  `json:"promotions,omitempty"`
	Fixed      money.Amount `json:"fixed,omitzero"` // the one balance that was asked for, instead of the template's

	Alias string            `json:"alias,omitempty"` // by which people find the payer among others of the timeline
	Made  time.Time         `json:"made"`            // on the timeline
	Ahead []aps.PaymentCode `json:"ahead,omitempty"` // fetched before the phone lost its network
}

// payment is a stored payment, or a tombstone (Cancelled, without payer) for one that never came.
type payment struct {
	ID           string          `json:"id"`
	RequestID    string          `json:"requestId"`
	Payer        string          `json:"payer,omitempty"`
	CustomerID   string          `json:"customerId,omitempty"`
	State        State           `json:"state"`
	Outcome      aps.Result      `json:"outcome"`
	Price        money.Amount    `json:"price"` // the shop's, before promotions
	Amount       money.Amount    `json:"amount"`
	PayTo        money.Amount    `json:"payTo"`
	Quote        aps.Quote       `json:"quote,omitzero"` // by which Amount became PayTo
	Code         string          `json:"code,omitempty"` // payment code
	Product      aps.Product     `json:"product,omitempty"`
	Token        string          `json:"token,omitempty"`  // access token of auto debit
	Method       string          `json:"method,omitempty"` // kind of means of payment; empty: the usual one
	Named        string          `json:"named,omitempty"`  // the customer id that came with the means of payment
	Surcharge    money.Amount    `json:"surcharge,omitzero"`
	NotifyURL    string          `json:"notifyUrl,omitempty"`
	Promotions   []aps.Promotion `json:"promotions,omitempty"`
	Verdicts     []risk.Verdict  `json:"verdicts,omitempty"` // for which risk control refused it
	Created      time.Time       `json:"created"`            // on the timeline, like all times here
	Paid         time.Time       `json:"paid,omitzero"`
	Expiry       time.Time       `json:"expiry,omitzero"`
	Shown        *page           `json:"shown,omitempty"` // the order that the payer scanned or opened
	AsksConfirm  bool            `json:"asksConfirm,omitempty"`
	AsksPassword bool            `json:"asksPassword,omitempty"`
	Tries        int             `json:"tries,omitempty"`        // wrong passwords so far
	Proved       bool            `json:"proved,omitempty"`       // the payer entered the password
	Refunded     int64           `json:"refunded,omitempty"`     // minor units of Amount's currency
	RefundedFrom int64           `json:"refundedFrom,omitempty"` // minor units of PayTo's currency
	Refunds      int             `json:"refunds,omitempty"`
}

// page is an order as the payer sees it before paying.
type page struct {
	Order    aps.Order `json:"order"`
	Redirect string    `json:"redirect,omitempty"` // where the payer goes after paying
}

// waits reports whether the payment waits for its payer.
func (p payment) waits() bool { return p.AsksConfirm || p.AsksPassword }

// refund is a stored refund with its final answer.
type refund struct {
	RequestID  string          `json:"requestId"`
	Payment    string          `json:"payment"`
	Amount     money.Amount    `json:"amount"`
	From       money.Amount    `json:"from"`
	Promotions []aps.Promotion `json:"promotions,omitempty"`
	Surcharge  aps.Surcharge   `json:"surcharge,omitzero"`
	Result     aps.Result      `json:"result"`
	ID         string          `json:"id,omitempty"`
	At         time.Time       `json:"at,omitzero"`
	Due        time.Time       `json:"due,omitzero"` // when it is decided, where that is later; on the payer's timeline
}

// codeRecord is a payment code that the wallet showed.
type codeRecord struct {
	Payer  string    `json:"payer"`
	Start  time.Time `json:"start"`
	Expiry time.Time `json:"expiry"`
	Used   bool      `json:"used,omitempty"`
	Asks   bool      `json:"asks,omitempty"` // its payment waits for the payer, whatever the payer's character
}

func payers() store.Table[payer]     { return store.Table[payer]{Name: "mpp.payer"} }
func payments() store.Table[payment] { return store.Table[payment]{Name: "mpp.payment"} }
func refunds() store.Table[refund]   { return store.Table[refund]{Name: "mpp.refund"} }
func codes() store.Table[codeRecord] { return store.Table[codeRecord]{Name: "mpp.code"} }
func customers() store.Table[string] { return store.Table[string]{Name: "mpp.customer"} }
func byPayer() store.List[string]    { return store.List[string]{Name: "mpp.payment-of"} }
func refundsOf() store.List[string]  { return store.List[string]{Name: "mpp.refund-of"} }

// device is the phone from which a payer pays: one of its own, unless the template names one.
func (p payer) device() string {
	if p.Character.Device != "" {
		return p.Character.Device
	}
	return "phone of " + p.ID
}

// subject tells records whose message it is.
func (p payer) subject() aps.Subject {
	return aps.Subject{Timeline: p.Timeline, Match: "code", Payer: p.ID}
}

func findPayer(tx store.Tx, id string) (payer, error) {
	if id == "" || strings.IndexByte(id, 0) >= 0 { // no key of any payer
		return payer{}, fmt.Errorf("payer %q: %w", id, ErrNoPayer)
	}
	p, found, err := payers().Get(tx, id)
	if err == nil && !found {
		err = fmt.Errorf("payer %s: %w", id, ErrNoPayer)
	}
	return p, err
}

// insert stores a payment under a request id that no other has and enters it in its payer's list, which is in order of
// creation. Nobody may change it afterwards.
func insert(tx store.Tx, p *payment) error {
	if err := payments().Keep(tx, p.RequestID, p); err != nil {
		return err
	}
	if p.Payer == "" {
		return nil
	}
	return byPayer().Append(tx, p.Payer, p.RequestID)
}

// paymentsOf returns a payer's payments, oldest first.
func paymentsOf(tx store.Tx, payerID string) ([]payment, error) {
	ids, err := byPayer().All(tx, payerID)
	if err != nil {
		return nil, err
	}
	list := make([]payment, 0, len(ids))
	for _, id := range ids {
		p, _, err := payments().Get(tx, id)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// expired reports whether the payment can no longer be confirmed at now.
func (p payment) expired(now time.Time) bool { return !p.Expiry.IsZero() && now.After(p.Expiry) }

// end puts the payment into a final state with its outcome.
func (p payment) end(state State, outcome aps.Result) payment {
	p.finish(state, outcome)
	return p
}

// finish is end in place.
func (p *payment) finish(state State, outcome aps.Result) {
	p.State, p.Outcome, p.AsksConfirm, p.AsksPassword = state, outcome, false, false
}
