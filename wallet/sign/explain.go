package sign

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
)

// Mistake names what went wrong with a signature, in kebab case.
type Mistake string

// The mistakes that Explain tells apart beside those of the variants.
const (
	NoMistake        Mistake = "none"
	NoSignature      Mistake = "signature-missing"
	BadHeader        Mistake = "header-syntax"
	BadAlgorithm     Mistake = "algorithm-name"
	HexSignature     Mistake = "signature-in-hex"
	SignatureLength  Mistake = "signature-length"
	WrongKeyVersion  Mistake = "key-version"
	SwappedKeys      Mistake = "swapped-keys"
	WrongKey         Mistake = "wrong-key"
	PSSPadding       Mistake = "pss-padding"
	OtherHash        Mistake = "hash-algorithm"
	HashedTwice      Mistake = "hashed-twice"
	SecondClock      Mistake = "second-clock-reading"
	OtherContent     Mistake = "other-content"
	NoKeyToCheckWith Mistake = "no-key"
)

// Evidence is all that is known about a message whose signature is to be explained. Only the
// first three fields are needed; the others let more mistakes be recognised.
type Evidence struct {
	Message Message
	Header  string // text of the Signature header
	Keys    KeySet // of the sender

	Host           string                    // Host header
	ForeignKeys    map[string]*rsa.PublicKey // other keys of the set-up by name: the gateway's own, another environment's
	OtherClientIDs []string                  // identifiers that might have been taken for the client id
	OtherTimes     []string                  // time texts that might have been taken for the header: of the request, of the body
	OtherTargets   []string                  // paths that might have been signed
}

// longestSearched is the longest body, in octets, that is hashed thousands of times in search of a mistake.
// Bodies of the protocol have a few thousand; the bound keeps an explanation below 200 ms.
const longestSearched = 16 << 10

// Diagnosis says which mistake was made.
type Diagnosis struct {
	Mistake Mistake
	Text    string // a sentence for people
	Hash    string // name of the hash that was signed, if the signature could be opened
	// Expected is the string that should have been signed, Actual the one that was, if it was found.
	Expected, Actual string
	FirstDifference  int // offset of the first octet in which they differ; -1 if Actual was not found
}

// Explain finds out which mistake makes a signature fail. It opens the signature with the sender's public key
// and compares the hash inside with those of strings that are often signed by mistake.
// It is slow (milliseconds) and meant for messages that did not verify.
func Explain(e Evidence) Diagnosis {
	d := explain(e)
	d.Expected = string(e.Message.Content())
	d.FirstDifference = -1
	if d.Actual != "" {
		d.FirstDifference = firstDifference(d.Expected, d.Actual)
	}
	return d
}

func explain(e Evidence) Diagnosis {
	h, err := ParseHeader(e.Header)
	switch {
	case errors.Is(err, ErrMissing):
		return Diagnosis{Mistake: NoSignature, Text: "there is no Signature header, or it is empty"}
	case err != nil:
		return Diagnosis{Mistake: BadHeader, Text: err.Error()}
	case e.Keys.Empty():
		return Diagnosis{Mistake: NoKeyToCheckWith, Text: "no public key of the sender is configured"}
	}
	if isHexSignature(h.Value) {
		return Diagnosis{Mistake: HexSignature, Text: "the signature is written in hexadecimal; it must be base64, percent-encoded"}
	}
	d := explainSignature(e, h)
	if h.Algorithm != "" && h.Algorithm != Algorithm && (d.Mistake == NoMistake || d.Mistake == WrongKey) {
		return Diagnosis{Mistake: BadAlgorithm, Hash: d.Hash, Text: fmt.Sprintf("the header names the algorithm %q; it must be %s", h.Algorithm, Algorithm)}
	}
	return d
}

// isHexSignature recognises a signature of at least 1024 bits in hexadecimal.
func isHexSignature(value string) bool {
	text, err := url.PathUnescape(value)
	if err != nil || len(text) < 256 {
		return false
	}
	_, err = hex.DecodeString(text)
	return err == nil
}

func explainSignature(e Evidence, h Header) Diagnosis {
	key, exact := e.Keys.Get(h.KeyVersion)
	seal, ok := open(key, h.Signature)
	if !ok {
		return explainUnopened(e, h, key)
	}
	d := explainSeal(e, seal)
	if !exact && h.KeyVersion != "" && d.Mistake == NoMistake {
		return Diagnosis{Mistake: WrongKeyVersion, Text: fmt.Sprintf("keyVersion %s is unknown, the signature is of the current key", h.KeyVersion)}
	}
	return d
}

