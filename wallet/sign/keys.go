package sign

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ErrKey means that a text holds no usable RSA key.
var ErrKey = errors.New("unusable key")

// GenerateKey makes an RSA key of 2048 bits, the length in use at Alipay+. It has two primes, as every tool expects of a
// key in a file; one that stays in the process signs four times as fast with package testkey.
func GenerateKey() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) }

// ParsePrivateKey reads an RSA private key: PKCS#8 or PKCS#1, as PEM or as base64 of the DER
// in one line (the vendor's form) or several.
func ParsePrivateKey(text []byte) (*rsa.PrivateKey, error) {
	der, kind, err := decodeKey(text)
	if err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	if strings.Contains(kind, "PUBLIC") || strings.Contains(kind, "ENCRYPTED") {
		return nil, fmt.Errorf("private key: %w: the text is a PEM block of type %q", ErrKey, kind)
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		if _, pubErr := ParsePublicKey(text); pubErr == nil {
			return nil, fmt.Errorf("private key: %w: this is a public key", ErrKey)
		}
		return nil, fmt.Errorf("private key: %w: neither PKCS#8 nor PKCS#1: %w", ErrKey, err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("private key: %w: %T is no RSA key", ErrKey, parsed)
	}
	return key, nil
}

// ParsePublicKey reads an RSA public key: SPKI (X.509) or PKCS#1, or the key of a certificate,
// as PEM or as base64 of the DER.
func ParsePublicKey(text []byte) (*rsa.PublicKey, error) {
	der, kind, err := decodeKey(text)
	if err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	if strings.Contains(kind, "PRIVATE") {
		return nil, fmt.Errorf("public key: %w: the text is a PEM block of type %q", ErrKey, kind)
	}
	if key, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return key, nil
	}
	if certificate, err := x509.ParseCertificate(der); err == nil {
		return rsaPublic(certificate.PublicKey)
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("public key: %w: neither SPKI nor PKCS#1: %w", ErrKey, err)
	}
	return rsaPublic(parsed)
}

func rsaPublic(parsed any) (*rsa.PublicKey, error) {
	key, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("public key: %w: %T is no RSA key", ErrKey, parsed)
	}
	return key, nil
}

// decodeKey finds the DER of a key and the type of its PEM block, if it has one.
func decodeKey(text []byte) (der []byte, kind string, err error) {
	if block, _ := pem.Decode(text); block != nil {
		return block.Bytes, block.Type, nil
	}
	if bytes.Contains(text, []byte("-----BEGIN")) {
		return nil, "", fmt.Errorf("%w: damaged PEM block", ErrKey)
	}
	compact := strings.Join(strings.Fields(string(text)), "")
	if compact == "" {
		return nil, "", fmt.Errorf("%w: empty", ErrKey)
	}
	der, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(compact, "="))
	if err != nil {
		return nil, "", fmt.Errorf("%w: neither PEM nor base64: %w", ErrKey, err)
	}
	return der, "", nil
}

// PrivateKeyLine writes a private key in the vendor's form: PKCS#8 in one line of base64.
func PrivateKeyLine(key *rsa.PrivateKey) (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", fmt.Errorf("private key: %w", err)
	}
	return base64.StdEncoding.EncodeToString(der), nil
}

// PrivateKeyPEM writes a private key as a PKCS#8 PEM block.
func PrivateKeyPEM(key *rsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// PublicKeyLine writes a public key in the vendor's form: SPKI in one line of base64.
func PublicKeyLine(key *rsa.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", fmt.Errorf("public key: %w", err)
	}
	return base64.StdEncoding.EncodeToString(der), nil
}

// PublicKeyPEM writes a public key as an SPKI PEM block.
func PublicKeyPEM(key *rsa.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// KeySet holds a partner's public keys by version. It is immutable: With returns a new one.
type KeySet struct {
	keys    map[string]*rsa.PublicKey
	current string
}

// NewKeySet returns a set of one key, the current one. Version "" is "1".
func NewKeySet(version string, key *rsa.PublicKey) KeySet { return KeySet{}.With(version, key) }

// With returns the set with a key added or replaced; it becomes the current one.
func (s KeySet) With(version string, key *rsa.PublicKey) KeySet {
	if version == "" {
		version = "1"
	}
	keys := make(map[string]*rsa.PublicKey, len(s.keys)+1)
	maps.Copy(keys, s.keys)
	keys[version] = key
	return KeySet{keys: keys, current: version}
}

// Empty reports whether there is no key at all (KEY_NOT_FOUND).
func (s KeySet) Empty() bool { return len(s.keys) == 0 }

// Current returns the version of the key that was set last.
func (s KeySet) Current() string { return s.current }

// Get returns the key of a version; an unknown version gives the current key with exact
// false, and an empty set gives nil.
func (s KeySet) Get(version string) (key *rsa.PublicKey, exact bool) {
	if key, ok := s.keys[version]; ok {
		return key, true
	}
	return s.keys[s.current], false
}

// Versions lists the known versions in order.
func (s KeySet) Versions() []string { return slices.Sorted(maps.Keys(s.keys)) }

// Lines writes each key in the vendor's form, by version.
func (s KeySet) Lines() (map[string]string, error) {
	lines := make(map[string]string, len(s.keys))
	for version, key := range s.keys {
		line, err := PublicKeyLine(key)
		if err != nil {
			return nil, fmt.Errorf("version %s: %w", version, err)
		}
		lines[version] = line
	}
	return lines, nil
}
