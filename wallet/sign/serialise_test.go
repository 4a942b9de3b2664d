package sign

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSerialisationsAreThoseOfTheUsualLibraries(t *testing.T) {
	t.Parallel()
	body := []byte(`{"b":"caf\u00e9 \ud83d\ude00 <a/b> \"q\" \n","a":{"y":[1,"2"],"x":null}}`)
	tests := []struct{ name, want string }{
		{"raw", "{\"b\":\"caf\u00e9 \U0001f600 <a/b> \\\"q\\\" \\n\",\"a\":{\"y\":[1,\"2\"],\"x\":null}}"},
		{"PHP", `{"b":"caf\u00e9 \ud83d\ude00 <a\/b> \"q\" \n","a":{"y":[1,"2"],"x":null}}`},
		{"Go, sorted", `{"a":{"x":null,"y":[1,"2"]},"b":"` + "caf\u00e9 \U0001f600" + ` \u003ca/b\u003e \"q\" \n"}`},
		{".NET", `{"b":"caf\u00E9 \uD83D\uDE00 \u003Ca/b\u003E \u0022q\u0022 \n","a":{"y":[1,"2"],"x":null}}`},
		{"Python", `{"b": "caf\u00e9 \ud83d\ude00 <a/b> \"q\" \n", "a": {"y": [1, "2"], "x": null}}`},
		{"indented by 3", "{\n   \"b\": \"caf\u00e9 \U0001f600 <a/b> \\\"q\\\" \\n\",\n   \"a\": {\n      \"y\": [\n         1,\n         \"2\"\n      ],\n      \"x\": null\n   }\n}"},
		{"without null", `{"b":"caf\u00e9 \ud83d\ude00 <a/b> \"q\" \n","a":{"y":[1,"2"]}}`},
		{"digits as numbers", "{\"b\":\"caf\u00e9 \U0001f600 <a/b> \\\"q\\\" \\n\",\"a\":{\"y\":[1,2],\"x\":null}}"},
		{"numbers as texts", "{\"b\":\"caf\u00e9 \U0001f600 <a/b> \\\"q\\\" \\n\",\"a\":{\"y\":[\"1\",\"2\"],\"x\":null}}"},
		{"reversed", "{\"a\":{\"x\":null,\"y\":[1,\"2\"]},\"b\":\"caf\u00e9 \U0001f600 <a/b> \\\"q\\\" \\n\"}"},
	}
	forms := serialisations(body)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if !slices.ContainsFunc(forms, func(s serialisation) bool { return s.text == test.want }) {
				t.Errorf("%s is not among the %d forms", test.want, len(forms))
			}
		})
	}
	if forms := serialisations([]byte(`{"a":`)); forms != nil {
		t.Errorf("broken JSON has %d forms", len(forms))
	}
}

// Every form but those that change types says the same as the body.
func TestSerialisationsKeepTheirMeaning(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.MapOf(rapid.String(), rapid.SliceOfN(rapid.String(), 0, 3)).Draw(t, "value")
		body, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		var want map[string][]string
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatal(err)
		}
		for _, form := range serialisations(body) {
			if strings.Contains(form.how, "left out") || strings.Contains(form.how, "as numbers") {
				continue
			}
			var again map[string][]string
			if err := json.Unmarshal([]byte(form.text), &again); err != nil {
				t.Fatalf("%s: %q: %v", form.how, form.text, err)
			}
			if !reflect.DeepEqual(want, again) {
				t.Fatalf("%s: %q is not %q", form.how, form.text, body)
			}
		}
	})
}

func TestCharsetsThereAndBack(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"ISO 8859-1": "caf\u00e9", "Windows-1252": "\u20ac 5", "GBK": "\u5496\u5561", "GB18030": "\u5496\U0001f600",
		"Big5": "\u4e2d\u6587", "Shift_JIS": "\u30b3\u30fc\u30d2\u30fc", "EUC-KR": "\ucee4\ud53c", "UTF-16 (little endian)": "\u00e9",
	}
	for _, c := range append(charsets(), utf16s()[0]) {
		text := tests[c.name]
		encoded, ok := c.encode(text)
		if !ok || encoded == text {
			t.Errorf("%s: %q encoded as %q", c.name, text, encoded)
		}
		if decoded, ok := c.decode(encoded); !ok || decoded != text {
			t.Errorf("%s: %q came back as %q", c.name, text, decoded)
		}
	}
	latin := charsets()[0]
	if got, ok := latin.encode("caf\u00e9 \u5496"); !ok || got != "caf\xe9 ?" {
		t.Errorf("partly known text: %q, %v", got, ok)
	}
	if _, ok := latin.encode("\u5496"); ok {
		t.Error("a text without any known character was encoded")
	}
}
