package gateway

import (
	"crypto/rsa"
	"net/http"
	"strings"

	"mppsim/wallet/aps"
	"mppsim/wallet/clientid"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/pace"
)

// checkClient finds out who calls. A gateway that is not strict takes whom it does not know for the first client.
func (g *Gateway) checkClient(c *call, r *http.Request) {
	c.client = g.namedClient(r)
	if name := r.Header.Get("Client-Id"); name != g.Clients.Name(c.client) {
		g.blame(c, "INVALID_CLIENT", "the client id is %q instead of %q", name, strings.Join(g.Clients.All(), `" or "`))
	}
}

// namedClient is who calls where nothing is checked: the first client, unless the caller names another one.
func (g *Gateway) namedClient(r *http.Request) string {
	short, known := g.Clients.Short(r.Header.Get("Client-Id"))
	if !known {
		return ""
	}
	return short
}

// own makes what was read the caller's own: its ids mean its payments, and no other client's.
func (g *Gateway) own(c *call) {
	if !g.Clients.Several() {
		return
	}
	c.request = c.request.of(caller{c.client, g.Clients})
	texts := c.marks.Texts
	c.marks = c.request.marks()
	c.marks.Client, c.marks.Texts = c.client, texts
}

// caller is one of the clients.
type caller struct {
	name    string // short
	clients clientid.Clients
}

// id is what a client's id is called among those of all clients.
func (c caller) id(own string) string { return c.clients.Mark(c.name, own) }

// answered is an answer with the ids that its caller knows.
func (g *Gateway) answered(r reply) reply {
	if !g.Clients.Several() {
		return r
	}
	write := r.write
	r.text = nil
	r.write = func(result aps.Result, outcome *aps.Result) *jsontree.Node {
		_, told := g.Clients.OwnMessage(write(result, outcome))
		return told
	}
	return r
}

func (c payCall) of(who caller) request {
	own := *c.PayRequest
	own.Client, own.PaymentRequestID, own.AuthClientID = who.name, who.id(own.PaymentRequestID), who.id(own.AuthClientID)
	return payCall{&own, c.writers}
}

func (c inquiryCall) of(who caller) request {
	c.Client, c.PaymentRequestID = who.name, who.id(c.PaymentRequestID)
	return c
}

func (c cancelCall) of(who caller) request {
	c.Client, c.PaymentRequestID = who.name, who.id(c.PaymentRequestID)
	return c
}

func (c refundCall) of(who caller) request {
	c.Client, c.PaymentRequestID, c.RefundRequestID = who.name, who.id(c.PaymentRequestID), who.id(c.RefundRequestID)
	return c
}

func (c refundInquiryCall) of(who caller) request {
	c.Client, c.RefundRequestID = who.name, who.id(c.RefundRequestID)
	return c
}

func (c serviceCall) of(who caller) request {
	c.root = who.clients.MarkMessage(who.name, c.root)
	c.about, _ = c.service.Read(c.root)
	return c
}

// keysOfOthers are the keys that an acquirer may have taken for its own.
func (g *Gateway) keysOfOthers(client string) map[string]*rsa.PublicKey {
	others := make(map[string]*rsa.PublicKey)
	if public, ok := g.Key.Public().(*rsa.PublicKey); ok {
		others["Alipay+"] = public
	}
	for _, name := range g.Clients.All() {
		short, _ := g.Clients.Short(name)
		if key, _ := g.Keys(short).Get(""); short != client && key != nil {
			others["client "+name] = key
		}
	}
	return others
}

// newPaces gives each client a pace of its own.
func newPaces(o Options) map[string]*pace.Pace {
	paces := make(map[string]*pace.Pace)
	for _, name := range o.Clients.All() {
		short, _ := o.Clients.Short(name)
		paces[short] = &pace.Pace{Rate: o.Rate}
	}
	return paces
}
