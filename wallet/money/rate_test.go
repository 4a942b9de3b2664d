package money

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func rate(t *testing.T, from, to, price string) Rate {
	t.Helper()
	r, err := ParseRate(from, to, price)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The conversions that were recorded in the sandbox (mpp-api §8.2), and the documented ones.
func TestRecordedConversions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from  string
		value int64
		price string
		to    string
		want  int64
	}{
		{"SGD", 500, "3.33055347", "MYR", 1665},
		{"SGD", 1000, "3.36297775", "MYR", 3363},
		{"SGD", 2000, "3.34447975", "MYR", 6689},
		{"SGD", 1000, "3.33997110", "MYR", 3340},
		{"SGD", 1000, "3.32662635", "MYR", 3327},
		{"HKD", 2000, "0.57785649", "MYR", 1156},
		{"HKD", 1000, "0.58641810", "MYR", 586},
		{"USD", 1000, "4.54446915", "MYR", 4544},
		{"USD", 1000, "4.56233076", "MYR", 4562},
		{"JPY", 100, "10.0000", "KRW", 1000},
		{"JPY", 1000, "0.046523", "CNY", 4652},
		{"KWD", 1000, "3.25", "USD", 325},
		{"USD", 325, "0.3077", "KWD", 1000},
	}
	for _, test := range tests {
		t.Run(test.from+test.price, func(t *testing.T) {
			t.Parallel()
			got, err := rate(t, test.from, test.to, test.price).Convert(Of(test.from, test.value), HalfUp)
			if err != nil || got != Of(test.to, test.want) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestRoundingOfHalves(t *testing.T) {
	t.Parallel()
	tests := []struct {
		rounding Rounding
		price    string
		value    int64
		want     int64
	}{
		{HalfUp, "0.5", 1, 1},
		{HalfUp, "0.5", 3, 2},
		{HalfUp, "0.49999999", 1, 0},
		{HalfEven, "0.5", 1, 0},
		{HalfEven, "0.5", 3, 2},
		{HalfEven, "0.50000001", 1, 1},
		{HalfUp, "0.5", -1, -1},
		{HalfEven, "0.5", -3, -2},
		{HalfEvenHund, "1", 150, 200},
		{HalfEvenHund, "1", 250, 200},
		{HalfEvenHund, "1", 251, 300},
		{HalfEvenHund, "1", 49, 0},
	}
	for _, test := range tests {
		got, err := rate(t, "SGD", "MYR", test.price).Convert(Of("SGD", test.value), test.rounding)
		if err != nil || got.Value != test.want {
			t.Errorf("%d × %s: %v, %v; want %d", test.value, test.price, got.Value, err, test.want)
		}
	}
	if RoundingOf("IDR") != HalfEvenHund || RoundingOf("SGD") != HalfUp {
		t.Error("only IDR has a rule of its own")
	}
}

func TestRatesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, price := range []string{"", "0", "0.0", "-1", "1e3", "1/3", ".5", "1.", "x", "00000000000000000000000000000000000000000000001"} {
		if _, err := ParseRate("SGD", "MYR", price); !errors.Is(err, ErrSyntax) {
			t.Errorf("%q: %v", price, err)
		}
	}
	r := rate(t, "SGD", "MYR", "3")
	if _, err := r.Convert(Of("USD", 1), HalfUp); !errors.Is(err, ErrCurrency) {
		t.Errorf("another currency: %v", err)
	}
	if _, err := r.Convert(Of("SGD", math.MaxInt64), HalfUp); !errors.Is(err, ErrOverflow) {
		t.Errorf("too much: %v", err)
	}
	if _, err := rate(t, "SGD", "QQQ", "1").Convert(Of("SGD", 1), HalfUp); !errors.Is(err, ErrCurrency) {
		t.Errorf("unknown target: %v", err)
	}
}

func TestInverseIsExact(t *testing.T) {
	t.Parallel()
	r := rate(t, "USD", "KWD", "0.3077")
	if back := r.Inverse().Inverse(); back.Price.Cmp(r.Price) != 0 || back.From != "USD" {
		t.Errorf("twice inverted: %v", back)
	}
}

// Whatever the parts are, what is given back part by part is in the end what was paid, and never more before.
func TestPortionsSumToTheWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole := Of("IDR", rapid.Int64Range(0, 1<<50).Draw(t, "whole"))
		rounding := rapid.SampledFrom([]Rounding{HalfUp, HalfEven, HalfEvenHund}).Draw(t, "rounding")
		parts := rapid.SliceOfN(rapid.Int64Range(1, 1<<30), 1, 12).Draw(t, "parts")
		var of, done int64
		for _, p := range parts {
			of += p
		}
		given := Of("IDR", 0)
		for _, p := range parts {
			share, err := NextPortion(whole, done, p, of, rounding)
			if err != nil {
				t.Fatal(err)
			}
			done += p
			if given, err = given.Add(share); err != nil {
				t.Fatal(err)
			}
			if rounding != HalfEvenHund && (share.Value < 0 || given.Value > whole.Value) {
				t.Fatalf("share %d, given %d of %d", share.Value, given.Value, whole.Value)
			}
		}
		if given != whole {
			t.Fatalf("given %d of %d", given.Value, whole.Value)
		}
	})
}

