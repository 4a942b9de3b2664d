package gateway

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"mppsim/wallet/aps"
)

const base = "/aps/api/v1/payments/"

// calls are the operations that an acquirer calls (acqp-api §1.1).
func calls() []aps.API {
	return []aps.API{aps.Pay, aps.InquiryPayment, aps.CancelPayment, aps.Refund}
}

// Handler routes the acquirer's calls. A path that is nearly right leads to the operation that it
// means; the call is noted, and refused where the gateway is strict.
func (g *Gateway) Handler() http.Handler {
	router := mux.NewRouter().UseEncodedPath().SkipClean(true)
	for _, api := range calls() {
		router.Path(base + string(api)).Handler(g.call(api, ""))
	}
	router.PathPrefix("/").HandlerFunc(g.nearMiss)
	return router
}

func (g *Gateway) nearMiss(w http.ResponseWriter, r *http.Request) {
	api := meant(r.URL.Path)
	g.call(api, "the path is "+r.URL.Path+" instead of "+base+string(api)).ServeHTTP(w, r)
}

// meant guesses the operation from the last segment of a path: letter case, trailing slashes, another
// version or missing segments do not hide it. It is empty for any other path.
func meant(path string) aps.API {
	path = strings.ToLower(strings.TrimRight(path, "/"))
	last := path[strings.LastIndexByte(path, '/')+1:]
	for _, api := range calls() {
		if last == strings.ToLower(string(api)) {
			return api
		}
	}
	return ""
}

func (g *Gateway) call(api aps.API, miss string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { g.serve(w, r, api, miss) })
}
