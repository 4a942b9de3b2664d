package jsontree_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mppsim/wallet/jsontree"
)

const sample = `{"result":{"resultCode":"SUCCESS","n":12345678901234567890},"list":[{"a":"x"},"咖/啡"],"none":null,"yes":true}`

func mustParse(t *testing.T, text string) *jsontree.Node {
	t.Helper()
	n, err := jsontree.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRoundTripKeepsOrderAndDigits(t *testing.T) {
	t.Parallel()
	if got := string(mustParse(t, sample).Write(jsontree.Layout{})); got != sample {
		t.Errorf("written %s\nwant    %s", got, sample)
	}
}

func TestForeignLayout(t *testing.T) {
	t.Parallel()
	got := string(mustParse(t, `{"a":"咖/😀\n","b":[]}`).Write(jsontree.Layout{Indent: true, Reverse: true, Escape: true}))
	want := "{\n  \"b\": [],\n  \"a\": \"\\u5496\\/\\ud83d\\ude00\\u000a\"\n}"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if back := mustParse(t, got); back.Get("a").Text != "咖/😀\n" {
		t.Errorf("read back %q", back.Get("a").Text)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing":        "",
		"half":           `{"a":`,
		"trailing text":  `{} x`,
		"two values":     `{}{}`,
		"duplicate name": `{"a":1,"a":2}`,
		"invalid UTF-8":  "{\"a\":\"\xff\"}",
		"mark":           "\xef\xbb\xbf{}",
		"deep":           strings.Repeat("[", 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := jsontree.Parse([]byte(text)); err == nil {
				t.Error("accepted")
			}
		})
	}
	if _, _, err := jsontree.ParseLenient([]byte(strings.Repeat("[", 100_000))); !errors.Is(err, jsontree.ErrDepth) {
		t.Errorf("deep nesting: %v", err)
	}
}

func TestParseLenientSaysWhatItMet(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"\xef\xbb\xbf{\"a\":\"1\"}", `{"a":"1"} tail`, `{"a":"1","a":"2"}`, "{\"a\":\"1\",\"b\":\"\xff\"}"} {
		n, notes, err := jsontree.ParseLenient([]byte(text))
		if err != nil || len(notes) == 0 || n.Get("a").Text != "1" {
			t.Errorf("%q: node %v, notes %q, error %v", text, n, notes, err)
		}
	}
	if _, notes, err := jsontree.ParseLenient([]byte(sample)); err != nil || notes != nil {
		t.Errorf("strict text: notes %q, error %v", notes, err)
	}
}

func TestSetAndRemove(t *testing.T) {
	t.Parallel()
	n := mustParse(t, `{"a":{"b":"1"},"c":["x"]}`)
	for path, value := range map[string]string{"a.d.e": "2", "c.0": "y"} {
		if err := n.Set(path, jsontree.Of(value)); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	if err := n.Set("c.7", jsontree.Of("z")); !errors.Is(err, jsontree.ErrPath) {
		t.Errorf("index out of range: %v", err)
	}
	if err := n.Set("a.b.deeper", jsontree.Of("z")); !errors.Is(err, jsontree.ErrPath) {
		t.Errorf("through a text: %v", err)
	}
	if !n.Remove("a.b") || n.Remove("a.b") || n.Remove("nowhere.b") {
		t.Error("removal is reported wrongly")
	}
	if got, want := string(n.Write(jsontree.Layout{})), `{"a":{"d":{"e":"2"}},"c":["y"]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	if got := string(mustParse(t, sample).AppendTexts([]byte("in front;"), ';')); got != "in front;SUCCESS;x;咖/啡;" {
		t.Errorf("texts %q", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("\xef\xbb\xbf{\"a\":[1,2]} x"))
	f.Fuzz(func(t *testing.T, text []byte) {
		n, _, err := jsontree.ParseLenient(text)
		if err != nil {
			return
		}
		if _, _, err := jsontree.ParseLenient(n.Write(jsontree.Layout{Escape: true, Indent: true})); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
	})
}
