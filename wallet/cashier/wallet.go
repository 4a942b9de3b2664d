// Package cashier knows the wallets that a shop's buyer can choose online, and answers the acquirer's question for
// them (acqp-api §5.7). It creates nothing and keeps nothing.
package cashier

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"mppsim/fixtures"
	"mppsim/wallet/money"
)

// Wallet is a wallet that can be chosen. fixtures/wallets.yaml explains its fields.
type Wallet struct {
	Name        string   `yaml:"name"`
	Brand       string   `yaml:"brand"`
	PSP         string   `yaml:"psp"`
	Region      string   `yaml:"region"`
	Currencies  []string `yaml:"currencies"`
	CodeScan    bool     `yaml:"codeScan"`
	Redirection bool     `yaml:"redirection"`
	Disabled    string   `yaml:"disabled"`
}

// BuiltIn are the wallets of fixtures/wallets.yaml.
func BuiltIn() ([]Wallet, error) { return Parse("the built-in wallets.yaml", fixtures.Wallets) }

// Parse reads a wallets.yaml. Every error names the file, the wallet, the key and what is expected there.
func Parse(name string, text []byte) ([]Wallet, error) {
	var list []Wallet
	if len(bytes.TrimSpace(text)) > 0 {
		if err := yaml.Load(text, &list, yaml.WithKnownFields()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: want a list of at least one wallet", name)
	}
	seen := make(map[string]bool)
	for i, w := range list {
		if w.Name == "" || len(w.Name) > 64 || seen[w.Name] {
			return nil, fmt.Errorf("%s: wallet %d: name: %q: want a name of at most 64 characters that no other wallet has", name, i+1, w.Name)
		}
		seen[w.Name] = true
		if err := w.check(); err != nil {
			return nil, fmt.Errorf("%s: wallet %s: %w", name, w.Name, err)
		}
	}
	return list, nil
}

func (w Wallet) check() error {
	if len(w.PSP) > 64 {
		return fmt.Errorf("psp: %q: want an id of at most 64 characters", w.PSP)
	}
	if len(w.Region) != 2 || w.Region != strings.ToUpper(w.Region) {
		return fmt.Errorf("region: %q: want two capital letters, such as SG", w.Region)
	}
	for _, c := range w.Currencies {
		if _, known := money.Decimals(c); !known {
			return fmt.Errorf("currencies: %q: want a currency such as SGD", c)
		}
	}
	return nil
}
