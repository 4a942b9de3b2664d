package cli

import (
	"slices"

	"mppsim/fixtures/refacquirer"
	"mppsim/scenarios/acquirer/spelling"
)

// ids are the ids of all requirements.
func ids(s *suite) []string {
	list := make([]string, 0, len(s.catalogue.Requirements))
	for _, r := range s.catalogue.Requirements {
		list = append(list, r.ID)
	}
	return list
}

// requirementIDs offers the ids of all requirements to the shell.
func requirementIDs() []string {
	s, err := loadSuite()
	if err != nil {
		return nil
	}
	return ids(s)
}

// listable offers requirements and areas to the shell.
func listable() []string {
	s, err := loadSuite()
	if err != nil {
		return nil
	}
	return slices.Concat(areas(s.catalogue), ids(s))
}

// selectable offers what --only takes to the shell: areas, covered requirements and scenarios.
func selectable() []string {
	s, err := loadSuite()
	if err != nil {
		return nil
	}
	words := areas(s.catalogue)
	for _, id := range ids(s) {
		if s.coverage.Covers(id) {
			words = append(words, id)
		}
	}
	for _, sc := range s.scripts {
		words = append(words, sc.Scenario.ID)
	}
	return words
}

// defectNames are the defects of the reference acquirer.
func defectNames() []string {
	var names []string
	defects, err := refacquirer.Defects()
	if err != nil {
		return nil
	}
	for _, d := range defects {
		names = append(names, string(d.Name))
	}
	return names
}

// habitNames are the legal habits of the reference acquirer.
func habitNames() []string {
	var names []string
	habits, err := refacquirer.Habits()
	if err != nil {
		return nil
	}
	for _, h := range habits {
		names = append(names, string(h.Name))
	}
	return names
}

// near suggests one of the known names.
func near(name string, known []string) string {
	if word := spelling.Nearest(name, known); word != "" {
		return "did you mean " + word + "?"
	}
	return "none is spelled nearly so"
}
