package doctor_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mppsim/wallet/sign"
	"mppsim/wallet/sign/doctor"
)

var update = flag.Bool("update", false, "write the golden files anew")

// parse reads a message from text.
func parse(t testing.TB, text string) doctor.Message {
	t.Helper()
	m, err := doctor.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// raw returns a good message of the corpus as text.
func raw(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(corpus, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func examine(t testing.TB, c doctor.Case) doctor.Report {
	t.Helper()
	if c.Keys == nil {
		c.Keys = []doctor.Key{readKey(t, "acquirer")}
	}
	r, err := doctor.Examine(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func has(notes []string, word string) bool { return strings.Contains(strings.Join(notes, "\n"), word) }

func TestWhatIsKnownBesideTheMessageHelps(t *testing.T) {
	t.Parallel()
	good := raw(t, "good/query.http")
	_, body, _ := strings.Cut(good, "\r\n\r\n")
	signed := "POST /aps/api/v1/payments/pay?lang=en%20GB\nSANDBOX_5YBZ4X2Y9QV803210.2031-03-05T10:00:00.123+08:00." + body
	moved := strings.Replace(good, "POST /aps/", "POST /inner/aps/", 1)
	changed := strings.Replace(good, `"2500"`, `"9900"`, 1)
	renamed := strings.Replace(good, "Client-Id: SANDBOX_5YBZ4X2Y9QV803210", "Client-Id: SANDBOX_OTHER", 1)
	tests := []struct {
		name    string
		c       doctor.Case
		mistake sign.Mistake
		part    string
		note    string
	}{
		{"a key without version fits any", doctor.Case{Message: parse(t, good)}, sign.NoMistake, "", ""},
		{"path behind a proxy", doctor.Case{Message: parse(t, moved)}, "shortened-path", "path", ""},
		{"path behind a proxy that is known", doctor.Case{Message: parse(t, moved), Target: "/aps/api/v1/payments/pay?lang=en%20GB"}, sign.NoMistake, "", ""},
		{"path of the proxy signed", doctor.Case{Message: parse(t, good), Target: "/outer"}, "other-path", "path", ""},
		{"changed body", doctor.Case{Message: parse(t, changed)}, sign.OtherContent, "", ""},
		{"changed body, and what was signed", doctor.Case{Message: parse(t, changed), Claimed: []byte(signed)}, sign.OtherContent, "body", ""},
		{"what was signed, from an editor", doctor.Case{Message: parse(t, changed), Claimed: []byte(strings.ReplaceAll(signed, "\n", "\r\n") + "\r\n")}, sign.OtherContent, "body", ""},
		{"something that was not signed", doctor.Case{Message: parse(t, changed), Claimed: []byte("no")}, sign.OtherContent, "", ""},
		{"other client id", doctor.Case{Message: parse(t, renamed), ClientIDs: []string{"SANDBOX_5YBZ4X2Y9QV803210"}}, "other-client-id", "client id", "expected was"},
		{"two signatures", doctor.Case{Message: parse(t, strings.Replace(good, "Host:", "Signature: x=1\r\nHost:", 1))}, sign.BadHeader, "", "2 headers Signature"},
		{"other name of the header", doctor.Case{Message: parse(t, strings.Replace(good, "Signature:", "X-Sign:", 1))}, sign.NoSignature, "", "X-Sign"},
		{"no client id", doctor.Case{Message: parse(t, strings.Replace(good, "Client-Id:", "Client:", 1))}, "client-id-missing", "", ""},
		{"no time", doctor.Case{Message: parse(t, strings.Replace(good, "Request-Time:", "Time:", 1))}, "time-missing", "", ""},
		{"nothing to tell apart", doctor.Case{Message: parse(t, good), Keys: []doctor.Key{readKey(t, "alipayplus")}}, sign.WrongKey, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := examine(t, test.c)
			if r.Mistake != test.mistake {
				t.Errorf("diagnosis %s: %s", r.Mistake, r.Text)
			}
			switch {
			case test.part == "" && r.Difference != nil && !r.Verifies:
				t.Errorf("difference %+v", r.Difference)
			case test.part != "" && (r.Difference == nil || r.Difference.Part != test.part || r.Actual == nil):
				t.Errorf("difference %+v, want one in the %s", r.Difference, test.part)
			}
			if !has(r.Notes, test.note) {
				t.Errorf("notes %q do not say %q", r.Notes, test.note)
			}
		})
	}
}

func TestAnAnswerNeedsItsRequest(t *testing.T) {
	t.Parallel()
	message := parse(t, raw(t, "good/answer.http"))
	keys := []doctor.Key{readKey(t, "acquirer")}
	if _, err := doctor.Examine(doctor.Case{Message: message, Keys: keys}); !errors.Is(err, doctor.ErrNoRequest) {
		t.Errorf("error %v", err)
	}
	if _, err := doctor.Examine(doctor.Case{Message: message, Target: "/x"}); !errors.Is(err, doctor.ErrNoKey) {
		t.Errorf("error %v", err)
	}
	if r := examine(t, doctor.Case{Message: message, Target: "/notify/alipayplus?shop=7"}); !r.Documented() {
		t.Errorf("by its path: %s", r.Text)
	}
	disordered := strings.Replace(raw(t, "good/answer.http"), "algorithm=RSA256,keyVersion=1", "keyVersion=1,algorithm=RSA256", 1)
	if r := examine(t, doctor.Case{Message: parse(t, disordered), Target: "/notify/alipayplus?shop=7"}); !r.Verifies || !has(r.Notes, "order") {
		t.Errorf("in another order: %+v", r)
	}
}

// With only the current key, without a version, everything is diagnosed as with all keys, but for mistakes with keys.
func TestTheCorpusWithOneKey(t *testing.T) {
	t.Parallel()
	for _, path := range stored(t, "bad", 100) {
		want, _, _ := strings.Cut(filepath.Base(path), "--")
		if want == string(sign.WrongKeyVersion) || want == string(sign.SwappedKeys) {
			continue
		}
		c := storedCase(t, path)
		c.OtherKeys, c.Keys = nil, []doctor.Key{readKey(t, "acquirer")}
		if r := examine(t, c); string(r.Mistake) != want {
			t.Errorf("%s: diagnosis %s: %s", filepath.Base(path), r.Mistake, r.Text)
		}
	}
}

// A damaged message must not look good, wherever the damage is in what is signed.
func TestAnyChangeOfAGoodMessageIsSeen(t *testing.T) {
	t.Parallel()
	good := raw(t, "good/node-compact.http")
	body := strings.Index(good, "\r\n\r\n") + 4
	places := []int{2, 7, strings.Index(good, "SANDBOX"), strings.Index(good, "2031"), strings.Index(good, "signature=") + 20}
	for i := body; i < len(good); i += 40 {
		places = append(places, i)
	}
	for _, i := range places {
		damaged := []byte(good)
		damaged[i] ^= 0x01
		r := examine(t, doctor.Case{Message: parse(t, string(damaged))})
		if r.Verifies || r.Mistake == sign.NoMistake {
			t.Errorf("octet %d (%q) changed, and it verifies", i, good[i])
		}
	}
}

func TestGoldenReports(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"bad/crlf--and-missing-slash", "bad/charset--gbk-by-java", "bad/other-content--amount-changed", "bad/swapped-keys--key-of-alipayplus", "bad/base64-alphabet--url-safe", "good/query"} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			r := examine(t, storedCase(t, filepath.Join(corpus, name+".http")))
			if r.Key != nil {
				r.Key.SHA256 = strings.Repeat("0", 64) // the corpus may be made anew
			}
			var text bytes.Buffer
			if err := r.WriteText(&text); err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Base(name)+".txt", text.Bytes())
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestJSONKeepsOctetsThatAreNoText(t *testing.T) {
	t.Parallel()
	r := examine(t, storedCase(t, filepath.Join(corpus, "bad/charset--latin-1-by-java.http")))
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Verifies         bool
		Mistake          string
		Expected, Actual struct {
			Octets int
			Text   string
			Base64 []byte
		}
		FirstDifference struct{ Octet int }
	}
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if back.Verifies || back.Mistake != "charset" || back.Expected.Octets != len(back.Expected.Text) || len(back.Actual.Base64) != back.Actual.Octets {
		t.Errorf("read back %+v", back)
	}
	if at := back.FirstDifference.Octet - 1; back.Expected.Text[:at] != string(back.Actual.Base64[:at]) || back.Expected.Text[at] == back.Actual.Base64[at] {
		t.Errorf("they do not differ first at octet %d", at+1)
	}
}

// longest is what an examination may take on a machine that does nothing else; BenchmarkExamine holds it to that.
const longest = 200 * time.Millisecond

// The test allows for the race detector and a busy machine.
// fastest examines a case up to five times, until one examination is fast enough.
func fastest(t testing.TB, c doctor.Case, enough time.Duration) time.Duration {
	t.Helper()
	best := time.Hour
	for n := 0; n < 5 && best >= enough; n++ {
		start := time.Now()
		examine(t, c)
		best = min(best, time.Since(start))
	}
	return best
}

// BenchmarkExamine examines the whole corpus in each round and reports its slowest message.
func BenchmarkExamine(b *testing.B) {
	paths := stored(b, "bad", 100)
	cases := make([]doctor.Case, len(paths))
	for i, path := range paths {
		cases[i] = storedCase(b, path)
	}
	var slowest time.Duration
	for b.Loop() {
		for i, c := range cases {
			took := fastest(b, c, longest)
			if took >= longest {
				b.Errorf("%s took %v", filepath.Base(paths[i]), took)
			}
			slowest = max(slowest, took)
		}
	}
	b.ReportMetric(float64(slowest.Microseconds())/1000, "ms/slowest")
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N*len(cases)), "ms/message")
}

// Whatever file is given: it is refused, or examined to a sentence.
func FuzzExamine(f *testing.F) {
	for _, folder := range []string{"good", "bad"} {
		for _, path := range stored(f, folder, 10)[:10] {
			text, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	key := readKey(f, "alipayplus") // of another party: the search for what was signed has its own target
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := doctor.Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		r, err := doctor.Examine(doctor.Case{Message: m, Target: "/notify", Keys: []doctor.Key{key}})
		if err != nil || r.Text == "" || r.Mistake == "" {
			t.Fatalf("report %+v, %v", r, err)
		}
		var out bytes.Buffer
		if err := r.WriteText(&out); err != nil || out.Len() == 0 {
			t.Fatal(err)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
	})
}
