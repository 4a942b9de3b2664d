package check

import (
	"cmp"
	"slices"
)

// Watches lists the checks that judge every scenario, in the order of their requirements.
func Watches() []Watch {
	rules := slices.Concat(signingRules(), agentRules(), formRules(), saleRules(), orderCodeRules(), cashierRules(), paymentRules(), identityRules(), unprovokedRules(), secrecyRules())
	watches := make([]Watch, 0, len(rules))
	for _, r := range rules {
		watches = append(watches, r.watch())
	}
	slices.SortStableFunc(watches, func(a, b Watch) int { return cmp.Compare(a.Requirement, b.Requirement) })
	return watches
}

// RunWatches lists the checks that judge the run as a whole.
func RunWatches() []RunWatch { return runRules() }
