package sign

import (
	"errors"
	"fmt"
)

// Verdict is how a signature was judged.
type Verdict string

// The verdicts.
const (
	Valid     Verdict = "valid"
	Invalid   Verdict = "invalid"   // it does not verify
	Missing   Verdict = "missing"   // no Signature header, or an empty one
	Malformed Verdict = "malformed" // a header that cannot be read
	Unchecked Verdict = "unchecked" // there is no key to check it with
)

// Judgement is the verdict on one message's signature.
type Judgement struct {
	Verdict Verdict
	Reason  string   // which mistake it is, for people; empty when valid
	Signed  string   // the string that should have been signed, when it did not verify
	Notes   []string // lenient forms that were accepted
}

// Judge verifies the Signature header of a message with the partner's keys. It never explains more than
// the verdict; Explain does, at the price of more work.
func Judge(m Message, header string, keys KeySet) Judgement {
	h, err := ParseHeader(header)
	switch {
	case errors.Is(err, ErrMissing):
		return Judgement{Verdict: Missing, Reason: "there is no Signature header, or it is empty"}
	case err != nil:
		return Judgement{Verdict: Malformed, Reason: err.Error()}
	case keys.Empty():
		return Judgement{Verdict: Unchecked, Reason: "no public key is configured for this client", Notes: h.Notes}
	}
	content := m.Content()
	invalid := Judgement{Verdict: Invalid, Signed: string(content), Notes: h.Notes}
	if h.Algorithm != "" && h.Algorithm != Algorithm {
		invalid.Reason = fmt.Sprintf("algorithm is %q, only %s is accepted", h.Algorithm, Algorithm)
		return invalid
	}
	key, exact := keys.Get(h.KeyVersion)
	if !exact && h.KeyVersion != "" {
		h.note(WrongKeyVersion, fmt.Sprintf("keyVersion %s is unknown; the current key was used", h.KeyVersion))
		invalid.Notes = h.Notes
	}
	if !Verify(key, content, h.Signature) {
		invalid.Reason = "the signature does not verify"
		return invalid
	}
	return Judgement{Verdict: Valid, Notes: h.Notes}
}
