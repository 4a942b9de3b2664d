package merchant

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mppsim/wallet/code/emv"
	"mppsim/wallet/money"
)

func TestMintedOrderCodes(t *testing.T) {
	t.Parallel()
	own, err := NewHead("002", "0815")
	if err != nil || own != "281002040815" || own.Issuer() != "281002" {
		t.Fatalf("head %s: %v", own, err)
	}
	random := rand.NewChaCha8([32]byte{3})
	for host, head := range map[string]Head{HostAlipayPlus: HeadAlipayPlus, HostAntom: HeadAntom, "alipay.com": own} {
		seen := make(map[string]bool)
		for range 50 {
			o, err := MintOrder(host, head, random)
			if err != nil {
				t.Fatal(err)
			}
			if seen[o.Value()] || !strings.HasPrefix(o.Value(), "https://"+host+"/"+string(head)) {
				t.Fatalf("minted %s", o.Value())
			}
			seen[o.Value()] = true
			if again, err := ParseOrder(o.Value()); err != nil || again != o {
				t.Fatalf("%s is read as %+v: %v", o.Value(), again, err)
			}
		}
	}
}

func TestOrderCodesThatAreNone(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"http://gqr.alipay.com/2810020400001":       "no HTTPS URL",
		"https:///2810020400001":                    "no HTTPS URL",
		"https://me@gqr.alipay.com/2810020400001":   "no HTTPS URL",
		"https://gqr.alipay.com/28100204":           "twelve digits",
		"https://gqr.alipay.com/281002040000":       "makes it unique",
		"https://gqr.alipay.com/2810020400001?x=1":  "letters and digits",
		"https://gqr.alipay.com/281002040000/1":     "letters and digits",
		"https://gqr.alipay.com/2810020200001":      "business type 02",
		"https://gqr.alipay.com/2910020400001":      "from 281",
		"https://gqr.alipay.com/28100204000x1":      "from 281",
		"https://a.com/" + strings.Repeat("2", 512): "526 characters",
		"\x7f://":                  "no URL",
		"251001020123456789012345": "no HTTPS URL",
		"https://gqr.alipay.com/281002040000%E2%82%AC": "letters and digits",
	}
	for value, want := range tests {
		if _, err := ParseOrder(value); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", value, err, want)
		}
	}
	for _, head := range []Head{"", "28100204", "281002030000", "2810020400000"} {
		if _, err := MintOrder(HostAntom, head, rand.NewChaCha8([32]byte{})); !errors.Is(err, ErrInvalid) {
			t.Errorf("head %q: %v", head, err)
		}
	}
	for _, parts := range [][2]string{{"02", "0000"}, {"002", "000"}, {"0x2", "0000"}} {
		if _, err := NewHead(parts[0], parts[1]); !errors.Is(err, ErrInvalid) {
			t.Errorf("head of %v: %v", parts, err)
		}
	}
	if _, err := MintOrder("a.com/b", HeadAntom, rand.NewChaCha8([32]byte{})); !errors.Is(err, ErrInvalid) {
		t.Errorf("host with a path: %v", err)
	}
	if _, err := MintOrder(HostAntom, HeadAntom, strings.NewReader("")); !errors.Is(err, io.EOF) {
		t.Errorf("source that runs dry: %v", err)
	}
}

// All that Alipay+ documents of its own order codes is 28166613 behind the domain.
func TestOrderCodesOfAlipayPlus(t *testing.T) {
	t.Parallel()
	o, err := ParseOrder("https://QR.alipayplus.com/28166613987654321")
	if err != nil || o.Head != "281666139876" || o.Tail != "54321" || o.Host != HostAlipayPlus {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestPrivateOrderCodesAndEntryCodes(t *testing.T) {
	t.Parallel()
	domains := []string{"pay.example", "a.com"}
	for value, want := range map[string]string{
		"https://pay.example/o/1":                      "",
		"https://PAY.example:8443/?o=1":                "",
		"https://other.example/o/1":                    "registered are: pay.example, a.com",
		"https://pay.example.evil.test/o/1":            "is not registered",
		"https://pay.example@evil.test/o":              "no HTTPS URL",
		"http://a.com/2810060438884961634":             "no HTTPS URL",
		"https://pay.example/":                         "makes it unique",
		"https://a.com/" + strings.Repeat("x", 512-13): "513 characters",
	} {
		err := CheckPrivate(value, domains)
		if (err == nil) != (want == "") || err != nil && (!errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), want)) {
			t.Errorf("private order code %s: %v", value, err)
		}
		if err := CheckEntry(value, domains); want != "makes it unique" && (err == nil) != (want == "") {
			t.Errorf("entry code %s: %v", value, err)
		}
	}
	value, err := EntryURL("https://pay.example/amount?lang=en", "M-1001 & sons")
	if err != nil || value != "https://pay.example/amount?lang=en&shop=M-1001+%26+sons" || CheckEntry(value, domains) != nil {
		t.Errorf("%s, %v", value, err)
	}
	for page, shop := range map[string]string{"https://pay.example/": "", "http://pay.example/": "1", "https://pay.example/x": strings.Repeat("s", 512)} {
		if _, err := EntryURL(page, shop); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s for shop %s: %v", page, shop, err)
		}
	}
}

