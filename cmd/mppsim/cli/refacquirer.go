package cli

import (
	"github.com/spf13/cobra"

	"mppsim/fixtures/refacquirer"
)

// refacquirerCommand carries the reference acquirer, so that the demonstration needs no second
// binary. It is the same program as cmd/refacquirer, in a process of its own.
func (a *app) refacquirerCommand() *cobra.Command {
	return &cobra.Command{
		Use:                "refacquirer",
		Short:              "Run the reference acquirer (see `mppsim refacquirer --help`)",
		Hidden:             true,
		DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			a.exit = refacquirer.Main(cmd.Context(), args, a.io.Out, a.io.Err)
			return nil
		},
	}
}
