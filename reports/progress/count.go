package progress

import (
	"fmt"
	"strings"
	"time"

	"mppsim/reports/journal"
)

// enough is how many scenarios must be done before the time left is guessed.
const enough = 3

// count is the state of a run in numbers.
type count struct {
	total, done, running int
	failed, warned, open int // open: inconclusive and everything else that is no verdict
	began                time.Time
}

func newCount(total int, began time.Time) count { return count{total: total, began: began} }

// end counts a scenario's outcome.
func (c *count) end(v journal.Verdict) {
	c.running = max(c.running-1, 0)
	c.add(v, 1)
}

// withdraw takes a scenario's outcome back.
func (c *count) withdraw(v journal.Verdict) { c.add(v, -1) }

func (c *count) add(v journal.Verdict, n int) {
	c.done += n
	switch v {
	case journal.Pass, journal.Attested, journal.NoteVerdict:
	case journal.Fail, journal.NotTestable:
		c.failed += n
	case journal.Warn:
		c.warned += n
	default:
		c.open += n
	}
}

// text is the state as one line.
func (c *count) text(now time.Time) string {
	parts := []string{fmt.Sprintf("%d of %d scenarios done", c.done, c.total)}
	for _, p := range []struct {
		n    int
		word string
	}{{c.running, "running"}, {c.failed, "failed"}, {c.warned, "with a warning"}, {c.open, "without a verdict"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.word))
		}
	}
	if left, ok := c.left(now); ok {
		parts = append(parts, "about "+left.String()+" left")
	}
	return strings.Join(parts, ", ")
}

// left guesses the time to the end from the pace so far, in whole seconds. It does not know until
// enough scenarios are done.
func (c *count) left(now time.Time) (time.Duration, bool) {
	if c.done < enough || c.done >= c.total {
		return 0, false
	}
	pace := now.Sub(c.began) / time.Duration(c.done)
	return max(time.Second, (pace * time.Duration(c.total-c.done)).Round(time.Second)), true
}

// word is a verdict as it stands at the head of a line.
func word(v journal.Verdict) string {
	if v == journal.Fail {
		return "FAIL"
	}
	return string(v)
}
