package sign

import (
	"crypto"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// explained is a message with everything in which a mistake can hide.
func explained() Message {
	return Message{
		Method: "POST", Target: "/aps/api/v1/payments/pay?lang=en%20GB", ClientID: "SANDBOX_5Y01", Time: "2031-03-05T10:00:00.123+05:30",
		Body: []byte("{\"b\":\"caf\u00e9 <1> a/b\",\n \"a\":\"1\"}"),
	}
}

func TestExplainFindsTheMistakeInTheSignedString(t *testing.T) {
	t.Parallel()
	key := keyPair(t, "client")
	m := explained()
	swap := func(old, new string) string { return strings.Replace(string(m.Content()), old, new, 1) }
	tests := []struct {
		name, signed string
		want         Mistake
	}{
		{"CR LF", swap("\n", "\r\n"), "crlf"},
		{"no line feed", swap("\n", ""), "missing-line-feed"},
		{"line feed in letters", swap("\n", `\n`), "escaped-line-feed"},
		{"trailing newline", string(m.Content()) + "\n", "trailing-newline"},
		{"no slash", swap("/aps", "aps"), "missing-slash"},
		{"trailing slash", swap("GB\n", "GB/\n"), "trailing-slash"},
		{"no query", swap("?lang=en%20GB", ""), "query-left-out"},
		{"decoded query", swap("en%20GB", "en GB"), "query-decoded"},
		{"whole address", swap("/aps", "https://gateway.example/aps"), "whole-url"},
		{"whole address with port", swap("/aps", "https://gateway.example:443/aps"), "whole-url"},
		{"path without prefix", swap("/aps/api", "/api"), "shortened-path"},
		{"other path", swap(m.Target, "/aps/api/v1/payments/refund"), "other-path"},
		{"lower-case method", swap("POST", "post"), "method-case"},
		{"other method", swap("POST", "GET"), "other-method"},
		{"acquirer id", swap("SANDBOX_5Y01", "102200"), "other-client-id"},
		{"client id without prefix", swap("SANDBOX_5Y01", "5Y01"), "client-id-prefix"},
		{"no client id", swap("SANDBOX_5Y01", ""), "client-id-empty"},
		{"time in UTC", swap("2031-03-05T10:00:00.123+05:30", "2031-03-05T04:30:00.123Z"), "other-time-form"},
		{"time without fraction", swap(".123+", "+"), "other-time-form"},
		{"time in milliseconds", swap("2031-03-05T10:00:00.123+05:30", "1930451400123"), "other-time-form"},
		{"request's time", swap(m.Time, "2031-03-05T09:59:58Z"), "other-time"},
		{"no time", swap(m.Time, ""), "time-left-out"},
		{"clock read again", swap(".123+", ".151+"), SecondClock},
		{"no body", strings.TrimSuffix(string(m.Content()), string(m.Body)), "empty-body"},
		{"compact body", swap(",\n ", ","), "re-serialised-body"},
		{"sorted body", swap(string(m.Body), "{\"a\":\"1\",\"b\":\"café <1> a/b\"}"), "re-serialised-body"},
		{"escaped body", swap(string(m.Body), `{"b":"caf\u00e9 <1> a/b","a":"1"}`), "re-serialised-body"},
		{"HTML-escaped body", swap(string(m.Body), `{"b":"café \u003c1\u003e a/b","a":"1"}`), "re-serialised-body"},
		{"printed by Python", swap(string(m.Body), `{'b': 'café <1> a/b', 'a': '1'}`), "printed-body"},
		{"printed by Java", swap(string(m.Body), `{b=café <1> a/b, a=1}`), "printed-body"},
		{"printed by Ruby", swap(string(m.Body), `{"b"=>"café <1> a/b", "a"=>"1"}`), "printed-body"},
		{"quoted", swap(string(m.Body), quoted(string(m.Body))), "body-quoted"},
		{"quoted by Python", swap(string(m.Body), style{ascii: true}.write(quoted(string(m.Body)))), "body-quoted"},
		{"escaped slashes", swap("a/b", `a\/b`), "re-serialised-body"},
		{"Latin-1", swap("é", "\xe9"), "charset"},
		{"question marks", swap("é", "?"), "charset"},
		{"encoded twice", swap("é", "Ã©"), "charset"},
		{"two mistakes", strings.Replace(swap("\n", "\r\n"), "/aps", "aps", 1), "crlf"},
		{"something else", swap("café", "tea"), OtherContent},
		{"nothing wrong", string(m.Content()), NoMistake},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			signature, err := Sign(key, []byte(test.signed))
			if err != nil {
				t.Fatal(err)
			}
			d := Explain(Evidence{
				Message: m, Header: FormatHeader("1", signature), Keys: NewKeySet("1", &key.PublicKey),
				Host: "gateway.example", OtherClientIDs: []string{"102200"}, OtherTimes: []string{"2031-03-05T09:59:58Z"},
				OtherTargets: []string{"/aps/api/v1/payments/refund"},
			})
			if d.Mistake != test.want || d.Text == "" {
				t.Fatalf("diagnosis %s: %s", d.Mistake, d.Text)
			}
			if test.want == OtherContent {
				if d.FirstDifference != -1 {
					t.Errorf("first difference %d of a string that was not found", d.FirstDifference)
				}
				return
			}
			if d.Actual != test.signed {
				t.Errorf("signed string %q, want %q", d.Actual, test.signed)
			}
			if at := d.FirstDifference; at >= 0 && d.Expected[:at] != d.Actual[:at] {
				t.Errorf("they differ before octet %d", at)
			}
		})
	}
}

