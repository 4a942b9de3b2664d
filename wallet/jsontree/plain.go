package jsontree

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// plainParser reads what nearly every message is: one strict JSON value without escapes, without names that occur twice
// and without anything after it. It gives up on everything else and leaves the judgement to the complete parser, so
// that it needs to know no error.
type plainParser struct {
	text    string // texts of nodes are parts of it
	at      int
	nodes   []Node   // from which nodes are taken
	members []Member // from which the members of objects are taken, as long as there are some
}

// Nodes are made at once for a usual message, and nodeBatch at a time after manyNodes, so that a text that only looks as
// if it had many values takes no memory for them.
const (
	nodeBatch = 16
	manyNodes = 4 * nodeBatch
)

// values is how many values a text has if it is plain; commas in its texts make it too many.
func values(text []byte) int {
	return 1 + bytes.Count(text, []byte(",")) + bytes.Count(text, []byte("{")) + bytes.Count(text, []byte("["))
}

// parsePlain returns the tree of a plain message; nil for any other.
func parsePlain(text []byte) *Node {
	if !utf8.Valid(text) {
		return nil
	}
	p := plainParser{text: string(text), nodes: make([]Node, min(values(text), manyNodes))}
	return p.whole()
}

// whole reads a text that is one value and nothing else.
func (p *plainParser) whole() *Node {
	p.blanks()
	root := p.value(0)
	p.blanks()
	if p.at != len(p.text) {
		return nil
	}
	return root
}

func (p *plainParser) node(kind Kind, text string) *Node {
	if len(p.nodes) == 0 {
		p.nodes = make([]Node, nodeBatch)
	}
	n := &p.nodes[0]
	p.nodes = p.nodes[1:]
	*n = Node{Kind: kind, Text: text}
	return n
}

func (p *plainParser) blanks() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

// next skips blanks and returns the octet there, 0 at the end.
func (p *plainParser) next() byte {
	p.blanks()
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

// take skips blanks and one octet, which must be c.
func (p *plainParser) take(c byte) bool {
	if p.next() != c {
		return false
	}
	p.at++
	return true
}

// value returns nil when it gives up, as all readers do.
func (p *plainParser) value(depth int) *Node {
	switch c := p.next(); {
	case depth > MaxDepth:
		return nil
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		if text, ok := p.quoted(); ok {
			return p.node(String, text)
		}
		return nil
	case c >= '1' && c <= '9':
		return p.digits()
	}
	for _, word := range []struct {
		text string
		kind Kind
	}{{"true", Bool}, {"false", Bool}, {"null", Null}} {
		if strings.HasPrefix(p.text[p.at:], word.text) {
			p.at += len(word.text)
			if word.kind == Null {
				return p.node(Null, "")
			}
			return p.node(Bool, word.text)
		}
	}
	return nil
}

// digits reads a whole number; other numbers are left to the complete parser.
func (p *plainParser) digits() *Node {
	start := p.at
	for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
		p.at++
	}
	switch p.next() {
	case ',', '}', ']', 0:
		return p.node(Number, strings.TrimRight(p.text[start:p.at], " \t\r\n"))
	}
	return nil
}

// quoted reads a text without escapes and control characters.
func (p *plainParser) quoted() (string, bool) {
	start := p.at + 1
	for i := start; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '"':
			p.at = i + 1
			return p.text[start:i], true
		case c == '\\' || c < ' ':
			return "", false
		}
	}
	return "", false
}

func (p *plainParser) object(depth int) *Node {
	n := p.node(Object, "")
	p.at++
	if p.take('}') {
		return n
	}
	var few [8]Member // collected here first: most objects are small
	members := few[:0]
	for {
		if p.next() != '"' {
			return nil
		}
		name, ok := p.quoted()
		if !ok || known(members, name) || !p.take(':') {
			return nil
		}
		value := p.value(depth + 1)
		if value == nil {
			return nil
		}
		members = append(members, Member{Name: name, Value: value})
		if p.take(',') {
			continue
		}
		n.Members = p.kept(members)
		return p.closed(n, '}')
	}
}

// kept copies the members of an object to where they stay.
func (p *plainParser) kept(members []Member) []Member {
	count := len(members)
	if count > len(p.members) {
		return slices.Clone(members)
	}
	room := p.members[:count:count]
	p.members = p.members[count:]
	copy(room, members)
	return room
}

// manyMembers is how many members are compared one by one to find a name that occurs twice.
const manyMembers = 64

// known reports that a name occurs twice, or that there are too many to tell.
func known(members []Member, name string) bool {
	for i := range members {
		if members[i].Name == name {
			return true
		}
	}
	return len(members) >= manyMembers
}

func (p *plainParser) array(depth int) *Node {
	n := p.node(Array, "")
	p.at++
	if p.take(']') {
		return n
	}
	for {
		value := p.value(depth + 1)
		if value == nil {
			return nil
		}
		n.Items = append(n.Items, value)
		if !p.take(',') {
			return p.closed(n, ']')
		}
	}
}

// closed ends an object or array.
func (p *plainParser) closed(n *Node, c byte) *Node {
	if !p.take(c) {
		return nil
	}
	return n
}
