package cli

import (
	"context"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"mppsim/wallet"
	"mppsim/wallet/testroot"
)

// defaultTLSListen is where the door stands over TLS.
const defaultTLSListen = "127.0.0.1:8843"

// secureDoor are the flags of the door over TLS. Nil, there is none.
type secureDoor struct {
	wanted      bool
	listen, dir string
	listenGiven func() bool
}

func (d *secureDoor) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&d.wanted, "tls", false, "serve the door over TLS as well, with a certificate under this machine's test root; `mppsim keys root` prints it")
	d.listenGiven = func() bool { return f.Changed("tls-listen") }
	f.StringVar(&d.listen, "tls-listen", defaultTLSListen, "address of the door over TLS")
	rootFlag(cmd, &d.dir)
}

func rootFlag(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVar(dir, "tls-dir", "", "folder of the test root, which is made at first use (default: mppsim in the user's configuration folder)")
}

// profiled opens the door at the address that a profile names; the flags win.
func (d *secureDoor) profiled(listen string) {
	if listen == "" || d.wanted {
		return
	}
	d.wanted = true
	if !d.listenGiven() {
		d.listen = listen
	}
}

// open listens, if that is wanted. Others reach the door by the host of publicURL.
func (d *secureDoor) open(ctx context.Context, publicURL string, l *wallet.Listeners) error {
	if d == nil || !d.wanted {
		return nil
	}
	root, err := openRoot(d.dir)
	if err != nil {
		return err
	}
	var hosts []string
	if u, err := url.Parse(publicURL); err == nil && u.Hostname() != "" {
		hosts = append(hosts, u.Hostname())
	}
	if host, _, err := net.SplitHostPort(d.listen); err == nil && host != "" {
		hosts = append(hosts, host)
	}
	l.Config = root.Config(time.Now, hosts...)
	l.TLS, err = open(ctx, flagged("--tls-listen", d.listen))
	return err
}

// openRoot reads the test root of this machine, or makes it.
func openRoot(dir string) (*testroot.Root, error) {
	if dir == "" {
		configuration, err := os.UserConfigDir()
		if err != nil {
			return nil, environmentf("folder of the test root: %w; name one with --tls-dir", err)
		}
		dir = filepath.Join(configuration, "mppsim")
	}
	root, err := testroot.Open(dir, time.Now())
	if err != nil {
		return nil, environmentf("%w", err)
	}
	return root, nil
}

func (a *app) keysRootCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "root",
		Short: "Print the certificate to trust for `serve --tls`, as PEM; it is made at first use",
		Example: `  mppsim keys root > root.pem
  curl --cacert root.pem https://localhost:8843/`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			root, err := openRoot(dir)
			if err != nil {
				return err
			}
			a.printf("%s", root.PEM())
			return nil
		},
	}
	rootFlag(cmd, &dir)
	return cmd
}
