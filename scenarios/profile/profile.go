// Package profile reads acquirer.yaml: how to reach and drive one acquirer, what it can do, what is
// true of it and how patient to be. Every mistake in the file is reported, all at once, with its
// line, its key and what mends it.
//
// Values outside the request templates may use ${NAME} and ${NAME:-otherwise} for environment
// variables, and any value can be overridden from outside by its dotted path. Secrets come from the
// environment, a file or a command and are never written in the file.
package profile

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"mppsim/features"
	"mppsim/scenarios/acquirer"
	httpdriver "mppsim/scenarios/acquirer/http"
	"mppsim/scenarios/acquirer/secret"
	"mppsim/scenarios/netpath"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

// Profile is a checked acquirer.yaml.
type Profile struct {
	File         string
	Name         string
	Dialect      string // aps or ams
	Capabilities []string
	Facts        Facts
	Factor       float64 // the acquirer's timers run this much shorter than in production: (0, 1]
	AlipayPlus   AlipayPlus
	Path         netpath.Path // what stands in between
	Attestations map[string]Attestation
	KnownFailing map[string]KnownFailing

	config  httpdriver.Config
	secrets *secret.Store
}

// Facts is what is true of the acquirer.
type Facts struct {
	Client      string // client id that Alipay+ assigned
	Acquirer    string // acquirer id
	Currencies  []string
	Roles       []string // of the shops, in the order of the file
	Shops       map[string]acquirer.Shop
	Expiry      map[string]time.Duration // product → time after which the acquirer gives up, with production timers
	CodeLengths []int                    // lengths of payment codes that it accepts; empty: all documented ones
}

// AlipayPlus is the acquirer's connection to the network that mppsim plays.
type AlipayPlus struct {
	AcquirerKeys   map[string]string // key version → public key of the acquirer (PEM or one line)
	NetworkKey     string            // private key of the network (PEM or one line); empty: a new one for each run
	Clients        map[string]string // further client ids with public keys (PEM or one line)
	Listen         string            // address of the simulator that certify starts, such as 127.0.0.1:8880; empty: any free port
	TLSListen      string            // address of its door over TLS; empty: there is none
	PublicURL      string            // base address by which the acquirer reaches the simulator; empty: as it listens
	CallbackHosts  []string          // hosts that may be called back, beside loopback
	PrivateDomains []string          // domains of the acquirer's private order codes
	EntryDomains   []string          // domains of its entry codes
	Addresses      control.Addresses // where the acquirer takes calls whose address stands in no message
	Lenient        string            // towards forms that the real gateway takes: silent, warn or refuse; empty: warn
	TrapHost       string            // host by which the acquirer reaches any port of this machine; empty: only on loopback
	Gate           Gate              // what serve refuses
}

// Attestation is a person's answer to a requirement that no test can judge.
type Attestation struct {
	Answer   bool
	Role     string
	Time     string
	Evidence string
}

// KnownFailing excuses a requirement for a while.
type KnownFailing struct {
	Reason  string
	Link    string
	Expires time.Time // end of the day, UTC
}

// Options are what reading a profile depends on beside the file.
type Options struct {
	// Env looks up environment variables; nil: os.LookupEnv.
	Env func(name string) (string, bool)
	// Overrides replaces values by their dotted path: "drivers.api.http" → "http://127.0.0.1:9100".
	Overrides map[string]string
	// WithoutSecrets leaves the secrets unresolved, for commands that never call the acquirer.
	WithoutSecrets bool
	// WithoutKeys leaves key files unread, for commands that verify and sign nothing; the profile then has no keys.
	WithoutKeys bool
	// Catalogue knows the capabilities and requirement ids; nil: the embedded one.
	Catalogue *features.Catalogue
}

// Source is the text of a profile with its name and the folder that its relative paths start from.
type Source struct {
	Name string
	Dir  string
	Text []byte
}

// Load reads a profile from a file. The error is a *Problems unless the file cannot be read.
func Load(ctx context.Context, path string, opts Options) (*Profile, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the user names the file
	if err != nil {
		return nil, fmt.Errorf("profile %s: %w", path, err)
	}
	return Parse(ctx, Source{Name: path, Dir: filepath.Dir(path), Text: text}, opts)
}

