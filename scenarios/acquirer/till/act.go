package till

import (
	"maps"
	"slices"

	"mppsim/wallet/control"
)

// plan is what becomes of one message.
type plan[T any] struct {
	message message[T]
	lost    bool
	unheard bool               // the last answer does not arrive
	queued  *control.TillFault // it waits at the till
	before  []func()           // what is done before each repetition
}

// act is what one fault does to a message.
type act[T any] func(p *plan[T], hit control.TillFault)

// acts are the faults of the family till, by their ids in the catalogue.
func acts[T any]() map[string]act[T] {
	again := func(change func(message[T], string)) act[T] {
		return func(p *plan[T], hit control.TillFault) {
			p.before = append(p.before, func() { change(p.message, hit.ID) })
		}
	}
	return map[string]act[T]{
		"till-request-lost": func(p *plan[T], _ control.TillFault) { p.lost = true },
		"till-answer-lost":  func(p *plan[T], _ control.TillFault) { p.unheard = true },
		"till-repeated":     again(func(message[T], string) {}),
		"till-repeated-with-new-number": again(func(m message[T], _ string) {
			if m.renumber != nil {
				m.renumber()
			}
		}),
		"till-repeated-from-other-terminal": again(func(m message[T], _ string) {
			if m.elsewhere != nil {
				m.elsewhere()
			}
		}),
		"till-queue-replayed": func(p *plan[T], hit control.TillFault) { p.queued = &hit },
	}
}

// Faults lists the ids of the faults that can be played here.
func Faults() []string { return slices.Sorted(maps.Keys(acts[struct{}]())) }
