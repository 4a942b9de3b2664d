package wallet

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"mppsim/wallet/aps"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/clientid"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/fault"
	"mppsim/wallet/gateway"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/mpp"
	"mppsim/wallet/network"
	"mppsim/wallet/sign"
	"mppsim/wallet/store"
	"mppsim/wallet/trace"
	"mppsim/wallet/turn"
)

// walletRegion is where the payers are at home.
const walletRegion = "SG"

// Simulator is everything behind an acquirer's connection. It implements control.API.
type Simulator struct {
	options   Options
	publicKey string
	store     store.Store
	network   *network.Network
	wallet    *mpp.Wallet
	plans     *fault.Plans
	recorder  *trace.Recorder
	gateway   *gateway.Gateway
	pages     http.Handler
	protocol  *catalogue.Catalogue
	clients   clientid.Clients
	rooms
	marketing marketing
	joint     joint
	turns     *turn.Desk

	mu        sync.RWMutex
	keys      sign.KeySet
	urls      struct{ gateway, control, tls string }
	addresses control.Addresses // of the acquirer
}

var _ control.API = (*Simulator)(nil)

// New builds a simulator. It starts nothing but timers; Close ends it.
func New(o Options) (*Simulator, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	public, ok := o.NetworkKey.Public().(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("simulator: network key: %w: %T is no RSA key", sign.ErrKey, o.NetworkKey.Public())
	}
	s := &Simulator{options: o, store: o.Store, keys: o.AcquirerKeys, turns: turn.New(o.Clock.Now)}
	if s.clients, err = clientid.New(o.ClientID, slices.Sorted(maps.Keys(o.Clients))...); err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	s.urls.gateway, s.urls.control, s.addresses = o.GatewayURL, o.ControlURL, o.Addresses
	if s.publicKey, err = sign.PublicKeyLine(public); err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	if err := s.wire(); err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	return s, nil
}

// wire connects the rooms: only here network and wallet learn of each other.
func (s *Simulator) wire() error {
	o := s.options
	rhythm := network.Rhythm{Mode: o.Notification.Mode, Delay: o.Notification.Delay}
	if err := rhythm.Check(); err != nil {
		return err
	}
	var err error
	if s.marketing, err = newMarketing(o); err != nil {
		return err
	}
	policy, err := o.riskPolicy()
	if err != nil {
		return err
	}
	s.plans = fault.NewPlans(o.IDs, o.Clock, func(timeline string) { s.network.SettleSoon(timeline) })
	s.recorder = trace.NewRecorder(o.Trace)
	if err := s.join(); err != nil {
		return err
	}
	s.network = network.New(network.Options{
		Store: o.Store, Acquirer: acquirerPort{s}, Wall: o.Clock, IDs: o.IDs, Digits: o.Random, Logger: o.Logger,
		AcquirerID: o.AcquirerID, PspID: o.PspID, Brand: o.WalletBrand, Region: walletRegion, Rhythm: rhythm, Undecided: s.plans.Undecided,
		Rates: o.Rates, Contract: *o.Contract, Admits: s.admits, BaseURL: s.pageURL,
		Address: s.addressOf, BrandOf: s.cashier().BrandOf, Limits: o.Limits,
		Tokens: tokenPort{s}, Push: s.push, Retention: o.Retention, Forgotten: s.plans.Forget,
		Promotions: s.marketing.desk(), Identify: s.identify, CodeRules: o.CodeRules, Foreign: s.foreign(),
		Prompt: o.ForeignWallet == nil,
	})
	templates, err := s.templates()
	if err != nil {
		return err
	}
	s.wallet, err = mpp.New(mpp.Options{
		Store: o.Store, Clock: o.Clock, Timelines: s.clockOf, IDs: o.IDs, Logger: o.Logger,
		Network: s.networkPort(), PspID: o.PspID, Brands: s.brands(), Identify: s.identifyFor(), Tokens: bearerPort{s}, Templates: templates, Risk: policy,
	})
	if err != nil {
		return err
	}
	s.network.Connect(s.walletPort())
	if s.pages, err = s.newPages(); err != nil {
		return err
	}
	services, err := s.services()
	if err != nil {
		return err
	}
	s.gateway = gateway.New(gateway.Options{
		Clients: s.clients, AcquirerID: o.AcquirerID, Key: o.NetworkKey, KeyVersion: o.KeyVersion, Keys: s.acquirerKeys,
		Network: s.network, Plans: s.plans, Recorder: s.recorder, Wall: o.Clock, IDs: o.IDs, Logger: o.Logger,
		Strict: o.Strict, Lenient: o.Lenient, Rate: o.Rate, Denied: o.Denied, Inactive: o.Contract.Inactive, MaxAge: o.MaxAge, Limits: o.Callers, Hosts: o.Hosts, SigningOff: o.SigningOff, Services: services, Protocol: s.protocol,
		InStore: s.inStore, Agents: o.Agents, Stage: stage{s},
	})
	return nil
}

func (s *Simulator) templates() ([]mpp.Template, error) {
	if s.options.Templates == nil {
		return nil, nil
	}
	return mpp.ParseTemplates(s.options.Templates)
}

func (s *Simulator) clockOf(timeline string) clock.Clock { return s.timelineClock(timeline) }

// acquirerPort leads the network's notifications to the gateway, which is made after the network.
type acquirerPort struct{ s *Simulator }

func (p acquirerPort) NotifyPayment(ctx context.Context, d aps.Delivery) (aps.Result, error) {
	return p.s.gateway.NotifyPayment(ctx, d)
}

func (p acquirerPort) Call(ctx context.Context, c aps.Call) (*jsontree.Node, error) {
	return p.s.gateway.Call(ctx, c)
}

// acquirerKeys are the keys of a client by its short name.
func (s *Simulator) acquirerKeys(client string) sign.KeySet {
	if client != "" {
		return s.options.Clients[client]
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.keys
}

// SetAcquirerKeys replaces the acquirer's public keys, also while running: those of the first client.
func (s *Simulator) SetAcquirerKeys(keys sign.KeySet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = keys
}

// SetURLs tells under which addresses the simulator is reached.
func (s *Simulator) SetURLs(gatewayURL, controlURL string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.urls.gateway, s.urls.control = gatewayURL, controlURL
}

// Handler serves the gateway and, under control.Base, the control API.
func (s *Simulator) Handler() http.Handler {
	door, steering := s.GatewayHandler(), s.ControlHandler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, control.Base+"/") {
			steering.ServeHTTP(w, r)
			return
		}
		door.ServeHTTP(w, r)
	})
}

// GatewayHandler serves the acquirer's door and the pages that its payers' browsers see.
func (s *Simulator) GatewayHandler() http.Handler {
	return s.withForeign(s.withPages(s.gateway.Handler()))
}

// ControlHandler serves only the control API.
func (s *Simulator) ControlHandler() http.Handler { return control.Handler(s) }

// Close ends timers, waits and open calls and closes the store.
func (s *Simulator) Close() error {
	s.gateway.Close()
	if s.joint.bridge != nil {
		defer s.joint.bridge.Close()
	}
	s.network.Close()
	s.courier.Close()
	return errors.Join(s.recorder.Close(), s.store.Close())
}
