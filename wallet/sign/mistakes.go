package sign

import (
	_ "embed"
	"strings"
)

// Mistake names what went wrong with a signature, in kebab case.
type Mistake string

// The mistakes that Explain tells apart beside those of the variants; mistakes.txt describes all.
const (
	NoMistake        Mistake = "none"
	NoSignature      Mistake = "signature-missing"
	NoKeyToCheckWith Mistake = "no-key"

	BadHeader       Mistake = "header-syntax"
	BadAlgorithm    Mistake = "algorithm-name"
	NotURLEncoded   Mistake = "url-encoding-missing"
	URLEncodedTwice Mistake = "url-encoding-twice"
	BlankForPlus    Mistake = "blank-for-plus"
	LineBreaks      Mistake = "base64-line-breaks"
	Base64Alphabet  Mistake = "base64-alphabet"
	Base64Padding   Mistake = "base64-padding"
	NotBase64       Mistake = "not-base64"
	HexSignature    Mistake = "signature-in-hex"
	EncodedTwice    Mistake = "base64-twice"
	SignatureLength Mistake = "signature-length"

	WrongKeyVersion Mistake = "key-version"
	SwappedKeys     Mistake = "swapped-keys"
	WrongKey        Mistake = "wrong-key"
	ByteOrder       Mistake = "signature-byte-order"

	PSSPadding     Mistake = "pss-padding"
	NoPadding      Mistake = "no-padding"
	NoDigestInfo   Mistake = "encrypted-not-signed"
	OtherSignature Mistake = "signature-algorithm"
	OtherHash      Mistake = "hash-algorithm"
	HashedTwice    Mistake = "hashed-twice"
	NotSigned      Mistake = "hash-not-signed"

	SecondClock  Mistake = "second-clock-reading"
	BodyCut      Mistake = "body-cut"
	OtherContent Mistake = "other-content"
)

// catalogue describes each mistake: name, title, what to change.
//
//go:embed mistakes.txt
var catalogue string

// Description is a mistake for people.
type Description struct {
	Mistake Mistake
	Title   string // a few words
	Change  string // what the sender has to change
}

// Descriptions lists all mistakes that Explain tells apart.
func Descriptions() []Description {
	var list []Description
	for line := range strings.Lines(catalogue) {
		name, rest, found := strings.Cut(strings.TrimSpace(line), "|")
		if !found || strings.HasPrefix(name, "#") {
			continue
		}
		title, change, _ := strings.Cut(rest, "|")
		list = append(list, Description{Mistake(strings.TrimSpace(name)), strings.TrimSpace(title), strings.TrimSpace(change)})
	}
	return list
}

// Describe returns the description of a mistake.
func Describe(m Mistake) (Description, bool) {
	for _, d := range Descriptions() {
		if d.Mistake == m {
			return d, true
		}
	}
	return Description{Mistake: m}, false
}
