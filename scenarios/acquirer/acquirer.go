// Package acquirer says what an acquirer must offer to be certified and how it is driven:
// at most ten verbs of its own merchant API, each through a driver that its profile names.
package acquirer

import (
	"context"
	"time"

	"mppsim/reports/journal"
	"mppsim/wallet/money"
)

// Acquirer is the system under test as its shops see it. A refusal is part of the answer; an
// error means that the call could not be made or its answer not be read: our profile's or the
// environment's fault, never a finding.
type Acquirer interface {
	ChargeCode(ctx context.Context, c Charge) (Payment, error)
	Query(ctx context.Context, ref PaymentRef) (Payment, error)
	Cancel(ctx context.Context, ref PaymentRef) (Payment, error)
	Refund(ctx context.Context, r RefundOrder) (Refund, error)
	QueryRefund(ctx context.Context, ref RefundRef) (Refund, error)
	List(ctx context.Context, shop Shop) ([]Payment, error)
	Receipt(ctx context.Context, ref PaymentRef) (Receipt, error)
	// Offers reports whether the profile maps a verb.
	Offers(verb string) bool
}

// Shop is a shop in the acquirer's own terms, from the profile's facts.
type Shop struct {
	Role       string // corner, …
	Merchant   string
	Store      string
	Terminal   string
	Region     string   // ISO 3166-1 alpha-2
	Currencies []string // the first one is the shop's currency
	Settlement string   // settlement currency
	AgentToken string   // of whom a service provider acts for when it acts for this shop; empty: it is none
	Extra      map[string]string
}

// Presenter is an acquirer with products in which the payer acts on something that the shop shows: a code to scan, a
// page to open.
type Presenter interface {
	// Present creates a payment of a product, named by its capability (see Products); Payment.Shown is what the payer
	// gets to see.
	Present(ctx context.Context, c Charge) (Payment, error)
}

// Charge asks the acquirer to charge a payment code or, with another product, to make something for the payer to act on.
type Charge struct {
	Product     string // capability of the product; "" is ProductPaymentCode
	Shop        Shop
	Code        string // of payment codes
	Amount      money.Amount
	AmountText  string // major units as the shop would write them; overrides Amount in templates that use it
	Currency    string // as the shop writes it; normally Amount.Currency
	Reference   string // the shop's order number, carries the scenario's reference
	Description string
	Blank       bool // send every optional text as an empty string where the API allows it

	Validity time.Duration // how long the shop wishes the order to be payable; 0: as the acquirer thinks fit
	Online   Online        // of the cashier
}

// Shown is what the shop shows to the payer of a payment, or where it sends the payer.
type Shown struct {
	Code    string // text to be drawn as a QR code
	Image   string // address of a picture of the code
	Expires string // when the code ends, as the acquirer writes it
	Address string // page that the payer is sent to
	// Addresses are all those that the shop is given, one per line: a payer may be sent to the page or into the app.
	Addresses string
}

// PaymentRef names a payment to the acquirer.
type PaymentRef struct {
	Payment   string // the acquirer's own id, from the charge's answer
	Reference string // the shop's order number
	Shop      Shop
	Amount    money.Amount
}

// RefundOrder asks for a refund.
type RefundOrder struct {
	PaymentRef
	Number   string // the shop's number for this refund
	Refund   money.Amount
	Text     string // the sum in major units as the shop would write it; overrides Refund in templates that use it
	Currency string // as the shop writes it; normally the payment's
	Reason   string
	Blank    bool // send every optional text as an empty string where the API allows it
}

// RefundRef names a refund to the acquirer.
type RefundRef struct {
	PaymentRef
	Refund string // the acquirer's own id, or empty
	Number string // the shop's number
}

// State is a payment's or refund's state in our words.
type State string

// Payment states, then refund states.
const (
	Pending  State = "PENDING"
	Paid     State = "PAID"
	Failed   State = "FAILED"
	Closed   State = "CLOSED"
	Refunded State = "REFUNDED"
)

// Payment is a payment as the acquirer tells it to the shop. Fields that the profile does not
// map are empty; amounts that are not mapped are nil.
type Payment struct {
	Refused   bool // the acquirer refused the call; Reason says why
	ID        string
	State     State
	Reason    string
	Paid      *money.Amount
	Refunded  *money.Amount
	Remaining *money.Amount
	Wallet    string
	NetworkID string // Alipay+ paymentId
	Time      string
	Refunds   []Refund
	Reference string
	Shown     Shown
	Call      journal.Call
}

// Refund is a refund as the acquirer tells it to the shop.
type Refund struct {
	Refused   bool
	ID        string
	Number    string
	State     State
	Reason    string
	Amount    *money.Amount
	NetworkID string
	Time      string
	Call      journal.Call
}

// Receipt is what the payer takes home.
type Receipt struct {
	Text string
	Call journal.Call
}

// Clock tells how far the acquirer's clock is from ours, where its API gives a time.
type Clock interface {
	Time(ctx context.Context) (time.Time, error)
}
