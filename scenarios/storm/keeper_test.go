package storm

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"
	"time"

	"mppsim/reports/journal"
	"mppsim/wallet/trace"
)

// shelf is a journal in memory.
type shelf struct{ entries []journal.Entry }

func (s *shelf) Write(e journal.Entry) error {
	s.entries = append(s.entries, e)
	return nil
}

func (s *shelf) kinds(scenario string) []string {
	var kinds []string
	for _, e := range s.entries {
		if e.Scenario != scenario {
			continue
		}
		switch {
		case e.Call != nil:
			kinds = append(kinds, "call")
		case e.Exchange != nil:
			kinds = append(kinds, "exchange")
		case e.Finding != nil:
			kinds = append(kinds, "finding")
		case e.Ended != nil:
			kinds = append(kinds, "ended")
		}
	}
	return kinds
}

func TestTheJournalOfAStormHoldsWhatMatters(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var s shelf
	k := newKeeper(&s, began)
	call := func(at, took time.Duration) *journal.Call {
		return &journal.Call{Verb: "charge_code", Started: began.Add(at), Ended: began.Add(at + took)}
	}
	notice := &trace.Exchange{
		Leg: trace.NetworkToAcquirer, API: "notifyPayment", Received: began, Answered: began.Add(time.Second), Response: trace.Message{Status: 200},
	}
	for _, e := range []journal.Entry{
		{Scenario: "good", Call: call(0, 10*time.Millisecond)},
		{Scenario: "bad", Call: call(time.Second, 30*time.Millisecond)},
		{Scenario: "bad", Exchange: notice},
		{Scenario: "good", Step: &journal.Step{Status: "broken"}},
	} {
		if err := k.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range []journal.Entry{
		{Scenario: "bad", Finding: &journal.Finding{Requirement: agreed}},
		{Scenario: "bad", Ended: &journal.Ended{Verdict: journal.Fail}},
		{Scenario: "good", Ended: &journal.Ended{Verdict: journal.Pass}},
		{Scenario: "good", Call: call(2*time.Second, time.Hour)},
	} {
		if err := k.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.kinds("good"); !slices.Equal(got, []string{"ended"}) {
		t.Errorf("kept of the good story: %v", got)
	}
	if got := s.kinds("bad"); !slices.Equal(got, []string{"finding", "call", "exchange", "ended"}) {
		t.Errorf("kept of the bad story: %v", got)
	}
	if k.unended() != 1 {
		t.Errorf("%d stories not ended", k.unended())
	}
	lines := k.latency().Lines()
	if len(lines) != 2 || lines[0].What != "charge_code" || lines[0].Calls != 3 || lines[0].Median != 30*time.Millisecond || lines[1].Max != time.Second {
		t.Errorf("answer times: %+v", lines)
	}
}

func TestAnswerTimesAreDrawn(t *testing.T) {
	t.Parallel()
	var l Latency
	for i := range 40 {
		l.add("charge_code", time.Duration(i)*time.Second, time.Duration(i+1)*10*time.Millisecond)
	}
	spark := []rune(l.Spark("charge_code", 10))
	if len(spark) != 10 || spark[0] != '▁' || spark[9] != '█' {
		t.Errorf("drawn as %q", string(spark))
	}
	if l.Spark("refund", 10) != "" {
		t.Error("calls that were never made are drawn")
	}
	plot := l.Plot("charge_code")
	if err := xml.Unmarshal(plot, new(struct{})); err != nil {
		t.Errorf("the plot is not well formed: %v", err)
	}
	if n := strings.Count(string(plot), "<circle"); n != 40 {
		t.Errorf("%d calls are drawn", n)
	}
	if empty := l.Plot("refund"); strings.Contains(string(empty), "NaN") || strings.Contains(string(empty), "<circle") {
		t.Errorf("no calls are drawn as %s", empty)
	}
}