func TestExplainFindsMistakesWithKeysAndHashes(t *testing.T) {
	t.Parallel()
	key, gateway := keyPair(t, "client"), keyPair(t, "gateway")
	m := explained()
	sum, sum1, md := sha256.Sum256(m.Content()), sha1.Sum(m.Content()), md5.Sum(m.Content())
	twice := sha256.Sum256(sum[:])
	pkcs := func(k *rsa.PrivateKey, h crypto.Hash, digest []byte) []byte {
		signature, err := rsa.SignPKCS1v15(rand.Reader, k, h, digest)
		if err != nil {
			t.Fatal(err)
		}
		return signature
	}
	pss, err := rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], nil)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	right := FormatHeader("1", pkcs(key, crypto.SHA256, sum[:]))
	tests := []struct {
		name, header string
		want         Mistake
	}{
		{"gateway's key", FormatHeader("1", pkcs(gateway, crypto.SHA256, sum[:])), SwappedKeys},
		{"stranger's key", FormatHeader("1", pkcs(stranger, crypto.SHA256, sum[:])), WrongKey},
		{"other key version", FormatHeader("0", pkcs(key, crypto.SHA256, sum[:])), WrongKeyVersion},
		{"SHA-1", FormatHeader("1", pkcs(key, crypto.SHA1, sum1[:])), OtherHash},
		{"MD5", FormatHeader("1", pkcs(key, crypto.MD5, md[:])), OtherHash},
		{"hashed twice", FormatHeader("1", pkcs(key, crypto.SHA256, twice[:])), HashedTwice},
		{"PSS", FormatHeader("1", pss), PSSPadding},
		{"cut", FormatHeader("1", pss[:200]), SignatureLength},
		{"hexadecimal", "algorithm=RSA256,keyVersion=1,signature=" + hex.EncodeToString(pss), HexSignature},
		{"algorithm of the library", strings.Replace(right, "RSA256", "SHA256withRSA", 1), BadAlgorithm},
		{"missing", "", NoSignature},
		{"malformed", "signature;abc", BadHeader},
		{"lower case", "algorithm=RSA256,keyVersion=1,signature=" + strings.ToLower(base64.RawStdEncoding.EncodeToString(pss)), NotBase64},
	}
	keys := NewKeySet("0", &stranger.PublicKey).With("1", &key.PublicKey)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			set := keys
			if test.want == WrongKey || test.want == SwappedKeys {
				set = NewKeySet("1", &key.PublicKey)
			}
			d := Explain(Evidence{
				Message: m, Header: test.header, Keys: set,
				ForeignKeys: map[string]*rsa.PublicKey{"the key of Alipay+": &gateway.PublicKey},
			})
			if d.Mistake != test.want {
				t.Errorf("diagnosis %s: %s", d.Mistake, d.Text)
			}
		})
	}
	if d := Explain(Evidence{Message: m, Header: right}); d.Mistake != NoKeyToCheckWith {
		t.Errorf("without keys: %s", d.Mistake)
	}
}

