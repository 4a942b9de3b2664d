package storm

import (
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func weighted(weights ...int) []Action {
	list := make([]Action, len(weights))
	for i, w := range weights {
		list[i].Weight = w
	}
	return list
}

// While everything is possible, each round of a deck deals every card once, in an order of its own.
func TestDeckDealsEveryCardBeforeAnyComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.IntRange(0, 5), 1, 8).Draw(t, "weights")
		dice := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)) //nolint:gosec // chances, not secrets
		d, sum := newDeck(weighted(weights...)), 0
		for _, w := range weights {
			sum += max(w, 1)
		}
		for round := range 3 {
			dealt := make([]int, len(weights))
			for range sum {
				dealt[d.deal(dice, always)]++
			}
			for i, w := range weights {
				if dealt[i] != max(w, 1) {
					t.Fatalf("round %d dealt %v for the weights %v", round, dealt, weights)
				}
			}
		}
	})
}

// What is not possible is not dealt, and keeps its cards.
func TestDeckDealsWhatIsPossible(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // chances, not secrets
	d := newDeck(weighted(1, 2, 3))
	for range 100 {
		if got := d.deal(dice, func(i int) bool { return i < 2 }); got > 1 {
			t.Fatalf("dealt %d, which was not possible", got)
		}
	}
	if d.left[2] != 3 {
		t.Errorf("%d of 3 cards are left of what was never possible", d.left[2])
	}
	if got := d.deal(dice, func(int) bool { return false }); got != -1 {
		t.Errorf("dealt %d where nothing was possible", got)
	}
}

// What is seldom possible has its cards again in every round, however often the others had to come back meanwhile.
func TestDeckBeginsNewRounds(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // chances, not secrets
	only := func(want int) func(int) bool { return func(i int) bool { return i == want } }
	d := newDeck(weighted(1, 3))
	for range 3 {
		d.deal(dice, only(1))
	}
	d.deal(dice, only(0)) // the fourth of four cards
	if d.left[1] != 0 {
		t.Fatalf("%d cards are left after all three were dealt", d.left[1])
	}
	for range 3 {
		d.deal(dice, only(0))
		if d.left[1] != 3 {
			t.Fatalf("%d of 3 cards in a new round", d.left[1])
		}
	}
}

// Not even a storm of a minute leaves out an action that every acquirer with all capabilities is asked for, whatever the seed.
func TestMinuteHasEverything(t *testing.T) {
	t.Parallel()
	pages, able := book(t), capable(t)
	for seed := range uint64(10) {
		var told strings.Builder
		for _, s := range newTeller(pages, seed, able).stories(600) {
			told.WriteString(s.Text())
		}
		text := told.String()
		for _, a := range pages.All() {
			if begins, _, _ := strings.Cut(inFeature(a), "{"); !strings.Contains(text, begins) {
				t.Errorf("seed %d: %q does not come up", seed, a.Text)
			}
		}
	}
}

// inFeature is the text of an action as it stands in a feature file.
func inFeature(a Action) string {
	return strings.ReplaceAll(strings.ReplaceAll(a.Text, "\n", "\n      And "), "And |", "  |")
}

// Two seeds tell two storms.
func TestSeedsDiffer(t *testing.T) {
	t.Parallel()
	pages, able := book(t), capable(t)
	text := func(seed uint64) string { return string(Feature("", newTeller(pages, seed, able).stories(5)...)) }
	if one := text(1); one == text(2) {
		t.Errorf("the seeds 1 and 2 tell the same:\n%s", one)
	}
}
