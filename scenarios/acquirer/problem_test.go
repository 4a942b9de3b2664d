package acquirer_test

import (
	"slices"
	"testing"

	"mppsim/scenarios/acquirer"
)

func TestProblemNamesPlaceAndMend(t *testing.T) {
	t.Parallel()
	place := acquirer.Place{File: "acme.yaml", Line: 41, Key: "verbs.query"}
	tests := []struct {
		problem acquirer.Problem
		want    string
	}{
		{acquirer.Problem{Place: place, What: "bad", Mend: "mend it"}, "profile acme.yaml:41: verbs.query: bad; mend it"},
		{acquirer.Problem{Place: acquirer.Place{File: "acme.yaml", Key: "time"}, What: "bad"}, "profile acme.yaml: time: bad"},
		{acquirer.Problem{Place: acquirer.Place{File: "acme.yaml", Line: 1}, What: "bad"}, "profile acme.yaml:1: bad"},
	}
	for _, tt := range tests {
		if got := tt.problem.String(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestNeededVerbs(t *testing.T) {
	t.Parallel()
	got := acquirer.NeededVerbs([]string{"refund", "upm", "notify", "receipt"})
	want := []string{acquirer.VerbChargeCode, acquirer.VerbQuery, acquirer.VerbRefund, acquirer.VerbReceipt}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if len(acquirer.Verbs()) > 10 {
		t.Error("an acquirer is driven by at most ten verbs")
	}
}
