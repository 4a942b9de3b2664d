// Package trace records what travelled: every HTTP exchange of the simulator with its raw
// bytes, in the order of arrival, and says to which timeline and payment it belongs.
package trace

import (
	"net/http"
	"time"
)

// Leg is the stretch of the connection that an exchange travelled on.
type Leg string

// The legs, named caller first.
const (
	AcquirerToNetwork Leg = "acquirer-network"
	NetworkToAcquirer Leg = "network-acquirer"
	NetworkToWallet   Leg = "network-wallet"
	WalletToNetwork   Leg = "wallet-network"
	HarnessToMerchant Leg = "harness-merchant"
)

// Message is one direction of an exchange as it was on the wire.
type Message struct {
	Method string      `json:"method,omitempty"`
	Target string      `json:"target,omitempty"` // request target as sent (path, or absolute URL)
	Host   string      `json:"host,omitempty"`
	Status int         `json:"status,omitempty"`
	Header http.Header `json:"header,omitempty"`
	Body   []byte      `json:"body,omitempty"`
}

// Signature says how a signature of the acquirer, or of the other end of the wallet's leg, was judged.
type Signature struct {
	Verdict string `json:"verdict"`           // valid, invalid, missing, malformed, unchecked
	Reason  string `json:"reason,omitempty"`  // which mistake it is, for people
	Mistake string `json:"mistake,omitempty"` // its name, as the signature doctor lists it
	Signed  string `json:"signed,omitempty"`  // the string that should have been signed, when it did not verify
	Found   string `json:"found,omitempty"`   // the string that was signed instead, if it could be found
}

// Result is a result object as read from a message.
type Result struct {
	Code   string `json:"code"`
	Status string `json:"status"`
}

// Exchange is one HTTP request with its response. Times are real (wall) times.
type Exchange struct {
	Seq      uint64 `json:"seq"` // order of completion in this simulator, from 1
	ID       string `json:"id"`
	Leg      Leg    `json:"leg"`
	Door     string `json:"door,omitempty"` // dialect: aps or ams, or mpp on the wallet's leg; empty on other legs and in old records
	API      string `json:"api,omitempty"`  // operation as the documentation of Alipay+ spells it, at every door; empty when the path is unknown
	Timeline string `json:"timeline,omitempty"`
	Match    string `json:"match,omitempty"` // how the timeline was found: code, reference, amount, order; empty for a stray

	PaymentRequestID string `json:"paymentRequestId,omitempty"`
	PaymentID        string `json:"paymentId,omitempty"`
	RefundRequestID  string `json:"refundRequestId,omitempty"`

	Received time.Time `json:"received"` // request complete
	Answered time.Time `json:"answered"` // response handed over, connection broken, or caller gone

	Request  Message `json:"request"`
	Response Message `json:"response"` // Status 0: no answer reached the caller

	Signature Signature `json:"signature"`         // of the acquirer's message: the request, or its answer to our call
	Result    *Result   `json:"result,omitempty"`  // result of the answer as sent
	Outcome   *Result   `json:"outcome,omitempty"` // paymentResult of the answer or notification as sent
	Executed  bool      `json:"executed"`          // the network acted on it (committed)
	Faults    []string  `json:"faults,omitempty"`  // ids of the armed faults that fired on it
	Broken    string    `json:"broken,omitempty"`  // what happened to the connection: reset, silent, caller gone, refused …
	Lost      bool      `json:"lost,omitempty"`    // a fault kept it from being sent: nobody but this record knows of it
	Notes     []string  `json:"notes,omitempty"`   // lenient forms that were accepted, diagnosis
	// Local says that both ends are in this program: nothing was on any wire, and the bodies are what would have been.
	Local bool `json:"local,omitempty"`
}
