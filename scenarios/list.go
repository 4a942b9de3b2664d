package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"mppsim/features"
	"mppsim/reports/journal"
	"mppsim/scenarios/plan"
)

// Listed is one requirement with how the suite judges it.
type Listed struct {
	features.Requirement
	AreaTitle string
	Scenarios []journal.Scenario
	Watched   bool
}

// Covered reports whether the suite judges the requirement at all.
func (l Listed) Covered() bool { return len(l.Scenarios) > 0 || l.Watched || l.Attested }

// List returns every requirement of the catalogue with its scenarios, in the catalogue's order. Options need the
// suite only (Features, Catalogue, Watches, RunWatches).
func List(o Options) ([]Listed, error) {
	scripts, err := plan.Read(o.Features)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSuite, err)
	}
	watched := (&run{Options: o}).watched()
	list := make([]Listed, 0, len(o.Catalogue.Requirements))
	for _, r := range o.Catalogue.Requirements {
		l := Listed{Requirement: r, AreaTitle: o.Catalogue.Areas[r.Area()], Watched: slices.Contains(watched, r.ID)}
		for _, s := range scripts {
			if slices.Contains(s.Scenario.Requirements, r.ID) {
				l.Scenarios = append(l.Scenarios, s.Scenario)
			}
		}
		list = append(list, l)
	}
	return list, nil
}

// Explanation is one requirement in full, or one scenario with its text.
type Explanation struct {
	Listed
	Scenario *journal.Scenario // set when a scenario was asked for; Listed is then its first requirement
	Steps    []plan.Step
}

// Explain finds a requirement (letter case does not matter) or a scenario by id. An unknown id is ErrUsage with what
// comes close.
func Explain(o Options, id string) (Explanation, error) {
	list, err := List(o)
	if err != nil {
		return Explanation{}, err
	}
	for _, l := range list {
		if strings.EqualFold(l.ID, id) {
			return Explanation{Listed: l}, nil
		}
	}
	scripts, err := plan.Read(o.Features)
	if err != nil {
		return Explanation{}, fmt.Errorf("%w: %w", ErrSuite, err)
	}
	for _, s := range scripts {
		if strings.EqualFold(s.Scenario.ID, id) {
			return explained(s, list), nil
		}
	}
	return Explanation{}, fmt.Errorf("%w: %q is no requirement and no scenario%s", ErrUsage, id, nearby(id, list))
}

func explained(s plan.Script, list []Listed) Explanation {
	e := Explanation{Scenario: &s.Scenario, Steps: s.Steps}
	for _, l := range list {
		if len(s.Scenario.Requirements) > 0 && l.ID == s.Scenario.Requirements[0] {
			e.Listed = l
		}
	}
	return e
}

// nearby names requirements that an unknown id may have meant: those of the same area.
func nearby(id string, list []Listed) string {
	id = strings.TrimPrefix(strings.ToUpper(id), "ACQ-")
	area, _, _ := strings.Cut(id, "-")
	var near []string
	for _, l := range list {
		if l.Area() == area {
			near = append(near, l.ID)
		}
	}
	if len(near) == 0 {
		return ""
	}
	return fmt.Sprintf("; %s has %s to %s", area, near[0], near[len(near)-1])
}
