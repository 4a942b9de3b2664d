package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
)

func parseInt(text string) (int64, error) { return strconv.ParseInt(text, 10, 64) }

func validUTF8(body []byte) bool { return utf8.Valid(body) }

// prefix is where the calls of the APS dialect live; the last segment is the operation.
const prefix = "/aps/api/v1/payments/"

// otherPaths are documented calls that a payment's traffic may contain although this simulator
// does not serve them.
const otherPaths = `^/aps/api/v1/(merchants|authorizations|customs|disputes|payments)/[A-Za-z]+$`

var otherPath = regexp.MustCompile(otherPaths)

func formRules() []rule {
	return []rule{
		{
			requirement: "ACQ-SIG-09", name: "method and path",
			expected: "every call is a POST to its documented path, byte for byte",
			look:     each(lookPath),
		},
		{
			requirement: "ACQ-SIG-10", name: "JSON in UTF-8",
			expected: "the body is one JSON object, and a Content-Type is application/json in UTF-8",
			look:     each(lookJSON),
		},
		{
			requirement: "ACQ-MSG-01", name: "amount values",
			expected: "every amount value is a string of digits without leading zero, at least 1",
			look:     each(lookAmountValues),
		},
		{
			requirement: "ACQ-MSG-02", name: "strings only",
			expected: "every scalar is a JSON string, also booleans and integers",
			look:     each(lookScalars),
		},
		{
			requirement: "ACQ-MSG-03", name: "no empty strings",
			expected: "a field without a value is left out or null",
			look:     each(lookEmptyStrings),
		},
		{
			requirement: "ACQ-MSG-10", name: "currency codes",
			expected: "every currency is a three-letter upper-case ISO 4217 code",
			look:     each(lookCurrencies),
		},
		{
			requirement: "ACQ-MSG-17", name: "times in bodies",
			expected: "every time is ISO 8601 with an offset, and an expiry lies ahead, at most two hours",
			look:     lookTimes,
		},
	}
}

func lookPath(_ *traffic, m message) verdict {
	target := pathOf(m.Request.Target)
	known := m.API != "" && target == prefix+m.API || m.API == "" && otherPath.MatchString(target)
	switch {
	case m.Request.Method != http.MethodPost:
		return wrong(fmt.Sprintf("method %s for %s", m.Request.Method, target))
	case known:
		return right()
	case m.API == "":
		return wrong(fmt.Sprintf("path %q is not a documented one", target))
	}
	return wrong(fmt.Sprintf("path %q instead of %q", target, prefix+m.API))
}

// pathOf is the path with query of a request target; an absolute target counts by its path.
func pathOf(target string) string {
	if strings.HasPrefix(target, "/") {
		return target
	}
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return target
	}
	_, rest, _ := strings.Cut(target, "://")
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		return rest[slash:]
	}
	return ""
}

func lookJSON(_ *traffic, m message) verdict {
	for _, value := range m.Request.Header.Values("Content-Type") {
		for part := range strings.SplitSeq(value, ",") {
			if !jsonType(part) {
				return wrong(fmt.Sprintf("Content-Type %q of %s", value, nameOf(m.Exchange)))
			}
		}
	}
	if complaint := bodyFault(m.Request.Body); complaint != "" {
		return wrong("the body of " + nameOf(m.Exchange) + " " + complaint)
	}
	return right()
}

func jsonType(value string) bool {
	mediaType, params, _ := strings.Cut(value, ";")
	if !strings.EqualFold(strings.TrimSpace(mediaType), "application/json") {
		return false
	}
	for param := range strings.SplitSeq(params, ";") {
		name, charset, _ := strings.Cut(param, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "charset") {
			continue
		}
		charset = strings.ToLower(strings.Trim(strings.TrimSpace(charset), `"`))
		if charset != "utf-8" && charset != "utf8" {
			return false
		}
	}
	return true
}

