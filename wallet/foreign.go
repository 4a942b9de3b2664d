package wallet

import (
	"context"
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/bridge"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/code/identify"
	"mppsim/wallet/control"
	"mppsim/wallet/network"
	"mppsim/wallet/sign"
	"mppsim/wallet/sign/testkey"
)

// DefaultWalletClientID is the client id of the wallet at Alipay+.
const DefaultWalletClientID = "SANDBOX_5Y0000MPPSIM900"

// ForeignWallet is a wallet that others run. The network works for it instead of ours, over HTTP.
type ForeignWallet struct {
	URL      string             // base address; the usual paths follow it
	Paths    map[aps.API]string // instead of the usual ones
	ClientID string             // of the wallet at Alipay+; default DefaultWalletClientID
	Keys     sign.KeySet        // of the wallet
	Currency string             // in which it pays; empty: in whatever currency an order has
	Patience time.Duration      // with its answers; default bridge.DefaultPatience
}

// ForeignNetwork is an Alipay+ that others run. Our wallet works for it instead of our network, over HTTP.
type ForeignNetwork struct {
	URL        string
	ClientID   string             // of our wallet at Alipay+; default DefaultWalletClientID
	Keys       sign.KeySet        // of Alipay+
	Key        crypto.Signer      // of our wallet; a fast test key is generated when nil
	KeyVersion string             // of Key; default 1
	Paths      map[aps.API]string // at which our wallet serves, instead of the usual ones
	Patience   time.Duration
}

// errTwoForeigners says that there would be nothing left to simulate.
var errTwoForeigners = errors.New("a foreign wallet and a foreign network: one of the two must be ours")

// joint is how Alipay+ and wallet are joined in this simulator.
type joint struct {
	bridge    *bridge.Bridge // nil: both are ours
	watch     *bridge.Watch
	publicKey string // of our wallet, where it works for a foreign network
	rules     rulebook
}

// join prepares the way between Alipay+ and wallet.
func (s *Simulator) join() error {
	o := s.options
	s.joint.watch = &bridge.Watch{Recorder: s.recorder, Lines: s.lineOf, Find: s.aboutNetwork, Wall: o.Clock, Off: o.SigningOff}
	var err error
	switch {
	case o.ForeignWallet != nil && o.ForeignNetwork != nil:
		return errTwoForeigners
	case o.ForeignWallet != nil:
		err = s.joinWallet(*o.ForeignWallet)
	case o.ForeignNetwork != nil:
		err = s.joinNetwork(*o.ForeignNetwork)
	}
	return err
}

func (s *Simulator) joinWallet(f ForeignWallet) (err error) {
	s.joint.bridge, err = s.bridge(bridge.Options{
		ClientID: f.ClientID, Key: s.options.NetworkKey, KeyVersion: s.options.KeyVersion, Keys: func() sign.KeySet { return f.Keys },
		Base: f.URL, Paths: f.Paths, Patience: f.Patience, Find: s.aboutNetwork,
	})
	if err != nil {
		return fmt.Errorf("foreign wallet: %w", err)
	}
	return nil
}

func (s *Simulator) joinNetwork(f ForeignNetwork) (err error) {
	if f.Key == nil {
		if f.Key, err = testkey.Generate(); err != nil {
			return err
		}
	}
	public, ok := f.Key.Public().(*rsa.PublicKey)
	if !ok {
		return fmt.Errorf("foreign network: key of the wallet: %w: %T is no RSA key", sign.ErrKey, f.Key.Public())
	}
	if s.joint.publicKey, err = sign.PublicKeyLine(public); err != nil {
		return err
	}
	s.joint.bridge, err = s.bridge(bridge.Options{
		ClientID: f.ClientID, Key: f.Key, KeyVersion: f.KeyVersion, Keys: func() sign.KeySet { return f.Keys },
		Base: f.URL, Paths: f.Paths, Patience: f.Patience, Find: s.aboutWallet,
	})
	if err != nil {
		return fmt.Errorf("foreign network: %w", err)
	}
	return nil
}

func (s *Simulator) bridge(b bridge.Options) (*bridge.Bridge, error) {
	protocol, err := loadCatalogue()
	if err != nil {
		return nil, err
	}
	o := s.options
	if b.ClientID == "" {
		b.ClientID = DefaultWalletClientID
	}
	b.Protocol, _ = protocol.Door(catalogue.Wallets)
	b.Hosts, b.SigningOff, b.Recorder, b.Lines = o.Hosts, o.SigningOff, s.recorder, s.lineOf
	b.Wall, b.IDs, b.Logger = o.Clock, o.IDs, o.Logger
	b.OtherIDs = []string{o.ClientID, o.AcquirerID, o.PspID}
	return bridge.New(b)
}

func (s *Simulator) lineOf(timeline string) bridge.Line { return s.timelineClock(timeline) }

// foreign is what our network knows of a foreign wallet; nil if the wallet is ours.
func (s *Simulator) foreign() *network.Foreign {
	f := s.options.ForeignWallet
	if f == nil {
		return nil
	}
	return &network.Foreign{Currency: f.Currency, NotifyURL: s.notifyURL}
}

// notifyURL is where a foreign wallet reports results.
func (s *Simulator) notifyURL() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.urls.gateway == "" {
		return ""
	}
	return strings.TrimRight(s.urls.gateway, "/") + "/aps/api/v1/payments/" + string(aps.NotifyPayment)
}

// The four ports, each to our own side or to the foreign one.

func (s *Simulator) walletPort() aps.Wallet {
	if s.options.ForeignWallet != nil {
		return bridge.Wallet{Bridge: s.joint.bridge}
	}
	return s.joint.watch.Wallet(s.wallet)
}

