package gateway

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// strict reports whether the gateway refuses what the real one refuses.
func (g *Gateway) strict() bool { return g.Strict || g.Lenient == control.LenientRefuse }

// tolerate meets a form that the real gateway takes, although it is not the documented one.
func (g *Gateway) tolerate(c *call, code, format string, args ...any) {
	if g.Lenient == control.LenientSilent {
		return
	}
	c.note(format, args...)
	if g.Lenient == control.LenientRefuse {
		c.refuse(code)
	}
}

// mention notes what nobody forbids.
func (g *Gateway) mention(c *call, form string) {
	if g.Lenient != control.LenientSilent {
		c.note("%s", form)
	}
}

// blame meets what the real gateway refuses.
func (g *Gateway) blame(c *call, code, format string, args ...any) {
	c.note(format, args...)
	if g.strict() {
		c.refuse(code)
	}
}

// checkTarget meets absolute addresses in the request line, which the official library for Python writes.
func (g *Gateway) checkTarget(c *call, r *http.Request) {
	if !strings.HasPrefix(r.RequestURI, "/") {
		g.tolerate(c, "NO_INTERFACE_DEF", "the request target is the absolute address %s", r.RequestURI)
	}
}

// checkEmptyAgent: an empty agent token says that the caller acts for itself, which its absence says as well.
func (g *Gateway) checkEmptyAgent(c *call, r *http.Request) {
	if values := r.Header.Values("Agent-Token"); len(values) > 0 && strings.TrimSpace(values[0]) == "" {
		g.tolerate(c, "PARAM_ILLEGAL", "the header Agent-Token is empty")
	}
}

// checkTwice meets headers of which one is needed and several are there. No source says which of them counts.
func (g *Gateway) checkTwice(c *call, r *http.Request) {
	for _, name := range []string{"Client-Id", "Request-Time", "Signature"} {
		if n := len(r.Header[name]); n > 1 {
			g.mention(c, fmt.Sprintf("the header %s is there %d times; the first counts", name, n))
		}
	}
}

// checkTime checks form and age of Request-Time (acqp-api §1.2, §1.4).
func (g *Gateway) checkTime(c *call, r *http.Request) {
	text := r.Header.Get("Request-Time")
	at, err := aps.ParseTime(text)
	if err != nil {
		g.blame(c, "PARAM_ILLEGAL", "Request-Time: %v", err)
		return
	}
	if !documentedTime(text) && (c.door.name != aps.InStore || strings.Contains(text, "T")) {
		g.tolerate(c, "PARAM_ILLEGAL", "Request-Time is written %s, not as a date and time with offset such as 2019-04-04T12:08:56+05:30", text)
	}
	if age := c.ex.Received.Sub(at); g.MaxAge > 0 && age.Abs() > g.MaxAge {
		c.note("Request-Time is %s away from the present; %s are allowed", age.Abs(), g.MaxAge)
		c.refuse("PARAM_ILLEGAL")
	}
}

// documentedTime reports whether a readable time is written in ISO 8601 with Z or an offset with a colon. In store,
// milliseconds since 1970 are documented as well.
func documentedTime(text string) bool {
	return strings.HasSuffix(text, "Z") || len(text) > 3 && text[len(text)-3] == ':'
}

// checkRight refuses what the acquirer may not call (acqp-api §1.4).
func (g *Gateway) checkRight(c *call) {
	if slices.Contains(g.Denied, c.api) {
		c.note("the acquirer may not call %s", c.api)
		c.refuse("ACCESS_DENIED")
	}
	if slices.Contains(g.Inactive, string(c.api)) {
		c.note("%s is not active for the acquirer", c.api)
		c.refuse(c.door.inactive)
	}
}

// checkRate counts the calls that came this far.
func (g *Gateway) checkRate(c *call) {
	if c.refused == "" && !g.paces[c.client].Admit(c.ex.Received) {
		c.note("more calls than %s", g.Rate)
		c.refuse("REQUEST_TRAFFIC_EXCEED_LIMIT")
	}
}
