package storm

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios"
	"mppsim/scenarios/world"
)

// Options say what a storm is.
type Options struct {
	// Suite is aimed at an acquirer (scenarios.Options.For) and has steps and tolerances; what is played, judged and
	// journaled is the storm's own.
	Suite   scenarios.Options
	Journal world.Journal
	Book    Book
	Seed    uint64
	Rate    float64       // payments that begin in a second
	For     time.Duration // how long payments begin, on the wall clock
	// KeepGoing lets payments begin also when an invariant is broken already.
	KeepGoing bool
	// Parallel is how many payments are under way at most; 0: ParallelByDefault.
	Parallel int
}

// ParallelByDefault lets many payments wait at the same time, and few acquirers' test systems mind.
const ParallelByDefault = 128

// Result is what became of a storm.
type Result struct {
	Seed    uint64
	Run     scenarios.Result
	Begun   int // payments
	Unended int // stories that could not go to their last step, such as a password for a payment that was refused
	Took    time.Duration
	Broken  []Breach
	Latency *Latency
}

// Breach is a story that broke an invariant.
type Breach struct {
	Name     string // of the scenario
	Story    Story  // empty for one that was replayed
	Findings []journal.Finding
}

// Count is how many stories a rate and a time make: at least one.
func (o Options) Count() int { return max(1, int(o.Rate*o.For.Seconds())) }

// Run lets a storm loose. The error is our own or the environment's; what the acquirer did is in the result.
func Run(ctx context.Context, o Options) (Result, error) {
	return o.let(ctx, func() []Story { return newTeller(o.Book, o.Seed, o.Suite.Facts.Capabilities).stories(o.Count()) })
}

// stage plays some stories.
func (o Options) stage(ctx context.Context, stories []Story) (Result, error) {
	return o.let(ctx, func() []Story { return stories })
}

// Replay plays the stories of a feature file that an earlier storm has kept. A file that cannot be played is
// scenarios.ErrUsage.
func Replay(ctx context.Context, o Options, feature []byte) (Result, error) {
	o.KeepGoing, o.Rate = true, 0
	result, err := o.play(ctx, fstest.MapFS{file: {Data: feature}})
	if errors.Is(err, scenarios.ErrSuite) {
		err = fmt.Errorf("%w: the feature file cannot be played: %s", scenarios.ErrUsage, strings.TrimPrefix(err.Error(), scenarios.ErrSuite.Error()+": "))
	}
	return result, err
}

// let plays stories and judges them. They are told twice, if they must be, rather than kept: there may be many thousands. Each
// is a feature of its own, because every scenario is played from its whole file.
func (o Options) let(ctx context.Context, tell func() []Story) (Result, error) {
	stories := shelf{}
	for i, s := range tell() {
		stories[fmt.Sprintf("%06d", i)] = Feature(o.about(), s)
	}
	result, err := o.play(ctx, stories)
	if len(result.Broken) == 0 {
		return result, err
	}
	again := tell()
	for i, b := range result.Broken {
		if at := slices.IndexFunc(again, func(s Story) bool { return s.Name() == b.Name }); at >= 0 {
			result.Broken[i].Story = again[at]
		}
	}
	return result, err
}

// file is where stories stand for the runner.
const file = "storm.feature"

// shelf is a folder of folders with one feature each.
type shelf map[string][]byte

// Open is part of fs.FS.
func (s shelf) Open(name string) (fs.File, error) {
	if name == "." {
		folders := fstest.MapFS{}
		for folder := range s {
			folders[folder] = &fstest.MapFile{Mode: fs.ModeDir | 0o555}
		}
		return folders.Open(name)
	}
	folder, _, _ := strings.Cut(name, "/")
	feature, known := s[folder]
	if !known {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return fstest.MapFS{folder + "/" + file: {Data: feature}}.Open(name)
}

func (o Options) about() string { return fmt.Sprintf("Made up by seed %d.", o.Seed) }

// play plays features and judges what became of their payments.
func (o Options) play(ctx context.Context, features fs.FS) (Result, error) {
	began := o.Suite.Clock.Now()
	k := newKeeper(o.Journal, began)
	suite, err := o.suite(features, k)
	if err != nil {
		return Result{}, err
	}
	run, err := scenarios.Run(ctx, suite)
	if err != nil {
		return Result{}, err
	}
	result := Result{
		Seed: o.Seed, Run: run, Unended: k.unended(), Latency: k.latency(), Took: o.Suite.Clock.Now().Sub(began),
	}
	for _, s := range run.Scenarios {
		if s.Ended.Verdict != journal.NotRun {
			result.Begun++
		}
		if len(s.Findings) > 0 {
			result.Broken = append(result.Broken, Breach{Name: s.Name, Findings: s.Findings})
		}
	}
	return result, nil
}

// suite is the runner's options for a storm.
func (o Options) suite(features fs.FS, k *keeper) (scenarios.Options, error) {
	suite := o.Suite
	catalogue, err := Catalogue()
	if err != nil {
		return suite, fmt.Errorf("%w: %w", scenarios.ErrSuite, err)
	}
	suite.Features, suite.Catalogue, suite.Watches, suite.RunWatches = features, catalogue, Watches(), nil
	suite.Steps = append(slices.Clone(suite.Steps), scenarios.Phrase{
		Pattern: regexp.MustCompile("^" + Judgement + "$"), Example: Judgement,
		Func: func(context.Context) error { return nil }, // the watches judge, once everything is decided
	})
	suite.Known, suite.Attested, suite.Selection, suite.Certificate = nil, nil, nil, false
	suite.Random, suite.Forgets, suite.Rate, suite.Journal, suite.Seed = true, true, o.Rate, k, 0
	suite.Parallel = o.Parallel
	if suite.Parallel <= 0 {
		suite.Parallel = ParallelByDefault
	}
	suite.StopAtFailure = !o.KeepGoing
	return suite, nil
}
