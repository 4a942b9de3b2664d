// Package scenarios runs a selection of the features against one acquirer and judges what was seen: it
// plans, plays the scenarios, brings each its traffic, settles, applies the watched checks, and keeps the
// journal from the first line to the verdicts. Steps live in scenarios/steps and act through scenarios/world.
package scenarios

import (
	"context"
	"io/fs"
	"log/slog"
	"regexp"
	"time"

	"mppsim/features"
	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/check"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/verdict"
	"mppsim/scenarios/world"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
)

// Phrase is one phrase of the features' vocabulary with the function behind it.
type Phrase struct {
	Pattern *regexp.Regexp // covers the whole text
	Example string         // as it stands in a feature
	Func    any            // func(ctx, groups…, [table or doc string]) error
}

// Progress hears how far a run is.
type Progress interface {
	Planned(total int)
	Started(id string)
	Ended(id string, v journal.Verdict)
	Withdrawn(id string, v journal.Verdict) // the outcome does not count: the scenario is played again
	Note(text string)
}

// Options is everything that a run needs. Features, Catalogue, Steps, Watches, RunWatches and Tolerances are the
// suite; Suite fills them with the built-in ones.
type Options struct {
	Features   fs.FS
	Catalogue  *features.Catalogue
	Steps      []Phrase
	Watches    []check.Watch
	RunWatches []check.RunWatch
	Tolerances tolerance.Table

	Acquirer acquirer.Acquirer
	Sim      control.API
	Facts    check.Facts
	Attested map[string]verdict.Attestation
	Known    map[string]verdict.Known

	Selection   []string // see plan.Selection; empty: everything
	Parallel    int      // scenarios at a time; 0: ParallelByDefault
	Seed        int64    // order; 0: that of the files
	Certificate bool     // reservations make the run undecided
	// Budget is how long the run may take; what does not fit is left out, money and the longest scenarios last. 0: any time.
	Budget time.Duration
	// Rate is how many scenarios may begin in a second; 0: as many as find a place.
	Rate float64
	// Own says that the features are somebody's own and not the suite's.
	Own bool
	// StopAtFailure lets no further scenario begin once one has failed.
	StopAtFailure bool
	// Random says that nobody wrote the scenarios: a step that cannot go on ends its scenario, a fault may meet nothing, and
	// only the watched checks judge.
	Random bool
	// Forgets lets go of every scenario that has passed and stayed quiet for the settling time, so that a run of many thousands
	// stays small. What comes even later is only compared with the books of then. Checks over the run do not see what is gone.
	Forgets bool
	// Debug lets a person follow the run; nil: nobody does.
	Debug *Debug
	// Limit ends a scenario that hangs; 0: ten minutes, shortened by the factor, and one more.
	Limit time.Duration

	Head     journal.Run // identity of the run: id, tool, acquirer's name, profile, command, facts
	Journal  world.Journal
	Progress Progress
	Clock    clock.Clock
	NewID    func() string
	Logger   *slog.Logger
	// Probe tells whether the acquirer is there, and its version if it tells one; an error that is acquirer.ErrUnreachable or
	// acquirer.ErrUnwell says that it is not.
	Probe func(ctx context.Context) (version string, err error)
	// ClockByRestart says that the acquirer's clock is moved by starting it anew, which is not done on suspicion.
	ClockByRestart bool
	// Patience is how long an acquirer that goes away in mid-run may stay away; 0: the tolerance "outage".
	Patience time.Duration
	// Paced says that Probe asks the acquirer itself: how long that takes tells how much time it has. Otherwise queries tell.
	Paced bool
}

// Scenario is how one scenario ended.
type Scenario struct {
	journal.Scenario
	Ended    journal.Ended
	Findings []journal.Finding
}

// Result is the outcome of a run; the journal holds the same in full.
type Result struct {
	Summary      journal.Summary
	Requirements []journal.Requirement
	Scenarios    []Scenario
	Strays       int
}

const (
	// ParallelByDefault is how many scenarios a run plays at a time unless told otherwise.
	ParallelByDefault = 16

	limitByDefault = 10 * time.Minute
)

// complete fills in the defaults.
func (o Options) complete() Options {
	if o.Parallel <= 0 {
		o.Parallel = ParallelByDefault
	}
	if o.Limit <= 0 {
		o.Limit = tolerance.Scale(limitByDefault, o.Facts.Factor) + time.Minute
	}
	if o.Debug != nil {
		o.Debug.patient(&o)
	}
	if o.Progress == nil {
		o.Progress = silent{}
	}
	if o.Probe == nil {
		o.Probe = func(context.Context) (string, error) { return "", nil }
	}
	return o
}

// silent is the progress that nobody watches.
type silent struct{}

func (silent) Planned(int)                   {}
func (silent) Started(string)                {}
func (silent) Ended(string, journal.Verdict) {}

func (silent) Withdrawn(string, journal.Verdict) {}
func (silent) Note(string)                       {}
