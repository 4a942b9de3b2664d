package doctor

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"mppsim/wallet/sign"
)

// Report is what an examination found. Its JSON form is stable: fields are only added.
type Report struct {
	Message  string       `json:"message"`  // first line of the message, in short
	Verifies bool         `json:"verifies"` // the simulated network takes the signature for valid
	Mistake  sign.Mistake `json:"mistake"`  // the first to correct; none
	// Also names further mistakes.
	Also   []sign.Mistake `json:"also,omitempty"`
	Text   string         `json:"text"`             // what is wrong, in a sentence
	Change string         `json:"change,omitempty"` // what the sender has to change
	Notes  []string       `json:"notes,omitempty"`  // forms that are not the documented one, and oddities of the file
	Header Header         `json:"header"`
	Key    *KeyInfo       `json:"key,omitempty"` // the key that the message was checked with
	// Expected is the string that should have been signed, Actual the one that was, absent if unknown.
	Expected   Text        `json:"expected"`
	Actual     *Text       `json:"actual,omitempty"`
	Difference *Difference `json:"firstDifference,omitempty"`
}

// Header is the Signature header as read.
type Header struct {
	Algorithm  string `json:"algorithm,omitempty"`
	KeyVersion string `json:"keyVersion,omitempty"`
	Octets     int    `json:"octets"` // length of the signature
	Hash       string `json:"hash,omitempty"`
}

// KeyInfo names a public key.
type KeyInfo struct {
	Version string `json:"version"`
	Bits    int    `json:"bits"`
	SHA256  string `json:"sha256"` // of its SPKI form, in hexadecimal
}

// Text is a string of octets. In JSON it is {"text": …} or, where it is not UTF-8, {"base64": …}.
type Text []byte

// MarshalJSON writes the octets as text where they are UTF-8.
func (t Text) MarshalJSON() ([]byte, error) {
	if utf8.Valid(t) {
		return json.Marshal(map[string]any{"octets": len(t), "text": string(t)})
	}
	return json.Marshal(map[string]any{"octets": len(t), "base64": []byte(t)})
}

// Difference is the first octet in which the two strings differ.
type Difference struct {
	Octet    int    `json:"octet"` // from 1
	Part     string `json:"part"`  // part of the expected string
	Sentence string `json:"text"`
}

// Documented reports whether the signature verifies and is in the documented form too.
func (r Report) Documented() bool { return r.Verifies && r.Mistake == sign.NoMistake }

// first puts a mistake before those that were found.
func (r *Report) first(m sign.Mistake, text string) {
	if r.Mistake != sign.NoMistake {
		r.Also = append([]sign.Mistake{r.Mistake}, r.Also...)
		text += "; and " + r.Text
	}
	r.Verifies, r.Mistake, r.Text, r.Change = false, m, text, change(m)
}

func (c *Case) report(e sign.Evidence, d sign.Diagnosis) Report {
	r := Report{
		Message: c.Message.title(), Verifies: d.Verifies, Mistake: d.Mistake, Also: d.Also, Text: d.Text, Change: change(d.Mistake),
		Expected: Text(d.Expected), Notes: append(append([]string(nil), c.Message.Notes...), c.oddities(e)...),
	}
	if d.Verifies && len(d.Notes) > 1 { // a single one is the text already
		r.Notes = append(r.Notes, d.Notes...)
	}
	if h, err := sign.ParseHeader(e.Header); err == nil {
		r.Header = Header{Algorithm: h.Algorithm, KeyVersion: h.KeyVersion, Octets: len(h.Signature), Hash: d.Hash}
		if key, _ := e.Keys.Get(h.KeyVersion); key != nil {
			r.Key = &KeyInfo{Version: keyVersion(e.Keys, h.KeyVersion), Bits: key.N.BitLen(), SHA256: fingerprint(key)}
		}
	}
	if d.Actual != "" && !d.Verifies {
		actual := Text(d.Actual)
		r.Actual = &actual
	}
	if d.FirstDifference >= 0 {
		r.Difference = &Difference{Octet: d.FirstDifference + 1, Part: d.Part, Sentence: d.Difference()}
	}
	return r
}

// keyVersion is the version of the key that a set gives for a version.
func keyVersion(keys sign.KeySet, version string) string {
	if _, exact := keys.Get(version); exact {
		return version
	}
	return keys.Current()
}

// change looks up what the sender has to change.
func change(m sign.Mistake) string {
	d, _ := sign.Describe(m)
	return d.Change
}

// title is the message's first line.
func (m *Message) title() string {
	if m.Answer {
		return fmt.Sprintf("answer %d", m.Status)
	}
	return m.Method + " " + m.Target
}

// signatureNotes notes where a signature may have gone, and what makes official clients overlook it.
func (m *Message) signatureNotes() []string {
	var notes []string
	if m.Get("Signature") == "" {
		for _, f := range m.Fields {
			if name := strings.ToLower(f.Name); strings.Contains(name, "sign") && name != "signature" {
				notes = append(notes, "there is a header "+f.Name+"; the name must be Signature")
			}
		}
	}
	items := strings.Split(strings.ToLower(strings.ReplaceAll(m.Get("Signature"), " ", "")), ",")
	inOrder := len(items) == 3 && strings.HasPrefix(items[0], "algorithm=") && strings.HasPrefix(items[1], "keyversion=") && strings.HasPrefix(items[2], "signature=")
	if m.Answer && m.Get("Signature") != "" && !inOrder {
		notes = append(notes, "official clients take an answer for unsigned unless its items are algorithm, keyVersion and signature, in this order")
	}
	return notes
}

// oddities notes what is suspicious about a message beside its signature.
func (c *Case) oddities(e sign.Evidence) []string {
	m := &c.Message
	var notes []string
	for _, name := range []string{"Signature", "Client-Id", m.timeHeader()} {
		if n := len(m.all(name)); n > 1 {
			notes = append(notes, fmt.Sprintf("there are %d headers %s; the first was taken", n, name))
		}
	}
	notes = append(notes, m.signatureNotes()...)
	if !utf8.Valid(e.Message.Body) {
		notes = append(notes, "the body is not UTF-8")
	}
	if strings.HasPrefix(string(e.Message.Body), "\ufeff") {
		notes = append(notes, "the body begins with a byte order mark, which JSON does not allow")
	}
	if encoding := m.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		notes = append(notes, "the body is compressed ("+encoding+")")
	}
	if len(c.ClientIDs) > 0 && e.Message.ClientID != "" && e.Message.ClientID != c.ClientIDs[0] {
		notes = append(notes, fmt.Sprintf("the header Client-Id is %q, expected was %q", e.Message.ClientID, c.ClientIDs[0]))
	}
	return notes
}
