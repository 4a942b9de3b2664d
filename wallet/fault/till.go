package fault

import (
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// TillFamily are the faults between shop and acquirer. They are armed, aimed and counted here and played by who drives
// the acquirer's merchant API.
const TillFamily = "till"

// MatchTill counts a message of a shop against the faults of tills and returns those that hit it.
func (p *Plans) MatchTill(verb string, s aps.Subject) []control.TillFault {
	var list []control.TillFault
	for _, shot := range p.hits(atTill, aps.API(verb), s) {
		list = append(list, control.TillFault{ID: shot.ID, Fault: shot.Kind.ID, Params: shot.Params})
	}
	return list
}
