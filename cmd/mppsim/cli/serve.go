package cli

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"mppsim/scenarios/profile"
	"mppsim/wallet"
	"mppsim/wallet/collector"
	"mppsim/wallet/control"
	"mppsim/wallet/sign"
	"mppsim/wallet/store"
	"mppsim/wallet/trace"
)

// serveOptions are the flags of serve.
type serveOptions struct {
	listen, control, publicURL string
	profile                    string
	clientID, acquirerID       string
	acquirerKey, networkKey    string
	hosts                      []string
	notifications              string
	tolerance                  tolerance
	secure                     secureDoor
	foreign                    foreignFlags
	signing                    string
	traceDir                   string
	traceLimit                 int // MiB
	retain                     time.Duration
	rates, contract            string
	promotions, redpackets     string
	risk                       string
	wallets, limits            string
	acquirerURL, decodeURL     string
	codeRules                  string
	privateDomains             []string
	entryDomains               []string
	requireRegistration        bool
	registrationAfter          time.Duration
	agentTokens                []string
	clients                    []string // further ones, with their keys
	listenGiven                bool     // --listen wins over the profile
}

func (a *app) serveCommand() *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Play Alipay+ and a wallet until stopped",
		Long: `Plays Alipay+ and a wallet until it is stopped. The acquirer's door listens on
` + defaultListen + `, the control API on ` + defaultControl + `, unless told otherwise.
What flags do not say comes from the profile of the acquirer: address, client id, keys, hosts.`,
		Example: `  mppsim serve --profile acme/acquirer.yaml
  mppsim serve --acquirer-key keys/acquirer.pub --network-key keys/alipayplus.key
  mppsim serve --listen 0.0.0.0:8880 --public-url https://sim.example.com --callback-host staging.example.com`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.listenGiven = cmd.Flags().Changed("listen")
			return a.serve(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.listen, "listen", defaultListen, "address of the acquirer's door")
	f.StringVar(&o.control, "control-listen", defaultControl, "address of the control API; keep it away from strangers")
	f.StringVar(&o.publicURL, "public-url", "", "address under which the acquirer reaches the door, when it is not --listen")
	f.StringVar(&o.profile, "profile", "", "acquirer's profile to take client id, keys and callback hosts from")
	f.StringVar(&o.clientID, "client-id", "", "client id of the acquirer (default "+wallet.DefaultClientID+")")
	f.StringVar(&o.acquirerID, "acquirer-id", "", "acquirer id of the acquirer (default "+wallet.DefaultAcquirerID+")")
	f.StringVar(&o.acquirerKey, "acquirer-key", "", "file with the acquirer's public key, PEM or one line of base64")
	f.StringArrayVar(&o.clients, "client", nil, "further client id with the file of its public key, as SANDBOX_OTHER=other.pub: its ids, payments and refunds are its own; repeatable")
	f.StringVar(&o.networkKey, "network-key", "", "file with the private key of Alipay+ (default: a new one)")
	f.StringSliceVar(&o.hosts, "callback-host", nil, "host that may be called back, beside this machine; repeatable")
	f.StringVar(&o.notifications, "notifications", "production", "rhythm of payments outside scenarios: production, sandbox or off")
	complete(cmd, "notifications", rhythms())
	o.tolerance.flags(cmd)
	o.secure.flags(cmd)
	o.foreign.flags(cmd)
	f.StringVar(&o.signing, "signing", "on", "on, or off for load tests: nothing is signed, no signature is checked, certify and preflight refuse to attach")
	complete(cmd, "signing", signings())
	f.StringVar(&o.traceDir, "trace-dir", "", "folder for older traffic and payments, which do not stay in memory (default: a temporary one, removed at the end)")
	f.IntVar(&o.traceLimit, "trace-limit", 4096, "MiB of older traffic that stay in files; beyond it the oldest eighth is dropped. Payments are never dropped: some KiB each")
	f.DurationVar(&o.retain, "retain", wallet.DefaultRetention, "how long clock and faults of a closed timeline are kept; its payments stay")
	f.StringVar(&o.rates, "rates", "", "file with exchange rates (default: built in; `mppsim rates` prints them)")
	f.StringVar(&o.promotions, "promotions", "", "file with templates of promotions (default: built in)")
	f.StringVar(&o.redpackets, "redpackets", "", "file with templates of red packet campaigns (default: built in)")
	f.StringVar(&o.risk, "risk", "", "file with the wallet's risk strategies (default: built in)")
	f.StringVar(&o.contract, "contract", "", "file with the contract: fees, settlement, reports (default: built in, without fees)")
	f.StringVar(&o.wallets, "wallets", "", "file with the wallets that the cashier offers (default: built in)")
	f.StringVar(&o.limits, "limits", "", "file with limits of regions on users of foreign wallets (default: built in)")
	f.StringVar(&o.acquirerURL, "acquirer-url", "", "where the acquirer takes the calls of Alipay+ whose address stands in no message; their paths are appended")
	f.StringVar(&o.codeRules, "code-rules", "", "file with the rules by which wallets identify what they scan (default: built in)")
	f.StringSliceVar(&o.privateDomains, "private-code-domain", nil, "domain that the acquirer registered for private order codes, such as pay.example; repeatable")
	f.StringSliceVar(&o.entryDomains, "entry-code-domain", nil, "domain that the acquirer registered for entry codes; repeatable")
	f.StringVar(&o.decodeURL, "user-initiated-pay-url", "", "where the acquirer decodes its own order codes, when it is not below --acquirer-url")
	o.registrationFlags(cmd)
	o.agentFlags(cmd)
	return cmd
}

