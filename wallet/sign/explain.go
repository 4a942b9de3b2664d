package sign

import (
	"cmp"
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
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
	OtherBodies    []OtherBody               // bodies that might have been signed
	Claimed        [][]byte                  // strings that the sender says it has signed
}

// OtherBody is a body that might have been signed instead of the one that came.
type OtherBody struct {
	Mistake Mistake
	How     string // "the body is signed …"
	Body    []byte
}

// Diagnosis says which mistake was made.
type Diagnosis struct {
	Mistake Mistake   // the first to correct
	Also    []Mistake // others beside it
	Text    string    // a sentence for people
	// Verifies tells that the signature is good although its form may not be the documented one.
	Verifies bool
	Notes    []string // forms that are not the documented one and are tolerated
	Hash     string   // name of the hash that was signed, if the signature could be opened
	// Expected is the string that should have been signed, Actual the one that was, if it was found.
	Expected, Actual string
	FirstDifference  int    // offset of the first octet in which they differ; -1 if they do not, or if Actual was not found
	Part             string // part of the expected string in which that octet lies
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
	if d.FirstDifference >= 0 {
		d.Part = e.Message.part(d.FirstDifference)
	}
	return d
}

func explain(e Evidence) Diagnosis {
	h, err := ParseHeader(e.Header)
	var syntax *syntaxError
	switch {
	case errors.Is(err, ErrMissing):
		return Diagnosis{Mistake: NoSignature, Text: "there is no Signature header, or it is empty"}
	case errors.As(err, &syntax):
		return Diagnosis{Mistake: syntax.mistake, Text: syntax.text}
	case err != nil:
		return Diagnosis{Mistake: BadHeader, Text: err.Error()}
	case e.Keys.Empty():
		return Diagnosis{Mistake: NoKeyToCheckWith, Text: "no public key of the sender is configured", Notes: h.Notes}
	}
	return explainHeader(e, h)
}

// explainHeader explains a header that could be read.
func explainHeader(e Evidence, h Header) Diagnosis {
	faults, o := explainSignature(e, h)
	if h.Algorithm != "" && h.Algorithm != Algorithm {
		faults = withAlgorithm(faults, h.Algorithm)
	}
	d := Diagnosis{Mistake: NoMistake, Text: "the signature is right", Verifies: len(faults) == 0, Notes: h.Notes, Hash: o.hash, Actual: o.actual}
	if key, exact := e.Keys.Get(h.KeyVersion); key != nil && !exact && h.KeyVersion != "" && len(faults) == 0 {
		h.note(WrongKeyVersion, fmt.Sprintf("keyVersion %s is unknown; the current key, version %s, was used", h.KeyVersion, e.Keys.Current()))
		d.Notes = h.Notes
	}
	if len(faults) == 0 {
		for i, form := range h.Forms {
			faults = append(faults, fault{form, h.Notes[i]})
		}
	}
	return d.with(faults)
}

// withAlgorithm adds that the header names another algorithm. What explains a failure on its own stays the first.
func withAlgorithm(faults []fault, name string) []fault {
	f := fault{BadAlgorithm, fmt.Sprintf("the header names the algorithm %q; it must be %s", name, Algorithm)}
	if len(faults) == 1 && faults[0].mistake == WrongKey {
		return []fault{f, faults[0]}
	}
	return append(faults, f)
}

// fault is one mistake in words.
type fault struct {
	mistake Mistake
	text    string
}

// with puts the faults into the diagnosis, the first one first.
func (d Diagnosis) with(faults []fault) Diagnosis {
	if len(faults) == 0 {
		return d
	}
	texts := make([]string, 0, len(faults))
	for i, f := range faults {
		texts = append(texts, f.text)
		if i > 0 {
			d.Also = append(d.Also, f.mistake)
		}
	}
	d.Mistake, d.Text = faults[0].mistake, strings.Join(texts, "; and ")
	return d
}

// opened is what opening a signature brought to light beside faults.
type opened struct {
	hash   string // "" if it was not opened
	actual string // the string that was signed, if found
}

// explainSignature explains the octets of a signature. No fault means that it is right.
func explainSignature(e Evidence, h Header) ([]fault, opened) {
	found, ok := findKey(e, h)
	if !ok {
		return []fault{explainUnopened(e, h)}, opened{}
	}
	faults := append(found.faults, sealFaults(found.seal)...)
	p := newProbe(found.seal)
	content := e.Message.Content()
	o := opened{hash: found.seal.name()}
	if p.octets(content) {
		o.actual = string(content)
		return faults, o
	}
	more, actual := explainContent(e, p)
	o.actual = actual
	return append(faults, more...), o
}

