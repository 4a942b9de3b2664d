// Package money counts money in minor units of ISO 4217 currencies. No float ever touches it:
// rates are exact decimals, and where a division does not come out even the rounding is named.
package money

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// What is wrong with money, for errors.Is.
var (
	ErrCurrency = errors.New("currency")      // unknown, or not the one of the other amount
	ErrSyntax   = errors.New("amount syntax") // not a number of the expected form
	ErrOverflow = errors.New("amount too large")
)

// Amount is a sum in the smallest unit of its currency (SGD 1.00 is 100, JPY 1 is 1).
type Amount struct {
	Value    int64  // minor units
	Currency string // ISO 4217, upper case
}

// Of is a short way to write an amount of minor units.
func Of(currency string, minor int64) Amount { return Amount{Value: minor, Currency: currency} }

// IsZero reports whether the amount is nothing, in whatever currency.
func (a Amount) IsZero() bool { return a.Value == 0 }

// Neg returns the amount with the opposite sign.
func (a Amount) Neg() Amount { return Amount{Value: -a.Value, Currency: a.Currency} }

// Add returns a+b. Both must have the same currency and the sum must fit (ErrCurrency, ErrOverflow).
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, fmt.Errorf("%w: %s and %s cannot be added", ErrCurrency, a.Currency, b.Currency)
	}
	sum := a.Value + b.Value
	if (sum > a.Value) != (b.Value > 0) && b.Value != 0 {
		return Amount{}, fmt.Errorf("%w: %s + %s", ErrOverflow, a, b)
	}
	return Amount{Value: sum, Currency: a.Currency}, nil
}

// Sub returns a-b under the rules of Add.
func (a Amount) Sub(b Amount) (Amount, error) {
	if b.Value == math.MinInt64 {
		return Amount{}, fmt.Errorf("%w: %s - %s", ErrOverflow, a, b)
	}
	return a.Add(b.Neg())
}

// Cmp compares two amounts of one currency: -1, 0 or 1 (ErrCurrency otherwise).
func (a Amount) Cmp(b Amount) (int, error) {
	switch {
	case a.Currency != b.Currency:
		return 0, fmt.Errorf("%w: %s and %s cannot be compared", ErrCurrency, a.Currency, b.Currency)
	case a.Value < b.Value:
		return -1, nil
	case a.Value > b.Value:
		return 1, nil
	}
	return 0, nil
}

// Major writes the value in major units with all decimals of the currency: 12.34, 1000, 0.005.
// An unknown currency counts as one without decimals.
func (a Amount) Major() string {
	n, _ := Decimals(a.Currency)
	magnitude := uint64(a.Value)
	sign := ""
	if a.Value < 0 {
		sign, magnitude = "-", -magnitude
	}
	digits := strconv.FormatUint(magnitude, 10)
	if n == 0 {
		return sign + digits
	}
	if pad := n + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	return sign + digits[:len(digits)-n] + "." + digits[len(digits)-n:]
}

// String writes an amount for people: "SGD 12.34".
func (a Amount) String() string { return a.Currency + " " + a.Major() }

// ParseMajor reads a number of major units ("12.34", "-3", "1000") in a currency. More decimals than the
// currency has are refused, never rounded; so are signs other than a leading minus, separators and exponents.
func ParseMajor(currency, text string) (Amount, error) {
	decimals, err := decimalsOf(currency)
	if err != nil {
		return Amount{}, err
	}
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	if !isDigits(whole) || (point && !isDigits(fraction)) {
		return Amount{}, fmt.Errorf("%w: %q is not a decimal number", ErrSyntax, text)
	}
	if len(fraction) > decimals {
		return Amount{}, fmt.Errorf("%w: %q has %d decimals, %s has %d", ErrSyntax, text, len(fraction), currency, decimals)
	}
	value, err := parseDigits(whole + fraction + strings.Repeat("0", decimals-len(fraction)))
	if err != nil {
		return Amount{}, err
	}
	if negative {
		value = -value
	}
	return Amount{Value: value, Currency: currency}, nil
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// parseDigits reads digits into minor units.
func parseDigits(digits string) (int64, error) {
	var value uint64
	for _, d := range []byte(digits) {
		high, low := bits.Mul64(value, 10)
		value = low + uint64(d-'0')
		if high != 0 || value > math.MaxInt64 {
			return 0, fmt.Errorf("%w: %s", ErrOverflow, digits)
		}
	}
	return int64(value), nil
}
