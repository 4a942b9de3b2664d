// Package page writes the report for people: one HTML file that needs no network, no script and no
// second file. It begins with the verdict and ends with the traffic.
package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"time"

	"mppsim/reports/digest"
	"mppsim/reports/journal"
)

// Sizes that keep a report readable and below 5 MB with a thousand scenarios.
const (
	evidence     = 1700 << 10 // bytes of messages and diagrams in all, findings first; the rest stands in the journal only
	overhead     = 700        // bytes that an exchange takes beside its bodies
	bodyDecisive = 8 << 10    // bytes of a body that a finding points at
	bodyOther    = 2 << 10    // bytes of any other body
	rowsAll      = 5000       // rows of traffic, shared out evenly among the scenarios
	rowsMost     = 60         // of one scenario
	rowsLeast    = 5
	samplesShown = 40 // lines of what the shop saw, per scenario
	namesShown   = 8  // of failed requirements on the first screen
	findingsFull = 3  // findings of one requirement with their evidence; of the others, where they are
)

//go:embed *.tmpl page.css
var files embed.FS

// Write writes the report of a digested run.
func Write(out io.Writer, d *digest.Digest) error {
	style, err := files.ReadFile("page.css")
	if err != nil {
		return fmt.Errorf("report style: %w", err)
	}
	parsed, err := template.New("page").Funcs(functions()).ParseFS(files, "*.tmpl")
	if err != nil {
		return fmt.Errorf("report template: %w", err)
	}
	v := newView(d, template.CSS(style)) //nolint:gosec // our own embedded file
	var whole bytes.Buffer
	if err := parsed.ExecuteTemplate(&whole, "page", v); err != nil {
		return fmt.Errorf("report template: %w", err)
	}
	if _, err := whole.WriteTo(out); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// functions are what the templates call.
func functions() template.FuncMap {
	return template.FuncMap{
		"tone":   func(v journal.Verdict) string { return string(digest.ToneOf(v)) },
		"symbol": func(v journal.Verdict) string { return symbol(digest.ToneOf(v)) },
		"mark":   symbol,
		"took":   took,
		"first":  func(n int) bool { return n < namesShown },
		"beyond": func(n int) int { return max(0, n-namesShown) },
		"moment": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
	}
}

// symbol stands beside a verdict's word, so that colour is never needed.
func symbol(t digest.Tone) string {
	switch t {
	case digest.Good:
		return "✓"
	case digest.Bad:
		return "✗"
	case digest.Caution:
		return "!"
	case digest.Unclear:
		return "?"
	case digest.Idle:
		return "–"
	}
	return ""
}

// took writes a duration as people read it.
func took(d time.Duration) string {
	switch {
	case d <= 0:
		return "0"
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
