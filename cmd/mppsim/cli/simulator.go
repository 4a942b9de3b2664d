package cli

import (
	"cmp"
	"context"
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"mppsim/scenarios/profile"
	"mppsim/scenarios/setup"
	"mppsim/wallet"
	"mppsim/wallet/control"
	"mppsim/wallet/sign"
)

// Where serve listens unless it is told otherwise. The control API has a port of its own, so that a
// gateway opened to others does not open it too.
const (
	defaultListen  = setup.Listen
	defaultControl = "127.0.0.1:8881"
)

// controlPatience is longer than every wait of the control API.
const controlPatience = 2 * time.Minute

// simulator is a running simulator and the way to it.
type simulator struct {
	sim  *wallet.Simulator
	info control.Info
	api  control.API
	done chan error
	stop context.CancelFunc
}

// address is where to listen, with what names it and what to do when it cannot be had.
type address struct{ host, name, mend string }

// flagged is an address that a flag of serve gives.
func flagged(flag, host string) address {
	return address{host, flag + " " + host, "choose another address, or :0 for any free port"}
}

// freePort is some port of this machine's loopback.
func freePort() address {
	return address{"127.0.0.1:0", "a free port", "end what needs so many ports"}
}

// profiled is the address at which a profile wants the simulator of a run; any free port without one.
func profiled(p *profile.Profile) address {
	if p.AlipayPlus.Listen == "" {
		return freePort()
	}
	return address{
		p.AlipayPlus.Listen, p.File + ": alipayplus.listen " + p.AlipayPlus.Listen,
		"if `mppsim serve` runs there, attach to it, such as with --at http://" + defaultControl +
			"; else end what runs there, or choose another address",
	}
}

// startSimulator listens on both addresses, and over TLS if wanted, and serves until ctx ends or close is called. What it is
// told is looked at before any address is taken.
func startSimulator(ctx context.Context, o wallet.Options, listen, controlListen address, secure *secureDoor) (*simulator, error) {
	sim, err := wallet.New(o) //nolint:contextcheck // what a message is about is looked up without a caller to wait for
	if err != nil {
		return nil, withCode(ExitUsage, err)
	}
	listeners, err := openAll(ctx, o.GatewayURL, listen, controlListen, secure)
	if err != nil {
		return nil, errors.Join(err, sim.Close())
	}
	ctx, stop := context.WithCancel(ctx)
	s := &simulator{sim: sim, done: make(chan error, 1), stop: stop}
	go func() { s.done <- sim.ServeAll(ctx, listeners) }()
	s.api = controlClient("http://" + listeners.Control.Addr().String())
	if s.info, err = s.api.Info(ctx); err != nil {
		return nil, internalf("the simulator does not answer: %w", errors.Join(err, s.close()))
	}
	return s, nil
}

// openAll takes the addresses, all or none.
func openAll(ctx context.Context, gatewayURL string, listen, controlListen address, secure *secureDoor) (l wallet.Listeners, err error) {
	if l.Gateway, err = open(ctx, listen); err != nil {
		return l, err
	}
	if l.Control, err = open(ctx, controlListen); err != nil {
		return l, errors.Join(err, l.Gateway.Close())
	}
	if err := secure.open(ctx, gatewayURL, &l); err != nil {
		return l, errors.Join(err, l.Gateway.Close(), l.Control.Close())
	}
	return l, nil
}

func open(ctx context.Context, at address) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", at.host)
	if err != nil {
		return nil, environmentf("%s: %w; %s", at.name, err, at.mend)
	}
	return l, nil
}

// wait serves until ctx is done, which is how serving is meant to end; the listeners may hear of it before we do.
func (s *simulator) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case err := <-s.done:
		s.done <- err
		if ctx.Err() == nil {
			return internalf("a listener ended by itself: %w", cmp.Or(s.close(), net.ErrClosed))
		}
	}
	return withCode(ExitInternal, s.close())
}

// close stops serving and forgets everything.
func (s *simulator) close() error {
	s.stop()
	err := <-s.done
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	return errors.Join(err, s.sim.Close())
}

