package storm

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Latency is how long the acquirer took to answer, by verb of its merchant API and by operation of Alipay+.
type Latency struct{ of map[string][]Took }

// Took is one call: when it was made, since the start of the storm, and how long its answer took.
type Took struct{ At, For time.Duration }

func (l *Latency) add(what string, at, took time.Duration) {
	if l.of == nil {
		l.of = map[string][]Took{}
	}
	l.of[what] = append(l.of[what], Took{at, took})
}

// Line is the distribution of one kind of call.
type Line struct {
	What                  string
	Calls                 int
	Median, P90, P99, Max time.Duration
}

// Lines are the distributions, by name.
func (l *Latency) Lines() []Line {
	var lines []Line
	for _, what := range slices.Sorted(maps.Keys(l.of)) {
		sorted := slices.SortedFunc(slices.Values(l.of[what]), func(a, b Took) int { return cmp.Compare(a.For, b.For) })
		at := func(percent int) time.Duration { return sorted[(len(sorted)-1)*percent/100].For }
		lines = append(lines, Line{what, len(sorted), at(50), at(90), at(99), at(100)})
	}
	return lines
}

// Calls are the calls of one kind in order of their start.
func (l *Latency) Calls(what string) []Took {
	return slices.SortedFunc(slices.Values(l.of[what]), func(a, b Took) int { return cmp.Compare(a.At, b.At) })
}
