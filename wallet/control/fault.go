package control

import (
	"encoding/json"

	"mppsim/wallet/aps"
)

// FaultKind is one entry of the fault catalogue.
type FaultKind struct {
	ID     string   `json:"id" yaml:"id"`
	Family string   `json:"family" yaml:"family"` // transport, commit, answer, notification, payer, clock, load, link, till
	Title  string   `json:"title" yaml:"title"`   // what happens, in plain words
	Commit string   `json:"commit" yaml:"commit"` // before (nothing is done), after (done, then …), none
	APIs   []string `json:"apis" yaml:"apis"`     // operations it can be aimed at
	Params []string `json:"params,omitempty" yaml:"params"`
	Alone  bool     `json:"alone,omitempty" yaml:"alone"` // hits everybody: for scenarios that are played alone
	// Lasting: it ends by time, not by a number of messages.
	Lasting bool `json:"lasting,omitempty" yaml:"lasting"`
	// Needs is what must get through between acquirer and Alipay+: reset, silence, cut, stall, late, status. Empty: any
	// proxy lets the fault through.
	Needs string `json:"needs,omitempty" yaml:"needs"`
}

// Aim says which messages a fault is for. Of Timeline, Code, Payer, Reference, PaymentRequestID and Merchant at
// least one is set, but for faults that hit everybody; a message must match all that are set.
type Aim struct {
	Timeline         string `json:"timeline,omitempty"`
	Code             string `json:"code,omitempty"`  // payment code, order code or private order code
	Payer            string `json:"payer,omitempty"` // payer id
	Reference        string `json:"reference,omitempty"`
	PaymentRequestID string `json:"paymentRequestId,omitempty"`
	// Merchant is a merchant id: the fault hits a whole shop, whoever pays there; Timeline then only says whose fault it is.
	Merchant string  `json:"merchant,omitempty"`
	API      aps.API `json:"api"`             // operation; of a till fault the verb of the profile
	From     int     `json:"from,omitempty"`  // first message it hits, counted from 1 per aim and API since arming; default 1
	Count    int     `json:"count,omitempty"` // how many it hits; 0: until lifted
}

// FaultSpec arms a fault.
type FaultSpec struct {
	Fault  string `json:"fault"`
	Aim    Aim    `json:"aim"`
	Params Params `json:"params,omitzero"`
}

// Params are the parameters of all faults; each uses the ones that its catalogue entry names.
type Params struct {
	Result  *aps.Result `json:"result,omitempty"`  // result to give
	Outcome *aps.Result `json:"outcome,omitempty"` // paymentResult to give
	Status  int         `json:"status,omitempty"`  // HTTP status
	Delay   Duration    `json:"delay,omitempty"`   // on the wall clock; 0 with a holding fault: until released or lifted
	Times   int         `json:"times,omitempty"`   // deliveries of a duplicated notification
	Target  string      `json:"target,omitempty"`  // address of a redirect
	Replay  string      `json:"replay,omitempty"`  // paymentRequestId whose recorded answer is sent
	Alter   Alteration  `json:"alter,omitzero"`
}

// Alteration changes a genuine message of the network before, while or after it is signed.
type Alteration struct {
	Set    map[string]json.RawMessage `json:"set,omitempty"`    // dotted path → JSON value
	Remove []string                   `json:"remove,omitempty"` // dotted paths
	// Minimal removes every optional member; Null sets them to null.
	Minimal bool `json:"minimal,omitempty"`
	Null    bool `json:"null,omitempty"`
	// Layout "foreign": pretty-printed, members reordered, non-ASCII escaped, slashes escaped; correctly signed.
	Layout string  `json:"layout,omitempty"`
	Body   *string `json:"body,omitempty"` // the whole body instead, correctly signed unless Signature says otherwise
	// Signature: "" genuine; missing; empty; no-time (Response-Time left out); wrong-key; body (changed after signing); path (signed over
	// another path); time (header changed after signing); client (signed and sent for another acquirer's client id);
	// client-header (header changed after signing); algorithm-none; hs256 (HMAC keyed with the public key's text); garbage;
	// version (a key version that nobody knows, and a key to match).
	Signature string `json:"signature,omitempty"`
	// Spelling of the Signature header: "" as usual; lower (header names in lower case); spaced; unspaced; lower-hex; upper (header names in upper case).
	Spelling string `json:"spelling,omitempty"`
	// TimeForm: "" as usual; offset (+05:30, no fraction); z2 (Z, two decimals); offset3 (offset, three decimals).
	TimeForm string `json:"timeForm,omitempty"`
	// Skew moves the time of the header, before it is signed; negative: into the past.
	Skew Duration `json:"skew,omitempty"`
}

// Fault is an armed fault.
type Fault struct {
	ID    string    `json:"id"`
	Spec  FaultSpec `json:"spec"`
	Seen  int       `json:"seen"`  // messages that matched the aim
	Fired int       `json:"fired"` // messages it hit
	Live  bool      `json:"live"`
	// Family, Alone and Needs are those of the catalogue.
	Family string `json:"family,omitempty"`
	Alone  bool   `json:"alone,omitempty"`
	Needs  string `json:"needs,omitempty"`
}

// TillMessage is what a shop is about to send to the acquirer.
type TillMessage struct {
	Verb      string `json:"verb"` // of the profile, such as charge_code
	Timeline  string `json:"timeline,omitempty"`
	Payer     string `json:"payer,omitempty"` // where whoever plays the shop knows it; otherwise the code tells
	Code      string `json:"code,omitempty"`
	Reference string `json:"reference,omitempty"` // the shop's order number
}

// TillFault is a fault that hits a message between shop and acquirer: whoever plays the shop plays it.
type TillFault struct {
	ID     string `json:"id"` // of the armed fault
	Fault  string `json:"fault"`
	Params Params `json:"params,omitzero"`
}

// NotifySpec asks for one notification right now, genuine or altered.
type NotifySpec struct {
	PaymentRequestID string      `json:"paymentRequestId"`
	Outcome          *aps.Result `json:"outcome,omitempty"` // default: the order's own outcome; success when undecided
	Alter            Alteration  `json:"alter,omitzero"`
	// Pay also makes it true: the wallet takes the money first, if it has not yet.
	Pay bool `json:"pay,omitempty"`
	// Raw replaces the request altogether (oversized or nested bodies): a body of RawSize bytes or RawDepth nested arrays.
	RawSize  int    `json:"rawSize,omitempty"`
	RawDepth int    `json:"rawDepth,omitempty"`
	URL      string `json:"url,omitempty"` // default: the order's paymentNotifyUrl
}
