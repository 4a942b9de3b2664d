package control_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mppsim/wallet/control"
)

func TestPagesOfOtherSitesSteerNothing(t *testing.T) {
	t.Parallel()
	h := control.Handler(control.NewClient("http://127.0.0.1:1", nil))
	for origin, refused := range map[string]bool{
		"": false, "http://127.0.0.1:8881": false, "http://evil.example": true, "null": true, "://": true, "http://127.0.0.1:9999": true,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:8881/sim/v1/nothing", strings.NewReader("{}"))
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := strings.Contains(w.Body.String(), "must not steer"); got != refused {
			t.Errorf("origin %q: %d %s", origin, w.Code, w.Body)
		}
	}
}

func TestWaitsAreNotNegative(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"wait=-1s", "limit=-1", "wait=soon", "after=-1"} {
		w := httptest.NewRecorder()
		control.Handler(control.NewClient("http://127.0.0.1:1", nil)).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/sim/v1/exchanges?"+query, nil))
		if w.Code < 400 || w.Code >= 500 {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
}
