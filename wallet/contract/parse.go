package contract

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v4"

	"mppsim/fixtures"
	"mppsim/wallet/money"
)

// file is contract.yaml.
type file struct {
	Agreement  string                      `yaml:"agreement"`
	Currencies []string                    `yaml:"currencies"`
	Rows       int                         `yaml:"rows"`
	Days       int                         `yaml:"settlementDays"`
	Fees       map[string]map[string]exact `yaml:"fees"`
	Merchants  map[string]Standing         `yaml:"merchants"`
	Inactive   []string                    `yaml:"inactive"`
}

// exact is a number as it is written, so that no digit is lost.
type exact string

// UnmarshalYAML takes the text of a scalar.
func (e *exact) UnmarshalYAML(node *yaml.Node) error {
	*e = exact(node.Value)
	return nil
}

// agreementForm keeps file names readable: their parts are separated by low lines.
var agreementForm = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

// BuiltIn is the contract of fixtures/contract.yaml.
func BuiltIn() (Contract, error) { return Parse("the built-in contract.yaml", fixtures.Contract) }

// Parse reads a contract.yaml; fixtures/contract.yaml explains its keys. Errors name the file, the key and what is expected.
func Parse(name string, text []byte) (Contract, error) {
	var f file
	if err := yaml.Load(text, &f, yaml.WithKnownFields()); err != nil {
		return Contract{}, fmt.Errorf("%s: %w", name, err)
	}
	c := Contract{Agreement: f.Agreement, Currencies: f.Currencies, Rows: f.Rows, Days: f.Days, Merchants: f.Merchants, Inactive: f.Inactive}
	if err := c.Check(); err != nil {
		return c, fmt.Errorf("%s: %w", name, err)
	}
	for region, rates := range f.Fees {
		into := map[string]*Fees{"domestic": &c.Domestic, "cross-border": &c.Foreign}[region]
		if into == nil {
			return c, fmt.Errorf("%s: fees.%s: unknown key; there are domestic and cross-border", name, region)
		}
		if err := into.read(rates); err != nil {
			return c, fmt.Errorf("%s: fees.%s.%w", name, region, err)
		}
	}
	return c, nil
}

func (f *Fees) read(rates map[string]exact) (err error) {
	for kind, text := range rates {
		into := map[string]*Percent{"interchange": &f.Interchange, "service": &f.Service}[kind]
		if into == nil {
			return fmt.Errorf("%s: unknown key; there are interchange and service", kind)
		}
		if *into, err = ParsePercent(string(text)); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return nil
}

// Check refuses what reports cannot be made by.
func (c Contract) Check() error {
	switch {
	case !agreementForm.MatchString(c.Agreement):
		return fmt.Errorf("agreement: %q: want 1 to 64 letters, digits or hyphens", c.Agreement)
	case c.Rows < 1:
		return fmt.Errorf("rows: %d: want at least 1", c.Rows)
	case c.Days < 0 || c.Days > 30:
		return fmt.Errorf("settlementDays: %d: want 0 to 30", c.Days)
	}
	for _, currency := range c.Currencies {
		if _, ok := money.Decimals(currency); !ok {
			return fmt.Errorf("currencies: %q is not an active ISO 4217 currency in upper case", currency)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Merchants)) {
		if s := c.Merchants[id]; s != Suspended && s != Penniless {
			return fmt.Errorf("merchants.%s: %q: want %s or %s; leave merchants out with whom all is as usual", id, s, Suspended, Penniless)
		}
	}
	return nil
}
