package profile

import (
	"time"

	"mppsim/wallet/pace"
)

// Gate is what the gateway of `mppsim serve` refuses, beside what means nothing. A simulator of certify's own refuses none of
// it, because it judges instead.
type Gate struct {
	Strict bool          // refuse what the real gateway refuses
	Rate   pace.Rate     // calls of a client beyond it; zero: any number
	MaxAge time.Duration // of Request-Time; zero: any
	Deny   []string      // operations that the acquirer may not call, as the catalogue names them
}

// gateKeys are the keys of a gate, beside those of the connection.
func gateKeys() []string { return []string{"strict", "rate", "max_age", "deny"} }

func gate(keys map[string]*node) Gate {
	g := Gate{Strict: keys["strict"].yes()}
	if rate := keys["rate"]; rate != nil {
		g.Rate = rate.pace()
	}
	if age := keys["max_age"]; age != nil {
		g.MaxAge = age.duration()
	}
	if deny := keys["deny"]; deny != nil {
		g.Deny = deny.texts("[refund]")
	}
	return g
}

// pace reads a rate of calls.
func (n *node) pace() pace.Rate {
	before := len(n.problems)
	text := n.some()
	if len(n.problems) > before {
		return pace.Rate{}
	}
	rate, err := pace.Parse(text)
	if err != nil {
		n.fault("write a number of calls and a time, such as 50/s or 600/m", "%q is no rate", text)
	}
	return rate
}

// clients reads further clients of Alipay+ with their public keys.
func (n *node) clients() map[string]string {
	if n == nil {
		return nil
	}
	of := make(map[string]string)
	for _, m := range n.members("client ids with public keys, such as SANDBOX_OTHER: keys/other.pub") {
		if key := m.publicKey(); key != "" {
			of[m.name] = key
		}
	}
	return of
}
