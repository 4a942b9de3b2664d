// Package control is the one door through which people and programs steer the simulator:
// the operations, their types, the HTTP server of /sim/v1 and its client. Certification
// uses the client, also against its own simulator, so that every run takes the same path.
package control

import (
	"context"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// API is everything that can be done to a running simulator from outside.
type API interface {
	Info(ctx context.Context) (Info, error)

	OpenTimeline(ctx context.Context, spec TimelineSpec) (Timeline, error)
	Timeline(ctx context.Context, id string) (Timeline, error)
	// HoldTimeline lets the time of one timeline stand still, or run on from there; it says nothing to acquirers.
	HoldTimeline(ctx context.Context, id string, hold Hold) (Timeline, error)
	// MoveTimeline lets time pass for one timeline; what becomes due happens before it returns.
	MoveTimeline(ctx context.Context, id string, move Move) (Timeline, error)
	// CloseTimeline lifts its faults, tells the truth where it lied (pending notifications are
	// delivered, held answers released) and forgets its payers' codes. Its traffic stays readable.
	CloseTimeline(ctx context.Context, id string) error
	// Expect tells a timeline which references (order numbers) and amounts its traffic will carry,
	// so that messages without a known code find it.
	Expect(ctx context.Context, id string, e Expectation) error

	CreatePayer(ctx context.Context, spec PayerSpec) (Payer, error)
	Payer(ctx context.Context, id string) (Payer, error)
	IssueCode(ctx context.Context, payer string, spec CodeSpec) (PaymentCode, error)
	// IssueCodes is IssueCode for several codes, each of which is valid from when the one before ends.
	IssueCodes(ctx context.Context, payer string, spec CodesSpec) ([]PaymentCode, error)
	PayerHand
	Listing
	Decoding

	Faults(ctx context.Context) ([]FaultKind, error) // the catalogue
	Arm(ctx context.Context, spec FaultSpec) (Fault, error)
	Armed(ctx context.Context, timeline string) ([]Fault, error)
	Lift(ctx context.Context, id string) error
	// Release lets the answers and requests go that the fault holds back.
	Release(ctx context.Context, id string) error
	// StrikeTill counts a message from shop to acquirer against the faults of tills and returns those that hit it. Whoever
	// plays the shop asks before each message and plays them.
	StrikeTill(ctx context.Context, m TillMessage) ([]TillFault, error)

	Orders(ctx context.Context, timeline string) ([]Order, error)
	// Notify delivers one notification to the acquirer now and returns the exchange.
	Notify(ctx context.Context, spec NotifySpec) (trace.Exchange, error)

	Entries(ctx context.Context, timeline string) ([]Entry, error) // money movements, oldest first
	Exchanges(ctx context.Context, q ExchangeQuery) ([]trace.Exchange, error)
	// Reports lists the clearing reports of a day and the settlement report in which it is settled,
	// with a README and their texts if asked for.
	Reports(ctx context.Context, q ReportQuery) ([]Report, error)

	AcquirerAddresses
	Registrations
	Authorisations
	Disputes
	Customs
	Pushes
	Promotions
	RedPackets
	RiskControl
	Turns
}

// Info is what an acquirer and a harness need to know of a simulator.
type Info struct {
	Version     string `json:"version"`
	ClientID    string `json:"clientId"`
	AcquirerID  string `json:"acquirerId"`
	PspID       string `json:"pspId"`
	WalletBrand string `json:"walletBrandName"`
	GatewayURL  string `json:"gatewayUrl"` // base for /aps/api/v1/...
	ControlURL  string `json:"controlUrl"`
	TLSURL      string `json:"tlsUrl,omitempty"` // base over TLS, where it is served
	NetworkKey  string `json:"networkPublicKey"` // one-line SPKI base64
	KeyVersion  string `json:"keyVersion"`
	// AcquirerKeys are the keys that signatures of the acquirer are checked with, by version: one-line SPKI base64.
	AcquirerKeys  map[string]string `json:"acquirerPublicKeys,omitempty"`
	Now           time.Time         `json:"now"` // real time
	CallbackHosts []string          `json:"callbackHosts"`
	LastSeq       uint64            `json:"lastSeq"`
	// Foreign is the wallet, or the Alipay+, that others run and this simulator works with; nil: both are its own.
	Foreign *Foreign `json:"foreign,omitempty"`
	// SigningOff says that nothing is signed and no signature is checked: fit for load tests, for nothing else.
	SigningOff bool `json:"signingOff,omitempty"`
	// Clients are the client ids of further clients, each with keys, payments and refunds of its own. Here their ids are
	// told with an @ and the client id behind.
	Clients []string `json:"clients,omitempty"`
}

// The roles of the foreign side.
const (
	ForeignWallet  = "wallet"
	ForeignNetwork = "network"
)

// Foreign is the other side, where it is not this simulator's, with what its people need to know of this one.
type Foreign struct {
	Role       string         `json:"role"` // wallet or network
	URL        string         `json:"url"`  // of the other side
	ClientID   string         `json:"clientId"`
	PspID      string         `json:"pspId"`
	AcquirerID string         `json:"acquirerId"`
	PublicKey  string         `json:"publicKey"` // of this side: one-line SPKI base64
	KeyVersion string         `json:"keyVersion"`
	Served     []OperationURL `json:"served"` // by this side
	Called     []OperationURL `json:"called"` // by this side, at the other one
}

// OperationURL says where an operation is served.
type OperationURL struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

// Duration travels as text ("1.5s").
type Duration = time.Duration

// TimelineSpec opens a timeline.
type TimelineSpec struct {
	Name         string             `json:"name"`
	Run          string             `json:"run,omitempty"` // the run that it belongs to
	Notification NotificationRhythm `json:"notification"`
	// Offset moves the new timeline before anything happens on it.
	Offset Duration `json:"offset,omitempty"`
}

// NotificationRhythm says when final outcomes are notified. Mode: certify (one genuine delivery,
// Delay after the final outcome; repeated until acknowledged only if Repeat), production (at once,
// then the documented schedule until acknowledged), sandbox (once, at once), off.
type NotificationRhythm struct {
	Mode  string   `json:"mode"`
	Delay Duration `json:"delay,omitempty"` // on the wall clock
}

// Timeline is a scenario's own time.
type Timeline struct {
	ID   string    `json:"id"`
	Name string    `json:"name"`
	Run  string    `json:"run,omitempty"`  // the run that it belongs to
	Now  time.Time `json:"now"`            // time on the timeline
	Held bool      `json:"held,omitempty"` // it stands still
}

// Move lets time pass: By a duration, or To the next time of day ("00:16" in UTC+8, Days later).
type Move struct {
	By     Duration `json:"by,omitempty"`
	ToTime string   `json:"toTime,omitempty"` // hh:mm UTC+8
	Days   int      `json:"days,omitempty"`
}

// Hold lets time stand still, or run.
type Hold struct {
	Still bool `json:"still"`
}

// Expectation announces traffic.
type Expectation struct {
	References []string       `json:"references,omitempty"`
	Amounts    []money.Amount `json:"amounts,omitempty"`
}

// PayerSpec makes a payer from a template (fixtures/payers.yaml) on a timeline.
type PayerSpec struct {
	Timeline string `json:"timeline"`
	Template string `json:"template"` // rich, poor, needs-password, blocked, …
	// Overrides; zero means as in the template.
	Balance    *money.Amount     `json:"balance,omitempty"`
	Promotions []PromotionSpec   `json:"promotions,omitempty"`
	Traits     map[string]string `json:"traits,omitempty"`
	Alias      string            `json:"alias,omitempty"` // by which people find the payer among others of the timeline
}

// PromotionSpec attaches a promotion to every payment of a payer, as data.
type PromotionSpec struct {
	Name    string       `json:"name"`
	Type    string       `json:"type"`
	Savings money.Amount `json:"savings"` // in the transaction currency
	Sponsor string       `json:"sponsor"`
}

// Payer is a wallet user.
type Payer struct {
	ID         string       `json:"id"`
	CustomerID string       `json:"customerId"`
	Timeline   string       `json:"timeline"`
	Template   string       `json:"template"`
	Name       string       `json:"name"`
	Alias      string       `json:"alias,omitempty"`
	Wallet     string       `json:"wallet,omitempty"`   // name of the wallet's brand; empty: the simulator's own
	Currency   string       `json:"currency,omitempty"` // the only one that the wallet holds; absent: whatever a payment has
	Balance    money.Amount `json:"balance"`
	Waiting    []Payment    `json:"waiting,omitempty"` // payments that wait for confirmation
	Payments   []Payment    `json:"payments,omitempty"`
}

// CodeSpec asks for a payment code.
type CodeSpec struct {
	Prefix string `json:"prefix,omitempty"` // 25 … 30, or a longer start of digits
	Length int    `json:"length,omitempty"` // 17, 18, 19, 24 (default) or 32
	// Region is where the payer chose to pay, ISO 3166-1 alpha-2: the code pays there only. Empty: wherever the shop is.
	Region string `json:"region,omitempty"`
}

// CodesSpec asks for several payment codes at once, as a phone does that will be offline.
type CodesSpec struct {
	CodeSpec
	Quantity int `json:"quantity,omitempty"` // 1 (default) to 10
}

// PaymentCode is a minted code. Start and Expiry are on the payer's timeline.
type PaymentCode struct {
	Digits string    `json:"digits"`
	Start  time.Time `json:"start"`
	Expiry time.Time `json:"expiry"`
}

// Order is the network's own view of a payment: the books.
type Order struct {
	PaymentRequestID string       `json:"paymentRequestId"`
	PaymentID        string       `json:"paymentId"`
	ReferenceOrderID string       `json:"referenceOrderId"`
	Timeline         string       `json:"timeline"`
	Door             string       `json:"door"` // dialect in which the order was made: aps or ams
	Payer            string       `json:"payer"`
	Product          string       `json:"product"`        // payment code, order code, entry code, cashier, auto debit
	Code             string       `json:"code"`           // payment code, order code or private order code
	Scan             []string     `json:"scan,omitempty"` // texts and addresses that lead a payer to the order while it is open
	State            string       `json:"state"`          // PROCESSING, SUCCESS, FAIL, CLOSED; TOMBSTONE for a cancellation of an order that never came
	Outcome          aps.Result   `json:"outcome"`
	Amount           money.Amount `json:"amount"`
	PayTo            Conversion   `json:"payTo"`      // what the wallet pays, promotions subtracted, in the payer's currency
	Settlement       Conversion   `json:"settlement"` // what the acquirer gets, in the settlement currency
	Created          time.Time    `json:"created"`    // real time
	Finished         time.Time    `json:"finished"`
	Refunded         money.Amount `json:"refunded"`
	Refunds          []Refund     `json:"refunds,omitempty"`
}

// Refund is a refund in the network's books.
type Refund struct {
	RefundRequestID string       `json:"refundRequestId"`
	RefundID        string       `json:"refundId"`
	Amount          money.Amount `json:"amount"`
	From            Conversion   `json:"from"`       // what the payer gets, in the payer's currency
	Settlement      Conversion   `json:"settlement"` // what the acquirer gives back, in the settlement currency
	Result          aps.Result   `json:"result"`
}

// Conversion is an amount in another currency with the quote that made it, whose times are real;
// without a quote the currency is the same.
type Conversion struct {
	Amount money.Amount `json:"amount"`
	Quote  aps.Quote    `json:"quote,omitzero"`
}

// Entry is one posting of the ledger. A transaction's postings sum to zero per currency.
type Entry struct {
	Transaction string       `json:"transaction"`
	Kind        string       `json:"kind"`    // payment, cancellation, refund, top-up, fx, …
	Account     string       `json:"account"` // payer/<id>, wallet, network, acquirer/<id>, shop/<merchant>, sponsor/<id>, fx, fees
	Amount      money.Amount `json:"amount"`  // positive: into the account
	Order       string       `json:"order,omitempty"`
	At          time.Time    `json:"at"` // real time
}

// ExchangeQuery selects recorded traffic.
type ExchangeQuery struct {
	After    uint64   `json:"after"`              // only exchanges with a higher Seq
	Timeline string   `json:"timeline,omitempty"` // empty: all, strays included
	About    string   `json:"about,omitempty"`    // only what names this id or order number
	Wait     Duration `json:"wait,omitempty"`     // wait up to this long for the first one
	Limit    int      `json:"limit,omitempty"`
	Wallet   bool     `json:"wallet,omitempty"` // also what passed between Alipay+ and wallets
}
