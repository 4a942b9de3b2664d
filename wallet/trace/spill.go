package trace

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// spillName is the file of older exchanges: JSON Lines, oldest first.
const spillName = "exchanges.jsonl"

// blockLength is how many exchanges share an entry of the index.
const blockLength = 256

// spill is the file that takes what no longer fits into memory. The recorder's lock guards it, but reading needs no lock.
type spill struct {
	path   string
	file   *os.File
	size   int64
	blocks []block
	seed   maphash.Seed
	reads  sync.WaitGroup
}

// block is what is known in memory of some exchanges in a row: a few bytes for each.
type block struct {
	first     uint64 // Seq
	count     int
	at        int64
	timelines uint64 // a bit for each timeline, several may share one
}

func newSpill(dir string) *spill {
	return &spill{path: filepath.Join(dir, spillName), seed: maphash.MakeSeed()}
}

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
	if _, err := s.file.WriteAt(append(line, '\n'), s.size); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	s.enter(e)
	s.size += int64(len(line)) + 1
	return nil
}

// enter notes an exchange in the index, at the end of the file.
func (s *spill) enter(e Exchange) {
	if n := len(s.blocks); n == 0 || s.blocks[n-1].count == blockLength {
		s.blocks = append(s.blocks, block{first: e.Seq, at: s.size})
	}
	last := &s.blocks[len(s.blocks)-1]
	last.count++
	last.timelines |= s.bit(e.Timeline)
}

func (s *spill) bit(timeline string) uint64 { return 1 << (maphash.String(s.seed, timeline) % 64) }

// stretch is a part of the file in which exchanges may stand that fit.
type stretch struct{ from, to int64 }

// reading is the file as it is at one moment; without a file there is nothing to read.
type reading struct {
	file      *os.File
	done      func()
	stretches []stretch
}

// begin looks up where exchanges may stand. Whoever begins a reading must call all.
func (s *spill) begin(q Query) reading {
	if s == nil || s.file == nil {
		return reading{}
	}
	s.reads.Add(1)
	r := reading{file: s.file, done: s.reads.Done}
	start, exact := slices.BinarySearchFunc(s.blocks, q.After+1, func(b block, seq uint64) int {
		return cmp.Compare(b.first, seq)
	})
	if !exact && start > 0 {
		start--
	}
	for i := start; i < len(s.blocks); i++ {
		if b := s.blocks[i]; q.Timeline == "" || b.timelines&s.bit(q.Timeline) != 0 {
			r.add(stretch{b.at, s.end(i)})
		}
	}
	return r
}

// end is where a block ends.
func (s *spill) end(i int) int64 {
	if i+1 < len(s.blocks) {
		return s.blocks[i+1].at
	}
	return s.size
}

func (r *reading) add(next stretch) {
	if n := len(r.stretches); n > 0 && r.stretches[n-1].to == next.from {
		r.stretches[n-1].to = next.to
		return
	}
	r.stretches = append(r.stretches, next)
}

// all reads what fits and ends the reading.
func (r reading) all(q Query) (found []Exchange, err error) {
	if r.file == nil {
		return nil, nil
	}
	defer r.done()
	for _, part := range r.stretches {
		if found, err = r.part(q, part, found); err != nil {
			return nil, fmt.Errorf("trace: %s: %w", r.file.Name(), err)
		}
	}
	return found, nil
}

func (r reading) part(q Query, part stretch, found []Exchange) ([]Exchange, error) {
	dec := json.NewDecoder(bufio.NewReader(io.NewSectionReader(r.file, part.from, part.to-part.from)))
	for !q.full(len(found)) && dec.More() {
		var e Exchange
		if err := dec.Decode(&e); err != nil {
			return nil, err
		}
		if q.fits(e) {
			found = append(found, e)
		}
	}
	return found, nil
}

// close waits for those who read.
func (s *spill) close() error {
	if s.file == nil {
		return nil
	}
	s.reads.Wait()
	err := s.file.Close()
	s.file = nil
	return err
}
