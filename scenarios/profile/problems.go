package profile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"mppsim/scenarios/acquirer"
)

// Problems is everything that is wrong in a profile, in the order of the file.
type Problems struct {
	File string
	List []acquirer.Problem
}

// Error writes one line per problem.
func (p *Problems) Error() string {
	lines := make([]string, 0, len(p.List)+1)
	for _, one := range p.List {
		lines = append(lines, one.String())
	}
	return strings.Join(lines, "\n")
}

// sorted returns the problems in the order of the file, each once.
func (r *reader) sorted() []acquirer.Problem {
	slices.SortStableFunc(r.problems, func(a, b acquirer.Problem) int {
		return cmp.Or(cmp.Compare(a.Place.Line, b.Place.Line), cmp.Compare(a.Place.Key, b.Place.Key))
	})
	return slices.Compact(r.problems)
}

func (r *reader) problem(place acquirer.Place, mend, what string, args ...any) {
	r.problems = append(r.problems, acquirer.Problem{Place: place, What: fmt.Sprintf(what, args...), Mend: mend})
}
