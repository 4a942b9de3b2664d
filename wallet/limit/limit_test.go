package limit_test

import (
	"strings"
	"testing"

	"mppsim/wallet/limit"
)

func TestMainlandLimits(t *testing.T) {
	t.Parallel()
	rules, err := limit.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	cn, found := rules.In("CN")
	if _, elsewhere := rules.In("SG"); !found || elsewhere {
		t.Fatalf("rules: %+v", rules)
	}
	for _, tt := range []struct {
		bound         limit.Bound
		amount, spent int64
		want          string
	}{
		{cn.InStore, 3_500_000, 0, ""},
		{cn.InStore, 3_500_001, 0, limit.Single},
		{cn.InStore, 1, 34_999_999, ""},
		{cn.InStore, 2, 34_999_999, limit.Year},
		{cn.EntryCode, 50_000, 0, ""},
		{cn.EntryCode, 50_001, 0, limit.Single},
		{cn.EntryCode, 50_000, 4_950_000, ""},
		{cn.EntryCode, 50_000, 4_950_001, limit.Year},
		{limit.Bound{}, 1 << 60, 1 << 60, ""},
	} {
		if got := cn.Exceeded(tt.bound, tt.amount, tt.spent); got != tt.want {
			t.Errorf("%d after %d: %q, want %q", tt.amount, tt.spent, got, tt.want)
		}
	}
}

func TestLimitsAreData(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"- {region: China, currency: CNY}":                               "rule 1: region",
		"- {region: CN, currency: CNY}\n- {region: CN, currency: CNY}":   "rule 2: region",
		"- {region: CN, currency: YUAN}":                                 "region CN: currency",
		"- {region: CN, currency: CNY, inStore: {single: 0}}":            "inStore.single: 0",
		"- {region: CN, currency: CNY, entryCode: {single: 1, day: 10}}": "day",
	} {
		if _, err := limit.Parse("my.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "my.yaml") {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if none, err := limit.Parse("my.yaml", nil); err != nil || len(none) > 0 {
		t.Errorf("an empty file: %v, %v", none, err)
	}
	jpy, err := limit.Parse("my.yaml", []byte("- {region: JP, currency: JPY, inStore: {single: 100}}"))
	if err != nil || jpy[0].Exceeded(jpy[0].InStore, 101, 0) != limit.Single || jpy[0].Exceeded(jpy[0].InStore, 100, 1<<40) != "" {
		t.Errorf("yen have no decimals: %+v, %v", jpy, err)
	}
}
