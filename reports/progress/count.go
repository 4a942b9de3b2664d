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
	total, done          int
	running              map[string]bool
	failed, warned, open int // open: inconclusive and everything else that is no verdict
	left                 int // not run, or not to the end: not done
	began                time.Time
}

func newCount(total int, began time.Time) count {
	return count{total: total, running: map[string]bool{}, began: began}
}

// start counts a scenario as running.
func (c *count) start(id string) { c.running[id] = true }

// end counts a scenario's outcome. One that an interruption left out never ran.
func (c *count) end(id string, v journal.Verdict) {
	delete(c.running, id)
	c.add(v, 1)
}

// withdraw takes a scenario's outcome back.
func (c *count) withdraw(v journal.Verdict) { c.add(v, -1) }

func (c *count) add(v journal.Verdict, n int) {
	if v == journal.NotRun {
		c.left += n
		return
	}
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
	}{{len(c.running), "running"}, {c.failed, "failed"}, {c.warned, "with a warning"}, {c.open, "without a verdict"}, {c.left, "not run"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.word))
		}
	}
	if rest, ok := c.rest(now); ok {
		parts = append(parts, "about "+rest.String()+" left")
	}
	return strings.Join(parts, ", ")
}

// rest guesses the time to the end from the pace so far, in whole seconds. It does not know until
// enough scenarios are done.
func (c *count) rest(now time.Time) (time.Duration, bool) {
	todo := c.total - c.done - c.left
	if c.done < enough || todo <= 0 {
		return 0, false
	}
	pace := now.Sub(c.began) / time.Duration(c.done)
	return max(time.Second, (pace * time.Duration(todo)).Round(time.Second)), true
}

// word is a verdict as it stands at the head of a line.
func word(v journal.Verdict) string {
	if v == journal.Fail {
		return "FAIL"
	}
	return string(v)
}
