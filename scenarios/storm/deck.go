package storm

import (
	"math/rand/v2"
	"slices"
)

// deck holds one card for each unit of an action's weight. Cards are dealt at random; when none is left that could be dealt
// now, those are back, and after as many deals as there are cards a new round begins with all of them. So what is possible,
// and what seldom is, comes up about as often as it should in a short storm, too, where chance alone would leave out, now
// and then, what has a small share.
type deck struct {
	weights, left []int
	dealt         int // in this round
	cards         int
}

func newDeck(list []Action) *deck {
	d := &deck{weights: make([]int, len(list))}
	for i, a := range list {
		d.weights[i] = max(a.Weight, 1)
		d.cards += d.weights[i]
	}
	d.left = slices.Clone(d.weights)
	return d
}

// deal takes a card that is possible now, and returns its place in the list; -1 when none is.
func (d *deck) deal(dice *rand.Rand, possible func(int) bool) int {
	open := make([]int, 0, len(d.left))
	for i := range d.left {
		if possible(i) {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return -1
	}
	if d.dealt == d.cards {
		copy(d.left, d.weights)
		d.dealt = 0
	}
	if d.count(open) == 0 {
		for _, i := range open {
			d.left[i] = d.weights[i]
		}
	}
	d.dealt++
	at := dice.IntN(d.count(open))
	i := slices.IndexFunc(open, func(i int) bool {
		at -= d.left[i]
		return at < 0
	})
	d.left[open[i]]--
	return open[i]
}

// count is how many cards of some actions are left.
func (d *deck) count(places []int) int {
	sum := 0
	for _, i := range places {
		sum += d.left[i]
	}
	return sum
}
