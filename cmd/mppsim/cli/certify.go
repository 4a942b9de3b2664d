package cli

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"mppsim/reports"
	"mppsim/reports/progress"
	"mppsim/reports/text"
	"mppsim/scenarios"
	"mppsim/scenarios/certification"
	"mppsim/scenarios/profile"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
)

// runOptions are the flags of everything that runs the suite.
type runOptions struct {
	out         string
	only        []string
	parallel    int
	seed        int64
	certificate bool
	quiet       bool
	patience    time.Duration // of certify, as what follows
	budget      time.Duration
	debug       bool
	breakAt     []string
	features    []string         // files
	own         fs.FS            // what they hold; nil: the suite
	person      *scenarios.Debug // who looks; nil: nobody
}

func (o *runOptions) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.out, "out", "reports/out", "folder that gets one folder per run")
	f.StringArrayVar(&o.only, "only", nil, "run only this: a requirement, an area, a scenario or a tag expression; repeatable")
	f.IntVar(&o.parallel, "parallel", scenarios.ParallelByDefault, "scenarios at a time")
	f.Int64Var(&o.seed, "seed", 0, "shuffle the scenarios by this number (default: the order of the files)")
	f.BoolVar(&o.certificate, "certificate", false, "exit 4 unless a certificate could be given: nothing uncovered, unattested, left out or shortened")
	f.BoolVar(&o.quiet, "quiet", false, "no progress, only the summary")
	completeBy(cmd, "only", selectable)
}

// check refuses what no run can be started with.
func (o *runOptions) check() error {
	if o.parallel < 1 || o.parallel > maxParallel {
		return usagef("--parallel %d: give a number from 1 to %d, or leave it out", o.parallel, maxParallel)
	}
	if o.patience < 0 {
		return usagef("--wait-for-acquirer %s: give a time such as 5m, or leave it out", o.patience)
	}
	if len(o.breakAt) > 0 && !o.debug {
		return usagef("--break-at stops a run that somebody follows: add --debug")
	}
	if o.budget < 0 {
		return usagef("--budget %s: give a time such as 45m, or leave it out", o.budget)
	}
	if o.out == "" {
		return usagef("--out: name a folder")
	}
	return nil
}

// maxParallel is more than any acquirer's test system stands.
const maxParallel = 256

// certifyOptions are the flags of certify.
type certifyOptions struct {
	runOptions
	profile string
	at      string
	set     []string
	dry     bool
	foresee bool
}

