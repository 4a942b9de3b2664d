package testkey

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	_ "embed"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

//go:embed testdata/openssl.json
var vectorText []byte

// vector is a signature that openssl made with the private key of four primes.
type vector struct {
	Primes    []string
	Message   string
	Signature []byte
}

func TestSignaturesAreThoseOfOpenSSL(t *testing.T) {
	t.Parallel()
	var v vector
	if err := json.Unmarshal(vectorText, &v); err != nil {
		t.Fatal(err)
	}
	var list []*big.Int
	for _, text := range v.Primes {
		p, ok := new(big.Int).SetString(text, 16)
		if !ok {
			t.Fatalf("%q is no number", text)
		}
		list = append(list, p)
	}
	k := assemble(list)
	if k == nil {
		t.Fatal("the primes make no key")
	}
	if got := signed(t, k, v.Message); !slices.Equal(got, v.Signature) {
		t.Errorf("signature %x, want %x", got, v.Signature)
	}
}

// TestOpenSSLVerifiesANewKey asks the program itself where it is installed.
func TestOpenSSLVerifiesANewKey(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("openssl")
	if err != nil {
		t.Log("openssl is not installed: its stored signature was compared only")
		return
	}
	k, dir := testKey(t), t.TempDir()
	der, err := x509.MarshalPKIXPublicKey(k.Public())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"key.pub": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "message": []byte("tea"), "signature": signed(t, k, "tea"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), program, "dgst", "-sha256", "-verify", "key.pub", "-signature", "signature", "message")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func signed(t *testing.T, k *Key, message string) []byte {
	t.Helper()
	digest := sha256.Sum256([]byte(message))
	signature, err := k.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return signature
}
