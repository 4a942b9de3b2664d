package reference

import (
	"fmt"
	"slices"
	"strings"

	"mppsim/wallet/catalogue"
)

// List names the operations of some doors.
func List(doors []catalogue.Door) string {
	p := &page{}
	for i, d := range doors {
		if i > 0 {
			p.line()
		}
		p.line(d.Name, " · ", d.Title, " · sources below ", d.Source)
		p.operations(d, false, "  called by the "+d.Partner())
		p.operations(d, true, "  served by the "+d.Partner())
	}
	return p.String()
}

func (p *page) operations(d catalogue.Door, served bool, title string) {
	p.line(title)
	for _, op := range d.Operations {
		if op.Served() == served {
			p.columns("    "+op.FullName(), 38, op.Title)
		}
	}
}

// Code explains a result code wherever it occurs; empty if no door knows it.
func Code(c *catalogue.Catalogue, name string) string {
	p := &page{}
	for i := range c.Doors {
		d := &c.Doors[i]
		code, ok := d.Code(name)
		if !ok {
			continue
		}
		if p.Len() > 0 {
			p.line()
		}
		p.line(code.Name, " · ", status(code.Status), " · ", d.Name, " · ", d.Title)
		p.columns("  Message", labelWidth, code.Message)
		p.uses(d, code.Name)
		p.columns("  Source", labelWidth, fmt.Sprintf("%s (%s)", code.Source, code.Confidence))
	}
	return p.String()
}

// uses tells meaning and action for each group of operations in which they are the same.
func (p *page) uses(d *catalogue.Door, name string) {
	type use struct{ meaning, action string }
	var order []use
	where := map[use][]string{}
	for i := range d.Operations {
		code, ok := d.Operations[i].Code(name)
		if !ok {
			continue
		}
		u := use{code.Meaning, code.Action}
		if !slices.Contains(order, u) {
			order = append(order, u)
		}
		where[u] = append(where[u], d.Operations[i].Name)
	}
	for _, u := range order {
		p.columns("  Answers", labelWidth, strings.Join(where[u], ", "))
		p.columns("", labelWidth, u.meaning+".")
		p.columns("", labelWidth, "→ "+u.action)
	}
}

func status(s string) string {
	switch s {
	case "S":
		return "S success"
	case "F":
		return "F failed and final"
	default:
		return "U unknown"
	}
}
