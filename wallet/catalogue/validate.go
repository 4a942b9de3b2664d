package catalogue

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mppsim/wallet/jsontree"
)

// Severity says what a violation means for the message.
type Severity string

// The severities. What is lenient the real gateway takes in practice; a strict one refuses it all the same.
const (
	Illegal Severity = "illegal"
	Lenient Severity = "lenient"
)

// Rule names what a message broke.
type Rule string

// The rules.
const (
	RuleJSON     Rule = "json"     // the body is not one strict JSON object
	RuleRequired Rule = "required" // a field is missing, always or under its condition
	RuleType     Rule = "type"     // object, list and scalar are mixed up
	RuleString   Rule = "string"   // a native scalar instead of a string, or the other way round
	RuleEmpty    Rule = "empty"    // an empty string
	RuleLength   Rule = "length"   // too many characters or items
	RuleEnum     Rule = "enum"     // not one of the values
	RuleFormat   Rule = "format"   // not a number, time, address, currency …
	RuleValue    Rule = "value"    // a number that is too small
)

// Violation is one broken rule.
type Violation struct {
	Path       string   `json:"path"` // dotted, items by number; empty: the message
	Rule       Rule     `json:"rule"`
	Severity   Severity `json:"severity"`
	Expected   string   `json:"expected"`
	Seen       string   `json:"seen"`
	ResultCode string   `json:"resultCode,omitempty"` // what the network answers to such a request
	// Inferred says that no source names the rule: it is our own choice.
	Inferred bool `json:"inferred,omitempty"`
}

// String tells the violation in one line.
func (v Violation) String() string {
	return fmt.Sprintf("%s: expected %s, seen %s", v.Path, v.Expected, v.Seen)
}

// Verdict is what validation says of a message. Unknown names members that the catalogue does not know:
// they are ignored by both sides and are no violation. Of what a message does again and again only the first examples are
// kept, and More says how many there were beside them.
type Verdict struct {
	Violations []Violation `json:"violations"`
	Unknown    []string    `json:"unknown"`
	More       int         `json:"more,omitempty"`
}

// mostAlike bounds the violations of one rule, and the unknown members, that a verdict keeps: a message of 1 MiB has room for
// hundreds of thousands, which would take more memory than the message.
const mostAlike = 20

// Illegal reports whether the message cannot be taken even by a tolerant receiver.
func (v Verdict) Illegal() bool {
	return slices.ContainsFunc(v.Violations, func(v Violation) bool { return v.Severity == Illegal })
}

// Validate judges the body of a request or response against the fields of the operation.
func (o *Operation) Validate(part Part, body []byte) Verdict {
	v := o.validator(part)
	root, notes, err := jsontree.ParseLenient(body)
	if err != nil {
		v.add(nil, RuleJSON, Illegal, "a JSON object", err.Error())
		return v.Verdict
	}
	for _, note := range notes {
		v.add(nil, RuleJSON, Lenient, "strict JSON", note)
	}
	v.message(o.Fields(part), root)
	return v.Verdict
}

// ValidateTree judges a message that has been parsed already.
func (o *Operation) ValidateTree(part Part, root *jsontree.Node) Verdict {
	v := o.validator(part)
	v.message(o.Fields(part), root)
	return v.Verdict
}

func (o *Operation) validator(part Part) *validator {
	return &validator{code: o.refusal(part), path: make([]string, 0, maxNesting)}
}

// refusal is the code that answers an illegal request; a response has no answer.
func (o *Operation) refusal(part Part) string {
	if part == Response {
		return ""
	}
	return "PARAM_ILLEGAL"
}

// validator goes through a message. Its path is that of the value at hand.
type validator struct {
	Verdict
	root *jsontree.Node
	code string
	path []string
}

// add notes a broken rule of a field; of none, it is one of the message.
func (v *validator) add(f *Field, rule Rule, s Severity, expected, seen string) {
	if v.alike(rule, s) >= mostAlike {
		v.More++
		return
	}
	v.Violations = append(v.Violations, Violation{
		Path: strings.Join(v.path, "."), Rule: rule, Severity: s, Expected: expected, Seen: seen, ResultCode: v.code, Inferred: f.inferred(rule),
	})
}

// alike counts the violations of a rule that are kept.
func (v *validator) alike(rule Rule, s Severity) (n int) {
	for i := range v.Violations {
		if v.Violations[i].Rule == rule && v.Violations[i].Severity == s {
			n++
		}
	}
	return n
}

// inferred reports whether a rule of the field is our own choice. That every scalar is a string, and none is empty, holds
// for all messages (acqp-api §1.5), and what is no scalar cannot be taken for one.
func (f *Field) inferred(rule Rule) bool {
	return f != nil && f.Confidence == Engineering && rule != RuleString && rule != RuleEmpty && rule != RuleType
}

// enter goes to a member or item; leave comes back.
func (v *validator) enter(name string) { v.path = append(v.path, name) }
func (v *validator) leave()            { v.path = v.path[:len(v.path)-1] }

func (v *validator) message(fields []Field, root *jsontree.Node) {
	v.root = root
	if root.Kind != jsontree.Object {
		v.add(nil, RuleType, Illegal, "an object", seen(root))
		return
	}
	v.object(fields, root)
}

