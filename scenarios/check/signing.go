package check

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/trace"
)

// items are the parts of a Signature header as they were sent.
type items struct {
	names  []string
	values map[string]string
	extra  string // what is not name=value
}

func readItems(header string) items {
	it := items{values: make(map[string]string)}
	for item := range strings.SplitSeq(header, ",") {
		name, value, found := strings.Cut(strings.TrimSpace(item), "=")
		if !found {
			it.extra = item
			continue
		}
		it.names = append(it.names, name)
		it.values[name] = value
	}
	return it
}

var decimalInteger = regexp.MustCompile(`^[0-9]+$`)

// formFault says what is wrong with the items of a Signature header (ACQ-SIG-05); inOrder is
// demanded of answers, on whose order the official client depends.
func (it items) formFault(inOrder bool) string {
	want := []string{"algorithm", "keyVersion", "signature"}
	if it.extra != "" {
		return fmt.Sprintf("%q is no name=value item", it.extra)
	}
	for _, name := range want {
		if n := count(it.names, name); n != 1 {
			return fmt.Sprintf("item %s occurs %d times", name, n)
		}
	}
	if len(it.names) != len(want) {
		return "items " + strings.Join(it.names, ", ") + " instead of " + strings.Join(want, ", ")
	}
	if inOrder && strings.Join(it.names, " ") != strings.Join(want, " ") {
		return "items in the order " + strings.Join(it.names, ", ")
	}
	return it.valueFault()
}

func (it items) valueFault() string {
	switch {
	case it.values["algorithm"] != "RSA256":
		return fmt.Sprintf("algorithm is %q", it.values["algorithm"])
	case !decimalInteger.MatchString(it.values["keyVersion"]):
		return fmt.Sprintf("keyVersion is %q", it.values["keyVersion"])
	case it.values["signature"] == "":
		return "the signature item is empty"
	case strings.ContainsAny(it.values["signature"], `"'`):
		return "the signature item is quoted"
	}
	return ""
}

func count(list []string, want string) int {
	n := 0
	for _, s := range list {
		if s == want {
			n++
		}
	}
	return n
}

var percentEscape = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// encodingFault says why one URL-decoding does not restore base64 text (ACQ-SIG-03).
func encodingFault(value string) string {
	if strings.ContainsAny(value, "+=") {
		return `a raw "+" or "=" in the signature item`
	}
	decoded, err := url.PathUnescape(value)
	if err != nil {
		return "the signature item is not percent-encoded: " + err.Error()
	}
	if percentEscape.MatchString(decoded) {
		return "the signature item is still percent-encoded after one decoding"
	}
	standard := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(decoded, "="))
	if _, err := base64.RawStdEncoding.DecodeString(standard); err != nil {
		return "the decoded signature item is not base64"
	}
	return ""
}

// alphabetFault says how the base64 text is not the standard one (ACQ-SIG-04).
func alphabetFault(value string) string {
	decoded, err := url.PathUnescape(value)
	switch {
	case err != nil:
		return ""
	case strings.Contains(value, "/"):
		return `a raw "/" in the signature item`
	case strings.ContainsAny(decoded, "-_"):
		return "the signature is in the URL-safe base64 alphabet"
	}
	if _, err := base64.StdEncoding.Strict().DecodeString(decoded); err != nil {
		return "the base64 padding of the signature is missing or wrong"
	}
	return ""
}

// signed is one message of the acquirer that carries or should carry a signature.
type signed struct {
	message
	header http.Header
	answer bool
	time   string // Request-Time or Response-Time
}

// signatures lists the acquirer's calls and its answers to Alipay+. Only answers with HTTP
// status 200 that acknowledge a call are wanted: refusals of forgeries are other rules' matter.
func (t *traffic) signatures() []signed {
	var all []signed
	for _, m := range t.calls {
		all = append(all, signed{message: m, header: m.Request.Header, time: m.Request.Header.Get("Request-Time")})
	}
	for _, m := range t.notified {
		if acknowledged(m.Exchange) {
			all = append(all, signed{message: m, header: m.Response.Header, answer: true, time: m.Response.Header.Get("Response-Time")})
		}
	}
	return all
}

// acknowledged reports whether the acquirer accepted a call of Alipay+.
func acknowledged(ex *trace.Exchange) bool {
	if ex.Response.Status != http.StatusOK || ex.Broken != "" {
		return false
	}
	result, _ := object(ex.Response.Body)["result"].(map[string]any)
	return scalar(result["resultStatus"]) == string(aps.Success)
}

func (s signed) who() string {
	if s.answer {
		return "the answer to " + nameOf(s.Exchange)
	}
	return nameOf(s.Exchange)
}

// nameOf names a call for people.
func nameOf(ex *trace.Exchange) string {
	if ex.API != "" {
		return ex.API
	}
	return ex.Request.Method + " " + ex.Request.Target
}

// legible reports whether the header has the documented items and encoding, so that what
// remains wrong can only be the signature itself.
func (s signed) legible() bool {
	it := readItems(s.header.Get("Signature"))
	return it.formFault(s.answer) == "" && encodingFault(it.values["signature"]) == ""
}

