package profile_test

import (
	"context"
	"testing"

	"mppsim/fixtures/profiles"
	"mppsim/scenarios/profile"
)

func TestLoopback(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"http://127.0.0.1:9100": true, "http://127.8.9.1": true, "https://localhost/api": true, "http://[::1]:80": true,
		"http://192.0.2.7:9100": false, "https://localhost.example.com": false, "http://acquirer": false, "::": false, "": false,
	} {
		if got := profile.Loopback(address); got != want {
			t.Errorf("%q: %t", address, got)
		}
	}
}

func TestRemoteAndTrapHost(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]bool{"http://127.0.0.1:9100": false, "http://192.0.2.7:9100": true} {
		p, err := profile.Parse(context.Background(), profile.Source{Name: "reference.yaml", Text: profiles.Reference()}, profile.Options{
			Env: env(map[string]string{"REFACQUIRER_TOKEN": "hush-hush"}),
			Overrides: map[string]string{
				"alipayplus.acquirer_public_key": publicKey(t), "drivers.api.http": base, "alipayplus.trap_host": "192.0.2.1",
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if p.Remote() != want || p.AlipayPlus.TrapHost != "192.0.2.1" {
			t.Errorf("%s: remote %t, trap host %q", base, p.Remote(), p.AlipayPlus.TrapHost)
		}
	}
}
