package control

import (
	"context"
	"strings"

	"mppsim/wallet/aps"
)

// AcquirerAddresses are the addresses of the acquirer that stand in no message, because they are configured at Alipay+.
type AcquirerAddresses interface {
	Addresses(ctx context.Context) (Addresses, error)
	SetAddresses(ctx context.Context, a Addresses) (Addresses, error)
}

// Addresses say where the acquirer serves the calls whose address is configured at Alipay+: userInitiatedPay, pushPayment,
// inquiryPushPayment, placeOrder, authNotify, consultUnbinding, initiateRetrieval, initiateEscalation.
type Addresses struct {
	Base string             `json:"base,omitempty"` // the operation's path (/aps/api/v1/…) is appended to it
	Of   map[aps.API]string `json:"of,omitempty"`   // whole address of an operation; goes before Base
}

// Find returns the address of an operation with its usual path; empty if none is known.
func (a Addresses) Find(api aps.API, path string) string {
	if whole := a.Of[api]; whole != "" {
		return whole
	}
	if a.Base == "" {
		return ""
	}
	return strings.TrimRight(a.Base, "/") + path
}

// AddressedOperations are the calls of Alipay+ whose address is configured, because it stands in no message.
func AddressedOperations() []aps.API {
	return []aps.API{
		aps.UserInitiatedPay, aps.PushPayment, aps.InquiryPushPayment, aps.PlaceOrder, aps.AuthNotify, aps.ConsultUnbinding,
		aps.InitiateRetrieval, aps.InitiateEscalation,
	}
}

func addressRoutes(s routes, api API) {
	s.get("/addresses", "addresses", "Tell where the acquirer takes the calls whose address stands in no message", plain(api.Addresses))
	s.post("/addresses", "setAddresses", "Say where the acquirer takes the calls whose address stands in no message", asked(api.SetAddresses))
}

// Addresses implements API.
func (c *Client) Addresses(ctx context.Context) (Addresses, error) {
	return get[Addresses](ctx, c, "addresses", "/addresses")
}

// SetAddresses implements API.
func (c *Client) SetAddresses(ctx context.Context, a Addresses) (Addresses, error) {
	return post[Addresses](ctx, c, "set addresses", "/addresses", a)
}
