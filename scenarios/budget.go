package scenarios

import (
	"fmt"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/estimate"
	"mppsim/scenarios/plan"
)

// estimate is what this run is measured by beforehand.
func (r *run) estimate() (estimate.Run, error) {
	table, err := estimate.Builtin()
	if err != nil {
		return estimate.Run{}, fmt.Errorf("%w: %w", ErrSuite, err)
	}
	return estimate.Run{Table: table, Catalogue: r.Catalogue, Factor: r.Facts.Factor, Parallel: r.Parallel}, nil
}

// economise leaves out what does not fit into the budget.
func (r *run) economise() error {
	if r.Budget <= 0 {
		return nil
	}
	of, err := r.estimate()
	if err != nil {
		return err
	}
	r.length = of
	whole := r.plan
	if r.plan = of.Fit(whole, r.Budget); len(r.plan.Scripts()) > 0 {
		return nil
	}
	shortest := time.Duration(0)
	for _, s := range whole.Scripts() {
		if d := of.Scenario(s.Scenario.ID); shortest == 0 || d < shortest {
			shortest = d
		}
	}
	return fmt.Errorf("%w: no scenario fits into a budget of %s; the shortest takes about %s", ErrUsage, r.Budget, estimate.Round(shortest))
}

// asked are the scenarios that were asked for, also those that there is no time for.
func (r *run) asked() []plan.Script {
	scripts := r.plan.Scripts()
	for _, d := range r.plan.Dropped {
		scripts = append(scripts, d.Script)
	}
	return scripts
}

// drop tells of every scenario that was left out that it was not run, and why.
func (r *run) drop() {
	for _, s := range r.plan.Dropped {
		t := &take{script: s.Script, began: r.Clock.Now(), told: map[string]bool{}, out: outcome{verdict: journal.NotRun, reason: s.Reason}}
		r.mu.Lock()
		r.takes = append(r.takes, t)
		r.mu.Unlock()
		r.close(t)
	}
}

// late says why a scenario is not to begin any more: it would end after the budget is used up.
func (r *run) late(t *take) string {
	if r.Budget <= 0 {
		return ""
	}
	takes := r.length.Scenario(t.script.Scenario.ID)
	if t.began.Add(takes).Before(r.began.Add(r.Budget)) {
		return ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unbegan++
	return fmt.Sprintf("the run took longer than expected, and no time was left of %s: it takes about %s", r.Budget, estimate.Round(takes))
}

// economies say what the budget cost.
func (r *run) economies() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.plan.Dropped) + r.unbegan; n > 0 {
		return []string{fmt.Sprintf("%d of %d scenarios were left out to keep within %s", n, len(r.asked()), r.Budget)}
	}
	return nil
}

// Estimate is how long a run would take, and what it would consist of.
type Estimate struct {
	Whole      time.Duration
	Areas      []estimate.Area
	Scenarios  int
	Alone      int
	Unmeasured int // scenarios of which only a guess is known
	Dropped    []Scenario
}

// Foresee estimates what Run would take, without running anything. Errors are those of Run.
func Foresee(o Options) (Estimate, error) {
	r := &run{Options: o.complete()}
	if err := r.prepare(); err != nil {
		return Estimate{}, err
	}
	of, err := r.estimate()
	if err != nil {
		return Estimate{}, err
	}
	e := Estimate{
		Whole: of.Plan(r.plan), Areas: of.Areas(r.plan), Scenarios: len(r.plan.Scripts()), Alone: len(r.plan.Alone),
		Unmeasured: of.Table.Unmeasured(r.plan),
	}
	for _, s := range r.plan.Dropped {
		e.Dropped = append(e.Dropped, Scenario{Scenario: s.Scenario, Ended: journal.Ended{Verdict: journal.NotRun, Reason: s.Reason}})
	}
	return e, nil
}
