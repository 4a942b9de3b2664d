package catalogue

import (
	"math/big"
	"net/url"
	"strconv"
	"strings"
	"time"
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

// format is a named format of the data files.
func format(name string) (s spelling, known bool) {
	switch name {
	case "currency":
		return spelling{"an ISO 4217 code of three capital letters", matchCurrency, `^[A-Z]{3}$`, "JPY", "YEN1"}, true
	case "region":
		return spelling{"an ISO 3166-1 code of two capital letters", matchRegion, `^[A-Z]{2}$`, "JP", "Japan"}, true
	case "mcc":
		return spelling{"four digits of ISO 18245", matchMCC, `^[0-9]{4}$`, "5411", "grocer"}, true
	default:
		return spelling{}, false
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
	if allDigits(s) && (s == "0" || s[0] != '0') {
		return exact
	}
	plain := strings.NewReplacer(",", "", "_", "", " ", "").Replace(s)
	if len(plain) > 24 || strings.ContainsAny(plain, "/xXbBoOpP") || hugeExponent(plain) {
		return wrong
	}
	n, ok := new(big.Rat).SetString(plain)
	return grade(false, ok && n.IsInt() && n.Sign() >= 0)
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

func matchCurrency(s string) match { return letters(s, 3) }

func matchRegion(s string) match { return letters(s, 2) }

func matchMCC(s string) match { return grade(len(s) == 4 && allDigits(s), false) }

func letters(s string, n int) match {
	if len(s) != n {
		return wrong
	}
	capitals := true
	for i := range n {
		c := s[i] | 0x20
		if c < 'a' || c > 'z' {
			return wrong
		}
		capitals = capitals && c != s[i]
	}
	return grade(capitals, true)
}

func allDigits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}
