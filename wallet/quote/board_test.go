package quote_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mppsim/wallet/clock"
	"mppsim/wallet/money"
	"mppsim/wallet/quote"
)

// noon of 18 October 2024 in UTC+8.
func noon() time.Time { return time.Date(2024, 10, 18, 12, 0, 0, 0, clock.UTC8()) }

func board(t testing.TB, text string) *quote.Board {
	t.Helper()
	b, err := quote.Parse("rates.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func builtIn(t testing.TB) *quote.Board {
	t.Helper()
	b, err := quote.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The conversions that were recorded in the sandbox (mpp-api §8.2), made from quotes.
func TestRecordedConversionsFromQuotes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pair, price string
		value, want int64
	}{
		{"SGD/MYR", "3.33055347", 500, 1665},
		{"SGD/MYR", "3.36297775", 1000, 3363},
		{"SGD/MYR", "3.34447975", 2000, 6689},
		{"SGD/MYR", "3.33997110", 1000, 3340},
		{"SGD/MYR", "3.32662635", 1000, 3327},
		{"HKD/MYR", "0.57785649", 2000, 1156},
		{"HKD/MYR", "0.58641810", 1000, 586},
		{"USD/MYR", "4.54446915", 1000, 4544},
		{"USD/MYR", "4.56233076", 1000, 4562},
		{"JPY/KRW", "10", 100, 1000},
	}
	for _, test := range tests {
		t.Run(test.pair+" "+test.price, func(t *testing.T) {
			t.Parallel()
			from, to, _ := strings.Cut(test.pair, "/")
			b := board(t, "pivot: USD\nprices: {"+test.pair+": "+test.price+"}")
			got, q, err := b.Convert(money.Of(from, test.value), to, noon())
			if err != nil || got != money.Of(to, test.want) {
				t.Errorf("%v, %v; want %d", got, err, test.want)
			}
			if q.Price != test.price || q.Pair != test.pair {
				t.Errorf("quote %+v", q)
			}
		})
	}
}

func TestQuoteHoldsForItsDay(t *testing.T) {
	t.Parallel()
	b := board(t, "pivot: USD\nprices: {SGD/MYR: [3.1, 3.2], USD/MYR: 4.5}")
	at := time.Date(2024, 10, 17, 16, 30, 0, 0, time.UTC) // 00:30 of the 18th in UTC+8
	first, err := b.Quote("SGD", "MYR", at)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2024, 10, 18, 0, 0, 0, 0, clock.UTC8())
	if first.ID != "20241018C0000000" || !first.Start.Equal(start) || !first.Expiry.Equal(start.AddDate(0, 0, 1)) {
		t.Errorf("quote %+v", first)
	}
	if same, _ := b.Quote("SGD", "MYR", at.Add(23*time.Hour)); same != first {
		t.Errorf("later on the day %+v", same)
	}
	next, _ := b.Quote("SGD", "MYR", at.Add(24*time.Hour))
	if next.ID != "20241019C0000000" || next.Price == first.Price {
		t.Errorf("the day after %+v", next)
	}
	if again, _ := b.Quote("SGD", "MYR", at.Add(48*time.Hour)); again.Price != first.Price {
		t.Errorf("two prices take turns, but the third day has %s", again.Price)
	}
	if other, _ := b.Quote("USD", "MYR", at); other.ID != first.ID || other.Pair == first.Pair {
		t.Errorf("one id covers the pairs of a day: %+v", other)
	}
	if before, err := b.Quote("SGD", "MYR", time.Unix(-86400, 0)); err != nil || before.Price == "" {
		t.Errorf("before 1970: %+v, %v", before, err)
	}
}

func TestWaysToAPrice(t *testing.T) {
	t.Parallel()
	b := board(t, `
pivot: USD
prices:
  USD/SGD: 1.25
  USD/MYR: 4.00
  USD/IDR: 16000
  USD/KWD: 0.31
  SGD/JPY: 112.5
`)
	tests := []struct{ from, to, want string }{
		{"USD", "SGD", "1.25"},         // as it stands
		{"SGD", "USD", "0.80000000"},   // the opposite
		{"SGD", "MYR", "3.20000000"},   // through the pivot
		{"MYR", "SGD", "0.31250000"},   // and back
		{"JPY", "SGD", "0.00888889"},   // rounded half up
		{"IDR", "KWD", "0.0000193750"}, // six significant digits
		{"IDR", "USD", "0.0000625000"},
	}
	for _, test := range tests {
		q, err := b.Quote(test.from, test.to, noon())
		if err != nil || q.Price != test.want {
			t.Errorf("%s/%s: %q, %v; want %s", test.from, test.to, q.Price, err, test.want)
		}
		if rate, ok := b.Rate(test.from, test.to, noon()); !ok || rate.From != test.from || rate.To != test.to || rate.Price.FloatString(10) != exact(test.want) {
			t.Errorf("%s/%s as a rate: %+v, %v", test.from, test.to, rate, ok)
		}
	}
	if _, err := b.Quote("JPY", "MYR", noon()); !errors.Is(err, quote.ErrNoRate) || !strings.Contains(err.Error(), "rates.yaml") {
		t.Errorf("no way to the pivot: %v", err)
	}
	if _, err := b.Quote("SGD", "XYZ", noon()); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("no currency: %v", err)
	}
	if _, ok := b.Rate("JPY", "MYR", noon()); ok {
		t.Error("a rate that there is not")
	}
	if rate, ok := b.Rate("SGD", "SGD", noon()); !ok || rate.Price.Cmp(big.NewRat(1, 1)) != 0 {
		t.Errorf("one currency as a rate: %+v, %v", rate, ok)
	}
	if q, err := b.Quote("SGD", "SGD", noon()); err != nil || !q.IsZero() {
		t.Errorf("one currency: %+v, %v", q, err)
	}
	if a, q, err := b.Convert(money.Of("SGD", 7), "SGD", noon()); err != nil || !q.IsZero() || a != money.Of("SGD", 7) {
		t.Errorf("one currency: %v, %+v, %v", a, q, err)
	}
}