func (a *app) certifyCommand() *cobra.Command {
	var o certifyOptions
	cmd := &cobra.Command{
		Use:   "certify",
		Short: "Run the suite against an acquirer and report where it conforms and where it does not",
		Long: `Runs the suite against the acquirer of a profile. It starts a simulator of its own at the
address that the profile names (alipayplus.listen), or attaches to a running serve (--at), which is told what the profile
says of the acquirer's addresses.
Journal and reports are written to one folder per run.`,
		Example: `  mppsim certify --profile acme/acquirer.yaml
  mppsim certify --profile acme/acquirer.yaml --at http://` + defaultControl + `
  mppsim certify --profile acme/acquirer.yaml --only ACQ-UPM-10 --only CAN
  mppsim certify --profile acme/acquirer.yaml --only '@flow:refund and not @alone' --parallel 1
  mppsim certify --profile acme/acquirer.yaml --dry-run
  mppsim certify --profile acme/acquirer.yaml --estimate --budget 45m
  mppsim certify --profile acme/acquirer.yaml --feature late-answer.feature --debug`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.certify(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.profile, "profile", "acquirer.yaml", "profile of the acquirer")
	cmd.Flags().StringVar(&o.at, "at", "", "control address of a running serve to attach to (default: start a simulator)")
	cmd.Flags().StringArrayVar(&o.set, "set", nil, "replace a value of the profile: path=value, such as drivers.api.http=http://127.0.0.1:9100")
	cmd.Flags().DurationVar(&o.patience, "wait-for-acquirer", 0, "how long an acquirer that goes away in mid-run may stay away before the run ends early (default: 2m at factor 1, less with shortened timers)")
	cmd.Flags().BoolVar(&o.dry, "dry-run", false, "say what would run, and run nothing")
	cmd.Flags().BoolVar(&o.foresee, "estimate", false, "say how long it would take, area by area, and run nothing")
	cmd.Flags().DurationVar(&o.budget, "budget", 0, "how long the run may take, such as 45m: what protects money goes first, the longest of it first; what does not fit is listed as not run")
	cmd.Flags().BoolVar(&o.debug, "debug", false, "follow the scenarios one by one: stops at breakpoints and after a step that does not pass, goes on at Enter, scores nothing, exits 4")
	cmd.Flags().StringArrayVar(&o.features, "feature", nil, "play this feature file of your own instead of the suite; repeatable")
	cmd.Flags().StringArrayVar(&o.breakAt, "break-at", nil, "with --debug: stop before each step that holds this text; repeatable")
	o.register(cmd)
	return cmd
}

func (a *app) certify(ctx context.Context, o certifyOptions) error {
	p, err := a.loadProfile(ctx, o.profile, o.set, !o.dry && !o.foresee)
	if err != nil {
		return err
	}
	if err := p.Certifiable(); err != nil {
		return withCode(ExitUsage, err)
	}
	if err := o.check(); err != nil {
		return err
	}
	if o.own, err = ownFeatures(o.features); err != nil {
		return err
	}
	if o.foresee {
		return a.foresee(p, o.runOptions)
	}
	if o.dry {
		return a.dryRun(p, o.runOptions)
	}
	if _, err := planned(p, o.runOptions); err != nil { // before an address is taken
		return err
	}
	ctx, debug, err := a.debug(ctx, o.runOptions)
	if err != nil {
		return err
	}
	o.person = debug
	sim, stop, err := a.simulatorFor(ctx, p, o.at)
	if err != nil {
		return err
	}
	defer stop()
	outcome, err := a.run(ctx, p, sim, o.runOptions, a.command(o))
	if err = errors.Join(nobody(ctx), err); err != nil {
		return err
	}
	a.exit = outcome.Result.Summary.Exit
	return nil
}

// command is how to call this run again; reports add what to rerun.
func (a *app) command(o certifyOptions) []string {
	line := []string{a.name(), "certify", "--profile", o.profile}
	if o.at != "" {
		line = append(line, "--at", o.at)
	}
	for _, s := range o.set {
		line = append(line, "--set", s)
	}
	for _, file := range o.features {
		line = append(line, "--feature", file)
	}
	return line
}

// loadProfile reads a profile with the values of --set put in.
func (a *app) loadProfile(ctx context.Context, path string, set []string, secrets bool) (*profile.Profile, error) {
	overrides := map[string]string{}
	for _, s := range set {
		key, value, ok := strings.Cut(s, "=")
		if !ok || key == "" {
			return nil, usagef("--set %q: write path=value, such as time.factor=0.05", s)
		}
		overrides[key] = value
	}
	p, err := profile.Load(ctx, path, profile.Options{Env: a.io.Env, Overrides: overrides, WithoutSecrets: !secrets})
	if errors.Is(err, os.ErrNotExist) {
		return nil, usagef("%w; `mppsim init` writes one to start from", err)
	}
	return p, withCode(ExitUsage, err)
}

// simulatorFor attaches to a running simulator or starts one for the profile.
func (a *app) simulatorFor(ctx context.Context, p *profile.Profile, at string) (control.API, func(), error) {
	if at != "" {
		api, info, err := attach(ctx, at)
		if err == nil {
			err = suits(p, info, at)
		}
		if err == nil {
			err = handAddresses(ctx, p, api)
		}
		return api, func() {}, err
	}
	logger, err := a.logger()
	if err != nil {
		return nil, nil, err
	}
	options, err := simulatorOf(p, logger)
	if err != nil {
		return nil, nil, err
	}
	// The simulator outlives an interrupted run, so that what is under way can be put in order.
	s, err := startSimulator(context.WithoutCancel(ctx), options, profiled(p), freePort(), &secureDoor{wanted: p.AlipayPlus.TLSListen != "", listen: p.AlipayPlus.TLSListen})
	if err != nil {
		return nil, nil, err
	}
	return s.api, func() { _ = s.close() }, nil
}

// handAddresses tells a running simulator where the acquirer takes the calls whose address stands in no message, as its
// profile says.
func handAddresses(ctx context.Context, p *profile.Profile, api control.API) error {
	own := p.AlipayPlus.Addresses
	if own.Base == "" && len(own.Of) == 0 {
		return nil
	}
	_, err := api.SetAddresses(ctx, own)
	return refused(err)
}

// suits refuses a running simulator whose judgement would be about another acquirer than the one of the profile.
func suits(p *profile.Profile, info control.Info, at string) error {
	if err := foreignRefusal(at, info.Foreign); err != nil {
		return err
	}
	if info.SigningOff {
		return usagef("--at %s: the simulator there was started with --signing off, so that nothing it saw or sent could be judged; start it without", at)
	}
	if info.ClientID != p.Facts.Client {
		return usagef("%s: facts.ids.client is %s, but the simulator at %s serves %s; start it with `mppsim serve --profile %s`",
			p.File, p.Facts.Client, at, info.ClientID, p.File)
	}
	if len(info.AcquirerKeys) == 0 {
		return usagef("--at %s: the simulator there knows no public key of the acquirer, so that none of its signatures could be judged; "+
			"start it with `mppsim serve --profile %s`, or give it --acquirer-key", at, p.File)
	}
	keys, err := acquirerKeys(p)
	if err != nil {
		return err
	}
	own, err := keys.Lines()
	if err != nil {
		return usagef("%s: alipayplus.acquirer_public_key: %w", p.File, err)
	}
	if len(own) > 0 && !slices.Equal(slices.Sorted(maps.Values(own)), slices.Sorted(maps.Values(info.AcquirerKeys))) {
		return usagef("%s: alipayplus.acquirer_public_key is not the key with which the simulator at %s checks signatures, "+
			"so that correct ones would look wrong; start it anew with `mppsim serve --profile %s`", p.File, at, p.File)
	}
	return nil
}

// run certifies and shows progress and summary.
func (a *app) run(ctx context.Context, p *profile.Profile, sim control.API, o runOptions, command []string) (certification.Outcome, error) {
	logger, err := a.logger()
	if err != nil {
		return certification.Outcome{}, err
	}
	sink := a.progress(o.quiet || o.debug)
	outcome, err := certification.Run(ctx, certification.Options{
		Profile: p, Sim: sim, Out: o.out, Features: o.own, Selection: o.only, Parallel: o.parallel, Seed: o.seed, Certificate: o.certificate,
		Patience: o.patience, Budget: o.budget, Debug: o.person, Tool: Version(), Command: command, Progress: sink, Clock: clock.System(), NewID: newID, Logger: logger,
	})
	sink.Close()
	if err != nil {
		return outcome, runError(err)
	}
	return outcome, a.summary(outcome)
}

// runError gives an error of the runner its exit code.
func runError(err error) error {
	if errors.Is(err, scenarios.ErrUsage) {
		return usagef("%s", strings.TrimPrefix(err.Error(), scenarios.ErrUsage.Error()+": "))
	}
	return withCode(ExitInternal, err)
}

func (a *app) progress(quiet bool) progress.Sink {
	if quiet {
		return progress.Discard()
	}
	if file, ok := a.io.Err.(*os.File); ok {
		return progress.New(file, clock.System())
	}
	return progress.Plain(a.io.Err, clock.System())
}

func (a *app) summary(outcome certification.Outcome) error {
	options := text.Options{Report: outcome.Report()}
	if file, ok := a.io.Out.(*os.File); ok {
		options = text.OptionsFor(file, a.io.Env, outcome.Report())
	}
	return withCode(ExitInternal, reports.Terminal(a.io.Out, outcome.Model, options))
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }
