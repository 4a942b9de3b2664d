package promo

import (
	"errors"
	"fmt"
	"time"

	"go.yaml.in/yaml/v4"

	"mppsim/wallet/money"
	"mppsim/wallet/trait"
)

// ErrSpec says that a campaign cannot be made as described, for errors.Is.
var ErrSpec = errors.New("unusable promotion")

// Spec describes a campaign as people write it. fixtures/promotions.yaml explains its fields.
type Spec struct {
	Name      string   `yaml:"name"`
	Title     string   `yaml:"title"`
	Promotion string   `yaml:"promotion"`
	Type      string   `yaml:"type"`
	Sponsor   string   `yaml:"sponsor"`
	Currency  string   `yaml:"currency"`
	Threshold string   `yaml:"threshold"`
	Off       string   `yaml:"off"`
	Percent   string   `yaml:"percent"`
	Of        string   `yaml:"of"`
	Cap       string   `yaml:"cap"`
	Budget    string   `yaml:"budget"`
	PerPayer  int      `yaml:"perPayer"`
	Uses      int      `yaml:"uses"`
	StartDay  int      `yaml:"startDay"`
	Days      int      `yaml:"days"`
	Priority  int      `yaml:"priority"`
	Alone     bool     `yaml:"alone"`
	InStore   bool     `yaml:"inStore"`
	Payers    []string `yaml:"payers"`
	Brands    []string `yaml:"brands"`
	Shops     []string `yaml:"shops"`
	Stores    []string `yaml:"stores"`
	Regions   []string `yaml:"regions"`
	MCCs      []string `yaml:"mccs"`
}

// ParseSpecs reads a promotions.yaml; file names it in errors.
func ParseSpecs(file string, text []byte) ([]Spec, error) {
	var specs []Spec
	if err := yaml.Load(text, &specs, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", file, ErrSpec, err)
	}
	seen := make(map[string]bool)
	for i, s := range specs {
		if s.Name == "" || seen[s.Name] {
			return nil, fmt.Errorf("%s: %w: entry %d: name %q is empty or occurs twice; give each a name of its own", file, ErrSpec, i+1, s.Name)
		}
		seen[s.Name] = true
		if s.Currency == "" {
			s.Currency = "SGD" // only to see whether the numbers can be read
		}
		if _, err := s.Campaign("x", "", time.Time{}); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, s.Name, err)
		}
	}
	return specs, nil
}

// With returns the description with fields overridden; values are written as in promotions.yaml.
func (s Spec) With(traits map[string]string) (Spec, error) {
	if err := trait.Override(&s, traits, "#:&*"); err != nil {
		return s, fmt.Errorf("%w: %w", ErrSpec, err)
	}
	return s, nil
}

// Campaign makes a campaign with an id on a timeline whose time is now.
func (s Spec) Campaign(id, timeline string, now time.Time) (Campaign, error) {
	c := Campaign{
		ID: id, Timeline: timeline, Template: s.Name, Name: s.Promotion, Type: s.Type, Sponsor: s.Sponsor, Currency: s.Currency,
		OfPrice: s.Of == "price", PerPayer: s.PerPayer, Uses: s.Uses, Priority: s.Priority, Alone: s.Alone, InStore: s.InStore,
		Start: now.AddDate(0, 0, s.StartDay), Payers: s.Payers, Brands: s.Brands, Shops: s.Shops, Stores: s.Stores,
		Regions: s.Regions, MCCs: s.MCCs,
	}
	if s.Days > 0 {
		c.End = c.Start.AddDate(0, 0, s.Days)
	}
	return c, errors.Join(s.readAmounts(&c), s.check())
}

func (s Spec) readAmounts(c *Campaign) error {
	if _, ok := money.Decimals(s.Currency); !ok {
		return fmt.Errorf("%w: currency: %q is not an active ISO 4217 currency; name the one of the shop", ErrSpec, s.Currency)
	}
	for _, a := range []struct {
		key, text string
		into      *int64
	}{
		{"threshold", s.Threshold, &c.Threshold},
		{"off", s.Off, &c.Off},
		{"cap", s.Cap, &c.Cap},
		{"budget", s.Budget, &c.Budget},
	} {
		if a.text == "" {
			continue
		}
		amount, err := money.ParseMajor(s.Currency, a.text)
		if err != nil || amount.Value <= 0 {
			return fmt.Errorf("%w: %s: %q is not an amount above 0 in %s, such as \"10\"", ErrSpec, a.key, a.text, s.Currency)
		}
		*a.into = amount.Value
	}
	if s.Percent == "" {
		return nil
	}
	// The hundredths of a percent are what a currency with two decimals has as minor units.
	percent, err := money.ParseMajor("SGD", s.Percent)
	if err != nil || percent.Value <= 0 || percent.Value >= 100_00 {
		return fmt.Errorf("%w: percent: %q is not above 0 and below 100 with at most two decimals", ErrSpec, s.Percent)
	}
	c.BasisPoints = percent.Value
	return nil
}

// mostDays is how long a campaign lasts and how far away it begins at most: ten years.
const mostDays = 3653

func (s Spec) check() error {
	switch {
	case s.Promotion == "" || s.Type == "" || s.Sponsor == "":
		return fmt.Errorf("%w: promotion, type and sponsor are needed: the payer reads the first, wallets the second, and the third pays", ErrSpec)
	case (s.Off == "") == (s.Percent == ""):
		return fmt.Errorf("%w: off, percent: give one of the two", ErrSpec)
	case s.Cap != "" && s.Percent == "":
		return fmt.Errorf("%w: cap: only a percentage has one; remove it or use percent in place of off", ErrSpec)
	case s.Of != "" && s.Of != "price" && s.Of != "left":
		return fmt.Errorf("%w: of: %q is neither price nor left", ErrSpec, s.Of)
	case s.PerPayer < 0 || s.Uses < 0 || s.Days < 0:
		return fmt.Errorf("%w: perPayer, uses, days: they must not be negative; 0 is no limit", ErrSpec)
	case s.Days > mostDays || s.StartDay > mostDays || s.StartDay < -mostDays:
		return fmt.Errorf("%w: startDay, days: they must not be more than %d", ErrSpec, mostDays)
	case s.Priority < 0 || s.Priority > 999:
		return fmt.Errorf("%w: priority: %d is not from 0 to 999", ErrSpec, s.Priority)
	}
	return nil
}
