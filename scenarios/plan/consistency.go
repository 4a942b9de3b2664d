package plan

import (
	"errors"
	"fmt"

	"mppsim/features"
)

// Coverage says which requirements the suite can judge, and how.
type Coverage struct {
	ByRule     map[string][]string // requirement → scenario ids
	ByWatch    map[string]bool
	ByPerson   map[string]bool
	Uncovered  []string // in the order of the catalogue
	Applicable int      // requirements of the catalogue that were looked at
}

// Covers reports whether the suite has a scenario, a watched check or a person for a requirement.
func (c Coverage) Covers(id string) bool {
	return len(c.ByRule[id]) > 0 || c.ByWatch[id] || c.ByPerson[id]
}

// Consistency checks that catalogue, features and watched checks fit together. An error lists every tag that
// names no requirement, every scenario without one or outside a Rule, and every id used twice: mistakes of the suite.
func Consistency(catalogue *features.Catalogue, scripts []Script, watched []string) (Coverage, error) {
	c := Coverage{ByRule: map[string][]string{}, ByWatch: map[string]bool{}, ByPerson: map[string]bool{}}
	var problems []error
	seen := map[string]string{}
	for _, s := range scripts {
		problems = append(problems, s.mistakes(catalogue)...)
		place := fmt.Sprintf("%s:%d", s.Scenario.File, s.Scenario.Line)
		if other, twice := seen[s.Scenario.ID]; twice {
			problems = append(problems, fmt.Errorf("%s: scenario id %s is taken by %s; give it another name", place, s.Scenario.ID, other))
		}
		seen[s.Scenario.ID] = place
		for _, id := range s.Scenario.Requirements {
			c.ByRule[id] = append(c.ByRule[id], s.Scenario.ID)
		}
	}
	for _, id := range watched {
		if _, known := catalogue.Find(id); !known {
			problems = append(problems, fmt.Errorf("a watched check names %s, which is not in the catalogue", id))
		}
		c.ByWatch[id] = true
	}
	for _, r := range catalogue.Requirements {
		c.Applicable++
		c.ByPerson[r.ID] = r.Attested
		if !c.Covers(r.ID) {
			c.Uncovered = append(c.Uncovered, r.ID)
		}
	}
	return c, errors.Join(problems...)
}
