package rig

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"mppsim/fixtures/profiles"
	"mppsim/scenarios"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/profile"
	"mppsim/wallet"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/sign"
)

// Options say which reference acquirer is certified.
type Options struct {
	Starter Starter  // runs the reference acquirer's serve command; flags are added
	Defects []string // see `refacquirer defects`
	Habits  []string // see `refacquirer habits`
	Factor  float64  // of the acquirer's timers; 0: 0.05
	Logger  *slog.Logger
	Clock   clock.Clock
	NewID   func() string
	Keys    Keys // of the connection; zero: new ones
	// Overrides replaces values of the reference profile by their dotted path.
	Overrides map[string]string
	// Front puts something before the simulator: it is told its address and tells the one that the acquirer calls. nil: nothing.
	Front func(simulator string) string
	Flags []string // further ones of the reference acquirer's serve command
	// ForOthers makes the acquirer a technical service provider with an agent token for each merchant, and its profile says so.
	ForOthers bool
}

// Rig is a simulator and the reference acquirer, connected and running.
type Rig struct {
	Sim      control.API // over HTTP
	Info     control.Info
	Profile  *profile.Profile
	Acquirer acquirer.Acquirer
	Process  *Process

	options   Options
	started   Starter // how the acquirer was
	folder    string
	simulator *wallet.Simulator
	http      *http.Client
	stop      context.CancelFunc
	serving   sync.WaitGroup
}

const factorByDefault = 0.05

// retention is how long the simulator keeps clock and faults of what is over: a storm has many thousands of payments, and each
// is done in a minute.
const retention = 10 * time.Minute

// Keys are the key pairs of both ends of a connection.
type Keys struct{ Acquirer, Network *rsa.PrivateKey }

// NewKeys makes two key pairs, which takes as long as hundreds of signatures.
func NewKeys() (k Keys, err error) {
	if k.Acquirer, err = sign.GenerateKey(); err != nil {
		return k, fmt.Errorf("make the acquirer's key: %w", err)
	}
	if k.Network, err = sign.GenerateKey(); err != nil {
		return k, fmt.Errorf("make the network's key: %w", err)
	}
	return k, nil
}

