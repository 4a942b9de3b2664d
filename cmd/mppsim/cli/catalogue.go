package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mppsim/features"
	"mppsim/scenarios/check"
	"mppsim/scenarios/plan"
	"mppsim/scenarios/profile"
)

// suite is everything that can be said about the suite without running it.
type suite struct {
	catalogue *features.Catalogue
	scripts   []plan.Script
	coverage  plan.Coverage
}

func loadSuite() (*suite, error) {
	catalogue, err := features.Load()
	if err != nil {
		return nil, internalf("%w", err)
	}
	scripts, err := plan.Read(features.Files())
	if err != nil {
		return nil, internalf("%w", err)
	}
	coverage, err := plan.Consistency(catalogue, scripts, watched())
	if err != nil {
		return nil, internalf("%w", err)
	}
	return &suite{catalogue: catalogue, scripts: scripts, coverage: coverage}, nil
}

// watched names the requirements that are judged on every exchange.
func watched() []string {
	var ids []string
	for _, w := range check.Watches() {
		ids = append(ids, w.Requirement)
	}
	for _, w := range check.RunWatches() {
		ids = append(ids, w.Requirement)
	}
	return ids
}

// how says by what a requirement is judged.
func (s *suite) how(r features.Requirement) string {
	var by []string
	if n := len(s.coverage.ByRule[r.ID]); n > 0 {
		by = append(by, fmt.Sprintf("%d scenario%s", n, plural(n)))
	}
	if s.coverage.ByWatch[r.ID] {
		by = append(by, "watched")
	}
	if s.coverage.ByPerson[r.ID] {
		by = append(by, "a person")
	}
	if len(by) == 0 {
		return "not covered yet"
	}
	return strings.Join(by, ", ")
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// listOptions are the flags of list.
type listOptions struct {
	profile   string
	uncovered bool
	scenarios bool
	json      bool
	money     bool
}

func (a *app) listCommand() *cobra.Command {
	var o listOptions
	cmd := &cobra.Command{
		Use:   "list [ID|AREA ...]",
		Short: "List the requirements and what judges them",
		Example: `  mppsim list                         every requirement of the catalogue
  mppsim list CAN REF                 two areas
  mppsim list --profile acquirer.yaml only what applies to this acquirer
  mppsim list --uncovered             what the suite cannot judge yet
  mppsim list --scenarios UPM         the scenarios instead`,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := loadSuite()
			if err != nil {
				return err
			}
			applies, err := a.applicability(cmd, o.profile)
			if err != nil {
				return err
			}
			return a.list(s, args, o, applies)
		},
	}
	cmd.Flags().StringVar(&o.profile, "profile", "", "list only what applies to the acquirer of this profile")
	cmd.Flags().BoolVar(&o.uncovered, "uncovered", false, "list only what the suite cannot judge yet")
	cmd.Flags().BoolVar(&o.scenarios, "scenarios", false, "list scenarios instead of requirements")
	cmd.Flags().BoolVar(&o.money, "money", false, "list only requirements that protect money")
	cmd.Flags().BoolVar(&o.json, "json", false, "write JSON")
	completeArgs(cmd, listable)
	return cmd
}

// applicability reads a profile, if one is named, and says which requirements apply to it.
func (a *app) applicability(cmd *cobra.Command, path string) (func(features.Requirement) bool, error) {
	if path == "" {
		return func(features.Requirement) bool { return true }, nil
	}
	p, err := profile.Load(cmd.Context(), path, profile.Options{Env: a.io.Env, WithoutSecrets: true, WithoutKeys: true})
	if errors.Is(err, os.ErrNotExist) {
		return nil, usagef("%w; `mppsim init` writes one to start from", err)
	}
	if err != nil {
		return nil, withCode(ExitUsage, err)
	}
	return func(r features.Requirement) bool {
		return r.Speaks(p.Dialect) && len(r.Missing(p.Capabilities)) == 0
	}, nil
}

