// Package wallet assembles the simulator: everything that stands behind an acquirer's Alipay+
// connection, as one http.Handler with the operations to steer it.
//
//	sim, err := wallet.New(wallet.Options{})
//	server := httptest.NewServer(sim.Handler())
//	defer sim.Close()
package wallet

import (
	"bufio"
	"crypto"
	"crypto/rand"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"mppsim/wallet/aps"
	"mppsim/wallet/cashier"
	"mppsim/wallet/clock"
	"mppsim/wallet/code/identify"
	"mppsim/wallet/contract"
	"mppsim/wallet/control"
	"mppsim/wallet/gateway"
	"mppsim/wallet/limit"
	"mppsim/wallet/network"
	"mppsim/wallet/pace"
	"mppsim/wallet/quote"
	"mppsim/wallet/sign"
	"mppsim/wallet/sign/testkey"
	"mppsim/wallet/store"
	"mppsim/wallet/trace"
)

// Defaults of Options.
const (
	DefaultClientID   = "SANDBOX_5Y0000MPPSIM001"
	DefaultAcquirerID = "1022188000000000001"
	DefaultPspID      = "1022172000000000001"
	DefaultBrand      = "Kaleido Pay"
)

// DefaultRetention is how long a closed timeline is kept.
const DefaultRetention = 24 * time.Hour

// Options say how a simulator differs from the usual one; the zero value is usable.
type Options struct {
	ClientID     string // assigned to the acquirer
	AcquirerID   string
	PspID        string                     // of the wallet
	WalletBrand  string                     // walletBrandName
	AcquirerKeys sign.KeySet                // of the acquirer; may be set later with SetAcquirerKeys
	Clients      map[string]sign.KeySet     // further clients of Alipay+ by client id, each with its keys; their ids, orders and refunds are their own
	NetworkKey   crypto.Signer              // RSA key of Alipay+; a fast test key is generated when nil
	KeyVersion   string                     // of NetworkKey; default 1
	Hosts        []string                   // to which notifications may go; default loopback
	Notification control.NotificationRhythm // of payments outside any timeline; default production
	SigningOff   bool                       // for load tests: answers and notifications are not signed, and no signature is checked
	Strict       bool                       // refuse what the real gateway refuses; default: serve and record it
	Lenient      control.Leniency           // towards forms that the real gateway takes; default warn
	Rate         pace.Rate                  // calls of the acquirer beyond it are refused; default: any number
	Callers      gateway.Limits             // that keep slow and huge callers from holding others up
	Denied       []aps.API                  // operations that the acquirer may not call, at both doors; default: none
	MaxAge       time.Duration              // of Request-Time, into the future as well; default: any
	Trace        trace.Options              // bounds of the record
	Retention    time.Duration              // of closed timelines; default a day, negative: for ever
	Templates    []byte                     // payers; default: fixtures/payers.yaml
	Promotions   Data                       // templates; default: fixtures/promotions.yaml
	RedPackets   Data                       // templates; default: fixtures/redpackets.yaml
	Risk         Data                       // strategies; default: fixtures/risk.yaml
	Rates        *quote.Board               // of exchange; default: fixtures/rates.yaml
	Contract     *contract.Contract         // fees and reports; default: fixtures/contract.yaml
	Wallets      []cashier.Wallet           // that the cashier offers; default: fixtures/wallets.yaml
	CodeRules    *identify.Rules            // by which wallets identify what they scan; default: fixtures/coderules.yaml
	CodeDomains  CodeDomains                // of the acquirer's own codes
	Limits       limit.Rules                // of regions on payments of foreign wallets' users; nil: fixtures/limits.yaml
	Version      string
	GatewayURL   string            // where the acquirer reaches the gateway; told by Info
	ControlURL   string            // where the control API is reached; default GatewayURL
	Addresses    control.Addresses // of the acquirer, for calls whose address stands in no message
	// ForeignWallet is a wallet of others for which the network works; ForeignNetwork an Alipay+ of others for which our
	// wallet works. At most one of them is given.
	ForeignWallet  *ForeignWallet
	ForeignNetwork *ForeignNetwork
	Registration   RegistrationOptions // of merchants; the zero value requires none
	// Agents are the agent tokens of the in-store door's service providers, each with the referenceMerchantId for which
	// it may be used; empty: for any. Without any, every token will do.
	Agents map[string]string

	Folder string        // for records that are old, when the state is in memory; default: they stay there
	Store  store.Store   // default: in memory
	Clock  clock.Clock   // real time; default: the wall clock
	IDs    func() string // default: UUIDs of version 7
	Random io.Reader     // of payment codes; default: crypto/rand
	Logger *slog.Logger  // default: none
}

// Data is a file of one's own in place of a built-in one. Without text the built-in is taken.
type Data struct {
	Name string // for errors
	Text []byte
}

func (o Options) withDefaults() (Options, error) {
	for _, d := range []struct {
		field    *string
		standard string
	}{
		{&o.ClientID, DefaultClientID},
		{&o.AcquirerID, DefaultAcquirerID},
		{&o.PspID, DefaultPspID},
		{&o.WalletBrand, DefaultBrand},
		{&o.KeyVersion, "1"},
		{&o.Notification.Mode, network.RhythmProduction},
		{&o.Version, "dev"},
	} {
		if *d.field == "" {
			*d.field = d.standard
		}
	}
	if len(o.Hosts) == 0 {
		o.Hosts = []string{"127.0.0.1", "localhost", "::1"}
	}
	o.Registration = o.Registration.withDefaults(o.WalletBrand)
	if o.Retention == 0 {
		o.Retention = DefaultRetention
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.IDs == nil {
		o.IDs = newIDs()
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Rates == nil {
		board, err := quote.BuiltIn()
		if err != nil {
			return o, err
		}
		o.Rates = board
	}
	if o.Contract == nil {
		built, err := contract.BuiltIn()
		if err != nil {
			return o, err
		}
		o.Contract = &built
	}
	if o.CodeRules == nil {
		rules, err := identify.Default()
		if err != nil {
			return o, err
		}
		o.CodeRules = rules
	}
	var err error
	if o.CodeRules, err = o.CodeDomains.register(o.CodeRules, o.AcquirerID); err != nil {
		return o, err
	}
	if o.Limits == nil {
		rules, err := limit.BuiltIn()
		if err != nil {
			return o, err
		}
		o.Limits = rules
	}
	if len(o.Wallets) == 0 {
		wallets, err := cashier.BuiltIn()
		if err != nil {
			return o, err
		}
		o.Wallets = wallets
	}
	if o.NetworkKey == nil {
		key, err := testkey.Generate()
		if err != nil {
			return o, err
		}
		o.NetworkKey = key
	}
	return o, o.memory()
}

// recentRecords is how many records stay in memory when there is a folder for others: those of some thousand payments.
const recentRecords = 20_000

// memory keeps the state in memory unless there is a store.
func (o *Options) memory() (err error) {
	switch {
	case o.Store != nil:
	case o.Folder != "":
		o.Store, err = store.NewSpilling(store.Spill{Dir: o.Folder, Recent: recentRecords})
	default:
		o.Store = store.NewMemory()
	}
	return err
}

// newIDs returns a maker of ids that sort by time. It fetches randomness in larger portions: each call to the system
// costs more than an id.
func newIDs() func() string {
	var mu sync.Mutex
	random := bufio.NewReader(rand.Reader)
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		id, err := uuid.NewV7FromReader(random)
		if err != nil {
			return uuid.NewString()
		}
		return id.String()
	}
}
