// Package httpdriver drives an acquirer whose merchant API is HTTP: requests are templates,
// answers are read by gjson paths, the acquirer's status words are mapped to ours. What to send
// and where to read stands in the profile; no code is needed for a new acquirer.
//
// # Templates
//
// Every text of a request is a Go text/template over Data. A text that comes out empty is left
// out (member, header, query or form item), unless the call asks for blank texts. JSON types
// stay: plain YAML numbers, booleans and null are sent as such, quoted texts as strings, and a
// template whose result is a number or boolean is marked: !number "{{.Amount.Minor}}", !bool. A
// member that is only there to be sent empty in such calls is marked !blank.
package httpdriver

import (
	"time"

	"mppsim/scenarios/acquirer"
)

// Config is a mapped merchant API as the profile reads it, not yet compiled.
type Config struct {
	Connections map[string]Connection
	Verbs       map[string]Verb
	Words       Words
	Shim        *Shim    // starts the acquirer under another clock; nil: none
	Extras      []string // names of the extra facts that shops have
	Secrets     []string // names of the declared secrets
}

// Connection is one HTTP address with what all its requests share.
type Connection struct {
	Place   acquirer.Place
	Base    string // scheme, host and path prefix, without a trailing slash
	Headers []Item
	Rate    float64 // requests per second; 0: as many as come
	Timeout time.Duration
	Refused *Refusal // nil: the default of Refusal
}

// Verb is one operation of the merchant API.
type Verb struct {
	Place      acquirer.Place
	Connection string
	Timeout    time.Duration // 0: the connection's
	Request    Request
	Response   Response
	Refused    *Refusal // nil: the connection's
}

// Request says what is sent. At most one of JSON, Form and Text is set.
type Request struct {
	Method  string
	Path    Source
	Query   []Item
	Headers []Item
	JSON    *Value
	Form    []Item
	Text    *Source
}

// Source is the text of a template and where it stands.
type Source struct {
	Text  string
	Place acquirer.Place
}

// Item is a named template: a header, a query parameter or a form field.
type Item struct {
	Name  string
	Value Source
}

// Path is a gjson path into an answer. "@body" is the whole body as text.
type Path struct {
	Text  string
	Place acquirer.Place
}

// Amount says where a sum stands in an answer: in minor units as an integer or digits, or in
// major units as a decimal. Without a currency path it is in the currency of the payment.
type Amount struct {
	Path     Path
	Major    bool
	Currency Path
}

// Response says where the mapped values stand. An empty path is a value that the API does not offer.
type Response struct {
	List Path // verb list: the payments; the other paths are relative to one of them

	Payment   Path
	Refund    Path
	Number    Path
	State     Path
	Reason    Path
	Paid      *Amount
	Refunded  *Amount
	Remaining *Amount
	Amount    *Amount // of a refund
	Wallet    Path
	NetworkID Path
	Time      Path
	Reference Path
	Text      Path // verb receipt
	Version   Path // verb health

	Code, Image, Expires, Address, Addresses Path // what the payer is shown

	Brand     Path // of a wallet of the cashier
	RequestID Path // paymentRequestId of a difference

	Refunds *Response // the refunds inside a payment: List and the fields of a refund
}

// Refusal says which answers are refusals of the call by the acquirer. Without any, that is each
// 4xx but 401, 403, 407, 408 and 429, which say that the call never got as far as the till.
type Refusal struct {
	Statuses []Status
	At       Path     // with Is or IsNot: a member of any answer that tells a refusal
	Is       []string // refused when it is one of these
	IsNot    []string // refused when it is none of these
	Reason   Path
}

// Status is one HTTP status, or a hundred of them (4: all 4xx).
type Status struct{ Code, Class int }

// Words maps the acquirer's words for states to ours.
type Words struct {
	Payment, Refund           map[string]acquirer.State
	PaymentPlace, RefundPlace acquirer.Place
}

// Type is the JSON type of a leaf.
type Type int

// The types of leaves and branches.
const (
	Text    Type = iota // a template, sent as a JSON string
	Number              // a template whose result is a JSON number
	Bool                // a template whose result is true or false
	Literal             // JSON as it stands
	Blank               // nothing; an empty string when the call asks for blank texts
	Object
	List
)

// Value is a JSON body with templates in its leaves.
type Value struct {
	Type    Type
	Source  Source // leaves
	Names   []string
	Members []Value // of an object (beside Names) or list
}
