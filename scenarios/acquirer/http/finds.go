package httpdriver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/acquirer/spelling"
)

// Finds reports which mapped paths find nothing in a recorded answer; where an unmapped member of
// nearly the same name stands beside, the problem has a mend. Much is rightly absent from some
// answers, so that the others say little.
func (d *Driver) Finds(call journal.Call) []acquirer.Problem {
	v := d.plan.verbs[call.Verb]
	if v == nil || !gjson.ValidBytes(call.Response.Body) {
		return nil
	}
	root := gjson.ParseBytes(call.Response.Body)
	paths := v.response.paths()
	var problems []acquirer.Problem
	for _, p := range paths {
		if p.Text == "@body" || root.Get(p.Text).Exists() {
			continue
		}
		problem := acquirer.Problem{Place: p.Place, What: fmt.Sprintf("no value at %q", p.Text)}
		if near := misspelt(root, p.Text, paths); near != "" {
			problem.Mend = "did you mean " + near + "?"
		}
		problems = append(problems, problem)
	}
	return problems
}

// misspelt finds a member beside a missing one that no path names and that differs by a slip of the pen.
func misspelt(root gjson.Result, path string, mapped []Path) string {
	prefix, name := "", path
	if i := strings.LastIndex(path, "."); i >= 0 {
		prefix, name = path[:i+1], path[i+1:]
		root = root.Get(path[:i])
	}
	var names []string
	root.ForEach(func(key, _ gjson.Result) bool {
		used := slices.ContainsFunc(mapped, func(p Path) bool { return p.Text == prefix+key.String() })
		if !used {
			names = append(names, key.String())
		}
		return true
	})
	if near := spelling.Nearest(name, names); near != "" {
		return prefix + near
	}
	return ""
}

// paths lists the mapped paths of an answer, without those inside lists.
func (m Response) paths() []Path {
	all := []Path{m.Payment, m.Refund, m.Number, m.State, m.Reason, m.Wallet, m.NetworkID, m.Time, m.Reference, m.Text, m.Version, m.List, m.Code, m.Image, m.Expires, m.Address, m.Addresses}
	for _, a := range []*Amount{m.Paid, m.Refunded, m.Remaining, m.Amount} {
		if a != nil {
			all = append(all, a.Path, a.Currency)
		}
	}
	if m.Refunds != nil {
		all = append(all, m.Refunds.List)
	}
	return slices.DeleteFunc(all, func(p Path) bool { return p.Text == "" })
}
