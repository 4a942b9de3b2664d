// Package jsontree holds a JSON text as a tree that keeps the order of members and the
// spelling of numbers, so that a message can be read field by field, changed in one place
// and written again in another layout.
package jsontree

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Kind is the type of a JSON value.
type Kind int

// The kinds of a node. Number keeps its text: no digit is lost.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// Node is one JSON value.
type Node struct {
	Kind    Kind
	Text    string // String: the decoded text; Number, Bool: as written
	Members []Member
	Items   []*Node
}

// Member is one name of an object with its value.
type Member struct {
	Name  string
	Value *Node
}

// ErrPath says that a path does not lead anywhere.
var ErrPath = errors.New("jsontree: no such path")

// Get follows a dotted path ("order.merchant.store", "transactions.0.transactionId"); nil if it leads nowhere.
func (n *Node) Get(path string) *Node {
	for {
		name, rest, deeper := strings.Cut(path, ".")
		if n = n.Child(name); n == nil || !deeper {
			return n
		}
		path = rest
	}
}

// Member is the member of an object with a name; nil if there is none.
func (n *Node) Member(name string) *Node {
	if n == nil || n.Kind != Object {
		return nil
	}
	return n.Child(name)
}

// Child is the member of an object with a name, or the item of a list with a number; nil if there is none.
func (n *Node) Child(name string) *Node {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case Object:
		for i := range n.Members {
			if n.Members[i].Name == name {
				return n.Members[i].Value
			}
		}
	case Array:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.Items) {
			return n.Items[i]
		}
	default: // a scalar has no children
	}
	return nil
}

// Set puts a value at a path and makes the objects on the way that are missing.
func (n *Node) Set(path string, value *Node) error {
	head, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		return n.put(head, value)
	}
	next := n.Child(head)
	if next == nil || next.Kind == Null {
		next = &Node{Kind: Object}
		if err := n.put(head, next); err != nil {
			return err
		}
	}
	return next.Set(rest, value)
}

func (n *Node) put(name string, value *Node) error {
	switch n.Kind {
	case Object:
		for i := range n.Members {
			if n.Members[i].Name == name {
				n.Members[i].Value = value
				return nil
			}
		}
		n.Members = append(n.Members, Member{Name: name, Value: value})
		return nil
	case Array:
		i, err := strconv.Atoi(name)
		switch {
		case err != nil || i < 0 || i > len(n.Items):
		case i == len(n.Items):
			n.Items = append(n.Items, value)
			return nil
		default:
			n.Items[i] = value
			return nil
		}
	default: // a scalar has no children
	}
	return fmt.Errorf("%w: %q", ErrPath, name)
}

// Remove takes the value at a path away and reports whether there was one.
func (n *Node) Remove(path string) bool {
	parent, name := n, path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		parent, name = n.Get(path[:i]), path[i+1:]
	}
	if parent == nil || parent.Kind != Object {
		return false
	}
	for i, m := range parent.Members {
		if m.Name == name {
			parent.Members = append(parent.Members[:i:i], parent.Members[i+1:]...)
			return true
		}
	}
	return false
}

// Walk calls visit for every value below n, depth first, with its dotted path; n itself has path "".
func (n *Node) Walk(visit func(path string, v *Node)) { n.walk("", visit) }

func (n *Node) walk(path string, visit func(string, *Node)) {
	visit(path, n)
	for _, m := range n.Members {
		m.Value.walk(join(path, m.Name), visit)
	}
	for i, item := range n.Items {
		item.walk(join(path, strconv.Itoa(i)), visit)
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// AppendTexts adds every string value below n in order, except for empty ones, and an octet after each.
func (n *Node) AppendTexts(list []byte, end byte) []byte {
	if n.Kind == String && n.Text != "" {
		list = append(append(list, n.Text...), end)
	}
	for i := range n.Members {
		list = n.Members[i].Value.AppendTexts(list, end)
	}
	for _, item := range n.Items {
		list = item.AppendTexts(list, end)
	}
	return list
}

// Any reports whether a value below n, or n itself, fits.
func (n *Node) Any(fits func(*Node) bool) bool {
	if fits(n) {
		return true
	}
	for i := range n.Members {
		if n.Members[i].Value.Any(fits) {
			return true
		}
	}
	return slices.ContainsFunc(n.Items, func(item *Node) bool { return item.Any(fits) })
}

// Of returns a string node.
func Of(text string) *Node { return &Node{Kind: String, Text: text} }
