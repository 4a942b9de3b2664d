package testkey

//go:generate go run ./unroll

import (
	"encoding/binary"
	"math/big"
)

// limbs is the number of 64-bit words of a prime.
const limbs = length / primes / 64

// residue is a number modulo a prime, least significant word first.
type residue [limbs]uint64

// modulus is an odd number of 512 bits with what Montgomery's multiplication needs: products come out divided by 2^512,
// so numbers are kept multiplied by it.
type modulus struct {
	value   *big.Int
	words   residue
	factor  uint64  // -1/words modulo 2^64
	square  residue // 2^1024 modulo value: multiplying by it multiplies by 2^512
	neutral residue // 2^512 modulo value: 1
}

func newModulus(value *big.Int) *modulus {
	m := &modulus{value: value, words: toResidue(value)}
	inverse := m.words[0] // right in its three lowest bits, and in twice as many after each round
	for range 5 {
		inverse *= 2 - m.words[0]*inverse
	}
	m.factor = -inverse
	m.neutral = toResidue(new(big.Int).Mod(new(big.Int).Lsh(big.NewInt(1), 64*limbs), value))
	m.square = toResidue(new(big.Int).Mod(new(big.Int).Lsh(big.NewInt(1), 2*64*limbs), value))
	return m
}

func toResidue(n *big.Int) residue {
	var octets [8 * limbs]byte
	n.FillBytes(octets[:])
	var r residue
	for i := range r {
		r[i] = binary.BigEndian.Uint64(octets[8*(limbs-1-i):])
	}
	return r
}

func (r *residue) into(n *big.Int) {
	var octets [8 * limbs]byte
	for i, word := range r {
		binary.BigEndian.PutUint64(octets[8*(limbs-1-i):], word)
	}
	n.SetBytes(octets[:])
}

// window is the number of exponent bits that one multiplication takes care of.
const window = 5

// step is a part of a power: so many squarings, then a multiplication by an odd power of the base.
type step struct {
	squarings int
	odd       int // the power is 2*odd+1; -1: no multiplication
}

// steps takes an exponent apart into sliding windows, most significant first.
func steps(exponent *big.Int) []step {
	var list []step
	zeros := 0
	for i := exponent.BitLen() - 1; i >= 0; {
		if exponent.Bit(i) == 0 {
			zeros++
			i--
			continue
		}
		low := max(i-window+1, 0)
		for exponent.Bit(low) == 0 {
			low++
		}
		value := 0
		for j := i; j >= low; j-- {
			value = value<<1 | int(exponent.Bit(j))
		}
		list = append(list, step{squarings: zeros + i - low + 1, odd: value >> 1})
		zeros, i = 0, low-1
	}
	return append(list, step{squarings: zeros, odd: -1})
}

// power raises n, which is below the modulus, to an exponent in place.
func (m *modulus) power(n *big.Int, exponent []step) {
	var odd [1 << (window - 1)]residue
	base := toResidue(n)
	multiply(&odd[0], &base, &m.square, &m.words, m.factor)
	square(&base, &odd[0], &m.words, m.factor)
	for i := 1; i < len(odd); i++ {
		multiply(&odd[i], &odd[i-1], &base, &m.words, m.factor)
	}
	at := m.neutral
	for _, s := range exponent {
		for range s.squarings {
			square(&at, &at, &m.words, m.factor)
		}
		if s.odd >= 0 {
			multiply(&at, &at, &odd[s.odd], &m.words, m.factor)
		}
	}
	one := residue{1}
	multiply(&at, &at, &one, &m.words, m.factor)
	at.into(n)
}
