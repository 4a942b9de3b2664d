// Package matrix shows how the suite is proved: each defect of the reference acquirer against the
// requirements that it must fail, what it did fail, and the requirements that no defect kills.
package matrix

import (
	"cmp"
	"slices"
	"strings"

	"mppsim/reports/journal"
)

// Data is the outcome of running the suite against one acquirer per row.
type Data struct {
	Title        string
	Tool         string   // version of mppsim
	Catalogue    string   // version of the requirement catalogue
	Requirements []string // the columns: every covered requirement; each must be killed by some row
	Defects      []Row
	Habits       []Row // correct in other ways: they must fail nothing
}

// Row is one acquirer.
type Row struct {
	Name     string
	About    string                     // what it does otherwise, in a sentence
	Expected []string                   // requirements that it must fail (a SHOULD: warn, a MAY: note), exactly
	Blocked  []string                   // requirements that it keeps from being reached
	Got      map[string]journal.Verdict // of the run; requirements that passed or were not run may be left out
	Broken   string                     // why the run itself says nothing; empty if it does
}

// Cell is what one acquirer did to one requirement.
type Cell string

// The cells. Only Missed, Accused and Open are wrong.
const (
	Clean   Cell = "clean"   // passed, or was not concerned
	Killed  Cell = "killed"  // failed as declared
	Blocked Cell = "blocked" // not reached, as declared
	Missed  Cell = "missed"  // should have failed and did not
	Accused Cell = "accused" // failed though nothing is wrong with it
	Open    Cell = "open"    // without a verdict, and nobody declared that
)

// Wrong reports whether a cell breaks the matrix.
func (c Cell) Wrong() bool { return c == Missed || c == Accused || c == Open }

// Sign is the cell in one letter or sign.
func (c Cell) Sign() string {
	return map[Cell]string{Clean: "", Killed: "✗", Blocked: "·", Missed: "MISSED", Accused: "ACCUSED", Open: "OPEN"}[c]
}

// Cell judges one cell of a row.
func (r Row) Cell(requirement string) Cell {
	if r.Broken != "" {
		return Clean // the row as a whole is wrong; its cells say nothing
	}
	v := r.Got[requirement]
	expected := slices.Contains(r.Expected, requirement)
	switch {
	case failed(v) && expected:
		return Killed
	case failed(v):
		return Accused
	case expected:
		return Missed
	case !unclear(v):
		return Clean
	case slices.Contains(r.Blocked, requirement):
		return Blocked
	}
	return Open
}

func failed(v journal.Verdict) bool {
	return v == journal.Fail || v == journal.Warn || v == journal.NoteVerdict || v == journal.NotTestable
}

func unclear(v journal.Verdict) bool {
	return v == journal.Inconclusive || v == journal.NotReached || v == journal.HarnessError
}

// Wrong lists what is wrong with a row, empty if it is as declared.
func (r Row) Wrong() []string {
	if r.Broken != "" {
		return []string{"no result: " + r.Broken}
	}
	var wrong []string
	for _, id := range r.concerned() {
		if c := r.Cell(id); c.Wrong() {
			wrong = append(wrong, id+" "+string(c))
		}
	}
	return wrong
}

// concerned lists the requirements that a row speaks of.
func (r Row) concerned() []string {
	ids := slices.Clone(r.Expected)
	for id := range r.Got {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// OK reports whether every row is as declared and every requirement is killed.
func (d Data) OK() bool {
	for _, r := range slices.Concat(d.Defects, d.Habits) {
		if len(r.Wrong()) > 0 {
			return false
		}
	}
	return len(d.Unkilled()) == 0
}

// Unkilled lists the requirements that no defect was seen to break.
func (d Data) Unkilled() []string {
	var ids []string
	for _, id := range d.Requirements {
		if !slices.ContainsFunc(d.Defects, func(r Row) bool { return r.Cell(id) == Killed }) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Columns are all requirements that the matrix speaks of: the covered ones, and whatever a row names.
func (d Data) Columns() []string {
	ids := slices.Clone(d.Requirements)
	for _, r := range slices.Concat(d.Defects, d.Habits) {
		ids = append(ids, r.concerned()...)
	}
	slices.SortFunc(ids, byArea)
	return slices.Compact(ids)
}

// Areas are the columns by area.
func (d Data) Areas() []Area {
	var list []Area
	for _, id := range d.Columns() {
		name := areaOf(id)
		if n := len(list); n == 0 || list[n-1].Name != name {
			list = append(list, Area{Name: name})
		}
		last := &list[len(list)-1]
		last.Requirements = append(last.Requirements, id)
	}
	return list
}

// Area is the columns of one area.
type Area struct {
	Name         string
	Requirements []string
}

func byArea(a, b string) int { return cmp.Or(cmp.Compare(areaOf(a), areaOf(b)), cmp.Compare(a, b)) }

// areaOf is the middle part of an id: UPM of ACQ-UPM-10.
func areaOf(id string) string {
	if parts := strings.Split(id, "-"); len(parts) == 3 {
		return parts[1]
	}
	return id
}

// Short is the last part of an id, as a head of a narrow column.
func Short(id string) string { return id[strings.LastIndex(id, "-")+1:] }
