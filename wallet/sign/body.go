package sign

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// bodyVariants are the ways in which a body is often signed otherwise than it is sent.
func bodyVariants(body []byte) []variant {
	text := string(body)
	list := []variant{
		{fieldBody, "empty-body", "the body is not signed", ""},
		{fieldBody, "body-trimmed", "the body is signed without the white space around it", strings.TrimSpace(text)},
		{fieldBody, "body-newline", "the body is signed with other line ends", strings.ReplaceAll(text, "\r\n", "\n")},
		{fieldBody, "body-newline", "the body is signed with other line ends", strings.ReplaceAll(text, "\n", "\r\n")},
		{fieldBody, "byte-order-mark", "the body is signed with a byte order mark", "\ufeff" + text},
		{fieldBody, "byte-order-mark", "the body is signed without its byte order mark", strings.TrimPrefix(text, "\ufeff")},
		{fieldBody, "body-base64", "the body is signed as base64", base64.StdEncoding.EncodeToString(body)},
		{fieldBody, "body-url-encoded", "the body is signed percent-encoded", url.QueryEscape(text)},
		{fieldBody, "null-body", "the word null is signed instead of the body", "null"},
		{fieldBody, "null-body", "an empty object is signed instead of the body", "{}"},
		{fieldBody, "charset", "the body is signed with question marks for what is not ASCII", replaceNonASCII(text)},
	}
	if latin, ok := latin1(text); ok {
		list = append(list, variant{fieldBody, "charset", "the body is signed in ISO 8859-1 and sent in UTF-8", latin})
	}
	if utf8.Valid(body) {
		list = append(list, variant{fieldBody, "charset", "the body is signed as UTF-8 that was encoded twice", encodedTwice(body)})
	}
	for _, form := range serialisations(body) {
		list = append(list, variant{fieldBody, "re-serialised-body", "the body is signed in another JSON form than it is sent (" + form.how + ")", form.text})
	}
	return list
}

type serialisation struct{ how, text string }

// serialisations writes a JSON body in the forms of the usual libraries.
func serialisations(body []byte) []serialisation {
	var list []serialisation
	add := func(how string, text []byte) {
		forms := []serialisation{{how, string(text)}}
		unescaped := jsonUnescape(string(text))
		forms = append(forms,
			serialisation{how + ", characters unescaped", unescaped},
			serialisation{how + ", slashes escaped", strings.ReplaceAll(unescaped, "/", `\/`)},
			serialisation{how + ", non-ASCII escaped", escapeNonASCII(unescaped)},
			serialisation{how + ", non-ASCII and slashes escaped", strings.ReplaceAll(escapeNonASCII(unescaped), "/", `\/`)},
			serialisation{how + ", < > & escaped", escapeHTML(unescaped)},
		)
		list = append(list, forms...)
	}
	add("same layout", body)
	var compact bytes.Buffer
	if json.Compact(&compact, body) != nil {
		return list
	}
	add("compact", compact.Bytes())
	add("blanks after separators", spaced(compact.Bytes()))
	for _, indent := range []string{"  ", "    ", "\t"} {
		var indented bytes.Buffer
		if json.Indent(&indented, compact.Bytes(), "", indent) == nil {
			list = append(list, serialisation{"indented", indented.String()})
		}
	}
	if sorted, err := sortedMembers(body); err == nil {
		add("members sorted", sorted)
	}
	return list
}

// sortedMembers writes the body compactly with the members of each object in alphabetical order.
func sortedMembers(body []byte) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// spaced puts a blank after each comma and colon outside of strings, as some libraries do.
func spaced(compact []byte) []byte {
	var out bytes.Buffer
	inside, escaped := false, false
	for _, c := range compact {
		out.WriteByte(c)
		switch {
		case escaped:
			escaped = false
		case inside && c == '\\':
			escaped = true
		case c == '"':
			inside = !inside
		case !inside && (c == ',' || c == ':'):
			out.WriteByte(' ')
		}
	}
	return out.Bytes()
}

// jsonUnescape turns \/ and \uXXXX into the characters themselves where JSON allows it.
func jsonUnescape(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		if text[i] != '\\' || i+1 >= len(text) {
			out.WriteByte(text[i])
			i++
			continue
		}
		r, size := escapedRune(text[i:])
		if size == 0 {
			out.WriteString(text[i : i+2])
			i += 2
			continue
		}
		out.WriteRune(r)
		i += size
	}
	return out.String()
}

// escapedRune reads \/ or \uXXXX (a surrogate pair too) that needs no escape; size 0 means leave it.
func escapedRune(text string) (r rune, size int) {
	if strings.HasPrefix(text, `\/`) {
		return '/', 2
	}
	first, ok := hexRune(text)
	if !ok || first < 0x20 || first == '"' || first == '\\' {
		return 0, 0
	}
	if !utf16.IsSurrogate(first) {
		return first, 6
	}
	second, ok := hexRune(text[6:])
	if r := utf16.DecodeRune(first, second); ok && r != utf8.RuneError {
		return r, 12
	}
	return 0, 0
}

func hexRune(text string) (rune, bool) {
	if len(text) < 6 || text[:2] != `\u` {
		return 0, false
	}
	var r rune
	if _, err := fmt.Sscanf(text[2:6], "%04x", &r); err != nil {
		return 0, false
	}
	return r, true
}

func escapeNonASCII(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf:
			out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String()
}

func escapeHTML(text string) string {
	return strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`).Replace(text)
}

func replaceNonASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= utf8.RuneSelf {
			return '?'
		}
		return r
	}, text)
}

// latin1 encodes text in ISO 8859-1, with a question mark for what it does not know.
func latin1(text string) (string, bool) {
	var out strings.Builder
	changed := false
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf:
			out.WriteByte(byte(r))
		case r <= 0xff:
			out.WriteByte(byte(r))
			changed = true
		default:
			out.WriteByte('?')
		}
	}
	return out.String(), changed
}

// encodedTwice reads UTF-8 octets as ISO 8859-1 and encodes them again.
func encodedTwice(body []byte) string {
	var out strings.Builder
	for _, b := range body {
		out.WriteRune(rune(b))
	}
	return out.String()
}
