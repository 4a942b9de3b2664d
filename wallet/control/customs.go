package control

import (
	"context"
	"time"

	"mppsim/wallet/money"
)

// Customs are declarations to the customs (acqp-api §5.11).
type Customs interface {
	Declarations(ctx context.Context, timeline string) ([]Declaration, error)
	// SettleDeclaration says what the customs made of a declaration.
	SettleDeclaration(ctx context.Context, customsDeclarationRequestID string, r CustomsResult) (Declaration, error)
}

// Declaration is a declaration of a payment, or of a part of it.
type Declaration struct {
	ID               string       `json:"customsDeclarationRequestId"`
	PaymentRequestID string       `json:"paymentRequestId"`
	Timeline         string       `json:"timeline"`
	Region           string       `json:"region"`
	CustomsCode      string       `json:"customsCode"`
	Amount           money.Amount `json:"declarationAmount"`
	Split            bool         `json:"isSplit,omitempty"`
	ReferenceOrderID string       `json:"referenceOrderId,omitempty"`
	Status           string       `json:"declarationRequestStatus"` // WAITING_FOR_PROCESSING, or what SettleDeclaration said
	ResultCode       string       `json:"customsResultCode,omitempty"`
	Modified         time.Time    `json:"modifiedTime"` // on the timeline
}

// CustomsResult is what the customs say. The words are not public: any will do.
type CustomsResult struct {
	Status      string `json:"status"`
	Code        string `json:"code,omitempty"`
	Description string `json:"description,omitempty"`
}

func customsRoutes(s routes, api API) {
	s.get("/declarations", "declarations", "List the customs declarations", onTimeline(api.Declarations))
	s.post("/declarations/{id}/settle", "settleDeclaration", "Have the customs settle a declaration", to(api.SettleDeclaration))
}

// Declarations implements API.
func (c *Client) Declarations(ctx context.Context, timeline string) ([]Declaration, error) {
	return get[[]Declaration](ctx, c, "declarations", ofTimeline("/declarations", timeline))
}

// SettleDeclaration implements API.
func (c *Client) SettleDeclaration(ctx context.Context, customsDeclarationRequestID string, r CustomsResult) (Declaration, error) {
	return post[Declaration](ctx, c, "settle declaration "+customsDeclarationRequestID, "/declarations/"+seg(customsDeclarationRequestID)+"/settle", r)
}
