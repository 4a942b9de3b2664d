package picture_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"mppsim/wallet/code"
	"mppsim/wallet/code/merchant"
	"mppsim/wallet/code/picture"
	"mppsim/wallet/money"
)

// sort is a sort of code: how the i-th is made, how it is drawn and in which width for a quick test.
type sort struct {
	name  string
	value func(i int, random io.Reader) (string, error)
	draw  func(string) (picture.Symbol, error)
	quick int
}

// formats are the forms of payment codes, legacy ones among them.
func formats() []code.Format {
	return []code.Format{
		{Prefix: "25"},
		{Prefix: "26"},
		{Prefix: "27"},
		{Prefix: "28"},
		{Prefix: "29"},
		{Prefix: "30"},
		{Length: 17},
		{Length: 18},
		{Length: 19},
		{Prefix: "285", Length: 19},
		{Length: 32},
	}
}

func payment(kind picture.Symbology) func(string) (picture.Symbol, error) {
	return func(digits string) (picture.Symbol, error) { return picture.PaymentCode(digits, kind, picture.Masked) }
}

func sorts() []sort {
	minted := func(i int, random io.Reader) (string, error) { return code.Mint(formats()[i%len(formats())], random) }
	order := func(host string, head merchant.Head) func(int, io.Reader) (string, error) {
		return func(_ int, random io.Reader) (string, error) {
			o, err := merchant.MintOrder(host, head, random)
			return o.Value(), err
		}
	}
	entry := func(i int, random io.Reader) (string, error) {
		shop, err := code.Digits(12, random)
		if err != nil {
			return "", err
		}
		return merchant.EntryURL("https://pay.acquirer.example/amount", fmt.Sprintf("M-%d-%s", i, shop))
	}
	plain := func(text string) (picture.Symbol, error) { return picture.QR(text, picture.Medium) }
	return []sort{
		{"payment QR", minted, payment(picture.QRCode), 132},
		{"payment bars", minted, payment(picture.Code128), 480},
		{"order code", order(merchant.HostAlipayPlus, merchant.HeadAlipayPlus), picture.OrderCode, picture.SmallImage},
		{"Antom order code", order(merchant.HostAntom, merchant.HeadAntom), picture.OrderCode, picture.SmallImage},
		{"private order code", order("alipay.com", "281002040815"), picture.OrderCode, picture.SmallImage},
		{"entry code", entry, plain, picture.SmallImage},
		{"EMV order code", emvOrder, picture.OrderCode, picture.SmallImage},
	}
}

func emvOrder(i int, random io.Reader) (string, error) {
	tail, err := code.Digits(4+i%20, random)
	if err != nil {
		return "", err
	}
	domains := []string{merchant.DomainAlipayPlus, merchant.AIDAlipay}
	return merchant.EMV{
		Domain: domains[i%2], Head: merchant.HeadAntom, Tail: tail, Amount: money.Of("SGD", int64(100+i)),
		Category: "5411", Country: "SG", Name: fmt.Sprintf("Corner Shop %d", i), City: "Singapore",
	}.Value()
}

// fill puts n pictures of a sort into the album; quick ones are small.
func (s sort) fill(a *album, n int, quick bool) {
	a.t.Helper()
	random := rand.NewChaCha8([32]byte{5})
	for i := range n {
		value, err := s.value(i, random)
		if err != nil {
			a.t.Fatal(err)
		}
		kind, size := "QR-Code", picture.Size{Pixels: picture.MiddleImage}
		symbol := drawn(a.t)(s.draw(value))
		if symbol.Symbology() == picture.Code128 {
			kind, size = "CODE-128", picture.Size{}
		}
		if quick {
			size = picture.Size{Pixels: s.quick}
		}
		a.add(s.name, pngOf(a.t, symbol, size), reading{kind, value})
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, s := range sorts() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			a := newAlbum(t)
			s.fill(a, 50, true)
			a.check()
		})
	}
}
