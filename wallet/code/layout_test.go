package code

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		digits string
		want   Layout
	}{
		{"251001020123456789012345", Layout{Standard, "25", "251001", "001", "02", "0123456789012345"}},
		{"281006020000000000125733", Layout{Standard, "28", "281006", "006", "02", "0000000000125733"}},
		{"281010897274821897274821", Layout{Other, "28", "281010", "010", "", "897274821897274821"}},
		{"2893612204263667830", Layout{Alipay, "28", "", "", "", "93612204263667830"}},
		{"28123456789012345", Layout{Legacy, "28", "", "", "", "123456789012345"}},
		{"30100102" + strings.Repeat("9", 24), Layout{Long, "30", "301001", "001", "02", strings.Repeat("9", 24)}},
	}
	for _, test := range tests {
		got, err := Split(test.digits)
		if err != nil || got != test.want {
			t.Errorf("%s: %+v, %v; want %+v", test.digits, got, err, test.want)
		}
	}
	if _, err := Split("241001020123456789012345"); !errors.Is(err, ErrInvalid) {
		t.Errorf("a code from 24: %v", err)
	}
}

// The expression is the validator of mpp-api §6.1, word by word.
func TestIssuableIsTheDocumentedExpression(t *testing.T) {
	t.Parallel()
	documented := regexp.MustCompile(`^(?:28\d{15}|28\d{16}|28[0-8]\d{16}|289\d{16}|(?:2[5-9]|30)\d{4}02\d{16})$`)
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`(2[3-9]|3[01])\d{4}(02|\d\d)\d{7,25}`).Draw(t, "digits")
		if got := Issuable(digits); got != documented.MatchString(digits) {
			t.Fatalf("%s (%d digits): issuable %t", digits, len(digits), got)
		}
	})
}

func TestGrouped(t *testing.T) {
	t.Parallel()
	for digits, want := range map[string]string{
		"":                    "",
		"2510":                "2510",
		"25100":               "2510 0",
		"2893612204263667830": "2893 6122 0426 3667 830",
		"251001****2345":      "2510 01** **23 45",
	} {
		if got := Grouped(digits); got != want {
			t.Errorf("%q became %q", digits, got)
		}
	}
}
