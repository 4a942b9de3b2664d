package killmatrix

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/google/uuid"

	"mppsim/reports/journal"
	"mppsim/scenarios"
	"mppsim/scenarios/rig"
	"mppsim/scenarios/verdict"
	"mppsim/wallet/clock"
)

// Settings are what the runs of a matrix have in common.
type Settings struct {
	Starter  rig.Starter
	Keys     rig.Keys // of all connections; zero: new ones for each
	Parallel int      // scenarios at a time within one run
	Seed     int64    // order of the scenarios
}

// Over returns a Certify that starts each acquirer as a process of its own, with a simulator of its own, and
// drives it through its profile. A run that says nothing about the acquirer (environment, our own fault) is an error.
func (s Settings) Over() Certify {
	return func(ctx context.Context, defects, habits, selection []string) (map[string]journal.Verdict, error) {
		result, err := s.Run(ctx, defects, habits, selection)
		if err != nil {
			return nil, err
		}
		got := map[string]journal.Verdict{}
		for _, r := range result.Requirements {
			got[r.ID] = r.Verdict
		}
		switch result.Summary.Exit {
		case verdict.Environment, verdict.OwnFault, verdict.Interrupted:
			return got, fmt.Errorf("exit %d: %s", result.Summary.Exit, result.Summary.Verdict)
		}
		return got, nil
	}
}

// Run certifies one acquirer.
func (s Settings) Run(ctx context.Context, defects, habits, selection []string) (result scenarios.Result, err error) {
	r, err := rig.Start(ctx, rig.Options{
		Starter: s.Starter, Keys: s.Keys, Defects: defects, Habits: habits, ForOthers: true, Logger: slog.New(slog.DiscardHandler), Clock: clock.System(),
		NewID: func() string { return uuid.Must(uuid.NewV7()).String() },
	})
	if err != nil {
		return result, fmt.Errorf("kill matrix: %w", err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	suite, err := r.Suite()
	if err != nil {
		return result, fmt.Errorf("kill matrix: %w", err)
	}
	suite.Selection, suite.Parallel, suite.Seed, suite.Journal = selection, s.Parallel, s.Seed, unkept{}
	return scenarios.Run(ctx, suite)
}

// unkept is the journal of runs whose verdicts are all that matters.
type unkept struct{}

func (unkept) Write(journal.Entry) error { return nil }
