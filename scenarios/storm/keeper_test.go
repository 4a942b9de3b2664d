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

// log is a journal in memory.
type log struct{ entries []journal.Entry }

func (s *log) Write(e journal.Entry) error {
	s.entries = append(s.entries, e)
	return nil
}

func (s *log) kinds(scenario string) []string {
	var kinds []string
	for _, e := range s.entries {
		if e.Scenario != scenario {
			continue
		}
		switch {
		case e.Started != nil:
			kinds = append(kinds, "started")
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
	var s log
	k := newKeeper(&s, began)
	call := func(at, took time.Duration) *journal.Call {
		return &journal.Call{Verb: "charge_code", Started: began.Add(at), Ended: began.Add(at + took)}
	}
	notice := &trace.Exchange{
		Leg: trace.NetworkToAcquirer, API: "notifyPayment", Received: began, Answered: began.Add(time.Second), Response: trace.Message{Status: 200},
	}
	for _, e := range []journal.Entry{
		{Scenario: "good", Started: &journal.Started{}},
		{Scenario: "bad", Started: &journal.Started{}},
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
		{Scenario: "bad", Call: call(2*time.Second, time.Millisecond)},
		{Scenario: "good", Call: call(2*time.Second, time.Hour)},
	} {
		if err := k.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.kinds("good"); !slices.Equal(got, []string{"ended"}) {
		t.Errorf("kept of the good story: %v", got)
	}
	if got := s.kinds("bad"); !slices.Equal(got, []string{"started", "call", "exchange", "finding", "ended", "call"}) {
		t.Errorf("kept of the bad story: %v", got)
	}
	if k.unended() != 1 {
		t.Errorf("%d stories not ended", k.unended())
	}
	lines := k.latency().Lines()
	if len(lines) != 2 || lines[0].What != "charge_code" || lines[0].Calls != 4 || lines[0].Median != 10*time.Millisecond || lines[1].Max != time.Second {
		t.Errorf("answer times: %+v", lines)
	}
}

// What a reader of the journal gets to see of stories that were played again, or fell late.
func TestTheEvidenceOfAStoryIsWhole(t *testing.T) {
	t.Parallel()
	const story = "story"
	began, finding := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), &journal.Finding{Requirement: agreed}
	exchange := func(id string) journal.Entry {
		return journal.Entry{Scenario: story, Exchange: &trace.Exchange{ID: id}}
	}
	start := journal.Entry{Scenario: story, Started: &journal.Started{}}
	accused := journal.Entry{Scenario: story, Finding: finding}
	end := func(v journal.Verdict) journal.Entry {
		return journal.Entry{Scenario: story, Ended: &journal.Ended{Verdict: v}}
	}
	for name, tt := range map[string]struct {
		entries []journal.Entry
		want    []string // exchanges
	}{
		"at once": {[]journal.Entry{start, exchange("a"), accused, end(journal.Fail)}, []string{"a"}},
		"late":    {[]journal.Entry{start, exchange("a"), end(journal.Pass), exchange("b"), accused, end(journal.Fail)}, []string{"a", "b"}},
		"the second time": {[]journal.Entry{
			start, exchange("a"), end(journal.Inconclusive), start, exchange("b"), accused, end(journal.Fail), exchange("c"),
		}, []string{"b", "c"}},
		"after it had passed": {[]journal.Entry{start, exchange("a"), end(journal.Pass), start, exchange("b"), accused, end(journal.Fail)}, []string{"b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := journal.NewModel()
			k := newKeeper(reader{m}, began)
			for _, e := range append([]journal.Entry{{Scenario: story, Planned: &journal.Scenario{ID: story}}}, tt.entries...) {
				if err := k.Write(e); err != nil {
					t.Fatal(err)
				}
			}
			r := m.Record(story)
			var got []string
			for _, x := range r.Exchanges {
				got = append(got, x.ID)
			}
			if !slices.Equal(got, tt.want) || len(r.Findings) != 1 || r.Ended.Verdict != journal.Fail {
				t.Errorf("the journal shows exchanges %v, %d findings, %s; want %v, one, fail", got, len(r.Findings), r.Ended.Verdict, tt.want)
			}
		})
	}
}

// reader is a journal that is read while it is written.
type reader struct{ *journal.Model }

func (r reader) Write(e journal.Entry) error { return r.Add(e) }

// Nothing is held of a story that was forgotten; what still comes about it is dropped, but for another end.
func TestAForgottenStoryTakesNoRoom(t *testing.T) {
	t.Parallel()
	var s log
	k := newKeeper(&s, time.Time{})
	for n := range 100 {
		story := string(rune('a'+n%26)) + string(rune('0'+n/26))
		for _, e := range []journal.Entry{
			{Scenario: story, Started: &journal.Started{}},
			{Scenario: story, Call: &journal.Call{}},
			{Scenario: story, Ended: &journal.Ended{Verdict: journal.Pass}},
		} {
			if err := k.Write(e); err != nil {
				t.Fatal(err)
			}
		}
		k.Forget(story)
		if err := k.Write(journal.Entry{Scenario: story, Call: &journal.Call{}}); err != nil {
			t.Fatal(err)
		}
	}
	if len(k.stories) > 0 {
		t.Errorf("%d stories are held", len(k.stories))
	}
	if err := k.Write(journal.Entry{Scenario: "a0", Ended: &journal.Ended{Verdict: journal.Inconclusive}}); err != nil {
		t.Fatal(err)
	}
	if got := s.kinds("a0"); !slices.Equal(got, []string{"ended", "ended"}) {
		t.Errorf("kept of a forgotten story: %v", got)
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
