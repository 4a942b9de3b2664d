// Package testkey makes RSA keys that sign fast and are fit for tests only. To every verifier they are ordinary keys of
// 2048 bits with the exponent 65537; behind that stand four primes (RFC 8017 §3.2), so that a signature takes a quarter
// of the time that crypto/rsa needs with two. The arithmetic is not constant-time: whoever can measure how long
// signatures take may find the key. That is why such a key never leaves the process that made it, and why there is no
// way to read one from a file: a key that somebody brings signs through its own crypto.Signer.
package testkey

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/big"
)

const (
	length   = 2048 // bits
	exponent = 65537
	primes   = 4
)

// ErrHash says that a key was asked for something else than a SHA256withRSA signature.
var ErrHash = errors.New("a test key signs SHA-256 digests with PKCS#1 v1.5 only")

// Key is a crypto.Signer for SHA256withRSA. It is safe for concurrent use.
type Key struct {
	public rsa.PublicKey
	parts  [primes]part
}

// part is what one prime contributes to a signature.
type part struct {
	modulus *modulus
	power   []step   // the private exponent modulo prime - 1
	before  *big.Int // product of the primes before this one; nil at the first
	inverse *big.Int // of before, modulo this prime
}

// Generate makes a key and proves it with signatures that crypto/rsa verifies.
func Generate() (*Key, error) {
	for {
		list, err := draw()
		if err != nil {
			return nil, fmt.Errorf("test key: %w", err)
		}
		if k := assemble(list); k != nil {
			return k, k.prove()
		}
	}
}

// draw finds primes of equal length.
func draw() ([]*big.Int, error) {
	list := make([]*big.Int, primes)
	for i := range list {
		p, err := rand.Prime(rand.Reader, length/primes)
		if err != nil {
			return nil, err
		}
		list[i] = p
	}
	return list, nil
}

// assemble computes a key from its primes; nil if they are no four different ones that fit the length and the exponent.
func assemble(list []*big.Int) *Key {
	k := &Key{}
	product, one, e := big.NewInt(1), big.NewInt(1), big.NewInt(exponent)
	for i, p := range list {
		d := new(big.Int).ModInverse(e, new(big.Int).Sub(p, one))
		inverse := new(big.Int).ModInverse(product, p)
		if d == nil || inverse == nil {
			return nil
		}
		k.parts[i] = part{modulus: newModulus(p), power: steps(d), before: new(big.Int).Set(product), inverse: inverse}
		product.Mul(product, p)
	}
	if product.BitLen() != length {
		return nil
	}
	k.public = rsa.PublicKey{N: product, E: exponent}
	return k
}

// prove signs a few digests and lets crypto/rsa verify them.
func (k *Key) prove() error {
	for i := range byte(3) {
		digest := sha256.Sum256([]byte{i})
		signature, err := k.Sign(nil, digest[:], crypto.SHA256)
		if err != nil {
			return err
		}
		if err := rsa.VerifyPKCS1v15(&k.public, crypto.SHA256, digest[:], signature); err != nil {
			return fmt.Errorf("test key: its signature does not verify: %w", err)
		}
	}
	return nil
}

// Public is part of crypto.Signer; it returns an *rsa.PublicKey.
func (k *Key) Public() crypto.PublicKey { return &k.public }

// Sign is part of crypto.Signer. It needs no randomness. Anything but a SHA-256 digest is ErrHash.
func (k *Key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if _, pss := opts.(*rsa.PSSOptions); pss || opts.HashFunc() != crypto.SHA256 || len(digest) != sha256.Size {
		return nil, ErrHash
	}
	signature := k.root(new(big.Int).SetBytes(padded(digest)))
	return signature.FillBytes(make([]byte, length/8)), nil
}

// root applies the private key: a power by each prime, put together by the Chinese remainder theorem (RFC 8017 §5.1.2).
func (k *Key) root(message *big.Int) *big.Int {
	sum, h := new(big.Int), new(big.Int)
	for i := range k.parts {
		p := &k.parts[i]
		h.Mod(message, p.modulus.value)
		p.modulus.power(h, p.power)
		h.Sub(h, sum)
		h.Mul(h, p.inverse)
		h.Mod(h, p.modulus.value)
		sum.Add(sum, h.Mul(h, p.before))
	}
	return sum
}

// padded is EMSA-PKCS1-v1_5 of a SHA-256 digest (RFC 8017 §9.2).
func padded(digest []byte) []byte {
	const info = "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"
	block := make([]byte, length/8)
	end := len(block) - len(info) - len(digest) - 1
	block[1] = 1
	for i := 2; i < end; i++ {
		block[i] = 0xff
	}
	copy(block[end+1:], info)
	copy(block[end+1+len(info):], digest)
	return block
}
