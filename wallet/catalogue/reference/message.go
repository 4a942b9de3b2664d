package reference

import (
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"mppsim/wallet/catalogue"
)

// tree writes the fields of one message. A shared type that has been written before is not written again.
type tree struct {
	*page
	nameWidth int
	typeWidth int
	written   map[string][]catalogue.Field
}

func (p *page) message(title string, fields []catalogue.Field) {
	p.line()
	p.line(title, "   ● required  ◐ under a condition  ○ optional")
	t := &tree{page: p, written: map[string][]catalogue.Field{}}
	t.measure(fields, 0, map[string][]catalogue.Field{})
	t.fields(fields, 0)
}

// measure finds the widths of the first two columns.
func (t *tree) measure(fields []catalogue.Field, depth int, written map[string][]catalogue.Field) {
	for i := range fields {
		f := &fields[i]
		t.nameWidth = max(t.nameWidth, len(indent(depth))+2+len(f.Name)+2)
		t.typeWidth = max(t.typeWidth, utf8.RuneCountInString(form(f))+2)
		if !known(written, f) {
			t.measure(f.Fields, depth+1, written)
		}
	}
}

func (t *tree) fields(fields []catalogue.Field, depth int) {
	for i := range fields {
		f := &fields[i]
		before := known(t.written, f)
		lead := pad(indent(depth)+mark(f.Need)+" "+f.Name, t.nameWidth) + form(f)
		t.columns(lead, t.nameWidth+t.typeWidth, about(f, before))
		if !before {
			t.fields(f.Fields, depth+1)
		}
	}
}

// known reports whether the field's members have been written already, and remembers that they are now.
func known(written map[string][]catalogue.Field, f *catalogue.Field) bool {
	if f.Kind != catalogue.Object || f.TypeName() == string(catalogue.Object) {
		return false
	}
	before, ok := written[f.TypeName()]
	if ok && reflect.DeepEqual(before, f.Fields) {
		return true
	}
	if !ok {
		written[f.TypeName()] = f.Fields
	}
	return false
}

func indent(depth int) string { return strings.Repeat("  ", depth+1) }

func mark(n catalogue.Need) string {
	switch n {
	case catalogue.Required:
		return "●"
	case catalogue.Conditional:
		return "◐"
	default:
		return "○"
	}
}

// form is type and limits: "string ≤64", "integer ≥1", "[]Transaction".
func form(f *catalogue.Field) string {
	text := f.Type
	if f.Format != "" {
		text = f.Format
	}
	if f.Max > 0 && f.Format == "" {
		text += fmt.Sprintf(" ≤%d", f.Max)
	}
	if f.Least != nil {
		text += fmt.Sprintf(" ≥%d", *f.Least)
	}
	if f.Items > 0 {
		text += fmt.Sprintf(" ≤%d", f.Items)
	}
	return text
}

// condition prefers the words of the data to the condition itself, which JSON tells exactly.
func condition(f *catalogue.Field) string {
	if f.Words != "" {
		return f.Words
	}
	return "required when " + f.When.String()
}

func about(f *catalogue.Field, before bool) string {
	var parts []string
	if len(f.Enum) > 0 {
		values := strings.Join(f.Enum, " | ")
		if f.Open {
			values += " | …"
		}
		parts = append(parts, values)
	}
	if f.Need == catalogue.Conditional {
		parts = append(parts, condition(f))
	}
	if f.Text != "" {
		parts = append(parts, f.Text)
	}
	if before {
		parts = append(parts, "(members as above)")
	}
	return strings.Join(parts, "; ") + grade(f.Confidence, "")
}
