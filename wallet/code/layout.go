package code

import "strings"

// Layout is a payment code taken apart (acqp-api §9.1, mpp-api §6.1). A part that the code's family does not have is empty.
type Layout struct {
	Kind         Kind
	Prefix       string // 25 to 30
	Issuer       string // six digits (CII) of codes with 20 digits and more
	Routing      string // the last three digits of the issuer, by which acquirers find the wallet
	BusinessType string // two digits (BTI) of the standard and the long layout: 02 is a payment code
	User         string // what the issuer made of its user (UIN): everything behind the parts above
}

// Split takes a code apart (ErrInvalid).
func Split(digits string) (Layout, error) {
	if err := Validate(digits); err != nil {
		return Layout{}, err
	}
	l := Layout{Kind: Classify(digits), Prefix: digits[:2]}
	switch {
	case len(digits) < 20:
		l.User = digits[2:]
	case l.Kind == Standard || l.Kind == Long:
		l.Issuer, l.Routing, l.BusinessType, l.User = digits[:6], digits[3:6], digits[6:8], digits[8:]
	default:
		l.Issuer, l.Routing, l.User = digits[:6], digits[3:6], digits[6:]
	}
	return l, nil
}

// Issuable reports whether the digits have a form that wallets issue: 24 digits of the standard layout,
// or 17 to 19 digits of the older ones. Terminals must accept more than that (Validate).
func Issuable(digits string) bool {
	switch Classify(digits) {
	case Standard, Alipay, Legacy:
		return true
	default:
		return false
	}
}

// Grouped puts a blank after every four characters of a code, masked or not, as people read it aloud.
func Grouped(digits string) string {
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
