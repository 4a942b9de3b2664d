package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mppsim/fixtures/refacquirer"
	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
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
	habits   []string
	all      bool // every product, not only payment codes
}

func (a *app) demoCommand() *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Certify the reference acquirer, then a defective one: a green run and a red one",
		Long: `Starts a simulator on free loopback ports and the reference acquirer as a process of its own,
certifies it, then does the same with an acquirer that has one defect, so that you see a red
finding explained. Exit 0: the first is green and the second has exactly its declared findings.
Both play payments by payment code, so that the first look is short; --all, --only or a defect of another product plays
the other products too.`,
		Example: `  mppsim demo
  mppsim demo --defect gives-up-at-expiry
  mppsim demo --habit steady-polling            correct in another way
  mppsim demo --only ACQ-UPM-10                 only these scenarios
  mppsim refacquirer defects                    list the defects; habits lists the habits`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.acquirer, "acquirer", "", "refacquirer binary to run (default: the one inside this program)")
	cmd.Flags().StringVar(&o.defect, "defect", demoDefect, "defect of the second acquirer")
	cmd.Flags().BoolVar(&o.all, "all", false, "play every product of the reference acquirer, not only payment codes")
	cmd.Flags().StringArrayVar(&o.habits, "habit", nil, "legal habit of both acquirers; repeatable")
	completeBy(cmd, "defect", defectNames)
	completeBy(cmd, "habit", habitNames)
	o.register(cmd)
	return cmd
}

func (a *app) demo(ctx context.Context, o demoOptions) error {
	kill, err := o.kill()
	if err != nil {
		return err
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
	return a.conclude(o, green, red, kill)
}

// kill is what is declared for the second acquirer. Flags that no demonstration can be started with are refused.
// A defect of another product, or a choice of scenarios, brings in all products.
func (o *demoOptions) kill() (killmatrix.Kill, error) {
	if err := o.check(); err != nil {
		return killmatrix.Kill{}, err
	}
	for _, h := range o.habits {
		if known := habitNames(); !slices.Contains(known, h) {
			return killmatrix.Kill{}, usagef("--habit %q: no such habit; %s; `mppsim refacquirer habits` lists them", h, near(h, known))
		}
	}
	defects, err := refacquirer.Defects()
	if err != nil {
		return killmatrix.Kill{}, internalf("%w", err)
	}
	for _, d := range defects {
		o.all = o.all || len(o.only) > 0 || string(d.Name) == o.defect && d.Product != ""
	}
	kill, ok := killmatrix.Find(killmatrix.Table(defects), o.defect)
	if !ok {
		return kill, usagef("--defect %q: no such defect; %s; `mppsim refacquirer defects` lists them", o.defect, near(o.defect, defectNames()))
	}
	return kill, nil
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
		Starter: rig.Starter{Command: command}, Defects: defects, Habits: o.habits, Logger: logger, Clock: clock.System(), NewID: newID,
	})
	if err != nil {
		return certification.Outcome{}, environmentf("%w", err)
	}
	defer func() { _ = r.Close() }()
	if !o.all {
		r.Profile.Capabilities = slices.DeleteFunc(slices.Clone(r.Profile.Capabilities), func(capability string) bool {
			return slices.Contains(acquirer.FurtherProducts(), capability)
		})
	}
	outcome, err := a.run(ctx, r.Profile, r.Sim, o.runOptions, a.demoAgain(o, defects))
	if err == nil && outcome.Result.Summary.Interrupted {
		a.exit = ExitInterrupted
	}
	return outcome, err
}

// demoAgain is how to call this demonstration again; reports add what to rerun.
func (a *app) demoAgain(o demoOptions, defects []string) []string {
	line := []string{a.name(), "demo"}
	if o.all && len(o.only) == 0 {
		line = append(line, "--all")
	}
	if o.acquirer != "" {
		line = append(line, "--acquirer", o.acquirer)
	}
	for _, d := range defects {
		line = append(line, "--defect", d)
	}
	for _, h := range o.habits {
		line = append(line, "--habit", h)
	}
	return line
}

// conclude says whether the demonstration went as declared.
func (a *app) conclude(o demoOptions, green, red certification.Outcome, kill killmatrix.Kill) error {
	a.printf("\n%s\n", strings.Repeat("─", 60))
	a.printf("The correct acquirer:   exit %d, report %s\n", green.Result.Summary.Exit, absolute(green.Report()))
	a.printf("The defective acquirer: exit %d, report %s\n", red.Result.Summary.Exit, absolute(red.Report()))
	var wrong []string
	if code := green.Result.Summary.Exit; code != ExitConformant {
		wrong = append(wrong, fmt.Sprintf("the correct acquirer should have ended with exit 0, not %d", code))
	}
	part := len(o.only) > 0
	if part {
		kill = seen(kill, red.Verdicts())
	}
	wrong = append(wrong, killmatrix.Compare(kill, red.Verdicts())...)
	if len(wrong) == 0 {
		a.printf("As it should be: %s.\n", agreement(part, kill))
		return nil
	}
	for _, w := range wrong {
		a.printf("NOT as it should be: %s\n", w)
	}
	a.exit = max(ExitFailed, green.Result.Summary.Exit)
	return nil
}

// seen takes out of a declaration what a part of the suite had no occasion to see.
func seen(kill killmatrix.Kill, got map[string]journal.Verdict) killmatrix.Kill {
	missed := func(id string) bool { return got[id] == journal.Pass || got[id] == journal.NotRun }
	kill.Fails = slices.DeleteFunc(slices.Clone(kill.Fails), missed)
	kill.Blocked = slices.DeleteFunc(slices.Clone(kill.Blocked), missed)
	return kill
}

// agreement is the sentence for a demonstration that went as declared.
func agreement(part bool, kill killmatrix.Kill) string {
	switch {
	case !part:
		return fmt.Sprintf("the first is green, the second has exactly its declared findings (%s)", strings.Join(kill.Fails, ", "))
	case len(kill.Fails) == 0:
		return "the first is green, and this part of the suite does not notice the defect of the second"
	}
	return fmt.Sprintf("the first is green, the second has none but declared findings (%s)", strings.Join(kill.Fails, ", "))
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}
