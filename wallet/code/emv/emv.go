// Package emv builds and parses merchant-presented QR codes of EMVCo: data objects of a tag, a length and a value, the
// last of which is a CRC-16/CCITT-FALSE (mpp-api §7.2).
package emv

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ErrInvalid is in every error about a code, for errors.Is. The text names the tag.
var ErrInvalid = errors.New("invalid EMV code")

// Tags that this package treats in a special way, and those that builders of payment codes need.
const (
	TagFormat     = "00" // payload format indicator: always first, always 01
	TagInitiation = "01" // point of initiation: 11 static, 12 dynamic
	TagCategory   = "52" // merchant category code, four digits
	TagCurrency   = "53" // numeric ISO 4217
	TagAmount     = "54" // major units with a point
	TagCountry    = "58" // ISO 3166-1, two letters
	TagName       = "59" // merchant name, up to 25 characters
	TagCity       = "60" // merchant city, up to 15 characters
	TagAdditional = "62" // template of labels and references
	TagCRC        = "63" // checksum over everything up to and with 6304: always last
)

// longest is the greatest length of a whole code in characters.
const longest = 512

// Object is one data object.
type Object struct {
	Tag   string // two digits
	Value string
}

// Payload is a list of data objects in their order: a whole code, or the inside of a template.
type Payload []Object

// Parse reads a code: the format must be first, the checksum last and right, and no tag may occur twice.
// Whether a merchant's data are complete is Check's question (ErrInvalid).
func Parse(text string) (Payload, error) {
	if n := utf8.RuneCountInString(text); n > longest || !utf8.ValidString(text) {
		return nil, fmt.Errorf("%w: %d characters of UTF-8 instead of up to %d", ErrInvalid, n, longest)
	}
	p, err := parse(text, "")
	if err != nil {
		return nil, err
	}
	if p[0] != (Object{TagFormat, "01"}) {
		return nil, fmt.Errorf("%w: tag %s with value %q is first instead of tag 00 with value 01", ErrInvalid, p[0].Tag, p[0].Value)
	}
	return p, checkCRC(text, p[len(p)-1])
}

// ParseTemplate reads the inside of a template, which has no checksum. The errors name its tags below the template's (ErrInvalid).
func ParseTemplate(template Object) (Payload, error) {
	return parse(template.Value, template.Tag+".")
}

func checkCRC(text string, last Object) error {
	if last.Tag != TagCRC || len(last.Value) != 4 {
		return fmt.Errorf("%w: tag %s is last instead of the checksum, tag 63 with 4 characters", ErrInvalid, last.Tag)
	}
	want := checksum(text[:len(text)-4])
	if !strings.EqualFold(last.Value, want) {
		return fmt.Errorf("%w: tag 63: checksum %s instead of %s", ErrInvalid, last.Value, want)
	}
	return nil
}

func parse(text, path string) (Payload, error) {
	rest := []rune(text)
	if len(rest) == 0 {
		return nil, fmt.Errorf("%w: %sno data objects", ErrInvalid, within(path))
	}
	var p Payload
	for len(rest) > 0 {
		o, after, err := next(rest, path)
		if err != nil {
			return nil, err
		}
		if _, twice := p.Get(o.Tag); twice {
			return nil, fmt.Errorf("%w: tag %s%s occurs twice", ErrInvalid, path, o.Tag)
		}
		p, rest = append(p, o), after
	}
	return p, nil
}

func within(path string) string {
	if path == "" {
		return ""
	}
	return "tag " + strings.TrimSuffix(path, ".") + ": "
}

// next takes one object off the text.
func next(text []rune, path string) (Object, []rune, error) {
	if len(text) < 4 {
		return Object{}, nil, fmt.Errorf("%w: %s%q is left over, too short for a tag and a length", ErrInvalid, within(path), string(text))
	}
	tag, length := string(text[:2]), string(text[2:4])
	if !isDigits(tag) {
		return Object{}, nil, fmt.Errorf("%w: %stag %q is no two digits", ErrInvalid, within(path), tag)
	}
	n, err := strconv.Atoi(length)
	switch {
	case err != nil || !isDigits(length) || n == 0:
		return Object{}, nil, fmt.Errorf("%w: tag %s%s: length %q instead of 01 to 99", ErrInvalid, path, tag, length)
	case len(text) < 4+n:
		return Object{}, nil, fmt.Errorf("%w: tag %s%s: %d characters are announced, %d are left", ErrInvalid, path, tag, n, len(text)-4)
	}
	return Object{tag, string(text[4 : 4+n])}, text[4+n:], nil
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// Get returns the value of a tag and whether the tag is there.
func (p Payload) Get(tag string) (string, bool) {
	i := slices.IndexFunc(p, func(o Object) bool { return o.Tag == tag })
	if i < 0 {
		return "", false
	}
	return p[i].Value, true
}

// Find returns the value at a path of tags such as 26.00, and whether it is there.
func (p Payload) Find(path string) (string, bool) {
	tag, rest, deeper := strings.Cut(path, ".")
	value, found := p.Get(tag)
	if !found || !deeper {
		return value, found
	}
	inside, err := ParseTemplate(Object{tag, value})
	if err != nil {
		return "", false
	}
	return inside.Find(rest)
}

// String writes the objects one after another, without checking them.
func (p Payload) String() string {
	var b strings.Builder
	for _, o := range p {
		fmt.Fprintf(&b, "%s%02d%s", o.Tag, utf8.RuneCountInString(o.Value), o.Value)
	}
	return b.String()
}

// Template makes an object of objects (ErrInvalid).
func Template(tag string, inside ...Object) (Object, error) {
	o := Object{Tag: tag, Value: Payload(inside).String()}
	if err := check(inside, tag+"."); err != nil {
		return Object{}, err
	}
	return o, check(Payload{o}, "")
}

// Build writes a code: the format first, the objects in their order, the checksum last (ErrInvalid).
func Build(objects ...Object) (string, error) {
	for _, o := range objects {
		if o.Tag == TagFormat || o.Tag == TagCRC {
			return "", fmt.Errorf("%w: tag %s is not given, it is made", ErrInvalid, o.Tag)
		}
	}
	p := append(Payload{{TagFormat, "01"}}, objects...)
	if err := check(p, ""); err != nil {
		return "", err
	}
	text := p.String() + TagCRC + "04"
	text += checksum(text)
	if n := utf8.RuneCountInString(text); n > longest {
		return "", fmt.Errorf("%w: %d characters instead of up to %d", ErrInvalid, n, longest)
	}
	return text, nil
}

// check refuses objects that could not be read again.
func check(p Payload, path string) error {
	seen := make(map[string]bool)
	for _, o := range p {
		n := utf8.RuneCountInString(o.Value)
		switch {
		case len(o.Tag) != 2 || !isDigits(o.Tag):
			return fmt.Errorf("%w: tag %q is no two digits", ErrInvalid, path+o.Tag)
		case n < 1 || n > 99 || !utf8.ValidString(o.Value):
			return fmt.Errorf("%w: tag %s%s: %d characters of UTF-8 instead of 1 to 99", ErrInvalid, path, o.Tag, n)
		case seen[o.Tag]:
			return fmt.Errorf("%w: tag %s%s occurs twice", ErrInvalid, path, o.Tag)
		}
		seen[o.Tag] = true
	}
	return nil
}
