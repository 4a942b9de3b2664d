package rig_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mppsim/scenarios"
	"mppsim/scenarios/rig"
)

// front is the load balancer before an acquirer: its address stays, whatever happens behind it.
type front struct {
	*httptest.Server

	behind atomic.Pointer[url.URL]
	closed atomic.Bool
	turned atomic.Int64 // probes that met a closed door
}

// fronted starts the reference acquirer behind a load balancer, so that it can be started anew at the same address.
func fronted(t *testing.T) (*front, *rig.Rig) {
	t.Helper()
	f := &front{}
	proxy := &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(f.behind.Load()) },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.closed.Load() {
			if r.URL.Path == "/healthz" {
				f.turned.Add(1)
			}
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	s := ourselves()
	s.Command = append(s.Command, "--public-url", f.URL)
	r := startWith(t, rig.Options{Starter: s, Overrides: map[string]string{"drivers.api.http": f.URL}})
	f.to(t, r)
	return f, r
}

// to lets the load balancer lead to the acquirer as it runs now.
func (f *front) to(t *testing.T, r *rig.Rig) {
	t.Helper()
	u, err := url.Parse(r.Process.Address)
	if err != nil {
		t.Fatal(err)
	}
	f.behind.Store(u)
}

func TestAnAcquirerThatComesBackIsJudged(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		flags    []string // of another process that takes the place of the first; nil: the first stays, with its books
		versions []string
	}{
		"with its books":                        {nil, []string{"1"}},
		"as another version, without its books": {[]string{"--release", "2"}, []string{"1", "2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, r := fronted(t)
			inMidRun(t, r, func() {
				f.closed.Store(true)
				for f.turned.Load() < 3 { // an outage is what probes notice
					time.Sleep(50 * time.Millisecond)
				}
				if tt.flags != nil {
					if err := r.Relaunch(t.Context(), tt.flags...); err != nil {
						t.Error(err)
					}
					f.to(t, r)
				}
				f.closed.Store(false)
			})
			result, m := certify(t, r, func(o *scenarios.Options) {
				o.Selection = []string{"CAN"}
				o.Patience = 5 * time.Minute // a busy machine needs long to start a process
			})
			if findings(result) > 0 || result.Summary.Exit != 0 {
				t.Errorf("exit %d: %s\n%s", result.Summary.Exit, result.Summary.Verdict, tell(result))
			}
			if !slices.Equal(result.Summary.Versions, tt.versions) {
				t.Errorf("versions %v, want %v", result.Summary.Versions, tt.versions)
			}
			told := strings.Join(result.Summary.Reservations, "\n")
			if result.Summary.Certificate || !strings.Contains(told, "away in mid-run") || strings.Contains(told, "redeployed") != (len(tt.versions) > 1) {
				t.Errorf("reservations: %s", told)
			}
			if len(m.Health) < 4 {
				t.Errorf("the journal tells %v of the acquirer", m.Health)
			}
		})
	}
}
