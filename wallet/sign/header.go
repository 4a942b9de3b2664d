package sign

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
)

// Algorithm is the only signature algorithm of Alipay+: SHA256withRSA.
const Algorithm = "RSA256"

// maxHeader bounds what ParseHeader looks at: the signature of an RSA key of 16384 bits fits well.
const maxHeader = 8 << 10

// Why a Signature header cannot be read, for errors.Is.
var (
	ErrMissing   = errors.New("signature missing")
	ErrMalformed = errors.New("signature header malformed")
)

// Header is the content of a Signature header.
type Header struct {
	Algorithm  string
	KeyVersion string // as sent; empty when the item is missing
	Value      string // signature item as sent
	Signature  []byte // signature item decoded
	// Notes names the forms that are not the documented one and were accepted; Forms are the same as mistakes.
	Notes []string
	Forms []Mistake
}

// FormatHeader writes a Signature header: the three items in the order and form on which the
// official client depends, the signature as percent-encoded standard base64.
func FormatHeader(keyVersion string, signature []byte) string {
	value := url.QueryEscape(base64.StdEncoding.EncodeToString(signature))
	return "algorithm=" + Algorithm + ",keyVersion=" + keyVersion + ",signature=" + value
}

// ParseHeader reads a Signature header. Items may stand in any order with blanks around them, percent
// escapes may be in either case. Other deviations that leave no doubt about the octets of the signature are
// accepted and noted. ErrMissing and ErrMalformed tell why there is no signature.
func ParseHeader(text string) (Header, error) {
	if strings.TrimSpace(text) == "" {
		return Header{}, ErrMissing
	}
	if len(text) > maxHeader {
		return Header{}, malformed(BadHeader, "longer than %d characters", maxHeader)
	}
	var h Header
	if err := h.items(text); err != nil {
		return Header{}, err
	}
	if h.Value == "" {
		return Header{}, malformed(BadHeader, "%s", withoutSignature(text))
	}
	if h.KeyVersion == "" {
		h.note(BadHeader, "keyVersion is missing")
	}
	if h.Algorithm == "" {
		h.note(BadHeader, "algorithm is missing")
	}
	if err := h.decode(); err != nil {
		return Header{}, err
	}
	return h, nil
}

func (h *Header) items(text string) error {
	seen := make(map[string]bool)
	for item := range strings.SplitSeq(text, ",") {
		name, value, found := strings.Cut(strings.TrimSpace(item), "=")
		if !found {
			return malformed(BadHeader, "%q is no name=value item; %s", shorten(item), withoutSignature(text))
		}
		name = strings.TrimSpace(name)
		if seen[name] {
			return malformed(BadHeader, "item %s occurs twice", name)
		}
		seen[name] = true
		h.set(name, strings.TrimSpace(value))
	}
	return nil
}

func (h *Header) note(form Mistake, text string) {
	h.Notes = append(h.Notes, text)
	h.Forms = append(h.Forms, form)
}

func (h *Header) set(name, value string) {
	bare := strings.Trim(value, `"'`)
	if bare != value {
		h.note(BadHeader, "item "+name+" is quoted")
	}
	switch strings.ToLower(name) {
	case "algorithm":
		h.Algorithm = bare
	case "keyversion":
		h.KeyVersion = bare
	case "signature":
		h.Value = bare
	default:
		h.note(BadHeader, "unknown item "+name)
		return
	}
	if name != "algorithm" && name != "keyVersion" && name != "signature" {
		h.note(BadHeader, "item "+name+" is in another letter case")
	}
}

// decode finds the octets of the signature item.
func (h *Header) decode() error {
	text, err := url.PathUnescape(h.Value) // unlike QueryUnescape it leaves a raw + as it is
	if err != nil {
		return malformed(NotURLEncoded, "the signature item is not percent-encoded: %v", err)
	}
	if strings.Contains(text, " ") {
		h.note(BlankForPlus, "blanks in the signature stand for +")
		text = strings.ReplaceAll(text, " ", "+")
	}
	if strings.ContainsAny(h.Value, "+/=") {
		h.note(NotURLEncoded, "the signature is not percent-encoded")
	}
	if again, err := url.PathUnescape(text); err == nil && again != text {
		h.note(URLEncodedTwice, "the signature is percent-encoded twice")
		text = again
	}
	h.Signature, err = h.decodeBase64(text)
	return err
}

func (h *Header) decodeBase64(text string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") {
		h.note(LineBreaks, "line breaks in the signature")
		text = strings.NewReplacer("\r", "", "\n", "").Replace(text)
	}
	if strings.ContainsAny(text, "-_") {
		h.note(Base64Alphabet, "the signature is in the URL-safe base64 alphabet")
		text = strings.NewReplacer("-", "+", "_", "/").Replace(text)
	}
	bare := strings.TrimRight(text, "=")
	if len(bare)+(4-len(bare)%4)%4 != len(text) {
		h.note(Base64Padding, "the base64 padding is missing or wrong")
	}
	octets, err := base64.RawStdEncoding.DecodeString(bare)
	if err != nil {
		return nil, malformed(NotBase64, "the signature is not base64: %s", base64Fault(bare))
	}
	if len(octets) == 0 {
		return nil, malformed(NotBase64, "the signature holds no octets")
	}
	return octets, nil
}
