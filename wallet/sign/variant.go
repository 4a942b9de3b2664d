package sign

import (
	"net/url"
	"strings"
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

// variant is a common mistake: another text in one part.
type variant struct {
	field   int
	mistake Mistake
	text    string
	value   string
}

func (v variant) fault() fault { return fault{v.mistake, v.text} }

// variants lists the mistakes outside the body that can be tried on a message, likely ones first.
func variants(e Evidence) []variant {
	m := e.Message
	var all []variant
	all = append(all, separatorVariants()...)
	all = append(all, targetVariants(m.Target, e.Host, e.OtherTargets)...)
	all = append(all, clientVariants(m.ClientID, e.OtherClientIDs)...)
	all = append(all, timeVariants(m.Time, e.OtherTimes)...)
	all = append(all, methodVariants(m.Method)...)
	return distinct(split(m), all)
}

// variantsOfBody lists the mistakes with the body: they take far longer to make.
func variantsOfBody(e Evidence) []variant {
	var all []variant
	for _, other := range e.OtherBodies {
		all = append(all, variant{fieldBody, other.Mistake, other.How, string(other.Body)})
	}
	if len(e.Message.Body) <= longestSearched {
		all = append(all, bodyVariants(e.Message.Body)...)
	}
	return distinct(split(e.Message), all)
}

// distinct leaves out variants that change nothing, or nothing new.
func distinct(base pieces, all []variant) []variant {
	kept := all[:0]
	seen := make(map[variant]bool, len(all))
	for _, v := range all {
		same := variant{field: v.field, value: v.value}
		if base[v.field] != v.value && !seen[same] {
			seen[same] = true
			kept = append(kept, v)
		}
	}
	return kept
}

func separatorVariants() []variant {
	list := []variant{
		{fieldLine, "crlf", "the line ends with CR LF instead of LF", "\r\n"},
		{fieldLine, "crlf", "the line ends with CR instead of LF", "\r"},
		{fieldLine, "missing-line-feed", "the LF after the path is missing", ""},
		{fieldLine, "escaped-line-feed", "the LF is written as backslash and n", `\n`},
		{fieldLine, "space-for-line-feed", "there is a space instead of the LF", " "},
		{fieldLine, "two-line-feeds", "there are two LF after the path", "\n\n"},
		{fieldLine, "space-for-line-feed", "there is a space before the LF", " \n"},
		{fieldLine, "http-version", "the version of HTTP stands after the path", " HTTP/1.1\n"},
		{fieldEnd, "trailing-newline", "there is a LF after the body", "\n"},
		{fieldEnd, "trailing-newline", "there is a CR LF after the body", "\r\n"},
		{fieldEnd, "trailing-dot", "there is a dot after the body", "."},
		{fieldEnd, "trailing-blank", "there is a blank after the body", " "},
		{fieldSpace, "missing-space", "the space after the method is missing", ""},
		{fieldSpace, "two-spaces", "there are two spaces after the method", "  "},
		{fieldSpace, "wrong-separator", "there is a LF instead of the space after the method", "\n"},
		{fieldDot, "missing-dot", "the dot after the client id is missing", ""},
		{fieldDot2, "missing-dot", "the dot after the time is missing", ""},
	}
	for _, s := range []struct{ name, text string }{
		{"a LF", "\n"},
		{"a comma", ","},
		{"a blank", " "},
		{"a colon", ":"},
		{"an ampersand", "&"},
		{"a bar", "|"},
	} {
		list = append(list,
			variant{fieldDot, "wrong-separator", "there is " + s.name + " instead of the dot after the client id", s.text},
			variant{fieldDot2, "wrong-separator", "there is " + s.name + " instead of the dot after the time", s.text})
	}
	return list
}

func targetVariants(target, host string, others []string) []variant {
	path, query, hasQuery := strings.Cut(target, "?")
	list := []variant{
		{fieldTarget, "missing-slash", "the path is signed without its leading slash", strings.TrimPrefix(target, "/")},
		{fieldTarget, "double-slash", "the path is signed with two leading slashes", "/" + target},
		{fieldTarget, "trailing-slash", "the path is signed with a slash at its end", target + "/"},
		{fieldTarget, "trailing-slash", "the path is signed without the slash at its end", strings.TrimSuffix(target, "/")},
		{fieldTarget, "path-case", "the path is signed in lower case", strings.ToLower(target)},
		{fieldTarget, "empty-path", "no path is signed", ""},
		{fieldTarget, "empty-path", "only a slash is signed as path", "/"},
		{fieldTarget, "path-encoding", "the path is signed percent-encoded", url.QueryEscape(target)},
		{fieldTarget, "sandbox-path", "the path is signed with /sandbox/ and sent without", strings.Replace(target, "/ams/api/", "/ams/sandbox/api/", 1)},
		{fieldTarget, "sandbox-path", "the path is signed without /sandbox/ and sent with it", strings.Replace(target, "/sandbox/", "/", 1)},
	}
	list = append(list, queryVariants(path, query, hasQuery)...)
	if host != "" {
		for _, prefix := range []string{"https://" + host, "http://" + host, host, "https://" + host + ":443", "http://" + host + ":80"} {
			list = append(list,
				variant{fieldTarget, "whole-url", "the whole address is signed instead of the path", prefix + target},
				variant{fieldTarget, "whole-url", "the host is signed instead of the path", prefix})
		}
	}
	list = append(list, shortenedPaths(target)...)
	list = append(list, relatedPaths(path, target)...)
	for _, other := range others {
		list = append(list, variant{fieldTarget, "other-path", "another path is signed: " + other, other})
	}
	return list
}

func queryVariants(path, query string, hasQuery bool) []variant {
	if !hasQuery {
		return []variant{{fieldTarget, "query-added", "a question mark without a query is signed", path + "?"}}
	}
	list := []variant{{fieldTarget, "query-left-out", "the query string is not signed", path}}
	if decoded, err := url.QueryUnescape(query); err == nil {
		list = append(list, variant{fieldTarget, "query-decoded", "the query string is signed decoded", path + "?" + decoded})
	}
	if values, err := url.ParseQuery(query); err == nil {
		list = append(list,
			variant{fieldTarget, "query-re-encoded", "the query string is signed in another encoding or order", path + "?" + values.Encode()},
			variant{fieldTarget, "query-re-encoded", "the query string is signed in another encoding", path + "?" + strings.ReplaceAll(values.Encode(), "+", "%20")})
	}
	return list
}

// shortenedPaths are what a router shows of a path when part of it is its mount point.
func shortenedPaths(target string) []variant {
	path, _, _ := strings.Cut(target, "?")
	var list []variant
	for i := 1; i < len(path); i++ {
		if path[i] == '/' {
			list = append(list, variant{fieldTarget, "shortened-path", "only the end of the path is signed: " + target[i:], target[i:]})
		}
	}
	if len(list) > 16 {
		list = list[:16]
	}
	return list
}

// relatedPaths are those of other operations, versions and doors, which are signed when a path is copied or set up twice.
func relatedPaths(path, target string) []variant {
	var list []variant
	for _, prefix := range []string{"/aps", "/ams", "/api", "/gateway"} {
		list = append(list, variant{fieldTarget, "longer-path", "the path is signed with " + prefix + " before it", prefix + target})
	}
	other := func(target string) {
		list = append(list, variant{fieldTarget, "other-path", "another path is signed: " + target, target})
	}
	for _, pair := range [][2]string{{"/v1/", "/v2/"}, {"/v2/", "/v1/"}, {"/aps/", "/ams/"}, {"/ams/", "/aps/"}} {
		other(strings.Replace(target, pair[0], pair[1], 1))
	}
	folder := path[:strings.LastIndexByte(path, '/')+1]
	for _, operation := range []string{
		"pay", "inquiryPayment", "cancelPayment", "cancel", "refund", "inquiryRefund", "consultPayment", "notifyPayment", "userInitiatedPay",
	} {
		if folder != "" {
			other(folder + operation)
		}
	}
	return list
}

func clientVariants(id string, others []string) []variant {
	list := []variant{
		{fieldClient, "client-id-empty", "the client id is not signed", ""},
		{fieldClient, "client-id-empty", "the word null is signed instead of the client id", "null"},
		{fieldClient, "client-id-case", "the client id is signed in upper case", strings.ToUpper(id)},
		{fieldClient, "client-id-case", "the client id is signed in lower case", strings.ToLower(id)},
		{fieldClient, "client-id-prefix", "the client id is signed without SANDBOX_", strings.TrimPrefix(id, "SANDBOX_")},
		{fieldClient, "client-id-prefix", "the client id is signed with SANDBOX_", "SANDBOX_" + id},
		{fieldClient, "client-id-blank", "the client id is signed with a blank or line end after it", id + " "},
		{fieldClient, "client-id-blank", "the client id is signed with a blank or line end after it", id + "\n"},
	}
	for _, other := range others {
		mistake, text := Mistake("other-client-id"), "another identifier is signed as client id: "+other
		if id == "" {
			mistake, text = "client-id-missing", "the Client-Id header is missing, but a client id is signed: "+other
		}
		list = append(list, variant{fieldClient, mistake, text, other})
	}
	return list
}

func methodVariants(method string) []variant {
	list := []variant{
		{fieldMethod, "method-case", "the method is signed in lower case", strings.ToLower(method)},
		{fieldMethod, "method-case", "the method is signed in mixed case", "Post"},
		{fieldMethod, "method-left-out", "the method is not signed", ""},
	}
	for _, other := range []string{"POST", "GET", "PUT"} {
		list = append(list, variant{fieldMethod, "other-method", "the method is signed as " + other, other})
	}
	return list
}
