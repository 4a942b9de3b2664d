package sign

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

type serialisation struct{ how, text string }

// style is how a library writes the characters of JSON texts. Empty lists mean: as they are.
type style struct {
	how     string
	slash   bool   // \/
	ascii   bool   // everything beyond ASCII as \uXXXX
	upper   bool   // hexadecimal digits in upper case
	escaped string // ASCII characters that are written as \uXXXX
}

// styles are those of the usual libraries.
func styles() []style {
	return []style{
		{how: "characters as they are"},
		{how: "slashes escaped", slash: true},
		{how: "non-ASCII escaped", ascii: true},
		{how: "non-ASCII and slashes escaped", ascii: true, slash: true},
		{how: "< > & escaped", escaped: "<>&"},
		{how: "< > & ' = escaped", escaped: "<>&'="},
		{how: "non-ASCII and < > & ' + escaped in upper case", ascii: true, upper: true, escaped: `<>&'+"`},
	}
}

// serialisations writes a JSON body in the forms of the usual libraries.
func serialisations(body []byte) []serialisation {
	if !json.Valid(body) || !utf8.Valid(body) {
		return nil
	}
	list := inStyles("same layout", string(body))
	var compact bytes.Buffer
	if json.Compact(&compact, body) == nil {
		list = append(list, layouts("", compact.Bytes())...)
		list = append(list, retyped(compact.Bytes())...)
	}
	tree, err := readTree(body)
	if err != nil {
		return list
	}
	list = append(list, layouts(", members sorted", tree.write(sorted))...)
	list = append(list, inStyles("compact, members in the order of a Java HashMap", string(tree.write(hashed)))...)
	list = append(list, inStyles("compact, members in reverse order", string(tree.write(reversed)))...)
	list = append(list,
		serialisation{"compact, numbers as texts", string(tree.scalars(numberToText).write(asTheyAre))},
		serialisation{"compact, texts of digits as numbers", string(tree.scalars(textToNumber).write(asTheyAre))})
	return list
}

// layouts writes compact JSON with the white space of the usual libraries.
func layouts(how string, compact []byte) []serialisation {
	list := inStyles("compact"+how, string(compact))
	list = append(list, inStyles("blanks after separators"+how, string(spaced(compact)))...)
	for _, indent := range []struct{ how, text string }{
		{"indented by 2", "  "},
		{"indented by 4", "    "},
		{"indented by 3", "   "},
		{"indented by a tab", "\t"},
	} {
		var indented bytes.Buffer
		if json.Indent(&indented, compact, "", indent.text) != nil {
			continue
		}
		list = append(list, inStyles(indent.how+how, indented.String())...)
		list = append(list, serialisation{indent.how + " with CR LF" + how, strings.ReplaceAll(indented.String(), "\n", "\r\n")})
	}
	return list
}

func inStyles(how, text string) []serialisation {
	var list []serialisation
	for _, s := range styles() {
		list = append(list, serialisation{how + ", " + s.how, s.write(text)})
	}
	return list
}

// retyped writes JSON with other types of values: what mapping to objects and back may do.
func retyped(compact []byte) []serialisation {
	text := string(compact)
	var list []serialisation
	for _, drop := range []struct{ how, value string }{{"null", "null"}, {"empty", `""`}} {
		if without := dropMembers(text, drop.value); without != text {
			list = append(list, serialisation{drop.how + " members left out", without})
		}
	}
	return list
}

// dropMembers leaves out the members of compact JSON that have a given scalar value.
func dropMembers(text, value string) string {
	var out strings.Builder
	start := 0
	for i := 0; i < len(text); {
		if text[i] != '"' {
			i++
			continue
		}
		end := stringEnd(text, i)
		member := text[end:]
		if rest, ok := strings.CutPrefix(member, ":"+value); ok && rest != "" && (rest[0] == ',' || rest[0] == '}') {
			out.WriteString(text[start:i])
			start = len(text) - len(rest)
			if rest[0] == ',' {
				start++
			}
			i = start
			continue
		}
		i = end
	}
	out.WriteString(text[start:])
	return strings.ReplaceAll(out.String(), ",}", "}")
}

// stringEnd returns the offset after the JSON string that starts at i.
func stringEnd(text string, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
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

// write writes JSON anew with its characters in the style; white space and order stay.
func (s style) write(text string) string {
	var out strings.Builder
	inside := false
	for i := 0; i < len(text); {
		r, size, escaped := nextRune(text[i:])
		switch {
		case r == '"' && !escaped:
			inside = !inside
			out.WriteByte('"')
		case !inside || size == 0:
			size = max(size, 1)
			out.WriteString(text[i : i+size])
		default:
			s.rune(&out, r, text[i:i+size])
		}
		i += size
	}
	return out.String()
}

// nextRune reads a character of a JSON text, which may be escaped.
func nextRune(text string) (r rune, size int, escaped bool) {
	if text[0] != '\\' || len(text) < 2 {
		r, size = utf8.DecodeRuneInString(text)
		return r, size, false
	}
	if i := strings.IndexByte(`"\/bfnrt`, text[1]); i >= 0 {
		return rune("\"\\/\b\f\n\r\t"[i]), 2, true
	}
	first, ok := hexRune(text)
	if !ok {
		return utf8.RuneError, 0, true
	}
	if second, ok := hexRune(text[6:]); ok && utf16.IsSurrogate(first) {
		if both := utf16.DecodeRune(first, second); both != utf8.RuneError {
			return both, 12, true
		}
	}
	return first, 6, true
}

// rune writes one character of a text; as is the way in which it came.
func (s style) rune(out *strings.Builder, r rune, as string) {
	switch {
	case r == '/' && s.slash:
		out.WriteString(`\/`)
	case r < utf8.RuneSelf && strings.ContainsRune(s.escaped, r), r >= utf8.RuneSelf && s.ascii && !utf16.IsSurrogate(r):
		s.unicode(out, r)
	case r < 0x20 || r == '"' || r == '\\' || utf16.IsSurrogate(r):
		out.WriteString(as)
	default:
		out.WriteRune(r)
	}
}

func (s style) unicode(out *strings.Builder, r rune) {
	if r > 0xffff {
		high, low := utf16.EncodeRune(r)
		s.unicode(out, high)
		s.unicode(out, low)
		return
	}
	digits := "0123456789abcdef"
	if s.upper {
		digits = "0123456789ABCDEF"
	}
	out.WriteString(`\u`)
	for shift := 12; shift >= 0; shift -= 4 {
		out.WriteByte(digits[r>>shift&0xf])
	}
}

func hexRune(text string) (rune, bool) {
	if len(text) < 6 || text[:2] != `\u` {
		return 0, false
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	return rune(n), err == nil
}

// quoted writes text as a JSON string.
func quoted(text string) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(text) != nil {
		return ""
	}
	return strings.TrimSuffix(out.String(), "\n")
}
