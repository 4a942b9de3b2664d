package example

import (
	"slices"

	"mppsim/wallet/catalogue"
	"mppsim/wallet/jsontree"
)

// arrange changes a whole message so that the condition holds, or does not.
func arrange(fields []catalogue.Field, root *jsontree.Node, c *catalogue.Condition, holds bool) {
	switch {
	case c.Field != "":
		f := catalogue.Find(fields, c.Field)
		n := jsontree.Of(chosen(f, c.Is, holds))
		if f.List {
			n = &jsontree.Node{Kind: jsontree.Array, Items: []*jsontree.Node{n}}
		}
		set(root, c.Field, n)
	case c.Given != "":
		if !holds {
			root.Remove(c.Given)
		}
	case c.Missing != "":
		if holds {
			root.Remove(c.Missing)
		}
	case c.Not != nil:
		arrange(fields, root, c.Not, !holds)
	case len(c.All) > 0:
		several(fields, root, c.All, holds, !holds)
	default:
		several(fields, root, c.Any, holds, holds)
	}
}

// several arranges the first condition alone, or all of them.
func several(fields []catalogue.Field, root *jsontree.Node, conditions []catalogue.Condition, holds, firstOnly bool) {
	if firstOnly {
		conditions = conditions[:1]
	}
	for i := range conditions {
		arrange(fields, root, &conditions[i], holds)
	}
}

// chosen is a value of the field that is among the wanted ones, or is not.
func chosen(f *catalogue.Field, wanted []string, among bool) string {
	if among {
		return wanted[0]
	}
	others := f.Enum
	if f.Kind == catalogue.Boolean {
		others = []string{"true", "false"}
	}
	for _, v := range others {
		if !slices.Contains(wanted, v) {
			return v
		}
	}
	return "OTHER"
}
