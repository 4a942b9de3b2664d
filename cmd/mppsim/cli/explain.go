package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"mppsim/features"
	"mppsim/scenarios/acquirer/spelling"
)

func (a *app) explainCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain ID",
		Short: "Explain a requirement: the rule, how it is provoked, what passes and what fails",
		Example: `  mppsim explain ACQ-UPM-10
  mppsim explain ACQ-REF-05`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := loadSuite()
			if err != nil {
				return err
			}
			r, ok := s.catalogue.Find(strings.ToUpper(args[0]))
			if !ok {
				return usagef("there is no requirement %q; %s", args[0], requirementHint(s, args[0]))
			}
			a.explain(s, r)
			return nil
		},
	}
	completeArgs(cmd, requirementIDs)
	return cmd
}

// requirementHint names the requirement that was probably meant, or the command that names all.
func requirementHint(s *suite, id string) string {
	if near := spelling.Nearest(strings.ToUpper(id), ids(s)); near != "" {
		return "did you mean " + near + "?"
	}
	return "`mppsim list` names them all"
}

func (a *app) explain(s *suite, r features.Requirement) {
	money := ""
	if r.Money {
		money = " · protects money"
	}
	a.printf("%s  %s%s\n%s\n\n", r.ID, r.Level, money, r.Title)
	a.field("The rule", r.Requirement)
	a.field("Provoked by", r.Stimulus)
	a.field("Passes when", r.Observe.Pass)
	for _, f := range r.Observe.Fail {
		a.field("Fails when", f)
	}
	a.field("Typical mistake", r.Defect)
	if len(r.Needs) > 0 {
		a.field("Applies with", strings.Join(r.Needs, ", "))
	}
	a.field("Source", strings.Join(r.Source, ", ")+" ("+r.Confidence+")")
	a.field("Judged by", s.how(r))
	for _, id := range s.coverage.ByRule[r.ID] {
		a.printf("  %-16s %s\n", "", id)
	}
	if s.coverage.Covers(r.ID) {
		a.printf("\nRun just this: mppsim certify --profile acquirer.yaml --only %s\n", r.ID)
	}
}

const textWidth = 78

// field prints a label and its text, wrapped and indented.
func (a *app) field(label, text string) {
	lines := wrap(text, textWidth)
	for i, line := range lines {
		if i > 0 {
			label = ""
		}
		a.printf("  %-16s %s\n", label, line)
	}
}

// wrap breaks a text at blanks so that no line is longer than width, where its words allow.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
