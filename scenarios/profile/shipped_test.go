package profile_test

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"mppsim/fixtures/profiles"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/profile"
	"mppsim/wallet/clock"
	"mppsim/wallet/sign"
)

func publicKey(t *testing.T) string {
	t.Helper()
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	line, err := sign.PublicKeyLine(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

func env(values map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := values[name]
		return v, ok
	}
}

func wiring() profile.Wiring {
	return profile.Wiring{
		Clock: clock.System(), IDs: func() string { return "id" }, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
}

func TestReferenceProfile(t *testing.T) {
	t.Parallel()
	p, err := profile.Parse(context.Background(), profile.Source{Name: "reference.yaml", Text: profiles.Reference()}, profile.Options{
		Env:       env(map[string]string{"REFACQUIRER_TOKEN": "hush-hush"}),
		Overrides: map[string]string{"alipayplus.acquirer_public_key": publicKey(t), "drivers.api.http": "http://127.0.0.1:1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if p.Factor != 0.05 || p.Expiry("upm") != time.Minute || p.MainShop().Role != "corner" || !p.Has("refund_number") {
		t.Errorf("factor %v, expiry %v, shop %q", p.Factor, p.Expiry("upm"), p.MainShop().Role)
	}
	if shop, currency, ok := p.ShopWithDecimals(3); !ok || shop.Role != "kuwait" || currency != "KWD" {
		t.Errorf("three decimals: %v %v %v", shop.Role, currency, ok)
	}
	d, err := p.Open(wiring())
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range acquirer.Verbs() {
		if !d.Offers(verb) {
			t.Errorf("verb %s is not offered", verb)
		}
	}
}

func TestTemplateProfile(t *testing.T) {
	t.Parallel()
	p, err := profile.Parse(context.Background(), profile.Source{Name: "template.yaml", Text: profiles.Template()}, profile.Options{
		Env: env(map[string]string{"ACQUIRER_TOKEN": "hush-hush"}),
		Overrides: map[string]string{
			"alipayplus": "{ acquirer_public_key: " + publicKey(t) + " }",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if p.Facts.Currencies[0] != "SGD" || p.Factor != 1 {
		t.Errorf("currencies %v, factor %v", p.Facts.Currencies, p.Factor)
	}
}
