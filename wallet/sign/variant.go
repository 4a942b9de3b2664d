package sign

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The parts of the string to sign, in order. The fields between the named texts are the separators.
const (
	fieldMethod = iota
	fieldSpace
	fieldTarget
	fieldLine
	fieldClient
	fieldDot
	fieldTime
	fieldDot2
	fieldBody
	fieldEnd
	fields
)

// pieces is a string to sign in its parts.
type pieces [fields]string

func split(m Message) pieces {
	return pieces{m.Method, " ", m.Target, "\n", m.ClientID, ".", m.Time, ".", string(m.Body), ""}
}

func (p pieces) with(v variant) pieces {
	p[v.field] = v.value
	return p
}

func (p pieces) join() []byte {
	var b bytes.Buffer
	for _, text := range p {
		b.WriteString(text)
	}
	return b.Bytes()
}

// variant is a common mistake: another text in one part.
type variant struct {
	field   int
	mistake Mistake
	text    string
	value   string
}

// variants lists the mistakes that can be tried on a message, likely ones first.
func variants(e Evidence) []variant {
	m := e.Message
	var all []variant
	all = append(all, separatorVariants()...)
	all = append(all, targetVariants(m.Target, e.Host, e.OtherTargets)...)
	all = append(all, clientVariants(m.ClientID, e.OtherClientIDs)...)
	all = append(all, timeVariants(m.Time, e.OtherTimes)...)
	all = append(all, methodVariants(m.Method)...)
	if len(m.Body) <= longestSearched {
		all = append(all, bodyVariants(m.Body)...)
	}
	base := split(m)
	kept := all[:0]
	for _, v := range all {
		if base[v.field] != v.value {
			kept = append(kept, v)
		}
	}
	return kept
}

func separatorVariants() []variant {
	return []variant{
		{fieldLine, "crlf", "the line ends with CR LF instead of LF", "\r\n"},
		{fieldLine, "missing-line-feed", "the LF after the path is missing", ""},
		{fieldLine, "escaped-line-feed", "the LF is written as backslash and n", `\n`},
		{fieldLine, "space-for-line-feed", "there is a space instead of the LF", " "},
		{fieldLine, "two-line-feeds", "there are two LF after the path", "\n\n"},
		{fieldEnd, "trailing-newline", "there is a LF after the body", "\n"},
		{fieldEnd, "trailing-newline", "there is a CR LF after the body", "\r\n"},
		{fieldEnd, "trailing-dot", "there is a dot after the body", "."},
		{fieldSpace, "missing-space", "the space after the method is missing", ""},
		{fieldSpace, "two-spaces", "there are two spaces after the method", "  "},
		{fieldDot, "missing-dot", "the dot after the client id is missing", ""},
		{fieldDot, "wrong-separator", "there is a LF instead of the dot after the client id", "\n"},
		{fieldDot2, "missing-dot", "the dot after the time is missing", ""},
		{fieldDot2, "wrong-separator", "there is a LF instead of the dot after the time", "\n"},
	}
}

func targetVariants(target, host string, others []string) []variant {
	path, query, hasQuery := strings.Cut(target, "?")
	list := []variant{
		{fieldTarget, "missing-slash", "the path is signed without its leading slash", strings.TrimPrefix(target, "/")},
		{fieldTarget, "trailing-slash", "the path is signed with a slash at its end", target + "/"},
		{fieldTarget, "trailing-slash", "the path is signed without the slash at its end", strings.TrimSuffix(target, "/")},
		{fieldTarget, "path-case", "the path is signed in lower case", strings.ToLower(target)},
		{fieldTarget, "empty-path", "no path is signed", ""},
		{fieldTarget, "path-encoding", "the path is signed percent-encoded", url.QueryEscape(target)},
	}
	if hasQuery {
		list = append(list, variant{fieldTarget, "query-left-out", "the query string is not signed", path})
		if decoded, err := url.QueryUnescape(query); err == nil {
			list = append(list, variant{fieldTarget, "query-decoded", "the query string is signed decoded", path + "?" + decoded})
		}
	}
	if host != "" {
		for _, scheme := range []string{"https://", "http://", ""} {
			list = append(list, variant{fieldTarget, "whole-url", "the whole address is signed instead of the path", scheme + host + target})
		}
	}
	for i := strings.IndexByte(strings.TrimPrefix(path, "/"), '/') + 1; i > 0 && i < len(target); {
		list = append(list, variant{fieldTarget, "shortened-path", "only the end of the path is signed: " + target[i:], target[i:]})
		next := strings.IndexByte(target[i+1:], '/')
		if next < 0 {
			break
		}
		i += next + 1
	}
	for _, other := range others {
		list = append(list, variant{fieldTarget, "other-path", "another path is signed: " + other, other})
	}
	return list
}

