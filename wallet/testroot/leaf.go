package testroot

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"
)

// Names are those under which a server on this machine is always reached.
func Names() []string { return []string{"localhost", "127.0.0.1", "::1"} }

// Config is the configuration of a server that is reached by Names and by further names or addresses, over HTTP/1.1
// and HTTP/2. Its certificate is renewed before it ends; now tells the time.
func (r *Root) Config(now func() time.Time, more ...string) *tls.Config {
	l := &leaf{root: r, now: now, names: append(Names(), more...)}
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return l.current() },
	}
}

// leaf is the certificate of a server, as it stands.
type leaf struct {
	root  *Root
	now   func() time.Time
	names []string
	mu    sync.Mutex
	made  *tls.Certificate
}

func (l *leaf) current() (*tls.Certificate, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.now(); l.made == nil || now.Add(renewal).After(l.made.Leaf.NotAfter) {
		made, err := l.root.issue(now, l.names)
		if err != nil {
			return nil, fmt.Errorf("test root: certificate of the server: %w", err)
		}
		l.made = made
	}
	return l.made, nil
}

// issue makes a certificate for a server.
func (r *Root) issue(now time.Time, names []string) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "mppsim"},
		NotBefore: now.Add(-skew), NotAfter: now.Add(leafLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, r.certificate, key.Public(), r.key)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	return &tls.Certificate{Certificate: [][]byte{der, r.certificate.Raw}, PrivateKey: key, Leaf: parsed}, err
}
