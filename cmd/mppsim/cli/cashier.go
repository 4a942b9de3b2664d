package cli

import (
	"maps"
	"os"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/cashier"
	"mppsim/wallet/code/identify"
	"mppsim/wallet/control"
	"mppsim/wallet/limit"
)

// readCashier reads the wallets that can be chosen and what regions allow their users. What is not named stays built in.
func readCashier(wallets, limits string, o *wallet.Options) (err error) {
	if wallets != "" {
		if o.Wallets, err = parsed("--wallets", wallets, cashier.Parse); err != nil {
			return err
		}
	}
	if limits == "" {
		return nil
	}
	rules, err := parsed("--limits", limits, limit.Parse)
	if rules == nil {
		rules = limit.Rules{} // an empty file: no limits
	}
	o.Limits = rules
	return err
}

// parsed reads a file that a flag names.
func parsed[T any](flag, file string, parse func(name string, text []byte) (T, error)) (value T, err error) {
	text, err := os.ReadFile(file) //nolint:gosec // the user names the file
	if err != nil {
		return value, usagef("%s: %w", flag, err)
	}
	if value, err = parse(file, text); err != nil {
		return value, usagef("%s: %w", flag, err)
	}
	return value, nil
}

// codes says how wallets identify codes; flags win over the profile.
func (o serveOptions) codes(options *wallet.Options) (err error) {
	if len(o.privateDomains)+len(o.entryDomains) > 0 {
		options.CodeDomains = wallet.CodeDomains{Private: o.privateDomains, Entry: o.entryDomains}
	}
	if o.codeRules == "" {
		return nil
	}
	options.CodeRules, err = parsed("--code-rules", o.codeRules, identify.Load)
	return err
}

// addresses lets the flags win over the profile.
func (o serveOptions) addresses(a *control.Addresses) (err error) {
	if o.acquirerURL != "" {
		if a.Base, err = webAddress("--acquirer-url", o.acquirerURL); err != nil {
			return err
		}
	}
	if o.decodeURL == "" {
		return nil
	}
	address, err := webAddress("--user-initiated-pay-url", o.decodeURL)
	if err != nil {
		return err
	}
	a.Of = maps.Clone(a.Of)
	if a.Of == nil {
		a.Of = make(map[aps.API]string)
	}
	a.Of[aps.UserInitiatedPay] = address
	return nil
}
