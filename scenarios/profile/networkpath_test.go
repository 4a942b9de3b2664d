package profile_test

import (
	"slices"
	"testing"

	"mppsim/scenarios/netpath"
	"mppsim/scenarios/profile"
)

func TestNetworkPath(t *testing.T) {
	t.Parallel()
	p := parse(t, profile.Options{}, "states:\n", `network_path:
  to_network: { proxy: yes, carries: [late, status], retries: yes, max_body: 64KB }
  to_acquirer: { max_body: 1MB }
  till: { proxy: no }
states:
`)
	to := p.Path.ToNetwork
	if !to.Proxy || !to.Retries || to.MaxBody != 64<<10 || !slices.Equal(to.Carries, []netpath.Trait{netpath.Late, netpath.Status}) {
		t.Errorf("to network %+v", to)
	}
	if back := p.Path.ToAcquirer; !back.Proxy || back.MaxBody != 1<<20 || back.Retries {
		t.Errorf("to acquirer %+v", back)
	}
	if p.Path.Till.Proxy {
		t.Errorf("till %+v", p.Path.Till)
	}
}
