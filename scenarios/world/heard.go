package world

import (
	"bytes"
	"time"

	"mppsim/reports/journal"
)

// heard is what the acquirer told the shop at one moment, as it is kept. A payment that waits is asked about many times a
// second: answers that are the same to the byte are kept once.
type heard[T any] struct {
	at         time.Time
	verb, call string
	told       *T
}

// repeats reports whether two calls were answered the same, to the byte.
func repeats(a, b journal.Call) bool {
	return len(a.Response.Body) > 0 && bytes.Equal(a.Response.Body, b.Response.Body)
}

// again is what was heard when it repeats what was heard before: the call of then is the one that stands for both.
func again[T any](last, h heard[T], callOf func(*T) *journal.Call) heard[T] {
	h.call = last.call
	if repeats(*callOf(last.told), *callOf(h.told)) {
		h.told = last.told
		return h
	}
	told := *h.told
	*callOf(&told) = *callOf(last.told)
	h.told = &told
	return h
}