// rhythms are the ways in which serve notifies payments outside scenarios.
func rhythms() []string { return []string{"production", "sandbox", "off"} }

// signings are the values of --signing.
func signings() []string { return []string{"on", "off"} }

func (a *app) serve(ctx context.Context, o serveOptions) error {
	options, err := a.serveSimulator(ctx, &o)
	if err != nil {
		return err
	}
	clean, err := o.keepOnDisk(&options)
	if err != nil {
		return err
	}
	defer clean()
	s, err := startSimulator(ctx, options, flagged("--listen", o.listen), flagged("--control-listen", o.control), &o.secure)
	if err != nil {
		return err
	}
	if err := a.sheets(s.info); err != nil {
		return errors.Join(err, s.close())
	}
	a.printf("\nFor you\n\n  %-22s %s\n", "control API", s.info.ControlURL)
	if s.info.TLSURL != "" {
		a.printf("\nOver TLS\n\n  %-22s %s\n  %-22s %s\n", "the same door", s.info.TLSURL, "root to trust", "as `mppsim keys root` prints it")
	}
	for _, id := range s.info.Clients {
		a.printf("\nThe client %s has payments and refunds of its own; what it calls P1 is P1@%s in the trace.\n", id, id)
	}
	if options.AcquirerKeys.Empty() && !options.SigningOff && options.ForeignNetwork == nil {
		a.printf("\nNo public key of the acquirer is known, so that its signatures cannot be verified, and certify and preflight refuse to attach:\ngive --acquirer-key or --profile.\n")
	}
	if options.SigningOff {
		a.printf("\nSIGNING IS OFF: answers and notifications are not signed, and no signature is checked. This is for load\ntests; certify and preflight refuse to attach.\n")
	}
	defer collector.Relax(os.Getenv)()
	if options.Registration.Required {
		a.printf("\nPayments are refused to merchants and stores that are not registered.\n")
	}
	a.printf("\nServing until interrupted (Ctrl-C).\n")
	return s.wait(ctx)
}

