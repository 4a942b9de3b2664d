package sign

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestKeysAreReadInEveryForm(t *testing.T) {
	t.Parallel()
	key := keyPair(t, "client")
	line, err := PrivateKeyLine(key)
	if err != nil {
		t.Fatal(err)
	}
	block, err := PrivateKeyPEM(key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := x509.MarshalPKCS1PrivateKey(key)
	privates := map[string][]byte{
		"PKCS#8 line":            []byte(line),
		"PKCS#8 line, unpadded":  []byte(strings.TrimRight(line, "=")),
		"PKCS#8 line, broken up": []byte("\n" + line[:64] + "\r\n  " + line[64:] + "\n"),
		"PKCS#8 PEM":             block,
		"PKCS#8 PEM after text":  append([]byte("Bag Attributes\n"), block...),
		"PKCS#1 PEM":             pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: pkcs1}),
		"PKCS#1 line":            []byte(base64.StdEncoding.EncodeToString(pkcs1)),
	}
	for name, text := range privates {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParsePrivateKey(text)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Equal(key) {
				t.Error("another key")
			}
		})
	}
	publicLine, err := PublicKeyLine(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	publicBlock, err := PublicKeyPEM(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	publics := map[string][]byte{
		"SPKI line":  []byte(publicLine),
		"SPKI PEM":   publicBlock,
		"PKCS#1 PEM": pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&key.PublicKey)}),
	}
	for name, text := range publics {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParsePublicKey(text)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Equal(&key.PublicKey) {
				t.Error("another key")
			}
		})
	}
}

func TestUnusableKeysAreRefused(t *testing.T) {
	t.Parallel()
	key := keyPair(t, "client")
	public, err := PublicKeyPEM(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	private, err := PrivateKeyPEM(key)
	if err != nil {
		t.Fatal(err)
	}
	publicLine, err := PublicKeyLine(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	curveDER, err := x509.MarshalPKCS8PrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"empty": nil, "words": []byte("hello!"), "cut PEM": private[:200], "public instead": public,
		"public line instead": []byte(publicLine), "elliptic curve": []byte(base64.StdEncoding.EncodeToString(curveDER)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := ParsePrivateKey(text); !errors.Is(err, ErrKey) {
				t.Errorf("error %v", err)
			}
		})
	}
	for name, text := range map[string][]byte{"empty": nil, "private instead": private, "words": []byte("????")} {
		t.Run("public/"+name, func(t *testing.T) {
			t.Parallel()
			if _, err := ParsePublicKey(text); !errors.Is(err, ErrKey) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestGeneratedKeysHaveTheUsualLength(t *testing.T) {
	t.Parallel()
	key, err := GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	if key.N.BitLen() != 2048 {
		t.Errorf("%d bits", key.N.BitLen())
	}
}

func TestKeySetIsImmutable(t *testing.T) {
	t.Parallel()
	a, b := &keyPair(t, "client").PublicKey, &keyPair(t, "gateway").PublicKey
	first := NewKeySet("", a)
	second := first.With("2", b)
	if !slices.Equal(first.Versions(), []string{"1"}) || !slices.Equal(second.Versions(), []string{"1", "2"}) {
		t.Errorf("versions %v and %v", first.Versions(), second.Versions())
	}
	if second.Current() != "2" || first.Current() != "1" {
		t.Errorf("current %s and %s", first.Current(), second.Current())
	}
	if key, exact := second.Get("1"); key != a || !exact {
		t.Error("version 1 was lost")
	}
	if key, exact := second.Get("3"); key != b || exact {
		t.Error("an unknown version must give the current key")
	}
}

func TestOnlyRSASigns(t *testing.T) {
	t.Parallel()
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Sign(curve, []byte("x")); !errors.Is(err, ErrKey) {
		t.Errorf("error %v", err)
	}
	signature, err := Sign(keyPair(t, "client"), []byte("x"))
	if err != nil || bytes.Equal(signature, nil) {
		t.Errorf("signature %x, error %v", signature, err)
	}
}