// eachSigned applies a look at the Signature headers that are there.
func eachSigned(look func(s signed, it items) string) func(*traffic, *tally) {
	return func(t *traffic, seen *tally) {
		for _, s := range t.signatures() {
			if header := s.header.Get("Signature"); header != "" {
				complaint := look(s, readItems(header))
				if complaint != "" {
					complaint += " of " + s.who()
				}
				seen.add(s.message, unless(complaint))
			}
		}
	}
}

func signingRules() []rule {
	return []rule{
		{
			requirement: "ACQ-SIG-01", name: "signature of every call",
			expected: "every call carries a signature that verifies over method, path, Client-Id, Request-Time and body as sent",
			look:     lookSignature,
		},
		{
			requirement: "ACQ-SIG-02", name: "signature over non-ASCII text",
			expected: "bodies are UTF-8, and signatures cover the bytes on the wire whatever the texts contain",
			look:     lookTextSignature,
		},
		{
			requirement: "ACQ-SIG-03", name: "signature percent-encoded once",
			expected: `the signature item has no raw "+" or "=" and is base64 after one URL-decoding`,
			look:     eachSigned(func(_ signed, it items) string { return encodingFault(it.values["signature"]) }),
		},
		{
			requirement: "ACQ-SIG-04", name: "standard base64 alphabet",
			expected: "the decoded signature is standard base64 with padding",
			look: eachSigned(func(_ signed, it items) string {
				if encodingFault(it.values["signature"]) != "" {
					return "" // ACQ-SIG-03 says so
				}
				return alphabetFault(it.values["signature"])
			}),
		},
		{
			requirement: "ACQ-SIG-05", name: "items of the Signature header",
			expected: "exactly algorithm=RSA256, keyVersion=<integer> and signature=<value>, each once, in answers in this order",
			look:     eachSigned(func(s signed, it items) string { return it.formFault(s.answer) }),
		},
		{
			requirement: "ACQ-SIG-06", name: "Client-Id of every call",
			expected: "the Client-Id header is the assigned client id",
			look:     each(lookClientID),
		},
		{
			requirement: "ACQ-SIG-07", name: "form of Request-Time",
			expected: "Request-Time is ISO 8601 with an offset or Z, or a 13-digit millisecond count",
			look: each(func(_ *traffic, m message) verdict {
				value := m.Request.Header.Get("Request-Time")
				if _, err := wireTime(value); err != nil {
					return wrong(fmt.Sprintf("Request-Time %q of %s", value, nameOf(m.Exchange)))
				}
				return right()
			}),
		},
		{
			requirement: "ACQ-SIG-08", name: "repetitions are signed anew",
			expected: "a repeated request carries a Request-Time no older than 60 s and a signature made for it",
			look:     lookFreshness,
		},
		{
			requirement: "ACQ-SIG-14", name: "answers to Alipay+ are signed",
			expected: "the answer to each call of Alipay+ carries Client-Id, Response-Time and a signature that verifies",
			look:     lookAnswerSignature,
		},
	}
}

// plainText reports whether all texts of a message are such that no encoder treats them
// specially; what goes wrong with other texts belongs to ACQ-SIG-02.
func plainText(m message) bool {
	special := false
	visit("", m.body, func(_, _ string, value any) {
		if text, ok := value.(string); ok && strings.ContainsFunc(text, func(r rune) bool {
			return r > '~' || r < ' ' || strings.ContainsRune(`"\<>&`, r)
		}) {
			special = true
		}
	})
	return !special
}

// lookSignature judges calls with plain texts whose headers are otherwise in order: a wrong
// header form, client id or time is reported by the check that owns it, and only there.
func lookSignature(t *traffic, seen *tally) {
	for _, m := range t.calls {
		s := signed{message: m, header: m.Request.Header}
		switch {
		case m.Request.Header.Get("Signature") == "":
			seen.add(m, wrong(nameOf(m.Exchange)+" has no Signature header"))
		case !s.legible() || !t.addressed(m) || !plainText(m) || m.Signature.Verdict == "unchecked":
		case m.Signature.Verdict != "valid":
			seen.add(m, badSignature(m.Exchange, nameOf(m.Exchange)))
		default:
			seen.ok()
		}
	}
}

// addressed reports whether the headers that are part of the signing string are there and right.
func (t *traffic) addressed(m message) bool {
	return m.Request.Header.Get("Client-Id") == t.scene.Facts.ClientID && m.Request.Header.Get("Request-Time") != ""
}

func badSignature(ex *trace.Exchange, who string) verdict {
	seen := "the signature of " + who + " does not verify"
	if ex.Signature.Reason != "" {
		seen += ": " + ex.Signature.Reason
	}
	v := wrong(seen)
	if ex.Signature.Signed != "" {
		v.detail = "string that should have been signed:\n" + ex.Signature.Signed
		if ex.Signature.Found != "" {
			v.detail += "\nstring that was signed:\n" + ex.Signature.Found
		}
	}
	return v
}

