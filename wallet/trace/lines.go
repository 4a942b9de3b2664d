package trace

import (
	"cmp"
	"slices"
)

// lines are the exchanges in memory by their timeline, ascending Seq: in a storm hundreds of scenarios ask for theirs all the
// time, among thousands of others.
type lines map[string][]*Exchange

func bySeq(a, b *Exchange) int { return cmp.Compare(a.Seq, b.Seq) }

func (l lines) add(e *Exchange) {
	if e.Timeline == "" {
		return
	}
	list := l[e.Timeline]
	at, _ := slices.BinarySearchFunc(list, e, bySeq)
	l[e.Timeline] = slices.Insert(list, at, e)
}

func (l lines) remove(e *Exchange) {
	list := l[e.Timeline]
	at, found := slices.BinarySearchFunc(list, e, bySeq)
	switch {
	case !found:
	case len(list) == 1:
		delete(l, e.Timeline)
	case at == 0: // as nearly always, when the oldest go: the others stay where they are, however many
		list[0] = nil
		l[e.Timeline] = list[1:]
	default:
		l[e.Timeline] = slices.Delete(list, at, at+1)
	}
}
