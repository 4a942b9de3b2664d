package scenarios

import (
	"slices"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
)

// crowd notices an acquirer without time whose profile maps no health verb, by the queries of its shops. One of them may take
// long for a reason of its own, such as a network that is silent on purpose. When those of several scenarios come late at
// the same time, it is the acquirer that has no time. The health's lock guards it.
type crowd struct {
	took []time.Duration // the latest queries, by which it is known what is usual
	late []lateQuery
}

// lateQuery is a query that took much longer than usual: the time after it should have been answered.
type lateQuery struct {
	scenario string
	from, to time.Time
}

const (
	enoughQueries = 20 // before anything is usual
	keptQueries   = 100
	farBeyond     = 4 // times the usual
	together      = 3 // scenarios whose queries are late at once
)

// usual is the median of the latest queries.
func (c *crowd) usual() (time.Duration, bool) {
	if len(c.took) < enoughQueries {
		return 0, false
	}
	sorted := slices.Sorted(slices.Values(c.took))
	return sorted[len(sorted)/2], true
}

// note takes one query in and returns the lag that it proves together with those of other scenarios.
func (c *crowd) note(scenario string, began, ended time.Time) (lag, bool) {
	took := ended.Sub(began)
	usual, known := c.usual()
	c.took = latestOf(append(c.took, took), keptQueries)
	if !known || took < usual*farBeyond || took-usual <= lagWorthwhile {
		return lag{}, false
	}
	own := lateQuery{scenario, began.Add(usual), ended}
	others := map[string]bool{}
	l := lag{own.from, own.to, true}
	for _, other := range c.late {
		if other.scenario != scenario && other.to.Add(-lagWorthwhile).After(own.from) {
			others[other.scenario] = true
			l.from = later(l.from, other.from)
		}
	}
	c.late = latestOf(append(c.late, own), keptQueries)
	return l, len(others)+1 >= together && l.late() > lagWorthwhile
}

// latestOf keeps the end of a list.
func latestOf[T any](list []T, most int) []T {
	if over := len(list) - most; over > 0 {
		return slices.Delete(list, 0, over)
	}
	return list
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// queried learns from a query how much time the acquirer has.
func (h *health) queried(scenario string, call journal.Call) {
	if call.Verb != acquirer.VerbQuery {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if l, starved := h.crowd.note(scenario, call.Started, call.Ended); starved {
		h.lags = append(h.lags, l)
	}
}
