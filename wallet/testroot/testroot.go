// Package testroot is the certificate authority of a simulator: a root of one's own, made at first use and kept in a
// file, and certificates of servers under it. Official libraries speak https only, and no public authority vouches for
// 127.0.0.1. Whoever has the file can pose as any server towards those who trust the root: nothing but tests may.
package testroot

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// File is the name of the root's file in its folder: private key and certificate in PEM, readable by its owner only.
const File = "tls-root.pem"

// How long certificates are valid. A root is replaced when less than a leaf's life is left of it.
const (
	rootLife = 10 * 365 * 24 * time.Hour
	leafLife = 90 * 24 * time.Hour
	renewal  = 24 * time.Hour // before a leaf ends
	skew     = time.Hour      // by which clocks of clients may be slow
)

// Root is a certificate authority.
type Root struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// Open reads the root in a folder. It makes one, and the folder, if there is none or if it ends soon. The error names
// the file and, where the file is at fault, the mend.
func Open(dir string, now time.Time) (*Root, error) {
	path := filepath.Join(dir, File)
	root, err := read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return create(path, now)
	case err != nil:
		return nil, err
	case now.Add(leafLife).After(root.certificate.NotAfter):
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("test root: %w", err)
		}
		return create(path, now)
	}
	return root, nil
}

// PEM is the root's certificate, for clients that shall trust it.
func (r *Root) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.certificate.Raw})
}

func read(path string) (*Root, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("test root: %w", err)
	}
	if loose := info.Mode().Perm() & 0o077; loose != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("test root %s: others can read its private key; say chmod 600, or remove it and a new one is made", path)
	}
	text, err := os.ReadFile(path) //nolint:gosec // the user names the folder
	if err != nil {
		return nil, fmt.Errorf("test root: %w", err)
	}
	root, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("test root %s: %w; remove it and a new one is made", path, err)
	}
	return root, nil
}

func parse(text []byte) (*Root, error) {
	var r Root
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		var err error
		switch block.Type {
		case "PRIVATE KEY":
			r.key, err = parseKey(block.Bytes)
		case "CERTIFICATE":
			r.certificate, err = x509.ParseCertificate(block.Bytes)
		}
		if err != nil {
			return nil, err
		}
	}
	if r.key == nil || r.certificate == nil || !r.certificate.IsCA {
		return nil, errors.New("it holds no private key with the certificate of an authority")
	}
	if !r.key.PublicKey.Equal(r.certificate.PublicKey) {
		return nil, errors.New("private key and certificate do not belong together")
	}
	return &r, nil
}

func parseKey(der []byte) (*ecdsa.PrivateKey, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%T is no ECDSA key", parsed)
	}
	return key, nil
}

// create makes a root and keeps it, unless another process was faster: then that one counts.
func create(path string, now time.Time) (*Root, error) {
	root, text, err := newRoot(now)
	if err != nil {
		return nil, fmt.Errorf("test root: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("test root: %w", err)
	}
	draft, err := os.CreateTemp(filepath.Dir(path), File+".*") // readable by its owner only
	if err != nil {
		return nil, fmt.Errorf("test root: %w", err)
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	_, err = draft.Write(text)
	if err := errors.Join(err, draft.Close()); err != nil {
		return nil, fmt.Errorf("test root: %w", err)
	}
	if err := os.Link(draft.Name(), path); errors.Is(err, fs.ErrExist) {
		return read(path)
	} else if err != nil {
		return nil, fmt.Errorf("test root: %w", err)
	}
	return root, nil
}

func newRoot(now time.Time) (*Root, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	serial, err := newSerial()
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "mppsim test root", Organization: []string{"mppsim, for tests only"}},
		NotBefore: now.Add(-skew), NotAfter: now.Add(rootLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	var text bytes.Buffer
	text.Write(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
	root := &Root{certificate: certificate, key: key}
	text.Write(root.PEM())
	return root, text.Bytes(), nil
}

func newSerial() (*big.Int, error) {
	return rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
}
