package estimate

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"time"

	"mppsim/reports/journal"
)

// Point is how long a scenario took once.
type Point struct {
	Factor        float64
	Steps, Settle time.Duration
}

// Points reads how long the scenarios of a run took that passed.
func Points(m *journal.Model) map[string]Point {
	points := map[string]Point{}
	for _, r := range m.Scenarios {
		if r.Ended.Verdict != journal.Pass {
			continue
		}
		p := Point{Factor: m.Run.Factor}
		for _, s := range r.Steps {
			p.Steps += s.Duration
		}
		p.Settle = max(r.Ended.Duration-p.Steps, 0)
		points[r.Scenario.ID] = p
	}
	return points
}

// Measure makes a file of durations from runs with different factors, ordered by scenario.
func Measure(runs ...*journal.Model) []byte {
	found := map[string][]Point{}
	for _, m := range runs {
		for id, p := range Points(m) {
			found[id] = append(found[id], p)
		}
	}
	var out bytes.Buffer
	out.WriteString("# How long each scenario takes, in seconds: [what does not shrink with the acquirer's timers, what does, with production\n" +
		"# timers]. Measured with the reference acquirer; `make durations` does it anew.\n")
	ids := make([]string, 0, len(found))
	for id := range found {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Compare(a, b) })
	for _, id := range ids {
		steps := line(found[id], func(p Point) time.Duration { return p.Steps })
		settle := line(found[id], func(p Point) time.Duration { return p.Settle })
		fmt.Fprintf(&out, "- { id: %s, steps: [%.2f, %.1f], settle: [%.2f, %.1f] }\n", id,
			steps.Fixed.Seconds(), steps.Scaled.Seconds(), settle.Fixed.Seconds(), settle.Scaled.Seconds())
	}
	return out.Bytes()
}

// line finds the span that fits the points best (least squares). Neither part is less than nothing.
func line(points []Point, of func(Point) time.Duration) Span {
	var n, x, y, xx, xy float64
	for _, p := range points {
		f, d := p.Factor, of(p).Seconds()
		n, x, y, xx, xy = n+1, x+f, y+d, xx+f*f, xy+f*d
	}
	spread := n*xx - x*x
	if spread <= 1e-9 { // one factor says nothing about others
		return Span{Fixed: seconds(y / n)}
	}
	scaled := (n*xy - x*y) / spread
	fixed := (y - scaled*x) / n
	switch {
	case scaled < 0:
		return Span{Fixed: seconds(y / n)}
	case fixed < 0:
		return Span{Scaled: seconds(xy / xx)}
	}
	return Span{seconds(fixed), seconds(scaled)}
}
