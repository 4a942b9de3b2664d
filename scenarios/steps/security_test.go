package steps

import (
	"strings"
	"testing"

	"mppsim/wallet/aps"
	"mppsim/wallet/trace"
)

// Every forgery of the vocabulary makes a message that is not genuine, and no two make the same one.
func TestForged(t *testing.T) {
	t.Parallel()
	known := map[string]string{}
	for words := range strings.SplitSeq(strings.Trim(forgery, "()"), "|") {
		signature := forged(words).Signature
		if signature == "" {
			t.Errorf("a message %s would be genuine", words)
		}
		if other, twice := known[signature]; twice {
			t.Errorf("a message %s is the same as one %s", words, other)
		}
		known[signature] = words
	}
	if forged("genuine").Signature != "" {
		t.Error("an unknown forgery is one all the same")
	}
}

func TestTaken(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		result *trace.Result
		want   bool
	}{
		{"acknowledged", 200, &trace.Result{Code: "SUCCESS", Status: "S"}, true},
		{"refused", 200, &trace.Result{Code: "INVALID_SIGNATURE", Status: "F"}, false},
		{"no result", 200, nil, false},
		{"no answer", 0, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := trace.Exchange{
				Leg: trace.NetworkToAcquirer, API: string(aps.NotifyPayment),
				Result: tt.result, Response: trace.Message{Status: tt.status},
			}
			if got := taken(e); got != tt.want {
				t.Errorf("got %t, want %t", got, tt.want)
			}
		})
	}
}
