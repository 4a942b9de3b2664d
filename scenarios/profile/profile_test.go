package profile_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"mppsim/scenarios/profile"
	"mppsim/wallet/aps"
	"mppsim/wallet/pace"
	"mppsim/wallet/sign"
)

// parse reads the sound profile with changes; it fails the test on any problem.
func parse(t *testing.T, opts profile.Options, replacements ...string) *profile.Profile {
	t.Helper()
	text := strings.NewReplacer(replacements...).Replace(sound)
	if opts.Env == nil {
		opts.Env = env(map[string]string{"ACME_TOKEN": "sesame-open"})
	}
	p, err := profile.Parse(context.Background(), profile.Source{Name: "acme.yaml", Dir: t.TempDir(), Text: []byte(text)}, opts)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSoundProfile(t *testing.T) {
	t.Parallel()
	p := parse(t, profile.Options{})
	shop, ok := p.Shop("corner")
	if !ok || shop.Merchant != "M-1" || shop.Extra["branch"] != "B-7" || shop.Currencies[0] != "SGD" {
		t.Errorf("shop: %+v", shop)
	}
	if !p.Has("refund") || p.Has("notify") || p.Factor != 0.05 || p.Facts.Client != "SANDBOX_1" {
		t.Errorf("profile: %+v", p)
	}
	for product, want := range map[string]time.Duration{"upm": time.Minute, "order_code": 3 * time.Minute, "cashier": 10 * time.Minute} {
		if got := p.Expiry(product); got != want {
			t.Errorf("expiry of %s: %s, want %s", product, got, want)
		}
	}
	if got := p.Summary()["expiry upm"]; got != "1m0s" {
		t.Errorf("summary: %q", got)
	}
}

func TestAgentTokens(t *testing.T) {
	t.Parallel()
	p := parse(t, profile.Options{Env: env(map[string]string{"ACME_TOKEN": "sesame-open", "AGENT": "t-0"})},
		"[upm, cancel, refund]\nfacts:", "[upm, cancel, refund, tsp]\nfacts:\n  agent_token: ${AGENT}",
		"  expiry:", "    harbour: { merchant: M-2, currencies: [SGD], agent_token: t-2 }\n  expiry:")
	for role, want := range map[string]string{"corner": "t-0", "harbour": "t-2"} {
		if shop, _ := p.Shop(role); shop.AgentToken != want {
			t.Errorf("agent token of %s is %q, want %s", role, shop.AgentToken, want)
		}
	}
}

func TestAllMistakesAreReportedInOrder(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("region: SG", "region: sg", "factor: 0.05", "factor: 5", "DONE: PAID", "DONE: PAIT",
		"{{.Code}}", "{{.Cod}}").Replace(sound)
	lines := complaints(t, text)
	if len(lines) != 4 {
		t.Fatalf("complaints: %v", lines)
	}
	for i, start := range []string{":7: ", ":10: ", ":26: ", ":44: "} {
		if !strings.HasPrefix(lines[i], start) {
			t.Errorf("complaint %d is %q, want one of line %s", i, lines[i], start)
		}
	}
}

func TestOverrides(t *testing.T) {
	t.Parallel()
	p := parse(t, profile.Options{Overrides: map[string]string{
		"time.factor":                     "0.5",
		"facts.ids.client":                "SANDBOX_2",
		"facts.shops.corner.terminal":     "T-9",
		"capabilities":                    "[upm]",
		"alipayplus.callback_hosts":       "[staging.example.com]",
		"alipayplus.private_code_domains": "[pay.example]",
		"alipayplus.entry_code_domains":   "[enter.example]",
		"alipayplus.acquirer_url":         "http://staging.example.com/alipay",
		"alipayplus.addresses":            "{userInitiatedPay: 'https://staging.example.com/decode'}",
		"alipayplus.strict":               "yes",
		"alipayplus.rate":                 "50/s",
		"alipayplus.max_age":              "10m",
		"alipayplus.deny":                 "[refund, cancel]",
		"alipayplus.tls_listen":           "127.0.0.1:8843",
		"facts.shops.corner.extra.lane":   "4",
	}})
	shop := p.MainShop()
	if p.Factor != 0.5 || p.Facts.Client != "SANDBOX_2" || shop.Terminal != "T-9" || shop.Extra["lane"] != "4" {
		t.Errorf("overridden: %v %v %+v", p.Factor, p.Facts.Client, shop)
	}
	if a := p.AlipayPlus.Addresses; a.Find(aps.UserInitiatedPay, "/x") != "https://staging.example.com/decode" || a.Find(aps.PushPayment, "/x") != "http://staging.example.com/alipay/x" {
		t.Errorf("overridden: %+v", a)
	}
	if a := p.AlipayPlus; len(a.PrivateDomains) != 1 || a.PrivateDomains[0] != "pay.example" || len(a.EntryDomains) != 1 || a.EntryDomains[0] != "enter.example" {
		t.Errorf("overridden: %+v", a)
	}
	g := profile.Gate{Strict: true, Rate: pace.Rate{Calls: 50, Per: time.Second}, MaxAge: 10 * time.Minute, Deny: []string{"refund", "cancel"}}
	if a := p.AlipayPlus; !reflect.DeepEqual(a.Gate, g) || a.TLSListen != "127.0.0.1:8843" {
		t.Errorf("overridden: %+v", a)
	}
	if len(p.Capabilities) != 1 || p.AlipayPlus.CallbackHosts[0] != "staging.example.com" {
		t.Errorf("overridden: %v %v", p.Capabilities, p.AlipayPlus)
	}
}

func TestBrokenOverrides(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ path, value, want string }{
		"unknown key":      {"time.faktor", "1", "profile acme.yaml: time.faktor: unknown key; did you mean factor?"},
		"through a value":  {"name.first", "x", "profile acme.yaml: name.first: this cannot be overridden: the path goes through a value that is not a mapping; override one of its members, or a key that holds a value"},
		"impossible value": {"time.factor", "2", `profile acme.yaml: time.factor: factor "2" is not above 0 and at most 1; write how much shorter the acquirer's timers run than in production, such as 0.05; production timers are 1`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := profile.Parse(context.Background(), profile.Source{Name: "acme.yaml", Text: []byte(sound)}, profile.Options{
				Env: env(map[string]string{"ACME_TOKEN": "sesame-open"}), Overrides: map[string]string{tt.path: tt.value},
			})
			if err == nil || err.Error() != tt.want {
				t.Errorf("error is\n%v\nwant\n%s", err, tt.want)
			}
		})
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	p := parse(t, profile.Options{Env: env(map[string]string{"ACME_TOKEN": "sesame-open", "ACME_CLIENT": "SANDBOX_7"})},
		"client: SANDBOX_1", `client: "${ACME_CLIENT}"`, "merchant: M-1", `merchant: "${ACME_SHOP:-M-8}-${ACME_LANE:-1}"`)
	if p.Facts.Client != "SANDBOX_7" || p.MainShop().Merchant != "M-8-1" {
		t.Errorf("client %q, merchant %q", p.Facts.Client, p.MainShop().Merchant)
	}
}

