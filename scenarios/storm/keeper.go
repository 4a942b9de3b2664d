package storm

import (
	"sync"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/world"
	"mppsim/wallet/trace"
)

// keeper is the journal of a storm: of a story that ended well it keeps that it was there and how long its calls took, of
// the others everything.
type keeper struct {
	inner world.Journal
	began time.Time

	mu       sync.Mutex
	held     map[string][]journal.Entry
	over     map[string]bool
	stopped  map[string]bool
	measured Latency
}

func newKeeper(inner world.Journal, began time.Time) *keeper {
	return &keeper{inner: inner, began: began, held: map[string][]journal.Entry{}, over: map[string]bool{}, stopped: map[string]bool{}}
}

// Write takes an entry.
func (k *keeper) Write(e journal.Entry) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.look(e)
	switch {
	case e.Scenario == "" || e.Planned != nil || e.Finding != nil:
		return k.inner.Write(e)
	case e.Ended != nil:
		return k.end(e)
	case !k.over[e.Scenario]:
		k.held[e.Scenario] = append(k.held[e.Scenario], e)
	}
	return nil
}

// look learns from an entry what the storm wants to know.
func (k *keeper) look(e journal.Entry) {
	switch {
	case e.Call != nil && e.Call.Error == "":
		k.measured.add(e.Call.Verb, e.Call.Started.Sub(k.began), e.Call.Ended.Sub(e.Call.Started))
	case e.Exchange != nil && e.Exchange.Leg == trace.NetworkToAcquirer && e.Exchange.Response.Status > 0:
		x := e.Exchange
		k.measured.add(x.API, x.Received.Sub(k.began), x.Answered.Sub(x.Received))
	case e.Step != nil && e.Step.Status == "broken":
		k.stopped[e.Scenario] = true
	}
}

// end lets go what was held of a story.
func (k *keeper) end(e journal.Entry) error {
	held := k.held[e.Scenario]
	delete(k.held, e.Scenario)
	if k.over[e.Scenario] = true; e.Ended.Verdict != journal.Pass {
		for _, kept := range held {
			if err := k.inner.Write(kept); err != nil {
				return err
			}
		}
	}
	return k.inner.Write(e)
}

func (k *keeper) unended() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.stopped)
}

func (k *keeper) latency() *Latency {
	k.mu.Lock()
	defer k.mu.Unlock()
	return &k.measured
}

// unkept is a journal that nobody reads.
type unkept struct{}

func (unkept) Write(journal.Entry) error { return nil }
