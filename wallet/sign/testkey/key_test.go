package testkey

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"math/big"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

var sharedKey = sync.OnceValues(Generate)

func testKey(t testing.TB) *Key {
	t.Helper()
	k, err := sharedKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// standard is the same key in the hands of crypto/rsa.
func (k *Key) standard(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	one, phi := big.NewInt(1), big.NewInt(1)
	key := &rsa.PrivateKey{PublicKey: k.public}
	for _, p := range k.parts {
		key.Primes = append(key.Primes, p.modulus.value)
		phi.Mul(phi, new(big.Int).Sub(p.modulus.value, one))
	}
	key.D = new(big.Int).ModInverse(big.NewInt(exponent), phi)
	key.Precompute()
	if err := key.Validate(); err != nil {
		t.Fatal(err)
	}
	return key
}

func TestTheKeyIsAnOrdinaryOneOutside(t *testing.T) {
	t.Parallel()
	public, ok := testKey(t).Public().(*rsa.PublicKey)
	if !ok || public.N.BitLen() != 2048 || public.E != 65537 {
		t.Fatalf("public key %v", public)
	}
	if bad := testKey(t).parts; bad[0].modulus.value.Cmp(bad[1].modulus.value) == 0 {
		t.Error("two primes are the same")
	}
}

func TestSignaturesAreThoseOfTheStandardLibrary(t *testing.T) {
	t.Parallel()
	k := testKey(t)
	standard := k.standard(t)
	rapid.Check(t, func(t *rapid.T) {
		digest := sha256.Sum256(rapid.SliceOf(rapid.Byte()).Draw(t, "content"))
		got, err := k.Sign(rand.Reader, digest[:], crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		want, err := rsa.SignPKCS1v15(nil, standard, crypto.SHA256, digest[:])
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("signature %x, want %x", got, want)
		}
	})
}

func TestManyKeys(t *testing.T) {
	t.Parallel()
	for range 5 {
		k, err := Generate() // which proves each key by itself
		if err != nil {
			t.Fatal(err)
		}
		k.standard(t)
	}
}

func TestABrokenKeyIsFoundWhenItIsMade(t *testing.T) {
	t.Parallel()
	k := *testKey(t)
	k.parts[2].inverse = new(big.Int).Add(k.parts[2].inverse, big.NewInt(1))
	if err := k.prove(); err == nil {
		t.Error("a wrong coefficient was not noticed")
	}
}

func TestUnfitPrimesAreRefused(t *testing.T) {
	t.Parallel()
	fit := func() []*big.Int {
		var list []*big.Int
		for _, p := range testKey(t).parts {
			list = append(list, p.modulus.value)
		}
		return list
	}
	if assemble(fit()) == nil {
		t.Fatal("the key's own primes are refused")
	}
	twice, short := fit(), fit()
	twice[3] = twice[0]
	short[3] = big.NewInt(13)
	divisible := fit() // 65537 divides the prime less one: such a prime has no private exponent
	divisible[0] = new(big.Int).Add(new(big.Int).Mul(big.NewInt(exponent), big.NewInt(6)), big.NewInt(1))
	for name, list := range map[string][]*big.Int{"the same twice": twice, "a short one": short, "no exponent": divisible} {
		if assemble(list) != nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestOnlySHA256WithPKCS1IsSigned(t *testing.T) {
	t.Parallel()
	digest := sha256.Sum256(nil)
	for name, try := range map[string]struct {
		digest []byte
		opts   crypto.SignerOpts
	}{
		"PSS":          {digest[:], &rsa.PSSOptions{Hash: crypto.SHA256}},
		"SHA-1":        {digest[:20], crypto.SHA1},
		"no hash":      {digest[:], crypto.Hash(0)},
		"short digest": {digest[:31], crypto.SHA256},
	} {
		if _, err := testKey(t).Sign(rand.Reader, try.digest, try.opts); !errors.Is(err, ErrHash) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestConcurrentSignatures(t *testing.T) {
	t.Parallel()
	k := testKey(t)
	digest := sha256.Sum256([]byte("x"))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			signature, err := k.Sign(nil, digest[:], crypto.SHA256)
			if err != nil || rsa.VerifyPKCS1v15(&k.public, crypto.SHA256, digest[:], signature) != nil {
				t.Errorf("signature %x, error %v", signature, err)
			}
		})
	}
	group.Wait()
}

func BenchmarkSign(b *testing.B) {
	k := testKey(b)
	digest := sha256.Sum256([]byte("x"))
	for name, key := range map[string]crypto.Signer{"four-primes": k, "crypto-rsa": twoPrimes(b)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := key.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func twoPrimes(b *testing.B) *rsa.PrivateKey {
	b.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	return key
}
