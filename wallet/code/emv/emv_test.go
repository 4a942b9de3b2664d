package emv

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mppsim/wallet/money"
)

// The example of EMVCo's specification of merchant-presented codes.
const example = "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016A0112233449988770708123456786304A13A"

// 29B1 is the check value that catalogues of checksums print for CRC-16/CCITT-FALSE.
func TestCRC(t *testing.T) {
	t.Parallel()
	if got := CRC("123456789"); got != 0x29B1 {
		t.Errorf("%04X", got)
	}
	if got := CRC(""); got != 0xFFFF {
		t.Errorf("of nothing: %04X", got)
	}
}

func TestExampleOfTheSpecification(t *testing.T) {
	t.Parallel()
	p, err := Parse(example)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"01": "12", "29.00": "D15600000000", "29.05": "A93FO3230Q", "52": "4111", "59": "BEST TRANSPORT",
		"64.01": "最佳运输", "62.03": "1234", "54": "23.72", "91.07": "12345678",
	} {
		if got, found := p.Find(path); got != want || !found {
			t.Errorf("%s is %q (%t), want %q", path, got, found, want)
		}
	}
	for _, path := range []string{"26", "26.00", "29.99", "01.00", "29.00.01"} {
		if got, found := p.Find(path); found {
			t.Errorf("%s is %q", path, got)
		}
	}
	amount, found, err := p.Amount()
	if err != nil || !found || amount != money.Of("CNY", 2372) {
		t.Errorf("amount %s, %t, %v", amount, found, err)
	}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
	if again := p.String(); again != example {
		t.Errorf("written again:\n%s", again)
	}
}

func sealed(body string) string { return body + "6304" + checksum(body+"6304") }

func TestErrorsNameTheTag(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"", "no data objects"},
		{"000", `"000" is left over`},
		{"0002010", `"0" is left over`},
		{"0x0201", `tag "0x" is no two digits`},
		{"000x01", `tag 00: length "0x"`},
		{"00+101", `tag 00: length "+1"`},
		{"0000", `tag 00: length "00"`},
		{"000201260512", "tag 26: 5 characters are announced, 2 are left"},
		{sealed("000202010212"), "tag 00 with value \"02\" is first"},
		{sealed("010212"), "tag 01 with value \"12\" is first"},
		{sealed("000201010212010212"), "tag 01 occurs twice"},
		{"000201010212", "tag 01 is last instead of the checksum"},
		{"00020163030AB", "tag 63 is last instead of"},
		{"0002016304ABCD", "tag 63: checksum ABCD instead of"},
		{sealed("000201") + "010212", "tag 01 is last"},
		{"000201\xff", "characters of UTF-8"},
		{strings.Repeat("0", 513), "513 characters"},
	}
	for _, test := range tests {
		_, err := Parse(test.text)
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %s", test.text, err, test.want)
		}
	}
	_, err := ParseTemplate(Object{"26", "0003ab"})
	if err == nil || !strings.Contains(err.Error(), "tag 26.00: 3 characters") {
		t.Errorf("template: %v", err)
	}
	if _, err := ParseTemplate(Object{"26", "00"}); err == nil || !strings.Contains(err.Error(), `tag 26: "00" is left over`) {
		t.Errorf("template: %v", err)
	}
	if _, err := Parse(strings.ToLower(example[:len(example)-4]) + "a13a"); err == nil {
		t.Error("a changed code has the old checksum")
	}
	if _, err := Parse(example[:len(example)-4] + "a13a"); err != nil {
		t.Errorf("checksum in small letters: %v", err)
	}
}

