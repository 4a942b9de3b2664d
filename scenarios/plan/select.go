package plan

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	tagexpressions "github.com/cucumber/tag-expressions/go/v6"

	"mppsim/features"
	"mppsim/scenarios/acquirer/spelling"
)

// ErrNothing says that a selection leaves nothing to run; a run must not pass that way.
var ErrNothing = errors.New("nothing to run")

// Selection picks scenarios. Each term is a requirement (ACQ-CAN-03), an area (CAN), a scenario's id or the
// beginning of one, or a tag expression ("@flow:refund and not @alone"); a scenario that one term picks is in.
// No terms pick everything.
type Selection struct {
	terms []func(Script) bool
}

// Select reads the terms. An error names the term and what could have been meant.
func Select(terms []string, catalogue *features.Catalogue, scripts []Script) (Selection, error) {
	var s Selection
	var problems []error
	for _, term := range terms {
		pick, err := reading(strings.TrimSpace(term), catalogue, scripts)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		s.terms = append(s.terms, pick)
	}
	return s, errors.Join(problems...)
}

// Picks reports whether a scenario is asked for.
func (s Selection) Picks(script Script) bool {
	return len(s.terms) == 0 || slices.ContainsFunc(s.terms, func(pick func(Script) bool) bool { return pick(script) })
}

// reading tells what a term means.
func reading(term string, catalogue *features.Catalogue, scripts []Script) (func(Script) bool, error) {
	upper := strings.ToUpper(term)
	if r, ok := catalogue.Find(upper); ok {
		return func(s Script) bool { return slices.Contains(s.Scenario.Requirements, r.ID) }, nil
	}
	if _, ok := catalogue.Areas[upper]; ok {
		return func(s Script) bool {
			return slices.ContainsFunc(s.Scenario.Requirements, func(id string) bool { return strings.HasPrefix(id, "ACQ-"+upper+"-") })
		}, nil
	}
	if strings.Contains(term, "@") {
		return tagged(term)
	}
	begins := func(s Script) bool { return term != "" && strings.HasPrefix(s.Scenario.ID, strings.ToLower(term)) }
	if slices.ContainsFunc(scripts, begins) {
		exact := func(s Script) bool { return s.Scenario.ID == strings.ToLower(term) }
		if slices.ContainsFunc(scripts, exact) {
			return exact, nil
		}
		return begins, nil
	}
	return nil, fmt.Errorf("selection %q is no requirement, area, scenario or tag expression; %s", term, hint(upper, catalogue))
}

// hint names what was probably meant.
func hint(term string, catalogue *features.Catalogue) string {
	known := slices.Sorted(maps.Keys(catalogue.Areas))
	for _, r := range catalogue.Requirements {
		known = append(known, r.ID)
	}
	if near := spelling.Nearest(term, known); near != "" {
		return "did you mean " + near + "?"
	}
	return "`mppsim list` shows them all"
}

// tagged reads a tag expression. The parser breaks down on some incomplete ones: that is an error like any other.
func tagged(term string) (pick func(Script) bool, err error) {
	defer func() {
		if recover() != nil {
			pick, err = nil, fmt.Errorf("selection %q: the tag expression is incomplete", term)
		}
	}()
	expression, err := tagexpressions.Parse(term)
	if err != nil {
		return nil, fmt.Errorf("selection %q: %w", term, err)
	}
	return func(s Script) bool { return expression.Evaluate(s.Scenario.Tags) }, nil
}
