package digest

import (
	"fmt"
	"time"

	"mppsim/reports/journal"
)

// straysInFull is how many sorts of strays a summary lists one by one.
const straysInFull = 20

// Strays lists what belongs to no scenario of the run. Where that is much, such as at a simulator that several testers
// share, there is a line for each message and owner; result.json and the page have all of it.
func Strays(m *journal.Model) []string {
	if len(m.Strays) > straysInFull {
		return summed(m.Strays)
	}
	var lines []string
	for _, s := range m.Strays {
		lines = append(lines, s.What)
	}
	return lines
}

// heap are the strays of one message and owner.
type heap struct {
	key         [3]string
	calls       int
	orders      map[string]bool
	since, last time.Time
}

func summed(all []journal.Stray) []string {
	var heaps []*heap
	at := map[[3]string]*heap{}
	for _, s := range all {
		key := [3]string{s.Message, string(s.Owner), s.Run}
		h := at[key]
		if h == nil {
			h = &heap{key: key, orders: map[string]bool{}, since: s.Since}
			at[key] = h
			heaps = append(heaps, h)
		}
		h.calls += s.Times()
		h.orders[s.Order] = true
		if s.Since.Before(h.since) {
			h.since = s.Since
		}
		if s.Last.After(h.last) {
			h.last = s.Last
		}
	}
	lines := make([]string, 0, len(heaps))
	for _, h := range heaps {
		lines = append(lines, h.String())
	}
	return lines
}

// String tells a heap in one line.
func (h *heap) String() string {
	whose := journal.Stray{Owner: journal.StrayOf(h.key[1]), Run: h.key[2]}.Whose()
	orders := "1 order"
	if len(h.orders) != 1 {
		orders = fmt.Sprintf("%d orders", len(h.orders))
	}
	return fmt.Sprintf("%d times %s about %s, %s; from %s to %s", h.calls, h.key[0], orders, whose,
		h.since.UTC().Format(time.TimeOnly), h.last.UTC().Format(time.TimeOnly))
}
