package sign

import (
	"fmt"
	"strings"
)

// syntaxError is a header that cannot be read, with the mistake that it is. It is ErrMalformed.
type syntaxError struct {
	mistake Mistake
	text    string
}

func (e *syntaxError) Error() string { return ErrMalformed.Error() + ": " + e.text }
func (e *syntaxError) Unwrap() error { return ErrMalformed }

func malformed(mistake Mistake, format string, args ...any) error {
	return &syntaxError{mistake: mistake, text: fmt.Sprintf(format, args...)}
}

// bareSignature is the length from which a text without items is taken for a signature alone: base64 of 1024 bits.
const bareSignature = 170

// withoutSignature says why no signature item was found.
func withoutSignature(text string) string {
	text = strings.TrimSpace(text)
	switch lower := strings.ToLower(text); {
	case strings.HasPrefix(text, "{"):
		return "the header is JSON; it must be algorithm=…,keyVersion=…,signature=…"
	case strings.Contains(lower, "signature%3d"):
		return "the whole header is percent-encoded; only the signature's base64 text must be"
	case strings.HasPrefix(lower, "signature:"):
		return "the header's value repeats its name"
	case !strings.Contains(lower, "signature") && len(text) >= bareSignature && !strings.Contains(text, ","):
		return "the header holds only the signature; algorithm=…,keyVersion=…,signature=… must stand around it"
	case !strings.Contains(lower, "signature"):
		return "item signature is missing"
	}
	for _, separator := range []string{";", "&", "|", "\t"} {
		if strings.Contains(text, separator) {
			return fmt.Sprintf("the items are separated by %q; it must be commas", separator)
		}
	}
	if strings.Contains(text, ":") && !strings.Contains(text, "=") {
		return "names and values are separated by colons; it must be ="
	}
	if !strings.Contains(text, ",") {
		return "there are no commas between the items"
	}
	return "item signature is missing or empty"
}

// base64Fault says where a text stops being base64.
func base64Fault(text string) string {
	for i, r := range text {
		if !isBase64(r) {
			return fmt.Sprintf("%q at character %d is not of its alphabet", r, i+1)
		}
	}
	return fmt.Sprintf("%d characters cannot be whole octets: some are missing", len(text))
}

func isBase64(r rune) bool {
	return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '+' || r == '/'
}

// shorten keeps long texts out of sentences.
func shorten(text string) string {
	const most = 40
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
