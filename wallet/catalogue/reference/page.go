// Package reference writes the catalogue for people who read it in a terminal.
package reference

import (
	"strings"
	"unicode/utf8"
)

// width is the longest line, in characters, that is written where words allow it.
const width = 110

// page collects lines.
type page struct{ strings.Builder }

func (p *page) line(parts ...string) {
	p.WriteString(strings.TrimRight(strings.Join(parts, ""), " "))
	p.WriteByte('\n')
}

// columns writes a text beside a lead; its further lines stand below its first one.
func (p *page) columns(lead string, at int, text string) {
	if utf8.RuneCountInString(lead) >= at {
		p.line(lead)
		lead = ""
		if text == "" {
			return
		}
	}
	for _, line := range wrap(text, width-at) {
		p.line(pad(lead, at), line)
		lead = ""
	}
}

func pad(s string, to int) string {
	return s + strings.Repeat(" ", max(0, to-utf8.RuneCountInString(s)))
}

// wrap breaks a text at blanks; an empty text is one empty line.
func wrap(text string, most int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > most:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}
