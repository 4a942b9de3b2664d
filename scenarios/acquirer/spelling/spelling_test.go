package spelling_test

import (
	"testing"

	"mppsim/scenarios/acquirer/spelling"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"cancel", "charge_code", "query", "query_refund", "refund"}
	tests := map[string]string{
		"cancle": "cancel", "querry": "query", "charge-code": "charge_code", "refnud": "refund", "query_refunds": "query_refund",
		"void": "", "": "", "completely different": "",
	}
	for word, want := range tests {
		if got := spelling.Nearest(word, known); got != want {
			t.Errorf("nearest to %q is %q, want %q", word, got, want)
		}
	}
}

func TestHint(t *testing.T) {
	t.Parallel()
	if got := spelling.Hint("cancle", []string{"cancel"}); got != "did you mean cancel?" {
		t.Errorf("got %q", got)
	}
	if got := spelling.Hint("void", []string{"cancel", "query"}); got != "known are cancel, query" {
		t.Errorf("got %q", got)
	}
}
