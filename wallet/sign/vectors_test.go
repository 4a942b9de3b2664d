package sign

import (
	"crypto/rsa"
	"encoding/json"
	"testing"

	"mppsim/fixtures"
)

// vector is a message of fixtures/vectors/signatures.json.
type vector struct {
	Name, Signer, Method, Target, ClientID, Time, Body, Header, StringToSign string
}

func (v vector) message() Message {
	return Message{Method: v.Method, Target: v.Target, ClientID: v.ClientID, Time: v.Time, Body: []byte(v.Body)}
}

type vectorFile struct {
	Keys     map[string]struct{ Private, Public string }
	Messages []vector
}

func vectors(t testing.TB) vectorFile {
	t.Helper()
	text, err := fixtures.Vectors.ReadFile("vectors/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var f vectorFile
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Messages) < 4 {
		t.Fatalf("%d messages in the file", len(f.Messages))
	}
	return f
}

// keyPair returns a throw-away pair of the vectors: client or gateway.
func keyPair(t testing.TB, name string) *rsa.PrivateKey {
	t.Helper()
	key, err := ParsePrivateKey([]byte(vectors(t).Keys[name].Private))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestVectorsAreReproducedOctetForOctet(t *testing.T) {
	t.Parallel()
	file := vectors(t)
	for _, v := range file.Messages {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			m := v.message()
			if got := string(m.Content()); got != v.StringToSign {
				t.Errorf("string to sign\n got %q\nwant %q", got, v.StringToSign)
			}
			header, err := m.Sign(keyPair(t, v.Signer), "1")
			if err != nil {
				t.Fatal(err)
			}
			if header != v.Header {
				t.Errorf("header\n got %s\nwant %s", header, v.Header)
			}
			public, err := ParsePublicKey([]byte(file.Keys[v.Signer].Public))
			if err != nil {
				t.Fatal(err)
			}
			if j := Judge(m, v.Header, NewKeySet("1", public)); j.Verdict != Valid || len(j.Notes) != 0 {
				t.Errorf("judged %+v", j)
			}
			m.Body = append(m.Body, ' ')
			if j := Judge(m, v.Header, NewKeySet("1", public)); j.Verdict != Invalid {
				t.Errorf("a changed body was judged %s", j.Verdict)
			}
		})
	}
}
