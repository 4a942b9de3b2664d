package wallet_test

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"mppsim/wallet"
)

// library is an official client library as it is known from its traffic: what it puts on the wire, and what it
// accepts in answers. It signs and verifies with crypto/rsa alone.
type library struct {
	name         string
	requestTime  func(time.Time) string
	encode       func(any) []byte
	absolute     bool              // the request target is an absolute address
	rewrites     bool              // adds the path element of the sandbox if the client id begins with SANDBOX_
	header       map[string]string // beside the usual ones
	contentTypes []string
	scenario     func(string) string // spelling of inStorePaymentScenario
	nativeFlag   bool                // sends isInStorePayment as a JSON boolean
	nativeValue  bool                // sends amount.value as a JSON number

	lowerNames bool // finds headers of answers in lower case only
	ownID      bool // verifies with its own client id instead of the header's
	anyStatus  bool // does not look at the HTTP status
	typed      bool // in store, fails on a quotePrice that is no number and on a guaranteed that is no boolean
}

func libraries() []library {
	asIs := func(s string) string { return s }
	return []library{
		{
			name: "Go", requestTime: epochMillis, encode: goJSON, rewrites: true, scenario: asIs, anyStatus: true, typed: true,
			contentTypes: []string{"application/json", "application/json; charset=UTF-8"},
			header:       map[string]string{"agent-token": "", "SDK-VERSION": "global-open-sdk-go", "Key-Version": "1", "Accept-Encoding": "gzip"},
		},
		{
			name: "Java", requestTime: epochMillis, encode: plainJSON, rewrites: true, scenario: strings.ToUpper, nativeFlag: true, ownID: true,
			header: map[string]string{"Accept": "text/xml,text/javascript,text/html", "User-Agent": "global-open-sdk-java/unknown"},
		},
		{
			name: "Python", requestTime: layout("2006-01-02T15:04:05-07:00"), encode: indentedJSON, absolute: true, rewrites: true,
			scenario: strings.ToUpper, nativeValue: true, lowerNames: true,
		},
		{name: "PHP", requestTime: layout("2006-01-02T15:04:05-0700"), encode: phpJSON, rewrites: true, scenario: asIs, lowerNames: true, ownID: true},
		{
			name: "ams-java", requestTime: layout("2006-01-02T15:04:05.000Z07:00"), encode: gsonJSON, scenario: asIs, typed: true,
			header: map[string]string{"X-sdkVersion": "2.2.0.20201102"},
		},
		{name: ".NET", requestTime: layout("2006-01-02T15:04:05.0000000Z"), encode: systemTextJSON, rewrites: true, scenario: asIs, ownID: true},
	}
}

func epochMillis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func layout(form string) func(time.Time) string {
	return func(t time.Time) string { return t.UTC().Format(form) }
}

func goJSON(v any) []byte {
	text, _ := json.Marshal(v)
	return text
}

func plainJSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return bytes.TrimSpace(b.Bytes())
}

// escaped writes JSON with some characters, and all beyond ASCII if wanted, as \u and four digits. What has no four digits
// becomes two such, a pair of surrogates.
func escaped(v any, special, digits string, ascii bool) []byte {
	var b strings.Builder
	for _, r := range string(plainJSON(v)) {
		switch {
		case ascii && r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, digits+digits, high, low)
		case ascii && r > 0x7e || strings.ContainsRune(special, r):
			fmt.Fprintf(&b, digits, r)
		default:
			b.WriteRune(r)
		}
	}
	return []byte(b.String())
}

func indentedJSON(v any) []byte {
	var b bytes.Buffer
	_ = json.Indent(&b, escaped(v, "", `\u%04x`, true), "", "   ")
	return b.Bytes()
}

func phpJSON(v any) []byte {
	return bytes.ReplaceAll(escaped(v, "", `\u%04x`, true), []byte("/"), []byte(`\/`))
}

func gsonJSON(v any) []byte { return escaped(v, "<>&'=", `\u%04x`, false) }

