package openapi

import (
	"strconv"

	"mppsim/wallet/jsontree"
)

// entry is a name with its value; the document keeps the order in which it is built.
type entry = jsontree.Member

func object(entries ...entry) *jsontree.Node {
	return &jsontree.Node{Kind: jsontree.Object, Members: entries}
}

func of(name string, value *jsontree.Node) entry { return entry{Name: name, Value: value} }

func text(name, value string) entry { return of(name, jsontree.Of(value)) }

func number(name string, value int64) entry {
	return of(name, &jsontree.Node{Kind: jsontree.Number, Text: strconv.FormatInt(value, 10)})
}

func flag(name string, value bool) entry {
	return of(name, &jsontree.Node{Kind: jsontree.Bool, Text: strconv.FormatBool(value)})
}

func list(items ...*jsontree.Node) *jsontree.Node {
	return &jsontree.Node{Kind: jsontree.Array, Items: items}
}

func texts(values []string) *jsontree.Node {
	n := list()
	for _, v := range values {
		n.Items = append(n.Items, jsontree.Of(v))
	}
	return n
}

func add(n *jsontree.Node, entries ...entry) { n.Members = append(n.Members, entries...) }
