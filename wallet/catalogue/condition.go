package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"mppsim/wallet/jsontree"
)

// Condition says when a conditional field is required. Exactly one of its forms is set. Paths are dotted
// and begin at the message; a member that is null or an empty text counts as missing.
type Condition struct {
	Field   string      `yaml:"field" json:"field,omitempty"` // with Is: the field, or an item of the list, has one of the values
	Is      []string    `yaml:"is" json:"is,omitempty"`
	Given   string      `yaml:"given" json:"given,omitempty"`     // the field is there
	Missing string      `yaml:"missing" json:"missing,omitempty"` // the field is not there
	All     []Condition `yaml:"all" json:"all,omitempty"`
	Any     []Condition `yaml:"any" json:"any,omitempty"`
	Not     *Condition  `yaml:"not" json:"not,omitempty"`
}

// Holds reports whether a message meets the condition. Values are compared without regard to letter case.
func (c *Condition) Holds(message *jsontree.Node) bool {
	switch {
	case c.Field != "":
		return c.among(message.Get(c.Field))
	case c.Given != "":
		return given(message, c.Given)
	case c.Missing != "":
		return !given(message, c.Missing)
	case c.Not != nil:
		return !c.Not.Holds(message)
	case len(c.Any) > 0:
		return some(c.Any, message, true)
	default:
		return !some(c.All, message, false)
	}
}

// some reports whether a message meets one of several conditions, or does not meet one of them.
func some(conditions []Condition, message *jsontree.Node, meets bool) bool {
	for i := range conditions {
		if conditions[i].Holds(message) == meets {
			return true
		}
	}
	return false
}

// names reports whether a text is one of the condition's values.
func (c *Condition) names(text string) bool {
	return slices.ContainsFunc(c.Is, func(s string) bool { return strings.EqualFold(s, text) })
}

// among reports whether a scalar, or a text of a list, is one of the condition's values.
func (c *Condition) among(n *jsontree.Node) bool {
	switch {
	case absent(n) || n.Kind == jsontree.Object:
		return false
	case n.Kind != jsontree.Array:
		return c.names(n.Text)
	}
	return slices.ContainsFunc(n.Items, func(item *jsontree.Node) bool { return item.Kind == jsontree.String && c.names(item.Text) })
}

func given(message *jsontree.Node, path string) bool { return !absent(message.Get(path)) }

func absent(n *jsontree.Node) bool {
	return n == nil || n.Kind == jsontree.Null || n.Kind == jsontree.String && n.Text == ""
}

// String tells the condition in words.
func (c *Condition) String() string {
	switch {
	case c.Field != "":
		return c.Field + " is " + strings.Join(c.Is, " or ")
	case c.Given != "":
		return c.Given + " is given"
	case c.Missing != "":
		return c.Missing + " is not given"
	case c.Not != nil:
		return "not (" + c.Not.String() + ")"
	case len(c.Any) > 0:
		return joined(c.Any, " or ")
	default:
		return joined(c.All, " and ")
	}
}

func joined(conditions []Condition, word string) string {
	parts := make([]string, len(conditions))
	for i := range conditions {
		parts[i] = conditions[i].String()
		if len(conditions[i].All)+len(conditions[i].Any) > 0 {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, word)
}

// Paths are the fields that the condition looks at.
func (c *Condition) Paths() []string {
	var paths []string
	for _, p := range []string{c.Field, c.Given, c.Missing} {
		if p != "" {
			paths = append(paths, p)
		}
	}
	if c.Not != nil {
		paths = append(paths, c.Not.Paths()...)
	}
	for _, sub := range slices.Concat(c.All, c.Any) {
		paths = append(paths, sub.Paths()...)
	}
	return paths
}

// check reports a condition that has no form or several, or looks at fields that do not exist.
func (c *Condition) check(fields []Field) error {
	forms := 0
	for _, set := range []bool{c.Field != "", c.Given != "", c.Missing != "", len(c.All) > 0, len(c.Any) > 0, c.Not != nil} {
		if set {
			forms++
		}
	}
	if forms != 1 || (c.Field != "") != (len(c.Is) > 0) {
		return fmt.Errorf("condition %q: exactly one form must be set", c.String())
	}
	for _, p := range c.Paths() {
		if f := Find(fields, p); f == nil || f.List && f.Kind == Object {
			return fmt.Errorf("condition: no field %q whose value can be asked for", p)
		}
	}
	for _, sub := range slices.Concat(c.All, c.Any) {
		if err := sub.check(fields); err != nil {
			return err
		}
	}
	return nil
}
