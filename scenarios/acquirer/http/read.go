package httpdriver

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/acquirer/spelling"
	"mppsim/wallet/money"
)

// reader reads one JSON value (a whole answer, or one item of a list) by paths. It is lenient
// for refusals, whose bodies owe us nothing.
type reader struct {
	root     gjson.Result
	raw      []byte
	lenient  bool
	currency string // of the call: for sums that do not name their own
	words    Words
	mapped   map[string]string
	err      error
}

func newReader(a answer, words Words, currency string) *reader {
	r := &reader{raw: a.body, lenient: a.refused, currency: currency, words: words, mapped: map[string]string{}}
	if gjson.ValidBytes(a.body) {
		r.root = gjson.ParseBytes(a.body)
	}
	return r
}

// item is a reader of one item of a list in the same answer.
func (r *reader) item(root gjson.Result) *reader {
	return &reader{root: root, raw: []byte(root.Raw), currency: r.currency, words: r.words, mapped: map[string]string{}}
}

func (r *reader) fail(place acquirer.Place, format string, args ...any) {
	if r.err == nil && !r.lenient {
		r.err = fmt.Errorf("%w: %s: %s", acquirer.ErrUnreadable, place, fmt.Sprintf(format, args...))
	}
}

// find returns what a path points at; absent, null and unmapped values do not exist.
func (r *reader) find(p Path) gjson.Result {
	if p.Text == "" || !r.root.Exists() {
		return gjson.Result{}
	}
	found := r.root.Get(p.Text)
	if found.Type == gjson.Null {
		return gjson.Result{}
	}
	return found
}

// text reads an optional text. Several values (a path with #) are joined as lines.
func (r *reader) text(name string, p Path) string {
	if p.Text == "@body" {
		return string(r.raw)
	}
	found := r.find(p)
	if !found.Exists() {
		return ""
	}
	text := found.String()
	if found.IsArray() {
		var lines []string
		for _, line := range found.Array() {
			lines = append(lines, line.String())
		}
		text = strings.Join(lines, "\n")
	}
	r.mapped[name] = text
	return text
}

// need reads a text that must be there when it is mapped.
func (r *reader) need(name string, p Path) string {
	text := r.text(name, p)
	if text == "" && p.Text != "" {
		r.missing(p)
	}
	return text
}

func (r *reader) missing(p Path) {
	if !r.root.Exists() {
		r.fail(p.Place, "no value at %q: the answer is not JSON", p.Text)
		return
	}
	r.fail(p.Place, "no value at %q", p.Text)
}

// state maps the acquirer's word for a state. A mapped path must hold a mapped word.
func (r *reader) state(p Path, words map[string]acquirer.State, place acquirer.Place) acquirer.State {
	word := r.need("state_word", p)
	if word == "" {
		return ""
	}
	state, ok := words[word]
	if !ok {
		known := slices.Sorted(maps.Keys(words))
		r.fail(place, "the acquirer's word %q (at %q) is not mapped; %s", word, p.Text, spelling.Hint(word, known))
		return ""
	}
	r.mapped["state"] = string(state)
	return state
}

// amount reads a sum; nil when it is not mapped or not told.
func (r *reader) amount(name string, a *Amount) *money.Amount {
	if a == nil {
		return nil
	}
	found := r.find(a.Path)
	if !found.Exists() {
		return nil
	}
	text := found.Raw
	if found.Type == gjson.String {
		text = found.Str
	}
	currency := r.currency
	if told := r.find(a.Currency); told.Exists() {
		currency = strings.ToUpper(told.String())
	}
	amount, err := parseAmount(currency, strings.TrimSpace(text), a.Major)
	if err != nil {
		r.fail(a.Path.Place, "the value %q at %q is no sum: %v", text, a.Path.Text, err)
		return nil
	}
	r.mapped[name] = amount.String()
	return &amount
}

// parseAmount reads major or minor units. Zeros after the last decimal of the currency are harmless.
func parseAmount(currency, text string, major bool) (money.Amount, error) {
	decimals, ok := money.Decimals(currency)
	if !ok {
		return money.Amount{}, fmt.Errorf("%q is not a currency", currency)
	}
	if !major {
		minor, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return money.Amount{}, errors.New("minor units are whole numbers; map decimals with { major: path }")
		}
		return money.Of(currency, minor), nil
	}
	whole, fraction, point := strings.Cut(text, ".")
	if point && len(fraction) > decimals && strings.Trim(fraction[decimals:], "0") == "" {
		text = whole
		if decimals > 0 {
			text += "." + fraction[:decimals]
		}
	}
	return money.ParseMajor(currency, text)
}

// list returns the items of a mapped list; a list that is not there counts as empty.
func (r *reader) list(p Path) []gjson.Result {
	found := r.find(p)
	if !found.Exists() {
		return nil
	}
	if !found.IsArray() {
		r.fail(p.Place, "the value at %q is not a list", p.Text)
		return nil
	}
	return found.Array()
}

// toldIn reports whether a body tells a refusal in the member that the rule names.
func (rule Refusal) toldIn(body []byte) bool {
	if rule.At.Text == "" || !gjson.ValidBytes(body) {
		return false
	}
	word := gjson.GetBytes(body, rule.At.Text).String()
	if len(rule.Is) > 0 {
		return slices.Contains(rule.Is, word)
	}
	return len(rule.IsNot) > 0 && !slices.Contains(rule.IsNot, word)
}
