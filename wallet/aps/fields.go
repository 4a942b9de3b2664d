package aps

import (
	"strings"
	"time"

	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

// Fields reads the members of a message whose form has been judged already: what is missing, null or of
// another form is the zero value.
type Fields struct{ root *jsontree.Node }

// FieldsOf reads a message; nil is an empty one.
func FieldsOf(root *jsontree.Node) Fields {
	if root == nil {
		root = &jsontree.Node{Kind: jsontree.Object}
	}
	return Fields{root}
}

// Text is a scalar; natively written ones count as well.
func (f Fields) Text(path string) string {
	if n := f.root.Get(path); n != nil && n.Kind != jsontree.Null {
		return n.Text
	}
	return ""
}

// Texts are the scalars of a list.
func (f Fields) Texts(path string) []string {
	n := f.root.Get(path)
	if n == nil || n.Kind != jsontree.Array {
		return nil
	}
	list := make([]string, 0, len(n.Items))
	for _, item := range n.Items {
		list = append(list, item.Text)
	}
	return list
}

// True is a boolean, in any letter case.
func (f Fields) True(path string) bool { return strings.EqualFold(f.Text(path), "true") }

// Amount is an amount in minor units; zero where there is none.
func (f Fields) Amount(path string) money.Amount {
	a, err := money.ParseWire(f.Text(path+".currency"), f.Text(path+".value"))
	if err != nil {
		return money.Amount{}
	}
	return a
}

// Moment is a time in real time; zero where there is none.
func (f Fields) Moment(path string) time.Time {
	t, err := ParseTime(f.Text(path))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Result is a result object; the zero Result where there is none.
func (f Fields) Result(path string) Result {
	return Result{
		Code: f.Text(path + ".resultCode"), Status: Status(f.Text(path + ".resultStatus")), Message: f.Text(path + ".resultMessage"),
	}
}

// Node is a member as it was written; nil where there is none.
func (f Fields) Node(path string) *jsontree.Node {
	if n := f.root.Get(path); n != nil && n.Kind != jsontree.Null {
		return n
	}
	return nil
}

// Message is a message in the making. What is empty is left out, as the protocol wants it (acqp-api §1.5).
type Message struct{ object }

// NewMessage begins a message.
func NewMessage() Message { return Message{newObject(4)} }

// NewAnswer begins an answer with the result of the call.
func NewAnswer(r Result) Message { return NewMessage().Object("result", r.Node()) }

// Text adds a text.
func (m Message) Text(name, value string) Message {
	m.text(name, value)
	return m
}

// Texts adds a list of texts.
func (m Message) Texts(name string, values []string) Message {
	items := make([]*jsontree.Node, 0, len(values))
	for _, v := range values {
		items = append(items, jsontree.Of(v))
	}
	return m.List(name, items)
}

// List adds a list.
func (m Message) List(name string, items []*jsontree.Node) Message {
	if len(items) > 0 {
		m.add(name, &jsontree.Node{Kind: jsontree.Array, Items: items})
	}
	return m
}

// Object adds a member as it is; nil adds nothing.
func (m Message) Object(name string, value *jsontree.Node) Message {
	if value != nil {
		m.add(name, value)
	}
	return m
}

// Amount adds an amount.
func (m Message) Amount(name string, a money.Amount) Message {
	m.amount(name, a)
	return m
}

// Moment adds a time; it is real time.
func (m Message) Moment(name string, t time.Time) Message {
	m.moment(name, t)
	return m
}

// Node is the finished message.
func (m Message) Node() *jsontree.Node { return m.node }
