// Package clientid keeps apart what several clients of Alipay+ call their payments, refunds and other requests: an id
// is unique only among those of one client (acqp-api §7). Inside the simulator the ids of the first client stand as
// they are; those of any other bear its client id behind them, as in P1@SANDBOX_OTHER, in the record and in the control
// API as well. On the wire every client sees its own ids only.
package clientid

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"mppsim/wallet/jsontree"
)

const mark = "@"

// Clients are the client ids that Alipay+ has assigned. The zero Clients have one without a name.
type Clients struct {
	first  string
	others []string
}

// New names the clients, each once.
func New(first string, others ...string) (Clients, error) {
	names := append([]string{first}, others...)
	for i, name := range names {
		if name == "" || strings.Contains(name, mark) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == ' ' }) {
			return Clients{}, fmt.Errorf("client id %q: want printable characters without blanks and without %q", name, mark)
		}
		if slices.Contains(names[:i], name) {
			return Clients{}, fmt.Errorf("client id %q: is there twice", name)
		}
	}
	return Clients{first: first, others: slices.Clone(others)}, nil
}

// Several reports whether there are others beside the first.
func (c Clients) Several() bool { return len(c.others) > 0 }

// First is the client id of the first client.
func (c Clients) First() string { return c.first }

// All lists the client ids, the first one first.
func (c Clients) All() []string { return append([]string{c.first}, c.others...) }

// Short is how the parts of the simulator name a client: the first one by the empty text, any other by its client id.
// Unknown clients are not found.
func (c Clients) Short(name string) (short string, known bool) {
	if name == c.first {
		return "", true
	}
	return name, slices.Contains(c.others, name)
}

// Name is the client id behind a short name.
func (c Clients) Name(short string) string {
	if short == "" {
		return c.first
	}
	return short
}

// Mark makes an id of a client unique among those of all.
func (c Clients) Mark(short, id string) string {
	_, ambiguous := c.suffix(id)
	if id == "" || short == "" && !ambiguous {
		return id
	}
	return id + mark + c.Name(short)
}

// Split tells whose an id is, and what its client calls it.
func (c Clients) Split(id string) (short, own string) {
	name, marked := c.suffix(id)
	if !marked {
		return "", id
	}
	short, _ = c.Short(name)
	return short, strings.TrimSuffix(id, mark+name)
}

// suffix finds the client id behind an id.
func (c Clients) suffix(id string) (name string, marked bool) {
	at := strings.LastIndex(id, mark)
	if at < 0 || !c.Several() {
		return "", false
	}
	name = id[at+len(mark):]
	_, marked = c.Short(name)
	return name, marked
}

// Own reports whether a member of a message holds ids that a client has given.
func Own(member string) bool {
	switch member {
	case "paymentRequestId", "refundRequestId", "transactionRequestId", "registrationRequestId", "disputeRequestId", "authClientId",
		"customsDeclarationRequestId", "declarationRequestIds", "declarationRequestsNotFound":
		return true
	}
	return false
}

// MarkMessage is a message of a client with its ids made unique. The message itself stays as it is.
func (c Clients) MarkMessage(short string, root *jsontree.Node) *jsontree.Node {
	return replace(root, func(id string) string { return c.Mark(short, id) })
}

// OwnMessage is a message for a client with the ids that it knows, and whose message it is: the first one's where it
// holds no id of another.
func (c Clients) OwnMessage(root *jsontree.Node) (short string, message *jsontree.Node) {
	if !c.Several() {
		return "", root
	}
	message = replace(root, func(id string) string {
		whose, own := c.Split(id)
		if short == "" {
			short = whose
		}
		return own
	})
	return short, message
}

// replace copies a message with other ids.
func replace(n *jsontree.Node, other func(string) string) *jsontree.Node {
	if n == nil {
		return nil
	}
	out := *n
	out.Members, out.Items = slices.Clone(n.Members), slices.Clone(n.Items)
	for i, m := range out.Members {
		if Own(m.Name) {
			out.Members[i].Value = replaceTexts(m.Value, other)
			continue
		}
		out.Members[i].Value = replace(m.Value, other)
	}
	for i, item := range out.Items {
		out.Items[i] = replace(item, other)
	}
	return &out
}

// replaceTexts copies an id or a list of ids.
func replaceTexts(n *jsontree.Node, other func(string) string) *jsontree.Node {
	if n == nil {
		return nil
	}
	out := *n
	if id := other(n.Text); (n.Kind == jsontree.String || n.Kind == jsontree.Number) && id != n.Text {
		out.Kind, out.Text = jsontree.String, id
	}
	out.Items = slices.Clone(n.Items)
	for i, item := range out.Items {
		out.Items[i] = replaceTexts(item, other)
	}
	return &out
}
