package page

import (
	"fmt"
	"html/template"
	"time"

	"mppsim/reports/digest"
	"mppsim/reports/journal"
	"mppsim/reports/sequence"
)

// builder makes views within the limits of the page.
type builder struct {
	model   *journal.Model
	anchors map[string]string // scenario id: anchor
	drawn   map[string]bool   // scenario id: its diagram is on the page
	room    int               // bytes of messages and diagrams that may still be shown
	rows    int               // of traffic per scenario
}

func newBuilder(m *journal.Model) *builder {
	b := &builder{model: m, anchors: map[string]string{}, drawn: map[string]bool{}, room: evidence}
	b.rows = min(rowsMost, max(rowsLeast, rowsAll/max(1, len(m.Scenarios))))
	for i, r := range m.Scenarios {
		b.anchors[r.Scenario.ID] = fmt.Sprintf("s%d", i+1)
	}
	return b
}

func (b *builder) link(id string) link {
	r := b.model.Record(id)
	if r == nil {
		return link{Text: id}
	}
	return link{Anchor: b.anchors[id], Text: r.Scenario.Name}
}

// drawOnce draws a scenario, unless its diagram is on the page already or the page has no room left.
func (b *builder) drawOnce(r *journal.Record) template.HTML {
	id := r.Scenario.ID
	if b.drawn[id] || b.room <= 0 || r.Begin == nil {
		return ""
	}
	d := sequence.Draw(r)
	if len(d.Rows) == 0 {
		return ""
	}
	b.drawn[id] = true
	svg := d.SVG(fmt.Sprintf("Messages of the scenario “%s” in the order of time; the same as the list of traffic", r.Scenario.Name))
	b.room -= len(svg)
	return svg
}

// feature is the scenarios of one feature.
type feature struct {
	Name      string
	Scenarios []scenarioView
}

// scenarioView is one scenario with what it left.
type scenarioView struct {
	*journal.Record
	Anchor    string
	Plain     bool // it passed: folded, and without bodies
	Rerun     string
	Drawing   template.HTML
	Elsewhere bool // the diagram stands with a finding above
	Traffic   []exchangeView
	Omitted   int // rows of traffic left out
	Samples   []sampleRun
	Waits     []waitView
	Money     []moneyView
}

// waitView is one wait.
type waitView struct {
	journal.DatedWait
	After string
}

// moneyView is one posting.
type moneyView struct {
	journal.DatedMoney
	After string
}

// sampleRun is a stretch of time in which the shop saw the same.
type sampleRun struct {
	From, To string
	Seen     string
	N        int
}

// features lists all scenarios by feature, in the order of the plan.
func (b *builder) features() []feature {
	var list []feature
	at := map[string]int{}
	for _, r := range b.model.Scenarios {
		name := r.Scenario.Feature
		i, known := at[name]
		if !known {
			i = len(list)
			at[name] = i
			list = append(list, feature{Name: name})
		}
		list[i].Scenarios = append(list[i].Scenarios, b.scenario(r))
	}
	return list
}

func (b *builder) scenario(r *journal.Record) scenarioView {
	plain := digest.ToneOf(r.Ended.Verdict) == digest.Good
	v := scenarioView{
		Record: r, Anchor: b.anchors[r.Scenario.ID], Plain: plain, Rerun: digest.Rerun(b.model.Run, r.Scenario.ID),
		Samples: samples(r), Elsewhere: b.drawn[r.Scenario.ID],
	}
	v.Drawing = b.drawOnce(r)
	for _, w := range r.Waits {
		v.Waits = append(v.Waits, waitView{w, after(r, w.At)})
	}
	for _, m := range r.Money {
		v.Money = append(v.Money, moneyView{m, after(r, m.At)})
	}
	v.Traffic, v.Omitted = b.traffic(r, plain)
	return v
}

// traffic lists exchanges and the calls that steps made, in the order of time.
func (b *builder) traffic(r *journal.Record, plain bool) (rows []exchangeView, omitted int) {
	calls := stepCalls(r)
	for _, x := range r.Exchanges {
		for len(calls) > 0 && calls[0].Started.Before(x.Received) {
			rows, calls = append(rows, b.row(calls[0], nil)), calls[1:]
		}
		rows = append(rows, b.row(nil, x))
	}
	for _, c := range calls {
		rows = append(rows, b.row(c, nil))
	}
	if over := len(rows) - b.rows; over > 0 {
		rows, omitted = rows[:b.rows], over
	}
	for i := range rows {
		if !plain {
			b.fill(&rows[i], bodyOther)
		}
	}
	return rows, omitted
}

func stepCalls(r *journal.Record) []*journal.Call {
	var calls []*journal.Call
	for _, c := range r.Calls {
		if !c.Sample {
			calls = append(calls, c)
		}
	}
	return calls
}

// samples folds what the shop saw into stretches of the same.
func samples(r *journal.Record) []sampleRun {
	var runs []sampleRun
	for _, c := range r.Calls {
		if !c.Sample || len(runs) > samplesShown {
			continue
		}
		seen, at := seenBy(c), after(r, c.Ended)
		if n := len(runs); n > 0 && runs[n-1].Seen == seen {
			runs[n-1].To = at
			runs[n-1].N++
			continue
		}
		runs = append(runs, sampleRun{From: at, To: at, Seen: seen, N: 1})
	}
	return runs
}

func after(r *journal.Record, t time.Time) string {
	return fmt.Sprintf("%+.3f s", t.Sub(r.BeganAt).Seconds())
}
