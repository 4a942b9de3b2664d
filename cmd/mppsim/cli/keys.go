package cli

import (
	"crypto/rsa"
	"os"

	"github.com/spf13/cobra"

	"mppsim/scenarios/setup"
	"mppsim/wallet/sign"
)

func (a *app) keysCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "keys",
		Short: "Make a key pair, show the public key of a key file, or the root of serve --tls",
		Example: `  mppsim keys new acme/keys/acquirer.key     writes acquirer.key and acquirer.pub
  mppsim keys show acme/keys/acquirer.key    public key, in one line and as PEM
  mppsim keys root > root.pem                certificate to trust for serve --tls`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("say what to do: `mppsim keys new FILE` or `mppsim keys show FILE`")
			}
			return usagef("%q is neither `new` nor `show` nor `root`: write `mppsim keys new FILE` or `mppsim keys show FILE`", args[0])
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	cmd.AddCommand(a.keysNewCommand(), a.keysShowCommand(), a.keysRootCommand())
	return cmd
}

func (a *app) keysNewCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "new FILE",
		Short:   "Make a pair: the private key in FILE, the public key beside it; overwrites nothing",
		Example: `  mppsim keys new acme/keys/acquirer.key`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			private, public, err := setup.Pair(args[0])
			if err != nil {
				return withCode(ExitUsage, err)
			}
			a.printf("wrote %s (private)\nwrote %s\n", private, public)
			return a.showKey(public)
		},
	}
}

func (a *app) keysShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show FILE",
		Short: "Print the public key of a private or public key file, in one line and as PEM",
		Example: `  mppsim keys show acme/keys/acquirer.key
  mppsim keys show acme/keys/alipayplus.pub`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.showKey(args[0]) },
	}
}

// showKey prints the public key of a key file of either kind.
func (a *app) showKey(path string) error {
	key, err := publicKeyIn(path)
	if err != nil {
		return err
	}
	line, pem, err := publicForms(key)
	if err != nil {
		return internalf("%s: %w", path, err)
	}
	a.printf("\nPublic key in one line\n\n%s\n\nand as PEM\n\n%s", line, pem)
	return nil
}

func publicKeyIn(path string) (*rsa.PublicKey, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the user names the file
	if err != nil {
		return nil, usagef("key file: %w", err)
	}
	if private, err := sign.ParsePrivateKey(text); err == nil {
		return &private.PublicKey, nil
	}
	key, err := sign.ParsePublicKey(text)
	if err != nil {
		return nil, usagef("%s: neither a private nor a public RSA key: %w", path, err)
	}
	return key, nil
}