// The longest search must stay bearable: it runs for each message that does not verify.
func TestExplainIsBounded(t *testing.T) {
	t.Parallel()
	key := keyPair(t, "client")
	signature, err := Sign(key, []byte("nothing alike"))
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{100, longestSearched - 100, 1 << 20} {
		m := explained()
		m.Body = []byte(`{"text":"` + strings.Repeat("é/", size/3) + `"}`)
		e := Evidence{Message: m, Header: FormatHeader("1", signature), Keys: NewKeySet("1", &key.PublicKey)}
		if d := Explain(e); d.Mistake != OtherContent {
			t.Errorf("diagnosis %s", d.Mistake)
		}
		p := newProbe(seal{digest: []byte("nothing alike")})
		if _, _, found := search(e, p); found || -p.budget > 4*len(m.Body)+probeCost {
			t.Errorf("%d octets: found %v, %d octets hashed beyond the budget", size, found, -p.budget)
		}
	}
}

// Explain reads whatever strangers send: it must come to an end, and to a sentence.
func FuzzExplain(f *testing.F) {
	key := keyPair(f, "client")
	signature, err := Sign(key, []byte("nothing alike"))
	if err != nil {
		f.Fatal(err)
	}
	m := explained()
	f.Add(m.Method, m.Target, m.ClientID, m.Time, m.Body, "host")
	f.Add("", "", "", "1930451400123", []byte(`{"a":"\ud83d\ude00\/\u00e9"}`), "")
	f.Add("POST", "//?%zz", "\xff", "2031-03-05T10:00:00+0530", []byte("\xef\xbb\xbf\"\\"), "")
	f.Fuzz(func(t *testing.T, method, target, client, at string, body []byte, host string) {
		d := Explain(Evidence{
			Message: Message{Method: method, Target: target, ClientID: client, Time: at, Body: body},
			Header:  FormatHeader("1", signature), Keys: NewKeySet("1", &key.PublicKey), Host: host,
		})
		if d.Text == "" || d.Mistake != OtherContent {
			t.Fatalf("diagnosis %+v", d)
		}
	})
}

// BenchmarkExplainInVain measures the longest search: nothing fits.
func BenchmarkExplainInVain(b *testing.B) {
	key := keyPair(b, "client")
	signature, err := Sign(key, []byte("nothing alike"))
	if err != nil {
		b.Fatal(err)
	}
	for _, size := range []int{500, 4000, longestSearched - 100, 1 << 20} {
		m := explained()
		m.Body = []byte(`{"text":"` + strings.Repeat("\u00e9/", size/3) + `"}`)
		e := Evidence{Message: m, Header: FormatHeader("1", signature), Keys: NewKeySet("1", &key.PublicKey), Host: "gateway.example"}
		if size > 4000 && size <= longestSearched {
			m.Body = []byte(`{"a":"1"` + strings.Repeat(`,"a":{"b":"1"}`, size/14-1) + `}`)
		}
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			for b.Loop() {
				if d := Explain(e); d.Mistake != OtherContent {
					b.Fatal(d.Mistake)
				}
			}
		})
	}
}
