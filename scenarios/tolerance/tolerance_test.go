package tolerance_test

import (
	"strings"
	"testing"
	"time"

	"mppsim/scenarios/tolerance"
)

func TestEveryNameHasItsEntry(t *testing.T) {
	t.Parallel()
	table, err := tolerance.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []tolerance.Name{
		tolerance.Reaction, tolerance.CallAnswer, tolerance.PaySent, tolerance.FirstInquiry, tolerance.NextInquiry,
		tolerance.Expiry, tolerance.AfterExpiry, tolerance.CancelSent, tolerance.RepeatSent, tolerance.RefundDecided,
		tolerance.Notification, tolerance.Decided, tolerance.Quiet, tolerance.Watch, tolerance.Settle, tolerance.Outage,
	} {
		if _, err := table.Get(name); err != nil {
			t.Error(err)
		}
	}
	if _, err := table.Get("patience"); err == nil {
		t.Error("an unknown name was found")
	}
}

func TestAt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		t      tolerance.Tolerance
		factor float64
		want   time.Duration
	}{
		{"fixed bounds stay", tolerance.Tolerance{Bound: 10 * time.Second}, 0.05, 10 * time.Second},
		{"scaled", tolerance.Tolerance{Bound: time.Minute, Scales: true}, 0.05, 3 * time.Second},
		{"slack is not scaled", tolerance.Tolerance{Bound: time.Minute, Scales: true, Slack: time.Second}, 0.05, 4 * time.Second},
		{"never below the floor", tolerance.Tolerance{Bound: 100 * time.Millisecond, Scales: true}, 0.05, tolerance.Floor},
		{"production", tolerance.Tolerance{Bound: time.Minute, Scales: true}, 1, time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.t.At(tt.factor); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestParseRefusesBrokenTables(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"twice", "- {name: a, bound: 1s, reason: r, source: s}\n- {name: a, bound: 1s, reason: r, source: s}", "used twice"},
		{"no reason", "- {name: a, bound: 1s, source: s}", "reason"},
		{"no bound", "- {name: a, reason: r, source: s}", "bound"},
		{"unknown key", "- {name: a, bond: 1s}", "bond"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := tolerance.Parse("t.yaml", []byte(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}
