package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"mppsim/wallet/clock"
)

// MaxBody is how many bytes of one message body a journal keeps. What is cut is noted at the exchange
// or call with the full size.
const MaxBody = 64 << 10

// ErrClosed is returned for an entry that comes after Close.
var ErrClosed = errors.New("journal is closed")

// Writer appends entries to a journal: one JSON value a line, handed to the operating system before
// Write returns, so that a killed run leaves everything up to its last entry. Safe for concurrent use.
type Writer struct {
	clock  clock.Clock
	redact Redactor

	mu   sync.Mutex
	out  io.Writer
	done func() error
	seq  int
	err  error // first failure; nothing is written after it
}

// NewWriter returns a writer to out. The clock dates entries that have no time yet; a nil redactor
// leaves values alone (header fields that carry credentials are masked all the same).
func NewWriter(out io.Writer, c clock.Clock, redact Redactor) *Writer {
	return &Writer{out: out, clock: c, redact: redact, done: func() error { return nil }}
}

// Create starts a journal in a new file; an existing file is an error, so that no run overwrites another.
func Create(path string, c clock.Clock, redact Redactor) (*Writer, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the caller chooses the folder
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	w := NewWriter(file, c, redact)
	w.done = file.Close
	return w, nil
}

// Write numbers an entry (from 1, in the order of the file), dates it if it has no time, names its kind,
// masks secrets, cuts long bodies and appends it. The caller's entry stays as it was. After a first
// error every further call returns that error.
func (w *Writer) Write(e Entry) error {
	kind, err := e.kindOf()
	if err != nil {
		return err
	}
	e.Kind = kind
	e = masked(cut(e), w.redact)

	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	return w.append(e)
}

// append writes one line with the lock held.
func (w *Writer) append(e Entry) error {
	e.Seq = w.seq + 1
	if e.At.IsZero() {
		e.At = w.clock.Now()
	}
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("journal entry %q: %w", e.Kind, err)
	}
	if _, err := w.out.Write(append(line, '\n')); err != nil {
		w.err = fmt.Errorf("journal: %w", err)
		return w.err
	}
	w.seq++
	return nil
}

// Close ends the journal. Entries that come later get ErrClosed; closing twice is allowed.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if errors.Is(w.err, ErrClosed) {
		return nil
	}
	w.err = ErrClosed
	if err := w.done(); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

// parts lists which content an entry has, by kind.
func (e Entry) parts() map[string]bool {
	return map[string]bool{
		"run": e.Run != nil, "planned": e.Planned != nil, "started": e.Started != nil, "step": e.Step != nil,
		"exchange": e.Exchange != nil, "call": e.Call != nil, "wait": e.Wait != nil, "money": e.Money != nil,
		"fault": e.Fault != nil, "finding": e.Finding != nil, "ended": e.Ended != nil, "verdict": e.Verdict != nil,
		"stray": e.Stray != nil, "note": e.Note != nil, "summary": e.Summary != nil, "health": e.Health != nil,
	}
}

// kindOf names the one content of an entry, or says that it has none or several, or another than its Kind.
func (e Entry) kindOf() (string, error) {
	kind := ""
	for name, set := range e.parts() {
		switch {
		case set && kind != "":
			return "", fmt.Errorf("journal entry has both %q and %q", min(kind, name), max(kind, name))
		case set:
			kind = name
		}
	}
	if kind == "" {
		return "", errors.New("journal entry has no content")
	}
	if e.Kind != "" && e.Kind != kind {
		return "", fmt.Errorf("journal entry says %q and holds %q", e.Kind, kind)
	}
	return kind, nil
}
