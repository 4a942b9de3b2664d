package trace

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// spillName is the file of older exchanges: JSON Lines, oldest first.
const spillName = "exchanges.jsonl"

// spill is the file that takes what no longer fits into memory. The recorder's lock guards it.
type spill struct {
	path string
	file *os.File
}

func newSpill(dir string) *spill { return &spill{path: filepath.Join(dir, spillName)} }

func (s *spill) write(e Exchange) error {
	if s.file == nil {
		file, err := os.OpenFile(s.path, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
		if err != nil {
			return fmt.Errorf("trace: %w", err)
		}
		s.file = file
	}
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("trace: exchange %d: %w", e.Seq, err)
	}
	if _, err := s.file.Seek(0, io.SeekEnd); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	if _, err := s.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	return nil
}

func (s *spill) read(q Query) ([]Exchange, error) {
	if s.file == nil {
		return nil, nil
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	dec := json.NewDecoder(bufio.NewReader(s.file))
	var found []Exchange
	for !q.full(len(found)) {
		var e Exchange
		err := dec.Decode(&e)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("trace: %s: %w", s.path, err)
		}
		if q.fits(e) {
			found = append(found, e)
		}
	}
	return found, nil
}

func (s *spill) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}
