// Package clock gives each scenario a time of its own. A Timeline is an offset on a base
// clock with a queue of events; moving it fires what has become due, in order, at once.
package clock

import "time"

// Clock tells the time and calls back. The wall clock and a timeline both are clocks.
type Clock interface {
	Now() time.Time
	// AfterFunc calls f once, d from now on this clock; stop reports whether it was in time.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
}

// System returns the wall clock.
func System() Clock { return system{} }

type system struct{}

func (system) Now() time.Time { return time.Now() }

func (system) AfterFunc(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop }

// UTC8 is the zone of Alipay+'s days: the cancel window ends at 00:15 in it.
func UTC8() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// NextTimeOfDay returns the first moment after t at which a clock in UTC+8 shows hour:minute.
func NextTimeOfDay(t time.Time, hour, minute int) time.Time {
	local := t.In(UTC8())
	next := time.Date(local.Year(), local.Month(), local.Day(), hour, minute, 0, 0, UTC8())
	if !next.After(t) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}