func clientVariants(id string, others []string) []variant {
	list := []variant{
		{fieldClient, "client-id-empty", "the client id is not signed", ""},
		{fieldClient, "client-id-case", "the client id is signed in upper case", strings.ToUpper(id)},
		{fieldClient, "client-id-case", "the client id is signed in lower case", strings.ToLower(id)},
		{fieldClient, "client-id-prefix", "the client id is signed without SANDBOX_", strings.TrimPrefix(id, "SANDBOX_")},
		{fieldClient, "client-id-prefix", "the client id is signed with SANDBOX_", "SANDBOX_" + id},
		{fieldClient, "client-id-blank", "the client id is signed with a blank", id + " "},
	}
	for _, other := range others {
		list = append(list, variant{fieldClient, "other-client-id", "another identifier is signed as client id: " + other, other})
	}
	return list
}

func methodVariants(method string) []variant {
	list := []variant{
		{fieldMethod, "method-case", "the method is signed in lower case", strings.ToLower(method)},
		{fieldMethod, "method-left-out", "the method is not signed", ""},
	}
	for _, other := range []string{"POST", "GET", "PUT"} {
		list = append(list, variant{fieldMethod, "other-method", "the method is signed as " + other, other})
	}
	return list
}

func timeVariants(text string, others []string) []variant {
	list := []variant{{fieldTime, "time-left-out", "the time is not signed", ""}}
	for _, other := range others {
		list = append(list, variant{fieldTime, "other-time", "another time is signed: " + other, other})
	}
	at, ok := parseTime(text)
	if !ok {
		return list
	}
	east := time.FixedZone("", 8*60*60)
	for _, layout := range []string{
		"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05.000Z07:00", "2006-01-02T15:04:05.000000Z07:00", "2006-01-02T15:04:05.000000000Z07:00",
		time.RFC3339Nano, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05.000-0700", "2006-01-02T15:04:05-07:00", "2006-01-02T15:04:05.000-07:00",
		"2006-01-02T15:04:05", "2006-01-02 15:04:05", "20060102150405",
	} {
		for _, zone := range []*time.Location{at.Location(), time.UTC, east} {
			form := at.In(zone).Format(layout)
			list = append(list, variant{fieldTime, "other-time-form", "the time is signed in another form than it is sent: " + form, form})
		}
	}
	for _, form := range []string{strconv.FormatInt(at.UnixMilli(), 10), strconv.FormatInt(at.Unix(), 10)} {
		list = append(list, variant{fieldTime, "other-time-form", "the time is signed in another form than it is sent: " + form, form})
	}
	return list
}

// parseTime reads the documented forms of time: ISO 8601 with offset, or a count of milliseconds.
func parseTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999-0700"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) == 13 {
		return time.UnixMilli(ms).UTC(), true
	}
	return time.Time{}, false
}

// clockReadings returns times near the given one in the same form, nearest first: what a second look at the clock
// would have given. Forms finer than milliseconds are beyond guessing.
func clockReadings(text string) []string {
	at, ok := parseTime(text)
	if !ok {
		return nil
	}
	form, step, count := timeForm(text)
	var list []string
	for i := 1; i <= count; i++ {
		list = append(list, form(at.Add(time.Duration(i)*step)), form(at.Add(-time.Duration(i)*step)))
	}
	return list
}

// timeForm returns how a time text is written, its resolution, and how many steps of it are worth trying.
func timeForm(text string) (form func(time.Time) string, step time.Duration, count int) {
	if len(text) == 13 && !strings.ContainsAny(text, "-T") {
		return func(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }, time.Millisecond, 1000
	}
	zone := "Z07:00"
	if !strings.HasSuffix(text, "Z") {
		zone = "-07:00"
		if text[max(0, len(text)-3)] != ':' {
			zone = "-0700"
		}
	}
	digits := fractionDigits(text)
	layout := "2006-01-02T15:04:05"
	if digits > 0 {
		layout += "." + strings.Repeat("0", digits)
	}
	step, count = time.Second, 60
	for range min(digits, 3) {
		step, count = step/10, 1000
	}
	if digits > 3 {
		count = 0
	}
	return func(t time.Time) string { return t.Format(layout + zone) }, step, count
}

// fractionDigits counts the decimals of the seconds.
func fractionDigits(text string) int {
	_, fraction, found := strings.Cut(text, ".")
	if !found {
		return 0
	}
	return len(fraction) - len(strings.TrimLeft(fraction, "0123456789"))
}
