package page_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mppsim/wallet/page"
)

func orders() map[string]page.Order {
	expiry := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	return map[string]page.Order{
		"open":   {Merchant: "Corner <b>", Description: "tea", Price: "SGD 5.00", State: "open", Code: "https://code", Expiry: expiry},
		"paid":   {Merchant: "Corner", Price: "SGD 5.00", State: "paid", Redirect: "https://shop.example/back?a=1"},
		"closed": {Merchant: "Corner", Price: "SGD 5.00", State: "closed"},
	}
}

func serve(t *testing.T, method, target string) (int, string, string) {
	t.Helper()
	h, err := page.Handler(page.Options{
		Order: func(_ *http.Request, token string) (page.Order, bool, error) {
			if token == "broken" {
				return page.Order{}, false, errors.New("no store")
			}
			o, found := orders()[token]
			return o, found, nil
		},
		Brand: func(name string) string { return "Ümlaut " + name },
		Picture: func(text, size string) ([]byte, error) {
			if size == "big" {
				return nil, errors.New("no paper")
			}
			return []byte(text + size), nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w.Code, w.Header().Get("Content-Type"), w.Body.String()
}

func TestPages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		method, target string
		status         int
		kind, holds    string
	}{
		{"GET", "/checkout/open?lang=en&back=shop%2Fcart", 200, "text/html", "Waiting for the payer"},
		{"GET", "/checkout/open", 200, "text/html", "Corner &lt;b&gt;"},
		{"GET", "/checkout/open", 200, "text/html", "05:06:07 UTC"},
		{"GET", "/checkout/open", 200, "text/html", `src="/code/open.png?size=small"`},
		{"GET", "/app/pay?order=open", 200, "text/html", "SGD 5.00"},
		{"GET", "/checkout/paid", 200, "text/html", `href="https://shop.example/back?a=1"`},
		{"GET", "/checkout/closed", 200, "text/html", "Nothing was paid"},
		{"GET", "/checkout/unknown", 404, "text/plain", "no such order"},
		{"GET", "/checkout/broken", 500, "text/plain", "cannot be read"},
		{"POST", "/checkout/open", 405, "", ""},
		{"GET", "/code/open.png?size=small", 200, "image/png", "https://codesmall"},
		{"GET", "/code/open.png", 200, "image/png", "https://codemiddle"},
		{"GET", "/code/open.png?size=huge", 400, "text/plain", "small, middle or big"},
		{"GET", "/code/open.png?size=big", 500, "text/plain", "cannot be drawn"},
		{"GET", "/code/closed.png", 404, "text/plain", "no open order"},
		{"GET", "/code/unknown.png", 404, "text/plain", "no open order"},
		{"GET", "/code/broken.png", 500, "text/plain", "cannot be read"},
		{"GET", "/limit/CN/year", 200, "text/html", "more in this year than users"},
		{"GET", "/limit/CN/single", 200, "text/html", "It is more than users of foreign wallets may pay by scanning a code in CN"},
		{"GET", "/logo/X.svg", 200, "image/svg+xml", ">Ü</text>"},
	} {
		status, kind, body := serve(t, tt.method, tt.target)
		if status != tt.status || !strings.HasPrefix(kind, tt.kind) || !strings.Contains(body, tt.holds) {
			t.Errorf("%s %s: %d %s %q, want %d %s with %q", tt.method, tt.target, status, kind, body, tt.status, tt.kind, tt.holds)
		}
	}
}
