package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mppsim/scenarios/setup"
	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/bridge"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/control"
	"mppsim/wallet/sign"
)

// foreignFlags join one half of the simulator to a wallet, or an Alipay+, that others run.
type foreignFlags struct {
	wallet, walletPublicKey   string
	network, networkPublicKey string
	walletPrivateKey          string
	clientID, pspID           string
	currency                  string
	paths                     []string
	patience                  time.Duration
}

func (o *foreignFlags) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.wallet, "wallet", "", "base address of a foreign wallet, which Alipay+ uses instead of ours")
	f.StringVar(&o.walletPublicKey, "wallet-public-key", "", "file with the public key of the foreign wallet")
	f.StringVar(&o.network, "network", "", "base address of a foreign Alipay+, for which our wallet works instead of ours")
	f.StringVar(&o.networkPublicKey, "network-public-key", "", "file with the public key of the foreign Alipay+")
	f.StringVar(&o.walletPrivateKey, "wallet-private-key", "", "file with the private key of our wallet, for --network (default: a new one)")
	f.StringVar(&o.clientID, "wallet-client-id", "", "client id of the wallet at Alipay+, in both directions (default "+wallet.DefaultWalletClientID+")")
	f.StringVar(&o.pspID, "psp-id", "", "id of the wallet (default "+wallet.DefaultPspID+")")
	f.StringVar(&o.currency, "wallet-currency", "", "currency in which the foreign wallet pays (default: the order's)")
	f.StringSliceVar(&o.paths, "wallet-path", nil, "path at which the wallet serves an operation, such as pay=/mpp/pay; repeatable (default /alipayplus/mpp/ and its name)")
	f.DurationVar(&o.patience, "wallet-patience", bridge.DefaultPatience, "how long the other side may take to answer; then the outcome is unknown")
}

// apply enters the foreign side into the options.
func (o *foreignFlags) apply(options *wallet.Options) error {
	override(&options.PspID, o.pspID)
	switch {
	case o.wallet != "" && o.network != "":
		return usagef("--wallet and --network: one of the two sides must be this simulator's")
	case o.wallet == "" && o.network == "":
		return o.superfluous()
	}
	paths, err := o.servedAt()
	if err != nil {
		return err
	}
	if o.wallet != "" {
		keys, err := foreignKey("--wallet-public-key", o.walletPublicKey, "the wallet")
		options.ForeignWallet = &wallet.ForeignWallet{
			URL: o.wallet, Paths: paths, ClientID: o.clientID, Keys: keys, Currency: o.currency, Patience: o.patience,
		}
		return err
	}
	keys, err := foreignKey("--network-public-key", o.networkPublicKey, "Alipay+")
	if err != nil {
		return err
	}
	key, err := readPrivateKey("--wallet-private-key", o.walletPrivateKey)
	options.ForeignNetwork = &wallet.ForeignNetwork{
		URL: o.network, Paths: paths, ClientID: o.clientID, Keys: keys, Patience: o.patience,
	}
	if key != nil {
		options.ForeignNetwork.Key = key
	}
	return err
}

// superfluous refuses what belongs to a foreign side when there is none.
func (o *foreignFlags) superfluous() error {
	for flag, given := range map[string]bool{
		"--wallet-public-key": o.walletPublicKey != "", "--network-public-key": o.networkPublicKey != "",
		"--wallet-private-key": o.walletPrivateKey != "", "--wallet-currency": o.currency != "", "--wallet-path": len(o.paths) > 0,
	} {
		if given {
			return usagef("%s: belongs to --wallet or --network, and neither is given", flag)
		}
	}
	return nil
}

func foreignKey(flag, file, whose string) (sign.KeySet, error) {
	if file == "" {
		return sign.KeySet{}, usagef("%s: the public key of %s is needed: its messages are refused without; `mppsim serve` prints it at the other side, `mppsim keys new` makes a pair", flag, whose)
	}
	key, err := readPublicKey(flag, file)
	if err != nil {
		return sign.KeySet{}, err
	}
	return sign.NewKeySet("1", key), nil
}

// servedAt reads the wallet's own paths.
func (o *foreignFlags) servedAt() (map[aps.API]string, error) {
	protocol, err := catalogue.Load()
	if err != nil {
		return nil, internalf("%w", err)
	}
	paths := make(map[aps.API]string)
	for _, text := range o.paths {
		name, path, found := strings.Cut(text, "=")
		op, known := protocol.Operation(catalogue.Wallets, name)
		if !found || !known || !op.Served() || !strings.HasPrefix(path, "/") {
			return nil, usagef("--wallet-path %q: write an operation that wallets serve and its path, such as pay=/mpp/pay", text)
		}
		paths[aps.API(op.Name)] = path
	}
	return paths, nil
}

// sheets print what the people of the other sides need to know. A wallet that works for a foreign Alipay+ has no acquirer.
func (a *app) sheets(info control.Info) error {
	f := info.Foreign
	switch {
	case f == nil:
		a.printf("mppsim %s plays Alipay+ and a wallet\n", info.Version)
	case f.Role == control.ForeignNetwork:
		a.printf("mppsim %s plays a wallet for the Alipay+ at %s\n", info.Version, f.URL)
		a.foreignSheet(f)
		return nil
	default:
		a.printf("mppsim %s plays Alipay+ for the wallet at %s\n", info.Version, f.URL)
	}
	if err := a.sheet(setup.SheetOf(info)); err != nil {
		return err
	}
	a.foreignSheet(f)
	return nil
}

// foreignSheet is what the people of the other side need to know.
func (a *app) foreignSheet(f *control.Foreign) {
	if f == nil {
		return
	}
	ours, theirs := "the wallet's configuration", "the wallet"
	if f.Role == control.ForeignNetwork {
		ours, theirs = "the configuration of Alipay+", "Alipay+"
	}
	a.printf("\nFor %s\n\n", ours)
	row := func(name, value string) { a.printf("  %-22s %s\n", name, value) }
	row("wallet's client id", f.ClientID+", in both directions")
	row("psp id", f.PspID)
	row("acquirer id", f.AcquirerID)
	row("signature", "RSA256 (SHA256withRSA), key version "+f.KeyVersion+", of requests and answers, both ways")
	for _, op := range f.Served {
		row(op.Name, op.Address)
	}
	a.printf("\nPublic key for %s, in one line\n\n%s\n\nCalls go to %s\n\n", theirs, f.PublicKey, theirs)
	for _, op := range f.Called {
		row(op.Name, op.Address)
	}
}

// foreignRefusal says why nobody can be certified at a simulator that is only half of the game.
func foreignRefusal(at string, f *control.Foreign) error {
	if f == nil {
		return nil
	}
	other := map[string]string{control.ForeignWallet: "wallet", control.ForeignNetwork: "Alipay+"}[f.Role]
	return usagef("--at %s: the simulator there works with a foreign %s at %s, whose side the suite cannot steer; start one without --%s", at, other, f.URL, f.Role)
}
