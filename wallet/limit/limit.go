// Package limit knows what regions allow users of foreign wallets to pay in their shops (mpp-api §7.5). It only
// compares; what was paid before is told to it.
package limit

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v4"

	"mppsim/fixtures"
	"mppsim/wallet/money"
)

// Rule is what one region allows. fixtures/limits.yaml explains its fields.
type Rule struct {
	Region    string `yaml:"region"`
	Currency  string `yaml:"currency"`
	InStore   Bound  `yaml:"inStore"`
	EntryCode Bound  `yaml:"entryCode"`
}

// Bound are the limits of one product in major units; nil: none.
type Bound struct {
	Single *int64 `yaml:"single"`
	Year   *int64 `yaml:"year"`
}

// The limits that can be exceeded.
const (
	Single = "single"
	Year   = "year"
)

// Rules are those of all regions.
type Rules []Rule

// BuiltIn are the rules of fixtures/limits.yaml.
func BuiltIn() (Rules, error) { return Parse("the built-in limits.yaml", fixtures.Limits) }

// Parse reads a limits.yaml; an empty one has no limits. Every error names the file, the region, the key and what is
// expected there.
func Parse(name string, text []byte) (Rules, error) {
	var rules Rules
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, nil
	}
	if err := yaml.Load(text, &rules, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	seen := make(map[string]bool)
	for i, r := range rules {
		if len(r.Region) != 2 || seen[r.Region] {
			return nil, fmt.Errorf("%s: rule %d: region: %q: want two letters, such as CN, that no other rule has", name, i+1, r.Region)
		}
		seen[r.Region] = true
		if err := r.check(); err != nil {
			return nil, fmt.Errorf("%s: region %s: %w", name, r.Region, err)
		}
	}
	return rules, nil
}

func (r Rule) check() error {
	if _, known := money.Decimals(r.Currency); !known {
		return fmt.Errorf("currency: %q: want a currency such as CNY", r.Currency)
	}
	for key, value := range map[string]*int64{
		"inStore.single": r.InStore.Single, "inStore.year": r.InStore.Year,
		"entryCode.single": r.EntryCode.Single, "entryCode.year": r.EntryCode.Year,
	} {
		if value != nil && (*value < 1 || *value > 1e12) {
			return fmt.Errorf("%s: %d: want a whole amount of at least 1", key, *value)
		}
	}
	return nil
}

// In finds the rule of a region.
func (r Rules) In(region string) (Rule, bool) {
	for _, rule := range r {
		if rule.Region == region {
			return rule, true
		}
	}
	return Rule{}, false
}

// Exceeded names the limit that a payment would exceed after spent in the same year, both in minor units of the rule's
// currency; empty if it is allowed. Exactly the limit is allowed.
func (r Rule) Exceeded(b Bound, amount, spent int64) string {
	switch {
	case b.Single != nil && amount > r.minor(*b.Single):
		return Single
	case b.Year != nil && amount > r.minor(*b.Year)-spent:
		return Year
	}
	return ""
}

func (r Rule) minor(major int64) int64 {
	decimals, _ := money.Decimals(r.Currency)
	for range decimals {
		major *= 10
	}
	return major
}
