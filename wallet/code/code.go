// Package code knows the digits of payment codes: the formats that terminals must accept, minting,
// and the masked form for people's eyes (acqp-api §9.1, mpp-api §6.1).
package code

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// What is wrong with a code or a format, for errors.Is.
var (
	ErrInvalid = errors.New("invalid payment code")
	ErrFormat  = errors.New("invalid payment code format")
)

// Lengths that are minted. Terminals accept 16 to 32 digits.
const (
	minLength     = 16
	maxLength     = 32
	defaultLength = 24
)

// issuer is the code issuer (CII) of our wallet without its first two digits, which the format chooses.
const issuer = "1001"

// businessType marks a code of 24 digits as a payment code (BTI).
const businessType = "02"

// Kind is a family of payment codes.
type Kind string

// The families of payment codes.
const (
	Standard Kind = "standard"   // 24 digits: issuer (6), business type 02, user part (16)
	Alipay   Kind = "alipay+"    // 19 digits: 289, ten digits, 6, five digits; routed by Alipay+
	Legacy   Kind = "legacy"     // 17, 18 or 19 digits from 28
	Long     Kind = "long"       // 32 digits, the longest that a terminal must accept
	Other    Kind = "other"      // a legal code of another issuer
	NotACode Kind = "not-a-code" // Validate refuses it
)

// Validate reports whether a terminal must accept the digits as a payment code: 16 to 32
// digits from 25 to 30.
func Validate(digits string) error {
	switch {
	case strings.Trim(digits, "0123456789") != "":
		return fmt.Errorf("%w: other characters than digits", ErrInvalid)
	case len(digits) < minLength || len(digits) > maxLength:
		return fmt.Errorf("%w: %d digits instead of %d to %d", ErrInvalid, len(digits), minLength, maxLength)
	case !startsLegally(digits):
		return fmt.Errorf("%w: starts with %s instead of 25 to 30", ErrInvalid, digits[:2])
	}
	return nil
}

func startsLegally(digits string) bool {
	n, err := strconv.Atoi(digits[:2])
	return err == nil && n >= 25 && n <= 30
}

// Classify tells the family of a code.
func Classify(digits string) Kind {
	if Validate(digits) != nil {
		return NotACode
	}
	switch from28 := strings.HasPrefix(digits, "28"); {
	case len(digits) == 32:
		return Long
	case len(digits) == 24 && digits[6:8] == businessType:
		return Standard
	case len(digits) == 19 && strings.HasPrefix(digits, "289") && digits[13] == '6':
		return Alipay
	case from28 && len(digits) >= 17 && len(digits) <= 19:
		return Legacy
	}
	return Other
}

// Mask hides the middle of a code: the first six and the last four digits stay. Too short texts are hidden whole.
func Mask(digits string) string {
	if len(digits) < minLength {
		return strings.Repeat("*", len(digits))
	}
	return digits[:6] + strings.Repeat("*", len(digits)-10) + digits[len(digits)-4:]
}

// Format is what a minted code shall look like. The zero value is the usual one: 24 digits from 251001.
type Format struct {
	Prefix string // 25 to 30, or a longer start of digits
	Length int    // 17, 18, 19, 24 or 32; 0 is 24
}

// String writes the format as prefix/length, the form that ParseFormat reads.
func (f Format) String() string {
	if f == (Format{}) {
		return ""
	}
	return f.Prefix + "/" + strconv.Itoa(f.length())
}

// Fits reports whether digits have the format; every payment code has the zero one.
func (f Format) Fits(digits string) bool {
	return f == (Format{}) || len(digits) == f.length() && strings.HasPrefix(digits, f.Prefix)
}

func (f Format) length() int {
	if f.Length == 0 {
		return defaultLength
	}
	return f.Length
}

// ParseFormat reads prefix/length, either of which may be empty.
func ParseFormat(text string) (Format, error) {
	prefix, length, found := strings.Cut(text, "/")
	f := Format{Prefix: prefix}
	if found && length != "" {
		n, err := strconv.Atoi(length)
		if err != nil {
			return Format{}, fmt.Errorf("%w: length %q is no number", ErrFormat, length)
		}
		f.Length = n
	}
	return f, f.Check()
}

// Check reports whether codes of the format can be minted.
func (f Format) Check() error {
	switch f.length() {
	case 17, 18, 19, 24, 32:
	default:
		return fmt.Errorf("%w: length %d is none of 17, 18, 19, 24, 32", ErrFormat, f.Length)
	}
	if f.Prefix == "" {
		return nil
	}
	if strings.Trim(f.Prefix, "0123456789") != "" || len(f.Prefix) < 2 || !startsLegally(f.Prefix) {
		return fmt.Errorf("%w: prefix %q is no start of digits from 25 to 30", ErrFormat, f.Prefix)
	}
	if len(f.Prefix) > f.length()-8 {
		return fmt.Errorf("%w: prefix %q leaves too few digits free", ErrFormat, f.Prefix)
	}
	return nil
}

// Mint makes a code of the format with digits drawn from random. Whether it is new is for the caller to see.
func Mint(f Format, random io.Reader) (string, error) {
	if err := f.Check(); err != nil {
		return "", err
	}
	drawn, err := Digits(f.length()-len(f.start()), random)
	if err != nil {
		return "", fmt.Errorf("mint payment code: %w", err)
	}
	digits := []byte(f.start() + drawn)
	if f.length() == 19 && strings.HasPrefix(string(digits), "289") && len(f.Prefix) <= 13 {
		digits[13] = '6' // the form that Alipay+ routes
	}
	return string(digits), nil
}

// start returns the fixed first digits of the format's codes.
func (f Format) start() string {
	if f.length() < defaultLength {
		return f.shortStart()
	}
	start := f.Prefix
	if start == "" {
		start = "25"
	}
	if len(start) < 6 {
		start += issuer[len(start)-2:]
	}
	if len(start) == 6 {
		start += businessType
	}
	return start
}

func (f Format) shortStart() string {
	switch {
	case f.Prefix != "" && f.Prefix != "28":
		return f.Prefix
	case f.length() == 19:
		return "289"
	}
	return "28"
}

// Digits draws evenly distributed digits from random.
func Digits(n int, random io.Reader) (string, error) {
	digits := make([]byte, n)
	for i := range digits {
		d, err := drawDigit(random)
		if err != nil {
			return "", err
		}
		digits[i] = d
	}
	return string(digits), nil
}

// drawDigit takes one evenly distributed digit.
func drawDigit(random io.Reader) (byte, error) {
	var b [1]byte
	for {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return 0, err
		}
		if b[0] < 250 {
			return '0' + b[0]%10, nil
		}
	}
}
