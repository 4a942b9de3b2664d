package sign

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// octets is a signature whose base64 holds both special characters and padding.
func octets() []byte {
	return append(append([]byte{1, 2, 3}, bytes.Repeat([]byte{0xfb, 0xff, 0xbe}, 84)...), 0xfe)
}

func TestParseHeaderReadsEverySpelling(t *testing.T) {
	t.Parallel()
	plain := base64.StdEncoding.EncodeToString(octets())
	escaped := url.QueryEscape(plain)
	lower := strings.NewReplacer("%2B", "%2b", "%2F", "%2f", "%3D", "%3d").Replace(escaped)
	tests := []struct {
		name, header string
		notes        []string
	}{
		{"documented", "algorithm=RSA256,keyVersion=1,signature=" + escaped, nil},
		{"blanks after commas", "algorithm=RSA256, keyVersion=1, signature=" + escaped, nil},
		{"blanks everywhere", " algorithm = RSA256 , keyVersion = 1 , signature = " + escaped + " ", nil},
		{"any order", "signature=" + escaped + ",algorithm=RSA256,keyVersion=1", nil},
		{"lower-case escapes", "algorithm=RSA256,keyVersion=1,signature=" + lower, nil},
		{"not escaped", "algorithm=RSA256,keyVersion=1,signature=" + plain, []string{"the signature is not percent-encoded"}},
		{"plus became a blank", "algorithm=RSA256,keyVersion=1,signature=" + strings.ReplaceAll(plain, "+", " "), []string{"blanks in the signature stand for +", "the signature is not percent-encoded"}},
		{"escaped twice", "algorithm=RSA256,keyVersion=1,signature=" + url.QueryEscape(escaped), []string{"the signature is percent-encoded twice"}},
		{"URL-safe, no padding", "algorithm=RSA256,keyVersion=1,signature=" + base64.RawURLEncoding.EncodeToString(octets()), []string{"the signature is in the URL-safe base64 alphabet", "the base64 padding is missing or wrong"}},
		{"no padding", "algorithm=RSA256,keyVersion=1,signature=" + url.QueryEscape(strings.TrimRight(plain, "=")), []string{"the base64 padding is missing or wrong"}},
		{"quoted", `algorithm="RSA256",keyVersion="1",signature="` + escaped + `"`, []string{"item algorithm is quoted", "item keyVersion is quoted", "item signature is quoted"}},
		{"other letter case", "Algorithm=RSA256,KeyVersion=1,Signature=" + escaped, []string{"item Algorithm is in another letter case", "item KeyVersion is in another letter case", "item Signature is in another letter case"}},
		{"no key version", "algorithm=RSA256,signature=" + escaped, []string{"keyVersion is missing"}},
		{"no algorithm", "keyVersion=1,signature=" + escaped, []string{"algorithm is missing"}},
		{"more items", "algorithm=RSA256,keyVersion=1,nonce=7,signature=" + escaped, []string{"unknown item nonce"}},
		{"line breaks", "algorithm=RSA256,keyVersion=1,signature=" + url.QueryEscape(plain[:76]+"\r\n"+plain[76:]), []string{"line breaks in the signature"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h, err := ParseHeader(test.header)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(h.Signature, octets()) {
				t.Errorf("signature %x", h.Signature)
			}
			if !slices.Equal(h.Notes, test.notes) {
				t.Errorf("notes %q, want %q", h.Notes, test.notes)
			}
		})
	}
}

func TestParseHeaderRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, header string
		want         error
	}{
		{"nothing", "", ErrMissing},
		{"blanks", "  ", ErrMissing},
		{"no items", "abc", ErrMalformed},
		{"no signature", "algorithm=RSA256,keyVersion=1", ErrMalformed},
		{"empty signature", "algorithm=RSA256,keyVersion=1,signature=", ErrMalformed},
		{"signature of nothing", "signature=%0A", ErrMalformed},
		{"item twice", "algorithm=RSA256,algorithm=RSA256,keyVersion=1,signature=QQ%3D%3D", ErrMalformed},
		{"bad escape", "algorithm=RSA256,keyVersion=1,signature=QQ%3", ErrMalformed},
		{"no base64", "algorithm=RSA256,keyVersion=1,signature=%C3%A9", ErrMalformed},
		{"endless", "signature=" + strings.Repeat("A", maxHeader), ErrMalformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if _, err := ParseHeader(test.header); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
		})
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	key, other := keyPair(t, "client"), keyPair(t, "gateway")
	m := Message{Method: "POST", Target: "/a", ClientID: "c", Time: "t", Body: []byte("{}")}
	header, err := m.Sign(key, "7")
	if err != nil {
		t.Fatal(err)
	}
	sevens := NewKeySet("7", &key.PublicKey)
	tests := []struct {
		name   string
		header string
		keys   KeySet
		want   Verdict
		notes  int
	}{
		{"valid", header, sevens, Valid, 0},
		{"version of an older key", header, sevens.With("8", &other.PublicKey), Valid, 0},
		{"unknown version falls back to the current key", strings.Replace(header, "keyVersion=7", "keyVersion=9", 1), sevens, Valid, 1},
		{"unknown version, other current key", strings.Replace(header, "keyVersion=7", "keyVersion=9", 1), sevens.With("8", &other.PublicKey), Invalid, 1},
		{"wrong key", header, NewKeySet("7", &other.PublicKey), Invalid, 0},
		{"other algorithm", strings.Replace(header, "RSA256", "HS256", 1), sevens, Invalid, 0},
		{"missing", "", sevens, Missing, 0},
		{"malformed", "signature", sevens, Malformed, 0},
		{"no key", header, KeySet{}, Unchecked, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			j := Judge(m, test.header, test.keys)
			if j.Verdict != test.want || len(j.Notes) != test.notes {
				t.Errorf("judged %+v", j)
			}
			if (j.Verdict == Valid) != (j.Reason == "") {
				t.Errorf("verdict %s with reason %q", j.Verdict, j.Reason)
			}
			if j.Verdict == Invalid && j.Signed != string(m.Content()) {
				t.Errorf("string to sign %q", j.Signed)
			}
		})
	}
}

func FuzzParseHeader(f *testing.F) {
	f.Add("algorithm=RSA256,keyVersion=1,signature=QUJD")
	f.Add("algorithm=RSA256, keyVersion=0, signature=%2b%2F%3d")
	f.Add(",,,=,=,")
	f.Add(`signature="a_-"`)
	f.Add("keyVersion=,signAture=%0A")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ParseHeader(text)
		if err != nil {
			if !errors.Is(err, ErrMissing) && !errors.Is(err, ErrMalformed) {
				t.Fatalf("unnamed error %v", err)
			}
			return
		}
		again, err := ParseHeader(FormatHeader("1", h.Signature))
		if err != nil || !bytes.Equal(again.Signature, h.Signature) || len(again.Notes) != 0 {
			t.Fatalf("written anew it reads %+v, %v", again, err)
		}
	})
}
