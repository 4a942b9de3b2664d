package network

import (
	"slices"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/money"
	"mppsim/wallet/promo"
	"mppsim/wallet/store"
)

// State is where an order stands (acqp-api §13).
type State string

// The states. A Tombstone stands for a cancelled order whose pay never came.
const (
	Processing State = "PROCESSING"
	Success    State = "SUCCESS"
	Failed     State = "FAIL"
	Closed     State = "CLOSED"
	Tombstone  State = "TOMBSTONE"
)

// Final reports whether the state decides the payment.
func (s State) Final() bool { return s != Processing }

// Limits of the protocol.
const (
	defaultExpiry = 60 * time.Second     // payment codes, where the acquirer names none (acqp-api §10)
	codeValidity  = 60 * time.Second     // acqp-api §9.1
	refundWindow  = 365 * 24 * time.Hour // acqp-api §5.4
	cancelGrace   = 15 * time.Minute     // 00:15 UTC+8 of T+1 (acqp-api §5.3)
	walletLag     = 30 * time.Second     // bound on one call to a wallet
	walletPause   = 5 * time.Second      // before a call that a wallet did not answer is repeated
)

// Order is a payment in the network's books.
type Order struct {
	PaymentRequestID string
	PaymentID        string
	Timeline         string
	Payer            string
	CustomerID       string
	Product          aps.Product
	Code             string // payment code, order code or private order code; empty for the others
	Issued           bool   // the acquirer issued the order code and Alipay+ asked for the order
	Offer            *aps.Offer
	Pushed           bool // the wallet pays first, and the acquirer decides (push mode)
	Taken            bool // of a pushed order: the wallet has the money
	State            State
	Outcome          aps.Result
	Cancelled        bool            // closed because the acquirer asked for it
	WalletTold       bool            // the wallet confirmed the cancellation
	Announced        bool            // a notification was scheduled or delivered
	Asked            *aps.PayRequest `json:"Request"` // see Request; all versions of the order share it, and nobody changes it
	Tells            bool            // all that is to be known of its pay message, which is not remembered beside the order
	Created          time.Time       // real
	Opened           time.Time       // on the timeline: day T of the cancel window
	Expiry           time.Time       // on the timeline
	Finished         time.Time       // real; zero while undecided
	Paid             time.Time       // on the timeline
	WalletPaymentID  string
	PspID            string       // of the payer's wallet; empty: the network's usual one
	Brand            string       // of the payer's wallet; empty: the network's usual one
	Leg              string       // paymentRequestId on the wallet's leg, where it is not PaymentID
	Rivals           []string     // legs of other wallets whose users scanned the order
	Net              money.Amount // what the wallet pays, in the currency of the order
	PayTo            Conversion   // Net in the payer's currency: what the wallet debits
	Settlement       Conversion   // the gross amount in the settlement currency: what the acquirer gets, fees aside
	Fees             Fees         // what they cost it, in the settlement currency
	Promotions       []promo.Saving
	Refunds          []Refund
	Reason           string // a refusal's name at a door that tells it more exactly than Outcome; empty: none does
}

// Refund is a refund in the network's books. It is undecided while its result is U.
type Refund struct {
	RefundRequestID string
	RefundID        string
	Amount          money.Amount
	Payer           money.Amount   // the payer's part of it
	From            Conversion     // Payer in the payer's currency
	Settlement      Conversion     // Amount in the settlement currency
	Fees            Fees           // what comes back of the payment's
	Shares          []money.Amount // the sponsors' parts, as in Order.Promotions
	Result          aps.Result
	Time            time.Time // real
	Given           time.Time // on the timeline; zero until it succeeds
	Found           aps.State // of the payment when the refund came
	Reason          string    // the result's name at a door that tells it more exactly; empty: none does
}

// Code is a payment code that was minted.
type Code struct {
	Digits     string
	Timeline   string
	Payer      string
	CustomerID string
	Region     string    // where alone the payer can pay with it, ISO 3166-1 alpha-2; empty: wherever the shop is
	Start      time.Time // on the timeline
	Expiry     time.Time
	Used       bool
}

func orders() store.Table[Order]          { return store.Table[Order]{Name: "network.order"} }
func paymentIDs() store.Table[string]     { return store.Table[string]{Name: "network.payment-id"} }
func codes() store.Table[Code]            { return store.Table[Code]{Name: "network.code"} }
func refundOwners() store.Table[string]   { return store.Table[string]{Name: "network.refund"} }
func refundIDs() store.Table[string]      { return store.Table[string]{Name: "network.refund-id"} }
func sightings() store.Table[aps.Subject] { return store.Table[aps.Subject]{Name: "network.sighting"} }

func byTimeline() store.List[string] { return store.List[string]{Name: "network.by-timeline"} }
func codesOf() store.List[string]    { return store.List[string]{Name: "network.codes-of-timeline"} }

// Request is what the acquirer asked for; of an Order that is none, nothing.
func (o *Order) Request() *aps.PayRequest {
	if o.Asked == nil {
		return &aps.PayRequest{}
	}
	return o.Asked
}

// Subject tells fault plans and records which transaction the order is.
func (o *Order) Subject() aps.Subject {
	return aps.Subject{
		Door: o.Request().Door, Client: o.Request().Client, Timeline: o.Timeline, Match: "order", Payer: o.Payer, Code: o.Code,
		PaymentRequestID: o.PaymentRequestID, PaymentID: o.PaymentID, Texts: o.Request().Texts,
	}
}

// Refunded sums the successful refunds.
func (o *Order) Refunded() money.Amount {
	sum := money.Of(o.Request().Amount.Currency, 0)
	for _, r := range o.Refunds {
		if r.Result.Status == aps.Success {
			sum.Value += r.Amount.Value
		}
	}
	return sum
}

// standing are the refunds that succeeded or may yet.
func (o *Order) standing() []Refund {
	var list []Refund
	for _, r := range o.Refunds {
		if r.Result.Status != aps.Failure {
			list = append(list, r)
		}
	}
	return list
}

// taken sums the standing refunds.
func (o *Order) taken() int64 {
	var sum int64
	for _, r := range o.standing() {
		sum += r.Amount.Value
	}
	return sum
}

// refund finds a refund by its id; the zero Refund stands for none.
func (o *Order) refund(id string) Refund {
	for _, r := range o.Refunds {
		if r.RefundRequestID == id {
			return r
		}
	}
	return Refund{}
}

// putRefund adds or replaces a refund. Other copies of the order go on seeing their own list.
func (o *Order) putRefund(r Refund) {
	i := slices.IndexFunc(o.Refunds, func(x Refund) bool { return x.RefundRequestID == r.RefundRequestID })
	o.Refunds = slices.Clone(o.Refunds)
	if i < 0 {
		o.Refunds = append(o.Refunds, r)
		return
	}
	o.Refunds[i] = r
}

// cancelUntil is the end of the cancel window: 00:15 UTC+8 of the day after the payment's (acqp-api §5.3).
func (o *Order) cancelUntil() time.Time {
	day := o.Opened.In(clock.UTC8())
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, clock.UTC8()).Add(cancelGrace)
}

func (o *Order) promotions() []aps.Promotion {
	list := make([]aps.Promotion, 0, len(o.Promotions))
	for _, p := range o.Promotions {
		list = append(list, p.Promotion)
	}
	return list
}