func (v *validator) object(fields []Field, n *jsontree.Node) {
	for i := range fields {
		v.enter(fields[i].Name)
		v.field(&fields[i], n.Member(fields[i].Name))
		v.leave()
	}
	for i := range n.Members {
		if name := n.Members[i].Name; !names(fields, name) {
			v.ignore(name)
		}
	}
}

// ignore notes a member that the catalogue does not know.
func (v *validator) ignore(name string) {
	if len(v.Unknown) >= mostAlike {
		v.More++
		return
	}
	v.Unknown = append(v.Unknown, strings.Join(append(v.path, name), "."))
}

// names reports whether one of the fields has a name.
func names(fields []Field, name string) bool {
	for i := range fields {
		if fields[i].Name == name {
			return true
		}
	}
	return false
}

func (v *validator) field(f *Field, n *jsontree.Node) {
	if n != nil && n.Kind == jsontree.String && n.Text == "" {
		v.add(f, RuleEmpty, Lenient, "a text, or no such member", `""`)
	}
	if absent(n) {
		v.absence(f, n)
		return
	}
	if f.List {
		v.list(f, n)
		return
	}
	v.single(f, n)
}

func (v *validator) absence(f *Field, n *jsontree.Node) {
	if f.Need == Optional || f.Need == Conditional && !f.When.Holds(v.root) {
		return
	}
	expected := "a value"
	if f.Need == Conditional {
		expected += ", because " + f.When.String()
	}
	v.add(f, RuleRequired, f.severity(), expected, seen(n))
}

// severity of a broken rule of the field.
func (f *Field) severity() Severity {
	if f.Borne {
		return Lenient
	}
	return Illegal
}

func (v *validator) list(f *Field, n *jsontree.Node) {
	if n.Kind != jsontree.Array {
		v.add(f, RuleType, Illegal, "a list", seen(n))
		return
	}
	if f.Items > 0 && len(n.Items) > f.Items {
		v.add(f, RuleLength, f.severity(), fmt.Sprintf("at most %d items", f.Items), strconv.Itoa(len(n.Items)))
	}
	for i, item := range n.Items {
		v.enter(strconv.Itoa(i))
		v.single(f, item)
		v.leave()
	}
}

func (v *validator) single(f *Field, n *jsontree.Node) {
	isObject := n.Kind == jsontree.Object
	switch {
	case isObject && f.Kind == Object:
		v.object(f.Fields, n)
	case isObject || f.Kind == Object || n.Kind == jsontree.Array || n.Kind == jsontree.Null:
		v.add(f, RuleType, Illegal, f.expectedType(), seen(n))
	default:
		v.scalar(f, n)
	}
}

func (f *Field) expectedType() string {
	if f.Kind == Object {
		return "an object"
	}
	return form(f.Kind).expected
}

func (v *validator) scalar(f *Field, n *jsontree.Node) {
	if native := f.Kind == Number || f.Kind == Flag; native {
		if f.Kind == Number && n.Kind != jsontree.Number || f.Kind == Flag && n.Kind != jsontree.Bool {
			v.add(f, RuleString, f.severity(), form(f.Kind).expected, seen(n))
		}
		return
	}
	if n.Kind != jsontree.String {
		v.add(f, RuleString, Lenient, "a JSON string", seen(n))
	}
	v.text(f, n)
}

func (v *validator) text(f *Field, n *jsontree.Node) {
	if count := utf8.RuneCountInString(n.Text); f.Max > 0 && count > f.Max {
		v.add(f, RuleLength, Lenient, fmt.Sprintf("at most %d characters", f.Max), fmt.Sprintf("%d characters", count))
	}
	kind := form(f.Kind)
	if match := kind.match(n.Text); match != exact {
		v.add(f, RuleFormat, f.graded(match), kind.expected, seen(n))
	} else if f.Least != nil && tooSmall(n.Text, *f.Least) {
		v.add(f, RuleValue, f.severity(), fmt.Sprintf("at least %d", *f.Least), seen(n))
	}
	if s, ok := format(f.Format); ok {
		if match := s.match(n.Text); match != exact {
			v.add(f, RuleFormat, f.graded(match), s.expected, seen(n))
		}
	}
	v.enum(f, n)
}

func (v *validator) enum(f *Field, n *jsontree.Node) {
	if len(f.Enum) == 0 || f.Open || slices.Contains(f.Enum, n.Text) {
		return
	}
	match := wrong
	if slices.ContainsFunc(f.Enum, func(s string) bool { return strings.EqualFold(s, n.Text) }) {
		match = loose
	}
	v.add(f, RuleEnum, f.graded(match), strings.Join(f.Enum, " or "), seen(n))
}

func (f *Field) graded(m match) Severity {
	if m == loose {
		return Lenient
	}
	return f.severity()
}

// longestSeen bounds what of a value is repeated in a violation.
const longestSeen = 80

func seen(n *jsontree.Node) string {
	switch {
	case n == nil:
		return "nothing"
	case n.Kind == jsontree.Null:
		return "null"
	case n.Kind == jsontree.Object:
		return "an object"
	case n.Kind == jsontree.Array:
		return "a list"
	}
	text := n.Text
	if runes := []rune(text); len(runes) > longestSeen {
		text = string(runes[:longestSeen]) + "…"
	}
	if n.Kind == jsontree.String {
		return strconv.Quote(text)
	}
	return "the native value " + text
}
