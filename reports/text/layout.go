package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mppsim/reports/digest"
)

// Escape sequences of a terminal. Texts from outside never bring their own: clean removes them.
const (
	reset = "\x1b[0m"
	bold  = "\x1b[1m"
	faint = "\x1b[2m"
)

// field width: "expected" is the longest name.
const nameWidth = 9

func (p *printer) title(text string) {
	p.line(0, "")
	p.line(0, p.style(bold, text))
}

// field writes a named text under a case.
func (p *printer) field(name, text string) {
	p.block(4, nameWidth, p.dim(name)+strings.Repeat(" ", max(1, nameWidth-len(name))), clean(text))
}

// line writes an indented paragraph, broken at blanks.
func (p *printer) line(indent int, text string) { p.block(indent, 0, "", text) }

// block writes a label and a paragraph beside it.
func (p *printer) block(indent, hang int, label, text string) {
	margin := strings.Repeat(" ", indent)
	for i, row := range wrap(text, p.room(indent+hang)) {
		if i == 0 {
			p.text.WriteString(strings.TrimRight(margin+label+row, " ") + "\n")
			continue
		}
		more := hang
		if hang == 0 {
			more = 2
		}
		p.text.WriteString(margin + strings.Repeat(" ", more) + row + "\n")
	}
}

// room is how many columns a paragraph has; 0 is as many as it likes.
func (p *printer) room(used int) int {
	if p.options.Width == 0 {
		return 0
	}
	return max(narrowest, min(p.options.Width, widest)-used-2)
}

// wrap breaks a text at blanks; a word that is longer than a line stands alone on one. Line feeds of the
// text stay.
func wrap(text string, width int) []string {
	var rows []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		rows = append(rows, wrapOne(paragraph, width)...)
	}
	return rows
}

func wrapOne(text string, width int) []string {
	if width == 0 || columns(text) <= width {
		return []string{text}
	}
	var rows []string
	row := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case row == "":
			row = word
		case columns(row)+1+columns(word) <= width:
			row += " " + word
		default:
			rows, row = append(rows, row), word
		}
	}
	return append(rows, row)
}

// columns counts letters, without escape sequences.
func columns(text string) int {
	n := utf8.RuneCountInString(text)
	for {
		start := strings.Index(text, "\x1b[")
		if start < 0 {
			return n
		}
		end := strings.IndexByte(text[start:], 'm')
		if end < 0 {
			return n
		}
		n -= end + 1
		text = text[start+end+1:]
	}
}

// paint gives a text the colour of a tone. Without colours the words alone must do, and do.
func (p *printer) paint(tone digest.Tone, text string) string {
	code := map[digest.Tone]string{
		digest.Good: "\x1b[1;32m", digest.Bad: "\x1b[1;31m", digest.Caution: "\x1b[1;33m",
		digest.Unclear: "\x1b[1;35m", digest.Idle: faint,
	}[tone]
	return p.style(code, text)
}

func (p *printer) dim(text string) string { return p.style(faint, text) }

func (p *printer) style(code, text string) string {
	if !p.options.Color || text == "" {
		return text
	}
	return code + text + reset
}

// clean removes what could move the cursor or colour a terminal.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || !unicode.IsControl(r) {
			return r
		}
		return '\uFFFD'
	}, text)
}

// cutTo shortens a text to a number of letters.
func cutTo(text string, letters int) string {
	if runes := []rune(text); len(runes) > letters {
		return string(runes[:letters-1]) + "…"
	}
	return text
}
