package plan_test

import (
	"testing"
	"testing/fstest"

	"mppsim/features"
	"mppsim/scenarios/plan"
)

// FuzzRead reads whatever is taken for a feature file, and picks from it by whatever is given to --only: both are refused with
// a reason, or understood.
func FuzzRead(f *testing.F) {
	for _, selection := range []string{"ACQ-UPM-01", "UPM", "@flow:codes and not @alone", "codes/", "@", "(@a or @b", "not"} {
		f.Add(codes, selection)
	}
	f.Add("# language: de\nFunktionalität: x\n  Szenario: y\n    Wenn z\n", "y")
	f.Add("Feature: x\n  Scenario Outline: <a>\n    Given <a>\n    Examples:\n      | a |\n      | 1 |\n", "x")
	f.Add("Feature: x\n  Scenario: y\n    Given z\n      \"\"\"json\n      {}\n      \"\"\"\n", "")
	book, err := features.Parse("test.yaml", []byte(book))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text, term string) {
		scripts, err := plan.Read(fstest.MapFS{"codes.feature": {Data: []byte(text)}})
		if err != nil {
			return
		}
		for _, s := range scripts {
			if s.Scenario.ID == "" {
				t.Error("a scenario without an id")
			}
		}
		if _, err := plan.Make(scripts, plan.Options{Catalogue: book, Dialect: "aps", Capabilities: []string{"upm"}, Selection: []string{term}}); err == nil && len(scripts) == 0 {
			t.Error("nothing was selected, and nobody was told")
		}
	})
}