// foundKey is the key that a signature turned out to be made with.
type foundKey struct {
	seal   seal
	faults []fault
}

// findKey looks for the key of a signature: the right one, another version's, another party's; and the right one with the octets reversed.
func findKey(e Evidence, h Header) (foundKey, bool) {
	key, exact := e.Keys.Get(h.KeyVersion)
	if s, ok := openFor(e, key, h.Signature); ok {
		return foundKey{seal: s}, true
	}
	for _, version := range e.Keys.Versions() {
		other, _ := e.Keys.Get(version)
		if s, ok := openFor(e, other, h.Signature); ok {
			return foundKey{s, []fault{otherVersion(h.KeyVersion, version, exact)}}, true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.ForeignKeys)) {
		if s, ok := openFor(e, e.ForeignKeys[name], h.Signature); ok {
			return foundKey{s, []fault{{SwappedKeys, "the signature was made with another key of the set-up: " + name}}}, true
		}
	}
	reversed := slices.Clone(h.Signature)
	slices.Reverse(reversed)
	if s, ok := openFor(e, key, reversed); ok {
		return foundKey{s, []fault{{ByteOrder, "the octets of the signature are in reverse order"}}}, true
	}
	return foundKey{}, false
}

func otherVersion(said, is string, known bool) fault {
	if said == "" {
		said = "nothing"
	}
	text := fmt.Sprintf("the header says keyVersion %s, but the signature is of the key with version %s", said, is)
	if !known {
		text += fmt.Sprintf(" (there is no key with version %s)", said)
	}
	return fault{WrongKeyVersion, text}
}

// openFor opens a signature; where the block proves little, the message must fit as well.
func openFor(e Evidence, key *rsa.PublicKey, signature []byte) (seal, bool) {
	s, ok := open(key, signature)
	if ok && s.weak {
		ok = newProbe(s).octets(e.Message.Content())
	}
	return s, ok
}

// sealFaults says what is wrong with the way in which a digest was wrapped.
func sealFaults(s seal) []fault {
	var faults []fault
	switch s.wrap {
	case wrapped:
	case wrappedPSS:
		faults = append(faults, fault{PSSPadding, "the signature uses PSS padding; RSA256 is PKCS#1 v1.5"})
	case wrappedBare:
		faults = append(faults, fault{NoDigestInfo, "what was signed is not marked as a hash (DigestInfo is missing), as if it had been encrypted with the private key"})
	case wrappedHex:
		faults = append(faults, fault{NoDigestInfo, "the hash in hexadecimal was encrypted with the private key instead of being signed"})
	case unwrapped:
		faults = append(faults, fault{NoPadding, "the hash was signed without padding; RSA256 is PKCS#1 v1.5"})
	}
	if s.hash != crypto.SHA256 {
		faults = append(faults, fault{OtherHash, "the string to sign was hashed with " + s.name() + "; RSA256 is SHA-256"})
	}
	return faults
}

// explainContent says which other text was signed, and that text if it was found.
func explainContent(e Evidence, p *probe) ([]fault, string) {
	content := e.Message.Content()
	if f, ok := hashedTwice(p, content); ok {
		return []fault{f}, ""
	}
	if faults, actual, ok := search(e, p); ok {
		return faults, actual
	}
	for _, claimed := range e.Claimed {
		if p.octets(claimed) {
			at := max(firstDifference(string(content), string(claimed)), 0)
			return []fault{{OtherContent, "another " + e.Message.part(at) + " is signed than is sent"}}, string(claimed)
		}
	}
	return []fault{{OtherContent, "the key is right, but another text was signed: the body, the path, the client id or the time was changed after signing, or differs from what was sent"}}, ""
}

// part names the part of the string to sign in which an octet lies.
func (m Message) part(offset int) string {
	parts := []struct {
		name string
		size int
	}{
		{"method", len(m.Method)},
		{"space after the method", 1},
		{"path", len(m.Target)},
		{"end of the first line", 1},
		{"client id", len(m.ClientID)},
		{"dot after the client id", 1},
		{"time", len(m.Time)},
		{"dot after the time", 1},
		{"body", len(m.Body)},
	}
	for _, p := range parts {
		if offset < p.size {
			return p.name
		}
		offset -= p.size
	}
	return "end"
}

// firstDifference returns the offset of the first octet in which two texts differ, or -1 if they are equal.
func firstDifference(a, b string) int {
	shorter := min(len(a), len(b))
	for i := range shorter {
		if a[i] != b[i] {
			return i
		}
	}
	if cmp.Compare(len(a), len(b)) == 0 {
		return -1
	}
	return shorter
}
