package netpath_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"mppsim/scenarios/netpath"
	"mppsim/wallet/fault"
	"mppsim/wallet/trace"
)

func TestWhatAFaultNeedsIsSomethingThatAPathCarries(t *testing.T) {
	t.Parallel()
	kinds, err := fault.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	needed := map[netpath.Trait]bool{}
	for _, k := range kinds {
		need := netpath.Trait(k.Needs)
		needed[need] = true
		if need != "" && !slices.Contains(netpath.Traits(), need) {
			t.Errorf("fault %s needs %q, which no profile can name", k.ID, need)
		}
	}
	for _, trait := range netpath.Traits() {
		if !needed[trait] {
			t.Errorf("no fault needs %q", trait)
		}
	}
}

func TestALegHinders(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		leg  netpath.Leg
		need netpath.Trait
		want bool
	}{
		"nothing in between":          {netpath.Leg{}, netpath.Reset, false},
		"a proxy":                     {netpath.Leg{Proxy: true}, netpath.Reset, true},
		"a proxy that carries others": {netpath.Leg{Proxy: true, Carries: []netpath.Trait{netpath.Late}}, netpath.Reset, true},
		"a proxy that carries it":     {netpath.Leg{Proxy: true, Carries: []netpath.Trait{netpath.Reset}}, netpath.Reset, false},
		"a fault that needs nothing":  {netpath.Leg{Proxy: true}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			why := tt.leg.Hinders("till", tt.need)
			if (why != "") != tt.want || tt.want && !strings.Contains(why, "network_path.till") {
				t.Errorf("told %q", why)
			}
		})
	}
}

func TestALegStopsWhatIsTooLong(t *testing.T) {
	t.Parallel()
	bounded := netpath.Leg{Proxy: true, MaxBody: 1000}
	if why := bounded.Stops("till", 1001); !strings.Contains(why, "1000 bytes") {
		t.Errorf("told %q", why)
	}
	for _, leg := range []netpath.Leg{{}, {Proxy: true}, {Proxy: true, MaxBody: 1001}} {
		if why := leg.Stops("till", 1001); why != "" {
			t.Errorf("%+v: %q", leg, why)
		}
	}
}

func TestWhoSpoke(t *testing.T) {
	t.Parallel()
	proxy := netpath.Leg{Proxy: true}
	signed := http.Header{"Signature": {"algorithm=RSA256"}}
	for name, tt := range map[string]struct {
		leg    netpath.Leg
		answer trace.Message
		want   bool
	}{
		"a proxy in trouble":                {proxy, trace.Message{Status: 502}, true},
		"a proxy that finds it too long":    {proxy, trace.Message{Status: 413}, true},
		"an answer":                         {proxy, trace.Message{Status: 200}, false},
		"a refusal":                         {proxy, trace.Message{Status: 401}, false},
		"an error of the party itself":      {proxy, trace.Message{Status: 503, Header: signed}, false},
		"no answer":                         {proxy, trace.Message{}, false},
		"an error, and nothing in between":  {netpath.Leg{}, trace.Message{Status: 502}, false},
		"an error of the server's own code": {proxy, trace.Message{Status: 500}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if why := tt.leg.Spoke("to_acquirer", tt.answer); (why != "") != tt.want {
				t.Errorf("told %q", why)
			}
		})
	}
}

func TestRepeatsAreTheSameOctets(t *testing.T) {
	t.Parallel()
	first := func() trace.Exchange {
		return trace.Exchange{
			Leg: trace.AcquirerToNetwork, API: "pay",
			Request: trace.Message{Method: "POST", Body: []byte("{}"), Header: http.Header{"Request-Time": {"1"}, "Signature": {"s"}}},
		}
	}
	if !netpath.Repeats(first(), first()) {
		t.Error("the same octets are no repetition")
	}
	for name, change := range map[string]func(*trace.Exchange){
		"signed anew":         func(e *trace.Exchange) { e.Request.Header.Set("Signature", "t") },
		"at another time":     func(e *trace.Exchange) { e.Request.Header.Set("Request-Time", "2") },
		"with another body":   func(e *trace.Exchange) { e.Request.Body = []byte("[]") },
		"for another purpose": func(e *trace.Exchange) { e.API = "refund" },
		"the other way":       func(e *trace.Exchange) { e.Leg = trace.NetworkToAcquirer },
		"without a signature": func(e *trace.Exchange) { e.Request.Header.Del("Signature") },
	} {
		later := first()
		change(&later)
		if netpath.Repeats(first(), later) {
			t.Errorf("%s it is a repetition", name)
		}
	}
}

func TestSignsOfAProxy(t *testing.T) {
	t.Parallel()
	if signs := netpath.Signs(http.Header{"Via": {"1.1 squid"}, "Accept": {"*/*"}, "X-Forwarded-For": {"10.0.0.1"}}); len(signs) != 2 || signs[0] != "Via: 1.1 squid" {
		t.Errorf("signs %q", signs)
	}
	if signs := netpath.Signs(http.Header{"Accept": {"*/*"}}); len(signs) != 0 {
		t.Errorf("signs %q", signs)
	}
}
