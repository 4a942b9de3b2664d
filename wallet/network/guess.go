package network

import (
	"context"
	"time"

	"mppsim/wallet/store"
)

// A wallet user who asked about so many codes that are none within a span has to wait before the next question: the
// frequency of parsing codes is to be limited (mpp-api §9.3). The documents name no numbers; these are ours.
const (
	mostGuesses = 10
	guessSpan   = time.Minute
)

// guesses are when a user asked about codes that are none, oldest first, on the user's timeline.
func guesses() store.Table[[]time.Time] { return store.Table[[]time.Time]{Name: "network.guess"} }

// recentGuesses are those that still count.
func (n *Network) recentGuesses(tx store.Tx, h Holder) (recent []time.Time, err error) {
	list, _, err := guesses().Get(tx, h.CustomerID)
	now := n.lines.of(h.Timeline).Clock.Now()
	for _, at := range list {
		if now.Sub(at) < guessSpan {
			recent = append(recent, at)
		}
	}
	return recent, err
}

// guessesTooOften reports whether a user has to wait.
func (n *Network) guessesTooOften(ctx context.Context, h Holder) (tooOften bool, err error) {
	err = n.store.View(ctx, func(tx store.Tx) error {
		recent, err := n.recentGuesses(tx, h)
		tooOften = len(recent) >= mostGuesses
		return err
	})
	return tooOften, err
}

// noteGuess counts a question about a code that is none.
func (n *Network) noteGuess(ctx context.Context, h Holder) error {
	return n.store.Update(context.WithoutCancel(ctx), func(tx store.Tx) error {
		recent, err := n.recentGuesses(tx, h)
		if err != nil {
			return err
		}
		return guesses().Put(tx, h.CustomerID, append(recent, n.lines.of(h.Timeline).Clock.Now()))
	})
}
