package plan_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"mppsim/features"
	"mppsim/scenarios/plan"
)

const book = `
catalogue: test
version: "1"
areas: { UPM: codes, REF: refunds, VIS: people }
capabilities: { upm: codes, refund: refunds, fx: exchange }
requirements:
- {id: ACQ-UPM-01, level: MUST, title: t, requirement: r, needs: [upm], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: both, source: [p], confidence: sdk}
- {id: ACQ-UPM-02, level: SHOULD, title: t, requirement: r, needs: [upm], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: ams, source: [p], confidence: sdk}
- {id: ACQ-REF-01, level: MUST, title: t, requirement: r, needs: [refund], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: both, source: [p], confidence: sdk}
- {id: ACQ-REF-02, level: MUST, title: t, requirement: r, needs: [refund, fx], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: aps, source: [p], confidence: sdk}
- {id: ACQ-VIS-01, level: MUST, attested: true, title: t, requirement: r, needs: [], stimulus: s, observe: {by: wire, pass: p, fail: [f]}, defect: d, dialect: both, source: [p], confidence: sdk}
`

const codes = `@flow:codes
Feature: Codes

  Background:
    Given a payer

  @ACQ-UPM-01
  Rule: A code is charged

    Background:
      And a shop

    @flow:quick
    Scenario: It works
      When the shop charges it
      Then money moves
      And no more

    @ACQ-REF-01
    Scenario Outline: It works for <what>
      When the shop charges <what>
      Then money moves

      Examples: coins
        | what  |
        | penny |
        | euro  |

      @flow:late
      Examples: notes
        | what |
        | ten  |

  @ACQ-UPM-02
  Rule: Another dialect
    Scenario: It speaks
      Then money moves
`

const refunds = `Feature: Refunds
  @ACQ-REF-02 @alone
  Rule: Exchanged money comes back
    Scenario: It comes back
      Then money moves
  @ACQ-REF-01
  Rule: Money comes back
    @alone
    Scenario: All of it
      Then money moves
    @needs:fx
    Scenario: In another currency
      Then money moves
`

