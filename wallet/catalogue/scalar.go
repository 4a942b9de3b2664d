package catalogue

import (
	"math/big"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// match says how well a text has a form: exactly, recognisably, or not.
type match int

const (
	exact match = iota
	loose
	wrong
)

// spelling is a form of texts.
type spelling struct {
	expected string
	match    func(text string) match
	pattern  string // the exact form as a regular expression, where one says it
	passing  string // examples
	failing  string
}

func form(k Kind) spelling {
	switch k {
	case Integer:
		return spelling{"a whole number in digits", matchInteger, `^(0|[1-9][0-9]*)$`, "100", "ten"}
	case Decimal:
		return spelling{"a decimal number", matchDecimal, `^[0-9]+(\.[0-9]+)?$`, "1.25", "one"}
	case Boolean:
		return spelling{`"true" or "false"`, matchBoolean, `^(true|false)$`, "true", "yes"}
	case DateTime:
		return spelling{"an ISO 8601 time with offset", matchTime, `^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$`, "2026-01-02T15:04:05+08:00", "yesterday"}
	case URL:
		return spelling{"an absolute http or https address", matchURL, `^https?://[^/\s]+`, "https://example.com/a", "example"}
	case Number:
		return spelling{expected: "a native JSON number"}
	case Flag:
		return spelling{expected: "a native JSON boolean"}
	default:
		return spelling{"a text", matchText, "", "text", "a\x00b"}
	}
}

// formats are the named formats of the data files.
func formats() map[string]*spelling {
	return map[string]*spelling{
		"currency": {"an ISO 4217 code of three capital letters", letters(3), `^[A-Z]{3}$`, "JPY", "YEN1"},
		"region":   {"an ISO 3166-1 code of two capital letters", letters(2), `^[A-Z]{2}$`, "JP", "Japan"},
		"mcc":      {"four digits of ISO 18245", digits(4), `^[0-9]{4}$`, "5411", "grocer"},
	}
}

func grade(isExact, isLoose bool) match {
	switch {
	case isExact:
		return exact
	case isLoose:
		return loose
	default:
		return wrong
	}
}

// matchInteger takes for recognisable what can only mean one whole number: signs, separators, leading
// zeros and fractions of zero.
func matchInteger(s string) match {
	canonical := allDigits(s) && (s == "0" || s[0] != '0')
	plain := strings.NewReplacer(",", "", "_", "", " ", "").Replace(s)
	if len(plain) > 24 || strings.ContainsAny(plain, "/xXbBoOpP") || hugeExponent(plain) {
		return grade(canonical, false)
	}
	n, ok := new(big.Rat).SetString(plain)
	return grade(canonical, ok && n.IsInt() && n.Sign() >= 0)
}

// hugeExponent guards the arithmetic against texts such as 1e999999999.
func hugeExponent(s string) bool {
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return false
	}
	exponent, err := strconv.Atoi(s[i+1:])
	return err != nil || exponent > 18 || exponent < -18
}

func tooSmall(text string, least int64) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && n < least
}

func matchDecimal(s string) match {
	whole, fraction, point := strings.Cut(s, ".")
	plain := allDigits(whole) && (!point || allDigits(fraction))
	_, err := strconv.ParseFloat(s, 64)
	return grade(plain, err == nil)
}

func matchBoolean(s string) match {
	fold := strings.ToLower(s)
	return grade(s == "true" || s == "false", fold == "true" || fold == "false")
}

func matchTime(s string) match {
	if _, err := time.Parse(time.RFC3339, s); err == nil {
		return exact
	}
	for _, layout := range []string{"2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07"} {
		if _, err := time.Parse(layout, s); err == nil {
			return loose
		}
	}
	return grade(false, len(s) == 13 && allDigits(s)) // milliseconds of the official library
}

func matchURL(s string) match {
	u, err := url.Parse(s)
	return grade(err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "", false)
}

func matchText(s string) match { return grade(!strings.ContainsRune(s, 0), false) }

func letters(n int) func(string) match {
	return func(s string) match {
		ok := len(s) == n && strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) }) < 0
		return grade(ok && s == strings.ToUpper(s), ok)
	}
}

func digits(n int) func(string) match {
	return func(s string) match { return grade(len(s) == n && allDigits(s), false) }
}

func allDigits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}
