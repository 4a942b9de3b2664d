package gateway

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/sign"
	"mppsim/wallet/trace"
)

// call is one request of an acquirer on its way through the gateway.
type call struct {
	route
	client  string          // short name of the caller
	ex      *trace.Exchange // the recorder's once the call is concluded
	subject aps.Subject
	marks   aps.Marks
	refused string   // the result code with which the gateway refuses it
	request request  // nil until the body is understood
	told    *telling // of the answer, where it is known without reading it back
}

func (c *call) note(format string, args ...any) {
	c.ex.Notes = append(c.ex.Notes, fmt.Sprintf(format, args...))
}

// refuse keeps the first reason for a refusal.
func (c *call) refuse(code string) {
	if c.refused == "" {
		c.refused = code
	}
}

// receive reads a request and checks it in the order of acqp-api §13. An error means that the request
// could not be read to its end.
func (g *Gateway) receive(w http.ResponseWriter, r *http.Request, to route) (*call, error) {
	rc := http.NewResponseController(w)
	ignore(rc.SetReadDeadline(time.Now().Add(g.Limits.Read)))
	body, err := g.readBody(r.Context(), http.MaxBytesReader(w, r.Body, maxBody), r.ContentLength)
	c := &call{route: to, ex: &trace.Exchange{
		ID: g.IDs(), Leg: trace.AcquirerToNetwork, Door: string(to.door.name), API: string(to.api), Received: g.Wall.Now(),
		Request: trace.Message{Method: r.Method, Target: r.RequestURI, Host: r.Host, Header: r.Header, Body: body},
	}}
	c.ex.Signature.Verdict = string(sign.Unchecked)
	if err != nil {
		return c, fmt.Errorf("request body: %w", err)
	}
	ignore(rc.SetReadDeadline(time.Time{})) // from here on the deadline is the caller's patience
	g.checkPath(c)
	g.checkTarget(c, r)
	g.checkForm(c, r)
	g.checkSender(c, r)
	g.checkRight(c)
	g.checkRate(c)
	g.read(c)
	return c, nil
}

// ignore drops an error of a connection that cannot set deadlines; the server's own limits hold there.
func ignore(error) {}

func tooLarge(err error) bool {
	var limit *http.MaxBytesError
	return errors.As(err, &limit)
}

func (g *Gateway) checkPath(c *call) {
	if c.miss == "" {
		return
	}
	c.note("%s", c.miss)
	if c.api == "" || g.strict() {
		c.refuse("NO_INTERFACE_DEF")
	}
}

// checkForm checks method and media type.
func (g *Gateway) checkForm(c *call, r *http.Request) {
	if r.Method != http.MethodPost {
		c.note("the method is %s instead of POST", r.Method)
		if g.strict() || len(c.ex.Request.Body) == 0 {
			c.refuse("METHOD_NOT_SUPPORTED")
		}
	}
	types := r.Header.Values("Content-Type")
	for _, text := range types {
		if !isJSON(text) {
			g.blame(c, "MEDIA_TYPE_NOT_ACCEPTABLE", "the content type is %q", text)
		}
	}
	if len(types) > 1 {
		g.tolerate(c, "MEDIA_TYPE_NOT_ACCEPTABLE", "the header Content-Type is there %d times", len(types))
	}
}

func isJSON(contentType string) bool {
	if contentType == "application/json" || contentType == "application/json; charset=UTF-8" {
		return true // nearly always
	}
	kind, params, err := mime.ParseMediaType(contentType)
	charset := strings.ToLower(params["charset"])
	return err == nil && kind == "application/json" && (charset == "" || charset == "utf-8" || charset == "utf8")
}

// checkSender checks client, key, signature and time. With signing off none of the four counts.
func (g *Gateway) checkSender(c *call, r *http.Request) {
	if g.SigningOff {
		c.client, c.ex.Signature = g.namedClient(r), unsigned()
		return
	}
	g.checkClient(c, r)
	g.checkEmptyAgent(c, r)
	g.checkTwice(c, r)
	c.ex.Signature = g.judge(sign.Message{
		Method: r.Method, Target: target(r), ClientID: r.Header.Get("Client-Id"), Time: r.Header.Get("Request-Time"), Body: c.ex.Request.Body,
	}, r.Header, c)
	g.checkTime(c, r)
}

// target is the path with query as it was sent; of an absolute address only these count.
func target(r *http.Request) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		return r.RequestURI
	}
	return r.URL.RequestURI()
}

// judge verifies a signature of the acquirer and explains what is wrong with it.
func (g *Gateway) judge(m sign.Message, header http.Header, c *call) trace.Signature {
	keys := g.Keys(c.client)
	j := sign.Judge(m, header.Get("Signature"), keys)
	if g.strict() && keys.Empty() {
		c.refuse("KEY_NOT_FOUND")
	}
	if g.strict() && j.Verdict != sign.Valid {
		c.refuse("INVALID_SIGNATURE")
	}
	for _, note := range j.Notes {
		g.tolerate(c, "INVALID_SIGNATURE", "signature: %s", note)
	}
	return g.judged(j, m, header, heard{c.client, c.ex.Request.Host, keys})
}

var errNoObject = errors.New("it is another JSON value")

// read understands the body as far as it can be understood.
func (g *Gateway) read(c *call) {
	if c.api == "" {
		return
	}
	parse := jsontree.ParseLenient
	if !c.keepsTree {
		sheet := g.sheets.take()
		defer g.sheets.put(sheet)
		parse = sheet.ParseLenient
	}
	root, notes, err := parse(c.ex.Request.Body)
	if err == nil && root.Kind != jsontree.Object {
		err = errNoObject
	}
	if err != nil {
		c.note("the body is not a JSON object: %v", err)
		c.refuse("PARAM_ILLEGAL")
		return
	}
	message, reading := c.read(root)
	c.request, c.marks = message, message.marks()
	if c.marks.Texts == "" {
		c.marks.Texts = aps.TextsOf(root)
	}
	if pay, ok := message.(payCall); ok && pay.Late(c.ex.Received) {
		c.note("paymentExpiryTime had passed when the request came: its payment must not succeed any more")
	}
	g.own(c)
	c.ex.Notes = append(c.ex.Notes, notes...)
	c.ex.Notes = append(c.ex.Notes, reading.Notes...)
	c.ex.Notes = append(c.ex.Notes, reading.Problems...)
	if len(reading.Problems) > 0 || g.strict() && len(notes)+len(reading.Notes) > 0 {
		c.refuse("PARAM_ILLEGAL")
	}
	for _, form := range reading.Lenient {
		g.tolerate(c, "PARAM_ILLEGAL", "%s", form)
	}
	for _, form := range reading.Inferred {
		g.mention(c, form)
	}
}
