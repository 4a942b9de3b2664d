package sign

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
)

// longestSearched is the longest body, in octets, that is rewritten and hashed thousands of times in search of a mistake.
// Bodies of the protocol have a few thousand; the bound keeps an explanation below 200 ms.
const longestSearched = 16 << 10

// hashedTwice recognises the hash of a hash, in octets or in letters.
func hashedTwice(p *probe, content []byte) (fault, bool) {
	once := p.sumOf(content)
	letters := hex.EncodeToString(once)
	for _, twice := range []struct{ how, text string }{
		{"its octets", string(once)},
		{"in hexadecimal", letters},
		{"in hexadecimal", strings.ToUpper(letters)},
		{"in base64", base64.StdEncoding.EncodeToString(once)},
	} {
		if p.octets([]byte(twice.text)) {
			return fault{HashedTwice, "the hash of the string to sign (" + twice.how + ") was given to the signing function, which hashed it again"}, true
		}
	}
	return fault{}, false
}

// search looks for the string that was signed: one known mistake, a rearranged whole, another reading of the clock, or two mistakes at once.
func search(e Evidence, p *probe) (faults []fault, actual string, ok bool) {
	base := split(e.Message)
	all := variants(e)
	if faults, actual, ok := searchSingles(base, all, p, 0); ok {
		return faults, actual, true
	}
	bodies := variantsOfBody(e)
	if faults, actual, ok := searchSingles(base, bodies, p, 0); ok {
		return faults, actual, true
	}
	for _, w := range wholes(base) {
		if p.spent() {
			return nil, "", false
		}
		if p.octets([]byte(w.value)) {
			return []fault{w.fault()}, w.value, true
		}
	}
	if len(e.Message.Body) > longestSearched {
		return nil, "", false
	}
	if faults, actual, ok := searchSingles(base, rareTimes(e.Message.Time), p, searchBudget/2); ok {
		return faults, actual, true
	}
	return searchPairs(base, append(all, bodies...), p)
}

// searchSingles tries mistakes one by one, as far as the budget goes; it leaves rest of it.
func searchSingles(base pieces, all []variant, p *probe, rest int) (faults []fault, actual string, ok bool) {
	for _, v := range all {
		if p.budget <= rest {
			return nil, "", false
		}
		if changed := base.with(v); p.pieces(changed) {
			return []fault{v.fault()}, string(changed.join()), true
		}
	}
	return nil, "", false
}

// searchPairs tries two mistakes at once, as far as the budget goes.
func searchPairs(base pieces, all []variant, p *probe) (faults []fault, actual string, ok bool) {
	for i, a := range all {
		changed := base.with(a)
		for _, b := range all[i+1:] {
			if p.spent() {
				return nil, "", false
			}
			if a.field == b.field {
				continue
			}
			if twice := changed.with(b); p.pieces(twice) {
				return merge(a.fault(), b.fault()), string(twice.join()), true
			}
		}
	}
	return nil, "", false
}

// merge makes one fault of two of the same kind, such as both dots.
func merge(a, b fault) []fault {
	if a.mistake == b.mistake {
		return []fault{{a.mistake, a.text + "; and " + b.text}}
	}
	return []fault{a, b}
}

// wholes lists mistakes that concern more than one part of the string to sign.
func wholes(p pieces) []variant {
	content := string(p.join())
	method, target, id, at, body := p[fieldMethod], p[fieldTarget], p[fieldClient], p[fieldTime], p[fieldBody]
	first := method + " " + target
	list := []variant{
		whole("first-line-missing", "the line with method and path is not signed", id+"."+at+"."+body),
		whole("first-line-missing", "of the line with method and path only the line feed is signed", "\n"+id+"."+at+"."+body),
		whole("only-body", "only the body is signed", body),
		whole("part-order", "time and client id are in the wrong order", first+"\n"+at+"."+id+"."+body),
		whole("part-order", "the body stands before client id and time", first+"\n"+body+"."+id+"."+at),
		whole("part-order", "the path stands before the method", target+" "+method+"\n"+id+"."+at+"."+body),
		whole("part-missing", "client id and time are not signed", first+"\n"+body),
		whole("part-missing", "client id and time are not signed", first+"\n.."+body),
		whole("part-missing", "the body and the dot before it are not signed", first+"\n"+id+"."+at),
	}
	if len(content) > longestSearched {
		return list
	}
	list = append(
		list,
		whole("crlf", "all lines end with CR LF", strings.ReplaceAll(content, "\n", "\r\n")),
		whole("trimmed", "all white space is removed", strings.Join(strings.Fields(content), "")),
		whole("whole-lower-case", "the whole string is in lower case", strings.ToLower(content)),
		whole("whole-base64", "the string to sign is encoded in base64 before signing", base64.StdEncoding.EncodeToString([]byte(content))),
		whole("whole-url-encoded", "the string to sign is percent-encoded before signing", url.QueryEscape(content)),
		whole("quoted", "the string to sign stands in quotes", `"`+content+`"`),
		whole("byte-order-mark", "a byte order mark stands before the string to sign", "\ufeff"+content),
		whole("part-order", "the parts are joined by line feeds", strings.Join([]string{method, target, id, at, body}, "\n")),
	)
	return append(list, wholeCharsets(content)...)
}

func whole(m Mistake, text, value string) variant {
	return variant{mistake: m, text: text, value: value}
}

// wholeCharsets lists the string to sign in other character sets. Those that only differ in the body are tried there.
func wholeCharsets(content string) []variant {
	var list []variant
	for _, c := range utf16s() {
		if encoded, ok := c.encode(content); ok {
			list = append(list, whole("charset", "the string to sign is encoded in "+c.name+" before signing", encoded))
		}
	}
	return list
}

func (p pieces) join() []byte {
	var b bytes.Buffer
	for _, text := range p {
		b.WriteString(text)
	}
	return b.Bytes()
}
