package gateway

import (
	"context"
	"strings"

	"mppsim/wallet/aps"
)

// checkAgent checks in whose name a service provider calls at the in-store door (AMS api_fund): the header agent-token
// names the merchant who authorised it. It is not signed, and an empty one says that the caller acts for itself.
func (g *Gateway) checkAgent(ctx context.Context, c *call) {
	token := strings.TrimSpace(c.ex.Request.Header.Get("Agent-Token"))
	if c.door.name != aps.InStore || token == "" || len(g.Agents) == 0 {
		return
	}
	merchant, known := g.Agents[token]
	if !known {
		c.note("the agent token is not known")
		c.refuse("INVALID_ACCESS_TOKEN")
		return
	}
	if about := g.merchant(ctx, c); merchant != "" && about != "" && about != merchant {
		c.note("the agent token belongs to merchant %s, the call is about %s", merchant, about)
		c.refuse("ACCESS_DENIED")
	}
}

// merchant is the shop's company that a call is about; empty if it names none that is known.
func (g *Gateway) merchant(ctx context.Context, c *call) string {
	switch r := c.request.(type) {
	case payCall:
		return r.Order.Merchant.ReferenceMerchantID
	case serviceCall:
		f := aps.FieldsOf(r.root)
		return f.Text("merchantInfo.referenceMerchantId") + f.Text("referenceMerchantId")
	}
	o, _, err := g.Network.Order(ctx, c.subject.PaymentRequestID)
	if err != nil {
		c.note("the merchant could not be looked up: %v", err)
	}
	return o.Request().Order.Merchant.ReferenceMerchantID
}