// Start sets everything up on free loopback ports. Close ends it; so does ctx.
func Start(ctx context.Context, o Options) (*Rig, error) {
	if o.Factor == 0 {
		o.Factor = factorByDefault
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.ForOthers {
		var err error
		if o, err = o.forOthers(ctx); err != nil {
			return nil, err
		}
	}
	r := &Rig{options: o, http: &http.Client{Transport: transport()}}
	if err := r.start(ctx); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// transport keeps a connection for every scenario that polls at the same time. One that waits for a call is closed before the
// simulator closes it, which gives a connection that was never used ten seconds: a call that meets the end is lost.
func transport() *http.Transport {
	return &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: 4 * time.Second}
}

func (r *Rig) start(ctx context.Context) error {
	k := r.options.Keys
	var err error
	if k == (Keys{}) {
		if k, err = NewKeys(); err != nil {
			return err
		}
	}
	if r.folder, err = os.MkdirTemp("", "mppsim-"); err != nil {
		return fmt.Errorf("make a folder for the keys: %w", err)
	}
	if err := r.simulate(ctx, k); err != nil {
		return err
	}
	env, err := r.launch(ctx, k)
	if err != nil {
		return err
	}
	return r.read(ctx, env)
}

// simulate starts the simulator and its control API.
func (r *Rig) simulate(ctx context.Context, k Keys) error {
	domains, err := r.codeDomains(ctx)
	if err != nil {
		return err
	}
	r.simulator, err = wallet.New(wallet.Options{
		CodeDomains: domains, Folder: r.folder, Retention: retention,
		AcquirerKeys: sign.NewKeySet("1", &k.Acquirer.PublicKey), NetworkKey: k.Network,
		Clock: r.options.Clock, IDs: r.options.NewID, Logger: r.options.Logger,
	})
	if err != nil {
		return fmt.Errorf("make the simulator: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("start the simulator: %w", err)
	}
	address := "http://" + listener.Addr().String()
	public := address
	if r.options.Front != nil {
		public = r.options.Front(address)
	}
	r.simulator.SetURLs(public, address)
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.stop = stop
	r.serving.Go(func() {
		if err := r.simulator.Serve(serving, listener, nil); err != nil && serving.Err() == nil {
			r.options.Logger.Error("the simulator stopped", "error", err)
		}
	})
	r.Sim = control.NewClient(address, r.http)
	if r.Info, err = r.Sim.Info(ctx); err != nil {
		return fmt.Errorf("reach the simulator: %w", err)
	}
	return nil
}

// codeDomains are the domains of the reference acquirer's own codes, which are registered before it starts.
func (r *Rig) codeDomains(ctx context.Context) (wallet.CodeDomains, error) {
	p, err := r.options.profile(ctx)
	if err != nil {
		return wallet.CodeDomains{}, err
	}
	return wallet.CodeDomains{Private: p.AlipayPlus.PrivateDomains, Entry: p.AlipayPlus.EntryDomains}, nil
}

// profile is the reference profile as far as it says the same of every connection.
func (o Options) profile(ctx context.Context) (*profile.Profile, error) {
	p, err := profile.Parse(ctx, profile.Source{Name: "reference.yaml", Text: profiles.Reference()}, profile.Options{
		Env:       func(string) (string, bool) { return "", false },
		Overrides: o.Overrides, WithoutSecrets: true, WithoutKeys: true,
	})
	if err != nil {
		return nil, fmt.Errorf("the reference acquirer's profile: %w", err)
	}
	return p, nil
}

// launch starts the acquirer's process and returns what its profile finds in the environment.
func (r *Rig) launch(ctx context.Context, k Keys) (map[string]string, error) {
	private, err := sign.PrivateKeyPEM(k.Acquirer)
	if err != nil {
		return nil, fmt.Errorf("write the acquirer's key: %w", err)
	}
	keyFile, networkFile := filepath.Join(r.folder, "acquirer.key"), filepath.Join(r.folder, "network.pub")
	if err := errors.Join(os.WriteFile(keyFile, private, 0o600), os.WriteFile(networkFile, []byte(r.Info.NetworkKey), 0o600)); err != nil {
		return nil, fmt.Errorf("write the keys: %w", err)
	}
	public, err := sign.PublicKeyLine(&k.Acquirer.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("write the acquirer's key: %w", err)
	}
	factor, token := strconv.FormatFloat(r.options.Factor, 'g', -1, 64), r.options.NewID()
	s := r.options.Starter
	s.Ready = "refacquirer: listening on"
	s.Command = append(append([]string(nil), s.Command...),
		"--listen", "127.0.0.1:0", "--network", r.Info.GatewayURL, "--client-id", r.Info.ClientID,
		"--acquirer-id", r.Info.AcquirerID, "--key", keyFile, "--network-key", networkFile, "--factor", factor, "--until-eof", "--test-clock")
	for _, name := range r.options.Defects {
		s.Command = append(s.Command, "--defect", name)
	}
	for _, name := range r.options.Habits {
		s.Command = append(s.Command, "--habit", name)
	}
	s.Command = append(s.Command, r.options.Flags...)
	s.Env = append(append([]string(nil), s.Env...), "REFACQUIRER_TOKEN="+token)
	r.started = s
	if err := r.Relaunch(ctx); err != nil {
		return nil, err
	}
	return map[string]string{
		"REFACQUIRER_TOKEN": token, "REFACQUIRER_URL": r.Process.Address, "REFACQUIRER_PUBLIC_KEY": public,
		"REFACQUIRER_FACTOR": factor, "REFACQUIRER_CLIENT_ID": r.Info.ClientID, "REFACQUIRER_ACQUIRER_ID": r.Info.AcquirerID,
	}, nil
}

// Relaunch ends the acquirer's process, if it runs, and starts another one with the same keys, at an address of its own and
// with nothing in its books. Further flags are added, such as --release.
func (r *Rig) Relaunch(ctx context.Context, flags ...string) (err error) {
	if r.Process != nil {
		r.Process.Stop()
	}
	s := r.started
	s.Command = append(append([]string(nil), s.Command...), flags...)
	r.Process, err = s.Start(context.WithoutCancel(ctx), os.Environ())
	return err
}

// read loads the reference profile as anybody's and opens its driver.
func (r *Rig) read(ctx context.Context, env map[string]string) error {
	p, err := profile.Parse(ctx, profile.Source{Name: "reference.yaml", Text: profiles.Reference()}, profile.Options{
		Env:       func(name string) (string, bool) { value, ok := env[name]; return value, ok },
		Overrides: r.options.Overrides,
	})
	if err != nil {
		return fmt.Errorf("the reference acquirer's profile: %w", err)
	}
	r.Profile = p
	if _, err := r.Sim.SetAddresses(ctx, p.AlipayPlus.Addresses); err != nil {
		return fmt.Errorf("tell the simulator the acquirer's addresses: %w", err)
	}
	r.Acquirer, err = p.Open(profile.Wiring{Clock: r.options.Clock, IDs: r.options.NewID, Logger: r.options.Logger})
	if err != nil {
		return fmt.Errorf("the reference acquirer's driver: %w", err)
	}
	return nil
}

// Suite returns the built-in suite aimed at this rig's acquirer. Journal and progress are the caller's.
func (r *Rig) Suite() (scenarios.Options, error) {
	o, err := scenarios.Suite()
	if err != nil {
		return o, err
	}
	o.Clock, o.NewID, o.Logger = r.options.Clock, r.options.NewID, r.options.Logger
	return o.For(r.Profile, r.Acquirer, r.Sim, r.Info, r.options.Clock.Now()), nil
}

// Close ends acquirer and simulator and removes the keys. It may be called twice.
func (r *Rig) Close() error {
	if r.Process != nil {
		r.Process.Stop()
	}
	if r.stop != nil {
		r.stop()
		r.serving.Wait()
		r.stop = nil
	}
	r.http.CloseIdleConnections()
	var problems []error
	if r.simulator != nil {
		problems = append(problems, r.simulator.Close())
		r.simulator = nil
	}
	if r.folder != "" {
		problems = append(problems, os.RemoveAll(r.folder))
		r.folder = ""
	}
	return errors.Join(problems...)
}
