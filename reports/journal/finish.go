package journal

import (
	"fmt"
	"slices"

	"mppsim/wallet/trace"
)

// Finish puts the parts of a model in order once all entries are in, and gives a run that broke off
// the summary that it could not write itself.
func (m *Model) Finish() {
	for _, r := range m.Scenarios {
		slices.SortStableFunc(r.Exchanges, byArrival)
		slices.SortStableFunc(r.Calls, func(a, b *Call) int { return a.Started.Compare(b.Started) })
	}
	if !m.Complete {
		m.Summary = m.brokenOff()
	}
}

func byArrival(a, b *trace.Exchange) int {
	if c := a.Received.Compare(b.Received); c != 0 {
		return c
	}
	return int(a.Seq) - int(b.Seq)
}

// brokenOff is the summary of a run that was killed: nothing is certified, and no requirement is judged.
func (m *Model) brokenOff() Summary {
	s := Summary{
		Exit: 130, Interrupted: true, Duration: m.Ended.Sub(m.Began),
		Counts: map[Verdict]int{}, Scenarios: map[Verdict]int{},
	}
	for _, r := range m.Scenarios {
		s.Scenarios[r.Ended.Verdict]++
	}
	for _, r := range m.Requirements {
		s.Counts[r.Verdict]++
	}
	s.Verdict = fmt.Sprintf("No verdict: the run broke off after %d of %d scenarios.",
		len(m.Scenarios)-s.Scenarios[NotRun], len(m.Scenarios))
	s.Reservations = []string{"the run broke off before it could judge"}
	return s
}
