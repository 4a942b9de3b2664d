package steps

import (
	"net/http"
	"strings"
	"testing"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/check"
	"mppsim/wallet/aps"
)

func TestATrapThatTheAcquirerCannotReachJudgesNothing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		remote bool
		host   string
		want   string
	}{
		"on the same machine":                {want: "passed"},
		"on another machine":                 {remote: true, want: "not run"},
		"on another machine that can see us": {remote: true, host: "localhost", want: "passed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := playAt(t, &cashier{states: []acquirer.State{paid}}, func(f *check.Facts) { f.Remote, f.TrapHost = tt.remote, tt.host })
			if got := verdictOf(redirectCharge(s.ctx, 307)); got != tt.want {
				t.Errorf("the redirection: %s, want %s", got, tt.want)
			}
			if _, err := ownAddresses(s.ctx); verdictOf(err) != tt.want {
				t.Errorf("the addresses: %s, want %s", verdictOf(err), tt.want)
			}
		})
	}
}

func TestWhoWalksIntoATrapIsAccused(t *testing.T) {
	t.Parallel()
	for host, prefix := range map[string]string{"": "http://127.0.0.1:", "localhost": "http://localhost:"} {
		t.Run("at "+prefix, func(t *testing.T) {
			t.Parallel()
			s := playAt(t, &cashier{states: []acquirer.State{paid}}, func(f *check.Facts) { f.TrapHost = host })
			if err := redirectCharge(s.ctx, 307); err != nil {
				t.Fatal(err)
			}
			s.says(aps.Pay, nil, nil)
			if got := verdictOf(notFollowed(s.ctx)); got != "passed" {
				t.Errorf("before anybody called: %s", got)
			}
			s.sim.mu.Lock()
			target := s.sim.armed[0].Params.Target
			s.sim.mu.Unlock()
			if !strings.HasPrefix(target, prefix) || !strings.HasSuffix(target, "/"+s.Reference()) {
				t.Errorf("the redirection leads to %s", target)
			}
			answer, err := http.Get(target)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if got := verdictOf(notFollowed(s.ctx)); got != "accused" {
				t.Errorf("afterwards: %s", got)
			}
		})
	}
}
