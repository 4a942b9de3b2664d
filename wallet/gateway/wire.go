package gateway

import (
	"crypto/tls"
	"errors"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"

	"mppsim/wallet/fault"
	"mppsim/wallet/trace"
)

// send writes one response and records it. Header names go out as they are spelled.
func (g *Gateway) send(w http.ResponseWriter, c *call, status int, header map[string][]string, body []byte) {
	c.ex.Response = trace.Message{Status: status, Header: header, Body: body}
	g.conclude(c)
	maps.Copy(w.Header(), header)
	ignore(http.NewResponseController(w).SetWriteDeadline(time.Now().Add(g.Limits.Write)))
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil { //nolint:gosec // an API answer, no page of a browser
		g.amend(c.ex.ID, func(e *trace.Exchange) { e.Response, e.Broken = trace.Message{}, "caller gone" })
	}
}

// sendPage answers with an HTML page, as something between the parties would.
func (g *Gateway) sendPage(w http.ResponseWriter, c *call, status int, more map[string][]string) {
	header := map[string][]string{"Content-Type": {"text/html; charset=UTF-8"}}
	maps.Copy(header, more)
	g.send(w, c, status, header, fault.Page(status))
}

// pageHeader is what a page of a fault says beside its type.
func pageHeader(s fault.Script) map[string][]string {
	header := map[string][]string{}
	if s.Target != "" {
		header["Location"] = []string{s.Target}
	}
	if s.RetryAfter > 0 {
		header["Retry-After"] = []string{strconv.Itoa(int(s.RetryAfter.Seconds()))}
	}
	return header
}

// breakOff resets the connection: the caller sees an error instead of an answer.
func (g *Gateway) breakOff(w http.ResponseWriter, c *call) {
	c.ex.Broken = "reset"
	g.conclude(c)
	closeConnection(w, true)
}

// hangUp ends a call that was left in silence.
func (g *Gateway) hangUp(w http.ResponseWriter, c *call) {
	c.ex.Broken = "silent"
	g.conclude(c)
	closeConnection(w, false)
}

// abandon ends a call whose caller did not wait, or that the end of the simulator cuts short.
func (g *Gateway) abandon(w http.ResponseWriter, c *call) {
	c.ex.Broken = "caller gone"
	g.conclude(c)
	closeConnection(w, false)
}

// closeConnection takes the connection away from the server and closes it, with a reset if wanted. Over HTTP/2 a
// connection carries other calls as well: there the stream of this one is reset in either case.
func closeConnection(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if errors.Is(err, http.ErrNotSupported) {
		panic(http.ErrAbortHandler) //nolint:forbidigo // the only way to end a stream of HTTP/2 without an answer: the server resets it
	}
	if err != nil {
		return // the connection is gone already: the server closes it
	}
	if secure, ok := conn.(*tls.Conn); ok && reset {
		conn = secure.NetConn() // a reset says no farewell
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		ignore(tcp.SetLinger(0))
	}
	ignore(conn.Close())
}
