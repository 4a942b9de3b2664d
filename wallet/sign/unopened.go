package sign

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
)

// explainUnopened explains octets that no known key opens.
func explainUnopened(e Evidence, h Header) fault {
	key, _ := e.Keys.Get(h.KeyVersion)
	size := key.Size()
	if f, ok := explainEncoding(h.Signature, size); ok {
		return f
	}
	if f, ok := explainDigest(e.Message.Content(), h.Signature); ok {
		return f
	}
	n := len(h.Signature)
	if decoded, ok := hexReadAsBase64(h.Signature); ok {
		n = len(decoded)
	}
	switch {
	case isECDSA(h.Signature):
		return fault{OtherSignature, fmt.Sprintf("the signature is one of an elliptic curve key (%d octets in ASN.1); RSA256 is RSA with SHA-256", n)}
	case n == 32 || n == 20 || n == 16 || n == 64:
		return fault{OtherSignature, fmt.Sprintf("the signature has %d octets like a hash or an HMAC; RSA256 is an RSA signature of %d", n, size)}
	case n != size:
		return fault{SignatureLength, fmt.Sprintf("the signature has %d octets, one by this key has %d: it was cut, re-encoded, or made with another key", n, size)}
	}
	if inOneCase(h.Signature) {
		return fault{NotBase64, "all letters of the base64 text are in the same letter case: something changed it on its way, and the signature with it"}
	}
	return fault{WrongKey, "the signature was made with a private key that does not belong to the configured public key, or it was damaged"}
}

// inOneCase reports whether base64 text, from which a signature was read, had letters of one case only. Its last character may
// have held more than the octets tell.
func inOneCase(signature []byte) bool {
	text := base64.RawStdEncoding.EncodeToString(signature)
	text = text[:max(len(text)-1, 0)]
	return text == strings.ToLower(text) || text == strings.ToUpper(text)
}

// explainEncoding recognises a signature that was turned into text once more before base64, or instead of it.
func explainEncoding(signature []byte, size int) (fault, bool) {
	if octets, err := hex.DecodeString(string(signature)); err == nil && len(octets) >= 64 {
		return fault{HexSignature, "the signature was written in hexadecimal before it was encoded in base64; the octets themselves must be encoded"}, true
	}
	if octets, ok := hexReadAsBase64(signature); ok && (len(octets) == size || len(octets) >= 128) {
		return fault{HexSignature, "the signature is written in hexadecimal; it must be base64, percent-encoded"}, true
	}
	if octets, err := base64.StdEncoding.DecodeString(string(signature)); err == nil && len(octets) >= 64 {
		return fault{EncodedTwice, "the signature is encoded in base64 twice"}, true
	}
	return fault{}, false
}

// hexReadAsBase64 takes back that hexadecimal digits were decoded as base64: three octets from four digits.
func hexReadAsBase64(signature []byte) ([]byte, bool) {
	octets, err := hex.DecodeString(base64.RawStdEncoding.EncodeToString(signature))
	return octets, err == nil
}

// explainDigest recognises a hash that was never signed.
func explainDigest(content, signature []byte) (fault, bool) {
	short, long := sha256.Sum256(content), sha512.Sum512(content)
	decoded, _ := hexReadAsBase64(signature)
	for _, digest := range [][]byte{short[:], long[:]} {
		if bytes.Equal(signature, digest) || bytes.Equal(decoded, digest) || bytes.EqualFold(signature, []byte(hex.EncodeToString(digest))) {
			return fault{NotSigned, "the signature is only the hash of the string to sign; the private key was not applied to it"}, true
		}
	}
	return fault{}, false
}

// isECDSA recognises the ASN.1 form of an ECDSA signature: two numbers.
func isECDSA(signature []byte) bool {
	var pair struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(signature, &pair)
	return err == nil && len(rest) == 0 && pair.R.BitLen() <= 521 && pair.S.BitLen() <= 521
}
