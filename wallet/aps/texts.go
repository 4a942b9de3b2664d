package aps

import (
	"iter"
	"strings"

	"mppsim/wallet/jsontree"
)

// Texts are the texts of a message in their order, each followed by a zero octet. They stay as long as their payment
// does, and one text is less to look after than many.
type Texts string

const textEnd = "\x00"

// ListTexts makes Texts of a list.
func ListTexts(list ...string) Texts {
	if len(list) == 0 {
		return ""
	}
	return Texts(strings.Join(list, textEnd) + textEnd)
}

// TextsOf returns every text below a node, except for empty ones.
func TextsOf(root *jsontree.Node) Texts {
	var room [512]byte // enough for most messages
	return Texts(root.AppendTexts(room[:0], textEnd[0]))
}

// All goes through them one by one.
func (t Texts) All() iter.Seq[string] {
	return func(yield func(string) bool) {
		for text := range strings.SplitAfterSeq(string(t), textEnd) {
			if text != "" && !yield(strings.TrimSuffix(text, textEnd)) {
				return
			}
		}
	}
}

// Contain reports whether one of them is a text.
func (t Texts) Contain(text string) bool {
	for one := range t.All() {
		if one == text {
			return true
		}
	}
	return false
}
