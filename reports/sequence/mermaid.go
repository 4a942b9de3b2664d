package sequence

import (
	"fmt"
	"strings"
)

// Mermaid writes the diagram in the notation that code hosts draw in Markdown.
func (d Diagram) Mermaid() string {
	var b strings.Builder
	b.WriteString("sequenceDiagram\n")
	for _, l := range d.Lifelines {
		fmt.Fprintf(&b, "  participant %s\n", plainName(l))
	}
	for _, r := range d.Rows {
		from, to := plainName(r.From), plainName(r.To)
		switch {
		case r.From == r.To:
			fmt.Fprintf(&b, "  Note over %s: %s\n", from, safe(r.label()))
		case r.Kind == Lost:
			fmt.Fprintf(&b, "  %s--x%s: %s\n", from, to, safe(r.label()))
		case r.Kind == Reply:
			fmt.Fprintf(&b, "  %s-->>%s: %s\n", from, to, safe(r.label()))
		default:
			fmt.Fprintf(&b, "  %s->>%s: %s\n", from, to, safe(r.label()))
		}
	}
	if d.Omitted > 0 {
		fmt.Fprintf(&b, "  Note over Acquirer: %d more are not drawn\n", d.Omitted)
	}
	return b.String()
}

// plainName is a party's name without the plus sign, which the notation would read as an arrow.
func plainName(l Lifeline) string { return strings.TrimSuffix(l.Name(), "+") }

// safe keeps a text from ending its statement or the code block around it.
func safe(text string) string {
	text = strings.Map(func(r rune) rune {
		switch r {
		case ';', '#', '`', '<', '>', '%':
			return ' '
		}
		if r < ' ' {
			return ' '
		}
		return r
	}, text)
	return short(text, 120)
}
