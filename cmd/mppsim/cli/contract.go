package cli

import (
	"os"
	"slices"

	"mppsim/scenarios/profile"
	"mppsim/wallet"
	"mppsim/wallet/contract"
)

// readContract reads the file that --contract names; no file, and the options stay as they are.
func readContract(file string, options *wallet.Options) error {
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file) //nolint:gosec // the user names the file
	if err != nil {
		return usagef("--contract: %w", err)
	}
	c, err := contract.Parse(file, text)
	if err != nil {
		return usagef("--contract: %w", err)
	}
	inactive, err := denied("--contract: "+file+": inactive:", c.Inactive)
	if err != nil {
		return err
	}
	for i, api := range inactive {
		c.Inactive[i] = string(api)
	}
	options.Contract = &c
	return nil
}

// contractOf is the built-in contract with the settlement currencies of a profile's shops.
func contractOf(p *profile.Profile) (*contract.Contract, error) {
	c, err := contract.BuiltIn()
	if err != nil {
		return nil, internalf("%w", err)
	}
	c.Currencies = nil
	for _, role := range p.Facts.Roles {
		shop := p.Facts.Shops[role]
		currency := shop.Settlement
		if currency == "" && len(shop.Currencies) > 0 {
			currency = shop.Currencies[0]
		}
		if currency != "" && !slices.Contains(c.Currencies, currency) {
			c.Currencies = append(c.Currencies, currency)
		}
	}
	return &c, nil
}
