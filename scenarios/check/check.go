// Package check judges recorded traffic: pure functions over what one scenario, or the
// whole run, left in the journal. They act on nobody and read no clock, so that a stored
// run can be judged again. Every check of Watches is applied to every scenario, also to
// those that were written for something else.
//
// One mistake of the acquirer gives one finding: a check aggregates what it sees in a
// scenario (how often, and the first example), and each field belongs to exactly one check.
// What belongs to whom when two requirements could claim a mistake is said at the checks.
package check

import (
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/netpath"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// Scene is everything that is known of one scenario when it is judged.
type Scene struct {
	Scenario  journal.Scenario
	Exchanges []trace.Exchange // in order of arrival (Received), also what came after the last step
	Calls     []journal.Call   // calls of the merchant API in order of their start, samples included
	Charges   []Charge         // what the shop asked for, in order
	Cancels   []Cancel
	Refunds   []Refund
	Orders    []control.Order // the network's books of this scenario
	Facts     Facts
	// Shared are the paymentRequestIds under which payments of other scenarios were made as well: what is said under
	// one of them may be about those.
	Shared map[string]bool

	traffic *traffic // read once by Prepare
}

// Prepare reads the scene's messages once, so that many checks can share the work. The
// scene must not change afterwards.
func Prepare(s Scene) Scene {
	s.traffic = nil
	kept := s
	s.traffic = read(&kept)
	return s
}

// Charge is a sale that the shop asked the acquirer to charge.
type Charge struct {
	acquirer.Charge
	ID      string    // the acquirer's own id of the payment, from its answer
	CallID  string    // journal.Call that carried it
	Started time.Time // when the shop called
	Seen    []Sighting
}

// Sighting is a state of a sale that the shop was told: by the answer to the charge, a
// query, a cancellation or a sample, in order of time.
type Sighting struct {
	At     time.Time // when the answer was complete
	State  acquirer.State
	CallID string
	// Paid and Refunded are the amounts that the shop was told, nil where the acquirer tells none.
	Paid, Refunded *money.Amount
}

// Cancel is a cancellation that the shop asked for.
type Cancel struct {
	acquirer.PaymentRef
	CallID  string
	Started time.Time
}

// Refund is a refund that the shop asked for.
type Refund struct {
	acquirer.RefundOrder
	CallID  string
	Started time.Time
	Seen    []Sighting // without amounts
}

// Facts are what is true of the acquirer and its connection in this run.
type Facts struct {
	Dialect      string // aps, ams
	ClientID     string // assigned Client-Id
	AcquirerID   string
	PspID        string
	Shops        []acquirer.Shop
	Expiry       time.Duration            // declared expiry of a payment-code payment, in production
	Expiries     map[string]time.Duration // the same of the other products, by their capability
	Factor       float64                  // of the acquirer's timers; 1 is production
	Capabilities []string
	CodeDomains  []string // registered for private order codes; empty: not told
	CodeLengths  []int    // lengths of payment codes that it takes; empty: all documented ones
	// DeviceUntold and BuyerUntold say that the merchant API cannot be told the device, or the shop's reference, of an
	// online payment's buyer.
	DeviceUntold bool
	BuyerUntold  bool
	// Remote says that the acquirer cannot be taken to reach this machine's loopback; TrapHost is the host by which it
	// reaches this machine, if the profile names one.
	Remote   bool
	TrapHost string
	Path     netpath.Path // what stands between acquirer and simulator
}

// ExpiryOf is the declared expiry of a product's payments, in production.
func (f Facts) ExpiryOf(product string) time.Duration {
	if d, declared := f.Expiries[product]; declared {
		return d
	}
	return f.Expiry
}

// Result is what a check says about a scene.
type Result struct {
	Judged    int               // messages, calls or payments that could be judged
	Findings  []journal.Finding // at most one per requirement
	NotJudged string            // why a part could not be judged, e.g. at this factor; empty otherwise
}

// Watch is a check that is applied to every scenario.
type Watch struct {
	Requirement string // catalogue id
	Name        string // short, for people and reports
	Judge       func(Scene) Result
}

// RunWatch is a check over all scenarios of a run together.
type RunWatch struct {
	Requirement string
	Name        string
	Judge       func([]Scene) Result
}