// One changed character is always noticed: by the checksum, if not before.
func TestDamageIsNoticed(t *testing.T) {
	t.Parallel()
	for i := range len(example) - 4 {
		if example[i] >= 0x80 {
			continue
		}
		damaged := example[:i] + string(example[i]^1) + example[i+1:]
		if _, err := Parse(damaged); err == nil {
			t.Errorf("octet %d changed unnoticed", i)
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 99)
	tests := map[string][]Object{
		"tag 00 is not given":     {{TagFormat, "01"}},
		"tag 63 is not given":     {{TagCRC, "ABCD"}},
		`tag "1"`:                 {{"1", "x"}},
		`tag "ab"`:                {{"ab", "x"}},
		"tag 59: 0 characters":    {{"59", ""}},
		"tag 59: 100 characters":  {{"59", long + "x"}},
		"tag 59 occurs twice":     {{"59", "x"}, {"59", "y"}},
		"characters instead of u": {{"02", long}, {"03", long}, {"04", long}, {"05", long}, {"06", long}},
	}
	for want, objects := range tests {
		if _, err := Build(objects...); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := Template("26", Object{"00", ""}); err == nil || !strings.Contains(err.Error(), "tag 26.00") {
		t.Errorf("template with an empty object: %v", err)
	}
	if _, err := Template("26", Object{"00", long}); err == nil || !strings.Contains(err.Error(), "tag 26: 103") {
		t.Errorf("template that is too long: %v", err)
	}
}

func TestBuiltIsParsed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var want Payload
		for i, v := range rapid.SliceOfN(rapid.StringN(1, 30, -1), 1, 8).Draw(t, "values") {
			want = append(want, Object{Tag: []string{"01", "02", "26", "52", "59", "62", "80", "99"}[i], Value: strings.ToValidUTF8(v, "?")})
		}
		text, err := Build(want...)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(text)
		if err != nil || got[1:len(got)-1].String() != want.String() {
			t.Fatalf("%s: %v, %v", text, got, err)
		}
	})
}

func TestAmounts(t *testing.T) {
	t.Parallel()
	for _, a := range []money.Amount{money.Of("SGD", 25000), money.Of("JPY", 250), money.Of("KWD", 1), money.Of("IDR", 100)} {
		objects, err := AmountObjects(a)
		if err != nil {
			t.Fatal(err)
		}
		got, found, err := Payload(objects).Amount()
		if err != nil || !found || got != a {
			t.Errorf("%s became %s (%t, %v)", a, got, found, err)
		}
	}
	for _, a := range []money.Amount{money.Of("SGD", 0), money.Of("SGD", -1), money.Of("XXX", 1), {}} {
		if _, err := AmountObjects(a); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", a, err)
		}
	}
	for want, p := range map[string]Payload{
		"tag 53": {{TagAmount, "1"}},
		"tag 54": {{TagCurrency, "702"}, {TagAmount, "1.234"}},
		"TAG 54": {{TagCurrency, "702"}, {TagAmount, "-1"}},
	} {
		if _, _, err := p.Amount(); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), strings.ToLower(want)) {
			t.Errorf("%v: %v", p, err)
		}
	}
	if _, found, err := (Payload{}).Amount(); found || err != nil {
		t.Errorf("no amount: %t, %v", found, err)
	}
}

func TestCheckNamesTheTag(t *testing.T) {
	t.Parallel()
	complete := Payload{{"26", "0012com.alipayplus"}, {"52", "5411"}, {"53", "702"}, {"58", "SG"}, {"59", "Corner Shop"}, {"60", "Singapore"}}
	if err := complete.Check(); err != nil {
		t.Fatal(err)
	}
	changes := map[string]Object{
		"tags 02 to 51": {"26", ""}, "tag 01": {"01", "13"}, "tag 52": {"52", "54"}, "tag 53": {"53", "000"},
		"tag 54": {"54", "x"}, "tag 58": {"58", "sg"}, "tag 59": {"59", strings.Repeat("x", 26)}, "tag 60": {"60", strings.Repeat("x", 16)},
	}
	for want, change := range changes {
		var p Payload
		for _, o := range complete {
			if o.Tag != change.Tag {
				p = append(p, o)
			}
		}
		if change.Value != "" {
			p = append(p, change)
		}
		if err := p.Check(); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestEveryCurrencyHasItsNumber(t *testing.T) {
	t.Parallel()
	for _, letters := range money.Currencies() {
		number, ok := Numeric(letters)
		if back, _ := Alphabetic(number); !ok || len(number) != 3 || !isDigits(number) || back != letters {
			t.Errorf("%s has number %q, which is %q", letters, number, back)
		}
	}
	if len(numbers()) != len(money.Currencies()) {
		t.Errorf("%d numbers for %d currencies", len(numbers()), len(money.Currencies()))
	}
	for letters, want := range map[string]string{"SGD": "702", "CNY": "156", "USD": "840", "EUR": "978", "JPY": "392", "HKD": "344"} {
		if got, _ := Numeric(letters); got != want {
			t.Errorf("%s is %s", letters, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(example)
	f.Add(sealed("000201"))
	f.Add("00020126")
	f.Add("０２")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("%v", err)
			}
			return
		}
		if p.String() != text {
			t.Fatalf("%q is written again as %q", text, p.String())
		}
		_ = p.Check()
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := Parse(example); err != nil {
			b.Fatal(err)
		}
	}
}
