package mpp

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v4"

	"mppsim/wallet/money"
	"mppsim/wallet/trait"
)

// Template is a kind of payer. fixtures/payers.yaml explains its fields.
type Template struct {
	Name      string `yaml:"name"`
	Title     string `yaml:"title"`
	Person    string `yaml:"person"`
	Character `yaml:",inline"`
}

// Character is how a payer's wallet behaves. Amounts are whole major units of whatever currency
// a payment has; a nil limit is no limit.
type Character struct {
	Balance               int64          `yaml:"balance" json:"balance"`
	Currency              string         `yaml:"currency" json:"currency,omitempty"` // the only one the wallet holds; empty: whatever a payment has
	Wallet                string         `yaml:"wallet" json:"wallet,omitempty"`     // the name of another brand's wallet; empty: the usual one
	Password              PasswordPolicy `yaml:"password" json:"password"`
	PasswordFree          int64          `yaml:"passwordFree" json:"passwordFree"`
	PasswordFreeDaily     *int64         `yaml:"passwordFreeDaily" json:"passwordFreeDaily,omitempty"` // of all a day's payments without password
	Secret                string         `yaml:"secret" json:"secret"`
	Tries                 int            `yaml:"tries" json:"tries"`
	Registered            bool           `yaml:"registered" json:"registered"`
	Active                bool           `yaml:"active" json:"active"`
	Verified              bool           `yaml:"verified" json:"verified"`
	Method                bool           `yaml:"method" json:"method"`
	UnregisteredMerchants bool           `yaml:"unregisteredMerchants" json:"unregisteredMerchants"`
	Currencies            []string       `yaml:"currencies" json:"currencies"`
	SingleLimit           *int64         `yaml:"singleLimit" json:"singleLimit"`
	DailyAmount           *int64         `yaml:"dailyAmount" json:"dailyAmount"`
	YearlyAmount          *int64         `yaml:"yearlyAmount" json:"yearlyAmount,omitempty"`
	DailyCount            *int           `yaml:"dailyCount" json:"dailyCount"`
	Risk                  bool           `yaml:"risk" json:"risk"`
	Identity              string         `yaml:"identity" json:"identity,omitempty"`   // document of the verification, such as CN_ID
	Marks                 []string       `yaml:"marks" json:"marks,omitempty"`         // for risk control, such as bad-credit
	Device                string         `yaml:"device" json:"device,omitempty"`       // empty: one that no other payer has
	Condition             []string       `yaml:"condition" json:"condition,omitempty"` // of app and device, such as rooted
	PhoneRegion           string         `yaml:"phoneRegion" json:"phoneRegion,omitempty"`
	DistanceKm            int            `yaml:"distanceKm" json:"distanceKm,omitempty"` // from phone to store
	Offline               time.Duration  `yaml:"offline" json:"offline,omitempty"`       // the phone has no network for so long after the payer was made
	ChecksBalanceLate     bool           `yaml:"checksBalanceLate" json:"checksBalanceLate"`
	Refuses               string         `yaml:"refuses" json:"refuses"`
	After                 time.Duration  `yaml:"after" json:"after"`
	Refunding             `yaml:",inline"`
}

// PasswordPolicy says which payments ask for the password.
type PasswordPolicy string

// The password policies.
const (
	NeverAsk  PasswordPolicy = "never"
	AskAbove  PasswordPolicy = "above" // payments above PasswordFree
	AlwaysAsk PasswordPolicy = "always"
)

// ordinary is the character that templates start from.
func ordinary() Character {
	return Character{
		Password: NeverAsk, Secret: "246810", Tries: 3,
		Registered: true, Active: true, Verified: true, Method: true,
	}
}

// UnmarshalYAML reads a template on top of the ordinary character.
func (t *Template) UnmarshalYAML(node *yaml.Node) error {
	type plain Template
	p := plain{Character: ordinary()}
	if err := node.Load(&p, yaml.WithKnownFields()); err != nil {
		return err
	}
	*t = Template(p)
	return nil
}

// ParseTemplates reads a payers.yaml.
func ParseTemplates(text []byte) ([]Template, error) {
	var templates []Template
	if err := yaml.Load(text, &templates, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("payer templates: %w", err)
	}
	seen := make(map[string]bool)
	for _, t := range templates {
		if t.Name == "" || seen[t.Name] {
			return nil, fmt.Errorf("payer templates: name %q is empty or occurs twice", t.Name)
		}
		seen[t.Name] = true
		if err := t.check(); err != nil {
			return nil, fmt.Errorf("payer template %s: %w", t.Name, err)
		}
	}
	return templates, nil
}

// check refuses characters that cannot be played.
func (c Character) check() error {
	switch {
	case c.Password != NeverAsk && c.Password != AskAbove && c.Password != AlwaysAsk:
		return fmt.Errorf("%w: password %q is none of never, above, always", ErrTrait, c.Password)
	case c.Balance < 0 || c.PasswordFree < 0 || c.After < 0 || c.Offline < 0:
		return fmt.Errorf("%w: balance, passwordFree, after and offline must not be negative", ErrTrait)
	case c.Tries < 1:
		return fmt.Errorf("%w: tries must be at least 1", ErrTrait)
	case c.Secret == "":
		return fmt.Errorf("%w: secret must not be empty", ErrTrait)
	}
	if _, ok := money.Decimals(c.Currency); !ok && c.Currency != "" {
		return fmt.Errorf("%w: currency: %q is not an active currency", ErrTrait, c.Currency)
	}
	for _, currency := range c.Currencies {
		if _, ok := money.Decimals(currency); !ok {
			return fmt.Errorf("%w: currencies: %q is not an active currency", ErrTrait, currency)
		}
	}
	return c.Refunding.check()
}

// with returns the character with traits overridden; values are written as in payers.yaml.
func (c Character) with(traits map[string]string) (Character, error) {
	if err := trait.Override(&c, traits, "#:&*"); err != nil {
		return c, fmt.Errorf("%w: %w", ErrTrait, err)
	}
	return c, c.check()
}

// major converts whole major units to an amount of a currency; what does not fit is the largest amount that does.
func major(currency string, units int64) money.Amount {
	const most = int64(9e14) // times ten it still fits, and balances can be added up
	decimals, _ := money.Decimals(currency)
	value := min(units, most)
	for range decimals {
		value = min(value*10, most)
	}
	return money.Of(currency, value)
}