func catalogue(t *testing.T) *features.Catalogue {
	t.Helper()
	c, err := features.Parse("book", []byte(book))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func scripts(t *testing.T, files map[string]string) []plan.Script {
	t.Helper()
	list, err := plan.Read(fsOf(files))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func fsOf(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func both(t *testing.T) []plan.Script {
	return scripts(t, map[string]string{"a/codes.feature": codes, "b/refunds.feature": refunds, "b/notes.txt": "no feature"})
}

func ids(list []plan.Script) []string {
	out := []string{}
	for _, s := range list {
		out = append(out, s.Scenario.ID)
	}
	return out
}

func TestReadCompilesRulesBackgroundsAndExamples(t *testing.T) {
	t.Parallel()
	list := both(t)
	want := []string{
		"codes/acq-upm-01-it-works", "codes/acq-upm-01-it-works-for-penny-1", "codes/acq-upm-01-it-works-for-euro-2",
		"codes/acq-upm-01-it-works-for-ten-3", "codes/acq-upm-02-it-speaks", "refunds/acq-ref-02-it-comes-back",
		"refunds/acq-ref-01-all-of-it", "refunds/acq-ref-01-in-another-currency",
	}
	if got := ids(list); !slices.Equal(got, want) {
		t.Fatalf("ids %q", got)
	}
	first := list[0]
	if first.Scenario.Rule != "A code is charged" || first.Scenario.Line != 14 || first.Scenario.Feature != "Codes" {
		t.Errorf("scenario %+v", first.Scenario)
	}
	texts := ""
	for _, s := range first.Steps {
		texts += s.Keyword + " " + s.Text + "; "
	}
	if texts != "Given a payer; And a shop; When the shop charges it; Then money moves; And no more; " {
		t.Errorf("steps %s", texts)
	}
	if first.Steps[1].Outcome || !first.Steps[3].Outcome || !first.Steps[4].Outcome {
		t.Error("an And does not follow the step before it")
	}
	if got := list[3].Scenario.Requirements; !slices.Equal(got, []string{"ACQ-UPM-01", "ACQ-REF-01"}) {
		t.Errorf("requirements %q: the rule's own comes first", got)
	}
	if !slices.Contains(list[3].Scenario.Tags, "@flow:late") || !list[5].Scenario.Alone || list[0].Scenario.Alone {
		t.Error("tags of examples and rules are not inherited")
	}
}

func TestSourceHoldsTheOneScenarioOnItsLines(t *testing.T) {
	t.Parallel()
	for _, s := range both(t) {
		again, err := plan.Read(fsOf(map[string]string{s.Scenario.File: string(s.Source)}))
		if err != nil {
			t.Fatalf("%s: %v\n%s", s.Scenario.ID, err, s.Source)
		}
		if len(again) != 1 {
			t.Fatalf("%s: %d scenarios left: %q", s.Scenario.ID, len(again), ids(again))
		}
		got, want := again[0], s
		if got.Scenario.Line != want.Scenario.Line || !slices.Equal(got.Steps, want.Steps) ||
			!slices.Equal(got.Scenario.Tags, want.Scenario.Tags) {
			t.Errorf("%s changed: %+v, want %+v", s.Scenario.ID, got.Scenario, want.Scenario)
		}
	}
}

func TestReadNamesTheBrokenFile(t *testing.T) {
	t.Parallel()
	_, err := plan.Read(fsOf(map[string]string{"a.feature": codes, "broken.feature": "Feature: x\n  Scenario: y\n    Given a\n    nonsense\n", "empty.feature": ""}))
	if err == nil || !strings.Contains(err.Error(), "broken.feature:4: ") ||
		!strings.Contains(err.Error(), "empty.feature:1: the file holds no feature") {
		t.Errorf("error %v", err)
	}
}

func TestMake(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name            string
		capabilities    string
		selection       []string
		together, alone string
		err             string
	}{
		{
			name: "everything that applies", capabilities: "upm refund",
			together: "codes/acq-upm-01-it-works codes/acq-upm-01-it-works-for-penny-1 codes/acq-upm-01-it-works-for-euro-2 codes/acq-upm-01-it-works-for-ten-3",
			alone:    "refunds/acq-ref-01-all-of-it",
		},
		{
			name: "all capabilities", capabilities: "upm refund fx", selection: []string{"REF"},
			together: "codes/acq-upm-01-it-works-for-penny-1 codes/acq-upm-01-it-works-for-euro-2 codes/acq-upm-01-it-works-for-ten-3 refunds/acq-ref-01-in-another-currency",
			alone:    "refunds/acq-ref-02-it-comes-back refunds/acq-ref-01-all-of-it",
		},
		{name: "by requirement, in any letter case", capabilities: "upm refund fx", selection: []string{"acq-ref-02"}, alone: "refunds/acq-ref-02-it-comes-back"},
		{name: "by scenario", capabilities: "upm", selection: []string{"codes/acq-upm-01-it-works"}, together: "codes/acq-upm-01-it-works"},
		{
			name: "by the beginning of an id", capabilities: "upm", selection: []string{"codes/acq-upm-01-it-works-for"},
			together: "codes/acq-upm-01-it-works-for-penny-1 codes/acq-upm-01-it-works-for-euro-2 codes/acq-upm-01-it-works-for-ten-3",
		},
		{
			name: "by tag expression", capabilities: "upm refund", selection: []string{"@flow:codes and not (@flow:quick or @flow:late)"},
			together: "codes/acq-upm-01-it-works-for-penny-1 codes/acq-upm-01-it-works-for-euro-2",
		},
		{
			name: "terms add up", capabilities: "upm refund", selection: []string{"@flow:quick", "@flow:late"},
			together: "codes/acq-upm-01-it-works codes/acq-upm-01-it-works-for-ten-3",
		},
		{name: "an unknown term", capabilities: "upm", selection: []string{"ACQ-UPM-99"}, err: `"ACQ-UPM-99" is no requirement`},
		{name: "an empty term", capabilities: "upm", selection: []string{""}, err: "is no requirement"},
		{name: "a broken expression", capabilities: "upm", selection: []string{"@a and"}, err: `selection "@a and"`},
		{name: "an expression that picks nothing", capabilities: "upm", selection: []string{"@flow:quick and @flow:late"}, err: "nothing to run"},
		{name: "no capabilities", capabilities: "", err: "needs a capability"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := plan.Make(both(t), plan.Options{
				Catalogue: catalogue(t), Dialect: "aps", Capabilities: strings.Fields(tt.capabilities), Selection: tt.selection,
			})
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(ids(p.Together), " "); got != tt.together {
				t.Errorf("together: %s", got)
			}
			if got := strings.Join(ids(p.Alone), " "); got != tt.alone {
				t.Errorf("alone: %s", got)
			}
		})
	}
}

func TestARequirementThatDoesNotApplyIsNotJudged(t *testing.T) {
	t.Parallel()
	p, err := plan.Make(both(t), plan.Options{Catalogue: catalogue(t), Dialect: "aps", Capabilities: []string{"upm"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Scripts() {
		if slices.Contains(s.Scenario.Requirements, "ACQ-REF-01") {
			t.Errorf("%s judges %q without refunds", s.Scenario.ID, s.Scenario.Requirements)
		}
	}
}

func TestASeedGivesAnOrder(t *testing.T) {
	t.Parallel()
	order := func(seed int64) string {
		p, err := plan.Make(both(t), plan.Options{Catalogue: catalogue(t), Dialect: "aps", Capabilities: []string{"upm", "refund", "fx"}, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(ids(p.Together), " ")
	}
	if first, second := order(7), order(7); first != second {
		t.Error("the same seed gave two orders")
	}
	if order(7) == order(8) && order(7) == order(9) {
		t.Error("seeds change nothing")
	}
}

func TestSlowScenariosComeFirst(t *testing.T) {
	t.Parallel()
	list := scripts(t, map[string]string{"a.feature": codes + "\n    @slow\n    Scenario: It takes its time\n      Then money moves\n"})
	for _, seed := range []int64{0, 7} {
		p, err := plan.Make(list, plan.Options{Catalogue: catalogue(t), Dialect: "ams", Capabilities: []string{"upm"}, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Together[0].Scenario.Name; got != "It takes its time" {
			t.Errorf("with seed %d %q comes first", seed, got)
		}
	}
}

func TestConsistency(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	coverage, err := plan.Consistency(c, both(t), []string{"ACQ-UPM-02"})
	if err != nil {
		t.Fatal(err)
	}
	if len(coverage.Uncovered) != 0 || !coverage.ByPerson["ACQ-VIS-01"] || !coverage.ByWatch["ACQ-UPM-02"] || len(coverage.ByRule["ACQ-REF-01"]) != 5 {
		t.Errorf("coverage %+v", coverage)
	}
	few, err := plan.Consistency(c, scripts(t, map[string]string{"refunds.feature": refunds}), nil)
	if err != nil || !slices.Equal(few.Uncovered, []string{"ACQ-UPM-01", "ACQ-UPM-02"}) {
		t.Errorf("uncovered %q, %v", few.Uncovered, err)
	}
}

func TestConsistencyFindsMistakesOfTheSuite(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, watched, want string }{
		{"a tag that names nothing", "Feature: f\n  @ACQ-UPM-77\n  Rule: r\n    Scenario: s\n      Then x\n", "", "a.feature:4: scenario \"s\": tag @ACQ-UPM-77 names no requirement"},
		{"a rule without requirement", "Feature: f\n  Rule: r\n    @ACQ-UPM-01\n    Scenario: s\n      Then x\n", "", "its Rule names no requirement"},
		{"outside a rule", "Feature: f\n  @ACQ-UPM-01\n  Scenario: s\n    Then x\n", "", "stands outside a Rule"},
		{"an unknown capability", "Feature: f\n  @ACQ-UPM-01\n  Rule: r\n    @needs:wings\n    Scenario: s\n      Then x\n", "", "@needs:wings names no capability"},
		{"no steps", "Feature: f\n  @ACQ-UPM-01\n  Rule: r\n    Scenario: s\n", "", "has no steps"},
		{"an id used twice", "Feature: f\n  @ACQ-UPM-01\n  Rule: r\n    Scenario: s\n      Then x\n    Scenario: s\n      Then x\n", "", "is taken by a.feature:4"},
		{"an unknown watched check", refunds, "ACQ-ZZZ-01", "watched check names ACQ-ZZZ-01"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := plan.Consistency(catalogue(t), scripts(t, map[string]string{"a.feature": tt.text}), strings.Fields(tt.watched))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestMatchNamesUndefinedAndAmbiguousSteps(t *testing.T) {
	t.Parallel()
	nearest := func(text string) string {
		if text == "the shop charges it" {
			return "the shop charges"
		}
		return ""
	}
	err := plan.Match(both(t), plan.Book{Nearest: nearest, Matches: func(text string) int {
		switch text {
		case "money moves":
			return 2
		case "the shop charges it":
			return 0
		}
		return 1
	}})
	if err == nil {
		t.Fatal("nothing found")
	}
	for _, want := range []string{"a/codes.feature:15: step is undefined: the shop charges it; did you mean \"the shop charges\"?", "a/codes.feature:16: step is ambiguous (2 definitions): money moves"} {
		if strings.Count(err.Error(), want) != 1 {
			t.Errorf("error %v, want %q once", err, want)
		}
	}
	if err := plan.Match(both(t), plan.Book{Matches: func(string) int { return 1 }}); err != nil {
		t.Error(err)
	}
}
