package cli

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mppsim/scenarios/certification"
	"mppsim/scenarios/profile"
	"mppsim/scenarios/rig"
	"mppsim/scenarios/storm"
	"mppsim/wallet/clock"
	"mppsim/wallet/collector"
	"mppsim/wallet/control"
)

// reference is the acquirer that needs no profile.
const referenceAcquirer = "reference"

// stormMemory is near what a storm takes, however long it is, in octets.
const stormMemory = 320 << 20

// stormOptions are the flags of storm.
type stormOptions struct {
	acquirer, at, out string
	set               []string
	defects, habits   []string
	seed              uint64
	rate              float64
	length            time.Duration
	parallel          int
	keepGoing, whole  bool
	quiet             bool
	replay            string
}

func (a *app) stormCommand() *cobra.Command {
	var o stormOptions
	cmd := &cobra.Command{
		Use:   "storm",
		Short: "Play random payments, refunds and faults, and see whether money is lost",
		Long: `Plays seeded random stories of payers, shops and faults against an acquirer, many payments at a time, and judges
only how they end: nobody pays twice, shop and Alipay+ agree on every payment, amount and refund, and every payment comes to an
end. A story that breaks this is played again in ever shorter forms; the shortest is kept as a feature file, and its traffic
in a report. The same seed makes the same stories.`,
		Example: `  mppsim storm
  mppsim storm --defect takes-timeout-as-declined
  mppsim storm --acquirer acme/acquirer.yaml --at http://` + defaultControl + ` --rate 2 --for 10m
  mppsim storm --acquirer acme/acquirer.yaml --replay reports/out/RUN/story-17.feature`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("seed") {
				o.seed = rand.Uint64N(1_000_000) //nolint:gosec // chances, not secrets
			}
			if o.acquirer == referenceAcquirer && a.ambient["at"] {
				o.at = "" // that serve is another acquirer's
			}
			return a.storm(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.acquirer, "acquirer", referenceAcquirer, "profile of the acquirer; or the reference acquirer inside this program")
	f.StringVar(&o.at, "at", "", "control address of a running serve to attach to (default: start a simulator)")
	f.StringArrayVar(&o.set, "set", nil, "replace a value of the profile: path=value")
	f.StringArrayVar(&o.defects, "defect", nil, "defect of the reference acquirer; repeatable")
	f.StringArrayVar(&o.habits, "habit", nil, "legal habit of the reference acquirer; repeatable")
	f.Uint64Var(&o.seed, "seed", 0, "what the stories are made up from (default: a new one, which is printed)")
	f.Float64Var(&o.rate, "rate", 10, "payments that begin in a second")
	f.DurationVar(&o.length, "for", time.Minute, "how long payments begin")
	f.IntVar(&o.parallel, "parallel", storm.ParallelByDefault, "payments under way at a time, at most")
	f.BoolVar(&o.keepGoing, "keep-going", false, "go on when an invariant was broken")
	f.BoolVar(&o.whole, "whole", false, "do not look for the shortest form of a story that broke an invariant")
	f.StringVar(&o.replay, "replay", "", "feature file of an earlier storm, to be played instead of new stories")
	f.StringVar(&o.out, "out", "reports/out", "folder that gets one folder per run")
	f.BoolVar(&o.quiet, "quiet", false, "no progress, only the summary")
	completeBy(cmd, "defect", defectNames)
	completeBy(cmd, "habit", habitNames)
	return cmd
}

// check refuses what no storm can be made of.
func (o stormOptions) check() error {
	switch {
	case o.rate <= 0 || o.rate > 1000:
		return usagef("--rate %v: give payments per second, above 0 and at most 1000", o.rate)
	case o.length <= 0:
		return usagef("--for %s: give a time above zero, such as 60s", o.length)
	case o.parallel < 1:
		return usagef("--parallel %d: give a number from 1 on", o.parallel)
	case o.out == "":
		return usagef("--out: name a folder")
	case o.acquirer != referenceAcquirer && len(o.defects)+len(o.habits) > 0:
		return usagef("--defect and --habit are of the reference acquirer; leave them out, or leave --acquirer out")
	case o.acquirer == referenceAcquirer && (o.at != "" || len(o.set) > 0):
		return usagef("--at and --set need the profile of an acquirer; name it with --acquirer")
	}
	known := append(defectNames(), habitNames()...)
	for _, name := range append(slices.Clone(o.defects), o.habits...) {
		if !slices.Contains(known, name) {
			return usagef("%q is no defect and no habit; %s; `mppsim refacquirer defects` and `habits` list them", name, near(name, known))
		}
	}
	return nil
}

func (a *app) storm(ctx context.Context, o stormOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	defer collector.Bound(stormMemory, os.Getenv)()
	var replay []byte
	if o.replay != "" {
		text, err := os.ReadFile(o.replay)
		if err != nil {
			return usagef("--replay: %w", err)
		}
		replay = text
	}
	p, sim, stop, err := a.stormy(ctx, o)
	if err != nil {
		return err
	}
	defer stop()
	logger, err := a.logger()
	if err != nil {
		return err
	}
	if replay == nil {
		a.printf("Seed %d: payments at %v a second for %s.\n\n", o.seed, o.rate, o.length)
	}
	sink := a.progress(o.quiet)
	outcome, err := certification.LetStorm(ctx, certification.Options{
		Profile: p, Sim: sim, Out: o.out, Parallel: o.parallel, Seed: int64(o.seed), Tool: Version(), Command: a.stormAgain(o), //nolint:gosec // seeds below 2^63
		Progress: sink, Clock: clock.System(), NewID: newID, Logger: logger,
	}, certification.Storm{Seed: o.seed, Rate: o.rate, For: o.length, KeepGoing: o.keepGoing, Replay: replay, Whole: o.whole})
	sink.Close()
	if err != nil {
		return runError(err)
	}
	a.exit = outcome.Result.Summary.Exit
	if outcome.Result.Summary.Interrupted {
		a.exit = ExitInterrupted
	}
	a.tellStorm(o, outcome)
	return nil
}

// stormy brings up the acquirer, or finds it.
func (a *app) stormy(ctx context.Context, o stormOptions) (*profile.Profile, control.API, func(), error) {
	if o.acquirer != referenceAcquirer {
		p, err := a.loadProfile(ctx, o.acquirer, o.set, true)
		if err != nil {
			return nil, nil, nil, err
		}
		sim, stop, err := a.simulatorFor(ctx, p, o.at)
		return p, sim, stop, err
	}
	command, err := acquirerCommand("")
	if err != nil {
		return nil, nil, nil, err
	}
	logger, err := a.logger()
	if err != nil {
		return nil, nil, nil, err
	}
	r, err := rig.Start(ctx, rig.Options{
		Starter: rig.Starter{Command: command}, Defects: o.defects, Habits: o.habits, Logger: logger, Clock: clock.System(), NewID: newID,
	})
	if err != nil {
		return nil, nil, nil, environmentf("%w", err)
	}
	return r.Profile, r.Sim, func() { _ = r.Close() }, nil
}

// stormAgain is how to call this storm again.
func (a *app) stormAgain(o stormOptions) []string {
	line := []string{a.name(), "storm"}
	if o.acquirer != referenceAcquirer {
		line = append(line, "--acquirer", o.acquirer)
	}
	if o.at != "" {
		line = append(line, "--at", o.at)
	}
	for _, s := range o.set {
		line = append(line, "--set", s)
	}
	for _, d := range o.defects {
		line = append(line, "--defect", d)
	}
	for _, h := range o.habits {
		line = append(line, "--habit", h)
	}
	return line
}

// sparkWidth is how wide answer times are drawn in the terminal.
const sparkWidth = 60

// tellStorm prints what became of a storm.
func (a *app) tellStorm(o stormOptions, out certification.StormOutcome) {
	s := out.Storm
	a.printf("%d payments in %s, %d stories ended before their last step.\n\n", s.Begun, s.Took.Round(time.Second), s.Unended)
	w := tabwriter.NewWriter(a.io.Out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintf(w, "answers to\tcalls\tmedian\t90 %%\t99 %%\tlongest\t\n")
	for _, l := range s.Latency.Lines() {
		_, _ = fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t\n", l.What, l.Calls, milli(l.Median), milli(l.P90), milli(l.P99), milli(l.Max))
	}
	_ = w.Flush()
	if spark := s.Latency.Spark("charge_code", sparkWidth); spark != "" {
		a.printf("\ncharges, median over time  %s\n", spark)
	}
	a.printf("\n%s\n", stormVerdict(out))
	for _, b := range s.Broken {
		for _, f := range b.Findings {
			a.printf("  %s  %s: %s\n", f.Requirement, b.Name, f.Seen)
		}
	}
	a.tellShrunk(o, out)
	a.printf("\nReport: %s\nPlot:   %s\n", absolute(out.Report()), absolute(filepath.Join(out.Dir, certification.PlotFile)))
}

func milli(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

// stormVerdict is the outcome in one sentence.
func stormVerdict(out certification.StormOutcome) string {
	switch broken := len(out.Storm.Broken); {
	case broken > 0:
		return fmt.Sprintf("BROKEN: %d of %d payments broke an invariant of money.", broken, out.Storm.Begun)
	case out.Result.Summary.Exit == ExitConformant:
		return "No money was lost, doubled or misplaced."
	default:
		return "Undecided: " + out.Result.Summary.Verdict
	}
}

// tellShrunk prints the shortest story that breaks an invariant, and how to play it.
func (a *app) tellShrunk(o stormOptions, out certification.StormOutcome) {
	if out.Shrunk == nil {
		return
	}
	note := fmt.Sprintf("The shortest form that breaks %s (%d played):", out.Shrunk.Breaks, out.Shrunk.Played)
	if !out.Shrunk.Stable {
		note = "Played again by itself it broke nothing: it needs the crowd, or luck. The whole story:"
	}
	a.printf("\n%s\n\n%s\nPlay it again: %s --replay %s\nIts traffic:   %s\n", note, out.Shrunk.Story.Text(),
		strings.Join(a.stormAgain(o), " "), out.Feature, absolute(out.Again))
}