func TestKeysFromFiles(t *testing.T) {
	t.Parallel()
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	public, err := sign.PublicKeyPEM(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "acquirer.pub"), public, 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "acquirer.yaml")
	text := strings.Replace(sound, "states:\n", "alipayplus: { acquirer_public_keys: { 1: acquirer.pub, 2: acquirer.pub }, clients: { OTHER: acquirer.pub } }\nstates:\n", 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := profile.Load(context.Background(), file, profile.Options{Env: env(map[string]string{"ACME_TOKEN": "sesame-open"})})
	if err != nil {
		t.Fatal(err)
	}
	if p.AlipayPlus.Clients["OTHER"] != string(public) {
		t.Errorf("clients: %v", p.AlipayPlus.Clients)
	}
	if p.AlipayPlus.AcquirerKeys["2"] != string(public) {
		t.Errorf("keys: %v", p.AlipayPlus.AcquirerKeys)
	}
}

func TestFileThatIsNotThere(t *testing.T) {
	t.Parallel()
	_, err := profile.Load(context.Background(), filepath.Join(t.TempDir(), "none.yaml"), profile.Options{})
	var problems *profile.Problems
	if !errors.Is(err, os.ErrNotExist) || errors.As(err, &problems) || !strings.HasPrefix(err.Error(), "profile ") {
		t.Errorf("error is %v", err)
	}
}

func TestSecretsFromFileAndCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "token.txt"), []byte("from-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for value, from := range map[string]string{"from-a-file": "file: token.txt", "from-a-program": "command: [echo, from-a-program]"} {
		text := strings.Replace(sound, "env: ACME_TOKEN", from, 1)
		p, err := profile.Parse(context.Background(), profile.Source{Name: "acme.yaml", Dir: dir, Text: []byte(text)}, profile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := p.Secrets().Value("token"); got != value {
			t.Errorf("secret is %q, want %q", got, value)
		}
	}
}

func TestSecretsStayUnresolvedWhenNobodyNeedsThem(t *testing.T) {
	t.Parallel()
	p := parse(t, profile.Options{WithoutSecrets: true, Env: env(nil)})
	if got, ok := p.Secrets().Value("token"); ok {
		t.Errorf("secret is %q", got)
	}
}

// No message, print or encoding of a profile may hold a secret, nor may what it redacts.
func TestSecretsAreNeverShown(t *testing.T) {
	t.Parallel()
	const hidden = `sesame/open+"now"`
	opts := profile.Options{Env: env(map[string]string{"ACME_TOKEN": hidden})}
	p := parse(t, opts)
	encoded, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprintf("%v %+v %#v %s %v", p, p.Secrets(), p.Secrets(), encoded, p.Summary())
	spoilt := strings.Replace(sound, "factor: 0.05", "factor: 9", 1)
	_, err = profile.Parse(context.Background(), profile.Source{Name: "acme.yaml", Text: []byte(spoilt)}, opts)
	shown += fmt.Sprint(err)
	shown += string(p.Redact([]byte(`{"a":"sesame/open+\"now\""} sesame%2Fopen%2B%22now%22 sesame%2Fopen+%22now%22 ` + hidden)))
	if strings.Contains(shown, "sesame") {
		t.Errorf("a secret is shown in %s", shown)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sound))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("name: {{.X}}\nverbs: { query: [] }\n"))
	for _, b := range brokenProfiles() {
		f.Add([]byte(strings.Replace(sound, b.old, b.new, 1)))
	}
	catalogue, dir := theCatalogue(f), f.TempDir() // one for all: making one takes longer than reading a profile
	f.Fuzz(func(t *testing.T, text []byte) {
		if strings.Contains(string(text), "command") {
			return // programs are not run by chance
		}
		_, err := profile.Parse(context.Background(), profile.Source{Name: "acme.yaml", Dir: dir, Text: text}, profile.Options{
			Env: env(nil), Catalogue: catalogue,
		})
		var problems *profile.Problems
		if err != nil && (!errors.As(err, &problems) || len(problems.List) == 0) {
			t.Errorf("error without problems: %v", err)
		}
	})
}

func TestKeysAreNotNeededToKnowWhatApplies(t *testing.T) {
	t.Parallel()
	text := strings.Replace(sound, "\nstates:", "\nalipayplus: { acquirer_public_key: keys/nowhere.pub, network_private_key: keys/nowhere.key }\nstates:", 1)
	source := profile.Source{Name: "acme.yaml", Text: []byte(text)}
	if _, err := profile.Parse(context.Background(), source, profile.Options{WithoutSecrets: true}); err == nil || !strings.Contains(err.Error(), "keys/nowhere.pub cannot be read") {
		t.Errorf("with keys: %v", err)
	}
	p, err := profile.Parse(context.Background(), source, profile.Options{WithoutSecrets: true, WithoutKeys: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.AlipayPlus.AcquirerKeys) > 0 || p.AlipayPlus.NetworkKey != "" {
		t.Errorf("keys out of nothing: %+v", p.AlipayPlus)
	}
}
