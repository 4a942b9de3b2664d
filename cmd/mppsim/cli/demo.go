package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"mppsim/fixtures/refacquirer"
	"mppsim/scenarios/certification"
	"mppsim/scenarios/killmatrix"
	"mppsim/scenarios/rig"
	"mppsim/wallet/clock"
)

// demoDefect is what the second acquirer of the demonstration does wrong.
const demoDefect = "takes-timeout-as-declined"

// demoOptions are the flags of demo.
type demoOptions struct {
	runOptions
	acquirer string
	defect   string
}

func (a *app) demoCommand() *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Certify the reference acquirer, then a defective one: a green run and a red one",
		Long: `Starts a simulator on free loopback ports and the reference acquirer as a process of its own,
certifies it, then does the same with an acquirer that has one defect, so that you see a red
finding explained. Exit 0: the first is green and the second has exactly its declared findings.`,
		Example: `  mppsim demo
  mppsim demo --defect gives-up-at-expiry
  mppsim refacquirer defects                    list the defects`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.acquirer, "acquirer", "", "refacquirer binary to run (default: the one inside this program)")
	cmd.Flags().StringVar(&o.defect, "defect", demoDefect, "defect of the second acquirer")
	o.register(cmd)
	return cmd
}

func (a *app) demo(ctx context.Context, o demoOptions) error {
	defects, err := refacquirer.Defects()
	if err != nil {
		return internalf("%w", err)
	}
	kill, ok := killmatrix.Find(killmatrix.Table(defects), o.defect)
	if !ok {
		return usagef("--defect %q: no such defect; `mppsim refacquirer defects` lists them", o.defect)
	}
	command, err := acquirerCommand(o.acquirer)
	if err != nil {
		return err
	}
	a.printf("1. The reference acquirer, which is correct\n\n")
	green, err := a.stage(ctx, o, command)
	if err != nil || a.exit == ExitInterrupted {
		return err
	}
	a.printf("\n2. The same acquirer with a defect: %s\n   %s\n\n", kill.Name, kill.Does)
	red, err := a.stage(ctx, o, command, kill.Name)
	if err != nil || a.exit == ExitInterrupted {
		return err
	}
	return a.conclude(green, red, kill)
}

// acquirerCommand is how the reference acquirer is started.
func acquirerCommand(path string) ([]string, error) {
	if path != "" {
		if _, err := os.Stat(path); err != nil {
			return nil, usagef("--acquirer: %w", err)
		}
		return []string{path}, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, internalf("find this program: %w", err)
	}
	return []string{self, "refacquirer"}, nil
}

// stage certifies one acquirer.
func (a *app) stage(ctx context.Context, o demoOptions, command []string, defects ...string) (certification.Outcome, error) {
	logger, err := a.logger()
	if err != nil {
		return certification.Outcome{}, err
	}
	r, err := rig.Start(ctx, rig.Options{
		Starter: rig.Starter{Command: command}, Defects: defects, Logger: logger, Clock: clock.System(), NewID: newID,
	})
	if err != nil {
		return certification.Outcome{}, environmentf("%w", err)
	}
	defer func() { _ = r.Close() }()
	again := []string{"mppsim", "demo"}
	if len(defects) > 0 {
		again = append(again, "--defect", strings.Join(defects, ","))
	}
	outcome, err := a.run(ctx, r.Profile, r.Sim, o.runOptions, again)
	if err == nil && outcome.Result.Summary.Interrupted {
		a.exit = ExitInterrupted
	}
	return outcome, err
}

// conclude says whether the demonstration went as declared.
func (a *app) conclude(green, red certification.Outcome, kill killmatrix.Kill) error {
	a.printf("\n%s\n", strings.Repeat("─", 60))
	a.printf("The correct acquirer:   exit %d, report %s\n", green.Result.Summary.Exit, absolute(green.Report()))
	a.printf("The defective acquirer: exit %d, report %s\n", red.Result.Summary.Exit, absolute(red.Report()))
	var wrong []string
	if code := green.Result.Summary.Exit; code != ExitConformant {
		wrong = append(wrong, fmt.Sprintf("the correct acquirer should have ended with exit 0, not %d", code))
	}
	wrong = append(wrong, killmatrix.Compare(kill, red.Verdicts())...)
	if len(wrong) == 0 {
		a.printf("As it should be: the first is green, the second has exactly its declared findings (%s).\n", strings.Join(kill.Fails, ", "))
		return nil
	}
	for _, w := range wrong {
		a.printf("NOT as it should be: %s\n", w)
	}
	a.exit = ExitFailed
	if green.Result.Summary.Exit > ExitFailed {
		a.exit = green.Result.Summary.Exit
	}
	return nil
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}
