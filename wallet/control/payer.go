package control

import (
	"context"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/risk"
)

// PayerHand is what payers do with what they see.
type PayerHand interface {
	// Scan lets the payer scan an order code or a private order code, or open an address of the cashier. What it leads to
	// waits for the payer's confirmation.
	Scan(ctx context.Context, payer string, spec ScanSpec) (Scan, error)
	// Confirm, EnterPassword and Decline act on the payer's oldest payment that waits, or on the one that is named;
	// with WaitFor > 0 they wait that long for one to appear. Confirm leaves a payment whose wallet wants a password waiting
	// for it; EnterPassword confirms and enters it at once.
	Confirm(ctx context.Context, payer string, act PayerAct) (Payment, error)
	EnterPassword(ctx context.Context, payer string, act PayerAct) (Payment, error)
	Decline(ctx context.Context, payer string, act PayerAct) (Payment, error)
	// TopUp adds money to the payer's balance.
	TopUp(ctx context.Context, payer string, spec TopUpSpec) (Payer, error)
}

// TopUpSpec is money that comes into a wallet from outside.
type TopUpSpec struct {
	Amount money.Amount `json:"amount"`
}

// ScanSpec is what a payer holds the phone over.
type ScanSpec struct {
	Text string `json:"text"` // the text of the code, or the address
}

// Scan is what the payer then sees.
type Scan struct {
	Result aps.Result `json:"result"` // of userInitiatedPay; a refusal is shown to the payer
	// Action is HANDLE_BY_PSP (the wallet shows the order), HANDLE_BY_SDK (a page of Alipay+ opens instead) or
	// OPEN_URL (an entry code: the shop's page opens).
	Action    string   `json:"action,omitempty"`
	Page      string   `json:"page,omitempty"`      // that page
	UserAgent string   `json:"userAgent,omitempty"` // what the wallet calls itself there
	Payment   *Payment `json:"payment,omitempty"`   // the order to confirm
}

// PayerAct is what the payer does with a waiting payment.
type PayerAct struct {
	PaymentRequestID string   `json:"paymentRequestId,omitempty"` // wallet leg; empty: the oldest that waits
	Password         string   `json:"password,omitempty"`         // empty: the right one
	WaitFor          Duration `json:"waitFor,omitempty"`          // wait for a payment to confirm
	Late             bool     `json:"late,omitempty"`             // the wallet overlooks the expiry: Alipay+ has to give the money back
}

// Payment is a payment as the wallet knows it.
type Payment struct {
	ID               string          `json:"id"`
	PaymentRequestID string          `json:"paymentRequestId"` // wallet leg
	State            string          `json:"state"`
	Code             string          `json:"code"`               // result code of the outcome
	Reason           string          `json:"reason,omitempty"`   // of a refusal, for people
	Verdicts         []risk.Verdict  `json:"verdicts,omitempty"` // of risk control, if it refused
	Price            money.Amount    `json:"price"`              // the shop's, before promotions
	Refunds          []PaymentRefund `json:"refunds,omitempty"`  // oldest first
	Amount           money.Amount    `json:"amount"`             // what it is in the shop's currency, promotions subtracted
	Quote            aps.Quote       `json:"quote,omitzero"`     // by which it became the payer's; absent in the payer's own currency
	Debited          money.Amount    `json:"debited"`
	Refunded         money.Amount    `json:"refunded"`
	Waits            string          `json:"waits,omitempty"` // confirmation or password
	Payable          money.Amount    `json:"payable"`         // what the payer pays, in the wallet's currency
	Promotions       []aps.Promotion `json:"promotions,omitempty"`
	Expiry           time.Time       `json:"expiry,omitzero"`       // on the payer's timeline
	Order            *ShownOrder     `json:"order,omitempty"`       // of what was scanned or opened
	RedirectURL      string          `json:"redirectUrl,omitempty"` // where the payer was sent after paying
}

// PaymentRefund is a refund as the payer sees it.
type PaymentRefund struct {
	ID         string          `json:"id"`
	Amount     money.Amount    `json:"amount"`   // in the shop's currency, the promotions' shares subtracted
	Credited   money.Amount    `json:"credited"` // to the payer
	Promotions []aps.Promotion `json:"promotions,omitempty"`
	Time       time.Time       `json:"time"` // on the payer's timeline
}

// ShownOrder is an order as its payer sees it.
type ShownOrder struct {
	ReferenceOrderID string       `json:"referenceOrderId"`
	Description      string       `json:"description"`
	Price            money.Amount `json:"price"` // the shop's, promotions not subtracted
	Merchant         string       `json:"merchant"`
	DisplayName      string       `json:"displayName,omitempty"`
	Region           string       `json:"region,omitempty"`
}

func payerRoutes(s routes, api API) {
	s.post("/payers/{id}/confirm", "confirm", "Have the payer confirm what waits", to(api.Confirm))
	s.post("/payers/{id}/password", "enterPassword", "Have the payer confirm what waits and enter the password", to(api.EnterPassword))
	s.post("/payers/{id}/decline", "decline", "Have the payer decline what waits", to(api.Decline))
	s.post("/payers/{id}/top-up", "topUp", "Add money to the payer's balance", to(api.TopUp))
	s.post("/payers/{id}/scan", "scan", "Have the payer scan a code, or open an address of the cashier", to(api.Scan))
}

// Scan implements API.
func (c *Client) Scan(ctx context.Context, payer string, spec ScanSpec) (Scan, error) {
	return post[Scan](ctx, c, "scan by payer "+payer, "/payers/"+seg(payer)+"/scan", spec)
}

// Confirm implements API.
func (c *Client) Confirm(ctx context.Context, payer string, act PayerAct) (Payment, error) {
	return post[Payment](ctx, c, "confirm by payer "+payer, "/payers/"+seg(payer)+"/confirm", act)
}

// EnterPassword implements API.
func (c *Client) EnterPassword(ctx context.Context, payer string, act PayerAct) (Payment, error) {
	return post[Payment](ctx, c, "enter password of payer "+payer, "/payers/"+seg(payer)+"/password", act)
}

// Decline implements API.
func (c *Client) Decline(ctx context.Context, payer string, act PayerAct) (Payment, error) {
	return post[Payment](ctx, c, "decline by payer "+payer, "/payers/"+seg(payer)+"/decline", act)
}

// TopUp implements API.
func (c *Client) TopUp(ctx context.Context, payer string, spec TopUpSpec) (Payer, error) {
	return post[Payer](ctx, c, "top up payer "+payer, "/payers/"+seg(payer)+"/top-up", spec)
}
