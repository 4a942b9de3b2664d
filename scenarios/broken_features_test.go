package scenarios_test

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"mppsim/scenarios"
)

// whole is a feature file without a mistake.
const whole = `@flow:payment-code
Feature: Payments

  @ACQ-UPM-03
  Rule: A payment is made

    Scenario: It goes well
      Given a payer
      When the shop charges the payer's code 250.00
      Then the shop sees the payment as paid

    Scenario Outline: It goes well with <what>
      Given a payer who saves <saved> by <what>
      When the shop charges the payer's code 250.00
      Then the shop sees the payment as paid

      Examples:
        | what                | saved |
        | an instant discount | 10.00 |
`

// TestBrokenFeatures breaks a feature file in one place at a time. Each message names file and line and what mends it,
// and the run does not begin: our own fault, exit code 5.
func TestBrokenFeatures(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, old, with string
		want            string // the message, or its beginning
		mend            string
	}{
		{
			"undefined step", "When the shop charges the payer's code 250.00\n      Then", "When the shop charges the payers code 250.00\n      Then",
			"payments.feature:9: step is undefined: the shop charges the payers code 250.00", `did you mean "the shop charges the payer's code 250.00"?`,
		},
		{"undefined step like no other", "Given a payer\n", "Given it rains\n", "payments.feature:8: step is undefined: it rains", "`mppsim steps` lists those that there are"},
		{"placeholder without column", "| saved |", "| spared |", "payments.feature:13: step is undefined: a payer who saves <saved>", "did you mean"},
		{"unknown requirement", "@ACQ-UPM-03", "@ACQ-UPM-93", "payments.feature:7: scenario \"It goes well\": tag @ACQ-UPM-93 names no requirement", "did you mean @ACQ-UPM-0"},
		{"requirement in small letters", "@ACQ-UPM-03", "@ACQ-UPM-03 @acq-upm-04", "payments.feature:7: scenario \"It goes well\": tag @acq-upm-04 means nothing", "did you mean @ACQ-UPM-04?"},
		{"Rule without requirement", "  @ACQ-UPM-03\n", "\n", "payments.feature:7: scenario \"It goes well\": its Rule names no requirement", "a tag such as @ACQ-UPM-01"},
		{"scenario without Rule", "  @ACQ-UPM-03\n  Rule: A payment is made\n", "\n\n", "payments.feature:7: scenario \"It goes well\" stands outside a Rule", "put it under the Rule"},
		{"duplicated names", "Scenario Outline: It goes well with <what>", "Scenario: It goes well", "", ""},
		{"Rule without scenario", "Feature: Payments\n", "Feature: Payments\n  @ACQ-UPM-04\n  Rule: Nobody tests it\n", "payments.feature:4: Rule \"Nobody tests it\" has no scenario", "write one"},
		{"outline without rows", "        | an instant discount | 10.00 |\n", "", "payments.feature:12: Scenario Outline \"It goes well with <what>\" has no examples", "give it a row"},
		{"unknown capability", "    Scenario: It", "    @needs:refunds\n    Scenario: It", "payments.feature:8: scenario \"It goes well\": tag @needs:refunds names no capability", "did you mean refund?"},
		{"unknown tag", "    Scenario: It", "    @solw\n    Scenario: It", "payments.feature:8: scenario \"It goes well\": tag @solw means nothing", "did you mean @slow?"},
		{"literal currency", "Given a payer\n", "Given a payer\n      And a shop whose currency is IDR\n", "payments.feature:9: the currency IDR stands in a step", "leave it out"},
		{"currency that does not exist", "Given a payer\n", "Given a payer\n      And a shop whose currency is IDX\n", "payments.feature:9: IDX is no currency", "ISO 4217"},
		{"no outcome", "      Then the shop sees the payment as paid\n\n    Scenario Outline", "\n    Scenario Outline", "payments.feature:7: scenario \"It goes well\" has no Then", "judging"},
		{
			"no steps", "      Given a payer\n      When the shop charges the payer's code 250.00\n      Then the shop sees the payment as paid\n\n    Scenario O", "    Scenario O",
			"payments.feature:7: scenario \"It goes well\" has no steps", "write Given, When and Then",
		},
		{
			"broken Gherkin", "      When the shop charges the payer's code 250.00\n      Then the shop sees the payment as paid\n\n    Scenario O", "      Wenn the shop charges\n    Scenario O",
			"payments.feature:9: expected:", "a line begins with Feature:",
		},
		{"uneven table", "| an instant discount | 10.00 |", "| an instant discount |", "payments.feature:19: inconsistent cell count", "a line begins with"},
		{"empty file", whole, "", "payments.feature:1: the file holds no feature", "or delete the file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(whole, tt.old) {
				t.Fatalf("the whole feature has no %q", tt.old)
			}
			text := strings.Replace(whole, tt.old, tt.with, 1)
			if tt.name == "duplicated names" {
				text, tt.want, tt.mend = twins, "payments.feature:10: scenario id payments/acq-upm-03-it-goes-well is taken by payments.feature:6", "give it another name"
			}
			err := planned(t, text)
			if err == nil || scenarios.ExitOf(err) != 5 {
				t.Fatalf("exit %d, error %v", scenarios.ExitOf(err), err)
			}
			if !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.mend) {
				t.Errorf("error %v\nwant %s… with the mend %q", err, tt.want, tt.mend)
			}
		})
	}
}

// twins are two scenarios of one name.
const twins = `@flow:payment-code
Feature: Payments
  @ACQ-UPM-03
  Rule: A payment is made

    Scenario: It goes well
      Given a payer
      Then the shop sees the payment as paid

    Scenario: It goes well
      Given a payer
      Then the shop sees the payment as paid
`

func TestAnAmbiguousStepIsTold(t *testing.T) {
	t.Parallel()
	o := suiteOf(t, whole)
	o.Steps = append(o.Steps, scenarios.Phrase{Pattern: regexp.MustCompile("^a payer$"), Func: func() error { return nil }})
	_, _, err := scenarios.Plan(o)
	const want = "payments.feature:8: step is ambiguous (2 definitions): a payer; reword the step, or narrow one of the definitions"
	if scenarios.ExitOf(err) != 5 || !strings.Contains(err.Error(), want) {
		t.Errorf("exit %d, error %v", scenarios.ExitOf(err), err)
	}
}

func TestAWholeFeatureIsPlanned(t *testing.T) {
	t.Parallel()
	if err := planned(t, whole); err != nil {
		t.Error(err)
	}
}

// suiteOf is the built-in suite with one feature file in the place of its own.
func suiteOf(t *testing.T, text string) scenarios.Options {
	t.Helper()
	o, err := scenarios.Suite()
	if err != nil {
		t.Fatal(err)
	}
	o.Facts, o.Features = userPresented(), fstest.MapFS{"payments.feature": {Data: []byte(text)}}
	return o
}

func planned(t *testing.T, text string) error {
	t.Helper()
	_, _, err := scenarios.Plan(suiteOf(t, text))
	return err
}
