package code

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestClassify(t *testing.T) {
	t.Parallel()
	tests := []struct {
		digits string
		want   Kind
	}{
		{"251001020123456789012345", Standard},
		{"281006020000000000125733", Standard},
		{"300000021111111111111111", Standard},
		{"2893612204263667830", Alipay},
		{"2893612204263567830", Legacy}, // 5 instead of 6: not routed by Alipay+
		{"2812345678901234567", Legacy},
		{"28123456789012345", Legacy},
		{"281234567890123456", Legacy},
		{"281010897274821897274821", Other},
		{"2512345678901234", Other},
		{strings.Repeat("28", 16), Long},
		{"241001020123456789012345", NotACode},
		{"311001020123456789012345", NotACode},
		{"251001", NotACode},
		{strings.Repeat("2", 33), NotACode},
		{"25100102012345678901234X", NotACode},
		{"", NotACode},
	}
	for _, test := range tests {
		if got := Classify(test.digits); got != test.want {
			t.Errorf("%s is %s, want %s", test.digits, got, test.want)
		}
		if err := Validate(test.digits); errors.Is(err, ErrInvalid) != (test.want == NotACode) {
			t.Errorf("%s: %v", test.digits, err)
		}
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	for digits, want := range map[string]string{
		"251001020123456789012345": "251001**************2345",
		"28123456789012345":        "281234*******2345",
		"12345":                    "*****",
		"":                         "",
	} {
		if got := Mask(digits); got != want {
			t.Errorf("%s became %s, want %s", digits, got, want)
		}
	}
}

func TestMint(t *testing.T) {
	t.Parallel()
	tests := []struct {
		format Format
		start  string
		length int
		kind   Kind
	}{
		{Format{}, "25100102", 24, Standard},
		{Format{Prefix: "25"}, "25100102", 24, Standard},
		{Format{Prefix: "26"}, "26100102", 24, Standard},
		{Format{Prefix: "27"}, "27100102", 24, Standard},
		{Format{Prefix: "28"}, "28100102", 24, Standard},
		{Format{Prefix: "29", Length: 24}, "29100102", 24, Standard},
		{Format{Prefix: "30"}, "30100102", 24, Standard},
		{Format{Prefix: "281022"}, "28102202", 24, Standard},
		{Format{Prefix: "2810220"}, "2810220", 24, ""},
		{Format{Length: 17}, "28", 17, Legacy},
		{Format{Length: 18}, "28", 18, Legacy},
		{Format{Length: 19}, "289", 19, Alipay},
		{Format{Prefix: "28", Length: 19}, "289", 19, Alipay},
		{Format{Prefix: "285", Length: 19}, "285", 19, Legacy},
		{Format{Prefix: "26", Length: 18}, "26", 18, Other},
		{Format{Length: 32}, "25100102", 32, Long},
		{Format{Prefix: "30", Length: 32}, "30100102", 32, Long},
	}
	for _, test := range tests {
		t.Run(test.format.String(), func(t *testing.T) {
			t.Parallel()
			random := rand.NewChaCha8([32]byte{7})
			seen := make(map[string]bool)
			for range 50 {
				digits, err := Mint(test.format, random)
				if err != nil {
					t.Fatal(err)
				}
				if seen[digits] || !strings.HasPrefix(digits, test.start) || len(digits) != test.length || Validate(digits) != nil {
					t.Fatalf("minted %s", digits)
				}
				if got := Classify(digits); test.kind != "" && got != test.kind {
					t.Fatalf("%s is %s, want %s", digits, got, test.kind)
				}
				seen[digits] = true
			}
		})
	}
}

func TestMintIsDeterministic(t *testing.T) {
	t.Parallel()
	a, errA := Mint(Format{}, rand.NewChaCha8([32]byte{9}))
	b, errB := Mint(Format{}, rand.NewChaCha8([32]byte{9}))
	if a != b || errA != nil || errB != nil {
		t.Errorf("%s (%v) and %s (%v) from the same digits", a, errA, b, errB)
	}
	if _, err := Mint(Format{}, bytes.NewReader([]byte{1, 255, 2})); !errors.Is(err, io.EOF) {
		t.Errorf("a source that runs dry: %v", err)
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "25/24", "289/19", "/32", "30/17"} {
		f, err := ParseFormat(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if got := f.String(); got != text {
			t.Errorf("%q is written %q", text, got)
		}
	}
	if f, err := ParseFormat("26"); err != nil || f.String() != "26/24" {
		t.Errorf("prefix alone: %v, %v", f, err)
	}
	for _, text := range []string{"24/24", "31/24", "2", "2x/24", "25/20", "25/x", "25/0x", "123456789012345678901234/24"} {
		if _, err := ParseFormat(text); !errors.Is(err, ErrFormat) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
