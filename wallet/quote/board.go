// Package quote prices one currency in another: a board of exact rates, read from data, that hands out
// quotes which hold for a day (mpp-api §3.2, §8.2). It does no I/O and reads no clock.
package quote

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/money"
)

// ErrNoRate says that the board knows no way from one currency to another.
var ErrNoRate = errors.New("no rate")

// significant is how many digits a small price keeps at least.
const significant = 6

// Pair is an ordered pair of currencies: one of First costs so much of Second.
type Pair struct{ First, Second string }

// String writes the pair as the protocol does: SGD/MYR.
func (p Pair) String() string { return p.First + "/" + p.Second }

func (p Pair) inverse() Pair { return Pair{First: p.Second, Second: p.First} }

// price is one price of a pair with the text in which it stands in the data.
type price struct {
	exact *big.Rat
	text  string
}

// Board is what is known about prices. It never changes after Parse.
type Board struct {
	name     string // of the data, for errors
	pivot    string
	decimals int
	prices   map[Pair][]price
}

// Quote fixes the rate from one currency into another for the day (UTC+8) of a time on a timeline. The quote's times are on
// that timeline too: the whole day. Equal currencies need no quote (the zero Quote). ErrNoRate if there is no price.
func (b *Board) Quote(from, to string, at time.Time) (aps.Quote, error) {
	if from == to {
		return aps.Quote{}, nil
	}
	text, err := b.price(Pair{First: from, Second: to}, dayNumber(at))
	if err != nil {
		return aps.Quote{}, err
	}
	start := dayStart(at)
	return aps.Quote{
		ID: start.Format("20060102") + "C0000000", Pair: from + "/" + to, Price: text,
		Start: start.UTC(), Expiry: start.AddDate(0, 0, 1).UTC(),
	}, nil
}

// Convert is Quote with an amount changed at it, rounded as the other currency wants (mpp-api §8.2 A1).
func (b *Board) Convert(amount money.Amount, to string, at time.Time) (money.Amount, aps.Quote, error) {
	q, err := b.Quote(amount.Currency, to, at)
	if err != nil || q.IsZero() {
		return amount, q, err
	}
	rate, err := q.Rate(amount.Currency)
	if err != nil {
		return money.Amount{}, q, err
	}
	converted, err := rate.Convert(amount, money.RoundingOf(to))
	return converted, q, err
}

// Rate is the rate of a quote by itself; false: there is none.
func (b *Board) Rate(from, to string, at time.Time) (money.Rate, bool) {
	q, err := b.Quote(from, to, at)
	if err != nil || q.IsZero() {
		return money.Rate{From: from, To: to, Price: big.NewRat(1, 1)}, err == nil
	}
	rate, err := q.Rate(from)
	return rate, err == nil
}

// Currencies lists every currency that has a price, in alphabetical order.
func (b *Board) Currencies() []string {
	known := map[string]bool{b.pivot: true}
	for p := range b.prices {
		known[p.First], known[p.Second] = true, true
	}
	return slices.Sorted(maps.Keys(known))
}

// price finds the text of a price: the pair's own, its opposite's, or one led through the pivot.
func (b *Board) price(p Pair, day int64) (string, error) {
	if own, ok := b.of(p, day); ok {
		return own.text, nil
	}
	exact, ok := b.step(p.First, p.Second, day)
	if !ok {
		in, inOK := b.step(p.First, b.pivot, day)
		out, outOK := b.step(b.pivot, p.Second, day)
		if !inOK || !outOK {
			return "", b.missing(p)
		}
		exact = new(big.Rat).Mul(in, out)
	}
	return b.print(exact), nil
}

// step is a price that the data has in one of its directions.
func (b *Board) step(from, to string, day int64) (*big.Rat, bool) {
	if from == to {
		return big.NewRat(1, 1), true
	}
	p := Pair{First: from, Second: to}
	if own, ok := b.of(p, day); ok {
		return own.exact, true
	}
	if opposite, ok := b.of(p.inverse(), day); ok {
		return new(big.Rat).Inv(opposite.exact), true
	}
	return nil, false
}

// of is the price of a pair on a day.
func (b *Board) of(p Pair, day int64) (price, bool) {
	list := b.prices[p]
	if len(list) == 0 {
		return price{}, false
	}
	n := int64(len(list))
	return list[(day%n+n)%n], true
}

func (b *Board) missing(p Pair) error {
	for _, currency := range []string{p.First, p.Second} {
		if _, active := money.Decimals(currency); !active {
			return fmt.Errorf("rate %s: %w: %q is not an active ISO 4217 currency", p, money.ErrCurrency, currency)
		}
	}
	return fmt.Errorf("rate %s: %w in %s: add %s, or each of them by the pivot %s", p, ErrNoRate, b.name, p, b.pivot)
}

// print rounds a computed price half up to the board's decimals, or to more where it is small.
func (b *Board) print(exact *big.Rat) string {
	return exact.FloatString(max(b.decimals, significant+leadingZeros(exact)))
}

// leadingZeros counts the zeros between the decimal point and the first other digit of a price.
func leadingZeros(exact *big.Rat) int {
	zeros, tenth := 0, big.NewRat(1, 10)
	for bound := big.NewRat(1, 10); exact.Cmp(bound) < 0 && zeros < 30; zeros++ {
		bound.Mul(bound, tenth)
	}
	return zeros
}

// dayStart is the first moment of a time's day in UTC+8.
func dayStart(at time.Time) time.Time {
	local := at.In(clock.UTC8())
	return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, clock.UTC8())
}

// dayNumber counts the days of UTC+8.
func dayNumber(at time.Time) int64 {
	start := dayStart(at)
	_, offset := start.Zone()
	return (start.Unix() + int64(offset)) / int64(24*time.Hour/time.Second)
}
