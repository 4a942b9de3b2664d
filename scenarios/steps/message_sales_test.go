package steps

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/world"
	"mppsim/wallet/money"
)

func TestLongTexts(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		text, number string
		want         int // characters
		begins       string
	}{
		"letters":            {"300 letters", "", 300, "xxx"},
		"wide characters":    {"300 Chinese characters", "", 300, "咖"},
		"emoji":              {"300 emoji", "", 300, "☕"},
		"an order number":    {"64 characters", "MS1-001", 64, "MS1-0017777"},
		"shorter than it is": {"3 characters", "MS1-001", 7, "MS1-001"},
		"a text":             {"a first line", "", 12, "a first line"},
		"a numbered text":    {"No 7/a", "MS1-001", 14, "MS1-001 No 7/a"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := long(c.text, c.number)
			if utf8.RuneCountInString(got) != c.want || !strings.HasPrefix(got, c.begins) {
				t.Errorf("%q; want %d characters from %q", got, c.want, c.begins)
			}
		})
	}
}

func TestAmountsAsWritten(t *testing.T) {
	t.Parallel()
	cases := []struct {
		text, currency string
		minor          int64
		written        string
		wrong          bool
	}{
		{text: "12.00", currency: "SGD", minor: 1200, written: "12.00"},
		{text: "12.00", currency: "JPY", minor: 1200, written: "1200"},
		{text: "1.234", currency: "KWD", minor: 1234, written: "1.234"},
		{text: "0", currency: "SGD", minor: 0, written: "0.00"},
		{text: "-1", currency: "SGD", minor: -100, written: "-1.00"},
		{text: "10.005", currency: "SGD", minor: 0, written: "10.005"},
		{text: "99.5", currency: "JPY", minor: 0, written: "99.5"},
		{text: "ten", currency: "SGD", wrong: true},
	}
	for _, c := range cases {
		t.Run(c.text+" "+c.currency, func(t *testing.T) {
			t.Parallel()
			amount, written, err := asWritten(c.text, c.currency)
			if c.wrong {
				if err == nil {
					t.Error("no error")
				}
				return
			}
			if err != nil || amount != money.Of(c.currency, c.minor) || written != c.written {
				t.Errorf("%v, %q, %v", amount, written, err)
			}
		})
	}
}

func TestSalesAreReadByColumn(t *testing.T) {
	t.Parallel()
	at := till{shop: acquirer.Shop{Role: "corner"}, currency: "SGD"}
	order, err := saleOf(nil, at, map[string]string{
		"amount": "4.35", "description": "3 letters", "currency": "lower case", "optional texts": "blank",
	})
	if err != nil || order.AmountText != "4.35" || order.Description != "xxx" || order.Currency != "sgd" || !order.Blank {
		t.Errorf("%+v, %v", order, err)
	}
	for _, row := range []map[string]string{{"colour": "red"}, {"currency": "mirrored"}, {"smallest units": "many"}} {
		if _, err := saleOf(nil, at, row); err == nil {
			t.Errorf("row %v is accepted", row)
		}
	}
}

func TestFormsAreAlterationsOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for name, alter := range forms() {
		text, err := json.Marshal(alter)
		if err != nil || string(text) == "{}" {
			t.Errorf("%s changes nothing: %s, %v", name, text, err)
		}
		if other, twice := seen[string(text)]; twice {
			t.Errorf("%s and %s are the same", name, other)
		}
		seen[string(text)] = name
		for path, value := range alter.Set {
			if !json.Valid(value) {
				t.Errorf("%s: %s is set to something that is not JSON", name, path)
			}
		}
	}
}

func TestReasonsOfAnotherOutcome(t *testing.T) {
	t.Parallel()
	p, q := &world.Payment{}, &world.Payment{}
	users := map[string]map[string]*world.Payment{"A": {"first": p}, "B": {"second": q}}
	if _, mixed := givenElsewhere(users, "A", "first"); mixed {
		t.Error("a reason of its own counts as another's")
	}
	users["B"]["first"] = q
	if got, mixed := givenElsewhere(users, "A", "first"); !mixed || got != q {
		t.Error("a reason of another outcome is not found")
	}
}

func TestAmountToken(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"paymentAmount":{"value":"100"}}`: "100",
		`{"paymentAmount":{"value":100}}`:   "100",
		`{"paymentAmount":`:                 "something that is not JSON",
	} {
		if got := amountToken([]byte(body)); got != want {
			t.Errorf("%s: %q", body, got)
		}
	}
}
