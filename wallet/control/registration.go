package control

import (
	"context"
	"time"
)

// Registrations are the merchants and stores that the acquirer has registered (acqp-api §5.8).
type Registrations interface {
	Registrations(ctx context.Context, timeline string) ([]Registration, error) // oldest first
	// DecideRegistration has a wallet approve or reject a registration; the acquirer is notified.
	DecideRegistration(ctx context.Context, registrationRequestID string, v RegistrationVerdict) (Registration, error)
}

// Registration is one registration request with the state of every wallet.
type Registration struct {
	ID                  string               `json:"registrationRequestId"`
	Timeline            string               `json:"timeline"`
	ReferenceMerchantID string               `json:"referenceMerchantId"`
	ReferenceStoreID    string               `json:"referenceStoreId,omitempty"`
	ProductCodes        []string             `json:"productCodes"`
	Code                string               `json:"code"`             // result code of the request
	Status              string               `json:"status,omitempty"` // COMPLETED, PROCESSING
	Wallets             []RegistrationWallet `json:"wallets,omitempty"`
	Created             time.Time            `json:"created"` // on the timeline
}

// RegistrationWallet is how a wallet stands to some products of a registration.
type RegistrationWallet struct {
	Wallet       string   `json:"wallet"`
	ProductCodes []string `json:"productCodes"`
	Status       string   `json:"status"` // APPROVED, REJECTED, PROCESSING
	Reason       string   `json:"reason,omitempty"`
}

// RegistrationVerdict is what a wallet says about a registration.
type RegistrationVerdict struct {
	Wallet       string   `json:"wallet,omitempty"`       // default: the simulator's own
	ProductCodes []string `json:"productCodes,omitempty"` // default: all that were asked for
	Reject       string   `json:"reject,omitempty"`       // the reason of a rejection; empty: approved
}

func registrationRoutes(s routes, api API) {
	s.get("/registrations", "registrations", "List the registrations of merchants and stores", onTimeline(api.Registrations))
	s.post("/registrations/{id}/decide", "decideRegistration", "Have a wallet approve or reject a registration", to(api.DecideRegistration))
}

// Registrations implements API.
func (c *Client) Registrations(ctx context.Context, timeline string) ([]Registration, error) {
	return get[[]Registration](ctx, c, "registrations", ofTimeline("/registrations", timeline))
}

// DecideRegistration implements API.
func (c *Client) DecideRegistration(ctx context.Context, registrationRequestID string, v RegistrationVerdict) (Registration, error) {
	return post[Registration](ctx, c, "decide registration "+registrationRequestID, "/registrations/"+seg(registrationRequestID)+"/decide", v)
}