func shopCode() EMV {
	return EMV{
		Domain: DomainAlipayPlus, Head: HeadAntom, Tail: "000123", Amount: money.Of("SGD", 25000),
		Category: "5411", Country: "SG", Name: "Corner Shop", City: "Singapore",
	}
}

func TestEMVOrderCode(t *testing.T) {
	t.Parallel()
	value, err := shopCode().Value()
	if err != nil {
		t.Fatal(err)
	}
	if want := "00020101021226400014com.alipayplus03182810020400000001235204541153037025406250.005802SG5911Corner Shop6009Singapore6304"; value[:len(value)-4] != want {
		t.Errorf("built %s", value)
	}
	got, err := ParseEMV(value)
	if err != nil || got != shopCode() {
		t.Errorf("read as %+v: %v", got, err)
	}
}

func TestEMVRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := shopCode()
		e.Domain = rapid.SampledFrom([]string{DomainAlipayPlus, AIDAlipay}).Draw(t, "domain")
		e.Name = rapid.StringMatching(`[A-Za-z店 ]{1,25}`).Draw(t, "name")
		e.Tail = rapid.StringMatching(`\d{1,40}`).Draw(t, "tail")
		currency := rapid.SampledFrom([]string{"SGD", "JPY", "KWD"}).Draw(t, "currency")
		e.Amount = money.Of(currency, rapid.Int64Range(1, 99_999_999).Draw(t, "amount"))
		if rapid.Bool().Draw(t, "static") {
			e.Amount, e.Currency = money.Amount{}, currency
		}
		value, err := e.Value()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseEMV(value); err != nil || got != e {
			t.Fatalf("%s is read as %+v: %v", value, got, err)
		}
	})
}

func TestEMVErrorsNameTheTag(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(*EMV){
		"tag 26.03": func(e *EMV) { e.Head = "28" },
		"tag 26:":   func(e *EMV) { e.Tail = strings.Repeat("1", 80) },
		"tag 52":    func(e *EMV) { e.Category = "" },
		"tag 53":    func(e *EMV) { e.Amount = money.Amount{} },
		"tag 54":    func(e *EMV) { e.Amount = money.Of("SGD", -1) },
		"tag 58":    func(e *EMV) { e.Country = "Singapore" },
		"tag 59":    func(e *EMV) { e.Name = "" },
		"tag 60":    func(e *EMV) { e.City = strings.Repeat("x", 16) },
	} {
		e := shopCode()
		spoil(&e)
		value, err := e.Value()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v for %s", want, err, value)
		}
	}
}

func TestEMVCodesOfOthers(t *testing.T) {
	t.Parallel()
	build := func(account ...emv.Object) string {
		o, err := emv.Template("26", account...)
		if err != nil {
			t.Fatal(err)
		}
		value, err := emv.Build(o, emv.Object{Tag: "52", Value: "5411"}, emv.Object{Tag: "53", Value: "702"}, emv.Object{Tag: "58", Value: "SG"},
			emv.Object{Tag: "59", Value: "Shop"}, emv.Object{Tag: "60", Value: "Singapore"})
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	tests := map[string]string{
		build(emv.Object{Tag: "00", Value: "com.example"}):                                                "none of the tags 26 to 51",
		build(emv.Object{Tag: "00", Value: DomainAlipayPlus}):                                             "tag 26.03",
		build(emv.Object{Tag: "00", Value: DomainAlipayPlus}, emv.Object{Tag: "03", Value: "2810020400"}): "tag 26.03",
		"000201": "tag 00 is last",
	}
	for value, want := range tests {
		if _, err := ParseEMV(value); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", value, err, want)
		}
	}
}

func FuzzParseOrder(f *testing.F) {
	f.Add("https://qr.alipayplus.com/2816661312345678")
	f.Add("https://gqr.alipay.com/281002040000123?x")
	f.Fuzz(func(t *testing.T, value string) {
		o, err := ParseOrder(value)
		if err != nil {
			return
		}
		if again, err := ParseOrder(o.Value()); err != nil || again != o {
			t.Fatalf("%q is read as %+v, and its value as %+v: %v", value, o, again, err)
		}
	})
}
