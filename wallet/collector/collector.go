// Package collector sets Go's garbage collector for a server, and for long runs. A payment leaves some 20 KiB of garbage, and the price of a
// collection is looking at what is not garbage: the fewer collections, the better, as long as memory is bounded.
package collector

import (
	"math"
	"runtime"
	"runtime/debug"
)

const (
	// percent is how much garbage may pile up, measured by what stays. With Go's own 100, collecting takes a fifth of a
	// payment's time; with this, a twentieth.
	percent = 400
	// limit is the bound of memory near which collections come more often, in octets. It is soft: nothing fails beyond it.
	limit = 1 << 30
	// reserve is never touched and so takes no memory, but counts as something that stays: a server with few payments in
	// store would collect many times a second otherwise.
	reserve = 32 << 20
)

// Relax makes collections rare until restore is called. Whoever runs the program decides with GOGC and GOMEMLIMIT: what
// they set stays as it is. getenv is os.Getenv.
func Relax(getenv func(string) string) (restore func()) {
	percentBefore, limitBefore := -1, int64(math.MaxInt64)
	if getenv("GOGC") == "" {
		percentBefore = debug.SetGCPercent(percent)
	}
	if getenv("GOMEMLIMIT") == "" {
		limitBefore = debug.SetMemoryLimit(limit)
	}
	room := make([]byte, reserve)
	return func() {
		if getenv("GOGC") == "" {
			debug.SetGCPercent(percentBefore)
		}
		if getenv("GOMEMLIMIT") == "" {
			debug.SetMemoryLimit(limitBefore)
		}
		runtime.KeepAlive(room)
	}
}

// Bound makes collections come more often where memory would grow beyond so many octets, until restore is called. It is for
// a long run of which little stays: what is garbage need not pile up. What GOMEMLIMIT says stays as it is.
func Bound(octets int64, getenv func(string) string) (restore func()) {
	if getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	before := debug.SetMemoryLimit(octets)
	return func() { debug.SetMemoryLimit(before) }
}
