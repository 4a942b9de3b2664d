package cli

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mppsim/scenarios/steps"
)

// lists of words that are longer than this are left out.
const lists = 100

func (a *app) stepsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "steps [WORD]", Short: "List the steps of which features are made", Args: cobra.MaximumNArgs(1),
		Long: `Lists the steps of the suite with an example of each, for features of your own (` + "`mppsim certify --feature`" + `). With a WORD only those
that hold it. Numbers, codes and words of an example may be others. Each of a feature's scenarios stands below a Rule with the requirement that
it judges as its tag.`,
		Example: "  mppsim steps\n  mppsim steps refund",
		RunE: func(_ *cobra.Command, args []string) error {
			return a.listSteps(strings.ToLower(strings.Join(args, "")))
		},
	}
}

func (a *app) listSteps(word string) error {
	found := slices.DeleteFunc(steps.All(), func(s steps.Step) bool {
		return !strings.Contains(strings.ToLower(s.Noun+" "+s.Example+" "+s.Doc+" "+s.Pattern.String()), word)
	})
	if len(found) == 0 {
		return usagef("no step holds %q: `mppsim steps` lists them all", word)
	}
	return a.columns(func(w io.Writer) error {
		_, _ = fmt.Fprintf(w, "ABOUT\tFOR INSTANCE\tMEANS\n")
		for _, s := range found {
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s%s\n", s.Noun, s.Example, s.Doc, otherWords(s))
		}
		return nil
	})
}

// choice is where a step's pattern takes one of several words. What may be left out begins with a blank or comma.
var choice = regexp.MustCompile(`\(([^()|?]+(?:\|[^()|?]+)+)\)`)

// otherWords tells which other words a step takes.
func otherWords(s steps.Step) string {
	var list []string
	for _, m := range choice.FindAllStringSubmatch(s.Pattern.String(), -1) {
		if whole := m[1][0] != ' ' && m[1][0] != ','; whole && len(m[1]) <= lists {
			list = append(list, strings.NewReplacer("|", ", ", `\d+`, "3").Replace(m[1]))
		}
	}
	if len(list) == 0 {
		return ""
	}
	return " Words: " + strings.Join(list, "; ") + "."
}
