package commission

import (
	"fmt"
	"time"

	"mppsim/wallet/clock"
)

// Period is a calendar month in UTC+8, written 2031-03.
type Period string

// settleAfter is when a month is settled: at 00:30 UTC+8, when none of its payments can be cancelled any more.
const settleAfter = 30 * time.Minute

// PeriodOf returns the month of a time.
func PeriodOf(at time.Time) Period { return Period(at.In(clock.UTC8()).Format("2006-01")) }

// ParsePeriod reads a month such as 2031-03.
func ParsePeriod(text string) (Period, error) {
	if _, err := time.Parse("2006-01", text); err != nil {
		return "", fmt.Errorf("%w: %q is no month such as 2031-03", ErrPeriod, text)
	}
	return Period(text), nil
}

// bounds are the first moment of the month and the first one of the next.
func (p Period) bounds() (from, until time.Time) {
	from, _ = time.ParseInLocation("2006-01", string(p), clock.UTC8()) // checked when it was read
	return from, from.AddDate(0, 1, 0)
}

// Contains reports whether a time lies in the month.
func (p Period) Contains(at time.Time) bool { return PeriodOf(at) == p }

// due is when the month may be settled.
func (p Period) due() time.Time {
	_, until := p.bounds()
	return until.Add(settleAfter)
}
