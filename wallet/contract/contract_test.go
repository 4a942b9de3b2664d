package contract_test

import (
	"strings"
	"testing"
	"time"

	"mppsim/wallet/clock"
	"mppsim/wallet/contract"
	"mppsim/wallet/money"
)

func parse(t *testing.T, fees string) contract.Contract {
	t.Helper()
	c, err := contract.Parse("contract.yaml", []byte("agreement: A-1\nrows: 2\nsettlementDays: 2\ncurrencies: [SGD]\nfees: {"+fees+"}"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheBuiltInContractCostsNothing(t *testing.T) {
	t.Parallel()
	c, err := contract.BuiltIn()
	if err != nil || c.Domestic != (contract.Fees{}) || c.Foreign != (contract.Fees{}) || c.Days != 2 || c.Rows < 1000 || len(c.Currencies) == 0 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestFeesByRegion(t *testing.T) {
	t.Parallel()
	c := parse(t, "domestic: {interchange: 0.3, service: 0.05}, cross-border: {interchange: 1.1, service: 0.125}")
	tests := []struct{ merchant, wallet, interchange, service string }{
		{"SG", "SG", "0.3", "0.05"},
		{"sg", "SG", "0.3", "0.05"},
		{"", "SG", "0.3", "0.05"},
		{"JP", "SG", "1.1", "0.125"},
	}
	for _, test := range tests {
		got := c.FeesFor(test.merchant, test.wallet)
		if got.Interchange.String() != test.interchange || got.Service.String() != test.service {
			t.Errorf("%s/%s: %s and %s", test.merchant, test.wallet, got.Interchange, got.Service)
		}
	}
	if got, err := contract.Percent(0).Of(money.Of("SGD", 1000)); err != nil || got != money.Of("SGD", 0) {
		t.Errorf("no percent of 1000: %v, %v", got, err)
	}
	for value, want := range map[int64]int64{1000: 11, 50: 1, 45: 0, 46: 1, -1000: -11} {
		if got, err := c.Foreign.Interchange.Of(money.Of("SGD", value)); err != nil || got != money.Of("SGD", want) {
			t.Errorf("1.1 %% of %d: %v, %v; want %d", value, got, err, want)
		}
	}
}

func TestPercentages(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"0", "0.6", "1.125", "100", "0.000001", "12.345678"} {
		if p, err := contract.ParsePercent(text); err != nil || p.String() != text {
			t.Errorf("%s became %s, %v", text, p, err)
		}
	}
	for _, text := range []string{"", ".", ".5", "1.", "-1", "+1", "1e2", "100.000001", "101", "0.0000001", "99999999999999999999", "1 %"} {
		if p, err := contract.ParsePercent(text); err == nil {
			t.Errorf("%q became %s", text, p)
		}
	}
}

func TestSettlementDays(t *testing.T) {
	t.Parallel()
	c := parse(t, "")
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, clock.UTC8()) } // the 1st is a Sunday
	tests := []struct{ paid, settled int }{
		{2, 4}, {3, 5}, {4, 6}, // Monday to Wednesday
		{5, 9}, {6, 9}, {7, 9}, // Thursday to Saturday: the Monday after
		{8, 10}, // Sunday
	}
	for _, test := range tests {
		if got := c.SettledOn(day(test.paid)); !got.Equal(day(test.settled)) {
			t.Errorf("paid on the %d, settled on %s", test.paid, got)
		}
	}
	if got := c.SettledBy(day(9)); len(got) != 3 || !got[0].Equal(day(5)) || !got[2].Equal(day(7)) {
		t.Errorf("settled on the 9th: %v", got)
	}
	if got := c.SettledBy(day(8)); len(got) != 0 {
		t.Errorf("settled on a Sunday: %v", got)
	}
	for d := 1; d <= 28; d++ { // no day is settled twice or never
		found := 0
		for _, by := range c.SettledBy(c.SettledOn(day(d))) {
			if by.Equal(day(d)) {
				found++
			}
		}
		if found != 1 {
			t.Errorf("the %d is settled %d times", d, found)
		}
	}
}

func TestContractsThatAreRefused(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"no agreement", "rows: 1", `contract.yaml: agreement: ""`},
		{"agreement with a low line", "agreement: a_b\nrows: 1", "letters, digits or hyphens"},
		{"no rows", "agreement: a", "rows: 0"},
		{"days", "agreement: a\nrows: 1\nsettlementDays: 31", "settlementDays: 31"},
		{"currency", "agreement: a\nrows: 1\ncurrencies: [sgd]", `"sgd" is not an active`},
		{"key", "agreement: a\nrows: 1\nrow: 1", "row"},
		{"standing", "agreement: a\nrows: 1\nmerchants: {M-1: poor}", `merchants.M-1: "poor": want suspended or without-balance`},
		{"fees", "agreement: a\nrows: 1\nfees: {foreign: {}}", "fees.foreign: unknown key"},
		{"fee", "agreement: a\nrows: 1\nfees: {domestic: {tax: 1}}", "fees.domestic.tax: unknown key"},
		{"percent", "agreement: a\nrows: 1\nfees: {domestic: {service: 0.6%}}", `fees.domestic.service: "0.6%": want a percentage`},
	}
	for _, test := range tests {
		if _, err := contract.Parse("contract.yaml", []byte(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q in it", test.name, err, test.want)
		}
	}
}
