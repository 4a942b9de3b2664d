package storm

import (
	"sync"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/world"
	"mppsim/wallet/trace"
)

// keeper is the journal of a storm. What a story leaves is held until its end: of one that broke an invariant, or came to no
// end, everything is written, of one that ended well only that it was there. What it left is held on, because something may
// come late, until the runner says that nobody needs it.
type keeper struct {
	inner world.Journal
	began time.Time

	mu       sync.Mutex
	stories  map[string]*held
	stopped  map[string]bool
	measured Latency
}

// held is what a story has left so far.
type held struct {
	entries []journal.Entry
	written bool // they are in the journal, and so goes what comes later
}

func newKeeper(inner world.Journal, began time.Time) *keeper {
	return &keeper{inner: inner, began: began, stories: map[string]*held{}, stopped: map[string]bool{}}
}

// Write takes an entry.
func (k *keeper) Write(e journal.Entry) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.look(e)
	if e.Scenario == "" || e.Planned != nil {
		return k.inner.Write(e)
	}
	if e.Started != nil { // perhaps again: what was left before does not count
		k.stories[e.Scenario] = &held{}
	}
	h := k.stories[e.Scenario]
	switch {
	case e.Ended != nil:
		return k.end(h, e)
	case h == nil: // it is forgotten, or never began
		return nil
	case h.written:
		return k.inner.Write(e)
	}
	h.entries = append(h.entries, e)
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

// end writes the end of a story, and before it what there is to be read about it.
func (k *keeper) end(h *held, e journal.Entry) error {
	if h != nil && e.Ended.Verdict != journal.Pass {
		for _, kept := range h.entries {
			if err := k.inner.Write(kept); err != nil {
				return err
			}
		}
		h.entries, h.written = nil, true
	}
	return k.inner.Write(e)
}

// Forget is part of scenarios.Forgetter.
func (k *keeper) Forget(story string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.stories, story)
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
