package plan_test

import (
	"testing"
	"unsafe"

	"mppsim/scenarios/plan"
)

// The same step in two files is held once: a storm has it in thousands.
func TestWhatIsWrittenAgainIsHeldOnce(t *testing.T) {
	t.Parallel()
	const text = "Feature: F\n  @ACQ-UPM-01\n  Rule: One rule\n    Scenario: S\n      Given a payer\n      Then all is well\n"
	scripts, err := plan.Read(fsOf(map[string]string{"a.feature": text, "b.feature": text}))
	if err != nil || len(scripts) != 2 {
		t.Fatalf("%d scripts: %v", len(scripts), err)
	}
	one, other := scripts[0], scripts[1]
	for name, pair := range map[string][2]string{
		"step":    {one.Steps[1].Text, other.Steps[1].Text},
		"keyword": {one.Steps[1].Keyword, other.Steps[1].Keyword},
		"rule":    {one.Scenario.Rule, other.Scenario.Rule},
		"tag":     {one.Scenario.Tags[0], other.Scenario.Tags[0]},
	} {
		if pair[0] == "" || unsafe.StringData(pair[0]) != unsafe.StringData(pair[1]) {
			t.Errorf("the %s %q is held twice", name, pair[0])
		}
	}
}
