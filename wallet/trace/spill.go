package trace

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// Files of older exchanges are JSON Lines, oldest first; the numbers in their names go up.
const (
	partName  = "exchanges-%06d.jsonl"
	partNames = "exchanges-*.jsonl"
)

const (
	// blockLength is how many exchanges share an entry of the index.
	blockLength = 256
	// partsOfLimit is how many files share the bound: so much of it is given up at a time.
	partsOfLimit = 8
)

// spill is the files that take what no longer fits into memory. The recorder's lock guards it, but reading needs no lock.
type spill struct {
	dir   string
	limit int64   // bytes of all parts together; 0: no bound
	parts []*part // oldest first; the last one is written to
	made  int
	seed  maphash.Seed
	going sync.WaitGroup // parts that go when nobody reads them any more
}

// part is one of the files.
type part struct {
	file   *os.File
	size   int64
	blocks []block
	count  uint64
	reads  sync.WaitGroup
}

// block is what is known in memory of some exchanges in a row: a few bytes for each.
type block struct {
	first     uint64 // Seq
	count     int
	at        int64
	timelines uint64 // a bit for each timeline, several may share one
}

func newSpill(dir string, limit int64) *spill {
	return &spill{dir: dir, limit: limit, seed: maphash.MakeSeed()}
}

// write adds an exchange and returns how many of the oldest were dropped for it.
func (s *spill) write(e Exchange) (dropped uint64, err error) {
	line, err := json.Marshal(e)
	if err != nil {
		return 0, fmt.Errorf("trace: exchange %d: %w", e.Seq, err)
	}
	p, err := s.open()
	if err != nil {
		return 0, err
	}
	if _, err := p.file.WriteAt(append(line, '\n'), p.size); err != nil {
		return 0, fmt.Errorf("trace: %w", err)
	}
	p.enter(e, s.bit(e.Timeline))
	p.size += int64(len(line)) + 1
	return s.bound(), nil
}

// open returns the part to write to, a new one if the last is full.
func (s *spill) open() (*part, error) {
	if n := len(s.parts); n > 0 && (s.limit == 0 || s.parts[n-1].size < s.limit/partsOfLimit) {
		return s.parts[n-1], nil
	}
	if s.made == 0 {
		s.clear()
	}
	name := filepath.Join(s.dir, fmt.Sprintf(partName, s.made+1))
	file, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600) //nolint:gosec // in the folder that the user names
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	s.made++
	p := &part{file: file}
	s.parts = append(s.parts, p)
	return p, nil
}

// clear removes what an earlier recorder left in the folder.
func (s *spill) clear() {
	old, _ := filepath.Glob(filepath.Join(s.dir, partNames))
	for _, name := range old {
		_ = os.Remove(name) // one that stays is written over, or lies there
	}
}

// bound gives up the oldest parts until the bound is kept, except for the last one, and returns how many exchanges that costs.
func (s *spill) bound() (dropped uint64) {
	for s.limit > 0 && len(s.parts) > 1 && s.size() > s.limit {
		oldest := s.parts[0]
		s.parts = s.parts[1:]
		dropped += oldest.count
		s.going.Go(func() { _ = oldest.remove() }) // a file that cannot be removed is no reason to lose newer exchanges
	}
	return dropped
}

func (s *spill) size() (all int64) {
	for _, p := range s.parts {
		all += p.size
	}
	return all
}

// remove waits for those who read.
func (p *part) remove() error {
	p.reads.Wait()
	return errors.Join(p.file.Close(), os.Remove(p.file.Name()))
}

// enter notes an exchange in the index, at the end of the file.
func (p *part) enter(e Exchange, timeline uint64) {
	if n := len(p.blocks); n == 0 || p.blocks[n-1].count == blockLength {
		p.blocks = append(p.blocks, block{first: e.Seq, at: p.size})
	}
	last := &p.blocks[len(p.blocks)-1]
	last.count++
	last.timelines |= timeline
	p.count++
}

func (s *spill) bit(timeline string) uint64 { return 1 << (maphash.String(s.seed, timeline) % 64) }

// stretch is a piece of a part in which exchanges may stand that fit.
type stretch struct {
	in       *part
	from, to int64
}

// reading is the files as they are at one moment.
type reading struct {
	held      []*part
	stretches []stretch
}

// begin looks up where exchanges may stand. Whoever begins a reading must call all.
func (s *spill) begin(q Query) (r reading) {
	if s == nil {
		return r
	}
	for _, p := range s.parts {
		p.reads.Add(1)
		r.held = append(r.held, p)
		start, exact := slices.BinarySearchFunc(p.blocks, q.After+1, func(b block, seq uint64) int {
			return cmp.Compare(b.first, seq)
		})
		if !exact && start > 0 {
			start--
		}
		for i := start; i < len(p.blocks); i++ {
			if b := p.blocks[i]; q.Timeline == "" || b.timelines&s.bit(q.Timeline) != 0 {
				r.add(stretch{p, b.at, p.end(i)})
			}
		}
	}
	return r
}

// end is where a block ends.
func (p *part) end(i int) int64 {
	if i+1 < len(p.blocks) {
		return p.blocks[i+1].at
	}
	return p.size
}

func (r *reading) add(next stretch) {
	if n := len(r.stretches); n > 0 && r.stretches[n-1].in == next.in && r.stretches[n-1].to == next.from {
		r.stretches[n-1].to = next.to
		return
	}
	r.stretches = append(r.stretches, next)
}

// all reads what fits and ends the reading.
func (r reading) all(q Query) (found []Exchange, err error) {
	defer func() {
		for _, p := range r.held {
			p.reads.Done()
		}
	}()
	for _, s := range r.stretches {
		if found, err = s.read(q, found); err != nil {
			return nil, fmt.Errorf("trace: %s: %w", s.in.file.Name(), err)
		}
	}
	return found, nil
}

func (s stretch) read(q Query, found []Exchange) ([]Exchange, error) {
	dec := json.NewDecoder(bufio.NewReader(io.NewSectionReader(s.in.file, s.from, s.to-s.from)))
	for !q.full(len(found)) && dec.More() {
		var e Exchange
		if err := dec.Decode(&e); err != nil {
			return nil, err
		}
		if q.fits(&e) {
			found = append(found, e)
		}
	}
	return found, nil
}

// close waits for those who read. The files stay.
func (s *spill) close() (err error) {
	for _, p := range s.parts {
		p.reads.Wait()
		err = errors.Join(err, p.file.Close())
	}
	s.parts = nil
	s.going.Wait()
	return err
}
