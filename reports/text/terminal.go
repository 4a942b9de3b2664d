// Package text writes the summary of a run for a terminal, for a log file and as Markdown.
package text

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"mppsim/reports/digest"
	"mppsim/reports/journal"
)

// Options say how a summary is laid out.
type Options struct {
	Color  bool
	Width  int    // columns; 0: lines are not broken
	Report string // path of the report for people; empty: not mentioned
}

// Bounds of the layout.
const (
	widest      = 110 // columns: longer lines are hard to read
	narrowest   = 40
	findingsMax = 2   // findings of one requirement
	idsMax      = 12  // requirements named for one reason
	detailMax   = 400 // letters of a finding's detail; the report has all of it
)

// OptionsFor reads the layout off a file: colours and width if it is a terminal, unless NO_COLOR is set
// or TERM is "dumb". lookup is os.LookupEnv or a stand-in.
func OptionsFor(file *os.File, lookup func(string) (string, bool), report string) Options {
	o := Options{Report: report}
	descriptor := int(file.Fd())
	if !term.IsTerminal(descriptor) {
		return o
	}
	o.Color = true
	if value, set := lookup("NO_COLOR"); set && value != "" {
		o.Color = false
	}
	if value, _ := lookup("TERM"); value == "dumb" {
		o.Color = false
	}
	if width, _, err := term.GetSize(descriptor); err == nil {
		o.Width = width
	}
	return o
}

// Terminal writes the summary: the verdict first, then what failed and why, what is open, what was not
// run, and where the report is.
func Terminal(out io.Writer, d *digest.Digest, o Options) error {
	p := &printer{options: o}
	p.head(d)
	p.cases("Failed", d.Failures)
	p.cases("Warnings", d.Warnings)
	p.cases("Known to fail", d.Known)
	p.cases("Without a verdict", d.Open)
	p.notRun(d.NotRun)
	p.list("Reservations", d.Model.Summary.Reservations)
	p.list("Strays, listed and not judged", digest.Strays(d.Model))
	p.list("About the run", notes(d.Model))
	p.foot(d)
	if _, err := io.WriteString(out, p.text.String()); err != nil {
		return fmt.Errorf("summary: %w", err)
	}
	return nil
}

// printer collects lines.
type printer struct {
	options Options
	text    strings.Builder
}

// head is the verdict, the numbers and how the run was made.
func (p *printer) head(d *digest.Digest) {
	m := d.Model
	p.line(0, p.paint(d.Outcome.Tone, strings.ToUpper(d.Outcome.Title)))
	p.line(0, clean(m.Summary.Verdict))
	facts := []string{strings.Join(append([]string{m.Run.Acquirer}, versions(m)...), " "), m.Run.Dialect, fmt.Sprintf("time factor %v", m.Run.Factor), plural(len(m.Scenarios), "scenario")}
	facts = append(facts, m.Summary.Duration.Round(100*time.Millisecond).String())
	p.line(0, p.dim(clean(strings.Join(nonEmpty(facts), ", "))))
	var counts []string
	for _, c := range digest.Counts(countsOf(m.Requirements)) {
		counts = append(counts, fmt.Sprintf("%d %s", c.N, p.paint(digest.ToneOf(c.Verdict), string(c.Verdict))))
	}
	if len(counts) > 0 {
		p.line(0, "Requirements: "+strings.Join(counts, ", "))
	}
	p.money(d.Money)
}

// money says what the run knows about rules that protect money.
func (p *printer) money(m digest.Money) {
	switch {
	case m.Rules == 0:
	case len(m.Failed) > 0:
		ids := make([]string, 0, len(m.Failed))
		for _, r := range m.Failed {
			ids = append(ids, r.ID)
		}
		p.line(0, p.paint(digest.Bad, "Money at risk: ")+fmt.Sprintf("%d of %d rules that protect money broken: %s", len(m.Failed), m.Rules, strings.Join(ids, ", ")))
	default:
		p.line(0, fmt.Sprintf("Money: %d of %d rules that protect it met, none seen broken, %d without a verdict, %d not run", m.Passed, m.Rules, m.Open, m.NotRun))
	}
}

