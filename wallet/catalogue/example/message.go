// Package example makes messages from the catalogue: whole ones, and for every rule of every field one
// that keeps it and one that breaks it.
package example

import (
	"mppsim/wallet/catalogue"
	"mppsim/wallet/jsontree"
)

// Message returns a message with every field that the catalogue knows.
func Message(op *catalogue.Operation, part catalogue.Part) *jsontree.Node {
	return object(op.Fields(part), func(*catalogue.Field) bool { return true })
}

// Least returns the smallest message that keeps every rule.
func Least(op *catalogue.Operation, part catalogue.Part) *jsontree.Node {
	fields := op.Fields(part)
	message := object(fields, func(f *catalogue.Field) bool { return f.Need == catalogue.Required })
	// A condition may hold only because of what another one has added.
	for range 4 {
		complete(message, message, fields)
	}
	return message
}

// complete adds the conditional fields below n whose condition holds for the message.
func complete(message, n *jsontree.Node, fields []catalogue.Field) {
	for i := range fields {
		f := &fields[i]
		child := n.Get(f.Name)
		switch {
		case child == nil && f.Need == catalogue.Conditional && f.When.Holds(message):
			n.Members = append(n.Members, jsontree.Member{Name: f.Name, Value: least(f)})
		case child != nil && child.Kind == jsontree.Object:
			complete(message, child, f.Fields)
		}
	}
}

func least(f *catalogue.Field) *jsontree.Node {
	return value(f, func(f *catalogue.Field) bool { return f.Need == catalogue.Required })
}

func object(fields []catalogue.Field, wanted func(*catalogue.Field) bool) *jsontree.Node {
	n := &jsontree.Node{Kind: jsontree.Object}
	for i := range fields {
		if f := &fields[i]; wanted(f) {
			n.Members = append(n.Members, jsontree.Member{Name: f.Name, Value: value(f, wanted)})
		}
	}
	return n
}

func value(f *catalogue.Field, wanted func(*catalogue.Field) bool) *jsontree.Node {
	if !f.List {
		return single(f, wanted)
	}
	return &jsontree.Node{Kind: jsontree.Array, Items: []*jsontree.Node{single(f, wanted)}}
}

func single(f *catalogue.Field, wanted func(*catalogue.Field) bool) *jsontree.Node {
	if f.Kind == catalogue.Object {
		return object(f.Fields, wanted)
	}
	return scalar(f, f.Sample())
}

func scalar(f *catalogue.Field, text string) *jsontree.Node {
	switch f.Kind {
	case catalogue.Number:
		return &jsontree.Node{Kind: jsontree.Number, Text: text}
	case catalogue.Flag:
		return &jsontree.Node{Kind: jsontree.Bool, Text: text}
	default:
		return jsontree.Of(text)
	}
}
