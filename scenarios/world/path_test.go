package world_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/netpath"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/trace"
)

// over puts proxies between acquirer and simulator.
func over(p netpath.Path) func(*world.Setup) {
	return func(s *world.Setup) { s.Facts.Path = p }
}

func TestAFaultThatAProxyWouldHideLeavesTheScenarioUndecided(t *testing.T) {
	t.Parallel()
	s := newStage(t, over(netpath.Path{ToNetwork: netpath.Leg{Proxy: true, Carries: []netpath.Trait{netpath.Late}}}))
	_, err := s.Arm(t.Context(), "answer-lost", aps.Pay)
	var undecided *world.Unjudged
	if !errors.As(err, &undecided) || undecided.Verdict != journal.Inconclusive || !strings.Contains(undecided.Reason, "network_path.to_network") {
		t.Errorf("armed: %v", err)
	}
	if len(s.books.lifted) != 1 || len(s.Faults()) != 0 {
		t.Errorf("lifted %v, armed %v", s.books.lifted, s.Faults())
	}
	if _, err := s.Arm(t.Context(), "answer-altered", aps.Pay); err != nil || len(s.Faults()) != 1 {
		t.Errorf("a fault that gets through: %v", err)
	}
	if err := s.Sends(20 << 20); err != nil {
		t.Errorf("nothing is known of the other way: %v", err)
	}
}

func TestAMessageThatIsTooLongForTheProxyIsNotSent(t *testing.T) {
	t.Parallel()
	s := newStage(t, over(netpath.Path{ToAcquirer: netpath.Leg{Proxy: true, MaxBody: 1 << 20}}))
	var undecided *world.Unjudged
	if err := s.Sends(2 << 20); !errors.As(err, &undecided) || !strings.Contains(undecided.Reason, "1048576 bytes") {
		t.Errorf("sent: %v", err)
	}
	if err := s.Sends(1 << 20); err != nil {
		t.Errorf("one that fits: %v", err)
	}
}

func TestWhatAProxySaysIsNoEvidence(t *testing.T) {
	t.Parallel()
	all := netpath.Leg{Proxy: true, Retries: true}
	notified := func(status int) trace.Exchange {
		return trace.Exchange{ID: "n", Leg: trace.NetworkToAcquirer, API: string(aps.NotifyPayment), Response: trace.Message{Status: status}}
	}
	pay := func(id, signature string) trace.Exchange {
		return trace.Exchange{
			ID: id, Leg: trace.AcquirerToNetwork, API: string(aps.Pay), PaymentRequestID: "p" + signature,
			Request: trace.Message{Header: http.Header{"Signature": {signature}}},
		}
	}
	for name, tt := range map[string]struct {
		leg  netpath.Leg
		seen []trace.Exchange
		want string
	}{
		"an acknowledgement":               {all, []trace.Exchange{notified(200)}, ""},
		"a proxy that answers in between":  {all, []trace.Exchange{notified(502)}, "notifyPayment to the acquirer: HTTP status 502"},
		"the same, with nothing between":   {netpath.Leg{}, []trace.Exchange{notified(502)}, ""},
		"a call that comes twice":          {all, []trace.Exchange{pay("1", "a"), pay("2", "a")}, "pay came twice octet for octet"},
		"one that comes twice by itself":   {netpath.Leg{Proxy: true}, []trace.Exchange{pay("1", "a"), pay("2", "a")}, ""},
		"one that is signed anew":          {all, []trace.Exchange{pay("1", "a"), pay("2", "b")}, ""},
		"an exchange that is known twice ": {all, []trace.Exchange{pay("1", "a"), pay("1", "a")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, over(netpath.Path{ToNetwork: tt.leg, ToAcquirer: tt.leg}))
			for _, e := range tt.seen {
				s.Deliver(e)
			}
			if got := s.Obstacle(); !strings.HasPrefix(got, tt.want) || (got == "") != (tt.want == "") {
				t.Errorf("told %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAProxyAtTheTill(t *testing.T) {
	t.Parallel()
	s := newStage(t, over(netpath.Path{Till: netpath.Leg{Proxy: true, Retries: true}}))
	s.charged(t, world.ChargeOrder{Unsampled: true})
	if why := s.Obstacle() + s.Repeated(); why != "" {
		t.Errorf("told %q", why)
	}
	for _, id := range []string{"one", "two"} {
		s.Deliver(trace.Exchange{ID: id, Leg: trace.AcquirerToNetwork, API: string(aps.Pay), PaymentRequestID: id})
	}
	if why := s.Repeated(); !strings.HasPrefix(why, "2 attempts to take money for 1 charges") {
		t.Errorf("told %q", why)
	}
	s.shop.say(acquirer.Payment{Call: journal.Call{Response: trace.Message{Status: 504}}}, acquirer.ErrServer)
	s.charged(t, world.ChargeOrder{Unsampled: true})
	if why := s.Obstacle(); !strings.HasPrefix(why, "charge_code of the merchant API: HTTP status 504") {
		t.Errorf("told %q", why)
	}
}
