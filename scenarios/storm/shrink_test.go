package storm

import (
	"context"
	"errors"
	"slices"
	"testing"

	"mppsim/reports/journal"
)

// oracle breaks ACQ-INV-02 for stories in which all of these steps happen in this order.
func oracle(steps ...string) func(context.Context, []Story) ([]Breach, error) {
	return func(_ context.Context, stories []Story) ([]Breach, error) {
		var broken []Breach
		for _, s := range stories {
			left := slices.Clone(steps)
			for _, step := range s.Steps {
				if len(left) > 0 && step.Text == left[0] {
					left = left[1:]
				}
			}
			if len(left) == 0 {
				broken = append(broken, Breach{Story: s, Findings: []journal.Finding{{Requirement: agreed}}})
			}
		}
		return broken, nil
	}
}

func told(fixed string, texts ...string) Story {
	s := Story{Number: 17}
	for _, text := range texts {
		s.Steps = append(s.Steps, Step{Keyword: "And", Text: text, fixed: text == fixed})
	}
	return s
}

func (s Story) texts() []string {
	var list []string
	for _, step := range s.Steps {
		list = append(list, step.Text)
	}
	return list
}

func TestShrinkLeavesWhatIsNeeded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		need []string
		want []string
	}{
		{"two faults", []string{"b", "e"}, []string{"charge", "b", "e"}},
		{"nothing", nil, []string{"charge"}},
		{"everything", []string{"a", "b", "c", "d", "e"}, []string{"charge", "a", "b", "c", "d", "e"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := shrinker{breaks: agreed, stage: oracle(tt.need...)}
			got, err := s.shrink(t.Context(), told("charge", "charge", "a", "b", "c", "d", "e"))
			if err != nil || !got.Stable || got.Story.Number != 17 || got.Breaks != agreed || got.Played == 0 {
				t.Errorf("%+v, %v", got, err)
			}
			if !slices.Equal(got.Story.texts(), tt.want) {
				t.Errorf("shrunk to %v, want %v", got.Story.texts(), tt.want)
			}
		})
	}
}

// Two steps of which either will do: one of them stays.
func TestShrinkKeepsOneOfTwoThatStandInForEachOther(t *testing.T) {
	t.Parallel()
	either := func(ctx context.Context, stories []Story) ([]Breach, error) {
		a, _ := oracle("a")(ctx, stories)
		b, _ := oracle("b")(ctx, stories)
		return append(a, b...), nil
	}
	s := shrinker{breaks: agreed, stage: either}
	got, err := s.shrink(t.Context(), told("charge", "charge", "a", "b", "c"))
	if err != nil || len(got.Story.Steps) != 2 || got.Story.texts()[0] != "charge" || got.Story.texts()[1] == "c" {
		t.Errorf("shrunk to %v, %v", got.Story.texts(), err)
	}
}

func TestShrinkKeepsAStoryThatBreaksNothingAlone(t *testing.T) {
	t.Parallel()
	other := func(_ context.Context, stories []Story) ([]Breach, error) {
		return []Breach{{Story: stories[0], Findings: []journal.Finding{{Requirement: refunds}}}}, nil // another invariant
	}
	s := shrinker{breaks: agreed, stage: other}
	got, err := s.shrink(t.Context(), told("charge", "charge", "a", "b"))
	if err != nil || got.Stable || len(got.Story.Steps) != 3 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestShrinkTellsItsOwnFaults(t *testing.T) {
	t.Parallel()
	failure := errors.New("the simulator is gone")
	s := shrinker{breaks: agreed, stage: func(context.Context, []Story) ([]Breach, error) { return nil, failure }}
	if _, err := s.shrink(t.Context(), told("charge", "charge", "a")); !errors.Is(err, failure) {
		t.Errorf("%v, want %v", err, failure)
	}
}
