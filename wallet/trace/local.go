package trace

import (
	"cmp"
	"slices"
)

// localCount is how many local exchanges are kept. They follow from what came in, so that no file takes older ones.
const localCount = 5_000

// local is an exchange of the wallet's leg inside this program. Its messages are written when somebody looks, because
// hardly anybody ever does.
type local struct {
	Exchange
	write func(*Exchange) // nil: they are written
}

// AddLocal keeps an exchange between Alipay+ and wallet inside this program. write fills in its messages, if ever
// somebody looks at it.
func (r *Recorder) AddLocal(e Exchange, write func(*Exchange)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	e.Seq, e.Local = r.last, true
	if r.local = append(r.local, &local{e, write}); len(r.local) > localCount {
		r.local[0] = nil
		r.local = r.local[1:]
	}
	r.ring()
}

// inside are the local exchanges that fit, up to the limit.
func (q Query) inside(list []*local) (found []Exchange) {
	for _, l := range list {
		if q.full(len(found)) {
			break
		}
		if !q.fits(&l.Exchange) {
			continue
		}
		if l.write != nil {
			l.write(&l.Exchange)
			l.write = nil
		}
		found = append(found, l.Exchange)
	}
	return found
}

func inOrder(list []Exchange) []Exchange {
	slices.SortFunc(list, func(a, b Exchange) int { return cmp.Compare(a.Seq, b.Seq) })
	return list
}