func bodyFault(body []byte) string {
	if bytes.HasPrefix(body, []byte("\xef\xbb\xbf")) {
		return "starts with a byte order mark"
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	var parsed map[string]json.RawMessage
	if err := dec.Decode(&parsed); err != nil || parsed == nil {
		return "is not a JSON object"
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return "has text after the JSON object"
	}
	return ""
}

var naturalNumber = regexp.MustCompile(`^[1-9][0-9]*$`)

var belowOne = regexp.MustCompile(`^(0+|-[0-9.]+)$`)

// lookAmountValues reads every member whose name ends in Amount. Whether the number is the right
// one is the matter of ACQ-MSG-04 and its neighbours.
func lookAmountValues(t *traffic, m message) verdict {
	v := skipped()
	visit("", m.body, func(path, name string, value any) {
		if !strings.HasSuffix(strings.ToLower(name), "amount") || v.wrong != "" {
			return
		}
		amount, ok := value.(map[string]any)
		if !ok {
			return
		}
		number, present := amount["value"]
		text, isText := number.(string)
		switch {
		case !present || text == "" && isText: // missing: ACQ-MSG-11; empty: ACQ-MSG-03
		case !isText:
			v = wrong(fmt.Sprintf("%s.value of %s is the JSON token %s, not a string", path, m.API, scalar(number)))
		case text == "0" && m.is(aps.ConsultPayment): // a price that is not known yet (acqp-api §5.7)
		case belowOne.MatchString(text) && t.judges("ACQ-MSG-08"): // that scenario asked for it and judges it
		case !naturalNumber.MatchString(text):
			v = wrong(fmt.Sprintf("%s.value of %s is %q", path, m.API, text))
		default:
			v.judged = true
		}
	})
	return v
}

// lookScalars leaves numbers inside amounts to ACQ-MSG-01.
func lookScalars(_ *traffic, m message) verdict {
	if m.body == nil {
		return skipped()
	}
	complaint := ""
	visit("", m.body, func(path, _ string, value any) {
		if complaint != "" || strings.HasSuffix(strings.ToLower(path), "amount.value") {
			return
		}
		switch value.(type) {
		case bool, json.Number:
			complaint = fmt.Sprintf("%s of %s is the JSON token %s", path, nameOf(m.Exchange), scalar(value))
		}
	})
	return unless(complaint)
}

// ownedBlanks are members whose emptiness another check reports as missing.
func ownedBlank(m message, path string) bool {
	switch path {
	case "paymentId", "paymentRequestId":
		return m.is(aps.InquiryPayment, aps.CancelPayment)
	case "settlementStrategy.settlementCurrency", "order.merchant.merchantAddress.region":
		return m.is(aps.Pay)
	}
	return false
}

func lookEmptyStrings(_ *traffic, m message) verdict {
	if m.body == nil {
		return skipped()
	}
	complaint := ""
	visit("", m.body, func(path, _ string, value any) {
		if text, ok := value.(string); ok && text == "" && complaint == "" && !ownedBlank(m, path) {
			complaint = fmt.Sprintf(`%s of %s is ""`, path, nameOf(m.Exchange))
		}
	})
	return unless(complaint)
}

func lookCurrencies(_ *traffic, m message) verdict {
	v := skipped()
	visit("", m.body, func(path, name string, value any) {
		text, ok := value.(string)
		if !ok || text == "" || v.wrong != "" || !strings.HasSuffix(strings.ToLower(name), "currency") {
			return
		}
		v.judged = true
		if _, known := money.Decimals(text); !known {
			v = wrong(fmt.Sprintf("%s of %s is %q", path, m.API, text))
		}
	})
	return v
}

// lookTimes judges the expiry only in the first message of a payment: a repetition carries the
// same body, for which the time has gone on.
func lookTimes(t *traffic, seen *tally) {
	first := make(map[string]bool)
	for _, m := range t.calls {
		v := skipped()
		visit("", m.body, func(path, name string, value any) {
			text, ok := value.(string)
			if !ok || text == "" || v.wrong != "" || !isTime(name) {
				return
			}
			v.judged = true
			if _, err := isoInstant(text); err != nil {
				v = wrong(fmt.Sprintf("%s of %s is %q", path, nameOf(m.Exchange), text))
			}
		})
		id := m.text("paymentRequestId")
		if v.wrong == "" && m.is(aps.Pay) && !first[id] {
			v = expiryFault(m, v)
		}
		first[id] = first[id] || m.is(aps.Pay)
		seen.add(m, v)
	}
}

// isTime tells the members that hold a date and time by their names.
func isTime(name string) bool {
	return strings.HasSuffix(name, "Time") || name == "merchantRegisterDate"
}

func expiryFault(m message, v verdict) verdict {
	ahead, ok := expiryAhead(m)
	if ok && (ahead < -clockSlack || ahead > 2*time.Hour+clockSlack) {
		return wrong(fmt.Sprintf("paymentExpiryTime %s is %s ahead", m.text("paymentExpiryTime"), ahead.Round(time.Second)))
	}
	return v
}

// expiryAhead tells how long after its arrival a pay message says that the payment expires.
func expiryAhead(m message) (time.Duration, bool) {
	at, err := isoInstant(m.text("paymentExpiryTime"))
	return at.Sub(m.Received), err == nil
}
