package storm

import (
	"context"
	"slices"

	"mppsim/reports/journal"
)

// Shrunk is the shortest form of a story that still breaks its invariant.
type Shrunk struct {
	Story  Story
	Breaks string // the invariant
	Played int    // stories that were played to find it
	// Stable is false when the whole story, played again by itself, broke nothing: then it is kept as it was.
	Stable bool
}

// Each form of a story is played so often at once: what depends on the acquirer's timing does not break every time.
const (
	triesOfWhole = 4
	triesOfForm  = 2
)

// Shrink leaves out of a story what is not needed to break the same invariant again, by playing it in ever shorter forms
// against the same acquirer. It ends with ctx, with what it has by then.
func Shrink(ctx context.Context, o Options, b Breach) (Shrunk, error) {
	o.KeepGoing, o.Rate, o.Journal = true, 0, unkept{}
	s := shrinker{breaks: b.Findings[0].Requirement, stage: func(ctx context.Context, stories []Story) ([]Breach, error) {
		result, err := o.stage(ctx, stories)
		return result.Broken, err
	}}
	return s.shrink(ctx, b.Story)
}

// shrinker plays forms of a story.
type shrinker struct {
	breaks string
	stage  func(ctx context.Context, stories []Story) ([]Breach, error)
	played int
}

func (s *shrinker) shrink(ctx context.Context, story Story) (Shrunk, error) {
	result := Shrunk{Story: story, Breaks: s.breaks}
	broken, err := s.play(ctx, triesOfWhole, story)
	if err != nil || !broken[0] {
		result.Played = s.played
		return result, err
	}
	result.Stable = true
	for ctx.Err() == nil {
		shorter, err := s.shorten(ctx, result.Story)
		if err != nil {
			return result, err
		}
		result.Played = s.played
		if len(shorter.Steps) == len(result.Story.Steps) {
			break
		}
		result.Story = shorter
	}
	return result, nil
}

// shorten returns the story without steps that it can do without, or as it is.
func (s *shrinker) shorten(ctx context.Context, story Story) (Story, error) {
	var forms []Story
	var without []int
	for i, step := range story.Steps {
		if !step.fixed {
			forms, without = append(forms, story.without(i)), append(without, i)
		}
	}
	if len(forms) == 0 {
		return story, nil
	}
	broken, err := s.play(ctx, triesOfForm, forms...)
	if err != nil {
		return story, err
	}
	var idle []int
	for i, still := range broken {
		if still {
			idle = append(idle, without[i])
		}
	}
	if len(idle) == 0 {
		return story, nil
	}
	all := story.without(idle...) // perhaps none of them is needed; two may stand in for each other
	broken, err = s.play(ctx, triesOfForm, all)
	if err != nil {
		return story, err
	}
	if broken[0] {
		return all, nil
	}
	return story.without(idle[0]), nil
}

// without is the story with some steps left out.
func (s Story) without(steps ...int) Story {
	short := Story{Number: s.Number}
	for i, step := range s.Steps {
		if !slices.Contains(steps, i) {
			short.Steps = append(short.Steps, step)
		}
	}
	return short
}

// play tells of each story whether it still breaks the invariant, having played each so many times side by side.
func (s *shrinker) play(ctx context.Context, times int, stories ...Story) ([]bool, error) {
	var copies []Story
	for _, story := range stories {
		for range times {
			copies = append(copies, Story{Number: len(copies) + 1, Steps: story.Steps})
		}
	}
	s.played += len(copies)
	breaches, err := s.stage(ctx, copies)
	if err != nil {
		return nil, err
	}
	broken := make([]bool, len(stories))
	for _, b := range breaches {
		same := func(f journal.Finding) bool { return f.Requirement == s.breaks }
		if slices.ContainsFunc(b.Findings, same) {
			broken[(b.Story.Number-1)/times] = true
		}
	}
	return broken, nil
}
