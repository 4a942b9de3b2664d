package control

import (
	"context"

	"mppsim/wallet/trace"
)

// Decoding asks the acquirer about codes without anybody paying.
type Decoding interface {
	// Decode makes one userInitiatedPay call to the acquirer and returns the exchange. No order comes of it.
	Decode(ctx context.Context, spec DecodeSpec) (trace.Exchange, error)
}

// DecodeSpec says what is asked of the acquirer, genuine or altered.
type DecodeSpec struct {
	Text  string     `json:"text"`            // of the code
	Payer string     `json:"payer,omitempty"` // who is said to have scanned it; empty: nobody
	Alter Alteration `json:"alter,omitzero"`
	// Raw replaces the request altogether: a body of RawSize bytes or RawDepth nested arrays.
	RawSize  int `json:"rawSize,omitempty"`
	RawDepth int `json:"rawDepth,omitempty"`
}

func decodeRoutes(s routes, api API) {
	s.post("/decodings", "decode", "Ask the acquirer about a code of its own, without anybody paying", asked(api.Decode))
}

// Decode implements API.
func (c *Client) Decode(ctx context.Context, spec DecodeSpec) (trace.Exchange, error) {
	return post[trace.Exchange](ctx, c, "decode "+spec.Text, "/decodings", spec)
}
