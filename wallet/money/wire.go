package money

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// wire is an amount as it travels, also in our own journal and control API.
type wire struct {
	Currency string `json:"currency"`
	Value    string `json:"value"`
}

// ParseWire reads the two members of an amount of the protocol: currency of ISO 4217 in upper case,
// value a natural number of minor units, digits only, at least 1, no leading zero (acqp-api §1.5).
func ParseWire(currency, value string) (Amount, error) {
	a, err := ParseWireOrZero(currency, value)
	if err == nil && a.Value == 0 {
		return Amount{}, fmt.Errorf("%w: the value must be at least 1", ErrSyntax)
	}
	return a, err
}

// ParseWireOrZero is ParseWire for the places where 0 means "not known" (consultPayment).
func ParseWireOrZero(currency, value string) (Amount, error) {
	if _, err := decimalsOf(currency); err != nil {
		return Amount{}, err
	}
	v, err := parseNatural(value)
	if err != nil {
		return Amount{}, err
	}
	return Amount{Value: v, Currency: currency}, nil
}

func parseNatural(value string) (int64, error) {
	if !isDigits(value) {
		return 0, fmt.Errorf("%w: %q is not a natural number in digits", ErrSyntax, value)
	}
	if len(value) > 1 && value[0] == '0' {
		return 0, fmt.Errorf("%w: %q has a leading zero", ErrSyntax, value)
	}
	return parseDigits(value)
}

// MarshalJSON writes {"currency":"SGD","value":"100"}, the value in minor units as text. Our own
// records also hold zero and negative amounts (ledger postings); the protocol's never are.
func (a Amount) MarshalJSON() ([]byte, error) {
	return json.Marshal(wire{Currency: a.Currency, Value: strconv.FormatInt(a.Value, 10)})
}

// UnmarshalJSON reads what MarshalJSON writes: a string of digits without leading zeros, with a
// minus sign if negative. Messages of the protocol are read with ParseWire, which is stricter.
func (a *Amount) UnmarshalJSON(data []byte) error {
	var w wire
	if err := json.Unmarshal(data, &w); err != nil {
		return fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	digits, negative := strings.CutPrefix(w.Value, "-")
	value, err := parseNatural(digits)
	if err != nil {
		return err
	}
	if negative {
		value = -value
	}
	*a = Amount{Value: value, Currency: w.Currency}
	return nil
}
