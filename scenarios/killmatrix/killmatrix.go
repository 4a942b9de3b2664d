// Package killmatrix proves the suite: it certifies one broken acquirer after another, each a
// process of its own, and compares what each failed with what is declared for it, exactly.
package killmatrix

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"mppsim/features"
	"mppsim/fixtures/refacquirer/defect"
	"mppsim/reports/journal"
	"mppsim/reports/matrix"
	"mppsim/scenarios"
)

// Kill is one broken acquirer and what is declared for it.
type Kill struct {
	Name    string
	Does    string
	Fails   []string // requirements that it must fail (a SHOULD: warn, a MAY: note), exactly these
	Blocked []string // requirements that it keeps from being reached
}

// Table is what is declared for the defects of the reference acquirer.
func Table(defects []defect.Defect) []Kill {
	kills := make([]Kill, 0, len(defects))
	for _, d := range defects {
		kills = append(kills, Kill{Name: string(d.Name), Does: d.Does, Fails: d.Breaks, Blocked: d.Blocks})
	}
	return kills
}

// Find returns the kill of one defect.
func Find(table []Kill, name string) (Kill, bool) {
	i := slices.IndexFunc(table, func(k Kill) bool { return k.Name == name })
	if i < 0 {
		return Kill{}, false
	}
	return table[i], true
}

// Row makes a kill and the verdicts of its run a row of the matrix.
func (k Kill) Row(got map[string]journal.Verdict) matrix.Row {
	return matrix.Row{Name: k.Name, About: k.Does, Expected: k.Fails, Blocked: k.Blocked, Got: got}
}

// Compare lists what differs between a run's verdicts and what is declared; nothing if all is as declared.
// Requirements that were not run do not count, so that a part of the suite can be compared too.
func Compare(k Kill, got map[string]journal.Verdict) []string {
	k.Fails = slices.DeleteFunc(slices.Clone(k.Fails), func(id string) bool { return got[id] == journal.NotRun })
	return k.Row(got).Wrong()
}

// Certify runs the suite, or the selected part of it, against the acquirer with these defects or habits.
type Certify func(ctx context.Context, defects, habits, selection []string) (map[string]journal.Verdict, error)

// Options say what is proved.
type Options struct {
	Kills   []Kill
	Habits  []Kill // correct in other ways: they fail nothing; a name may be several habits, joined by +
	Side    int    // acquirers side by side
	Certify Certify
	// Select returns what is run against an acquirer; nil or an empty list: the whole suite.
	Select func(k Kill) []string
	// Again certifies what did not come out as declared once more, by itself, when the others are done: side by side
	// on a small machine, acquirers with shortened timers can starve. The second outcome counts.
	Again bool
	// Done is told about each row as it is finished; it may be nil. A row that is certified again is told twice.
	Done func(row matrix.Row)
}

// Run certifies all acquirers and returns the matrix. Columns are the requirements that the suite covers and
// the rows speak of.
func Run(ctx context.Context, o Options) (matrix.Data, error) {
	catalogue, err := features.Load()
	if err != nil {
		return matrix.Data{}, fmt.Errorf("kill matrix: %w", err)
	}
	data := matrix.Data{Title: "Kill matrix", Catalogue: catalogue.Version}
	data.Defects = o.rows(ctx, o.Kills, func(k Kill) (defects, habits []string) { return []string{k.Name}, nil })
	data.Habits = o.rows(ctx, o.Habits, func(k Kill) (defects, habits []string) { return nil, strings.Split(k.Name, "+") })
	return data, ctx.Err()
}

// rows certifies acquirers, a few side by side, and keeps their order.
func (o Options) rows(ctx context.Context, kills []Kill, switches func(Kill) (defects, habits []string)) []matrix.Row {
	rows := make([]matrix.Row, len(kills))
	slots := make(chan struct{}, max(o.Side, 1))
	var all sync.WaitGroup
	for i, k := range kills {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			rows[i] = o.row(ctx, k, switches)
			if o.Done != nil {
				o.Done(rows[i])
			}
		})
	}
	all.Wait()
	for i := range rows {
		if o.Again && len(rows[i].Wrong()) > 0 && ctx.Err() == nil {
			rows[i] = o.row(ctx, kills[i], switches)
			if o.Done != nil {
				o.Done(rows[i])
			}
		}
	}
	return rows
}

func (o Options) row(ctx context.Context, k Kill, switches func(Kill) (defects, habits []string)) matrix.Row {
	var selection []string
	if o.Select != nil {
		selection = o.Select(k)
	}
	defects, habits := switches(k)
	got, err := o.Certify(ctx, defects, habits, selection)
	row := k.Row(got)
	if err != nil {
		row.Broken = err.Error()
	}
	return row
}

// Covered are the requirements that the suite can judge on an acquirer like the reference one, by a scenario, a
// watched check or a person.
func Covered() ([]features.Requirement, error) {
	suite, err := scenarios.Suite()
	if err != nil {
		return nil, fmt.Errorf("kill matrix: %w", err)
	}
	suite.Facts.Dialect = "aps"
	suite.Facts.Capabilities = slices.Sorted(maps.Keys(suite.Catalogue.Capabilities))
	_, coverage, err := scenarios.Plan(suite)
	if err != nil {
		return nil, fmt.Errorf("kill matrix: %w", err)
	}
	covered := slices.Clone(suite.Catalogue.Requirements)
	return slices.DeleteFunc(covered, func(r features.Requirement) bool { return !coverage.Covers(r.ID) }), nil
}
