package money

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDecimals(t *testing.T) {
	t.Parallel()
	for currency, want := range map[string]int{
		"SGD": 2, "USD": 2, "JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "UGX": 0,
		"KWD": 3, "BHD": 3, "IQD": 3, "TND": 3, "LYD": 3, "OMR": 3, "JOD": 3,
		"IDR": 2, "MNT": 2, "LAK": 2, "PKR": 2, "HUF": 2, "TWD": 2, "MGA": 2, "CLF": 4, "UYW": 4,
	} {
		if got, ok := Decimals(currency); !ok || got != want {
			t.Errorf("%s: %d decimals, known %v; want %d", currency, got, ok, want)
		}
	}
	for _, stranger := range []string{"", "sgd", "XXX", "XTS", "XAU", "DEM", "SG", "SGDX"} {
		if _, ok := Decimals(stranger); ok {
			t.Errorf("%q is taken for an active currency", stranger)
		}
	}
}

func TestTableIsComplete(t *testing.T) {
	t.Parallel()
	codes := Currencies()
	if len(codes) < 160 || !slices.IsSorted(codes) {
		t.Errorf("%d currencies, sorted %v", len(codes), slices.IsSorted(codes))
	}
	words := 0
	for line := range strings.Lines(isoTable) {
		if fields := strings.Fields(line); len(fields) > 0 && fields[0] != "#" {
			words += len(fields) - 1
		}
	}
	if words != len(codes) {
		t.Errorf("%d codes in the file, %d in the table: a line is lost or a code stands twice", words, len(codes))
	}
	for _, code := range codes {
		if len(code) != 3 || strings.ToUpper(code) != code {
			t.Errorf("%q is no currency code", code)
		}
	}
}

