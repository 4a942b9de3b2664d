package plan

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"mppsim/features"
)

// Options say what a plan is made for.
type Options struct {
	Catalogue    *features.Catalogue
	Dialect      string   // aps, ams
	Capabilities []string // declared by the profile
	Selection    []string // see Selection
	Seed         int64    // order of the scenarios; 0: that of the files
}

// Plan is what a run executes, in this order: Together first, in parallel, then Alone one by one.
type Plan struct {
	Together []Script
	Alone    []Script
	// Unselected were not asked for; Unable are asked for, but need a capability or dialect that the acquirer
	// does not declare.
	Unselected []Script
	Unable     []Script
	// Dropped were asked for and would be possible, but there is no time for them.
	Dropped []Dropped
}

// Dropped is a scenario that there is no time for.
type Dropped struct {
	Script

	Reason string
}

// Scripts are all planned scenarios in their order.
func (p Plan) Scripts() []Script { return slices.Concat(p.Together, p.Alone) }

// Make plans a run of the given scripts. Nothing left to run is ErrNothing.
func Make(scripts []Script, o Options) (Plan, error) {
	selection, err := Select(o.Selection, o.Catalogue, scripts)
	if err != nil {
		return Plan{}, err
	}
	var p Plan
	for _, s := range scripts {
		able, judged := able(s, o)
		switch s.Scenario.Requirements = judged; {
		case !able:
			p.Unable = append(p.Unable, s)
		case !selection.Picks(s):
			p.Unselected = append(p.Unselected, s)
		case s.Scenario.Alone:
			p.Alone = append(p.Alone, s)
		default:
			p.Together = append(p.Together, s)
		}
	}
	shuffle(p.Together, o.Seed)
	slowFirst(p.Together)
	shuffle(p.Alone, o.Seed)
	if len(p.Together)+len(p.Alone) == 0 {
		return p, fmt.Errorf("%w: %s", ErrNothing, o.why(p))
	}
	return p, nil
}

// why explains an empty plan.
func (o Options) why(p Plan) string {
	if len(p.Unable) > 0 && len(p.Unselected) == 0 {
		return fmt.Sprintf("every scenario needs a capability that the profile does not declare (it declares %s)",
			strings.Join(o.Capabilities, ", "))
	}
	return fmt.Sprintf("the selection %q picks no scenario that the profile's capabilities allow", strings.Join(o.Selection, ", "))
}

// able reports whether the acquirer offers what a scenario needs, and which of its requirements apply. A scenario
// without requirements is left to Consistency.
func able(s Script, o Options) (bool, []string) {
	var judged []string
	for _, id := range s.Scenario.Requirements {
		r, known := o.Catalogue.Find(id)
		if known && r.Speaks(o.Dialect) && len(r.Missing(o.Capabilities)) == 0 {
			judged = append(judged, id)
		}
	}
	for _, need := range s.Needs {
		if !slices.Contains(o.Capabilities, need) {
			return false, s.Scenario.Requirements
		}
	}
	if len(judged) == 0 {
		return false, s.Scenario.Requirements
	}
	return true, judged
}

// slowFirst brings scenarios that mostly wait (@slow) to the front, so that nobody waits for them at the end.
func slowFirst(scripts []Script) {
	slices.SortStableFunc(scripts, func(a, b Script) int { return rank(a) - rank(b) })
}

func rank(s Script) int {
	if slices.Contains(s.Scenario.Tags, "@slow") {
		return 0
	}
	return 1
}

// shuffle orders scripts by a seed: the same seed gives the same order for the same scenarios.
func shuffle(scripts []Script, seed int64) {
	if seed == 0 {
		return
	}
	slices.SortStableFunc(scripts, func(a, b Script) int { return cmp.Compare(a.Scenario.ID, b.Scenario.ID) })
	order := rand.New(rand.NewPCG(uint64(seed), 0)) //nolint:gosec // an order, not a secret
	order.Shuffle(len(scripts), func(i, j int) { scripts[i], scripts[j] = scripts[j], scripts[i] })
}