// controlClient closes connections that wait for a call before the simulator does, which gives one that was never used ten
// seconds: a call that meets the end is lost.
func controlClient(base string) control.API {
	transport := &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: 4 * time.Second}
	return control.NewClient(base, &http.Client{Transport: transport, Timeout: controlPatience})
}

// attach reaches the control API of a running serve.
func attach(ctx context.Context, at string) (control.API, control.Info, error) {
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, control.Info{}, usagef("--at %q: give the control address that serve prints, such as http://%s", at, defaultControl)
	}
	api := controlClient(strings.TrimSuffix(at, "/"))
	info, err := api.Info(ctx)
	if err != nil {
		return nil, info, environmentf("--at %s: no simulator answers there: %w; start one with `mppsim serve`", at, err)
	}
	return api, info, nil
}

// acquirerKeys are the public keys of a profile's acquirer; the last version in order is the current one.
func acquirerKeys(p *profile.Profile) (sign.KeySet, error) {
	keys := sign.KeySet{}
	for _, version := range slices.Sorted(maps.Keys(p.AlipayPlus.AcquirerKeys)) {
		key, err := sign.ParsePublicKey([]byte(p.AlipayPlus.AcquirerKeys[version]))
		if err != nil {
			return keys, usagef("%s: alipayplus.acquirer_public_key: %w", p.File, err)
		}
		keys = keys.With(version, key)
	}
	return keys, nil
}

// simulatorOf are the options of a simulator for the acquirer of a profile.
func simulatorOf(p *profile.Profile, logger *slog.Logger) (wallet.Options, error) {
	keys, err := acquirerKeys(p)
	if err != nil {
		return wallet.Options{}, err
	}
	o := wallet.Options{
		ClientID: p.Facts.Client, AcquirerID: p.Facts.Acquirer, AcquirerKeys: keys, Version: Version(),
		GatewayURL: p.AlipayPlus.PublicURL, Addresses: p.AlipayPlus.Addresses, Logger: logger,
		CodeDomains: wallet.CodeDomains{Private: p.AlipayPlus.PrivateDomains, Entry: p.AlipayPlus.EntryDomains},
	}
	o.Lenient = control.Leniency(p.AlipayPlus.Lenient)
	if o.Clients, err = clientsOf(p); err != nil {
		return o, err
	}
	if o.Contract, err = contractOf(p); err != nil {
		return o, err
	}
	if hosts := p.AlipayPlus.CallbackHosts; len(hosts) > 0 {
		o.Hosts = append(loopback(), hosts...)
	}
	if p.AlipayPlus.NetworkKey == "" {
		return o, nil
	}
	key, err := sign.ParsePrivateKey([]byte(p.AlipayPlus.NetworkKey))
	if err != nil {
		return o, usagef("%s: alipayplus.network_key: %w", p.File, err)
	}
	o.NetworkKey = key
	return o, nil
}

// readPrivateKey reads the key file that a flag names; no file, no key.
func readPrivateKey(flag, path string) (crypto.Signer, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // no file named: the caller generates a key
	}
	text, err := os.ReadFile(path) //nolint:gosec // the user names the file
	if err != nil {
		return nil, usagef("%s: %w", flag, err)
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		return nil, usagef("%s %s: %w", flag, path, err)
	}
	return key, nil
}

func readPublicKey(flag, path string) (*rsa.PublicKey, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the user names the file
	if err != nil {
		return nil, usagef("%s: %w", flag, err)
	}
	key, err := sign.ParsePublicKey(text)
	if err != nil {
		return nil, usagef("%s %s: %w", flag, path, err)
	}
	return key, nil
}

// publicForms are a public key as the vendor exchanges it, on one line, and as PEM.
func publicForms(key *rsa.PublicKey) (line, pem string, err error) {
	if line, err = sign.PublicKeyLine(key); err != nil {
		return "", "", fmt.Errorf("public key: %w", err)
	}
	text, err := sign.PublicKeyPEM(key)
	return line, string(text), err
}
