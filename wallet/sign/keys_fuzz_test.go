package sign

import (
	"errors"
	"testing"
)

// FuzzParseKey: any text is a key, which survives being written in either form, or is refused by name.
func FuzzParseKey(f *testing.F) {
	key, err := GenerateKey()
	if err != nil {
		f.Fatal(err)
	}
	privateLine, err1 := PrivateKeyLine(key)
	privatePEM, err2 := PrivateKeyPEM(key)
	publicLine, err3 := PublicKeyLine(&key.PublicKey)
	publicPEM, err4 := PublicKeyPEM(&key.PublicKey)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{privateLine, string(privatePEM), publicLine, string(publicPEM), publicLine[:100], "-----BEGIN PUBLIC KEY-----", "MII=", ""} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if private, err := ParsePrivateKey(text); err == nil {
			line, err := PrivateKeyLine(private)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := ParsePrivateKey([]byte(line)); err != nil || !again.Equal(private) {
				t.Fatalf("a private key does not survive: %v", err)
			}
		} else if !errors.Is(err, ErrKey) {
			t.Fatalf("a refusal without its name: %v", err)
		}
		public, err := ParsePublicKey(text)
		if err != nil {
			if !errors.Is(err, ErrKey) {
				t.Fatalf("a refusal without its name: %v", err)
			}
			return
		}
		line, err := PublicKeyLine(public)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := ParsePublicKey([]byte(line)); err != nil || !again.Equal(public) {
			t.Fatalf("a public key does not survive: %v", err)
		}
	})
}