func systemTextJSON(v any) []byte {
	return bytes.ReplaceAll(escaped(v, "<>&'+", `\u%04X`, true), []byte(`\"`), []byte(`\u0022`))
}

// amount is an amount as the library writes it.
func (l library) amount(currency string, value int64) map[string]any {
	if l.nativeValue {
		return map[string]any{"currency": currency, "value": value}
	}
	return map[string]any{"currency": currency, "value": strconv.FormatInt(value, 10)}
}

// path is where the library sends a call.
func (l library) path(path string) string {
	if rest, inStore := strings.CutPrefix(path, "/ams/api/"); inStore && l.rewrites && strings.HasPrefix(wallet.DefaultClientID, "SANDBOX_") {
		return "/ams/sandbox/api/" + rest
	}
	return path
}

// message is a request as it leaves the library.
func (l library) message(host, path string, body []byte) []byte {
	now, target := l.requestTime(time.Now()), path
	content := fmt.Appendf(nil, "POST %s\n%s.%s.%s", path, wallet.DefaultClientID, now, body)
	sum := sha256.Sum256(content)
	value, _ := rsa.SignPKCS1v15(nil, testKey(), crypto.SHA256, sum[:])
	if l.absolute {
		target = "https://" + host + path
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: %s\r\nclient-id: %s\r\nrequest-time: %s\r\n", target, host, wallet.DefaultClientID, now)
	fmt.Fprintf(&b, "signature: algorithm=RSA256,keyVersion=1,signature=%s\r\n", url.QueryEscape(base64.StdEncoding.EncodeToString(value)))
	types := l.contentTypes
	if types == nil {
		types = []string{"application/json; charset=UTF-8"}
	}
	for _, kind := range types {
		fmt.Fprintf(&b, "Content-Type: %s\r\n", kind)
	}
	for name, value := range l.header {
		fmt.Fprintf(&b, "%s: %s\r\n", name, value)
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body)
	return b.Bytes()
}

// response is an answer with its header names as they were on the wire.
type response struct {
	status int
	lines  [][2]string
	body   []byte
}

// find gives a header of an answer the way the library does.
func (l library) find(r response, name string) string {
	for _, line := range r.lines {
		if line[0] == name || !l.lowerNames && strings.EqualFold(line[0], name) {
			return line[1]
		}
	}
	return ""
}

// carrier brings the octets of a request to a host and back comes the answer.
type carrier func(host string, message []byte) (response, error)

// call sends a message and reads the answer as the library does: an error is what the library would refuse.
func (l library) call(carry carrier, server, path string, body []byte) ([]byte, error) {
	_, host, _ := strings.Cut(server, "://")
	path = l.path(path)
	raw, err := carry(host, l.message(host, path, body))
	if err != nil {
		return nil, err
	}
	return raw.body, l.accept(raw, path)
}

// exchangeRaw is a carrier over a plain connection.
func exchangeRaw(host string, message []byte) (r response, err error) {
	conn, err := net.DialTimeout("tcp", host, time.Minute)
	if err != nil {
		return r, err
	}
	return exchangeOver(conn, message)
}

func exchangeOver(conn net.Conn, message []byte) (r response, err error) {
	defer func() { _ = conn.Close() }()
	if err := errors.Join(conn.SetDeadline(time.Now().Add(time.Minute)), func() error { _, err := conn.Write(message); return err }()); err != nil {
		return r, err
	}
	var seen bytes.Buffer
	answer, err := http.ReadResponse(bufio.NewReader(io.TeeReader(conn, &seen)), nil)
	if err != nil {
		return r, err
	}
	defer func() { _ = answer.Body.Close() }()
	r.status = answer.StatusCode
	r.body, err = io.ReadAll(answer.Body)
	head, _, _ := strings.Cut(seen.String(), "\r\n\r\n")
	for _, line := range strings.Split(head, "\r\n")[1:] {
		name, value, _ := strings.Cut(line, ":")
		r.lines = append(r.lines, [2]string{name, strings.TrimSpace(value)})
	}
	return r, err
}

// accept applies the library's rules to an answer.
func (l library) accept(r response, path string) error {
	if r.status != http.StatusOK && !l.anyStatus {
		return fmt.Errorf("HTTP status %d", r.status)
	}
	client := l.find(r, "client-id")
	if l.ownID {
		client = wallet.DefaultClientID
	}
	items := strings.Split(l.find(r, "signature"), ",") // Java takes an answer for unsigned unless there are three, and one = in the third
	if len(items) != 3 || items[0] != "algorithm=RSA256" || items[1] != "keyVersion=1" || strings.Count(items[2], "=") != 1 {
		return fmt.Errorf("signature %q", items)
	}
	value := strings.TrimPrefix(items[2], "signature=")
	plain, err := url.QueryUnescape(value)
	if err != nil || value == "" {
		return fmt.Errorf("signature %q: %w", value, err)
	}
	signature, err := base64.StdEncoding.DecodeString(plain)
	if err != nil {
		return fmt.Errorf("signature %q: %w", plain, err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "POST %s\n%s.%s.%s", path, client, l.find(r, "response-time"), r.body))
	if err := rsa.VerifyPKCS1v15(&testKey().PublicKey, crypto.SHA256, sum[:], signature); err != nil {
		return fmt.Errorf("the answer of %s does not verify: %w", path, err)
	}
	return l.acceptBody(r.body, strings.HasPrefix(path, "/ams/"))
}

// model is what the libraries with typed models read of answers: every other scalar is a string.
type model struct {
	Result struct{ ResultCode, ResultStatus, ResultMessage string }

	PaymentID, PaymentRequestID, PaymentStatus, PaymentTime, PaymentCreateTime  string
	PaymentResultCode, PaymentResultMessage, RefundID, RefundStatus, CancelTime string
	PaymentAmount, ActualPaymentAmount, GrossSettlementAmount, SettlementAmount struct{ Currency, Value string }

	PaymentQuote, SettlementQuote *struct {
		QuoteID, QuoteCurrencyPair, QuoteStartTime, QuoteExpiryTime string

		QuotePrice float64
		Guaranteed bool
	}
	OrderCodeForm *struct {
		ExpireTime  string
		CodeDetails []struct{ CodeValueType, CodeValue, DisplayType string }
	}
}

// acceptStrings reads an answer of the door of Alipay+: every scalar is a string, and the kinds of codes are those that the
// library for Java has names for.
func acceptStrings(body []byte) error {
	var answer map[string]any
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	var look func(name string, v any) error
	look = func(name string, v any) (err error) {
		switch v := v.(type) {
		case map[string]any:
			for name, inner := range v {
				err = errors.Join(err, look(name, inner))
			}
		case []any:
			for _, inner := range v {
				err = errors.Join(err, look(name, inner))
			}
		case string:
			if name == "displayType" && !slices.Contains([]string{"TEXT", "MIDDLEIMAGE", "SMALLIMAGE", "BIGIMAGE"}, v) {
				return fmt.Errorf("displayType %q", v)
			}
		default:
			return fmt.Errorf("%s is the native value %v", name, v)
		}
		return err
	}
	return look("", answer)
}

func (l library) acceptBody(body []byte, inStore bool) error {
	if !inStore {
		return acceptStrings(body)
	}
	if !l.typed {
		var any map[string]any
		return json.Unmarshal(body, &any)
	}
	var m model
	if err := json.Unmarshal(body, &m); err != nil {
		return err
	}
	if !slices.Contains([]string{"", "SUCCESS", "FAIL", "PROCESSING", "CANCELLED"}, m.PaymentStatus) {
		return fmt.Errorf("paymentStatus %q", m.PaymentStatus)
	}
	if m.OrderCodeForm == nil {
		return nil
	}
	// ams-java stops at the first kind that it does not know: the text must have come before.
	if d := m.OrderCodeForm.CodeDetails; len(d) == 0 || d[0].DisplayType != "TEXT" {
		return fmt.Errorf("the first code is no text: %+v", d)
	}
	return nil
}
