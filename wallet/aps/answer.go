package aps

import (
	"strconv"
	"time"

	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

// Payment is what answers and notifications tell of a payment. Members that belong to a
// success are written only where the payment's outcome is S.
type Payment struct {
	AcquirerID       string
	PspID            string
	PaymentRequestID string
	Reason           string // a refusal's name at a door that tells it more exactly than the result; empty: none does
	PaymentID        string
	CustomerID       string
	WalletBrandName  string
	Time             time.Time // final state, real time
	Amount           money.Amount
	Settlement       money.Amount // zero: not told
	SettlementQuote  Quote        // where the settlement has another currency than the payment; real time
	Promotions       []Promotion
	Offer            *Offer // what the payer scans or opens; nil: nothing

	// These are told at the door InStore only.
	State      State
	Created    time.Time    // real time
	Debited    money.Amount // in the wallet's currency; zero: the payer is not known yet
	DebitQuote Quote        // by which it was computed; real time
}

// PayAnswer answers pay: the result is the payment's outcome (acqp-api §5.1).
type PayAnswer struct {
	Result  Result
	Payment Payment
}

// InquiryAnswer answers inquiryPayment. Outcome is written if the call succeeded (acqp-api §5.2).
type InquiryAnswer struct {
	Result       Result
	Outcome      *Result
	Payment      Payment
	Transactions []Transaction
}

// Transaction is an entry of inquiryPayment's transactions[] (acqp-api §3).
type Transaction struct {
	Result    Result
	ID        string
	Type      string // PAYMENT, REFUND, CANCEL
	Status    string // SUCCESS, FAIL, PROCESSING, CANCELLED
	Amount    money.Amount
	RequestID string
	Time      time.Time
}

// CancelAnswer answers cancelPayment (acqp-api §5.3).
type CancelAnswer struct {
	Result     Result
	AcquirerID string
	PspID      string
	PaymentID  string
	Payment    Payment // told at the door InStore only
	Reason     string  // a refusal's name at a door that tells it more exactly than Result; empty: none does
}

// RefundAnswer answers refund (acqp-api §5.4).
type RefundAnswer struct {
	Result     Result
	AcquirerID string
	PspID      string
	RefundID   string
	Time       time.Time
	Amount     money.Amount
	Settlement money.Amount
	// SettlementQuote is the payment's own quote: a refund has its rate.
	SettlementQuote Quote

	// These are told at the door InStore only.
	RefundRequestID string
	PaymentID       string
	Found           State  // of the payment when the refund came
	Reason          string // the result's name at a door that tells it more exactly; empty: none does
}

// RefundInquiryAnswer answers inquiryRefund: Result is the call's, Refund's the refund's own.
type RefundInquiryAnswer struct {
	Result Result
	Refund RefundAnswer
}

// Notification tells an acquirer the outcome of a payment (acqp-api §5.5).
type Notification struct {
	Outcome Result
	Payment Payment
}

// telling takes what a message tells, member by member, and leaves out what is empty. So a message is described once,
// whether it becomes a tree, which faults can change, or a text at once.
type telling interface {
	text(name, value string)
	amount(name string, a money.Amount)
	moment(name string, t time.Time)
	result(name string, r Result)
	quote(name string, q Quote)
	add(name string, value *jsontree.Node)
}

// object makes a tree.
type object struct {
	node *jsontree.Node
	room []jsontree.Node // for the object itself and for its texts, by their place among the members
}

// newObject makes room for the members that it will have, about.
func newObject(members int) object {
	room := make([]jsontree.Node, 1+members)
	room[0] = jsontree.Node{Kind: jsontree.Object, Members: make([]jsontree.Member, 0, members)}
	return object{&room[0], room}
}

func (o object) text(name, value string) {
	if value == "" {
		return
	}
	place := 1 + len(o.node.Members)
	if place >= len(o.room) {
		o.add(name, jsontree.Of(value))
		return
	}
	o.room[place] = jsontree.Node{Kind: jsontree.String, Text: value}
	o.add(name, &o.room[place])
}

func (o object) add(name string, value *jsontree.Node) {
	o.node.Members = append(o.node.Members, jsontree.Member{Name: name, Value: value})
}

func (o object) amount(name string, a money.Amount) {
	if a.Currency != "" {
		o.add(name, AmountNode(a))
	}
}

func (o object) moment(name string, t time.Time) {
	if !t.IsZero() {
		o.text(name, FormatTime(t))
	}
}

func (o object) result(name string, r Result) { o.add(name, r.Node()) }

// AmountNode writes an amount as the protocol does.
func AmountNode(a money.Amount) *jsontree.Node {
	o := newObject(2)
	tellAmount(o, a)
	return o.node
}

func tellAmount(o telling, a money.Amount) {
	o.text("currency", a.Currency)
	o.text("value", strconv.FormatInt(a.Value, 10))
}

// Node writes a result object.
func (r Result) Node() *jsontree.Node {
	o := newObject(3)
	r.tell(o)
	return o.node
}

func (r Result) tell(o telling) {
	o.text("resultCode", r.Code)
	o.text("resultStatus", string(r.Status))
	o.text("resultMessage", r.Message)
}

// details writes what is known of the payment; success adds what only a paid one has.
func (p Payment) details(o telling, success bool) {
	o.text("acquirerId", p.AcquirerID)
	o.text("paymentRequestId", p.PaymentRequestID)
	o.text("paymentId", p.PaymentID)
	o.amount("paymentAmount", p.Amount)
	if !success {
		return
	}
	o.moment("paymentTime", p.Time)
	o.text("pspId", p.PspID)
	o.text("customerId", p.CustomerID)
	o.text("walletBrandName", p.WalletBrandName)
	o.amount("settlementAmount", p.Settlement)
	o.quote("settlementQuote", p.SettlementQuote)
	if len(p.Promotions) > 0 {
		o.add("paymentPromoInfo", promotionNode(p.Promotions))
	}
}

func promotionNode(promotions []Promotion) *jsontree.Node {
	list := &jsontree.Node{Kind: jsontree.Array}
	for _, p := range promotions {
		o := newObject(4)
		o.text("promoId", p.ID)
		o.text("promoName", p.Name)
		o.text("promoType", p.Type)
		o.amount("savingsAmount", p.Savings)
		list.Items = append(list.Items, o.node)
	}
	info := newObject(1)
	info.add("paymentPromoDetails", list)
	return info.node
}

// Node writes the answer.
func (a PayAnswer) Node() *jsontree.Node {
	o := newObject(12)
	a.tell(o)
	return o.node
}

// Text writes the answer as the text of its Node, for a third of the price.
func (a PayAnswer) Text() []byte {
	l := newLine()
	a.tell(l)
	return l.end()
}

func (a PayAnswer) tell(o telling) {
	o.result("result", a.Result)
	p := a.Payment
	p.PaymentRequestID, p.Promotions = "", nil
	if a.Result.Status != Success {
		p.Amount = money.Amount{}
	}
	if !p.SettlementQuote.IsZero() { // told with the notification, with inquiries and with refunds only (acqp-api §8)
		p.Settlement, p.SettlementQuote = money.Amount{}, Quote{}
	}
	p.details(o, a.Result.Status == Success)
	if p.Offer != nil && a.Result.Status == Unknown {
		p.Offer.write(o)
	}
}

// Node writes the answer.
func (a InquiryAnswer) Node() *jsontree.Node {
	o := newObject(14)
	o.add("result", a.Result.Node())
	if a.Result.Status != Success {
		return o.node
	}
	paid := a.Outcome != nil && a.Outcome.Status == Success
	if a.Outcome != nil {
		o.add("paymentResult", a.Outcome.Node())
	}
	a.Payment.details(o, paid)
	if len(a.Transactions) > 0 {
		list := &jsontree.Node{Kind: jsontree.Array}
		for _, t := range a.Transactions {
			list.Items = append(list.Items, t.node())
		}
		o.add("transactions", list)
	}
	return o.node
}

func (t Transaction) node() *jsontree.Node {
	o := newObject(4)
	o.add("transactionResult", t.Result.Node())
	o.text("transactionId", t.ID)
	o.text("transactionType", t.Type)
	o.text("transactionStatus", t.Status)
	o.amount("transactionAmount", t.Amount)
	o.text("transactionRequestId", t.RequestID)
	o.moment("transactionTime", t.Time)
	return o.node
}

// Node writes the answer.
func (a CancelAnswer) Node() *jsontree.Node {
	o := newObject(8)
	o.add("result", a.Result.Node())
	if a.Result.Status == Success {
		o.text("acquirerId", a.AcquirerID)
		o.text("pspId", a.PspID)
		o.text("paymentId", a.PaymentID)
	}
	return o.node
}

// Node writes the answer.
func (a RefundAnswer) Node() *jsontree.Node {
	o := newObject(14)
	o.add("result", a.Result.Node())
	if a.Result.Status == Success {
		o.text("acquirerId", a.AcquirerID)
		o.text("pspId", a.PspID)
		o.text("refundId", a.RefundID)
		o.moment("refundTime", a.Time)
		o.amount("refundAmount", a.Amount)
		o.amount("settlementAmount", a.Settlement)
		o.quote("settlementQuote", a.SettlementQuote)
	}
	return o.node
}

// Node writes the notification.
func (n Notification) Node() *jsontree.Node {
	o := newObject(8)
	o.add("paymentResult", n.Outcome.Node())
	n.Payment.details(o, n.Outcome.Status == Success)
	return o.node
}
