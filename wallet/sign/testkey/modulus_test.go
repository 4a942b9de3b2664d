package testkey

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// numbers draws numbers below 2^512 with a liking for the edges: words of zeros or ones.
func numbers() *rapid.Generator[*big.Int] {
	word := rapid.OneOf(rapid.SampledFrom([]uint64{0, 1, 1 << 63, 1<<64 - 1}), rapid.Uint64())
	return rapid.Map(rapid.SliceOfN(word, limbs, limbs), func(words []uint64) *big.Int {
		r := residue(words)
		n := new(big.Int)
		r.into(n)
		return n
	})
}

// odd draws moduli; small ones too.
func moduli() *rapid.Generator[*big.Int] {
	return rapid.Map(numbers(), func(n *big.Int) *big.Int { return n.SetBit(n, 0, 1) }).Filter(func(n *big.Int) bool { return n.BitLen() > 1 })
}

func TestProductsAreThoseOfBigIntegers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := newModulus(moduli().Draw(t, "modulus"))
		x := new(big.Int).Mod(numbers().Draw(t, "x"), m.value)
		y := new(big.Int).Mod(numbers().Draw(t, "y"), m.value)
		shift := new(big.Int).ModInverse(new(big.Int).Lsh(big.NewInt(1), 64*limbs), m.value)
		a, b := toResidue(x), toResidue(y)
		check := func(what string, got residue, want *big.Int) {
			want = want.Mul(want, shift)
			want.Mod(want, m.value)
			if got != toResidue(want) {
				t.Fatalf("%s: %x, want %x", what, got, toResidue(want))
			}
		}
		var z residue
		multiply(&z, &a, &b, &m.words, m.factor)
		check("product", z, new(big.Int).Mul(x, y))
		square(&z, &a, &m.words, m.factor)
		check("square", z, new(big.Int).Mul(x, x))
		square(&a, &a, &m.words, m.factor)
		check("square in place", a, new(big.Int).Mul(x, x))
		multiply(&b, &b, &b, &m.words, m.factor)
		check("product in place", b, new(big.Int).Mul(y, y))
	})
}

func TestPowersAreThoseOfBigIntegers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := newModulus(moduli().Draw(t, "modulus"))
		base := new(big.Int).Mod(numbers().Draw(t, "base"), m.value)
		exponent := numbers().Draw(t, "exponent")
		got := new(big.Int).Set(base)
		m.power(got, steps(exponent))
		if want := new(big.Int).Exp(base, exponent, m.value); got.Cmp(want) != 0 {
			t.Fatalf("%x, want %x", got, want)
		}
	})
}
