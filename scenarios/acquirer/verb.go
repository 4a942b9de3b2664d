package acquirer

import (
	"context"
	"errors"
	"fmt"
)

// The core verbs of a profile; ProductVerbs are the others. Health is the only one that certification can do without in every case.
const (
	VerbChargeCode  = "charge_code"
	VerbQuery       = "query"
	VerbCancel      = "cancel"
	VerbRefund      = "refund"
	VerbQueryRefund = "query_refund"
	VerbList        = "list"
	VerbReceipt     = "receipt"
	VerbHealth      = "health"
)

// Verbs lists the core verbs in the order in which a payment meets them.
func Verbs() []string {
	return []string{
		VerbChargeCode, VerbQuery, VerbCancel, VerbRefund, VerbQueryRefund, VerbList, VerbReceipt, VerbHealth,
	}
}

// Why a call has no usable answer. All of them are the environment's or the profile's fault.
var (
	ErrUnreachable = errors.New("the acquirer cannot be reached") // no connection
	ErrNoAnswer    = errors.New("no answer")                      // time-out, broken connection
	ErrServer      = errors.New("the acquirer answered with an error")
	ErrUnwell      = fmt.Errorf("%w", ErrServer) // HTTP status 500 and above
	ErrUnreadable  = errors.New("the answer cannot be read as the profile says")
	ErrNotOffered  = errors.New("the profile does not map this verb")
	ErrNoClock     = errors.New("the profile maps no time of the acquirer")
)

// Prober tells whether an acquirer is alive, by the cheapest means that its profile offers.
type Prober interface {
	Probe(ctx context.Context) error
}

// Versioned is a Prober that also tells which version of the acquirer runs.
type Versioned interface {
	// Alive is Prober's Probe; version is empty where the profile maps none.
	Alive(ctx context.Context) (version string, err error)
}

// Namer tells whether a verb needs the acquirer's own id of a payment, which a shop learns from the answer to its
// charge. Without it the shop's order number does, and a charge that is still open can be named too.
type Namer interface {
	NeedsID(verb string) bool
}

// Limited tells which capabilities cannot be exercised through a driver, and why, beside those whose verbs it does not
// offer. What an acquirer declares and nobody can exercise counts against it.
type Limited interface {
	Limits() map[string]string
}

// Filler knows what a driver can tell the acquirer.
type Filler interface {
	// Fills reports whether a verb's request is filled with a value, by its name in templates, such as ".Device.Terminal".
	Fills(verb, field string) bool
}

// Teller knows what a driver cannot hear, however the acquirer speaks.
type Teller interface {
	// TellsReason reports whether the reason of a refused payment is read from the answer to the charge or to a query.
	TellsReason() bool
}
