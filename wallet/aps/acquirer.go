package aps

import (
	"context"

	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

// Acquirer is what the network asks of an acquirer. An error means that no usable answer came.
type Acquirer interface {
	// NotifyPayment delivers one notification and returns the acquirer's acknowledgement.
	NotifyPayment(ctx context.Context, d Delivery) (Result, error)
	// Call makes any other call and returns the body of the acquirer's answer.
	Call(ctx context.Context, c Call) (*jsontree.Node, error)
}

// Call is one message of Alipay+ to the acquirer.
type Call struct {
	API     API
	URL     string
	Subject Subject
	Body    *jsontree.Node
}

// Delivery is one notification on its way.
type Delivery struct {
	URL          string // the order's paymentNotifyUrl
	Subject      Subject
	Notification Notification
}

// Marks are the traits by which a message is recognised.
type Marks struct {
	Client           string // whose message it is; empty: the first client's
	PaymentRequestID string
	PaymentID        string
	RefundRequestID  string
	RefundID         string
	Code             string       // payment code
	Token            string       // access token of auto debit
	Amount           money.Amount // of a pay request
	Texts            Texts        // every text of the message
	Timeline         string       // of what the message follows, where that is known
}

// Subject says which transaction a message is about.
type Subject struct {
	Door             Door   // of the message, or at which the order was made; empty: AlipayPlus
	Client           string // whose message or order it is; empty: the first client's
	Timeline         string
	Match            string // how the timeline was found: code, reference, amount, order; empty for a stray
	Payer            string
	Code             string
	PaymentRequestID string
	PaymentID        string
	RefundRequestID  string
	Texts            Texts // texts of the pay request and of the message itself
}