// cases lists requirements with their findings.
func (p *printer) cases(title string, list []digest.Case) {
	if len(list) == 0 {
		return
	}
	p.title(title)
	for _, c := range list {
		p.one(c)
	}
}

func (p *printer) one(c digest.Case) {
	r := c.Requirement
	mark := clean(r.Level)
	if r.Money {
		mark += ", money"
	}
	head := p.paint(digest.ToneOf(r.Verdict), clean(string(r.Verdict)+" "+r.ID))
	if mark != "" {
		head += " (" + strings.TrimPrefix(mark, ", ") + ")"
	}
	p.line(2, head+" "+clean(r.Title))
	if len(c.Findings) == 0 && r.Reason != "" {
		p.field("why", r.Reason)
	}
	for i, f := range c.Findings {
		if i == findingsMax {
			p.line(6, fmt.Sprintf("and %d more in the report", len(c.Findings)-i))
			break
		}
		p.finding(f)
	}
}

func (p *printer) finding(f digest.Found) {
	p.field("expected", f.Expected)
	p.field("seen", f.Seen)
	if f.Detail != "" {
		p.field("detail", cutTo(f.Detail, detailMax))
	}
	if f.Record != nil {
		p.field("scenario", f.Record.Scenario.ID)
	}
}

// notRun lists what is unknown, by reason.
func (p *printer) notRun(groups []digest.Group) {
	if len(groups) == 0 {
		return
	}
	p.title("Not run")
	elsewhere := 0
	for _, g := range groups {
		if g.Verdict == journal.NotApplicable {
			elsewhere += len(g.Requirements)
			continue
		}
		ids := make([]string, 0, idsMax)
		for _, r := range g.Requirements[:min(idsMax, len(g.Requirements))] {
			ids = append(ids, r.ID)
		}
		if over := len(g.Requirements) - idsMax; over > 0 {
			ids = append(ids, fmt.Sprintf("and %d more", over))
		}
		p.line(2, fmt.Sprintf("%d %s%s: %s", len(g.Requirements), g.Verdict, because(clean(g.Reason)), strings.Join(ids, ", ")))
	}
	if elsewhere > 0 {
		p.line(2, fmt.Sprintf("%d not applicable to this acquirer: the report gives the reasons", elsewhere))
	}
}

func (p *printer) list(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.title(title)
	for _, l := range lines {
		p.line(2, "- "+clean(l))
	}
}

// foot says how to see a failure again and where the report is.
func (p *printer) foot(d *digest.Digest) {
	again := clean(rerun(d))
	if again == "" && p.options.Report == "" {
		return
	}
	p.line(0, "")
	if again != "" {
		p.text.WriteString("Run only the first of these again: " + again + "\n")
	}
	if p.options.Report != "" {
		p.text.WriteString("Report: " + clean(p.options.Report) + "\n")
	}
}

// rerun is the command for the scenario of the weightiest finding.
func rerun(d *digest.Digest) string {
	for _, list := range [][]digest.Case{d.Failures, d.Open, d.Warnings} {
		for _, c := range list {
			for _, f := range c.Findings {
				if f.Record != nil {
					return digest.Rerun(d.Model.Run, f.Record.Scenario.ID)
				}
			}
		}
	}
	return ""
}

func countsOf(all []journal.Requirement) map[journal.Verdict]int {
	n := map[journal.Verdict]int{}
	for _, r := range all {
		n[r.Verdict]++
	}
	return n
}

// versions says which versions of the acquirer were seen, if it told any.
func versions(m *journal.Model) []string {
	if len(m.Summary.Versions) == 0 {
		return nil
	}
	return []string{"version " + strings.Join(m.Summary.Versions, ", then ")}
}

// notes are the notes about the run as a whole: information, and what concerns one scenario, stay in the
// report.
func notes(m *journal.Model) []string {
	var lines []string
	for _, n := range m.Notes {
		if n.Level != "info" && n.Scenario == "" {
			lines = append(lines, n.Level+": "+n.Text)
		}
	}
	return lines
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ", " + reason
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func nonEmpty(words []string) []string {
	var kept []string
	for _, w := range words {
		if w != "" {
			kept = append(kept, w)
		}
	}
	return kept
}
