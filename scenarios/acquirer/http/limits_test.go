package httpdriver_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		old, with string
		want      []string
	}{
		"minor units only": {"", "", []string{"decimal_amounts"}},
		"major units":      {`amount: !number "{{.Amount.Minor}}"`, `amount: "{{.Amount.Major}}"`, nil},
		"no refund number": {`number: "{{.Number}}", amount`, `amount`, []string{"decimal_amounts", "refund_number"}},
		"one shop": {
			`        offline: !bool "{{if .Shop.Terminal}}false{{else}}true{{end}}"
        lane: { terminal: "{{.Shop.Terminal}}", tags: ["{{.Shop.Store}}", pos] }
`, "", []string{"decimal_amounts", "multi_merchant"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(minorStyle, tt.old) {
				t.Fatalf("the profile has no %s", tt.old)
			}
			d := open(t, strings.Replace(minorStyle, tt.old, tt.with, 1), http.NotFoundHandler())
			limits := d.Limits()
			if got := slices.Sorted(maps.Keys(limits)); !slices.Equal(got, tt.want) {
				t.Errorf("%v, want %v", got, tt.want)
			}
			for capability, why := range limits {
				if !strings.Contains(why, "{{.") {
					t.Errorf("%s: %q shows no mend", capability, why)
				}
			}
		})
	}
}

func TestTellsReason(t *testing.T) {
	t.Parallel()
	if d := open(t, minorStyle, http.NotFoundHandler()); !d.TellsReason() {
		t.Error("the reason is mapped")
	}
	if d := open(t, strings.ReplaceAll(minorStyle, "reason: decline.code", "reference: ref"), http.NotFoundHandler()); d.TellsReason() {
		t.Error("the reason is mapped nowhere")
	}
}
