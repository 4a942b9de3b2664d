package emv

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"mppsim/wallet/money"
)

//go:embed currencies.txt
var currencyText string

// numbers reads the embedded table once; the result is never written again.
var numbers = sync.OnceValue(func() map[string]string {
	table := make(map[string]string)
	for line := range strings.Lines(currencyText) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		for i := 0; i+1 < len(fields); i += 2 {
			table[fields[i]] = fields[i+1]
		}
	}
	return table
})

// Numeric returns the numeric code of an active currency (SGD: 702) and whether there is one.
func Numeric(currency string) (string, bool) {
	n, ok := numbers()[currency]
	return n, ok
}

// Alphabetic returns the letters of a numeric currency code (702: SGD) and whether there are any.
func Alphabetic(numeric string) (string, bool) {
	for letters, n := range numbers() {
		if n == numeric {
			return letters, true
		}
	}
	return "", false
}

// Amount returns the amount and currency that a code asks for, and false for a code without amount, whose payer
// enters it. An amount that is none is an error that names the tag (ErrInvalid).
func (p Payload) Amount() (money.Amount, bool, error) {
	text, found := p.Get(TagAmount)
	if !found {
		return money.Amount{}, false, nil
	}
	number, _ := p.Get(TagCurrency)
	currency, known := Alphabetic(number)
	if !known {
		return money.Amount{}, false, fmt.Errorf("%w: tag 53: %q is no active currency", ErrInvalid, number)
	}
	amount, err := money.ParseMajor(currency, strings.TrimSuffix(text, "."))
	if err != nil || amount.Value < 0 || strings.HasPrefix(text, "-") {
		return money.Amount{}, false, fmt.Errorf("%w: tag 54: %q is no amount of %s", ErrInvalid, text, currency)
	}
	return amount, true, nil
}

// AmountObjects returns the objects 53 and 54 that ask for an amount (ErrInvalid).
func AmountObjects(a money.Amount) ([]Object, error) {
	number, known := Numeric(a.Currency)
	if !known || a.Value <= 0 {
		return nil, fmt.Errorf("%w: tag 54: %s is no amount to pay", ErrInvalid, a)
	}
	return []Object{{TagCurrency, number}, {TagAmount, a.Major()}}, nil
}

// Check tells whether everything is there that a merchant's code must have: account information, category,
// currency, country, name and city. The error names the first tag that is wrong (ErrInvalid).
func (p Payload) Check() error {
	if !p.hasAccount() {
		return fmt.Errorf("%w: none of the tags 02 to 51, no merchant account", ErrInvalid)
	}
	if v, found := p.Get(TagInitiation); found && v != "11" && v != "12" {
		return fmt.Errorf("%w: tag 01: %q instead of 11 or 12", ErrInvalid, v)
	}
	for _, rule := range []struct {
		tag, want string
		right     func(string) bool
	}{
		{TagCategory, "four digits", func(v string) bool { return len(v) == 4 && isDigits(v) }},
		{TagCurrency, "the number of a currency", func(v string) bool { _, ok := Alphabetic(v); return ok }},
		{TagCountry, "two capital letters", func(v string) bool { return len(v) == 2 && strings.Trim(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" }},
		{TagName, "1 to 25 characters", func(v string) bool { return utf8.RuneCountInString(v) <= 25 }},
		{TagCity, "1 to 15 characters", func(v string) bool { return utf8.RuneCountInString(v) <= 15 }},
	} {
		if v, found := p.Get(rule.tag); !found || !rule.right(v) {
			return fmt.Errorf("%w: tag %s: %q instead of %s", ErrInvalid, rule.tag, v, rule.want)
		}
	}
	_, _, err := p.Amount()
	return err
}

func (p Payload) hasAccount() bool {
	for _, o := range p {
		if o.Tag >= "02" && o.Tag <= "51" {
			return true
		}
	}
	return false
}
