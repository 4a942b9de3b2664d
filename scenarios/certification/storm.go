package certification

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"mppsim/reports/journal"
	"mppsim/reports/progress"
	"mppsim/scenarios"
	"mppsim/scenarios/storm"
)

// Storm says what storm is let loose on an acquirer.
type Storm struct {
	Seed      uint64
	Rate      float64       // payments that begin in a second
	For       time.Duration // how long payments begin
	KeepGoing bool          // also after an invariant was broken
	Replay    []byte        // feature file of an earlier storm, to be played instead of new stories
	Whole     bool          // leave a story that broke an invariant as long as it is
}

// StormOutcome is a finished storm.
type StormOutcome struct {
	Outcome
	Storm storm.Result
	// Shrunk is the shortest form of the first story that broke an invariant; nil when none did. Feature is the file that
	// holds it, and Again the report of playing it once more.
	Shrunk  *storm.Shrunk
	Feature string
	Again   string
}

// Names of what a storm leaves beside journal and reports.
const (
	PlotFile  = "latency.svg"
	StormFile = "storm.json"
)

// shrinkLimit bounds the search for the shortest story.
const shrinkLimit = 3 * time.Minute

// LetStorm plays a storm against the acquirer of a profile and keeps journal, reports, answer times and, of a story that
// broke an invariant, its shortest form. Errors as Run's.
func LetStorm(ctx context.Context, o Options, s Storm) (StormOutcome, error) {
	suite, err := o.aim(ctx)
	if err != nil {
		return StormOutcome{}, err
	}
	book, err := storm.Builtin()
	if err != nil {
		return StormOutcome{}, fmt.Errorf("%w: %w", scenarios.ErrSuite, err)
	}
	weather := storm.Options{Suite: suite, Book: book, Seed: s.Seed, Rate: s.Rate, For: s.For, KeepGoing: s.KeepGoing, Parallel: o.Parallel}
	out := StormOutcome{Outcome: Outcome{ID: suite.Head.ID, Dir: filepath.Join(o.Out, suite.Head.ID)}}
	err = o.keep(&out.Outcome, func(w *journal.Writer) error {
		weather.Journal = w
		var err error
		if len(s.Replay) > 0 {
			out.Storm, err = storm.Replay(ctx, weather, s.Replay)
		} else {
			out.Storm, err = storm.Run(ctx, weather)
		}
		out.Result = out.Storm.Run
		return err
	})
	if err != nil {
		return out, err
	}
	return out, errors.Join(out.measured(), o.shrink(ctx, weather, s, &out))
}

// shrink finds the shortest form of the first story that broke an invariant, and plays it once more for the record.
func (o Options) shrink(ctx context.Context, weather storm.Options, s Storm, out *StormOutcome) error {
	if s.Whole || len(s.Replay) > 0 || len(out.Storm.Broken) == 0 {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, shrinkLimit)
	defer cancel()
	weather.Suite.Progress = progress.Discard()
	shrunk, err := storm.Shrink(limited, weather, out.Storm.Broken[0])
	if err != nil {
		return err
	}
	out.Shrunk, out.Feature = &shrunk, filepath.Join(out.Dir, fmt.Sprintf("story-%d.feature", shrunk.Story.Number))
	about := fmt.Sprintf("Breaks %s. Seed %d, payment %d.", shrunk.Breaks, s.Seed, shrunk.Story.Number)
	feature := storm.Feature(about, shrunk.Story)
	if err := os.WriteFile(out.Feature, feature, 0o600); err != nil {
		return err
	}
	again := Outcome{Dir: filepath.Join(out.Dir, "again")}
	out.Again = again.Report()
	return o.keep(&again, func(w *journal.Writer) error {
		weather.Journal = w
		_, err := storm.Replay(ctx, weather, feature)
		return err
	})
}

// measured writes the answer times.
func (out *StormOutcome) measured() error {
	r := out.Storm
	text, err := json.MarshalIndent(map[string]any{
		"seed": r.Seed, "payments": r.Begun, "unended": r.Unended, "broken": len(r.Broken), "exit": r.Run.Summary.Exit,
		"seconds": r.Took.Seconds(), "latency": r.Latency.Lines(),
	}, "", "  ")
	return errors.Join(err,
		os.WriteFile(filepath.Join(out.Dir, StormFile), append(text, '\n'), 0o600),
		os.WriteFile(filepath.Join(out.Dir, PlotFile), r.Latency.Plot("charge_code"), 0o600))
}