// lookTextSignature judges calls with other texts, provided that plain ones of the scene verify.
func lookTextSignature(t *traffic, seen *tally) {
	sound := t.plainVerifies()
	for _, m := range t.calls {
		s := signed{message: m, header: m.Request.Header}
		switch {
		case !validUTF8(m.Request.Body):
			if !t.judges("ACQ-MSG-14") { // a text cut in mid-character is that rule's matter
				seen.add(m, wrong("the body of "+nameOf(m.Exchange)+" is not valid UTF-8"))
			}
		case !sound || plainText(m) || !s.legible() || !t.addressed(m) || m.Signature.Verdict == "unchecked":
		case m.Signature.Verdict != "valid":
			seen.add(m, badSignature(m.Exchange, nameOf(m.Exchange)+" with special characters in its texts"))
		default:
			seen.ok()
		}
	}
}

// plainVerifies reports whether plain calls were signed correctly in this scene; without any the
// question is open, and a mistake with special texts could be one with all texts.
func (t *traffic) plainVerifies() bool {
	valid := false
	for _, m := range t.calls {
		if m.body == nil || !plainText(m) {
			continue
		}
		if m.Signature.Verdict != "valid" {
			return false
		}
		valid = true
	}
	return valid
}

func lookClientID(t *traffic, m message) verdict {
	want := t.scene.Facts.ClientID
	if want == "" {
		return skipped()
	}
	if got := m.Request.Header.Get("Client-Id"); got != want {
		return wrong(fmt.Sprintf("Client-Id %q of %s instead of %q", got, nameOf(m.Exchange), want))
	}
	return right()
}

func lookAnswerSignature(t *traffic, seen *tally) {
	for _, s := range t.signatures() {
		switch {
		case !s.answer || s.Signature.Verdict == "unchecked":
		case s.header.Get("Signature") == "":
			seen.add(s.message, wrong(s.who()+" has no Signature header"))
		case !s.legible():
		case s.Signature.Verdict != "valid":
			seen.add(s.message, badSignature(s.Exchange, s.who()))
		default:
			seen.ok()
		}
	}
}

// lookFreshness judges repetitions. At a shortened rhythm the age alone could be a difference of
// clocks, so there a repetition is only wrong when it also carries the time of an earlier attempt.
func lookFreshness(t *traffic, seen *tally) {
	const limit = 60 * time.Second
	bound := max(t.scaled(limit), time.Second)
	sent := make(map[string][]message)
	for _, m := range t.calls {
		key := repetitionKey(m)
		stamp := m.Request.Header.Get("Request-Time")
		at, err := wireTime(stamp)
		if key == "" || err != nil {
			continue
		}
		earlier := sent[key]
		sent[key] = append(earlier, m)
		if len(earlier) == 0 {
			continue
		}
		age := m.Received.Sub(at)
		replayed := replayedFrom(earlier, m, stamp, bound)
		if age > limit+clockSlack || replayed {
			seen.add(m, wrong(fmt.Sprintf("attempt %d of %s arrived with Request-Time %s, %s old", len(earlier)+1, m.API, stamp, age.Round(time.Millisecond))))
			continue
		}
		seen.ok()
	}
}

func replayedFrom(earlier []message, m message, stamp string, bound time.Duration) bool {
	for _, e := range earlier {
		if e.Request.Header.Get("Request-Time") == stamp && m.Received.Sub(e.Received) > bound {
			return true
		}
	}
	return false
}

// repetitionKey names the request that a message is an attempt of; inquiries are new each time.
func repetitionKey(m message) string {
	switch aps.API(m.API) {
	case aps.Pay:
		return "pay " + m.text("paymentRequestId")
	case aps.CancelPayment:
		return "cancel " + m.text("paymentRequestId") + " " + m.text("paymentId")
	case aps.Refund:
		return "refund " + m.text("refundRequestId")
	default: // each call is a new request
		return ""
	}
}

var errTime = errors.New("not ISO 8601 with an offset")

var isoTime = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})([.,]\d+)?(Z|[+-]\d{2}(?::?\d{2})?)$`)

var milliseconds = regexp.MustCompile(`^\d{13}$`)

// wireTime reads the forms of a time that are accepted in headers.
func wireTime(text string) (time.Time, error) {
	if milliseconds.MatchString(text) {
		ms, err := parseInt(text)
		return time.UnixMilli(ms), err
	}
	return isoInstant(text)
}

// isoInstant reads ISO 8601 with Z or an offset, with or without fraction and colon.
func isoInstant(text string) (time.Time, error) {
	parts := isoTime.FindStringSubmatch(text)
	if parts == nil {
		return time.Time{}, errTime
	}
	offset := strings.ReplaceAll(parts[3], ":", "")
	if len(offset) == 3 {
		offset += "00"
	}
	fraction := strings.Replace(parts[2], ",", ".", 1)
	layout := "2006-01-02T15:04:05Z0700"
	return time.Parse(layout, parts[1]+fraction+offset)
}
