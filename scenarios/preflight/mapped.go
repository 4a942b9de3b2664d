package preflight

import (
	"strings"
	"time"

	"mppsim/features"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
)

// amounts warns of sums, and of reasons, that the profile maps nowhere: what is judged by them stays inconclusive.
func (v *visit) amounts() {
	catalogue, err := features.Load()
	if err != nil {
		v.add(itemAmounts, Skipped, "", "the catalogue cannot be read: %v", err)
		return
	}
	told := v.Profile.Amounts()
	var missing, keys, undecided []string
	miss := func(what, key string, judgedBy ...string) {
		applies := false
		for _, id := range judgedBy {
			if r, known := catalogue.Find(id); known && len(r.Missing(v.Profile.Capabilities)) == 0 {
				undecided, applies = append(undecided, id), true
			}
		}
		if applies {
			missing, keys = append(missing, what), append(keys, "verbs.query.response."+key)
		}
	}
	if teller, limited := v.Acquirer.(acquirer.Teller); limited && !teller.TellsReason() {
		miss("the reason of a refusal", "reason", "ACQ-UPM-12")
	}
	if !told.Paid {
		miss("the amount paid", "paid", "ACQ-PRM-01", "ACQ-PRM-04")
	}
	if !told.Refunded && !told.Remaining {
		miss("the sum refunded or remaining", "refunded (or remaining)", "ACQ-REF-02", "ACQ-REF-04")
	}
	if len(missing) == 0 {
		v.add(itemAmounts, OK, "", "the amounts and reasons that are judged are mapped")
		return
	}
	v.add(itemAmounts, Warn, "map "+strings.Join(keys, " and "), "nothing tells %s: %s cannot be judged",
		strings.Join(missing, " and "), strings.Join(undecided, ", "))
}

// timeouts warns of calls that are broken off before a till would give up.
func (v *visit) timeouts() {
	table, err := tolerance.Builtin()
	if err != nil {
		v.add(itemTimeouts, Skipped, "", "the tolerances cannot be read: %v", err)
		return
	}
	needed := tolerance.Scale(table[tolerance.CallAnswer].Bound, v.Profile.Factor)
	var short []string
	for _, t := range v.Profile.Timeouts() {
		if t.Limit < needed {
			short = append(short, t.Key+" is "+t.Limit.String())
		}
	}
	if len(short) > 0 {
		v.add(itemTimeouts, Warn, "allow at least "+needed.Round(time.Millisecond).String()+": a charge that is broken off tells the shop nothing",
			"%s, at factor %v", strings.Join(short, ", "), v.Profile.Factor)
		return
	}
	v.add(itemTimeouts, OK, "", "no call is broken off before %s", needed.Round(time.Millisecond))
}