// explainUnopened explains a signature that is not of the expected key.
func explainUnopened(e Evidence, h Header, key *rsa.PublicKey) Diagnosis {
	for _, version := range e.Keys.Versions() {
		other, _ := e.Keys.Get(version)
		if seal, ok := open(other, h.Signature); ok && other != key {
			return Diagnosis{
				Mistake: WrongKeyVersion, Hash: seal.hash,
				Text: fmt.Sprintf("the header says keyVersion %s, but the signature is of the key with version %s", h.KeyVersion, version),
			}
		}
	}
	for name, other := range e.ForeignKeys {
		if seal, ok := open(other, h.Signature); ok {
			return Diagnosis{Mistake: SwappedKeys, Hash: seal.hash, Text: "the signature was made with another key of the set-up: " + name}
		}
	}
	digest := sha256.Sum256(e.Message.Content())
	if rsa.VerifyPSS(key, crypto.SHA256, digest[:], h.Signature, nil) == nil {
		return Diagnosis{Mistake: PSSPadding, Text: "the signature uses PSS padding; RSA256 is PKCS#1 v1.5"}
	}
	if len(h.Signature) != key.Size() {
		return Diagnosis{
			Mistake: SignatureLength,
			Text:    fmt.Sprintf("the signature has %d octets, one by this key has %d: it was cut, re-encoded, or made with another key", len(h.Signature), key.Size()),
		}
	}
	return Diagnosis{Mistake: WrongKey, Text: "the signature was made with a private key that does not belong to the configured public key, or it was damaged"}
}

// explainSeal explains a signature of the expected key: it is about what was hashed.
func explainSeal(e Evidence, s seal) Diagnosis {
	content := e.Message.Content()
	right := bytes.Equal(s.digest, s.sum(content))
	if s.hash != "SHA-256" && right {
		return Diagnosis{Mistake: OtherHash, Hash: s.hash, Actual: string(content), Text: "the string to sign was hashed with " + s.hash + "; RSA256 is SHA-256"}
	}
	if right {
		return Diagnosis{Mistake: NoMistake, Hash: s.hash, Actual: string(content), Text: "the signature is right"}
	}
	once := s.sum(content)
	for _, twice := range [][]byte{once, []byte(hex.EncodeToString(once))} {
		if bytes.Equal(s.digest, s.sum(twice)) {
			return Diagnosis{Mistake: HashedTwice, Hash: s.hash, Text: "the hash of the string to sign was hashed again before it was signed"}
		}
	}
	if found, ok := search(e, s); ok {
		found.Hash = s.hash
		return found
	}
	return Diagnosis{
		Mistake: OtherContent, Hash: s.hash,
		Text: "the key is right, but another text was signed: the body, the path, the client id or the time was changed after signing, or differs from what was sent",
	}
}

// search looks for the string that was signed: one known mistake, two at once, or another reading of the clock.
func search(e Evidence, s seal) (Diagnosis, bool) {
	base := split(e.Message)
	all := variants(e)
	for _, v := range all {
		if content := base.with(v).join(); bytes.Equal(s.digest, s.sum(content)) {
			return Diagnosis{Mistake: v.mistake, Text: v.text, Actual: string(content)}, true
		}
	}
	if len(e.Message.Body) > longestSearched {
		return Diagnosis{}, false
	}
	for _, text := range clockReadings(e.Message.Time) {
		v := variant{field: fieldTime, mistake: SecondClock, text: "the time that was signed is not that of the header: " + text, value: text}
		if content := base.with(v).join(); bytes.Equal(s.digest, s.sum(content)) {
			return Diagnosis{Mistake: v.mistake, Text: v.text, Actual: string(content)}, true
		}
	}
	return searchPairs(base, all, s)
}

// searchPairs tries two mistakes at once.
func searchPairs(base pieces, all []variant, s seal) (Diagnosis, bool) {
	for i, a := range all {
		for _, b := range all[i+1:] {
			if a.field == b.field {
				continue
			}
			if content := base.with(a).with(b).join(); bytes.Equal(s.digest, s.sum(content)) {
				return Diagnosis{Mistake: a.mistake, Text: a.text + "; and " + b.text, Actual: string(content)}, true
			}
		}
	}
	return Diagnosis{}, false
}

// firstDifference returns the offset of the first octet in which two texts differ, or -1 if they are equal.
func firstDifference(a, b string) int {
	shorter := min(len(a), len(b))
	for i := range shorter {
		if a[i] != b[i] {
			return i
		}
	}
	if len(a) == len(b) {
		return -1
	}
	return shorter
}