func (s *Simulator) networkPort() aps.Network {
	if s.options.ForeignNetwork != nil {
		return bridge.Network{Bridge: s.joint.bridge}
	}
	return s.joint.watch.Network(s.network)
}

func (s *Simulator) agreementWallet() aps.AuthorisationWallet {
	if s.options.ForeignWallet != nil {
		return bridge.Wallet{Bridge: s.joint.bridge}
	}
	return s.joint.watch.AuthorisationWallet(s.consents)
}

func (s *Simulator) agreementNetwork() aps.AuthorisationNetwork {
	if s.options.ForeignNetwork != nil {
		return bridge.Network{Bridge: s.joint.bridge}
	}
	return s.joint.watch.AuthorisationNetwork(s.grants)
}

// withForeign lets the foreign side in beside the acquirer.
func (s *Simulator) withForeign(door http.Handler) http.Handler {
	switch {
	case s.options.ForeignWallet != nil:
		return s.joint.bridge.NetworkDoor(s.network, s.grants, s.options.PspID)(door)
	case s.options.ForeignNetwork != nil:
		return s.joint.bridge.WalletDoor(s.wallet, s.consents)(door)
	}
	return door
}

// aboutNetwork finds what a message of the wallet is about in the network's books.
func (s *Simulator) aboutNetwork(ctx context.Context, m bridge.Marks) aps.Subject {
	about, err := s.network.About(ctx, m.Payment, m.Code, m.CustomerID)
	if err == nil && about.Match == "" {
		about, err = s.grants.About(ctx, m.AuthClientID, m.AgreementID, m.Token)
	}
	if err != nil {
		s.options.Logger.Error("a message of the wallet cannot be looked up", "api", m.API, "error", err)
	}
	return about
}

// aboutWallet finds what a message of Alipay+ is about in the wallet's books.
func (s *Simulator) aboutWallet(ctx context.Context, m bridge.Marks) aps.Subject {
	about, err := s.wallet.About(ctx, m.Payment, m.Code, m.CustomerID)
	if err == nil && about.Match == "" {
		var agreement aps.Subject
		if agreement, err = s.consents.About(ctx, m.AuthClientID, m.AgreementID, m.AuthCode, m.Token); agreement.Match != "" {
			agreement.PaymentRequestID = about.PaymentRequestID
			about = agreement
		}
	}
	if err != nil {
		s.options.Logger.Error("a message of Alipay+ cannot be looked up", "api", m.API, "error", err)
	}
	return about
}

// rulesAge is how old the rules of a foreign network may become before they are asked for again.
const rulesAge = 30 * time.Minute

// rulebook are the rules of a foreign network, as our wallet has them.
type rulebook struct {
	mu      sync.Mutex
	rules   *identify.Rules // nil: those that came with the program
	version string
	asked   time.Time // when they came
}

// identifyAbroad tells our wallet what a scanned text is, where the network is not ours: by the rules of that network, and
// by its word where they say nothing.
func (s *Simulator) identifyAbroad(ctx context.Context, text string) (identify.Outcome, error) {
	what := s.joint.rules.current(ctx, s).Identify(text)
	if !what.Supported {
		return identify.Outcome{Ask: true, CodeValue: what.CodeValue}, nil
	}
	return what, nil
}

// current are the rules in force. Old ones are asked for again; without an answer they stay in force.
func (b *rulebook) current(ctx context.Context, s *Simulator) *identify.Rules {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := s.options.Clock.Now()
	if b.asked.IsZero() || now.Sub(b.asked) >= rulesAge {
		if err := b.fetch(ctx, s.networkPort()); err != nil {
			s.options.Logger.Warn("Alipay+ gives no rules for codes: those at hand stay in force", "error", err)
		} else {
			b.asked = now
		}
	}
	if b.rules == nil {
		return s.options.CodeRules
	}
	return b.rules
}

func (b *rulebook) fetch(ctx context.Context, from aps.Network) error {
	answer, err := from.InquiryCodeRules(ctx, aps.CodeRulesQuestion{Version: b.version})
	switch {
	case err != nil:
		return err
	case answer.Result.Status != aps.Success:
		return fmt.Errorf("code rules: %s", answer.Result.Code)
	case answer.Text == "":
		return nil
	}
	rules, err := identify.Load("rules of Alipay+", []byte(answer.Text))
	if err == nil {
		b.rules, b.version = rules, answer.Version
	}
	return err
}

// foreignView tells the people of the other side what they need to know; nil where both sides are ours. The caller holds
// the lock.
func (s *Simulator) foreignView() *control.Foreign {
	o, b := s.options, s.joint.bridge
	if b == nil {
		return nil
	}
	view := &control.Foreign{
		Role: control.ForeignWallet, URL: b.Base, ClientID: b.ClientID, PspID: o.PspID, AcquirerID: o.AcquirerID, PublicKey: s.publicKey, KeyVersion: b.KeyVersion,
	}
	if o.ForeignNetwork != nil {
		view.Role, view.PublicKey = control.ForeignNetwork, s.joint.publicKey
	}
	home := strings.TrimRight(s.urls.gateway, "/")
	for i := range b.Protocol.Operations {
		op := &b.Protocol.Operations[i]
		path := b.Path(aps.API(op.Name))
		if op.Served() == (o.ForeignNetwork != nil) {
			view.Served = append(view.Served, control.OperationURL{Name: op.Name, Address: home + path})
		} else {
			view.Called = append(view.Called, control.OperationURL{Name: op.Name, Address: b.Base + path})
		}
	}
	return view
}
