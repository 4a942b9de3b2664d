// Package merchant builds and parses the codes that shops present: order codes of Alipay+, private order codes and entry
// codes of acquirers (mpp-api §7.1, acqp-api §9.2 to §9.4). Which scanned text belongs to whom is the identifier's question.
package merchant

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"mppsim/wallet/code"
)

// ErrInvalid is in every error about a code, for errors.Is.
var ErrInvalid = errors.New("invalid merchant-presented code")

// LongestValue is the greatest length of a code value in characters (mpp-api §4.6).
const LongestValue = 512

// Order-code domains of the two doors. Their codes begin with the heads below.
const (
	HostAlipayPlus = "qr.alipayplus.com"
	HostAntom      = "gqr.alipay.com"
)

// orderType marks the head of an order code (BTI), as 02 marks a payment code.
const orderType = "04"

// headLength is the number of digits of a head, and tailLength that of the digits behind it in the codes that are minted.
const (
	headLength = 12
	tailLength = 18
)

// Head is how the path of an order code begins: 281 and three digits that Alipay+ assigns (the issuer, CII), 04 (order
// code, BTI) and four digits, which for private order codes the acquirer chooses (mpp-api §7.2).
type Head string

// Heads of the network's own order codes. The first is of a business type of its own, 13, that the public rules know
// but do not explain.
const (
	HeadAlipayPlus Head = "281666130000"
	HeadAntom      Head = "281002040000"
)

// NewHead makes a head of the three digits that Alipay+ assigned and the four that the acquirer chose (ErrInvalid).
func NewHead(assigned, own string) (Head, error) {
	if len(assigned) != 3 || len(own) != 4 || !isDigits(assigned+own) {
		return "", fmt.Errorf("%w: head of %q and %q instead of three and four digits", ErrInvalid, assigned, own)
	}
	return Head("281" + assigned + orderType + own), nil
}

// Check tells whether a head is one: twelve digits, 281***04**** or 28166613**** (ErrInvalid).
func (h Head) Check() error {
	switch {
	case len(h) != headLength || !isDigits(string(h)) || !strings.HasPrefix(string(h), "281"):
		return fmt.Errorf("%w: head %q instead of twelve digits from 281", ErrInvalid, string(h))
	case h[6:8] != orderType && h[:8] != HeadAlipayPlus[:8]:
		return fmt.Errorf("%w: head %q has business type %s instead of 04, order code", ErrInvalid, string(h), h[6:8])
	}
	return nil
}

// Issuer returns the first six digits (CII).
func (h Head) Issuer() string { return string(h[:6]) }

// Order is an order code or private order code in its URL form: https://host/head and tail.
type Order struct {
	Host string // without scheme, port and slash
	Head Head
	Tail string // letters and digits that make the code unique
}

// MintOrder makes a new order code with digits drawn from random (ErrInvalid). Whether it is new is for the caller to see.
func MintOrder(host string, head Head, random io.Reader) (Order, error) {
	tail, err := code.Digits(tailLength, random)
	if err != nil {
		return Order{}, fmt.Errorf("mint order code: %w", err)
	}
	o := Order{Host: host, Head: head, Tail: tail}
	return o, o.Check()
}

// Value returns the code's text.
func (o Order) Value() string { return "https://" + o.Host + "/" + string(o.Head) + o.Tail }

// Check tells whether the code can be presented (ErrInvalid).
func (o Order) Check() error {
	if err := o.Head.Check(); err != nil {
		return err
	}
	again, err := ParseOrder(o.Value())
	if err == nil && again != o {
		err = fmt.Errorf("%w: host %q or tail %q does not survive in a URL", ErrInvalid, o.Host, o.Tail)
	}
	return err
}

// ParseOrder reads an order code or private order code on a fixed domain (ErrInvalid).
func ParseOrder(value string) (Order, error) {
	u, err := parseURL(value)
	if err != nil {
		return Order{}, fmt.Errorf("order code: %w", err)
	}
	path := strings.TrimPrefix(u.Path, "/")
	if len(path) < headLength {
		return Order{}, fmt.Errorf("order code: %w: path %q instead of a head of twelve digits and more", ErrInvalid, path)
	}
	o := Order{Host: strings.ToLower(u.Host), Head: Head(path[:headLength]), Tail: path[headLength:]}
	if err := o.Head.Check(); err != nil {
		return Order{}, fmt.Errorf("order code: %w", err)
	}
	return o.checkTail(u)
}

func (o Order) checkTail(u *url.URL) (Order, error) {
	odd := func(r rune) bool { return (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') }
	switch {
	case o.Tail == "":
		return Order{}, fmt.Errorf("order code: %w: nothing behind the head %s makes it unique", ErrInvalid, o.Head)
	case strings.ContainsFunc(o.Tail, odd) || u.RawQuery != "" || u.Fragment != "":
		return Order{}, fmt.Errorf("order code: %w: other characters than letters and digits behind the head %s", ErrInvalid, o.Head)
	}
	return o, nil
}

// CheckPrivate tells whether a text may be a private order code: an HTTPS URL on one of the domains that the acquirer
// registered with Alipay+, since wallets cannot route others (acqp-api §9.3, ErrInvalid).
func CheckPrivate(value string, domains []string) error {
	u, err := parseURL(value)
	if err == nil && len(u.Path) < 2 && u.RawQuery == "" {
		err = fmt.Errorf("%w: nothing behind the domain makes it unique", ErrInvalid)
	}
	if err == nil {
		err = registered(u, domains)
	}
	if err != nil {
		return fmt.Errorf("private order code: %w", err)
	}
	return nil
}

// CheckEntry tells whether a text may be an entry code: the HTTPS URL of an amount page on a registered domain
// (acqp-api §9.4, ErrInvalid).
func CheckEntry(value string, domains []string) error {
	u, err := parseURL(value)
	if err == nil {
		err = registered(u, domains)
	}
	if err != nil {
		return fmt.Errorf("entry code: %w", err)
	}
	return nil
}

// EntryURL makes the entry code of a shop: the address of an amount page with the shop's reference as parameter (ErrInvalid).
func EntryURL(page, shop string) (string, error) {
	u, err := parseURL(page)
	if err != nil {
		return "", fmt.Errorf("entry code: %w", err)
	}
	q := u.Query()
	q.Set("shop", shop)
	u.RawQuery = q.Encode()
	if _, err := parseURL(u.String()); err != nil || shop == "" {
		return "", fmt.Errorf("entry code: %w: shop %q", ErrInvalid, shop)
	}
	return u.String(), nil
}

func registered(u *url.URL, domains []string) error {
	for _, domain := range domains {
		if strings.EqualFold(u.Hostname(), domain) {
			return nil
		}
	}
	return fmt.Errorf("%w: domain %s is not registered; registered are: %s", ErrInvalid, u.Hostname(), strings.Join(domains, ", "))
}

// parseURL reads an HTTPS URL of legal length.
func parseURL(value string) (*url.URL, error) {
	if n := len([]rune(value)); n > LongestValue {
		return nil, fmt.Errorf("%w: %d characters instead of up to %d", ErrInvalid, n, LongestValue)
	}
	u, err := url.Parse(value)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %q is no URL", ErrInvalid, value)
	case u.Scheme != "https" || u.Hostname() == "" || u.User != nil:
		return nil, fmt.Errorf("%w: %q is no HTTPS URL of a domain", ErrInvalid, value)
	}
	return u, nil
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
