package control

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gorilla/mux"
)

// Base is the path under which the control API stands.
const Base = "/sim/v1"

// maxRequest bounds a request of the control API; altered bodies may be large.
const maxRequest = 8 << 20

// Handler serves an API under Base. Refusals are {"error":{"code","message"}} with a 4xx status. Pages of other sites that
// a browser has open are refused.
func Handler(api API) http.Handler {
	r := mux.NewRouter()
	s := r.PathPrefix(Base).Subrouter()
	get, post, remove := routes{s}.get, routes{s}.post, routes{s}.remove

	get("/info", read(func(r *http.Request) (Info, error) { return api.Info(r.Context()) }))

	post("/timelines", write(func(r *http.Request, spec TimelineSpec) (Timeline, error) { return api.OpenTimeline(r.Context(), spec) }))
	get("/timelines/{id}", read(func(r *http.Request) (Timeline, error) { return api.Timeline(r.Context(), id(r)) }))
	post("/timelines/{id}/move", write(func(r *http.Request, m Move) (Timeline, error) { return api.MoveTimeline(r.Context(), id(r), m) }))
	post("/timelines/{id}/expect", write(func(r *http.Request, e Expectation) (none, error) { return none{}, api.Expect(r.Context(), id(r), e) }))
	remove("/timelines/{id}", read(func(r *http.Request) (none, error) { return none{}, api.CloseTimeline(r.Context(), id(r)) }))

	post("/payers", write(func(r *http.Request, spec PayerSpec) (Payer, error) { return api.CreatePayer(r.Context(), spec) }))
	get("/payers/{id}", read(func(r *http.Request) (Payer, error) { return api.Payer(r.Context(), id(r)) }))
	post("/payers/{id}/codes", write(func(r *http.Request, spec CodeSpec) (PaymentCode, error) {
		return api.IssueCode(r.Context(), id(r), spec)
	}))
	post("/payers/{id}/code-series", write(func(r *http.Request, spec CodesSpec) ([]PaymentCode, error) {
		return api.IssueCodes(r.Context(), id(r), spec)
	}))

	get("/fault-kinds", read(func(r *http.Request) ([]FaultKind, error) { return api.Faults(r.Context()) }))
	post("/faults", write(func(r *http.Request, spec FaultSpec) (Fault, error) { return api.Arm(r.Context(), spec) }))
	get("/faults", read(func(r *http.Request) ([]Fault, error) { return api.Armed(r.Context(), r.FormValue("timeline")) }))
	remove("/faults/{id}", read(func(r *http.Request) (none, error) { return none{}, api.Lift(r.Context(), id(r)) }))
	post("/faults/{id}/release", write(func(r *http.Request, _ none) (none, error) { return none{}, api.Release(r.Context(), id(r)) }))

	get("/orders", read(func(r *http.Request) ([]Order, error) { return api.Orders(r.Context(), r.FormValue("timeline")) }))
	post("/notifications", write(api2(api.Notify)))
	get("/entries", read(func(r *http.Request) ([]Entry, error) { return api.Entries(r.Context(), r.FormValue("timeline")) }))
	get("/exchanges", exchanges(api))
	for _, more := range []func(routes, API){addressRoutes, payerRoutes, listingRoutes, decodeRoutes, registrationRoutes, authorisationRoutes, disputeRoutes, customsRoutes, pushRoutes, reportRoutes, marketingRoutes, riskRoutes} {
		more(routes{s}, api)
	}
	r.NotFoundHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fail(w, Errorf(NotFound, "there is no operation %s %s", r.Method, r.URL.Path))
	})
	r.MethodNotAllowedHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fail(w, Errorf(Invalid, "%s does not take %s", r.URL.Path, r.Method))
	})
	return sameSite(r)
}

// sameSite refuses what a browser sends on behalf of another site: whoever steers a simulator means to.
func sameSite(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		if u, err := url.Parse(origin); origin != "" && (err != nil || u.Host != r.Host) {
			fail(w, Errorf(Invalid, "a page of %s must not steer this simulator", origin))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// routes are where operations are entered.
type routes struct{ router *mux.Router }

func (s routes) get(path string, h http.Handler) {
	s.router.Path(path).Methods(http.MethodGet).Handler(h)
}

func (s routes) post(path string, h http.Handler) {
	s.router.Path(path).Methods(http.MethodPost).Handler(h)
}

func (s routes) remove(path string, h http.Handler) {
	s.router.Path(path).Methods(http.MethodDelete).Handler(h)
}

// none is an empty JSON object.
type none struct{}

func id(r *http.Request) string { return mux.Vars(r)["id"] }

// api2 adapts an operation that needs nothing but its specification.
func api2[In, Out any](f func(context.Context, In) (Out, error)) func(*http.Request, In) (Out, error) {
	return func(r *http.Request, in In) (Out, error) { return f(r.Context(), in) }
}

func read[Out any](f func(*http.Request) (Out, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out, err := f(r)
		respond(w, out, err)
	})
}

func write[In, Out any](f func(*http.Request, In) (Out, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in In
		if err := decodeStrictly(http.MaxBytesReader(w, r.Body, maxRequest), &in); err != nil && !errors.Is(err, io.EOF) {
			fail(w, Errorf(Invalid, "request body: %v", err))
			return
		}
		out, err := f(r, in)
		respond(w, out, err)
	})
}

func respond(w http.ResponseWriter, out any, err error) {
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	// An error here means that the caller is gone.
	_ = Encode(w, out)
}

func fail(w http.ResponseWriter, err error) {
	e := asError(err)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(statusOf(e.Code))
	_ = Encode(w, struct {
		Error *Error `json:"error"`
	}{e})
}

// exchanges serves the record, waiting for the first exchange if asked to.
func exchanges(api API) http.Handler {
	return read(func(r *http.Request) (any, error) {
		q, err := exchangeQuery(r)
		if err != nil {
			return nil, err
		}
		return api.Exchanges(r.Context(), q)
	})
}

func exchangeQuery(r *http.Request) (q ExchangeQuery, err error) {
	q.Timeline, q.About = r.FormValue("timeline"), r.FormValue("about")
	for name, parse := range map[string]func(string) error{
		"after": func(s string) (err error) { q.After, err = strconv.ParseUint(s, 10, 64); return err },
		"wait":  func(s string) (err error) { q.Wait, err = time.ParseDuration(s); return err },
		"limit": func(s string) (err error) { q.Limit, err = strconv.Atoi(s); return err },
	} {
		if text := r.FormValue(name); text != "" {
			if err := parse(text); err != nil {
				return q, Errorf(Invalid, "parameter %s: %v", name, err)
			}
		}
	}
	if q.Wait < 0 || q.Limit < 0 {
		return q, Errorf(Invalid, "wait and limit: want 0 or more")
	}
	return q, nil
}
