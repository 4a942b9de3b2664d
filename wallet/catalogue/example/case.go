package example

import (
	"fmt"
	"strconv"
	"strings"

	"mppsim/wallet/catalogue"
	"mppsim/wallet/jsontree"
)

// Case is a message with one thing done to it.
type Case struct {
	Name    string
	Path    string         // of the field, items by number
	Rule    catalogue.Rule // the rule that the case is about
	Keeps   bool           // the message keeps every rule; otherwise it breaks Rule at Path
	Message *jsontree.Node
}

// maker collects the cases of one message.
type maker struct {
	op    *catalogue.Operation
	part  catalogue.Part
	cases []Case
}

// Cases makes the cases of a message: for every rule of every field at least one that keeps it and one
// that breaks it.
func Cases(op *catalogue.Operation, part catalogue.Part) []Case {
	m := &maker{op: op, part: part}
	m.add("everything", "", catalogue.RuleRequired, true, func(*jsontree.Node) {})
	catalogue.Walk(op.Fields(part), func(path string, f *catalogue.Field) {
		first := strings.ReplaceAll(path, "[].", ".0.")
		m.presence(strings.TrimSuffix(first, "[]"), f)
		if f.List {
			m.items(strings.TrimSuffix(first, "[]"), f)
			first = strings.TrimSuffix(first, "[]") + ".0"
		}
		m.form(first, f)
	})
	return m.cases
}

// add makes one case by changing the whole message.
func (m *maker) add(what, path string, rule catalogue.Rule, keeps bool, change func(*jsontree.Node)) {
	message := Message(m.op, m.part)
	change(message)
	m.cases = append(m.cases, Case{
		Name: strings.TrimSpace(path + " " + what), Path: path, Rule: rule, Keeps: keeps, Message: message,
	})
}

// put replaces the value at a path by another one.
func (m *maker) put(what, path string, rule catalogue.Rule, keeps bool, n *jsontree.Node) {
	m.add(what, path, rule, keeps, func(root *jsontree.Node) { set(root, path, n) })
}

// set changes a value whose parents are all there; the whole message has them.
func set(root *jsontree.Node, path string, n *jsontree.Node) { _ = root.Set(path, n) }

func (m *maker) presence(path string, f *catalogue.Field) {
	remove := func(root *jsontree.Node) { root.Remove(path) }
	switch f.Need {
	case catalogue.Required:
		m.add("missing", path, catalogue.RuleRequired, false, remove)
		m.put("null", path, catalogue.RuleRequired, false, &jsontree.Node{Kind: jsontree.Null})
	case catalogue.Optional:
		m.add("left out", path, catalogue.RuleRequired, true, remove)
	case catalogue.Conditional:
		m.add("missing under its condition", path, catalogue.RuleRequired, false, func(root *jsontree.Node) {
			arrange(m.op.Fields(m.part), root, f.When, true)
			remove(root)
		})
		m.add("left out without its condition", path, catalogue.RuleRequired, true, func(root *jsontree.Node) {
			arrange(m.op.Fields(m.part), root, f.When, false)
			remove(root)
		})
	}
}

func (m *maker) items(path string, f *catalogue.Field) {
	m.put("no list", path, catalogue.RuleType, false, jsontree.Of("text"))
	if f.Items == 0 {
		return
	}
	list := func(count int) *jsontree.Node {
		n := &jsontree.Node{Kind: jsontree.Array}
		for range count {
			n.Items = append(n.Items, single(f, func(*catalogue.Field) bool { return true }))
		}
		return n
	}
	m.put("most items", path, catalogue.RuleLength, true, list(f.Items))
	m.put("one item too many", path, catalogue.RuleLength, false, list(f.Items+1))
}

func (m *maker) form(path string, f *catalogue.Field) {
	if f.Kind == catalogue.Object {
		m.put("a text", path, catalogue.RuleType, false, jsontree.Of("text"))
		return
	}
	m.put("an object", path, catalogue.RuleType, false, &jsontree.Node{Kind: jsontree.Object, Members: []jsontree.Member{{Name: "a", Value: jsontree.Of("b")}}})
	m.spelling(path, f)
	m.length(path, f)
	m.enum(path, f)
	if bad := f.Bad(); bad != "" {
		m.put(bad, path, catalogue.RuleFormat, false, jsontree.Of(bad))
	}
	if f.Least != nil {
		m.put("smallest value", path, catalogue.RuleValue, true, jsontree.Of(strconv.FormatInt(*f.Least, 10)))
	}
	if f.Least != nil && *f.Least > 0 {
		m.put("too small", path, catalogue.RuleValue, false, jsontree.Of(strconv.FormatInt(*f.Least-1, 10)))
	}
}

// spelling covers strings that must be native, and native scalars that must be strings.
func (m *maker) spelling(path string, f *catalogue.Field) {
	if f.Kind == catalogue.Number || f.Kind == catalogue.Flag {
		m.put("as a string", path, catalogue.RuleString, false, jsontree.Of(f.Sample()))
		return
	}
	m.put("as a number", path, catalogue.RuleString, false, &jsontree.Node{Kind: jsontree.Number, Text: "1"})
	if strings.Contains(path, ".0") && strings.HasSuffix(path, ".0") {
		return // an item of a list is no member that could be left out
	}
	m.put("empty", path, catalogue.RuleEmpty, false, jsontree.Of(""))
}

func (m *maker) length(path string, f *catalogue.Field) {
	if f.Max == 0 || f.Kind != catalogue.Text && f.Kind != catalogue.URL {
		return
	}
	m.put(fmt.Sprintf("of %d characters", f.Max+1), path, catalogue.RuleLength, false, jsontree.Of(fill(f, f.Max+1)))
	if len(f.Enum) == 0 && f.Format == "" {
		m.put(fmt.Sprintf("of %d characters", f.Max), path, catalogue.RuleLength, true, jsontree.Of(fill(f, f.Max)))
	}
}

// fill lengthens a sample with characters of two bytes each, since lengths count characters.
func fill(f *catalogue.Field, length int) string {
	text := []rune(f.Sample())
	for len(text) < length {
		text = append(text, 'é')
	}
	return string(text)
}

func (m *maker) enum(path string, f *catalogue.Field) {
	for _, v := range f.Enum {
		m.put(v, path, catalogue.RuleEnum, true, jsontree.Of(v))
	}
	if len(f.Enum) == 0 {
		return
	}
	m.put("of another value", path, catalogue.RuleEnum, f.Open, jsontree.Of(clip("NONE", f.Max)))
	if lower := strings.ToLower(f.Enum[0]); !f.Open && lower != f.Enum[0] {
		m.put("in small letters", path, catalogue.RuleEnum, false, jsontree.Of(lower))
	}
}

func clip(s string, most int) string {
	if most > 0 && len(s) > most {
		return s[:most]
	}
	return s
}
