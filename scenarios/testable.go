package scenarios

import (
	"fmt"
	"maps"
	"slices"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/plan"
)

// limits names the declared capabilities that cannot be exercised through the acquirer's driver, and why.
func (r *run) limits() map[string]string {
	limits := map[string]string{}
	if limited, tells := r.Acquirer.(acquirer.Limited); tells {
		maps.Copy(limits, limited.Limits())
	}
	for _, verb := range acquirer.NeededVerbs(r.Facts.Capabilities) {
		if !r.Acquirer.Offers(verb) {
			for _, capability := range acquirer.CapabilitiesOf(verb) {
				limits[capability] = "the profile maps no verb " + verb
			}
		}
	}
	maps.DeleteFunc(limits, func(capability, _ string) bool { return !slices.Contains(r.Facts.Capabilities, capability) })
	return limits
}

// needs reports whether a requirement itself needs a capability.
func (r *run) needs(requirement, capability string) bool {
	q, known := r.Catalogue.Find(requirement)
	return known && slices.Contains(q.Needs, capability)
}

// untestable reports whether a scenario needs a capability that cannot be exercised, and why.
func (r *run) untestable(script plan.Script) (outcome, bool) {
	needs := slices.Clone(script.Needs)
	for _, id := range script.Scenario.Requirements {
		if q, known := r.Catalogue.Find(id); known {
			needs = append(needs, q.Needs...)
		}
	}
	for _, need := range needs {
		if why, limited := r.untested[need]; limited {
			return outcome{
				verdict: journal.NotTestable, untested: need, reason: fmt.Sprintf("not testable: %s is declared, but %s", need, why),
			}, true
		}
	}
	return outcome{}, false
}
