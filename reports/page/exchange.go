package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mppsim/reports/journal"
	"mppsim/reports/sequence"
	"mppsim/wallet/trace"
)

// exchangeView is one HTTP exchange, on any leg or with the merchant API.
type exchangeView struct {
	ID, After string
	From, To  string
	Name      string // operation, or method and path
	Answer    string // result in a word
	Outcome   string
	Faults    string
	Broken    string
	Notes     []string
	Signature trace.Signature
	Signed    string // what should have been signed, with white space made visible
	Found     string // what was signed instead, if it is known
	Full      bool   // the messages are shown
	Request   messageView
	Response  messageView

	request, response trace.Message
}

// messageView is one direction.
type messageView struct {
	Line    string // request line or status
	Headers []string
	Body    string
	Raw     string // the bytes as received, where Body is laid out for reading
	Note    string // why there is less than the whole
}

// row is the short form of an exchange or of a call of the merchant API.
func (b *builder) row(c *journal.Call, x *trace.Exchange) exchangeView {
	if c != nil {
		return b.callRow(c)
	}
	v := exchangeView{
		ID: x.ID, Name: x.API, Broken: x.Broken, Notes: x.Notes, Signature: x.Signature,
		Faults: b.faults(x), request: x.Request, response: x.Response,
		Signed: visible(x.Signature.Signed), Found: visible(x.Signature.Found),
	}
	v.From, v.To = ends(x.Leg)
	if r := b.model.Record(b.model.Owner(x.ID)); r != nil {
		v.After = after(r, x.Received)
	}
	if v.Name == "" {
		v.Name = x.Request.Method + " " + x.Request.Target
	}
	v.Answer, v.Outcome = result(x.Result), result(x.Outcome)
	if v.Answer == "" && x.Response.Status != 0 {
		v.Answer = fmt.Sprintf("HTTP %d", x.Response.Status)
	}
	return v
}

func (b *builder) callRow(c *journal.Call) exchangeView {
	v := exchangeView{
		ID: c.ID, From: sequence.Shop.Name(), To: sequence.Acquirer.Name(), Name: strings.ReplaceAll(c.Verb, "_", " "),
		Answer: seenBy(c), Broken: c.Error, Notes: c.Notes, request: c.Request, response: c.Response,
	}
	if r := b.model.Record(b.model.Owner(c.ID)); r != nil {
		v.After = after(r, c.Started)
	}
	return v
}

// exchange is the long form, as far as the page has room.
func (b *builder) exchange(x *trace.Exchange) exchangeView {
	v := b.row(nil, x)
	b.fill(&v, bodyDecisive)
	return v
}

func (b *builder) call(c *journal.Call) exchangeView {
	v := b.callRow(c)
	b.fill(&v, bodyDecisive)
	return v
}

// fill adds the messages to a row while the page has room for them.
func (b *builder) fill(v *exchangeView, limit int) {
	if b.room <= 0 {
		return
	}
	v.Full = true
	v.Request, v.Response = message(v.request, limit), message(v.response, limit)
	b.room -= overhead + v.Request.size() + v.Response.size()
}

func message(m trace.Message, limit int) messageView {
	v := messageView{Line: strings.TrimSpace(m.Method + " " + m.Target), Headers: headers(m.Header)}
	if m.Status != 0 {
		v.Line = fmt.Sprintf("%d %s", m.Status, http.StatusText(m.Status))
	}
	if size := len(m.Body); size > limit {
		v.Body, v.Note = printable(m.Body[:limit]), fmt.Sprintf("the first %d of %d bytes: see journal.jsonl", limit, size)
		return v
	}
	v.Body, v.Raw = laidOut(m.Body)
	return v
}

func (v messageView) size() int {
	n := len(v.Line) + len(v.Body) + len(v.Raw)
	for _, h := range v.Headers {
		n += len(h)
	}
	return n
}

func headers(h http.Header) []string {
	lines := make([]string, 0, len(h))
	for name, values := range h {
		for _, value := range values {
			lines = append(lines, name+": "+value)
		}
	}
	slices.Sort(lines)
	return lines
}

// laidOut indents JSON for reading and then also gives the bytes as they came; anything else stays as it is.
func laidOut(body []byte) (shown, raw string) {
	var out bytes.Buffer
	if len(body) == 0 || !utf8.Valid(body) || json.Indent(&out, body, "", "  ") != nil {
		return printable(body), ""
	}
	if out.String() == string(body) {
		return string(body), ""
	}
	return out.String(), string(body)
}

// printable keeps text as it is and quotes what is no text.
func printable(body []byte) string {
	if utf8.Valid(body) {
		return string(body)
	}
	return strconv.Quote(string(body))
}

// visible shows the white space on which signatures fail.
func visible(text string) string {
	return strings.NewReplacer("\r", "⟨CR⟩", "\n", "⟨LF⟩\n", "\t", "⟨TAB⟩").Replace(text)
}

func (b *builder) faults(x *trace.Exchange) string {
	names := make([]string, 0, len(x.Faults))
	for _, id := range x.Faults {
		names = append(names, b.faultName(b.model.Owner(x.ID), id))
	}
	return strings.Join(names, ", ")
}

func (b *builder) faultName(scenario, id string) string {
	if r := b.model.Record(scenario); r != nil {
		for _, f := range r.Faults {
			if f.ID == id {
				return f.Fault
			}
		}
	}
	return id
}

func ends(leg trace.Leg) (from, to string) {
	f, t := sequence.Parties(leg)
	return f.Name(), t.Name()
}

func result(r *trace.Result) string {
	if r == nil {
		return ""
	}
	return strings.Trim(r.Status+"/"+r.Code, "/")
}

// seenBy is what a call of the merchant API told the shop.
func seenBy(c *journal.Call) string {
	if c.Error != "" {
		return "no answer: " + c.Error
	}
	state := c.Mapped["state"]
	parts := []string{}
	if state != "" {
		parts = append(parts, state)
	}
	for _, key := range []string{"paid", "refunded"} {
		if value := c.Mapped[key]; value != "" {
			parts = append(parts, key+" "+value)
		}
	}
	if c.Refused {
		parts = append(parts, "refused")
	}
	if len(parts) == 0 {
		parts = append(parts, fmt.Sprintf("HTTP %d", c.Response.Status))
	}
	return strings.Join(parts, ", ")
}
