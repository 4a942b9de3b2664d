package estimate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"mppsim/features"
	"mppsim/scenarios/plan"
)

// Run is a run of which the length is asked.
type Run struct {
	Table     *Table
	Catalogue *features.Catalogue
	Factor    float64 // of the acquirer's timers
	Parallel  int     // scenarios at a time
}

// Scenario is how long one scenario takes from its first step until it has settled.
func (r Run) Scenario(id string) time.Duration {
	e, _ := r.Table.Of(id)
	return e.Steps.At(r.Factor) + e.Settle.At(r.Factor)
}

// Plan is how long a plan takes: the scenarios of its parallel part begin as soon as there is a place, those that must be alone
// wait for each other.
func (r Run) Plan(p plan.Plan) time.Duration {
	places := make([]time.Duration, max(r.Parallel, 1)) // when each is free
	var end time.Duration
	for _, s := range p.Together {
		e, _ := r.Table.Of(s.Scenario.ID)
		i := slices.Index(places, slices.Min(places))
		places[i] += e.Steps.At(r.Factor)
		end = max(end, places[i]+e.Settle.At(r.Factor))
	}
	for _, s := range p.Alone {
		end += r.Scenario(s.Scenario.ID)
	}
	return end
}

// Bounds are the shortest and the longest that an estimated time may turn out to be.
func Bounds(d time.Duration) (least, most time.Duration) {
	apart := time.Duration(float64(d) * Margin)
	return d - apart, d + apart
}

// Area is what one area of the catalogue takes when it is run by itself. Areas share places when they are run together, so that
// their times add up to more than the whole.
type Area struct {
	ID, Title string
	Scenarios int
	Time      time.Duration
}

// Areas breaks a plan down by the area of each scenario's first requirement, the longest first.
func (r Run) Areas(p plan.Plan) []Area {
	parts := map[string]plan.Plan{}
	for _, s := range p.Together {
		part := parts[areaOf(s)]
		part.Together = append(part.Together, s)
		parts[areaOf(s)] = part
	}
	for _, s := range p.Alone {
		part := parts[areaOf(s)]
		part.Alone = append(part.Alone, s)
		parts[areaOf(s)] = part
	}
	areas := make([]Area, 0, len(parts))
	for id, part := range parts {
		areas = append(areas, Area{id, r.Catalogue.Areas[id], len(part.Scripts()), r.Plan(part)})
	}
	slices.SortFunc(areas, func(a, b Area) int { return cmp.Or(cmp.Compare(b.Time, a.Time), cmp.Compare(a.ID, b.ID)) })
	return areas
}

// areaOf names the area of a scenario.
func areaOf(s plan.Script) string {
	if len(s.Scenario.Requirements) == 0 {
		return ""
	}
	q := features.Requirement{ID: s.Scenario.Requirements[0]}
	return q.Area()
}

// Fit leaves out of a plan what does not fit into a budget, even if the run takes as long as the margin allows. What protects
// money goes first, and of that the longest. What is left out stands in Dropped.
func (r Run) Fit(p plan.Plan, budget time.Duration) plan.Plan {
	scripts := p.Scripts()
	slices.SortStableFunc(scripts, r.byWeight)
	fitting := plan.Plan{Unselected: p.Unselected, Unable: p.Unable}
	for _, s := range scripts {
		more := fitting
		if s.Scenario.Alone {
			more.Alone = append(slices.Clip(more.Alone), s)
		} else {
			more.Together = append(slices.Clip(more.Together), s)
		}
		if _, most := Bounds(r.Plan(more)); most > budget {
			fitting.Dropped = append(fitting.Dropped, plan.Dropped{Script: s, Reason: r.reason(s, budget)})
			continue
		}
		more.Dropped = fitting.Dropped
		fitting = more
	}
	return fitting
}

func (r Run) reason(s plan.Script, budget time.Duration) string {
	return fmt.Sprintf("left out to keep within %s: it takes about %s", budget, Round(r.Scenario(s.Scenario.ID)))
}

// byWeight puts money first, and the longest of both.
func (r Run) byWeight(a, b plan.Script) int {
	return cmp.Or(
		cmp.Compare(r.weight(a), r.weight(b)),
		cmp.Compare(r.Scenario(b.Scenario.ID), r.Scenario(a.Scenario.ID)),
	)
}

func (r Run) weight(s plan.Script) int {
	for _, id := range s.Scenario.Requirements {
		if q, known := r.Catalogue.Find(id); known && q.Money {
			return 0
		}
	}
	return 1
}

// Round is a time as people say it.
func Round(d time.Duration) time.Duration {
	switch {
	case d > 10*time.Minute:
		return d.Round(time.Minute)
	case d > time.Minute:
		return d.Round(10 * time.Second)
	}
	return d.Round(time.Second)
}
