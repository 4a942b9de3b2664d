package scenarios

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"mppsim/reports/journal"
	"mppsim/wallet/aps"
	"mppsim/wallet/trace"
)

// shownStrays is how many sorts of strays keep the bytes of their first exchange for the report: at a shared simulator
// there may be thousands, and they are nobody's evidence.
const shownStrays = 100

// strays keeps what belongs to no scenario of this run, without the bytes but for the first of some sorts.
type strays struct {
	all    []trace.Exchange
	sorts  map[strayKey]bool // that have been seen
	opened map[string]bool   // payments whose pay message was seen
	whole  map[string]bool   // ids of exchanges that kept their bytes
}

// strayKey is what strays of one sort have in common.
type strayKey struct {
	leg                           trace.Leg
	message, order, refund, owner string // owner is a timeline
}

// strayGroup are the strays of one sort.
type strayGroup struct {
	strayKey
	first, last trace.Exchange
	count       int
	whose       journal.StrayOf
}

func newStrays() strays {
	return strays{sorts: map[strayKey]bool{}, opened: map[string]bool{}, whole: map[string]bool{}}
}

// add keeps a stray. Only the first of a sort may keep its bytes.
func (s *strays) add(e trace.Exchange) {
	key := keyOf(e)
	if s.sorts[key] || len(s.sorts) >= shownStrays {
		e.Request = trace.Message{Method: e.Request.Method, Target: e.Request.Target}
		e.Response = trace.Message{Status: e.Response.Status}
		e.Signature.Signed, e.Signature.Found = "", ""
	} else {
		s.whole[e.ID] = true
	}
	s.sorts[key] = true
	if e.API == string(aps.Pay) && e.PaymentRequestID != "" {
		s.opened[e.PaymentRequestID] = true
	}
	s.all = append(s.all, e)
}

// drop takes out what has found its owner since.
func (s *strays) drop(claimed map[string]bool) {
	s.all = slices.DeleteFunc(s.all, func(e trace.Exchange) bool { return claimed[e.ID] })
}

func keyOf(e trace.Exchange) strayKey {
	return strayKey{
		leg: e.Leg, message: cmp.Or(e.API, e.Request.Method+" "+e.Request.Target), owner: e.Timeline,
		order: cmp.Or(e.PaymentRequestID, e.PaymentID), refund: e.RefundRequestID,
	}
}

// groups sorts all strays but those that are claimed, in the order in which they began.
func (s *strays) groups(claimed map[string]bool) []strayGroup {
	var groups []strayGroup
	at := map[strayKey]int{}
	for _, e := range s.all {
		if claimed[e.ID] {
			continue
		}
		key := keyOf(e)
		i, known := at[key]
		if !known {
			i = len(groups)
			at[key] = i
			groups = append(groups, strayGroup{strayKey: key, first: e, last: e, whose: s.whose(key)})
		}
		g := &groups[i]
		if g.count++; e.Received.Before(g.first.Received) {
			g.first = e
		}
		if e.Received.After(g.last.Received) {
			g.last = e
		}
	}
	slices.SortStableFunc(groups, func(a, b strayGroup) int { return a.first.Received.Compare(b.first.Received) })
	return groups
}

func (s *strays) whose(key strayKey) journal.StrayOf {
	switch {
	case key.owner != "":
		return journal.OfAnotherRun
	case key.order == "" && key.refund == "":
		return journal.OfNothing
	case s.opened[key.order]:
		return journal.OfSomebody
	}
	return journal.OfLeftover
}

// entry is a group as the journal and the reports show it.
func (g strayGroup) entry(run string) journal.Stray {
	s := journal.Stray{
		Exchange: g.first.ID, Message: g.message, Leg: g.leg, Order: g.order, Refund: g.refund, Owner: g.whose, Run: run,
		Count: g.count, Since: g.first.Received.UTC(), Last: g.last.Received.UTC(),
	}
	if r := g.last.Result; r != nil {
		s.Answer = r.Status + " " + r.Code
	}
	s.What = strayText(s)
	return s
}

// strayText says which message, about which order, how often, since when, and whose.
func strayText(s journal.Stray) string {
	what := s.Message
	if s.Order != "" {
		what += " of " + s.Order
	}
	if s.Refund != "" {
		what += ", refund " + s.Refund
	}
	if s.Answer != "" {
		what += ", answered " + s.Answer
	}
	if what += ", " + s.Whose(); s.Count > 1 {
		return fmt.Sprintf("%d times %s; from %s to %s", s.Count, what, s.Since.Format(time.TimeOnly), s.Last.Format(time.TimeOnly))
	}
	return what + "; at " + s.Since.Format(time.TimeOnly)
}

// listStrays journals the calls about nothing that this run did, by sorts, and counts them. They are never judged.
func (r *run) listStrays(ctx context.Context) int {
	if r.pump == nil {
		return 0
	}
	n := 0
	names := map[string]string{}
	for _, g := range r.pump.left() {
		n += g.count
		if r.pump.strays.whole[g.first.ID] {
			r.write(journal.Entry{Exchange: &g.first})
		}
		s := g.entry(r.runOf(ctx, g.owner, names))
		r.write(journal.Entry{Stray: &s})
	}
	return n
}

// runOf finds the run that a timeline belongs to, as long as the simulator remembers it.
func (r *run) runOf(ctx context.Context, timeline string, names map[string]string) string {
	if timeline == "" || ctx.Err() != nil {
		return ""
	}
	name, known := names[timeline]
	if !known {
		if line, err := r.Sim.Timeline(ctx, timeline); err == nil && line.Run != "" {
			name = "run " + line.Run
		}
		names[timeline] = name
	}
	return name
}
