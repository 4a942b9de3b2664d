// Package certification takes one run from profile to reports: it opens the acquirer, keeps the
// journal in the run's folder, runs the suite and writes every report beside the journal.
package certification

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mppsim/reports"
	"mppsim/reports/journal"
	"mppsim/reports/progress"
	"mppsim/scenarios"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/profile"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
)

// Options is what a run needs from outside. All but Features, Selection, Parallel, Seed, Certificate, Budget, Debug, Patience and Command are required.
type Options struct {
	Profile *profile.Profile
	Sim     control.API // of our own simulator or of a running serve
	Out     string      // folder that gets one folder per run

	Features    fs.FS    // somebody's own, to be played instead of the suite's; nil: the suite's
	Selection   []string // ids, areas, scenario ids or tag expressions; empty: everything
	Parallel    int      // scenarios at a time; 0: the suite's default
	Seed        int64
	Certificate bool
	Budget      time.Duration    // how long the run may take; 0: any time
	Debug       *scenarios.Debug // a person who follows the run; nil: nobody
	Patience    time.Duration    // how long an acquirer may stay away in mid-run; 0: the suite's default

	Tool     string   // version of this program
	Command  []string // how it was called, for the reports
	Progress progress.Sink
	Clock    clock.Clock
	NewID    func() string
	Logger   *slog.Logger
}

// Outcome is a finished run.
type Outcome struct {
	ID     string
	Dir    string // the run's folder
	Result scenarios.Result
	Model  *journal.Model // what the reports were made from
}

// Report is the file for people.
func (o Outcome) Report() string { return filepath.Join(o.Dir, reports.HTML) }

// Run certifies the acquirer of a profile. The error is ErrUsage (nothing selected, unwritable folder) or
// our own fault; whatever the acquirer did is in the outcome. When ctx ends, the reports of
// what was seen until then are written all the same.
func Run(ctx context.Context, o Options) (Outcome, error) {
	suite, err := o.aim(ctx)
	if err != nil {
		return Outcome{}, err
	}
	if _, _, err := scenarios.Plan(suite); err != nil {
		return Outcome{}, err // before a folder is made for nothing
	}
	out := Outcome{ID: suite.Head.ID, Dir: filepath.Join(o.Out, suite.Head.ID)}
	return o.run(ctx, suite, out)
}

// aim prepares the suite's options for the acquirer.
func (o Options) aim(ctx context.Context) (scenarios.Options, error) {
	if err := o.Profile.Certifiable(); err != nil {
		return scenarios.Options{}, fmt.Errorf("%w: %w", scenarios.ErrUsage, err)
	}
	suite, err := scenarios.Suite()
	if err != nil {
		return suite, err
	}
	if o.Features != nil {
		suite.Features, suite.Own = o.Features, true
	}
	driver, err := o.Profile.Open(profile.Wiring{Clock: o.Clock, IDs: o.NewID, Logger: o.Logger})
	if err != nil {
		return suite, fmt.Errorf("%w: %w", scenarios.ErrUsage, err)
	}
	return o.prepare(ctx, suite, driver)
}

// prepare completes the suite's options with the acquirer and the run.
func (o Options) prepare(ctx context.Context, suite scenarios.Options, driver acquirer.Acquirer) (scenarios.Options, error) {
	info, err := o.Sim.Info(ctx)
	if err != nil {
		return suite, fmt.Errorf("the simulator does not answer: %w", err)
	}
	suite = suite.For(o.Profile, driver, o.Sim, info, o.Clock.Now())
	suite.Selection, suite.Parallel, suite.Seed, suite.Certificate = o.Selection, o.Parallel, o.Seed, o.Certificate
	suite.Patience, suite.Budget, suite.Debug = o.Patience, o.Budget, o.Debug
	suite.Progress, suite.Clock, suite.NewID, suite.Logger = o.Progress, o.Clock, o.NewID, o.Logger
	suite.Head.ID, suite.Head.Tool, suite.Head.Command = o.runID(), o.Tool, o.Command
	suite.Head.Selection = strings.Join(o.Selection, " ")
	return suite, nil
}

// runID names the run's folder: when it began, and something that makes it unique.
func (o Options) runID() string {
	id := o.NewID()
	return o.Clock.Now().UTC().Format("20060102-150405") + "-" + id[len(id)-6:]
}

// run keeps the journal while the suite runs and writes the reports after it.
func (o Options) run(ctx context.Context, suite scenarios.Options, out Outcome) (Outcome, error) {
	err := o.keep(&out, func(w *journal.Writer) (err error) {
		suite.Journal = w
		out.Result, err = scenarios.Run(ctx, suite)
		return err
	})
	return out, err
}

// keep makes the run's folder, lets run write its journal there, and writes the reports.
func (o Options) keep(out *Outcome, run func(*journal.Writer) error) error {
	if err := os.MkdirAll(out.Dir, 0o750); err != nil {
		return fmt.Errorf("%w: the run's folder: %w", scenarios.ErrUsage, err)
	}
	w, err := journal.Create(filepath.Join(out.Dir, reports.Journal), o.Clock, o.Profile.Secrets().Redact)
	if err != nil {
		return fmt.Errorf("%w: %w", scenarios.ErrUsage, err)
	}
	if err := errors.Join(run(w), w.Close()); err != nil {
		return err
	}
	out.Model, err = reports.FromJournal(out.Dir)
	return err
}

// Verdicts are the verdicts of a run by requirement.
func (o Outcome) Verdicts() map[string]journal.Verdict {
	verdicts := map[string]journal.Verdict{}
	for _, r := range o.Result.Requirements {
		verdicts[r.ID] = r.Verdict
	}
	return verdicts
}
