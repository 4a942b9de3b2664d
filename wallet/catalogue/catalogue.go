// Package catalogue holds the protocol as data: every operation of the acquirers' two doors and of the wallets' with its direction, path,
// fields, idempotency and result codes, each with its source. What validates, documents or explains the
// protocol reads it from here. The package does no I/O: its data is embedded.
package catalogue

import (
	"slices"
	"strings"
)

// Direction says who calls an operation.
type Direction string

// The directions.
const (
	ToNetwork  Direction = "to-network"  // the acquirer, or the wallet, calls Alipay+
	ToAcquirer Direction = "to-acquirer" // Alipay+ calls the acquirer
	ToWallet   Direction = "to-wallet"   // Alipay+ calls the wallet
)

// Part is one of the two messages of an operation.
type Part string

// The parts.
const (
	Request  Part = "request"
	Response Part = "response"
)

// Confidence grades how well a statement is known.
type Confidence string

// The grades, best first.
const (
	Documented  Confidence = "documented"  // printed on the door's own documentation page
	SDK         Confidence = "sdk"         // read from an official client library
	Related     Confidence = "related"     // documented for a neighbouring product of the same family
	Observed    Confidence = "observed"    // seen in the behaviour of a third party against the real sandbox
	Engineering Confidence = "engineering" // our own choice, where the sources are silent
)

// Catalogue is the protocol at every door.
type Catalogue struct {
	Doors []Door `json:"doors"`
}

// Door is one entrance to the network with its own dialect.
type Door struct {
	Name       string      `yaml:"door" json:"door"` // aps, ams, mpp
	Rank       int         `yaml:"rank" json:"-"`    // place in the list of doors
	Title      string      `yaml:"title" json:"title"`
	About      string      `yaml:"about" json:"about"`
	Source     string      `yaml:"source" json:"source"` // address that the sources are relative to
	Codes      []Code      `yaml:"-" json:"codes"`
	Types      []Type      `yaml:"-" json:"-"`          // the shared types that the operations use, in alphabetical order
	Operations []Operation `yaml:"-" json:"operations"` // in alphabetical order
}

// Type is a group of fields that several messages share.
type Type struct {
	Name   string
	Fields []Field
}

// Code is a result code.
type Code struct {
	Name       string     `yaml:"code" json:"code"`
	Status     string     `yaml:"status" json:"status"`           // S, F or U
	Calls      []string   `yaml:"calls" json:"-"`                 // operations that can answer it; all: every one that the acquirer calls
	Message    string     `yaml:"message" json:"message"`         // resultMessage as the simulator sends it
	Meaning    string     `yaml:"meaning" json:"meaning"`         // in words
	Action     string     `yaml:"action" json:"action"`           // what the receiver must do
	Source     string     `yaml:"source" json:"source,omitempty"` // page slug
	Confidence Confidence `yaml:"confidence" json:"confidence"`
	// NoCause says why only a fault can bring the code about: no source names a cause, or none that a simulator can have.
	NoCause string `yaml:"noCause" json:"noCause,omitempty"`
}

// Operation is one API at one door.
type Operation struct {
	Door        string       `yaml:"-" json:"door"`
	Name        string       `yaml:"operation" json:"operation"`
	Title       string       `yaml:"title" json:"title"`
	Direction   Direction    `yaml:"direction" json:"direction"`
	Path        string       `yaml:"path" json:"path"`               // of those that the partner serves the nominal one
	Also        []string     `yaml:"also" json:"also,omitempty"`     // paths that are served alike
	Address     string       `yaml:"address" json:"address"`         // of those that the partner serves: where its address is known from
	Products    []string     `yaml:"products" json:"products"`       // payment products that use it; empty: all
	Notes       []string     `yaml:"notes" json:"notes,omitempty"`   // rules that are no rule of a single field
	Source      []string     `yaml:"source" json:"source"`           // page slugs
	Confidence  Confidence   `yaml:"confidence" json:"confidence"`   // of what bears no grade of its own
	Idempotency *Idempotency `yaml:"idempotency" json:"idempotency"` // nil: repeating it changes nothing
	Request     []Field      `yaml:"-" json:"request"`
	Response    []Field      `yaml:"-" json:"response"`
	Codes       []Code       `yaml:"-" json:"codes"` // with the meaning and action they have here
}

// Idempotency says how an operation is repeated.
type Idempotency struct {
	Key      []string `yaml:"key" json:"key"`           // members that together name the call
	Compared []string `yaml:"compared" json:"compared"` // members that must not differ in a repetition
	Mismatch string   `yaml:"mismatch" json:"mismatch"` // result code of a repetition that differs
	Words    string   `yaml:"words" json:"words"`
}

// Served reports whether the partner serves the operation, instead of calling it.
func (o *Operation) Served() bool { return o.Direction != ToNetwork }

// Wallets is the name of the door at which wallets stand. At the others it is acquirers.
const Wallets = "mpp"

// Partner is who stands at the door: acquirer or wallet.
func (d *Door) Partner() string { return partner(d.Name) }

// Partner is who calls or serves the operation at its other end: acquirer or wallet.
func (o *Operation) Partner() string { return partner(o.Door) }

func partner(door string) string {
	if door == Wallets {
		return "wallet"
	}
	return "acquirer"
}

// Operation finds an operation by door and name; letter case does not matter.
func (c *Catalogue) Operation(door, name string) (*Operation, bool) {
	d, ok := c.Door(door)
	if !ok {
		return nil, false
	}
	for i := range d.Operations {
		if strings.EqualFold(d.Operations[i].Name, name) {
			return &d.Operations[i], true
		}
	}
	return nil, false
}

// ByPath finds the operation that is served at a path.
func (c *Catalogue) ByPath(path string) (*Operation, bool) {
	for d := range c.Doors {
		for i := range c.Doors[d].Operations {
			op := &c.Doors[d].Operations[i]
			if op.Path == path || slices.Contains(op.Also, path) {
				return op, true
			}
		}
	}
	return nil, false
}

// Door finds a door by name; letter case does not matter.
func (c *Catalogue) Door(name string) (*Door, bool) {
	for i := range c.Doors {
		if strings.EqualFold(c.Doors[i].Name, name) {
			return &c.Doors[i], true
		}
	}
	return nil, false
}

// Code finds a result code of the door.
func (d *Door) Code(name string) (Code, bool) { return findCode(d.Codes, name) }

// Code finds a result code of the operation.
func (o *Operation) Code(name string) (Code, bool) { return findCode(o.Codes, name) }

// Fields are the members of one of the operation's messages.
func (o *Operation) Fields(part Part) []Field {
	if part == Response {
		return o.Response
	}
	return o.Request
}

// FullName is door and name: aps/pay.
func (o *Operation) FullName() string { return o.Door + "/" + o.Name }

func findCode(codes []Code, name string) (Code, bool) {
	i := slices.IndexFunc(codes, func(c Code) bool { return strings.EqualFold(c.Name, name) })
	if i < 0 {
		return Code{}, false
	}
	return codes[i], true
}
