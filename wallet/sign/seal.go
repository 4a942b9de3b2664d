package sign

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"encoding/hex"
	"math/big"
	"slices"

	// The hashes that signatures are made with by mistake.
	_ "crypto/md5"  //nolint:gosec // recognised, never used to sign
	_ "crypto/sha1" //nolint:gosec // recognised, never used to sign
	_ "crypto/sha256"
	_ "crypto/sha512"
)

// seal is what a signature turns out to hold when the public key is applied to it: a digest, and in which wrapping.
type seal struct {
	hash   crypto.Hash // 0 when the text itself was put in, not its hash
	digest []byte
	wrap   wrapping
	salt   []byte // of PSS
	weak   bool   // PSS whose salt leaves no room for zeros: as likely as not a block of another key
}

// wrapping is how a digest was put into the block that the private key was applied to.
type wrapping int

const (
	wrapped     wrapping = iota // PKCS#1 v1.5 with DigestInfo: the right one
	wrappedBare                 // PKCS#1 v1.5 around the digest alone
	wrappedHex                  // PKCS#1 v1.5 around the digest in hexadecimal
	unwrapped                   // no padding at all
	wrappedPSS                  // RSASSA-PSS
)

// name is the hash's usual name.
func (s seal) name() string {
	if s.hash == 0 {
		return "nothing"
	}
	return s.hash.String()
}

// digestInfo is the fixed start of the DER structure that names a hash (RFC 8017, 9.2).
type digestInfo struct {
	hash   crypto.Hash
	prefix []byte
}

func digestInfos() []digestInfo {
	sha2 := func(last, length, size byte) []byte {
		return []byte{0x30, length, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last, 0x05, 0x00, 0x04, size}
	}
	return []digestInfo{
		{crypto.SHA256, sha2(1, 0x31, 0x20)},
		{crypto.SHA1, []byte{0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14}},
		{crypto.SHA512, sha2(3, 0x51, 0x40)},
		{crypto.SHA384, sha2(2, 0x41, 0x30)},
		{crypto.SHA224, sha2(4, 0x2d, 0x1c)},
		{crypto.MD5, []byte{0x30, 0x20, 0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05, 0x05, 0x00, 0x04, 0x10}},
	}
}

// open applies the public key to a signature and reads what it holds; it fails for a signature of another key. It
// decides nothing about validity: Verify does.
func open(key *rsa.PublicKey, signature []byte) (seal, bool) {
	if key == nil || len(signature) != key.Size() {
		return seal{}, false
	}
	c := new(big.Int).SetBytes(signature)
	if c.Cmp(key.N) >= 0 {
		return seal{}, false
	}
	block := c.Exp(c, big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, key.Size()))
	if payload, ok := unpad(block); ok {
		return openPayload(payload), true
	}
	if s, ok := openUnpadded(block); ok {
		return s, true
	}
	return openPSS(block, key.N.BitLen())
}

// openPayload reads what stood inside PKCS#1 v1.5 padding.
func openPayload(payload []byte) seal {
	for _, info := range digestInfos() {
		digest, found := bytes.CutPrefix(payload, info.prefix)
		if found && len(digest) == info.hash.Size() {
			return seal{hash: info.hash, digest: digest}
		}
	}
	if h, ok := hashOfSize(len(payload)); ok {
		return seal{hash: h, digest: payload, wrap: wrappedBare}
	}
	if digest, err := hex.DecodeString(string(payload)); err == nil {
		if h, ok := hashOfSize(len(digest)); ok {
			return seal{hash: h, digest: digest, wrap: wrappedHex}
		}
	}
	return seal{digest: payload, wrap: wrappedBare}
}

// openUnpadded reads a block that is a digest after nothing but zeros.
func openUnpadded(block []byte) (seal, bool) {
	payload := bytes.TrimLeft(block, "\x00")
	if len(payload) > 64 {
		return seal{}, false
	}
	for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA1, crypto.SHA512} {
		if len(payload) <= h.Size() && len(payload) >= h.Size()-2 {
			return seal{hash: h, digest: block[len(block)-h.Size():], wrap: unwrapped}, true
		}
	}
	return seal{}, false
}

// hashOfSize guesses a hash by the length of its digest.
func hashOfSize(octets int) (crypto.Hash, bool) {
	for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA1, crypto.SHA512, crypto.SHA384, crypto.MD5} {
		if h.Size() == octets {
			return h, true
		}
	}
	return 0, false
}

// unpad removes 00 01 FF … FF 00.
func unpad(block []byte) ([]byte, bool) {
	rest, ok := bytes.CutPrefix(block, []byte{0, 1})
	if !ok {
		return nil, false
	}
	payload := trimFF(rest)
	if len(rest)-len(payload) < 8 || len(payload) == 0 || payload[0] != 0 {
		return nil, false
	}
	return payload[1:], true
}

// trimFF drops the padding octets; bytes.TrimLeft reads its cutset as UTF-8 and would not find them.
func trimFF(b []byte) []byte {
	for len(b) > 0 && b[0] == 0xff {
		b = b[1:]
	}
	return b
}

// openPSS recognises RSASSA-PSS (RFC 8017, 9.1.2) without knowing what was signed: behind its mask a block ends in a
// salt that only zeros and a one precede.
func openPSS(block []byte, bits int) (seal, bool) {
	if (bits-1)%8 == 0 {
		block = block[1:]
	}
	for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA1, crypto.SHA512, crypto.SHA384} {
		for _, mask := range slices.Compact([]crypto.Hash{h, crypto.SHA1}) { // some libraries mask with SHA-1 whatever the hash
			if s, ok := openPSSWith(block, h, mask, bits); ok {
				return s, true
			}
		}
	}
	return seal{}, false
}

func openPSSWith(block []byte, h, mask crypto.Hash, bits int) (seal, bool) {
	size := h.Size()
	if block[len(block)-1] != 0xbc || len(block) < size+2 {
		return seal{}, false
	}
	masked := block[:len(block)-size-1]
	digest := block[len(masked) : len(block)-1]
	db := make([]byte, len(masked))
	generated := mgf1(mask, digest, len(db))
	for i := range db {
		db[i] = masked[i] ^ generated[i]
	}
	db[0] &= 0xff >> ((8*len(block) - (bits - 1)) % 8)
	salt := bytes.TrimLeft(db, "\x00")
	if len(salt) == 0 || salt[0] != 1 {
		return seal{}, false
	}
	return seal{hash: h, digest: digest, wrap: wrappedPSS, salt: salt[1:], weak: len(db)-len(salt) < 8}, true
}

// mgf1 is the mask generation function of RFC 8017, B.2.1.
func mgf1(h crypto.Hash, seed []byte, length int) []byte {
	var out []byte
	for counter := byte(0); len(out) < length; counter++ {
		d := h.New()
		d.Write(seed)
		d.Write([]byte{0, 0, 0, counter})
		out = d.Sum(out)
	}
	return out[:length]
}
