// Package progress shows how far a run is: one line that repaints itself on a terminal, plain lines
// now and then anywhere else.
package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"mppsim/reports/journal"
	"mppsim/wallet/clock"
)

// Sink is told how a run goes on. Its methods may be called from several goroutines.
type Sink interface {
	// Planned says how many scenarios the run has. It comes first.
	Planned(total int)
	// Started says that the scenario with this id has begun.
	Started(id string)
	// Ended says that the scenario with this id has its outcome.
	Ended(id string, v journal.Verdict)
	// Withdrawn takes the outcome back: the scenario with this id is played again.
	Withdrawn(id string, v journal.Verdict)
	// Note shows a line that the reader must not miss.
	Note(text string)
	// Close ends the display. What comes later is dropped.
	Close()
}

// How often a display moves when nothing happens.
const (
	repaint = time.Second     // on a terminal: the time left counts down
	report  = 5 * time.Second // elsewhere: often enough to see that it lives
	narrow  = 20              // columns below which a line is not cut any further
	wide    = 100             // columns when a terminal does not tell
	erase   = "\r\x1b[2K"     // back to the first column, and clear the line
)

// New returns the display for a file: repainting if it is a terminal, plain lines if not.
func New(file *os.File, c clock.Clock) Sink {
	descriptor := int(file.Fd())
	if !term.IsTerminal(descriptor) {
		return Plain(file, c)
	}
	return Live(file, c, func() int {
		if width, _, err := term.GetSize(descriptor); err == nil {
			return width
		}
		return wide
	})
}

// Live returns a display that repaints one line of at most width() columns. Failures and notes stand
// above it and stay.
func Live(out io.Writer, c clock.Clock, width func() int) Sink {
	d := newDisplay(out, c, repaint)
	d.width = width
	return d
}

// Plain returns a display that writes a line every few seconds and one for each failure and note.
func Plain(out io.Writer, c clock.Clock) Sink { return newDisplay(out, c, report) }

// Discard returns a sink that shows nothing.
func Discard() Sink { return discard{} }

type discard struct{}

func (discard) Planned(int)                       {}
func (discard) Started(string)                    {}
func (discard) Ended(string, journal.Verdict)     {}
func (discard) Withdrawn(string, journal.Verdict) {}
func (discard) Note(string)                       {}
func (discard) Close()                            {}

// display is both kinds: width is nil for plain lines.
type display struct {
	clock clock.Clock
	every time.Duration
	width func() int

	mu      sync.Mutex
	out     io.Writer
	count   count
	last    string // last plain line, so that a quiet time does not repeat it
	closed  bool
	stopped func() bool // stops the pending tick
}

func newDisplay(out io.Writer, c clock.Clock, every time.Duration) *display {
	return &display{out: out, clock: c, every: every, count: newCount(0, time.Time{}), stopped: func() bool { return true }}
}

// Planned begins the display.
func (d *display) Planned(total int) {
	d.change(func() { d.count = newCount(total, d.clock.Now()) })
	d.mu.Lock()
	defer d.mu.Unlock()
	d.show()
	d.schedule()
}

// Started counts a scenario as running.
func (d *display) Started(id string) { d.change(func() { d.count.start(id) }) }

// Ended counts a scenario as done, unless it was not run; one that did not pass gets a line of its own.
func (d *display) Ended(id string, v journal.Verdict) {
	d.change(func() {
		d.count.end(id, v)
		if v != journal.Pass && v != journal.NotRun {
			d.line(fmt.Sprintf("%-12s %s", word(v), id))
		}
	})
}

// Withdrawn counts a scenario as still to be done.
func (d *display) Withdrawn(_ string, v journal.Verdict) { d.change(func() { d.count.withdraw(v) }) }

// Note shows a line that stays.
func (d *display) Note(text string) { d.change(func() { d.line(text) }) }

// Close shows the last state and ends the display.
func (d *display) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return
	}
	d.closed = true
	d.stopped()
	d.show()
	if d.width != nil && d.count.total > 0 {
		d.print("\n")
	}
}

// change carries out a change and repaints a live line.
func (d *display) change(do func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return
	}
	do()
	if d.width != nil {
		d.show()
	}
}

// schedule asks for the next regular showing.
func (d *display) schedule() {
	d.stopped = d.clock.AfterFunc(d.every, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.closed {
			return
		}
		d.show()
		d.schedule()
	})
}

// show paints the state, or writes it as a line if it is news.
func (d *display) show() {
	if d.count.total == 0 {
		return
	}
	text := d.count.text(d.clock.Now())
	switch {
	case d.width != nil:
		d.print(erase + fit(text, d.width()))
	case text != d.last:
		d.print(text + "\n")
	}
	d.last = text
}

// line writes a line that stays.
func (d *display) line(text string) {
	if d.width != nil {
		d.print(erase)
	}
	d.print(strings.TrimRight(text, " ") + "\n")
}

// print drops errors: a display that cannot be shown must not stop a run.
func (d *display) print(text string) { _, _ = io.WriteString(d.out, text) }

// fit cuts a text to the columns before the last one, where some terminals wrap.
func fit(text string, width int) string {
	letters := []rune(text)
	limit := max(width-1, narrow)
	if len(letters) <= limit {
		return text
	}
	return string(letters[:limit-1]) + "…"
}
