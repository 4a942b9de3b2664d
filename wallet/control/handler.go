package control

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"mppsim/wallet/control/document"
	"mppsim/wallet/trace"
)

// Base is the path under which the control API stands.
const Base = "/sim/v1"

// maxRequest bounds a request of the control API; altered bodies may be large.
const maxRequest = 8 << 20

// Handler serves an API under Base, with its OpenAPI document at /openapi.json. Refusals are {"error":{"code","message"}} with a
// 4xx status. Pages of other sites that a browser has open are refused.
// Requests that change something may carry a key, see KeyHeader.
func Handler(api API) http.Handler {
	r := mux.NewRouter()
	var list []document.Operation
	enter(routes{r.PathPrefix(Base).Subrouter(), &list}, api)
	r.Path(Base + "/openapi.json").Methods(http.MethodGet).HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info, err := api.Info(r.Context())
		if err != nil {
			fail(w, err)
			return
		}
		serveDocument(w, list, info.Version)
	})
	r.NotFoundHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fail(w, Errorf(NotFound, "there is no operation %s %s", r.Method, r.URL.Path))
	})
	r.MethodNotAllowedHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fail(w, Errorf(Invalid, "%s does not take %s", r.URL.Path, r.Method))
	})
	return sameSite(once(r))
}

// enter enters every operation.
func enter(s routes, api API) {
	s.get("/info", "info", "Tell what an acquirer and a harness need to know of the simulator", plain(api.Info))

	s.post("/timelines", "openTimeline", "Open a timeline, a scenario's own time", asked(api.OpenTimeline))
	s.get("/timelines/{id}", "timeline", "Tell the time on a timeline", of(api.Timeline))
	s.post("/timelines/{id}/hold", "holdTimeline", "Let time stand still on a timeline, or run on from there", to(api.HoldTimeline))
	s.post("/timelines/{id}/move", "moveTimeline", "Let time pass on a timeline; what becomes due happens before the answer", to(api.MoveTimeline))
	s.post("/timelines/{id}/expect", "expect", "Announce order numbers and amounts, so that messages without a known code find their timeline",
		write(func(r *http.Request, e Expectation) (none, error) { return none{}, api.Expect(r.Context(), id(r), e) }))
	s.remove("/timelines/{id}", "closeTimeline", "Close a timeline: its faults are lifted and what is pending is told", end(api.CloseTimeline))

	s.post("/payers", "createPayer", "Make a payer from a template", asked(api.CreatePayer))
	s.get("/payers/{id}", "payer", "Show a payer with balance and payments", of(api.Payer))
	s.post("/payers/{id}/codes", "issueCode", "Give the payer a payment code", to(api.IssueCode))
	s.post("/payers/{id}/code-series", "issueCodes", "Give the payer several payment codes, for minutes that follow one another", to(api.IssueCodes))

	s.get("/fault-kinds", "faults", "List the faults that there are", plain(api.Faults))
	s.post("/faults", "arm", "Arm a fault", asked(api.Arm))
	s.get("/faults", "armed", "List armed faults and how often they fired", onTimeline(api.Armed))
	s.remove("/faults/{id}", "lift", "Lift a fault; what it kept back is told", end(api.Lift))
	s.post("/faults/{id}/release", "release", "Let go what a fault holds back",
		write(func(r *http.Request, _ none) (none, error) { return none{}, api.Release(r.Context(), id(r)) }))
	s.post("/till-messages", "strikeTill", "Which faults of tills hit a message from shop to acquirer; whoever plays the shop asks before each",
		asked(api.StrikeTill))

	s.get("/orders", "orders", "List the orders in the network's books", onTimeline(api.Orders))
	s.post("/notifications", "notify", "Deliver one notification to the acquirer now, genuine or altered", asked(api.Notify))
	s.get("/entries", "entries", "List the movements of money, oldest first", onTimeline(api.Entries))
	s.get("/exchanges", "exchanges", "List recorded traffic", exchanges(api))
	for _, more := range []func(routes, API){addressRoutes, payerRoutes, listingRoutes, decodeRoutes, registrationRoutes, authorisationRoutes, disputeRoutes, customsRoutes, pushRoutes, reportRoutes, marketingRoutes, riskRoutes, turnRoutes} {
		more(s, api)
	}
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
	_ = Encode(w, refused{e})
}

// exchanges serves the record, waiting for the first exchange if asked to.
func exchanges(api API) operation {
	return read(func(r *http.Request) ([]trace.Exchange, error) {
		q, err := exchangeQuery(r)
		if err != nil {
			return nil, err
		}
		return api.Exchanges(r.Context(), q)
	}, "after", "timeline", "about", "wait", "limit", "wallet")
}

func exchangeQuery(r *http.Request) (q ExchangeQuery, err error) {
	q.Timeline, q.About = r.FormValue("timeline"), r.FormValue("about")
	for name, parse := range map[string]func(string) error{
		"after":  func(s string) (err error) { q.After, err = strconv.ParseUint(s, 10, 64); return err },
		"wait":   func(s string) (err error) { q.Wait, err = time.ParseDuration(s); return err },
		"limit":  func(s string) (err error) { q.Limit, err = strconv.Atoi(s); return err },
		"wallet": func(s string) (err error) { q.Wallet, err = strconv.ParseBool(s); return err },
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
