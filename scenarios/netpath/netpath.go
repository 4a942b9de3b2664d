// Package netpath says what stands between the acquirer and mppsim, and what gets through it. A proxy may hide what a
// scenario arranges, or answer in the place of one of the two: neither may be blamed on the acquirer.
package netpath

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"mppsim/wallet/trace"
)

// Trait is something that a fault needs a leg to carry.
type Trait string

// The traits, as they stand in the fault catalogue (needs) and in profiles (carries).
const (
	Reset   Trait = "reset"   // a connection that breaks off reaches the other end as one
	Silence Trait = "silence" // no answer stays no answer, as long as the caller waits
	Cut     Trait = "cut"     // half an answer, or one of a wrong length, arrives as it is
	Stall   Trait = "stall"   // what is sent byte by byte, or stops in the middle, arrives so
	Late    Trait = "late"    // a late answer arrives late
	Status  Trait = "status"  // HTTP errors and redirections arrive with their pages
)

// Traits lists them all.
func Traits() []Trait { return []Trait{Reset, Silence, Cut, Stall, Late, Status} }

// Leg is one leg of the connection. The zero leg has nothing in between.
type Leg struct {
	Proxy   bool
	Carries []Trait // of a proxy: what gets through all the same
	Retries bool    // of a proxy: it repeats requests of its own accord
	MaxBody int64   // of a proxy: bytes of the longest body that gets through; 0: any
}

// Path is everything between the acquirer and mppsim.
type Path struct {
	ToNetwork  Leg // from the acquirer to Alipay+
	ToAcquirer Leg // from Alipay+ to the acquirer: notifications
	Till       Leg // from the shops to the merchant API
}

// The names of the legs, as they stand in profiles.
const (
	ToNetwork  = "to_network"
	ToAcquirer = "to_acquirer"
	Till       = "till"
)

// Hinders tells why a fault that needs a trait does not arrive over a leg; empty: it does.
func (l Leg) Hinders(name string, need Trait) string {
	if !l.Proxy || need == "" || slices.Contains(l.Carries, need) {
		return ""
	}
	return fmt.Sprintf("the proxy of network_path.%s does not carry it (%s)", name, need)
}

// Stops tells why a body does not get through a leg; empty: it does.
func (l Leg) Stops(name string, size int64) string {
	if !l.Proxy || l.MaxBody == 0 || size <= l.MaxBody {
		return ""
	}
	return fmt.Sprintf("the proxy of network_path.%s lets %d bytes through at most (max_body)", name, l.MaxBody)
}

// Spoke tells what a proxy has said in the place of the party behind it; empty: nothing, or that cannot be told.
func (l Leg) Spoke(name string, answer trace.Message) string {
	if !l.Proxy || answer.Header.Get("Signature") != "" {
		return ""
	}
	switch answer.Status {
	case http.StatusRequestEntityTooLarge, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return fmt.Sprintf("HTTP status %d may be the proxy's of network_path.%s: what was asked may not have arrived", answer.Status, name)
	}
	return ""
}

// Repeats tells whether a request is an earlier one octet for octet, which an acquirer that signs each request anew does
// not send, but a proxy does.
func Repeats(earlier, later trace.Exchange) bool {
	a, b := earlier.Request, later.Request
	return earlier.Leg == later.Leg && earlier.API == later.API && a.Method == b.Method && string(a.Body) == string(b.Body) &&
		a.Header.Get("Request-Time") == b.Header.Get("Request-Time") && a.Header.Get("Signature") != "" &&
		a.Header.Get("Signature") == b.Header.Get("Signature")
}

// Signs lists the headers by which a message shows that a proxy has passed it on.
func Signs(h http.Header) []string {
	var signs []string
	for _, name := range []string{"Via", "Forwarded", "X-Forwarded-For", "X-Real-Ip", "X-Envoy-External-Address", "Cf-Ray", "X-Amzn-Trace-Id"} {
		if value := strings.Join(h.Values(name), ", "); value != "" {
			signs = append(signs, name+": "+value)
		}
	}
	return signs
}
