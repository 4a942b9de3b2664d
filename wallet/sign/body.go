package sign

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"
)

// bodyVariants are the ways in which a body is often signed otherwise than it is sent.
func bodyVariants(body []byte) []variant {
	text := string(body)
	list := []variant{
		bodyVariant("empty-body", "the body is not signed", ""),
		bodyVariant("body-trimmed", "the body is signed without the white space around it", strings.TrimSpace(text)),
		bodyVariant("body-newline", "the body is signed with LF line ends and sent with CR LF", strings.ReplaceAll(text, "\r\n", "\n")),
		bodyVariant("body-newline", "the body is signed with CR LF line ends and sent with LF", strings.ReplaceAll(text, "\n", "\r\n")),
		bodyVariant("byte-order-mark", "the body is signed with a byte order mark", "\ufeff"+text),
		bodyVariant("byte-order-mark", "the body is signed without its byte order mark", strings.TrimPrefix(text, "\ufeff")),
		bodyVariant("body-base64", "the body is signed as base64", base64.StdEncoding.EncodeToString(body)),
		bodyVariant("body-url-encoded", "the body is signed percent-encoded", url.QueryEscape(text)),
		bodyVariant("body-quoted", "the body is signed as a JSON text within a JSON text", quoted(text)),
		bodyVariant("body-quoted", "the body is signed as a JSON text within a JSON text, non-ASCII escaped", style{ascii: true}.write(quoted(text))),
		bodyVariant("null-body", "the word null is signed instead of the body", "null"),
		bodyVariant("null-body", "an empty object is signed instead of the body", "{}"),
		bodyVariant("null-body", "the word undefined is signed instead of the body", "undefined"),
		bodyVariant("printed-body", "the name of an object is signed instead of the body", "[object Object]"),
		bodyVariant("body-lower-case", "the body is signed in lower case", strings.ToLower(text)),
	}
	if plain, ok := inflate(body); ok {
		list = append(list, bodyVariant("compressed-body", "the body is signed before and sent after compression", plain))
	}
	list = append(list, charsetVariants(body)...)
	for _, form := range printedForms(body) {
		list = append(list, bodyVariant("printed-body", "the body is signed "+form.how, form.text))
	}
	for _, form := range serialisations(body) {
		list = append(list, bodyVariant("re-serialised-body", "the body is signed in another JSON form than it is sent ("+form.how+")", form.text))
	}
	return append(list, unfinished(body)...)
}

// mostMembers is how many members of a body are tried one by one.
const mostMembers = 64

// unfinished are bodies that lack one member, as when it was added after signing.
func unfinished(body []byte) []variant {
	t, err := readTree(body)
	if err != nil {
		return nil
	}
	var list []variant
	t.withoutEach(func(name string, text []byte) {
		if len(list) < mostMembers {
			list = append(list, bodyVariant("body-changed", "the body is signed without its member "+name, string(text)))
		}
	})
	return list
}

func bodyVariant(m Mistake, text, value string) variant { return variant{fieldBody, m, text, value} }

// inflate reads a gzip body, up to the length that is searched.
func inflate(body []byte) (string, bool) {
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return "", false
	}
	plain, err := io.ReadAll(io.LimitReader(r, longestSearched))
	return string(plain), err == nil
}

// charsetVariants are bodies that passed through another character set on one of their ways. Plain ASCII is the
// same in all but UTF-16.
func charsetVariants(body []byte) []variant {
	text := string(body)
	var list []variant
	if !utf8.Valid(body) {
		for _, c := range charsets() {
			if decoded, ok := c.decode(text); ok {
				list = append(list, bodyVariant("charset", "the body is signed in UTF-8 and sent in "+c.name, decoded))
			}
		}
		return list
	}
	for _, c := range utf16s() {
		if encoded, ok := c.encode(text); ok {
			list = append(list, bodyVariant("charset", "the body is signed in "+c.name+" and sent in UTF-8", encoded))
		}
	}
	if isASCII(text) {
		return list
	}
	list = append(list,
		bodyVariant("charset", "the body is signed with question marks for what is not ASCII", replaceNonASCII(text)),
		bodyVariant("charset", "the body is signed as UTF-8 that was encoded twice", encodedTwice(body)),
		bodyVariant("charset", "the body is signed in UTF-8 and sent as UTF-8 that was encoded twice", encodedOnce(text)),
	)
	for _, c := range charsets() {
		if encoded, ok := c.encode(text); ok {
			list = append(list, bodyVariant("charset", "the body is signed in "+c.name+" and sent in UTF-8", encoded))
		}
	}
	return list
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func replaceNonASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= utf8.RuneSelf {
			return '?'
		}
		return r
	}, text)
}

// encodedTwice reads UTF-8 octets as ISO 8859-1 and encodes them again.
func encodedTwice(body []byte) string {
	var out strings.Builder
	for _, b := range body {
		out.WriteRune(rune(b))
	}
	return out.String()
}

// encodedOnce takes back what encodedTwice does; a text that was not encoded twice comes back empty or broken.
func encodedOnce(text string) string {
	var out strings.Builder
	for _, r := range text {
		out.WriteByte(byte(r & 0xff))
	}
	return out.String()
}
