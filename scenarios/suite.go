package scenarios

import (
	"fmt"

	"mppsim/features"
	"mppsim/scenarios/check"
	"mppsim/scenarios/steps"
	"mppsim/scenarios/tolerance"
)

// Suite returns options that hold the built-in suite: features, catalogue, steps, checks and tolerances. An
// error means that this build is broken.
func Suite() (Options, error) {
	catalogue, err := features.Load()
	if err != nil {
		return Options{}, fmt.Errorf("%w: %w", ErrSuite, err)
	}
	tolerances, err := tolerance.Builtin()
	if err != nil {
		return Options{}, fmt.Errorf("%w: %w", ErrSuite, err)
	}
	return Options{
		Features: features.Files(), Catalogue: catalogue, Steps: Vocabulary(),
		Watches: check.Watches(), RunWatches: check.RunWatches(), Tolerances: tolerances,
	}, nil
}

// Vocabulary is the step book as the runner needs it.
func Vocabulary() []Phrase {
	var phrases []Phrase
	for _, s := range steps.All() {
		phrases = append(phrases, Phrase{Pattern: s.Pattern, Example: s.Example, Func: s.Func})
	}
	return phrases
}
