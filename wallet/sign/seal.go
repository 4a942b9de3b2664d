package sign

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"math/big"

	// The hashes that signatures are made with by mistake.
	_ "crypto/md5"  //nolint:gosec // recognised, never used to sign
	_ "crypto/sha1" //nolint:gosec // recognised, never used to sign
	_ "crypto/sha256"
	_ "crypto/sha512"
)

// seal is what a PKCS#1 v1.5 signature holds: the name of a hash and a digest.
type seal struct {
	hash   string
	digest []byte
	sum    func(content []byte) []byte
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

// open applies the public key to a signature and reads what it holds; it fails for a signature of another key or
// with another padding. It decides nothing about validity: Verify does.
func open(key *rsa.PublicKey, signature []byte) (seal, bool) {
	if key == nil || len(signature) != key.Size() {
		return seal{}, false
	}
	c := new(big.Int).SetBytes(signature)
	if c.Cmp(key.N) >= 0 {
		return seal{}, false
	}
	block := c.Exp(c, big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, key.Size()))
	payload, ok := unpad(block)
	if !ok {
		return seal{}, false
	}
	for _, info := range digestInfos() {
		digest, found := bytes.CutPrefix(payload, info.prefix)
		if found && len(digest) == info.hash.Size() {
			return seal{hash: info.hash.String(), digest: digest, sum: summer(info.hash)}, true
		}
	}
	return seal{hash: "nothing", digest: payload, sum: func(content []byte) []byte { return content }}, true
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

func summer(h crypto.Hash) func([]byte) []byte {
	return func(content []byte) []byte {
		d := h.New()
		d.Write(content) // a hash never fails
		return d.Sum(nil)
	}
}

// trimFF drops the padding octets; bytes.TrimLeft reads its cutset as UTF-8 and would not find them.
func trimFF(b []byte) []byte {
	for len(b) > 0 && b[0] == 0xff {
		b = b[1:]
	}
	return b
}
