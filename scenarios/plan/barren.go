package plan

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	messages "github.com/cucumber/messages/go/v21"
)

// misread gives the parser's complaints the form of all others: file, line, what is wrong, what mends it.
func misread(name string, err error) error {
	var problems []error
	for line := range strings.Lines(err.Error()) {
		if at := regexp.MustCompile(`^\((\d+):\d+\): (.*)`).FindStringSubmatch(strings.TrimSpace(line)); at != nil {
			problems = append(problems, fmt.Errorf(
				"%s:%s: %s; a line begins with Feature:, Rule:, Scenario:, Given, When, Then, And, But, | or #", name, at[1], at[2]))
		}
	}
	if len(problems) == 0 {
		return fmt.Errorf("%s: %w", name, err)
	}
	return errors.Join(problems...)
}

// barren finds Rules and outlines that would run nothing, silently.
func (s *source) barren() error {
	var problems []error
	fault := func(at *messages.Location, format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s:%d: %s", s.name, at.Line, fmt.Sprintf(format, args...)))
	}
	scenario := func(sc *messages.Scenario) {
		rows := slices.ContainsFunc(sc.Examples, func(e *messages.Examples) bool { return len(e.TableBody) > 0 })
		if strings.TrimSpace(sc.Keyword) != "Scenario" && !rows {
			fault(sc.Location, "%s %q has no examples and never runs; give it a row, or make it a Scenario", strings.TrimSpace(sc.Keyword), sc.Name)
		}
	}
	for _, child := range s.feature.Children {
		if child.Scenario != nil {
			scenario(child.Scenario)
		}
		if child.Rule == nil {
			continue
		}
		if !slices.ContainsFunc(child.Rule.Children, func(c *messages.RuleChild) bool { return c.Scenario != nil }) {
			fault(child.Rule.Location, "Rule %q has no scenario; write one, or take the Rule out", child.Rule.Name)
		}
		for _, inner := range child.Rule.Children {
			if inner.Scenario != nil {
				scenario(inner.Scenario)
			}
		}
	}
	return errors.Join(problems...)
}