// listed is one line of the list.
type listed struct {
	ID       string   `json:"id"`
	Level    string   `json:"level"`
	Money    bool     `json:"money"`
	Title    string   `json:"title"`
	JudgedBy string   `json:"judgedBy"`
	Needs    []string `json:"needs"`
}

func (a *app) list(s *suite, terms []string, o listOptions, applies func(features.Requirement) bool) error {
	picked, err := pick(s.catalogue, terms)
	if err != nil {
		return err
	}
	var lines []listed
	for _, r := range s.catalogue.Requirements {
		if !picked(r) || !applies(r) || (o.money && !r.Money) || (o.uncovered && s.coverage.Covers(r.ID)) {
			continue
		}
		lines = append(lines, listed{r.ID, string(r.Level), r.Money, r.Title, s.how(r), append([]string{}, r.Needs...)})
	}
	if o.scenarios {
		return a.listScenarios(s, lines, o.json)
	}
	if o.json {
		return a.json(lines)
	}
	return a.listRequirements(s, lines)
}

func (a *app) listRequirements(s *suite, lines []listed) error {
	w := tabwriter.NewWriter(a.io.Out, 0, 8, 2, ' ', 0)
	covered := 0
	for _, l := range lines {
		mark := ""
		if l.Money {
			mark = "money"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", l.ID, l.Level, mark, l.Title, l.JudgedBy)
		if s.coverage.Covers(l.ID) {
			covered++
		}
	}
	if err := w.Flush(); err != nil {
		return internalf("list: %w", err)
	}
	a.printf("\n%d requirements, %d covered by the suite, %d not covered yet.\n", len(lines), covered, len(lines)-covered)
	return nil
}

func (a *app) listScenarios(s *suite, lines []listed, asJSON bool) error {
	wanted := map[string]bool{}
	for _, l := range lines {
		wanted[l.ID] = true
	}
	type row struct {
		ID           string   `json:"id"`
		Name         string   `json:"name"`
		Requirements []string `json:"requirements"`
		Place        string   `json:"place"`
	}
	rows := []row{}
	for _, sc := range s.scripts {
		if slices.ContainsFunc(sc.Scenario.Requirements, func(id string) bool { return wanted[id] }) {
			rows = append(rows, row{sc.Scenario.ID, sc.Scenario.Name, sc.Scenario.Requirements, fmt.Sprintf("%s:%d", sc.Scenario.File, sc.Scenario.Line)})
		}
	}
	if asJSON {
		return a.json(rows)
	}
	for _, r := range rows {
		a.printf("%s\n    %s  (%s, %s)\n", r.ID, r.Name, strings.Join(r.Requirements, " "), r.Place)
	}
	a.printf("\n%d scenarios.\n", len(rows))
	return nil
}

// pick understands ids and areas; anything else is refused with what could have been meant.
func pick(c *features.Catalogue, terms []string) (func(features.Requirement) bool, error) {
	for _, t := range terms {
		_, isArea := c.Areas[strings.ToUpper(t)]
		if _, isID := c.Find(strings.ToUpper(t)); !isArea && !isID {
			return nil, usagef("%q is neither a requirement (such as ACQ-CAN-03) nor an area (%s)", t, strings.Join(areas(c), " "))
		}
	}
	return func(r features.Requirement) bool {
		return len(terms) == 0 || slices.ContainsFunc(terms, func(t string) bool {
			return strings.EqualFold(t, r.ID) || strings.EqualFold(t, r.Area())
		})
	}, nil
}

// areas are the area codes in alphabetical order.
func areas(c *features.Catalogue) []string {
	list := make([]string, 0, len(c.Areas))
	for code := range c.Areas {
		list = append(list, code)
	}
	slices.Sort(list)
	return list
}

func (a *app) json(v any) error {
	e := json.NewEncoder(a.io.Out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return withCode(ExitInternal, e.Encode(v))
}
