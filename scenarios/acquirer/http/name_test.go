package httpdriver_test

import (
	"net/http"
	"strings"
	"testing"

	"mppsim/scenarios/acquirer"
)

func TestNeedsID(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		path string
		want bool
	}{
		"the acquirer's id":        {`/payments/{{.Payment}}/cancel`, true},
		"the shop's order number":  {`/orders/{{.Reference}}/cancel`, false},
		"the id if there is one":   {`/orders/{{if .Payment}}{{.Payment}}{{else}}{{.Reference}}{{end}}/cancel`, false},
		"both":                     {`/orders/{{.Reference}}/{{.Payment}}/cancel`, true},
		"the id beside a question": {`/{{.Payment}}/{{if .Payment}}{{.Payment}}{{end}}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			profile := strings.Replace(minorStyle, "/payments/{{.Payment}}/cancel", tt.path, 1)
			d := open(t, profile, http.NotFoundHandler())
			if got := d.NeedsID(acquirer.VerbCancel); got != tt.want {
				t.Errorf("cancel at %s: %t", tt.path, got)
			}
			if !d.NeedsID(acquirer.VerbQuery) || !d.NeedsID(acquirer.VerbQueryRefund) {
				t.Error("a query by id, or a verb that is not mapped, needs one")
			}
		})
	}
}
