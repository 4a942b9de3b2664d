package page

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"mppsim/reports/digest"
	"mppsim/reports/journal"
)

// view is what the templates read.
type view struct {
	*digest.Digest
	Style     template.CSS
	Run       journal.Run
	Summary   journal.Summary
	Counts    []digest.Count // requirements
	Facts     []fact
	Sections  []section
	Scenarios []feature
	Strays    []strayView
	StraySums []string // by message and owner, where there are many
	Judged    int      // requirements with a verdict
	IdleCount int
}

// fact is one line about the run.
type fact struct{ Name, Value string }

// section is a list of cases under one heading.
type section struct {
	ID, Title, Lead string
	Tone            digest.Tone
	Cases           []caseView
}

// caseView is a requirement with its findings.
type caseView struct {
	digest.Case
	Findings []findingView
	Others   []otherView
	Blocks   []link
}

// link leads to a scenario of this page.
type link struct{ Anchor, Text string }

// findingView is a finding with its evidence.
type findingView struct {
	journal.Finding
	Scenario link // empty: found over the whole run
	Rerun    string
	Drawing  template.HTML // only with the first finding of a scenario
	Evidence []exchangeView
	Calls    []exchangeView
	Missing  []string // ids of evidence that the journal does not hold
}

// otherView is a finding in one line.
type otherView struct {
	Scenario link
	Seen     string
}

// strayView is a call about nothing that this run did.
type strayView struct {
	What     string
	Exchange *exchangeView
}

func newView(d *digest.Digest, style template.CSS) *view {
	b := newBuilder(d.Model)
	v := &view{
		Digest: d, Style: style, Run: d.Model.Run, Summary: d.Model.Summary,
		Counts: digest.Counts(counted(d.Model.Requirements)), Facts: facts(d.Model),
	}
	for _, c := range v.Counts {
		if digest.ToneOf(c.Verdict) == digest.Idle {
			v.IdleCount += c.N
		} else {
			v.Judged += c.N
		}
	}
	v.Sections = b.sections(d)
	v.Scenarios = b.features()
	if sums := digest.Strays(d.Model); len(sums) < len(d.Model.Strays) {
		v.StraySums = sums
	}
	for _, s := range d.Model.Strays {
		v.Strays = append(v.Strays, b.stray(s))
	}
	return v
}

func counted(all []journal.Requirement) map[journal.Verdict]int {
	n := map[journal.Verdict]int{}
	for _, r := range all {
		n[r.Verdict]++
	}
	return n
}

// facts lists how the run was made.
func facts(m *journal.Model) []fact {
	r := m.Run
	list := []fact{
		{"Acquirer", r.Acquirer},
		{"Profile", r.Profile},
		{"Dialect", r.Dialect},
		{"Capabilities", strings.Join(r.Capability, ", ")},
		{"Requirement catalogue", r.Catalogue},
		{"Selection", r.Selection},
		{"Version of the acquirer", strings.Join(m.Summary.Versions, ", then ")},
		{"Time factor", fmt.Sprint(r.Factor)},
		{"In parallel", fmt.Sprint(r.Parallel)},
		{"Seed", fmt.Sprint(r.Seed)},
		{"Run", r.ID},
		{"mppsim", r.Tool},
		{"Command", strings.Join(r.Command, " ")},
	}
	keys := make([]string, 0, len(r.Facts))
	for k := range r.Facts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		list = append(list, fact{k, r.Facts[k]})
	}
	return slices.DeleteFunc(list, func(f fact) bool { return f.Value == "" })
}

// sections are the findings in the order of weight.
func (b *builder) sections(d *digest.Digest) []section {
	list := []section{
		{ID: "failed", Title: "Failed requirements", Tone: digest.Bad, Cases: b.cases(d.Failures)},
		{
			ID: "warnings", Title: "Warnings", Tone: digest.Caution, Cases: b.cases(d.Warnings),
			Lead: "Recommended rules that were not met. They do not block a certificate.",
		},
		{
			ID: "known", Title: "Known to fail", Tone: digest.Caution, Cases: b.cases(d.Known),
			Lead: "Failures that were declared beforehand, with a reason and an end date.",
		},
		{
			ID: "open", Title: "Without a verdict", Tone: digest.Unclear, Cases: b.cases(d.Open),
			Lead: "Neither met nor broken as far as this run could tell. They never count against the acquirer, and never for it.",
		},
	}
	return slices.DeleteFunc(list, func(s section) bool { return len(s.Cases) == 0 })
}

func (b *builder) cases(list []digest.Case) []caseView {
	views := make([]caseView, 0, len(list))
	for _, c := range list {
		v := caseView{Case: c}
		leading, rest := c.Leading(findingsFull)
		for _, f := range leading {
			v.Findings = append(v.Findings, b.finding(f))
		}
		for _, f := range rest {
			v.Others = append(v.Others, b.other(f))
		}
		for _, id := range c.Blocks {
			v.Blocks = append(v.Blocks, b.link(id))
		}
		views = append(views, v)
	}
	return views
}

func (b *builder) finding(f digest.Found) findingView {
	v := findingView{Finding: f.Finding}
	if f.Record != nil {
		id := f.Record.Scenario.ID
		v.Scenario, v.Rerun = b.link(id), digest.Rerun(b.model.Run, id)
		v.Drawing = b.drawOnce(f.Record)
	}
	for i, id := range f.Exchanges {
		if x := b.model.Exchange(id); x == nil {
			v.Missing = append(v.Missing, id)
		} else if i == 0 || x.Signature.Signed != "" && i < 3 {
			v.Evidence = append(v.Evidence, b.exchange(x))
		}
	}
	for _, id := range f.Calls[:min(1, len(f.Calls))] {
		if c := b.model.Call(id); c != nil {
			v.Calls = append(v.Calls, b.call(c))
		} else {
			v.Missing = append(v.Missing, id)
		}
	}
	return v
}

func (b *builder) other(f digest.Found) otherView {
	v := otherView{Seen: f.Seen}
	if f.Record != nil {
		v.Scenario = b.link(f.Record.Scenario.ID)
	}
	return v
}

func (b *builder) stray(s journal.Stray) strayView {
	v := strayView{What: s.What}
	if x := b.model.Exchange(s.Exchange); x != nil {
		shown := b.exchange(x)
		v.Exchange = &shown
	}
	return v
}
