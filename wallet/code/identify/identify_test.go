package identify

import (
	"strings"
	"testing"

	"mppsim/wallet/code/emv"
)

func rules(t testing.TB, text string) *Rules {
	t.Helper()
	r, err := Load("rules.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func shipped(t testing.TB) *Rules {
	t.Helper()
	r, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	r, err = r.With(
		Registration{"ACME", PrivateOrderCode, "pay.acme.example"},
		Registration{"ACME", EntryCode, "shop.acme.example:8443"},
	)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// emvCode builds a code with one template and further objects.
func emvCode(t testing.TB, tag string, inside []emv.Object, more ...emv.Object) string {
	t.Helper()
	template, err := emv.Template(tag, inside...)
	if err != nil {
		t.Fatal(err)
	}
	value, err := emv.Build(append([]emv.Object{template}, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestShippedRules(t *testing.T) {
	t.Parallel()
	alipayplus := []emv.Object{{Tag: "00", Value: "com.alipayplus"}, {Tag: "03", Value: "2810020400001"}}
	page := []emv.Object{{Tag: "00", Value: "com.alipayplus"}, {Tag: "03", Value: "1;https://shop.example/?m=1"}}
	static := emv.Object{Tag: "01", Value: "11"}
	amount := emv.Object{Tag: "54", Value: "2.50"}
	valid := emvCode(t, "26", alipayplus)
	tests := []struct {
		text    string
		rule    string
		product Product
		issuer  string
		url     string
	}{
		{"https://qr.alipayplus.com/281666130000123", "alipayplus-order-code", OrderCode, "alipayplus", ""},
		{"HTTPS://QR.ALIPAYPLUS.COM/281666130000123", "alipayplus-order-code", OrderCode, "alipayplus", ""},
		{" https://qr.alipayplus.com/281666130000123\n", "alipayplus-order-code", OrderCode, "alipayplus", ""},
		{"https://gqr.alipay.com/281002040000123", "gqr-281002", OrderCode, "alipayplus", ""},
		{"https://gqr.alipay.com/281015040000123", "gqr-281015", OrderCode, "alipayplus", ""},
		{"https://gqr.alipay.com/281016040000123", "gqr-281016", OrderCode, "alipayplus", ""},
		{"https://gqr.alipay.com/281017040000123", "gqr-281017", OrderCode, "alipayplus", ""},
		{"https://global.alipay.com/281002040000123", "global-281002", OrderCode, "alipayplus", ""},
		{"281666040000123456789012", "number-281666", OrderCode, "alipayplus", ""},
		{"https://qr.alipay.com/bax01234", "alipaycn-bax", OrderCode, "alipaycn", ""},
		{"CN_ORDER_123", "cn-order", OrderCode, "alipaycn", ""},
		{"NETSQPAY123", "nets-qr-pay", OrderCode, "nets", ""},
		{"https://alipay.com/281002041234ab9", "private-order-code", PrivateOrderCode, "alipayplus", ""},
		{"https://alipay.com/281002021234ab9", "", "", "", ""},
		{"https://pay.acme.example/o/77", "private-order-code of ACME on pay.acme.example", PrivateOrderCode, "ACME", ""},
		{"https://pay.acme.example.evil.test/o/77", "", "", "", ""},
		{"https://shop.acme.example:8443/m/1", "entry-code of ACME on shop.acme.example:8443", EntryCode, "ACME", "https://shop.acme.example:8443/m/1"},
		{"https://shop.acme.example/m/1", "", "", "", ""},
		{"https://entrycode.dl.alipaydev.com/x?y", "sandbox-entry-code", EntryCode, "alipayplus", "https://entrycode.dl.alipaydev.com/x?y"},
		{valid, "emv-alipayplus", OrderCode, "alipayplus", ""},
		{valid[:len(valid)-1] + "x", "", "", "", ""}, // wrong checksum
		{emvCode(t, "51", alipayplus), "emv-alipayplus", OrderCode, "alipayplus", ""},
		{emvCode(t, "80", alipayplus), "", "", "", ""},
		{emvCode(t, "26", page, static), "emv-entry-code", EntryCode, "alipayplus", "https://shop.example/?m=1"},
		{emvCode(t, "26", page, static, amount), "emv-alipayplus", OrderCode, "alipayplus", ""},
		{emvCode(t, "26", alipayplus, static), "emv-alipayplus", OrderCode, "alipayplus", ""},
		{emvCode(t, "30", []emv.Object{{Tag: "00", Value: "com.alipay"}}), "emv-alipay", OrderCode, "alipaycn", ""},
		{emvCode(t, "30", []emv.Object{{Tag: "00", Value: "A900000000000000"}, {Tag: "02", Value: "CsB"}, {Tag: "03", Value: "2811"}}), "emv-csb", OrderCode, "alipayplus", ""},
		{emvCode(t, "30", []emv.Object{{Tag: "00", Value: "A900000000000000"}, {Tag: "02", Value: "CsB"}, {Tag: "03", Value: "2821"}}), "", "", "", ""},
		{emvCode(t, "30", []emv.Object{{Tag: "00", Value: "com.example"}}), "", "", "", ""},
		{"251001020123456789012345", "", "", "", ""}, // a payer's code
		{"https://example.org/", "", "", "", ""},
		{"", "", "", "", ""},
	}
	all := shipped(t)
	for _, test := range tests {
		got := all.Identify(test.text)
		want := Outcome{CodeValue: strings.TrimSpace(test.text)}
		if test.rule != "" {
			want.Supported, want.Rule, want.Product, want.Issuer, want.Action = true, test.rule, test.product, test.issuer, Decode
		}
		if test.url != "" {
			want.Action, want.URL, want.UserAgent = OpenURL, test.url, "AlipayConnect"
		}
		if got != want {
			t.Errorf("%q\nis   %+v\nwant %+v", test.text, got, want)
		}
	}
	if all.Version() == "" {
		t.Error("the rules have no version")
	}
}

func TestPriorities(t *testing.T) {
	t.Parallel()
	r := rules(t, `
rules:
  - {name: late, priority: 10001, match: {prefix: a}, product: order-code, issuer: x, action: DECODE}
  - {name: first, match: {prefix: a}, product: order-code, issuer: x, action: DECODE}
  - {name: second, match: {prefix: a}, product: order-code, issuer: x, action: DECODE}
  - {name: early, priority: 1, match: {regex: a+}, product: order-code, issuer: x, action: DECODE}
`)
	for text, want := range map[string]string{"aaa": "early", "aab": "first", "xa": ""} {
		if got := r.Identify(text); got.Rule != want {
			t.Errorf("%s: rule %q instead of %q", text, got.Rule, want)
		}
	}
}

func TestValuePatterns(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, value string
		want           bool
	}{
		{"abc", "abc", true},
		{"abc", "abcd", false},
		{"S<ab>", "abc", true},
		{"S<bc>", "abc", false},
		{"C<bc>", "abcd", true},
		{"C<bd>", "abcd", false},
		{"R<a.*>", "abc", true},
		{"R<b>", "abc", false},
		{"R<a|abc>", "abc", true},
		{"N<NULL>", "abc", false},
		{"S<>", "abc", true},
		{"S<", "S<", true},
	}
	for _, test := range tests {
		hold, err := compileValue(test.pattern)
		if err != nil || hold(test.value, true) != test.want {
			t.Errorf("%s on %s: want %t, %v", test.pattern, test.value, test.want, err)
		}
		if absent := hold("", false); absent != (test.pattern == "N<NULL>") {
			t.Errorf("%s on nothing: %t", test.pattern, absent)
		}
	}
}

func TestEMVConditions(t *testing.T) {
	t.Parallel()
	r := rules(t, `
userAgent: Wallet
rules:
  - {name: unreserved, match: {emv: {unreserved: {"00": x}}}, product: promotion-code, issuer: x, action: OPEN_URL,
     url: {construct: "https://go.example/?c=${codeValue}&i=${issuer}"}, userAgent: Own}
  - {name: primitive, match: {emv: {primitive: ["02", "15"]}}, product: order-code, issuer: x, action: DECODE}
  - {name: root, match: {emv: {root: {"58": "R<[SM]Y?G?>", "55": "N<NULL>"}}}, product: aggregated-code, issuer: x, action: OPEN_URL, url: {extract: "26.01"}}
`)
	in := []emv.Object{{Tag: "00", Value: "x"}}
	country := emv.Object{Tag: "58", Value: "SG"}
	tests := []struct{ text, rule, url, agent string }{
		{emvCode(t, "80", in), "unreserved", "", "Own"},
		{emvCode(t, "26", in, emv.Object{Tag: "15", Value: "4000"}), "primitive", "", ""},
		{emvCode(t, "26", []emv.Object{{Tag: "01", Value: "httpx"}}, country), "root", "httpx", "Wallet"},
		{emvCode(t, "26", in, country), "", "", ""}, // no page to open
		{emvCode(t, "26", []emv.Object{{Tag: "01", Value: "page"}}, country), "", "", ""},
		{emvCode(t, "26", in, country, emv.Object{Tag: "55", Value: "01"}), "", "", ""},
	}
	for _, test := range tests {
		got := r.Identify(test.text)
		if got.Rule != test.rule || got.UserAgent != test.agent || test.url != "" && got.URL != test.url {
			t.Errorf("%s is %+v", test.text, got)
		}
	}
	if got := r.Identify(tests[0].text).URL; !strings.HasPrefix(got, "https://go.example/?c=000201") || !strings.HasSuffix(got, "&i=x") {
		t.Errorf("constructed %s", got)
	}
}

// A rule of a newer engine is passed over, or Alipay+ is asked, as the rule says.
func TestRulesOfNewerEngines(t *testing.T) {
	t.Parallel()
	r := rules(t, `
rules:
  - {name: trusted, priority: 1, engine: 2, match: {prefix: a}, product: something-new, issuer: x, action: DO_NEW_THINGS}
  - {name: untrusted, priority: 2, engine: 2, trust: false, match: {prefix: ab}, product: order-code, issuer: x, action: DECODE}
  - {name: plain, match: {prefix: a}, product: order-code, issuer: x, action: DECODE}
`)
	if got := r.Identify("ab"); !got.Ask || got.Rule != "untrusted" || !got.Supported {
		t.Errorf("ab is %+v", got)
	}
	if got := r.Identify("ac"); got.Ask || got.Rule != "plain" {
		t.Errorf("ac is %+v", got)
	}
}

func TestErrorsNameFileAndKey(t *testing.T) {
	t.Parallel()
	rule := func(fields string) string { return "rules: [{name: r, " + fields + "}]" }
	const rest = "product: order-code, issuer: x, action: DECODE"
	tests := map[string]string{
		"":                              "rules.yaml: is empty",
		"version: x":                    "rules.yaml: rules: there are none",
		"rulez: []":                     "rulez",
		"rules: [{match: {prefix: a}}]": "rules[0] : name: is missing",
		"rules: [{name: r, match: {prefix: a}, " + rest + "}, {name: r, match: {prefix: a}, " + rest + "}]":        "rules[1] r: name: occurs twice",
		rule("match: {prefix: a}, product: order, issuer: x, action: DECODE"):                                      `rules[0] r: product: "order" is none of`,
		rule("match: {prefix: a}, product: order-code, action: DECODE"):                                            "issuer: is missing",
		rule("match: {prefix: a}, product: order-code, issuer: x, action: decode"):                                 `action: "decode" instead of`,
		rule("match: {prefix: a}, product: order-code, issuer: x, action: OPEN_URL"):                               "url: belongs to action OPEN_URL",
		rule("match: {prefix: a}, url: {direct: true}, " + rest):                                                   "url: belongs to action OPEN_URL",
		rule("match: {prefix: a}, product: order-code, issuer: x, action: OPEN_URL, url: {}"):                      "url: give exactly one",
		rule("match: {prefix: a}, product: order-code, issuer: x, action: OPEN_URL, url: {extract: a.b}"):          "url.extract",
		rule("match: {prefix: a}, product: order-code, issuer: x, action: OPEN_URL, url: {construct: 'http://x'}"): "url.construct",
		rule(rest): "match: give exactly one",
		rule("match: {prefix: a, regex: b}, " + rest):               "match: give exactly one",
		rule("match: {regex: '('}, " + rest):                        "match.regex: error parsing",
		rule("match: {emv: {}}, " + rest):                           "match.emv: has no condition",
		rule(`match: {emv: {merchant: {"1": x}}}, ` + rest):         `match.emv.merchant: tag "1"`,
		rule(`match: {emv: {root: {"26": x}}}, ` + rest):            `match.emv.root: tag "26"`,
		rule(`match: {emv: {primitive: ["26"]}}, ` + rest):          `match.emv.primitive: tag "26"`,
		rule(`match: {emv: {merchant: {"00": "X<a>"}}}, ` + rest):   `match.emv.merchant.00: "X<a>" is none`,
		rule(`match: {emv: {unreserved: {"00": "R<(>"}}}, ` + rest): "match.emv.unreserved.00: error parsing",
	}
	for text, want := range tests {
		_, err := Load("rules.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "rules.yaml: ") {
			t.Errorf("%s\ngives %v, want %s", text, err, want)
		}
	}
}

func TestRegistrationsThatAreNone(t *testing.T) {
	t.Parallel()
	r := shipped(t)
	for want, reg := range map[string]Registration{
		"acquirer A: domain \"\"":       {"A", EntryCode, ""},
		"domain \"a.com/x\"":            {"A", EntryCode, "a.com/x"},
		"domain \"https://a.com\"":      {"A", EntryCode, "https://a.com"},
		"product \"order-code\"":        {"A", OrderCode, "a.com"},
		"occurs twice":                  {"ACME", PrivateOrderCode, "pay.acme.example"},
		"domain \"user@pay.example\" i": {"A", EntryCode, "user@pay.example"},
	} {
		if _, err := r.With(reg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", reg, err, want)
		}
	}
}

func TestWithLeavesTheRulesAlone(t *testing.T) {
	t.Parallel()
	r, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.With(Registration{"A", PrivateOrderCode, "a.example"}); err != nil {
		t.Fatal(err)
	}
	if got := r.Identify("https://a.example/1"); got.Supported {
		t.Errorf("the old rules know the new domain: %+v", got)
	}
}

func FuzzIdentify(f *testing.F) {
	r := shipped(f)
	f.Add("https://qr.alipayplus.com/281666130000123")
	f.Add(emvCode(f, "26", []emv.Object{{Tag: "00", Value: "com.alipayplus"}}))
	f.Add("https://shop.acme.example:8443/\x00")
	f.Fuzz(func(t *testing.T, text string) {
		got := r.Identify(text)
		switch {
		case got.CodeValue != strings.TrimSpace(text):
			t.Fatalf("%q became %q", text, got.CodeValue)
		case got.Supported != (got.Rule != "") || got.Supported != (got.Action != ""):
			t.Fatalf("%q is %+v", text, got)
		case (got.Action == OpenURL) != (got.URL != ""):
			t.Fatalf("%q opens %q", text, got.URL)
		}
	})
}

func BenchmarkIdentify(b *testing.B) {
	r := shipped(b)
	texts := map[string]string{
		"FirstRule": "https://qr.alipayplus.com/281666130000123",
		"EMV":       emvCode(b, "26", []emv.Object{{Tag: "00", Value: "com.alipayplus"}}),
		"Unknown":   "https://example.org/",
	}
	for name, text := range texts {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r.Identify(text)
			}
		})
	}
}