func TestParseWire(t *testing.T) {
	t.Parallel()
	tests := []struct {
		currency, value string
		want            int64
		err             error
	}{
		{"SGD", "1", 1, nil},
		{"JPY", "123456789", 123456789, nil},
		{"SGD", "9223372036854775807", math.MaxInt64, nil},
		{"SGD", "9223372036854775808", 0, ErrOverflow},
		{"SGD", strings.Repeat("9", 50), 0, ErrOverflow},
		{"SGD", "0", 0, ErrSyntax},
		{"SGD", "", 0, ErrSyntax},
		{"SGD", "0100", 0, ErrSyntax},
		{"SGD", "+1", 0, ErrSyntax},
		{"SGD", "-1", 0, ErrSyntax},
		{"SGD", "12.34", 0, ErrSyntax},
		{"SGD", "1e5", 0, ErrSyntax},
		{"SGD", "1,000", 0, ErrSyntax},
		{"SGD", " 1", 0, ErrSyntax},
		{"SGD", "١", 0, ErrSyntax},
		{"sgd", "1", 0, ErrCurrency},
		{"", "1", 0, ErrCurrency},
		{"XXX", "1", 0, ErrCurrency},
	}
	for _, test := range tests {
		t.Run(test.currency+" "+test.value, func(t *testing.T) {
			t.Parallel()
			got, err := ParseWire(test.currency, test.value)
			if !errors.Is(err, test.err) || (err == nil && got != Of(test.currency, test.want)) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	if a, err := ParseWireOrZero("SGD", "0"); err != nil || !a.IsZero() {
		t.Errorf("zero: %v, %v", a, err)
	}
	if _, err := ParseWireOrZero("SGD", "00"); !errors.Is(err, ErrSyntax) {
		t.Errorf("00: %v", err)
	}
}

func TestMajorUnits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		currency, text string
		minor          int64
		again          string
	}{
		{"SGD", "12.34", 1234, "12.34"},
		{"SGD", "12.3", 1230, "12.30"},
		{"SGD", "12", 1200, "12.00"},
		{"SGD", "0.05", 5, "0.05"},
		{"SGD", "-0.05", -5, "-0.05"},
		{"JPY", "1000", 1000, "1000"},
		{"KWD", "1.234", 1234, "1.234"},
		{"KWD", "0.005", 5, "0.005"},
		{"CLF", "0.0001", 1, "0.0001"},
	}
	for _, test := range tests {
		got, err := ParseMajor(test.currency, test.text)
		if err != nil || got != Of(test.currency, test.minor) || got.Major() != test.again {
			t.Errorf("%s %s: %v (%s), %v", test.currency, test.text, got.Value, got.Major(), err)
		}
	}
	for _, bad := range []string{"", ".", "1.", ".5", "1.234", "1e3", "1,000.00", "+1", "--1", " 1", "1 ", "NaN", "0x10", "99999999999999999999"} {
		if a, err := ParseMajor("SGD", bad); err == nil {
			t.Errorf("%q became %s", bad, a)
		}
	}
	if _, err := ParseMajor("JPY", "1.0"); !errors.Is(err, ErrSyntax) {
		t.Errorf("JPY has no decimals: %v", err)
	}
	if _, err := ParseMajor("QQQ", "1"); !errors.Is(err, ErrCurrency) {
		t.Errorf("unknown currency: %v", err)
	}
	if got := Of("SGD", math.MinInt64).String(); got != "SGD -92233720368547758.08" {
		t.Errorf("smallest amount: %s", got)
	}
}

func TestSumsThatDoNotExist(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		a, b Amount
		want error
	}{
		{"currencies", Of("SGD", 1), Of("USD", 1), ErrCurrency},
		{"too large", Of("SGD", math.MaxInt64), Of("SGD", 1), ErrOverflow},
		{"too small", Of("SGD", math.MinInt64), Of("SGD", -1), ErrOverflow},
		{"fits", Of("SGD", math.MaxInt64), Of("SGD", 0), nil},
		{"back", Of("SGD", math.MaxInt64), Of("SGD", math.MinInt64), nil},
	}
	for _, test := range tests {
		if _, err := test.a.Add(test.b); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if _, err := Of("SGD", 0).Sub(Of("SGD", math.MinInt64)); !errors.Is(err, ErrOverflow) {
		t.Errorf("negating the smallest: %v", err)
	}
	if _, err := Of("SGD", 0).Cmp(Of("JPY", 0)); !errors.Is(err, ErrCurrency) {
		t.Errorf("comparison: %v", err)
	}
}

func TestArithmeticAgreesWithIntegers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Int64Range(-1<<40, 1<<40).Draw(t, "a")
		b := rapid.Int64Range(-1<<40, 1<<40).Draw(t, "b")
		x, y := Of("EUR", a), Of("EUR", b)
		sum, err := x.Add(y)
		if err != nil || sum.Value != a+b {
			t.Fatalf("sum %v, %v", sum, err)
		}
		back, err := sum.Sub(y)
		if err != nil || back != x {
			t.Fatalf("difference %v, %v", back, err)
		}
		order, err := x.Cmp(y)
		if err != nil || (order < 0) != (a < b) || (order > 0) != (a > b) {
			t.Fatalf("order %d, %v", order, err)
		}
	})
}

func TestTextsRoundTrip(t *testing.T) {
	t.Parallel()
	codes := Currencies()
	rapid.Check(t, func(t *rapid.T) {
		a := Of(rapid.SampledFrom(codes).Draw(t, "currency"), rapid.Int64Min(math.MinInt64+1).Draw(t, "value"))
		parsed, err := ParseMajor(a.Currency, a.Major())
		if err != nil || parsed != a {
			t.Fatalf("major: %v, %v", parsed, err)
		}
		data, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var b Amount
		if err := json.Unmarshal(data, &b); err != nil || b != a {
			t.Fatalf("JSON %s: %v, %v", data, b, err)
		}
	})
}

func TestJSON(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(Of("SGD", 100))
	if err != nil || string(data) != `{"currency":"SGD","value":"100"}` {
		t.Errorf("%s, %v", data, err)
	}
	for _, bad := range []string{
		`{"currency":"SGD","value":100}`, `{"currency":"SGD","value":"1.5"}`, `{"currency":"SGD","value":"01"}`,
		`{"currency":"SGD","value":"--1"}`, `{"currency":"SGD"}`, `"100"`, `[]`,
	} {
		var a Amount
		if err := json.Unmarshal([]byte(bad), &a); err == nil {
			t.Errorf("%s became %v", bad, a)
		}
	}
}
