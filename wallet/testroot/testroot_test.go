package testroot_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"mppsim/wallet/testroot"
)

func noon() time.Time { return time.Date(2031, 3, 5, 12, 0, 0, 0, time.UTC) }

func open(t *testing.T, dir string, now time.Time) *testroot.Root {
	t.Helper()
	root, err := testroot.Open(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// shown is the certificate that a server shows.
func shown(t *testing.T, c *tls.Config) *x509.Certificate {
	t.Helper()
	certificate, err := c.GetCertificate(&tls.ClientHelloInfo{})
	if err != nil {
		t.Fatal(err)
	}
	return certificate.Leaf
}

func verify(root *testroot.Root, leaf *x509.Certificate, name string, at time.Time) error {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(root.PEM())
	_, err := leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: pool, CurrentTime: at})
	return err
}

func TestTheRootIsMadeOnceAndKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "folder")
	first := open(t, dir, noon())
	if again := open(t, dir, noon().AddDate(9, 0, 0)); !bytes.Equal(first.PEM(), again.PEM()) {
		t.Error("another root")
	}
	info, err := os.Stat(filepath.Join(dir, testroot.File))
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("%d files, %v", len(list), err)
	}
	if bytes.Contains(first.PEM(), []byte("PRIVATE")) {
		t.Error("the private key is told")
	}
}

func TestTheRootIsReplacedBeforeItEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, late := open(t, dir, noon()), noon().AddDate(9, 11, 0)
	second := open(t, dir, late)
	if bytes.Equal(first.PEM(), second.PEM()) {
		t.Fatal("the same root")
	}
	if err := verify(second, shown(t, second.Config(func() time.Time { return late })), "localhost", late); err != nil {
		t.Error(err)
	}
}

func TestManyWhoOpenAtOnceAgree(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var all sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]bool{}
	for range 8 {
		all.Go(func() {
			root, err := testroot.Open(dir, noon())
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			seen[string(root.PEM())] = true
		})
	}
	all.Wait()
	if len(seen) != 1 {
		t.Errorf("%d roots", len(seen))
	}
}

func TestCertificatesHaveTheirNamesAndAreRenewed(t *testing.T) {
	t.Parallel()
	root, now := open(t, t.TempDir(), noon()), noon()
	config := root.Config(func() time.Time { return now }, "sim.example.com", "192.0.2.7", "localhost")
	first := shown(t, config)
	for name, valid := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "::1": true, "sim.example.com": true, "192.0.2.7": true, "example.com": false, "127.0.0.2": false,
	} {
		if err := verify(root, first, name, now); (err == nil) != valid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if now = noon().AddDate(0, 0, 60); !shown(t, config).Equal(first) {
		t.Error("renewed too early")
	}
	now = first.NotAfter.Add(-time.Hour)
	second := shown(t, config)
	if second.Equal(first) {
		t.Error("not renewed")
	}
	if err := verify(root, second, "127.0.0.1", now.AddDate(0, 0, 60)); err != nil {
		t.Error(err)
	}
	if err := verify(open(t, t.TempDir(), noon()), second, "127.0.0.1", now); err == nil {
		t.Error("another root vouches for it")
	}
}

func TestUnusableFilesAreNamedWithTheMend(t *testing.T) {
	t.Parallel()
	good := t.TempDir()
	open(t, good, noon())
	whole, err := os.ReadFile(filepath.Join(good, testroot.File))
	if err != nil {
		t.Fatal(err)
	}
	key, certificate, _ := strings.Cut(string(whole), "-----BEGIN CERTIFICATE")
	certificate = "-----BEGIN CERTIFICATE" + certificate
	other := open(t, t.TempDir(), noon())
	for name, tt := range map[string]struct {
		text string
		mode os.FileMode
		want string
	}{
		"no PEM":           {"hello", 0o600, "no private key"},
		"key only":         {key, 0o600, "no private key with"},
		"certificate only": {certificate, 0o600, "no private key with"},
		"another key":      {key + string(other.PEM()), 0o600, "do not belong together"},
		"broken":           {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 0o600, "remove it"},
		"readable by all":  {string(whole), 0o644, "chmod 600"},
	} {
		if runtime.GOOS == "windows" && tt.mode != 0o600 {
			continue
		}
		dir := t.TempDir()
		path := filepath.Join(dir, testroot.File)
		if err := os.WriteFile(path, []byte(tt.text), tt.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := testroot.Open(dir, noon()); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := testroot.Open(filepath.Join(good, testroot.File), noon()); err == nil {
		t.Error("a file is no folder")
	}
}
