package fault

import (
	"fmt"
	"maps"
	"slices"

	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
)

// optional are the members that a success may lack (ACQ-MSG-19).
func optional() []string {
	return []string{
		"pspId", "customerId", "walletBrandName", "acquirerId", "transactions", "paymentPromoInfo",
		"result.resultMessage", "paymentResult.resultMessage",
	}
}

// merge lays one alteration over another.
func merge(a, b control.Alteration) control.Alteration {
	if len(b.Set) > 0 {
		set := maps.Clone(a.Set)
		if set == nil {
			set = b.Set
		} else {
			maps.Copy(set, b.Set)
		}
		a.Set = set
	}
	a.Remove = append(slices.Clone(a.Remove), b.Remove...)
	a.Minimal, a.Null = a.Minimal || b.Minimal, a.Null || b.Null
	for _, pair := range []struct {
		old *string
		new string
	}{{&a.Layout, b.Layout}, {&a.Signature, b.Signature}, {&a.Spelling, b.Spelling}, {&a.TimeForm, b.TimeForm}} {
		if pair.new != "" {
			*pair.old = pair.new
		}
	}
	if b.Body != nil {
		a.Body = b.Body
	}
	a.Skew += b.Skew
	return a
}

// Alter changes the members of a message and writes it in the layout that is asked for.
func Alter(message *jsontree.Node, a control.Alteration) ([]byte, error) {
	if a.Body != nil {
		return []byte(*a.Body), nil
	}
	if a.Minimal || a.Null {
		if err := strip(message, a); err != nil {
			return nil, fmt.Errorf("alteration: %w", err)
		}
	}
	for _, path := range a.Remove {
		message.Remove(path)
	}
	for _, path := range slices.Sorted(maps.Keys(a.Set)) {
		value, err := jsontree.Parse(a.Set[path])
		if err != nil {
			return nil, fmt.Errorf("alteration of %s: %w", path, err)
		}
		if err := message.Set(path, value); err != nil {
			return nil, fmt.Errorf("alteration of %s: %w", path, err)
		}
	}
	foreign := a.Layout == "foreign"
	return message.Write(jsontree.Layout{Indent: foreign, Reverse: foreign, Escape: foreign}), nil
}

// strip takes the optional members away, or leaves nothing in them.
func strip(message *jsontree.Node, a control.Alteration) error {
	for _, path := range optional() {
		switch {
		case a.Minimal:
			message.Remove(path)
		case message.Get(path) != nil:
			if err := message.Set(path, &jsontree.Node{Kind: jsontree.Null}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Garble spoils the text of an answer. It reports whether the text is still to be signed.
func Garble(body []byte, g Garbling) (text []byte, signed bool) {
	switch g {
	case Empty:
		return nil, true
	case Truncated:
		return body[:len(body)/2], true
	case HTML:
		return Page(200), false
	case WithoutResult:
		return []byte("{}"), true
	case WithoutStatus:
		return withoutStatus(body), true
	default:
		return body, true
	}
}

func withoutStatus(body []byte) []byte {
	n, err := jsontree.Parse(body)
	if err != nil {
		return body
	}
	n.Remove("result.resultStatus")
	return n.Write(jsontree.Layout{})
}

// Page is the HTML page that stands for something between the parties that is not Alipay+.
func Page(status int) []byte {
	return fmt.Appendf(nil, "<!DOCTYPE html>\n<html><head><title>%d</title></head><body><h1>%d</h1><p>upstream</p></body></html>\n", status, status)
}
