package scenarios

import (
	"fmt"
	"testing"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
)

// asked is a query of a scenario, in milliseconds.
type asked struct {
	scenario string
	at, took int
	verb     string // default: query
}

func TestQueriesTellThatTheAcquirerHasNoTime(t *testing.T) {
	t.Parallel()
	began := time.Unix(1000, 0)
	for name, tt := range map[string]struct {
		usual   int // milliseconds
		queries []asked
		want    time.Duration // 0: nothing is noticed
	}{
		"one scenario's query is late":          {usual: 10, queries: []asked{{"a", 0, 900, ""}, {"a", 10, 900, ""}, {"a", 20, 900, ""}}},
		"those of two are":                      {usual: 10, queries: []asked{{"a", 0, 900, ""}, {"b", 0, 900, ""}}},
		"those of three are":                    {usual: 10, queries: []asked{{"a", 0, 900, ""}, {"b", 100, 800, ""}, {"c", 200, 710, ""}}, want: 700 * time.Millisecond},
		"those of three are, but not at once":   {usual: 10, queries: []asked{{"a", 0, 900, ""}, {"b", 900, 900, ""}, {"c", 1800, 900, ""}}},
		"those of three are, but only a little": {usual: 10, queries: []asked{{"a", 0, 200, ""}, {"b", 0, 200, ""}, {"c", 0, 200, ""}}},
		"they always take that long":            {usual: 900, queries: []asked{{"a", 0, 1500, ""}, {"b", 0, 1500, ""}, {"c", 0, 1500, ""}}},
		"other calls are late":                  {usual: 10, queries: []asked{{"a", 0, 900, acquirer.VerbChargeCode}, {"b", 0, 900, acquirer.VerbChargeCode}, {"c", 0, 900, acquirer.VerbChargeCode}}},
		"it is not known yet what is usual":     {queries: []asked{{"a", 0, 900, ""}, {"b", 0, 900, ""}, {"c", 0, 900, ""}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHealth(&stopped{now: began}, nil)
			query := func(q asked) {
				start := began.Add(time.Duration(q.at) * time.Millisecond)
				if q.verb == "" {
					q.verb = acquirer.VerbQuery
				}
				h.queried(q.scenario, journal.Call{Verb: q.verb, Started: start, Ended: start.Add(time.Duration(q.took) * time.Millisecond)})
			}
			for i := range enoughQueries {
				if tt.usual > 0 {
					query(asked{fmt.Sprint(i), -10_000 + i, tt.usual, ""})
				}
			}
			for _, q := range tt.queries {
				query(q)
			}
			late, starved := h.starved(began, began.Add(time.Minute))
			if starved != (tt.want > 0) || late.late() != tt.want {
				t.Errorf("%s, starved %t; want %s", late.late(), starved, tt.want)
			}
			if starved && late.String() != "the acquirer answered 700ms later than usual" {
				t.Errorf("told as %q", late)
			}
		})
	}
}

func TestWhatIsUsualIsForgottenInTime(t *testing.T) {
	t.Parallel()
	var c crowd
	at := time.Unix(1000, 0)
	for i := range 5 * keptQueries {
		c.note("a", at, at.Add(time.Duration(i/keptQueries)*time.Second))
	}
	if usual, known := c.usual(); !known || usual != 4*time.Second || len(c.took) != keptQueries || len(c.late) > keptQueries {
		t.Errorf("%s is usual of %d queries, %d late ones are kept", usual, len(c.took), len(c.late))
	}
}
