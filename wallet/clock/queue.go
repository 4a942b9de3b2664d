package clock

import (
	"container/heap"
	"time"
)

// event is a call that is due at a time. Its index in the heap is -1 once it left the queue.
type event struct {
	due   time.Time
	seq   uint64
	f     func()
	index int
}

// queue is a heap of events by due time; events due at the same time keep their order of arrival.
type queue struct {
	events []*event
	seq    uint64
}

func (q *queue) Len() int { return len(q.events) }

func (q *queue) Less(i, j int) bool {
	a, b := q.events[i], q.events[j]
	if a.due.Equal(b.due) {
		return a.seq < b.seq
	}
	return a.due.Before(b.due)
}

func (q *queue) Swap(i, j int) {
	q.events[i], q.events[j] = q.events[j], q.events[i]
	q.events[i].index, q.events[j].index = i, j
}

// Push is part of heap.Interface; use add.
func (q *queue) Push(x any) {
	e := x.(*event)
	e.index = len(q.events)
	q.events = append(q.events, e)
}

// Pop is part of heap.Interface; use next.
func (q *queue) Pop() any {
	last := len(q.events) - 1
	e := q.events[last]
	q.events[last] = nil
	q.events = q.events[:last]
	e.index = -1
	return e
}

func (q *queue) add(due time.Time, f func()) *event {
	q.seq++
	e := &event{due: due, seq: q.seq, f: f}
	heap.Push(q, e)
	return e
}

// remove takes an event out and reports whether it was still in.
func (q *queue) remove(e *event) bool {
	if e.index < 0 {
		return false
	}
	heap.Remove(q, e.index)
	return true
}

// next takes out the earliest event that is due at now, or returns nil.
func (q *queue) next(now time.Time) *event {
	if len(q.events) == 0 || q.events[0].due.After(now) {
		return nil
	}
	return heap.Pop(q).(*event)
}