// Parts may be taken back at any time: what stands never exceeds the whole, and when everything has been given it is the whole.
func TestDuePortionsSumToTheWholeWhateverWasTakenBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rounding := rapid.SampledFrom([]Rounding{HalfUp, HalfEven, HalfEvenHund}).Draw(t, "rounding")
		whole, of := Of("MYR", rapid.Int64Range(0, 5000).Draw(t, "whole")), rapid.Int64Range(1, 500).Draw(t, "of")
		if rounding == HalfEvenHund {
			whole.Value *= 100
		}
		type part struct{ worth, share int64 }
		var standing []part
		var done, given int64
		for step := 0; done < of; step++ {
			if step < 30 && len(standing) > 0 && rapid.Bool().Draw(t, "take back") {
				i := rapid.IntRange(0, len(standing)-1).Draw(t, "which")
				done, given = done-standing[i].worth, given-standing[i].share
				standing = append(standing[:i], standing[i+1:]...)
				continue
			}
			worth := rapid.Int64Range(1, of-done).Draw(t, "worth")
			share, err := DuePortion(whole, Of("MYR", given), done+worth, of, rounding)
			if err != nil || share.Value < 0 {
				t.Fatalf("share %v, %v", share, err)
			}
			done, given = done+worth, given+share.Value
			standing = append(standing, part{worth, share.Value})
			if given > whole.Value {
				t.Fatalf("given %d of %d", given, whole.Value)
			}
		}
		if given != whole.Value {
			t.Fatalf("given %d of %d", given, whole.Value)
		}
	})
	if _, err := DuePortion(Of("SGD", 10), Of("MYR", 1), 1, 2, HalfUp); !errors.Is(err, ErrCurrency) {
		t.Errorf("another currency: %v", err)
	}
	if _, err := DuePortion(Of("SGD", 10), Of("SGD", 1), 1, 0, HalfUp); !errors.Is(err, ErrSyntax) {
		t.Errorf("a portion of nothing: %v", err)
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole := Of("SGD", rapid.Int64Range(0, 1<<50).Draw(t, "whole"))
		weights := append(rapid.SliceOfN(rapid.Int64Range(0, 1<<20), 0, 8).Draw(t, "weights"), 1)
		shares, err := Split(whole, weights)
		if err != nil || len(shares) != len(weights) {
			t.Fatalf("%v, %v", shares, err)
		}
		sum := int64(0)
		for i, share := range shares {
			sum += share.Value
			if weights[i] == 0 && share.Value != 0 {
				t.Fatalf("share %d of weight 0", share.Value)
			}
		}
		if sum != whole.Value {
			t.Fatalf("shares sum to %d, not %d", sum, whole.Value)
		}
	})
	for _, weights := range [][]int64{nil, {0}, {-1, 2}, {math.MaxInt64, 1}} {
		if _, err := Split(Of("SGD", 10), weights); !errors.Is(err, ErrSyntax) {
			t.Errorf("weights %v: %v", weights, err)
		}
	}
	if _, err := Portion(Of("SGD", 10), 1, 0, HalfUp); !errors.Is(err, ErrSyntax) {
		t.Errorf("a portion of nothing: %v", err)
	}
}
