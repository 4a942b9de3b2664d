package money

import (
	"fmt"
	"math/big"
	"strings"
)

// Rounding says what happens to the half of a minor unit.
type Rounding int

// The roundings in use (mpp-api §8.2, acqp-api §1.5).
const (
	HalfUp       Rounding = iota // halves away from zero; the rule for all currencies but IDR
	HalfEven                     // halves to the even neighbour (banker's rounding)
	HalfEvenHund                 // halves to the even neighbour in whole hundreds: the rule for IDR, whose last two digits are always 00
)

// RoundingOf returns the rounding that the protocol prescribes for a currency.
func RoundingOf(currency string) Rounding {
	if currency == "IDR" {
		return HalfEvenHund
	}
	return HalfUp
}

// Rate is an exact exchange rate between major units: 1 unit of From costs Price units of To.
type Rate struct {
	From, To string
	Price    *big.Rat
}

// ParseRate reads a rate whose price is a decimal text such as "3.33055347".
func ParseRate(from, to, price string) (Rate, error) {
	whole, fraction, point := strings.Cut(price, ".")
	if !isDigits(whole) || (point && !isDigits(fraction)) || len(price) > 40 {
		return Rate{}, fmt.Errorf("rate %s/%s: %w: %q is not a decimal number", from, to, ErrSyntax, price)
	}
	r, ok := new(big.Rat).SetString(price)
	if !ok || r.Sign() <= 0 {
		return Rate{}, fmt.Errorf("rate %s/%s: %w: %q is not a positive decimal", from, to, ErrSyntax, price)
	}
	return Rate{From: from, To: to, Price: r}, nil
}

// Inverse returns the rate in the other direction, exactly.
func (r Rate) Inverse() Rate {
	return Rate{From: r.To, To: r.From, Price: new(big.Rat).Inv(r.Price)}
}

// Convert turns an amount of From into To: value × price, scaled by the difference in
// decimals, then rounded once (mpp-api §8.2 A1, A3).
func (r Rate) Convert(a Amount, rounding Rounding) (Amount, error) {
	if a.Currency != r.From {
		return Amount{}, fmt.Errorf("%w: a rate %s/%s cannot convert %s", ErrCurrency, r.From, r.To, a.Currency)
	}
	from, err := decimalsOf(r.From)
	if err != nil {
		return Amount{}, err
	}
	to, err := decimalsOf(r.To)
	if err != nil {
		return Amount{}, err
	}
	exact := new(big.Rat).Mul(new(big.Rat).SetInt64(a.Value), r.Price)
	exact.Mul(exact, powerOfTen(to-from))
	return round(exact, r.To, rounding)
}

func powerOfTen(n int) *big.Rat {
	if n < 0 {
		return new(big.Rat).Inv(powerOfTen(-n))
	}
	return new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil))
}

// round brings an exact number of minor units to an amount.
func round(exact *big.Rat, currency string, rounding Rounding) (Amount, error) {
	step := int64(1)
	if rounding == HalfEvenHund {
		step = 100
	}
	scaled := new(big.Rat).Quo(exact, new(big.Rat).SetInt64(step))
	n := nearest(scaled, rounding)
	n.Mul(n, big.NewInt(step))
	if !n.IsInt64() {
		return Amount{}, fmt.Errorf("%w: %s %s", ErrOverflow, currency, n)
	}
	return Amount{Value: n.Int64(), Currency: currency}, nil
}

// nearest rounds to an integer; only an exact half asks for the rule.
func nearest(x *big.Rat, rounding Rounding) *big.Int {
	magnitude := new(big.Rat).Abs(x)
	n, rest := new(big.Int).QuoRem(magnitude.Num(), magnitude.Denom(), new(big.Int))
	up := false
	switch rest.Lsh(rest, 1).Cmp(magnitude.Denom()) {
	case 1:
		up = true
	case 0:
		up = rounding == HalfUp || n.Bit(0) == 1
	}
	if up {
		n.Add(n, big.NewInt(1))
	}
	if x.Sign() < 0 {
		n.Neg(n)
	}
	return n
}

// Portion returns whole × part / of, rounded. of must be positive.
func Portion(whole Amount, part, of int64, rounding Rounding) (Amount, error) {
	if of <= 0 {
		return Amount{}, fmt.Errorf("%w: a portion of %d parts", ErrSyntax, of)
	}
	exact := new(big.Rat).Mul(new(big.Rat).SetInt64(whole.Value), big.NewRat(part, of))
	return round(exact, whole.Currency, rounding)
}

// NextPortion returns the share of whole that belongs to the next part, after done parts out of
// of have been given: successive shares always sum to the share of their sum, and all of them
// to the whole. With it partial refunds never give back more or less than was paid.
func NextPortion(whole Amount, done, part, of int64, rounding Rounding) (Amount, error) {
	before, err := cumulated(whole, done, of, rounding)
	if err != nil {
		return Amount{}, err
	}
	after, err := cumulated(whole, done+part, of, rounding)
	if err != nil {
		return Amount{}, err
	}
	return after.Sub(before)
}

// cumulated is Portion, except that all parts together are the whole, whatever the rounding.
func cumulated(whole Amount, part, of int64, rounding Rounding) (Amount, error) {
	if part == of {
		return whole, nil
	}
	return Portion(whole, part, of, rounding)
}

// DuePortion returns what the next part of whole must be so that it and what has been given already are together the share
// of upTo out of of. It is NextPortion for parts that may be withdrawn again: whatever was given and taken back
// meanwhile, the parts never exceed the whole, none is negative, and when upTo reaches of they sum to the whole.
func DuePortion(whole, given Amount, upTo, of int64, rounding Rounding) (Amount, error) {
	due, err := cumulated(whole, upTo, of, rounding)
	if err != nil {
		return Amount{}, err
	}
	next, err := due.Sub(given)
	if err != nil {
		return Amount{}, err
	}
	next.Value = max(next.Value, 0)
	return next, nil
}

// Split divides an amount in proportion to weights. The shares sum exactly to the whole and
// each differs from its exact share by at most one minor unit. Weights must not be negative, and one must be positive.
func Split(whole Amount, weights []int64) ([]Amount, error) {
	var total, done int64
	for _, w := range weights {
		if w < 0 || total+w < total {
			return nil, fmt.Errorf("%w: weights %v", ErrSyntax, weights)
		}
		total += w
	}
	if total == 0 {
		return nil, fmt.Errorf("%w: nothing to split %s by", ErrSyntax, whole)
	}
	shares := make([]Amount, 0, len(weights))
	for _, w := range weights {
		share, err := NextPortion(whole, done, w, total, HalfUp)
		if err != nil {
			return nil, err
		}
		shares = append(shares, share)
		done += w
	}
	return shares, nil
}
