package plan

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"mppsim/features"
	"mppsim/scenarios/acquirer/spelling"
	"mppsim/wallet/money"
)

// mistakes lists what is wrong with a scenario, each with its place and what mends it.
func (s Script) mistakes(catalogue *features.Catalogue) []error {
	var problems []error
	fault := func(format string, args ...any) {
		place := fmt.Sprintf("%s:%d: scenario %q", s.Scenario.File, s.Scenario.Line, s.Scenario.Name)
		problems = append(problems, errors.New(place+fmt.Sprintf(format, args...)))
	}
	if s.Scenario.Rule == "" {
		fault(" stands outside a Rule; put it under the Rule of the requirement that it judges")
	} else if !slices.ContainsFunc(s.RuleTags, func(t string) bool { return strings.HasPrefix(t, "@ACQ-") }) {
		fault(": its Rule names no requirement (a tag such as @ACQ-UPM-01)")
	}
	for _, id := range s.Scenario.Requirements {
		if _, known := catalogue.Find(id); !known {
			fault(": tag @%s names no requirement of the catalogue; %s", id, idHint(id, catalogue))
		}
	}
	for _, need := range s.Needs {
		if _, known := catalogue.Capabilities[need]; !known {
			fault(": tag @needs:%s names no capability of the catalogue; %s", need, spelling.Hint(need, slices.Sorted(maps.Keys(catalogue.Capabilities))))
		}
	}
	for _, tag := range s.Scenario.Tags {
		if !meaningful(tag) {
			fault(": tag %s means nothing; %s", tag, tagHint(tag))
		}
	}
	if len(s.Steps) == 0 {
		fault(" has no steps; write Given, When and Then")
	} else if !slices.ContainsFunc(s.Steps, func(step Step) bool { return step.Outcome }) {
		fault(" has no Then: it would pass without judging anything")
	}
	return append(problems, s.currencies(catalogue)...)
}

// currencies finds currencies that do not exist, and literal ones outside the scenarios that are about one: shops sell
// in their own.
func (s Script) currencies(catalogue *features.Catalogue) []error {
	var problems []error
	naming, capital := namedCurrency(), capitals()
	for _, step := range s.Steps {
		if named := naming.FindStringSubmatch(step.Text); named != nil {
			if _, known := money.Decimals(named[1]); !known {
				problems = append(problems, fmt.Errorf("%s:%d: %s is no currency; write an ISO 4217 code", s.Scenario.File, step.Line, named[1]))
			}
		}
	}
	needs := slices.Clone(s.Needs)
	for _, id := range s.Scenario.Requirements {
		r, _ := catalogue.Find(id)
		needs = append(needs, r.Needs...)
	}
	if slices.ContainsFunc(needs, func(need string) bool { return need == "fx" || strings.HasPrefix(need, "currency_") }) {
		return problems
	}
	for _, step := range s.Steps {
		for _, word := range capital.FindAllString(step.Text, -1) {
			if _, currency := money.Decimals(word); currency {
				problems = append(problems, fmt.Errorf(
					"%s:%d: the currency %s stands in a step; leave it out (amounts are in the shop's currency), or tag the scenario with a capability such as @needs:currency_2dp",
					s.Scenario.File, step.Line, word))
			}
		}
	}
	return problems
}

// namedCurrency matches what a step calls a currency.
func namedCurrency() *regexp.Regexp { return regexp.MustCompile(`\bcurrency is ([A-Z]{3})\b`) }

// capitals matches what may be a currency's code.
func capitals() *regexp.Regexp { return regexp.MustCompile(`\b[A-Z]{3}\b`) }

// meaningful reports whether the runner, or somebody's selection, has a use for a tag.
func meaningful(tag string) bool {
	switch tag {
	case "@alone", "@slow":
		return true
	}
	return strings.HasPrefix(tag, "@flow:") || strings.HasPrefix(tag, "@needs:") || strings.HasPrefix(tag, "@ACQ-")
}

func tagHint(tag string) string {
	if upper := strings.ToUpper(tag); strings.HasPrefix(upper, "@ACQ-") {
		return "did you mean " + upper + "?"
	}
	return spelling.Hint(tag, []string{"@ACQ-…", "@flow:…", "@needs:…", "@alone", "@slow"})
}

// idHint names a requirement that an unknown id may have meant.
func idHint(id string, catalogue *features.Catalogue) string {
	var ids []string
	for _, r := range catalogue.Requirements {
		ids = append(ids, r.ID)
	}
	if near := spelling.Nearest(id, ids); near != "" {
		return "did you mean @" + near + "?"
	}
	return "mppsim list shows those that there are"
}
