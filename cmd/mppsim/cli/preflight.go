package cli

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mppsim/scenarios/preflight"
	"mppsim/scenarios/profile"
	"mppsim/wallet/clock"
)

// preflightOptions are the flags of preflight.
type preflightOptions struct {
	profile string
	at      string
	set     []string
	json    bool
}

func (a *app) preflightCommand() *cobra.Command {
	var o preflightOptions
	cmd := &cobra.Command{
		Use:   "preflight",
		Short: "Say in a few seconds what is missing before a run",
		Long: `Makes one probe payment that is refused, and says what is missing: acquirer unreachable,
verb unmapped, path that finds nothing, signature that does not verify, callback address
not reachable, clocks apart. It accuses nobody. Exit 0: ready; 2: something is missing;
3: the acquirer cannot be reached.`,
		Example: `  mppsim preflight --profile acme/acquirer.yaml
  mppsim preflight --profile acme/acquirer.yaml --at http://` + defaultControl,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.preflight(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.profile, "profile", "acquirer.yaml", "profile of the acquirer")
	cmd.Flags().StringVar(&o.at, "at", "", "control address of a running serve to attach to (default: start a simulator)")
	cmd.Flags().StringArrayVar(&o.set, "set", nil, "replace a value of the profile: path=value")
	cmd.Flags().BoolVar(&o.json, "json", false, "write JSON")
	return cmd
}

func (a *app) preflight(ctx context.Context, o preflightOptions) error {
	p, err := a.loadProfile(ctx, o.profile, o.set, true)
	if err != nil {
		return err
	}
	logger, err := a.logger()
	if err != nil {
		return err
	}
	sim, stop, err := a.simulatorFor(ctx, p, o.at)
	if err != nil {
		return err
	}
	defer stop()
	driver, err := p.Open(profile.Wiring{Clock: clock.System(), IDs: newID, Logger: logger})
	if err != nil {
		return withCode(ExitUsage, err)
	}
	report := preflight.Run(ctx, preflight.Options{Profile: p, Acquirer: driver, Sim: sim, Clock: clock.System(), IDs: newID})
	return a.preflightReport(report, o.json)
}

func (a *app) preflightReport(report preflight.Report, asJSON bool) error {
	switch {
	case report.Unreachable():
		a.exit = ExitEnvironment
	case report.Failed():
		a.exit = ExitUsage
	}
	if asJSON {
		return a.json(report)
	}
	w := tabwriter.NewWriter(a.io.Out, 0, 8, 2, ' ', 0)
	for _, item := range report.Items {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", item.State, item.Name, item.Detail)
		if item.Mend != "" {
			_, _ = fmt.Fprintf(w, "\t\t→ %s\n", item.Mend)
		}
	}
	if err := w.Flush(); err != nil {
		return internalf("preflight: %w", err)
	}
	switch {
	case a.exit != ExitConformant:
		a.printf("\nNot ready.\n")
	case report.Warned():
		a.printf("\nReady, with the warnings above.\n")
	default:
		a.printf("\nReady.\n")
	}
	return nil
}