// Parse reads a profile from memory. The error is a *Problems with everything that is wrong.
func Parse(ctx context.Context, src Source, opts Options) (*Profile, error) {
	if opts.Catalogue == nil {
		catalogue, err := features.Load()
		if err != nil {
			return nil, err
		}
		opts.Catalogue = catalogue
	}
	if opts.Env == nil {
		opts.Env = os.LookupEnv
	}
	r := &reader{run: programs(ctx, src.Dir), source: src, opts: opts, catalogue: opts.Catalogue}
	p := r.profile()
	if len(r.problems) > 0 {
		return nil, &Problems{File: src.Name, List: r.sorted()}
	}
	return p, nil
}

// Has reports whether a capability is declared.
func (p *Profile) Has(capability string) bool { return slices.Contains(p.Capabilities, capability) }

// Shop returns the shop of a role.
func (p *Profile) Shop(role string) (acquirer.Shop, bool) {
	shop, ok := p.Facts.Shops[role]
	return shop, ok
}

// MainShop is the first shop of the file: "the shop" of the features.
func (p *Profile) MainShop() acquirer.Shop { return p.Facts.Shops[p.Facts.Roles[0]] }

// ShopWithDecimals returns the first shop that sells in a currency with n decimals, with that currency.
func (p *Profile) ShopWithDecimals(n int) (shop acquirer.Shop, currency string, ok bool) {
	return p.shopWhere(func(currency string) bool {
		decimals, known := money.Decimals(currency)
		return known && decimals == n
	})
}

// ShopWithCurrency returns the first shop that sells in a currency.
func (p *Profile) ShopWithCurrency(currency string) (acquirer.Shop, bool) {
	shop, _, ok := p.shopWhere(func(c string) bool { return c == currency })
	return shop, ok
}

func (p *Profile) shopWhere(wanted func(currency string) bool) (acquirer.Shop, string, bool) {
	for _, role := range p.Facts.Roles {
		shop := p.Facts.Shops[role]
		if i := slices.IndexFunc(shop.Currencies, wanted); i >= 0 {
			return shop, shop.Currencies[i], true
		}
	}
	return acquirer.Shop{}, "", false
}

// Expiry is the declared expiry of a product with production timers. Where the profile says nothing it is 60 s for
// payment codes (acqp-api §9.1: the lifetime of a code), 10 min for the cashier (§10) and 3 min for the others (§6.1).
func (p *Profile) Expiry(product string) time.Duration {
	if d, ok := p.Facts.Expiry[product]; ok {
		return d
	}
	switch product {
	case acquirer.ProductPaymentCode:
		return time.Minute
	case acquirer.ProductCashier:
		return 10 * time.Minute
	}
	return 3 * time.Minute
}

// Summary tells the facts for the head of a journal. It holds no secret.
func (p *Profile) Summary() map[string]string {
	facts := map[string]string{
		"client":     p.Facts.Client,
		"acquirer":   p.Facts.Acquirer,
		"currencies": strings.Join(p.Facts.Currencies, " "),
		"shops":      strings.Join(p.Facts.Roles, " "),
		"factor":     strconv.FormatFloat(p.Factor, 'f', -1, 64),
	}
	for product, d := range p.Facts.Expiry {
		facts["expiry "+product] = d.String()
	}
	maps.DeleteFunc(facts, func(_, value string) bool { return value == "" })
	return facts
}

// Redact takes the secrets out of bytes that are to be written.
func (p *Profile) Redact(b []byte) []byte { return p.secrets.RedactBytes(b) }

// Secrets are the secrets of the profile; printing them shows names only.
func (p *Profile) Secrets() *secret.Store { return p.secrets }

// Offers reports whether a verb is mapped.
func (p *Profile) Offers(verb string) bool {
	_, ok := p.config.Verbs[verb]
	return ok || verb == acquirer.VerbSetClock && p.movesClock()
}

// NeededVerbs lists the verbs that the declared capabilities need.
func (p *Profile) NeededVerbs() []string { return acquirer.NeededVerbs(p.Capabilities) }
