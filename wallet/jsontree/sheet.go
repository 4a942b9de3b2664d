package jsontree

import (
	"unicode/utf8"
	"unsafe"
)

// Sheet is room for the tree of one message after another. Half of what it takes to read a message is room for its
// nodes, most of which are needed only until somebody has read them. A tree is good until its sheet takes the next
// one; its texts are parts of the message itself, which nobody may change from then on. The zero Sheet is ready for use, by one at a time.
type Sheet struct {
	nodes   []Node
	members []Member
}

// ParseLenient is the function of this name, except that the tree of a usual message stands on the sheet.
func (s *Sheet) ParseLenient(text []byte) (*Node, []string, error) {
	if root := s.parsePlain(text); root != nil {
		return root, nil, nil
	}
	return ParseLenient(text)
}

func (s *Sheet) parsePlain(text []byte) *Node {
	if !utf8.Valid(text) {
		return nil
	}
	if s.nodes == nil {
		s.nodes, s.members = make([]Node, manyNodes), make([]Member, manyNodes)
	}
	whole := unsafe.String(unsafe.SliceData(text), len(text)) //nolint:gosec // a copy would stay as long as the message does
	p := plainParser{text: whole, nodes: s.nodes, members: s.members}
	return p.whole()
}
