package aps

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

// Reading says how a message was read. A message with Problems cannot be understood
// (PARAM_ILLEGAL); Notes are forms that the protocol does not allow but that were understood; Lenient are those among
// them that the real gateway takes. Inferred is what nobody forbids: members that no source knows, and rules that are our
// own choice; no message is refused for them.
type Reading struct {
	Notes    []string
	Problems []string
	Lenient  []string
	Inferred []string
}

type reader struct {
	root *jsontree.Node
	Reading

	// The object that the last field was looked for in, if there is one: its neighbours mostly come next.
	parent string
	object *jsontree.Node
}

// get finds the value at a path; nil if there is none.
func (r *reader) get(path string) *jsontree.Node {
	dot := strings.LastIndexByte(path, '.')
	if dot < 0 {
		return r.root.Get(path)
	}
	if parent := path[:dot]; r.parent != parent {
		r.parent, r.object = parent, r.root.Get(parent)
	}
	return r.object.Child(path[dot+1:])
}

func (r *reader) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

func (r *reader) problem(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

// text reads an optional scalar. Its form is the catalogue's matter.
func (r *reader) text(path string) string {
	n := r.get(path)
	if n == nil || n.Kind == jsontree.Null {
		return ""
	}
	if n.Kind == jsontree.Object || n.Kind == jsontree.Array {
		r.problem("%s is not a text", path)
		return ""
	}
	if strings.IndexByte(n.Text, 0) >= 0 {
		r.problem("%s holds a zero byte", path)
		return ""
	}
	return n.Text
}

// within is text for a member of an object that was found at a path; the path of the member is needed for problems only.
func (r *reader) within(n *jsontree.Node, path, name string) string {
	if v := n.Child(name); v != nil && v.Kind == jsontree.String && strings.IndexByte(v.Text, 0) < 0 {
		return v.Text
	}
	return r.text(path + "." + name)
}

// texts reads an optional list of texts.
func (r *reader) texts(path string) []string {
	n := r.get(path)
	if n == nil || n.Kind != jsontree.Array {
		return nil
	}
	var list []string
	for i := range n.Items {
		list = append(list, r.text(path+"."+strconv.Itoa(i)))
	}
	return list
}

// needed reads a text without which the message means nothing.
func (r *reader) needed(path string) string {
	s := r.text(path)
	if s == "" {
		r.problem("%s is missing", path)
	}
	return s
}

// amount reads a mandatory amount (acqp-api §1.5).
func (r *reader) amount(path string) money.Amount {
	n := r.get(path)
	if n == nil || n.Kind != jsontree.Object {
		r.problem("%s is missing", path)
		return money.Amount{}
	}
	currency, value := r.within(n, path, "currency"), r.within(n, path, "value")
	if a, err := money.ParseWire(currency, value); err == nil {
		return a
	}
	a, err := lenientAmount(currency, value)
	if err != nil {
		r.problem("%s: %v", path, err)
		return money.Amount{}
	}
	return a
}

var errAmount = errors.New("not an amount in minor units of at least 1")

// lenientAmount understands what can only mean one amount: signs, separators, leading zeros,
// exponents, and fractions of zero.
func lenientAmount(currency, value string) (money.Amount, error) {
	plain := strings.NewReplacer(",", "", "_", "", " ", "").Replace(value)
	if len(plain) > 24 {
		return money.Amount{}, errAmount
	}
	if i := strings.IndexAny(plain, "eE"); i >= 0 {
		if exp, err := strconv.Atoi(plain[i+1:]); err != nil || exp > 18 || exp < -18 {
			return money.Amount{}, errAmount
		}
	}
	rat, ok := new(big.Rat).SetString(plain)
	if !ok || strings.ContainsAny(plain, "/xXbBoOpP") || !rat.IsInt() || !rat.Num().IsInt64() {
		return money.Amount{}, fmt.Errorf("%q %q is %w", value, currency, errAmount)
	}
	return money.ParseWire(strings.ToUpper(strings.TrimSpace(currency)), rat.Num().String())
}

// moment reads an optional date and time with offset; zero when absent or unreadable.
func (r *reader) moment(path string) time.Time {
	t, err := ParseTime(r.text(path))
	if err != nil {
		return time.Time{}
	}
	return t
}

// ParseTime reads a time of the protocol: ISO 8601 with Z or an offset, with or without colon
// and fraction, or the millisecond count of the official library (acqp-api §1.2).
func ParseTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) == 13 {
		return time.UnixMilli(ms), nil
	}
	return time.Time{}, fmt.Errorf("%q is not a date and time with offset", s)
}

// FormatTime writes a time of the protocol in UTC+8 with offset, to the second.
func FormatTime(t time.Time) string {
	return t.In(time.FixedZone("", 8*60*60)).Format("2006-01-02T15:04:05-07:00")
}