// exact writes a price with ten decimals.
func exact(price string) string {
	r, _ := new(big.Rat).SetString(price)
	return r.FloatString(10)
}

func TestRupiahAreWholeHundreds(t *testing.T) {
	t.Parallel()
	b := board(t, "pivot: USD\nprices: {USD/IDR: 15892.5}")
	for value, want := range map[int64]int64{100: 1589200, 300: 4767800, 1: 15900} {
		got, _, err := b.Convert(money.Of("USD", value), "IDR", noon())
		if err != nil || got.Value != want {
			t.Errorf("USD %d: %v, %v; want %d", value, got, err, want)
		}
	}
}

// Whatever pair the built-in board quotes, the price can be read back, both directions agree to their last digit, and an
// amount changed there and back is what it was, up to the rounding of both steps.
func TestBuiltInBoard(t *testing.T) {
	t.Parallel()
	b := builtIn(t)
	currencies := b.Currencies()
	if len(currencies) < 45 {
		t.Fatalf("only %d currencies", len(currencies))
	}
	for _, code := range currencies {
		if _, ok := money.Decimals(code); !ok {
			t.Errorf("%s is no active currency", code)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.SampledFrom(currencies).Draw(t, "from")
		to := rapid.SampledFrom(currencies).Draw(t, "to")
		if from == to {
			return
		}
		at := noon().AddDate(0, 0, rapid.IntRange(-400, 400).Draw(t, "day"))
		q, err := b.Quote(from, to, at)
		if err != nil {
			t.Fatal(err)
		}
		there, err := q.Rate(from)
		if err != nil || len(q.ID) != 16 || len(q.Pair) != 7 || strings.ContainsAny(q.Price, "eE-+") {
			t.Fatalf("%+v, %v", q, err)
		}
		back, err := b.Quote(to, from, at)
		if err != nil {
			t.Fatal(err)
		}
		opposite, err := back.Rate(to)
		if err != nil {
			t.Fatal(err)
		}
		product := new(big.Rat).Mul(there.Price, opposite.Price)
		if off := product.Sub(product, big.NewRat(1, 1)).Abs(product); off.Cmp(big.NewRat(1, 50_000)) > 0 {
			t.Fatalf("%s × %s is off by %s", q.Price, back.Price, off.FloatString(9))
		}
	})
}

func TestBoardsThatAreRefused(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"no mapping", "- USD", "want the keys"},
		{"empty", "", "want the keys"},
		{"no yaml", "a: [", "rates.yaml"},
		{"no pivot", "prices: {USD/SGD: 1}", "pivot is missing"},
		{"no prices", "pivot: USD", "prices is missing"},
		{"prices empty", "pivot: USD\nprices: {}", "prices is missing"},
		{"prices a list", "pivot: USD\nprices: [1]", "want lines such as"},
		{"pivot unknown", "pivot: usd", `rates.yaml:1: pivot: "usd" is not an active`},
		{"currency unknown", "pivot: USD\nprices:\n  USD/XYZ: 1", `prices.USD/XYZ (line 3): pair: "XYZ"`},
		{"no pair", "pivot: USD\nprices:\n  USD: 1", "two different currencies"},
		{"one currency", "pivot: USD\nprices: {USD/USD: 1}", "two different currencies"},
		{"pair twice", "pivot: USD\nprices:\n  USD/SGD: 1\n  USD/SGD: 2", "twice"},
		{"price negative", "pivot: USD\nprices: {USD/SGD: -1}", "not a decimal"},
		{"price zero", "pivot: USD\nprices: {USD/SGD: 0}", "not a positive decimal"},
		{"price in exponents", "pivot: USD\nprices: {USD/SGD: 1e3}", "not a decimal"},
		{"price a mapping", "pivot: USD\nprices: {USD/SGD: {a: 1}}", "want a price"},
		{"no price in the list", "pivot: USD\nprices: {USD/SGD: []}", "list of prices is empty"},
		{"decimals", "pivot: USD\ndecimals: 99\nprices: {USD/SGD: 1}", "decimals: \"99\""},
		{"key unknown", "pivot: USD\nrates: {}", "rates: unknown key"},
		{"key twice", "pivot: USD\npivot: EUR\nprices: {USD/SGD: 1}", "pivot"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := quote.Parse("rates.yaml", []byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q in it", err, test.want)
			}
		})
	}
}
