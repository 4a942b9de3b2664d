package text

import (
	"fmt"
	"io"
	"strings"

	"mppsim/reports/digest"
	"mppsim/reports/journal"
	"mppsim/reports/sequence"
)

// drawnMax is how many scenarios a Markdown summary draws: code hosts give up on many diagrams.
const drawnMax = 5

// Markdown writes the summary for a job page or a merge request.
func Markdown(out io.Writer, d *digest.Digest) error {
	m := &markdown{drawn: map[string]bool{}}
	m.head(d)
	m.cases("Failed", d, d.Failures)
	m.cases("Warnings", d, d.Warnings)
	m.cases("Known to fail", d, d.Known)
	m.cases("Without a verdict", d, d.Open)
	m.areas(d.Areas)
	m.notRun(d.NotRun)
	m.list("Reservations", d.Model.Summary.Reservations)
	m.list("Strays, listed and not judged", digest.Strays(d.Model))
	m.list("About the run", notes(d.Model))
	if _, err := io.WriteString(out, m.text.String()); err != nil {
		return fmt.Errorf("summary.md: %w", err)
	}
	return nil
}

type markdown struct {
	text  strings.Builder
	drawn map[string]bool // scenario ids
}

func (m *markdown) printf(format string, args ...any) { fmt.Fprintf(&m.text, format, args...) }

func (m *markdown) head(d *digest.Digest) {
	run := d.Model.Run
	m.printf("# %s: %s\n\n%s\n\n", md(run.Acquirer), md(d.Outcome.Title), md(d.Model.Summary.Verdict))
	if told := versions(d.Model); len(told) > 0 {
		m.printf("%s, ", md(told[0]))
	}
	m.printf("%s, catalogue %s, time factor %v, %s, exit code %d\n", md(run.Dialect), md(run.Catalogue), run.Factor, plural(len(d.Model.Scenarios), "scenario"), d.Model.Summary.Exit)
	counts := digest.Counts(countsOf(d.Model.Requirements))
	if len(counts) == 0 {
		return
	}
	m.printf("\n| verdict | requirements |\n|---|---:|\n")
	for _, c := range counts {
		m.printf("| %s | %d |\n", c.Verdict, c.N)
	}
	money := d.Money
	m.printf("\n**Money:** of %d rules that protect it, %d met, **%d broken**, %d without a verdict, %d not run.\n", money.Rules, money.Passed, len(money.Failed), money.Open, money.NotRun)
}

func (m *markdown) cases(title string, d *digest.Digest, list []digest.Case) {
	if len(list) == 0 {
		return
	}
	m.printf("\n## %s\n", title)
	for _, c := range list {
		m.one(d, c)
	}
}

func (m *markdown) one(d *digest.Digest, c digest.Case) {
	r := c.Requirement
	marks := nonEmpty([]string{md(string(r.Verdict)), md(r.Level)})
	if r.Money {
		marks = append(marks, "**money**")
	}
	m.printf("\n### %s %s\n\n%s\n", md(r.ID), md(r.Title), strings.Join(marks, ", "))
	if r.Requirement != "" {
		m.printf("\n> %s\n", md(r.Requirement))
	}
	if len(c.Findings) == 0 && r.Reason != "" {
		m.printf("\n%s\n", md(r.Reason))
	}
	leading, rest := c.Leading(findingsMax)
	for _, f := range leading {
		m.finding(d.Model.Run, f)
	}
	if len(rest) > 0 {
		m.printf("\n%s about this in the report\n", plural(len(rest), "more finding"))
	}
}

func (m *markdown) finding(run journal.Run, f digest.Found) {
	m.printf("\n* expected: %s\n* seen: %s\n", md(f.Expected), md(f.Seen))
	if f.Detail != "" {
		m.printf("\n%s", fence("text", f.Detail))
	}
	if f.Record == nil {
		return
	}
	m.printf("\n%s", fence("sh", digest.Rerun(run, f.Record.Scenario.ID)))
	if id := f.Record.Scenario.ID; !m.drawn[id] && len(m.drawn) < drawnMax {
		m.drawn[id] = true
		m.printf("\n%s", fence("mermaid", sequence.Draw(f.Record).Mermaid()))
	}
}

// areas is one line for each area.
func (m *markdown) areas(list []digest.Area) {
	if len(list) == 0 {
		return
	}
	m.printf("\n## Requirements by area\n\n| area | | verdicts |\n|---|---|---|\n")
	for _, a := range list {
		var counts []string
		for _, c := range a.Counts {
			counts = append(counts, fmt.Sprintf("%d %s", c.N, c.Verdict))
		}
		m.printf("| %s | %s | %s |\n", md(a.ID), md(a.Title), strings.Join(counts, ", "))
	}
}

func (m *markdown) notRun(groups []digest.Group) {
	if len(groups) == 0 {
		return
	}
	m.printf("\n## Not run\n\n")
	for _, g := range groups {
		ids := make([]string, 0, len(g.Requirements))
		for _, r := range g.Requirements {
			ids = append(ids, md(r.ID))
		}
		m.printf("* %d %s%s: %s\n", len(g.Requirements), g.Verdict, because(md(g.Reason)), strings.Join(ids, ", "))
	}
}

func (m *markdown) list(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	m.printf("\n## %s\n\n", title)
	for _, l := range lines {
		m.printf("* %s\n", md(l))
	}
}

// md makes a text safe within one line of Markdown: it shows as it is, whatever it contains.
func md(text string) string {
	text = strings.Join(strings.Fields(clean(text)), " ")
	var b strings.Builder
	for _, r := range text {
		switch r {
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '&':
			b.WriteString("&amp;")
		case '\\', '`', '*', '_', '[', ']', '|', '#', '~', '!', '@':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// fence is a code block whose fence is longer than any run of backticks in it.
func fence(language, text string) string {
	longest, run := 2, 0
	for _, r := range text {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	ticks := strings.Repeat("`", longest+1)
	return ticks + language + "\n" + strings.TrimRight(clean(text), "\n") + "\n" + ticks + "\n"
}
