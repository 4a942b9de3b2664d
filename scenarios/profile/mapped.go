package profile

import (
	"cmp"
	"slices"
	"time"

	"mppsim/scenarios/acquirer"
	httpdriver "mppsim/scenarios/acquirer/http"
)

// Amounts are the sums of a payment that the profile finds in the acquirer's answers to queries.
type Amounts struct{ Paid, Refunded, Remaining bool }

// Amounts tells which sums of a payment are mapped.
func (p *Profile) Amounts() Amounts {
	told := p.config.Verbs[acquirer.VerbQuery].Response
	return Amounts{Paid: told.Paid != nil, Refunded: told.Refunded != nil, Remaining: told.Remaining != nil}
}

// Timeout is how long a call may last before it is broken off, and the key of the profile that says so.
type Timeout struct {
	Key   string
	Limit time.Duration
}

// Timeouts lists the time-outs of the calls that certification makes, the shortest first.
func (p *Profile) Timeouts() []Timeout {
	var list []Timeout
	for _, name := range acquirer.AllVerbs() {
		v, mapped := p.config.Verbs[name]
		if !mapped || name == acquirer.VerbHealth {
			continue
		}
		t := Timeout{"drivers." + v.Connection + ".timeout", p.config.Connections[v.Connection].Timeout}
		switch {
		case v.Timeout > 0:
			t = Timeout{"verbs." + name + ".timeout", v.Timeout}
		case t.Limit <= 0:
			t.Limit = httpdriver.DefaultTimeout
		}
		if !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	slices.SortStableFunc(list, func(a, b Timeout) int { return cmp.Compare(a.Limit, b.Limit) })
	return list
}
