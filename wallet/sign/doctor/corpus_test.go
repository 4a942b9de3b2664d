package doctor_test

import (
	"bytes"
	"crypto/rsa"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mppsim/wallet/sign"
	"mppsim/wallet/sign/doctor"
)

// corpus is a folder of messages that were signed with openssl and the signers of three languages.
const corpus = "../../../fixtures/doctor"

func readMessage(t testing.TB, path string) doctor.Message {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := doctor.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func readKey(t testing.TB, name string) doctor.Key {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(corpus, "keys", name+".pub"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.ParsePublicKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return doctor.Key{Public: key}
}

// storedCase is a message of the corpus with all keys of the set-up.
func storedCase(t testing.TB, path string) doctor.Case {
	t.Helper()
	older, current, network := readKey(t, "older"), readKey(t, "acquirer"), readKey(t, "alipayplus")
	older.Version, current.Version = "0", "1"
	c := doctor.Case{Message: readMessage(t, path), Keys: []doctor.Key{older, current}, OtherKeys: map[string]*rsa.PublicKey{"Alipay+": network.Public}}
	if _, err := os.Stat(path + ".to"); err == nil {
		request := readMessage(t, path+".to")
		c.Request = &request
	}
	return c
}

func stored(t testing.TB, folder string, least int) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(corpus, folder, "*.http"))
	if err != nil || len(paths) < least {
		t.Fatalf("%d messages in %s, %v", len(paths), folder, err)
	}
	return paths
}

func TestEachMistakeOfTheCorpusIsDiagnosedFirst(t *testing.T) {
	t.Parallel()
	kinds := make(map[string]bool)
	for _, path := range stored(t, "bad", 100) {
		want, _, _ := strings.Cut(filepath.Base(path), "--")
		kinds[want] = true
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			r, err := doctor.Examine(storedCase(t, path))
			if err != nil {
				t.Fatal(err)
			}
			if string(r.Mistake) != want || r.Documented() {
				t.Errorf("diagnosis %s: %s", r.Mistake, r.Text)
			}
			if r.Text == "" || r.Change == "" {
				t.Errorf("no text or no cure: %+v", r)
			}
		})
	}
	if len(kinds) < 60 {
		t.Errorf("only %d kinds of mistakes", len(kinds))
	}
}

func TestGoodMessagesAreNotAccused(t *testing.T) {
	t.Parallel()
	for _, path := range stored(t, "good", 10) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			r, err := doctor.Examine(storedCase(t, path))
			if err != nil {
				t.Fatal(err)
			}
			if !r.Documented() {
				t.Errorf("diagnosis %s: %s", r.Mistake, r.Text)
			}
		})
	}
}
