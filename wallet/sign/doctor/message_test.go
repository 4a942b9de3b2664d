package doctor

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestReadTakesMessagesAsTheyAreStored(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text                string
		method, target, host, get string // get: value of Client-Id
		status                    int
		body                      string
		notes                     int
	}{
		{
			name: "CR LF", text: "POST /a?b=c HTTP/1.1\r\nHost: h:1\r\nclient-ID:  C1 \r\nContent-Length: 2\r\n\r\n{}",
			method: "POST", target: "/a?b=c", host: "h:1", get: "C1", body: "{}",
		},
		{name: "LF", text: "POST /a HTTP/1.1\nClient-Id: C1\n\n{}", method: "POST", target: "/a", get: "C1", body: "{}"},
		{name: "comments before", text: "\n### pay\n// first\nPOST /a\nClient-Id: C1\n\n{}", method: "POST", target: "/a", get: "C1", body: "{}"},
		{name: "byte order mark of an editor", text: "\ufeffPOST /a\n\n", method: "POST", target: "/a"},
		{name: "absolute target", text: "POST https://h.example/a?b HTTP/1.1\n\n", method: "POST", target: "/a?b", host: "h.example"},
		{name: "absolute target without path", text: "POST https://h.example HTTP/1.1\n\n", method: "POST", target: "/", host: "h.example"},
		{name: "absolute target with query only", text: "POST https://h.example?x HTTP/1.1\n\n", method: "POST", target: "/?x", host: "h.example"},
		{name: "address in the query", text: "POST /a?u=https://x/ HTTP/1.1\n\n", method: "POST", target: "/a?u=https://x/"},
		{name: "lower-case method", text: "post /a HTTP/1.1\n\n", method: "post", target: "/a"},
		{name: "answer", text: "HTTP/1.1 200 OK\nclient-id: C1\n\n{}", status: 200, get: "C1", body: "{}"},
		{name: "HTTP/2 answer", text: "HTTP/2 503\n\n", status: 503},
		{name: "cut by its length", text: "POST /a\nContent-Length: 2\n\n{}\n", method: "POST", target: "/a", body: "{}"},
		{name: "much longer than its length", text: "POST /a\nContent-Length: 2\n\n{}xyz", method: "POST", target: "/a", body: "{}", notes: 1},
		{name: "shorter than its length", text: "POST /a\nContent-Length: 9\n\n{}", method: "POST", target: "/a", body: "{}", notes: 1},
		{name: "length in words", text: "POST /a\nContent-Length: two\n\n{}", method: "POST", target: "/a", body: "{}", notes: 1},
		{name: "chunks", text: "POST /a\nTransfer-Encoding: chunked\n\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", method: "POST", target: "/a", body: "{}"},
		{name: "chunks joined already", text: "POST /a\nTransfer-Encoding: chunked\n\n{}", method: "POST", target: "/a", body: "{}", notes: 1},
		{name: "folded header", text: "POST /a\nClient-Id: C1\n  x\n\n", method: "POST", target: "/a", get: "C1 x", notes: 1},
		{name: "first of two headers", text: "POST /a\nClient-Id: C1\nClient-Id: C2\n\n", method: "POST", target: "/a", get: "C1"},
		{name: "no empty line", text: "POST /a\nClient-Id: C1", method: "POST", target: "/a", get: "C1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m, err := Read(strings.NewReader(test.text))
			if err != nil {
				t.Fatal(err)
			}
			if m.Method != test.method || m.Target != test.target || m.Host != test.host || m.Status != test.status || m.Answer != (test.status != 0) {
				t.Errorf("first line read as %+v", m)
			}
			if m.Get("Client-Id") != test.get || string(m.Body) != test.body || len(m.Notes) != test.notes {
				t.Errorf("client id %q, body %q, notes %q", m.Get("Client-Id"), m.Body, m.Notes)
			}
		})
	}
}

func TestReadRefusesWhatIsNoMessage(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, says string }{
		{"nothing", "", "empty"},
		{"comments only", "# a\n\n", "empty"},
		{"JSON", `{"a":"1"}`, "line 1"},
		{"a header first", "\nHost: h\n\n", "line 2"},
		{"no target", "POST\n\n", "line 1"},
		{"no status", "HTTP/1.1 OK\n\n", "line 1"},
		{"body without empty line", "POST /a\nHost: h\n{}", "line 3"},
		{"endless", "POST /a\n\n" + strings.Repeat("x", maxMessage), "longer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(strings.NewReader(test.text))
			if !errors.Is(err, ErrMessage) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one that says %q", err, test.says)
			}
		})
	}
}

func TestParseTarget(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"/a?b": "/a?b", "https://h/a": "/a", "http://h": "/", "a/b": "", "": "", "://": ""} {
		got, err := ParseTarget(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestWhatDoesNotPrintIsShown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a\r\nb\t\x00\x7f": "a␍␊b␉␀␡",
		"\ufeffé\xe9":      "⟨BOM⟩é⟨E9⟩",
		"\u200b\u00a0 x":   "⟨U+200B⟩⟨U+00A0⟩ x",
	} {
		if got := oneLine([]byte(text)); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
	if got := block(Text("a\nb\n")); got != "  a␊\n  b␊" {
		t.Errorf("block %q", got)
	}
	if got := block(bytes.Repeat([]byte("x"), longestShown+5)); !strings.HasSuffix(got, "and 5 octets more") {
		t.Errorf("a long text ends %q", got[len(got)-40:])
	}
	if got := columns("a咖é"); got != 4 {
		t.Errorf("%d columns", got)
	}
}
