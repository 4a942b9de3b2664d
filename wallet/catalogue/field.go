package catalogue

import (
	"strings"
)

// Need says whether a field must be there.
type Need string

// The needs.
const (
	Required    Need = "required"
	Conditional Need = "conditional" // required when its condition holds
	Optional    Need = "optional"
)

// Kind is the form of a scalar, or says that a field has members.
type Kind string

// The kinds. Both doors write scalars as JSON strings; Number and Flag are the two that are native.
const (
	Text     Kind = "string"
	Integer  Kind = "integer"  // digits in a string
	Decimal  Kind = "decimal"  // decimal number in a string
	Boolean  Kind = "boolean"  // "true" or "false" in a string
	DateTime Kind = "datetime" // ISO 8601 with offset
	URL      Kind = "url"      // absolute http or https address
	Number   Kind = "number"   // native JSON number
	Flag     Kind = "flag"     // native JSON boolean
	Object   Kind = "object"
)

func scalars() []Kind {
	return []Kind{Text, Integer, Decimal, Boolean, DateTime, URL, Number, Flag}
}

// Field is a member of a message. Lengths are in characters.
type Field struct {
	Name       string     `yaml:"name" json:"name"`
	Type       string     `yaml:"type" json:"type"` // as written: a kind or a shared type, [] before it for a list
	Kind       Kind       `yaml:"-" json:"kind"`
	List       bool       `yaml:"-" json:"list,omitempty"`
	Fields     []Field    `yaml:"fields" json:"fields,omitempty"`
	Need       Need       `yaml:"need" json:"need"`
	When       *Condition `yaml:"when" json:"when,omitempty"`
	Words      string     `yaml:"words" json:"words,omitempty"` // the condition in words
	Max        int        `yaml:"max" json:"max,omitempty"`     // longest text in characters; 0: not known
	Items      int        `yaml:"items" json:"items,omitempty"` // most items of a list; 0: not known
	Least      *int64     `yaml:"least" json:"least,omitempty"` // smallest value of an integer
	Enum       []string   `yaml:"enum" json:"enum,omitempty"`
	Open       bool       `yaml:"open" json:"open,omitempty"`     // other values than those of the enumeration occur
	Format     string     `yaml:"format" json:"format,omitempty"` // name of a format: currency, region, mcc
	Borne      bool       `yaml:"borne" json:"borne,omitempty"`   // the message is understood even if the field is missing or its text is wrong
	Text       string     `yaml:"text" json:"text,omitempty"`
	Source     string     `yaml:"source" json:"source,omitempty"`         // only where it differs from the operation's
	Confidence Confidence `yaml:"confidence" json:"confidence,omitempty"` // only where it differs from the operation's
}

// TypeName is the field's type without the mark of a list: a kind or the name of a shared type.
func (f *Field) TypeName() string { return strings.TrimPrefix(f.Type, "[]") }

// Walk calls visit for every field below fields, depth first, with its dotted path; "[]" ends the name of a list.
func Walk(fields []Field, visit func(path string, f *Field)) { walk("", fields, visit) }

func walk(prefix string, fields []Field, visit func(string, *Field)) {
	for i := range fields {
		f := &fields[i]
		path := prefix + f.Name
		if f.List {
			path += "[]"
		}
		visit(path, f)
		walk(path+".", f.Fields, visit)
	}
}

// Find returns the field at a dotted path, with or without the marks of lists; nil if there is none.
func Find(fields []Field, path string) *Field {
	head, rest, deeper := strings.Cut(path, ".")
	head = strings.TrimSuffix(head, "[]")
	for i := range fields {
		if fields[i].Name != head {
			continue
		}
		if !deeper {
			return &fields[i]
		}
		return Find(fields[i].Fields, rest)
	}
	return nil
}
