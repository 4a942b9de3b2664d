package rig_test

import (
	"fmt"
	"strings"
	"testing"

	"mppsim/scenarios"
	"mppsim/scenarios/rig"
)

// verdicts lists how every scenario ended and what became of every requirement.
func verdicts(result scenarios.Result) string {
	var b strings.Builder
	for _, s := range result.Scenarios {
		fmt.Fprintln(&b, s.ID, s.Ended.Verdict)
	}
	for _, q := range result.Requirements {
		fmt.Fprintln(&b, q.ID, q.Verdict)
	}
	return b.String()
}

// sameHowever runs a selection in several orders and numbers side by side and expects the same verdicts.
func sameHowever(t *testing.T, o rig.Options, selection []string, ways ...[2]int64) {
	t.Helper()
	want := ""
	for _, way := range ways {
		result, _ := certify(t, start(t, o), func(o *scenarios.Options) {
			o.Selection, o.Parallel, o.Seed = selection, int(way[0]), way[1]
		})
		got := verdicts(result)
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("%d side by side with seed %d:\n%s\nwant\n%s", way[0], way[1], got, want)
		}
	}
}

func TestVerdictsDoNotDependOnTheOrder(t *testing.T) {
	t.Parallel()
	sameHowever(t, rig.Options{}, []string{"UPM", "MSG"}, [2]int64{4, 0}, [2]int64{16, 7})
}
