// Package cli is the command line of mppsim: it reads flags, environment and configuration
// file, calls the packages that do the work, and turns their outcome into text and an exit code.
package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/cobra"
)

// IO is what a command reads and writes; tests pass their own.
type IO struct {
	Name string // how the program was called; reports repeat it in the commands that they give
	In   io.Reader
	Out  io.Writer
	Err  io.Writer
	Env  func(key string) (string, bool)
}

// app carries what every command shares.
type app struct {
	io     IO
	config string // --config
	level  string // --log-level
	exit   int    // exit code of a command that ended without an error
	// ambient are the flags that environment or configuration file gave, perhaps with another command in mind.
	ambient map[string]bool
}

// Main runs the command line and returns its exit code.
func Main(ctx context.Context, args []string, streams IO) int {
	a := &app{io: streams, ambient: map[string]bool{}}
	root := a.root()                          //nolint:contextcheck // each command gets ctx from ExecuteContext
	root.SetArgs(append([]string{}, args...)) // without any it would read those of the process
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return a.exit
	}
	if code, ok := exitCode(err); ok {
		if err.Error() != "" {
			_, _ = fmt.Fprintf(streams.Err, "mppsim: %v\n", err)
		}
		return code
	}
	// What cobra itself refuses (unknown command, flag or argument) is a usage error.
	_, _ = fmt.Fprintf(streams.Err, "mppsim: %v\nRun `mppsim --help` for the commands and `mppsim COMMAND --help` for examples.\n", err)
	return ExitUsage
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "mppsim",
		Short: "Plays Alipay+ and a mobile wallet behind an acquirer's connection, and certifies the acquirer",
		Long: `mppsim plays everything behind an acquirer's Alipay+ connection (the network and a
mobile wallet), on your machine, and certifies your acquirer over the real wire:
with late, lost, doubled and forged messages, cut-offs and refunds after a year.

Exit codes: 0 conformant for what was run · 1 a MUST failed · 2 usage or invalid input ·
3 environment (acquirer unreachable at the start) · 4 inconclusive · 5 our own fault · 130 interrupted.

Every flag can also be given as an environment variable (MPPSIM_ and its name, such as
MPPSIM_PARALLEL) or in the configuration file; flags win over environment over file.`,
		Example: `  mppsim demo                                  a green and a red certification, nothing needed
  mppsim init --dir acme                       write a commented profile and keys
  mppsim serve --acquirer-key acme/keys/acquirer.pub
  mppsim preflight --profile acme/acquirer.yaml
  mppsim certify --profile acme/acquirer.yaml
  mppsim explain ACQ-UPM-10`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.configure(cmd) },
	}
	root.PersistentFlags().StringVar(&a.config, "config", "", "configuration file (default mppsim.yaml in the working directory, if there is one)")
	root.PersistentFlags().StringVar(&a.level, "log-level", "warn", "log level: debug, info, warn or error")
	root.SetFlagErrorFunc(flagError)
	complete(root, "log-level", []string{"debug", "info", "warn", "error"})
	root.AddCommand(a.demoCommand(), a.initCommand(), a.keysCommand(), a.serveCommand(), a.preflightCommand(), a.certifyCommand(), a.stormCommand(),
		a.promoCommand(), a.redpacketCommand(), a.listCommand(), a.explainCommand(), a.stepsCommand(), a.doctorCommand(), a.apiCommand(), a.ratesCommand(), a.reconcileCommand(),
		a.payerCommand(), a.codeCommand(), a.tillCommand(), a.faultCommand(), a.timeCommand(), a.traceCommand(), a.ordersCommand(), a.versionCommand(), a.refacquirerCommand())
	return root
}

// logger writes structured text to standard error.
func (a *app) logger() (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(a.level)); err != nil {
		return nil, usagef("--log-level %q: use debug, info, warn or error", a.level)
	}
	return slog.New(slog.NewTextHandler(a.io.Err, &slog.HandlerOptions{Level: level})), nil
}

// name is how the program was called.
func (a *app) name() string {
	if a.io.Name == "" {
		return "mppsim"
	}
	return a.io.Name
}

// printf writes to standard output. A reader that has gone away is not worth an error.
func (a *app) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(a.io.Out, format, args...)
}
