package httpdriver_test

import (
	"errors"
	"strings"
	"testing"

	"mppsim/scenarios/acquirer"
)

func TestHealthTellsLifeAndVersion(t *testing.T) {
	t.Parallel()
	mapped := strings.Replace(minorStyle, "\nverbs:", `
verbs:
  health:
    by: api
    request: { method: GET, path: /health }
    response: { version: build.id }`, 1)
	for name, tt := range map[string]struct {
		answer, want string
		err          error
	}{
		"a version":         {`200 {"build":{"id":"1.4.2"}}`, "1.4.2", nil},
		"a number":          {`200 {"build":{"id":17}}`, "17", nil},
		"none":              {`200 {}`, "", nil},
		"no JSON":           {`200 fine`, "", nil},
		"not well":          {`503 busy`, "", acquirer.ErrUnwell},
		"other credentials": {`401 {}`, "", acquirer.ErrServer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t, mapped, &till{answers: map[string]string{"GET /health": tt.answer}})
			got, err := d.Alive(t.Context())
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("version %q, error %v; want %q, %v", got, err, tt.want, tt.err)
			}
			if unwell := errors.Is(err, acquirer.ErrUnwell); unwell != errors.Is(tt.err, acquirer.ErrUnwell) {
				t.Errorf("not well: %t", unwell)
			}
		})
	}
}