// serveSimulator takes the profile first and lets flags win over it.
func (a *app) serveSimulator(ctx context.Context, o *serveOptions) (wallet.Options, error) {
	if err := errors.Join(oneOf("--notifications", o.notifications, rhythms()), oneOf("--signing", o.signing, signings())); err != nil {
		return wallet.Options{}, err
	}
	logger, err := a.logger()
	if err != nil {
		return wallet.Options{}, err
	}
	options := wallet.Options{Version: Version(), Logger: logger}
	if o.profile != "" {
		p, err := a.loadProfile(ctx, o.profile, nil, false)
		if err != nil {
			return options, err
		}
		if options, err = o.profiled(p, logger); err != nil {
			return options, err
		}
	}
	if err := o.tolerance.apply(&options); err != nil {
		return options, err
	}
	if err := o.foreign.apply(&options); err != nil {
		return options, err
	}
	options.SigningOff, options.Retention = o.signing == "off", o.retain
	options.Notification = control.NotificationRhythm{Mode: o.notifications}
	options.Registration = o.registration()
	if options.Agents, err = o.agents(); err != nil {
		return options, err
	}
	override(&options.ClientID, o.clientID)
	override(&options.AcquirerID, o.acquirerID)
	if o.publicURL != "" {
		if options.GatewayURL, err = publicURL(o.publicURL); err != nil {
			return options, err
		}
	}
	if len(o.hosts) > 0 {
		options.Hosts = append(loopback(), o.hosts...)
	}
	if options.Rates, err = readRates(o.rates); err != nil {
		return options, err
	}
	if err := readCashier(o.wallets, o.limits, &options); err != nil {
		return options, err
	}
	if err := o.addresses(&options.Addresses); err != nil {
		return options, err
	}
	if err := o.codes(&options); err != nil {
		return options, err
	}
	if err := readContract(o.contract, &options); err != nil {
		return options, err
	}
	if err := o.marketing(&options); err != nil {
		return options, err
	}
	return options, o.keys(&options)
}

// profiled are the options that a profile gives.
func (o *serveOptions) profiled(p *profile.Profile, logger *slog.Logger) (wallet.Options, error) {
	options, err := simulatorOf(p, logger)
	if err != nil {
		return options, err
	}
	o.secure.profiled(p.AlipayPlus.TLSListen)
	if p.AlipayPlus.Listen != "" && !o.listenGiven {
		o.listen = p.AlipayPlus.Listen
	}
	return options, gateOf(p, &options)
}

// keepOnDisk has the simulator put what is older into files: a server that runs for weeks must not grow. Call clean at
// the end.
func (o serveOptions) keepOnDisk(options *wallet.Options) (clean func(), err error) {
	clean = func() {}
	if o.traceLimit < 1 {
		return clean, usagef("--trace-limit %d: give a number of MiB, at least 1", o.traceLimit)
	}
	folder := o.traceDir
	if folder == "" {
		if folder, err = os.MkdirTemp("", "mppsim-serve-"); err != nil {
			return clean, environmentf("folder for older traffic: %w; name one with --trace-dir", err)
		}
		clean = func() { _ = os.RemoveAll(folder) } // what is left of it is in the temporary folder
	}
	options.Trace = trace.Options{Dir: folder, Disk: int64(o.traceLimit) << 20}
	if options.Store, err = store.NewSpilling(store.Spill{Dir: folder}); err != nil {
		clean()
		return clean, environmentf("--trace-dir %s: %w; create the folder, or name another one", folder, err)
	}
	return clean, nil
}

// marketing reads the files that replace built-in templates and strategies. The simulator checks them when it starts.
func (o serveOptions) marketing(options *wallet.Options) error {
	for _, d := range []struct {
		flag, file string
		into       *wallet.Data
	}{
		{"--promotions", o.promotions, &options.Promotions},
		{"--redpackets", o.redpackets, &options.RedPackets},
		{"--risk", o.risk, &options.Risk},
	} {
		if d.file == "" {
			continue
		}
		text, err := os.ReadFile(d.file)
		if err != nil {
			return usagef("%s: %w", d.flag, err)
		}
		*d.into = wallet.Data{Name: d.file, Text: text}
	}
	return nil
}

// override replaces a value by a flag that was given.
func override(value *string, flag string) {
	if flag != "" {
		*value = flag
	}
}

// keys reads the key files that flags name.
func (o serveOptions) keys(options *wallet.Options) error {
	if o.acquirerKey != "" {
		key, err := readPublicKey("--acquirer-key", o.acquirerKey)
		if err != nil {
			return err
		}
		options.AcquirerKeys = sign.NewKeySet("1", key)
	}
	if err := readClients(o.clients, options); err != nil {
		return err
	}
	key, err := readPrivateKey("--network-key", o.networkKey)
	if key != nil {
		options.NetworkKey = key
	}
	return err
}
