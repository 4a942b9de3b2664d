package cli

import (
	"fmt"
	"text/tabwriter"

	"mppsim/scenarios"
	"mppsim/scenarios/estimate"
	"mppsim/scenarios/plan"
	"mppsim/scenarios/profile"
)

// dryRun lists what would run.
func (a *app) dryRun(p *profile.Profile, o runOptions) error {
	found, err := planned(p, o)
	if err != nil {
		return err
	}
	for _, s := range found.Scripts() {
		a.printf("%s\n", s.Scenario.ID)
	}
	n := len(found.Scripts())
	a.printf("\n%d scenario%s would run, %d of them alone; another %d would need what the profile does not declare.\n",
		n, plural(n), len(found.Alone), len(found.Unable))
	if n := len(found.Dropped); n > 0 {
		a.printf("%d scenario%s would be left out to keep within %s; --estimate lists them.\n", n, plural(n), o.budget)
	}
	return nil
}

// foresee says how long a run would take.
func (a *app) foresee(p *profile.Profile, o runOptions) error {
	suite, err := aimed(p, o)
	if err != nil {
		return err
	}
	e, err := scenarios.Foresee(suite)
	if err != nil {
		return runError(err)
	}
	table := tabwriter.NewWriter(a.io.Out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "area\t\tscenarios\tby itself")
	for _, area := range e.Areas {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", area.ID, area.Title, area.Scenarios, estimate.Round(area.Time))
	}
	if err := table.Flush(); err != nil {
		return withCode(ExitInternal, err)
	}
	least, most := estimate.Bounds(e.Whole)
	a.printf("\nAll together about %s, between %s and %s: %d scenario%s, %d at a time, %d of them alone, at factor %g.\n",
		estimate.Round(e.Whole), estimate.Round(least), estimate.Round(most), e.Scenarios, plural(e.Scenarios), suite.Parallel, e.Alone, p.Factor)
	if e.Unmeasured > 0 {
		a.printf("Of %d of them only a guess is known.\n", e.Unmeasured)
	}
	if n := len(e.Dropped); n > 0 {
		a.printf("\n%d scenario%s would be left out to keep within %s:\n", n, plural(n), o.budget)
		for _, s := range e.Dropped {
			a.printf("  %s\n", s.ID)
		}
	}
	return nil
}

// planned is what a run would consist of.
func planned(p *profile.Profile, o runOptions) (plan.Plan, error) {
	suite, err := aimed(p, o)
	if err != nil {
		return plan.Plan{}, err
	}
	found, _, err := scenarios.Plan(suite)
	if err != nil {
		return found, runError(err)
	}
	return found, nil
}

// aimed is the suite for the acquirer of a profile, as far as it can be planned without reaching it.
func aimed(p *profile.Profile, o runOptions) (scenarios.Options, error) {
	suite, err := scenarios.Suite()
	if err != nil {
		return suite, runError(err)
	}
	if o.own != nil {
		suite.Features, suite.Own = o.own, true
	}
	suite.Facts.Dialect, suite.Facts.Capabilities, suite.Facts.Factor = p.Dialect, p.Capabilities, p.Factor
	suite.Selection, suite.Parallel, suite.Seed, suite.Budget = o.only, o.parallel, o.seed, o.budget
	return suite, nil
}
