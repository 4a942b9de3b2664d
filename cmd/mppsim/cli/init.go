package cli

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"mppsim/scenarios/profile"
	"mppsim/scenarios/setup"
	"mppsim/wallet/control"
)

// initOptions are the flags of init.
type initOptions struct {
	dir       string
	template  string
	publicURL string
}

func (a *app) initCommand() *cobra.Command {
	var o initOptions
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a commented profile and keys, and print what the acquirer must be configured with",
		Long: `Writes a profile to fill in and two key pairs, and prints the sheet for the people who configure
the acquirer: client id, addresses, public key of Alipay+ in one line and as PEM, hosts that may
be called back. Nothing is ever overwritten.`,
		Example: `  mppsim init --dir acme
  mppsim init --dir acme --public-url https://sim.example.com    the acquirer is elsewhere
  mppsim init --dir trial --template reference                   try everything out with refacquirer`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.init(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.dir, "dir", ".", "folder to write to")
	cmd.Flags().StringVar(&o.template, "template", string(setup.Commented),
		"profile to start from: commented (to be filled in) or reference (drives refacquirer)")
	cmd.Flags().StringVar(&o.publicURL, "public-url", "http://"+defaultListen, "address under which the acquirer reaches the simulator")
	complete(cmd, "template", setup.Templates())
	return cmd
}

func (a *app) init(ctx context.Context, o initOptions) error {
	if err := oneOf("--template", o.template, setup.Templates()); err != nil {
		return err
	}
	public, err := publicURL(o.publicURL)
	if err != nil {
		return err
	}
	names, err := setup.Init(o.dir, setup.Template(o.template))
	if err != nil {
		return initError(err)
	}
	for _, name := range names {
		a.printf("wrote %s\n", filepath.Join(o.dir, filepath.FromSlash(name)))
	}
	p, err := profile.Load(ctx, filepath.Join(o.dir, setup.ProfileFile), profile.Options{Env: a.io.Env, WithoutSecrets: true})
	if err != nil {
		return withCode(ExitUsage, err)
	}
	sheet, err := setup.SheetOf(control.Info{
		ClientID: p.Facts.Client, AcquirerID: p.Facts.Acquirer, GatewayURL: public, KeyVersion: "1", CallbackHosts: loopback(),
	}).WithKeyOf(o.dir)
	if err != nil {
		return internalf("%w", err)
	}
	if err := a.sheet(sheet); err != nil {
		return err
	}
	a.next(o, p)
	return nil
}

// initError tells a refusal from a folder that cannot be written.
func initError(err error) error {
	if errors.Is(err, setup.ErrExists) {
		return withCode(ExitUsage, err)
	}
	return usagef("--dir: %w", err)
}

// sheet prints what an acquirer must be configured with.
func (a *app) sheet(s setup.Sheet) error {
	text, err := s.Text()
	if err != nil {
		return internalf("%w", err)
	}
	a.printf("\n%s", text)
	return nil
}

// next says what to do with the files.
func (a *app) next(o initOptions, p *profile.Profile) {
	file, key := filepath.Join(o.dir, setup.ProfileFile), filepath.Join(o.dir, filepath.FromSlash(setup.AcquirerPublic))
	a.printf("\nNext\n\n")
	if setup.Template(o.template) == setup.Reference {
		words := []string{
			"refacquirer", "--listen", "127.0.0.1:9100", "--network", strings.TrimSuffix(o.publicURL, "/"), "--factor", "0.05", "--test-clock",
			"--client-id", p.Facts.Client, "--acquirer-id", p.Facts.Acquirer,
			"--key", filepath.Join(o.dir, filepath.FromSlash(setup.AcquirerKey)),
			"--network-key", filepath.Join(o.dir, filepath.FromSlash(setup.NetworkPublic)),
		}
		a.printf("  1. Set REFACQUIRER_TOKEN to a word of your choice, here and where you do the rest.\n")
		a.printf("  2. %s\n", strings.Join(words, " "))
	} else {
		a.printf("  1. Put the acquirer's public key into %s, or give %s to it.\n", key, setup.AcquirerKey)
		a.printf("  2. Configure the acquirer by the sheet above, and fill in %s.\n", file)
	}
	a.printf("  3. mppsim preflight --profile %s\n", file)
	a.printf("  4. mppsim certify --profile %s\n", file)
}
