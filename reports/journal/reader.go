package journal

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// Read reads a journal to its end. A last line without its line feed that is no whole JSON value is
// dropped and marks the model as torn: its run was killed in the middle of a write. Any other line that
// cannot be read is an error that names its number.
func Read(in io.Reader) (*Model, error) {
	model := NewModel()
	lines := bufio.NewReaderSize(in, 64<<10)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		last := errors.Is(err, io.EOF)
		if err != nil && !last {
			return nil, fmt.Errorf("journal line %d: %w", number, err)
		}
		if err := model.addLine(number, line, last); err != nil {
			return nil, err
		}
		if last {
			return model.whole()
		}
	}
}

// addLine takes in one line; an empty one is nothing.
func (m *Model) addLine(number int, line []byte, last bool) error {
	if len(line) == 0 || string(line) == "\n" {
		return nil
	}
	var e Entry
	if err := json.Unmarshal(line, &e); err != nil {
		if last {
			m.Torn = true
			return nil
		}
		return fmt.Errorf("journal line %d: %w", number, err)
	}
	if number == 1 && e.Run == nil {
		return fmt.Errorf("journal line 1: a journal begins with its run, not with %q", e.Kind)
	}
	return m.Add(e)
}

// ReadFile reads the journal in a file (see Read).
func ReadFile(path string) (*Model, error) {
	file, err := os.Open(path) //nolint:gosec // the caller chooses the journal
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	defer func() { _ = file.Close() }() // read only: nothing can be lost
	model, err := Read(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return model, nil
}

// whole finishes a model whose entries are all in. A journal without a single entry is an error.
func (m *Model) whole() (*Model, error) {
	if m.Began.IsZero() {
		return nil, errors.New("journal is empty")
	}
	m.Finish()
	return m, nil
}
