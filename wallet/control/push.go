package control

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// Pushes are payments that begin in the wallet: push mode and placed orders (acqp-api §5.9, §5.11).
type Pushes interface {
	// Push has a payer scan a code of the acquirer's and pay; the payment is pushed to the acquirer when the wallet has the money.
	Push(ctx context.Context, payer string, spec PushSpec) (Push, error)
	Pushed(ctx context.Context, paymentID string) (Push, error)
	// RepeatPush sends the pushPayment of a payment once more, and returns the exchange.
	RepeatPush(ctx context.Context, paymentID string, spec RepeatSpec) (trace.Exchange, error)
	// InquirePush asks the acquirer about a pushed payment, or about one that never was, and returns the exchange.
	InquirePush(ctx context.Context, spec PushInquiry) (trace.Exchange, error)
	// PlaceOrder has a payer scan a code for which the acquirer opens an order, and pay it.
	PlaceOrder(ctx context.Context, payer string, spec PushSpec) (Push, error)
}

// PushSpec is what a payer scans and pays.
type PushSpec struct {
	Code string `json:"code"` // text of the acquirer's code
	// Amount is what the payer pays for a code without amount; for the code of an order it goes before the order's amount.
	Amount money.Amount `json:"amount,omitzero"`
}

// Push is a payment that began in the wallet.
type Push struct {
	PaymentID        string       `json:"paymentId"`
	PaymentRequestID string       `json:"paymentRequestId,omitempty"` // if the acquirer gave one
	Order            string       `json:"order"`                      // its id among the orders
	State            string       `json:"state"`                      // of the order
	Outcome          aps.Result   `json:"outcome"`                    // of the order
	Amount           money.Amount `json:"amount"`
	Word             *aps.Result  `json:"word,omitempty"`    // the acquirer's final word on a pushed payment
	Channel          string       `json:"channel,omitempty"` // answer, inquiry, notification
}

// RepeatSpec says how a repeated push differs from the first one.
type RepeatSpec struct {
	Alter Alteration `json:"alter,omitzero"`
}

// PushInquiry names a payment to ask about. CodeValue is needed where nothing was pushed.
type PushInquiry struct {
	PaymentID string `json:"paymentId"`
	CodeValue string `json:"codeValue,omitempty"`
}

func pushRoutes(s routes, api API) {
	s.post("/payers/{id}/push", "push", "Have the payer scan a code of the acquirer's and pay in push mode", to(api.Push))
	s.post("/payers/{id}/place-order", "placeOrder", "Have the payer scan a code for which the acquirer opens an order, and pay it", to(api.PlaceOrder))
	s.get("/pushes/{id}", "pushed", "Show a payment that began in the wallet", of(api.Pushed))
	s.post("/pushes/{id}/repeat", "repeatPush", "Push a payment once more, genuine or altered", to(api.RepeatPush))
	s.post("/push-inquiries", "inquirePush", "Ask the acquirer about a pushed payment, or about one that never was", asked(api.InquirePush))
}

// Push implements API.
func (c *Client) Push(ctx context.Context, payer string, spec PushSpec) (Push, error) {
	return post[Push](ctx, c, "push of payer "+payer, "/payers/"+seg(payer)+"/push", spec)
}

// PlaceOrder implements API.
func (c *Client) PlaceOrder(ctx context.Context, payer string, spec PushSpec) (Push, error) {
	return post[Push](ctx, c, "place order of payer "+payer, "/payers/"+seg(payer)+"/place-order", spec)
}

// Pushed implements API.
func (c *Client) Pushed(ctx context.Context, paymentID string) (Push, error) {
	return get[Push](ctx, c, "pushed payment "+paymentID, "/pushes/"+seg(paymentID))
}

// RepeatPush implements API.
func (c *Client) RepeatPush(ctx context.Context, paymentID string, spec RepeatSpec) (trace.Exchange, error) {
	return post[trace.Exchange](ctx, c, "repeat push of payment "+paymentID, "/pushes/"+seg(paymentID)+"/repeat", spec)
}

// InquirePush implements API.
func (c *Client) InquirePush(ctx context.Context, spec PushInquiry) (trace.Exchange, error) {
	return post[trace.Exchange](ctx, c, "inquire pushed payment "+spec.PaymentID, "/push-inquiries", spec)
}
