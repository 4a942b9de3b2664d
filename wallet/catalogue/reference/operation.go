package reference

import (
	"fmt"
	"strings"

	"mppsim/wallet/catalogue"
)

const labelWidth = 14

// Operation describes an operation: what it is for, its messages as trees, and its result codes.
func Operation(op *catalogue.Operation) string {
	p := &page{}
	p.line(op.FullName(), " · ", direction(op))
	p.line("POST ", op.Path)
	for _, path := range op.Also {
		p.line("POST ", path)
	}
	p.line(op.Title)
	p.line()
	p.facts(op)
	p.message("Request", op.Request)
	p.message("Response", op.Response)
	p.codes(op)
	return p.String()
}

func direction(op *catalogue.Operation) string {
	if op.Served() {
		return "served by the " + op.Partner()
	}
	return "called by the " + op.Partner()
}

func (p *page) facts(op *catalogue.Operation) {
	fact := func(label, text string) {
		if text != "" {
			p.columns("  "+label, labelWidth, text)
		}
	}
	fact("Products", strings.Join(op.Products, ", "))
	fact("Sent to", op.Address)
	fact("Repeating", repeating(op.Idempotency))
	if op.Idempotency != nil {
		fact("", op.Idempotency.Words)
	}
	label := "Mind"
	for _, note := range op.Notes {
		fact(label, note)
		label = ""
	}
	fact("Source", fmt.Sprintf("%s (%s)", strings.Join(op.Source, ", "), op.Confidence))
}

func repeating(i *catalogue.Idempotency) string {
	if i == nil {
		return ""
	}
	text := "key " + strings.Join(i.Key, " + ")
	if len(i.Compared) > 0 {
		text += "; compared: " + strings.Join(i.Compared, ", ") + "; a difference is answered " + i.Mismatch
	}
	return text
}

func (p *page) codes(op *catalogue.Operation) {
	p.line()
	p.line("Result codes: what happened, and what the receiver does")
	for _, c := range op.Codes {
		p.columns(fmt.Sprintf("  %s %s", c.Status, c.Name), 38, c.Meaning+".")
		p.columns("", 38, "→ "+c.Action+grade(c.Confidence, op.Confidence))
	}
}

// grade names a confidence where it is not the operation's own.
func grade(c, usual catalogue.Confidence) string {
	if c == "" || c == usual {
		return ""
	}
	return " [" + string(c) + "]"
}
