package setup_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"mppsim/scenarios/profile"
	"mppsim/scenarios/setup"
	"mppsim/wallet/control"
	"mppsim/wallet/sign"
)

func read(t *testing.T, parts ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestInitWritesAProfileThatLoads(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "acme")
	names, err := setup.Init(dir, setup.Commented)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{setup.ProfileFile, setup.AcquirerKey, setup.AcquirerPublic, setup.NetworkKey, setup.NetworkPublic}
	if !slices.Equal(names, want) {
		t.Errorf("files %v, want %v", names, want)
	}
	p, err := profile.Load(context.Background(), filepath.Join(dir, setup.ProfileFile), profile.Options{WithoutSecrets: true})
	if err != nil {
		t.Fatal(err)
	}
	if p.AlipayPlus.AcquirerKeys["1"] == "" || p.AlipayPlus.NetworkKey == "" {
		t.Errorf("keys: %+v", p.AlipayPlus)
	}
}

func TestKeysArePairs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := setup.Init(dir, setup.Commented); err != nil {
		t.Fatal(err)
	}
	for private, public := range map[string]string{setup.AcquirerKey: setup.AcquirerPublic, setup.NetworkKey: setup.NetworkPublic} {
		key, err := sign.ParsePrivateKey(read(t, dir, private))
		if err != nil {
			t.Fatal(err)
		}
		other, err := sign.ParsePublicKey(read(t, dir, public))
		if err != nil || !key.PublicKey.Equal(other) {
			t.Errorf("%s and %s are no pair: %v", private, public, err)
		}
		info, err := os.Stat(filepath.Join(dir, private))
		if err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) {
			t.Errorf("%s: %v %v", private, info, err)
		}
	}
}

func TestReferenceTemplateServesAtAFixedAddressWithAFixedKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := setup.Init(dir, setup.Reference); err != nil {
		t.Fatal(err)
	}
	p, err := profile.Load(context.Background(), filepath.Join(dir, setup.ProfileFile), profile.Options{WithoutSecrets: true})
	if err != nil {
		t.Fatal(err)
	}
	if p.AlipayPlus.Listen != setup.Listen || p.AlipayPlus.NetworkKey == "" || p.AlipayPlus.AcquirerKeys["1"] == "" {
		t.Errorf("alipayplus: %+v", p.AlipayPlus)
	}
}

func TestUnknownTemplate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := setup.Init(dir, "mine"); err == nil || !strings.Contains(err.Error(), "commented and reference") {
		t.Errorf("error is %v", err)
	}
	if count(t, dir) != 0 {
		t.Error("something was written")
	}
}

func TestPair(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	private, public, err := setup.Pair(filepath.Join(dir, "new", "acme.key"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.ParsePrivateKey(read(t, private))
	if err != nil {
		t.Fatal(err)
	}
	if other, err := sign.ParsePublicKey(read(t, public)); err != nil || !key.PublicKey.Equal(other) {
		t.Errorf("%s and %s are no pair: %v", private, public, err)
	}
	if _, _, err := setup.Pair(private); !errors.Is(err, setup.ErrExists) {
		t.Errorf("made twice: %v", err)
	}
	for _, name := range []string{"", "acme.pub", dir + "/"} {
		if _, _, err := setup.Pair(name); err == nil {
			t.Errorf("%q was taken for the name of a private key", name)
		}
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	t.Parallel()
	for _, name := range []string{setup.ProfileFile, setup.NetworkPublic} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := setup.Init(dir, setup.Commented)
		if !errors.Is(err, setup.ErrExists) || !strings.Contains(err.Error(), path) {
			t.Errorf("error is %v", err)
		}
		if string(read(t, path)) != "mine" {
			t.Errorf("%s was overwritten", name)
		}
		if left := count(t, dir); left != 1 {
			t.Errorf("%d files after a refusal, want the one that was there", left)
		}
	}
}

func TestFolderThatCannotBeMade(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "taken")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := setup.Init(dir, setup.Commented); err == nil || errors.Is(err, setup.ErrExists) {
		t.Errorf("error is %v", err)
	}
}

func count(t *testing.T, dir string) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSheet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := setup.Init(dir, setup.Commented); err != nil {
		t.Fatal(err)
	}
	sheet, err := setup.SheetOf(control.Info{
		ClientID: "SANDBOX_1", AcquirerID: "1022", GatewayURL: "http://127.0.0.1:8880/", KeyVersion: "1", CallbackHosts: []string{"127.0.0.1", "localhost"},
	}).WithKeyOf(dir)
	if err != nil {
		t.Fatal(err)
	}
	text, err := sheet.Text()
	if err != nil {
		t.Fatal(err)
	}
	pem := string(read(t, dir, setup.NetworkPublic))
	for _, want := range []string{
		"SANDBOX_1", "1022", "http://127.0.0.1:8880/aps/api/v1/payments/inquiryPayment", "127.0.0.1, localhost", sheet.NetworkKey, pem,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the sheet lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(sheet.NetworkKey, "\n") || strings.Contains(text, "PRIVATE") {
		t.Error("the key is not in one line, or a private key is on the sheet")
	}
	if _, err := (setup.Sheet{}).Text(); err == nil {
		t.Error("a sheet without a key is none")
	}
}
