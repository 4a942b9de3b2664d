// Package estimate says how long a run takes before it begins, and which scenarios fit into a time that is given. It knows how
// long each scenario takes from two runs of the reference acquirer with different factors (durations.yaml): one part of that
// shrinks with the acquirer's timers, the other does not. A scenario that was not measured takes as long as its flow usually does.
package estimate

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"mppsim/scenarios/plan"
)

// Margin is how far a run may differ from its estimate, either way, as a part of it. An acquirer whose expiries differ from
// those of the reference acquirer (60 s for payment codes, 120 s otherwise) may differ by more.
const Margin = 0.25

// Span is a time, part of which shrinks with the acquirer's timers.
type Span struct {
	Fixed  time.Duration
	Scaled time.Duration // with production timers
}

// At is the time at a factor.
func (s Span) At(factor float64) time.Duration {
	return s.Fixed + time.Duration(float64(s.Scaled)*factor)
}

// Entry is how long a scenario takes: its steps, during which it takes one of the places of a run, and settling after them,
// which goes on beside the next scenarios.
type Entry struct{ Steps, Settle Span }

// Table knows how long scenarios take. It is not changed after it was read.
type Table struct {
	entries map[string]Entry
	flows   map[string]Entry // the usual of a flow, which is the first part of a scenario's id
	usual   Entry
}

// row is a line of the file, in seconds: what does not scale, and what does.
type row struct {
	ID     string     `yaml:"id"`
	Steps  [2]float64 `yaml:"steps"`
	Settle [2]float64 `yaml:"settle"`
}

//go:embed durations.yaml
var durations []byte

// Builtin is the table of the suite.
func Builtin() (*Table, error) { return Parse("durations.yaml", durations) }

// Parse reads a table; file is named in errors.
func Parse(file string, raw []byte) (*Table, error) {
	var rows []row
	if err := yaml.Load(raw, &rows, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	t := &Table{entries: map[string]Entry{}, flows: map[string]Entry{}}
	var problems []error
	for _, r := range rows {
		if _, twice := t.entries[r.ID]; twice || r.ID == "" {
			problems = append(problems, fmt.Errorf("%s: id %q is empty or used twice", file, r.ID))
		}
		if min(r.Steps[0], r.Steps[1], r.Settle[0], r.Settle[1]) < 0 {
			problems = append(problems, fmt.Errorf("%s: %s: a time is negative", file, r.ID))
		}
		t.entries[r.ID] = Entry{span(r.Steps), span(r.Settle)}
	}
	t.sum(rows)
	return t, errors.Join(problems...)
}

func span(of [2]float64) Span { return Span{seconds(of[0]), seconds(of[1])} }

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// sum works out what is usual.
func (t *Table) sum(rows []row) {
	flows, all := map[string][]Entry{}, []Entry{}
	for _, r := range rows {
		e := t.entries[r.ID]
		flows[flowOf(r.ID)], all = append(flows[flowOf(r.ID)], e), append(all, e)
	}
	for flow, list := range flows {
		t.flows[flow] = mean(list)
	}
	t.usual = mean(all)
}

func flowOf(id string) string {
	flow, _, _ := strings.Cut(id, "/")
	return flow
}

func mean(list []Entry) (m Entry) {
	n := time.Duration(max(len(list), 1))
	for _, e := range list {
		m.Steps.Fixed, m.Steps.Scaled = m.Steps.Fixed+e.Steps.Fixed/n, m.Steps.Scaled+e.Steps.Scaled/n
		m.Settle.Fixed, m.Settle.Scaled = m.Settle.Fixed+e.Settle.Fixed/n, m.Settle.Scaled+e.Settle.Scaled/n
	}
	return m
}

// Of is how long a scenario takes, and whether it was measured.
func (t *Table) Of(id string) (e Entry, measured bool) {
	if e, measured = t.entries[id]; measured {
		return e, true
	}
	if e, known := t.flows[flowOf(id)]; known {
		return e, false
	}
	return t.usual, false
}

// Unmeasured counts the scenarios of a plan that the table does not know.
func (t *Table) Unmeasured(p plan.Plan) int {
	return len(slices.DeleteFunc(p.Scripts(), func(s plan.Script) bool {
		_, measured := t.Of(s.Scenario.ID)
		return measured
	}))
}
