package jsontree

import (
	"bytes"
	"slices"
	"unicode/utf16"
)

// Layout says how a tree is written.
type Layout struct {
	Indent  bool // pretty-printed with two blanks
	Reverse bool // members in reverse order
	Escape  bool // non-ASCII characters and slashes escaped
}

// Write returns the JSON text of a tree; the zero Layout is compact.
func (n *Node) Write(l Layout) []byte {
	w := writer{layout: l}
	w.out.Grow(usualSize)
	w.value(n, 0)
	return w.out.Bytes()
}

// AppendText adds a text to a JSON text that is being written without a tree, just as Write does in the zero Layout.
func AppendText(out []byte, text string) []byte {
	if plain(text) {
		out = append(out, '"')
		out = append(out, text...)
		return append(out, '"')
	}
	var w writer
	w.text(text)
	return append(out, w.out.Bytes()...)
}

// usualSize is as long as most messages are.
const usualSize = 1 << 10

type writer struct {
	layout Layout
	out    bytes.Buffer
}

func (w *writer) value(n *Node, depth int) {
	switch n.Kind {
	case Object:
		w.object(n, depth)
	case Array:
		w.list('[', ']', len(n.Items), depth, func(i int) { w.value(n.Items[i], depth+1) })
	case String:
		w.text(n.Text)
	case Null:
		w.out.WriteString("null")
	default:
		w.out.WriteString(n.Text)
	}
}

func (w *writer) object(n *Node, depth int) {
	members := n.Members
	if w.layout.Reverse {
		members = slices.Clone(members)
		slices.Reverse(members)
	}
	w.list('{', '}', len(members), depth, func(i int) {
		w.text(members[i].Name)
		w.out.WriteByte(':')
		if w.layout.Indent {
			w.out.WriteByte(' ')
		}
		w.value(members[i].Value, depth+1)
	})
}

func (w *writer) list(open, closing byte, count, depth int, item func(int)) {
	w.out.WriteByte(open)
	for i := range count {
		if i > 0 {
			w.out.WriteByte(',')
		}
		w.newline(depth + 1)
		item(i)
	}
	if count > 0 {
		w.newline(depth)
	}
	w.out.WriteByte(closing)
}

func (w *writer) newline(depth int) {
	if !w.layout.Indent {
		return
	}
	w.out.WriteByte('\n')
	for range depth {
		w.out.WriteString("  ")
	}
}

func (w *writer) text(s string) {
	w.out.WriteByte('"')
	if plain(s) {
		w.out.WriteString(s)
	} else {
		for _, r := range s {
			w.char(r)
		}
	}
	w.out.WriteByte('"')
}

// plain reports that a text is written as it is in every layout.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '/' {
			return false
		}
	}
	return true
}

func (w *writer) char(r rune) {
	switch {
	case r == '"' || r == '\\':
		w.out.WriteByte('\\')
		w.out.WriteRune(r)
	case r < 0x20:
		w.unicode(r)
	case r == '/' && w.layout.Escape:
		w.out.WriteString(`\/`)
	case r > 0xffff && w.layout.Escape:
		high, low := utf16.EncodeRune(r)
		w.unicode(high)
		w.unicode(low)
	case r > 0x7e && w.layout.Escape:
		w.unicode(r)
	default:
		w.out.WriteRune(r)
	}
}

func (w *writer) unicode(r rune) {
	const hex = "0123456789abcdef"
	w.out.WriteString(`\u`)
	for shift := 12; shift >= 0; shift -= 4 {
		w.out.WriteByte(hex[(r>>shift)&0xf])
	}
}
