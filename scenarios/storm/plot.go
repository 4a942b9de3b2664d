package storm

import (
	"fmt"
	"html"
	"math"
	"strings"
	"time"
)

// Spark draws the median answer time of a kind of call over the length of a storm, in so many characters; a blank is a time
// without a call.
func (l *Latency) Spark(what string, width int) string {
	calls := l.Calls(what)
	if len(calls) == 0 || width < 1 {
		return ""
	}
	slot := calls[len(calls)-1].At/time.Duration(width) + 1
	medians := make([]time.Duration, width)
	var highest time.Duration
	for i := range medians {
		medians[i] = median(within(calls, time.Duration(i)*slot, time.Duration(i+1)*slot))
		highest = max(highest, medians[i])
	}
	levels := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for _, m := range medians {
		if m == 0 {
			b.WriteRune(' ')
			continue
		}
		b.WriteRune(levels[int(m)*(len(levels)-1)/int(highest)])
	}
	return b.String()
}

func within(calls []Took, from, to time.Duration) []Took {
	var list []Took
	for _, c := range calls {
		if c.At >= from && c.At < to {
			list = append(list, c)
		}
	}
	return list
}

func median(calls []Took) time.Duration {
	if len(calls) == 0 {
		return 0
	}
	l := Latency{of: map[string][]Took{"": calls}}
	return max(l.Lines()[0].Median, 1)
}

// Sizes of the plot in pixels.
const (
	plotWidth, plotHeight = 900, 360
	plotLeft, plotBottom  = 70, 40
	plotTop, plotRight    = 30, 20
)

// Plot draws every call of a kind as a point: when it was made, and how long its answer took, on a logarithmic scale
// from a millisecond on.
func (l *Latency) Plot(what string) []byte {
	calls := l.Calls(what)
	end, slowest := time.Second, 10*time.Millisecond
	for _, c := range calls {
		end, slowest = max(end, c.At), max(slowest, c.For)
	}
	decades := math.Ceil(math.Log10(float64(slowest) / float64(time.Millisecond)))
	x := func(at time.Duration) float64 {
		return plotLeft + float64(at)/float64(end)*(plotWidth-plotLeft-plotRight)
	}
	y := func(took time.Duration) float64 {
		share := math.Log10(max(1, float64(took)/float64(time.Millisecond))) / decades
		return plotHeight - plotBottom - share*(plotHeight-plotBottom-plotTop)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", plotWidth, plotHeight)
	fmt.Fprintf(&b, `<title>Answer times of %s</title><rect width="100%%" height="100%%" fill="#fff"/>`+"\n", html.EscapeString(what))
	fmt.Fprintf(&b, `<text x="%d" y="18">%s: %d calls, answer time over the seconds of the storm</text>`+"\n", plotLeft, html.EscapeString(what), len(calls))
	for decade := range int(decades) + 1 {
		took := time.Duration(math.Pow10(decade)) * time.Millisecond
		fmt.Fprintf(&b, `<path d="M%d %.1fH%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n",
			plotLeft, y(took), plotWidth-plotRight, plotLeft-6, y(took)+4, took)
	}
	for i := range 7 {
		at := end * time.Duration(i) / 6
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">%.0f s</text>`+"\n", x(at), plotHeight-plotBottom+18, at.Seconds())
	}
	for _, c := range calls {
		fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="2" fill="#0a58ca" fill-opacity=".5"/>`+"\n", x(c.At), y(c.For))
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}
