package wallet

import (
	"context"
	"fmt"

	"mppsim/wallet/aps"
	"mppsim/wallet/code/identify"
)

// CodeDomains are the domains that the acquirer registered with Alipay+ for its own codes, such as pay.example. Without
// any, what no rule knows is asked of the acquirer, if it is known where.
type CodeDomains struct {
	Private []string // of private order codes
	Entry   []string // of entry codes
}

// register adds the domains to the rules by which wallets identify codes.
func (d CodeDomains) register(rules *identify.Rules, acquirer string) (*identify.Rules, error) {
	var list []identify.Registration
	for _, domain := range d.Private {
		list = append(list, identify.Registration{Acquirer: acquirer, Product: identify.PrivateOrderCode, Domain: domain})
	}
	for _, domain := range d.Entry {
		list = append(list, identify.Registration{Acquirer: acquirer, Product: identify.EntryCode, Domain: domain})
	}
	if len(list) == 0 {
		return rules, nil
	}
	rules, err := rules.With(list...)
	if err != nil {
		return nil, fmt.Errorf("code domains: %w", err)
	}
	return rules, nil
}

// identifyFor is how our wallet tells what was scanned.
func (s *Simulator) identifyFor() func(context.Context, string) (identify.Outcome, error) {
	if s.options.ForeignNetwork != nil {
		return s.identifyAbroad
	}
	return s.identify
}

// identify tells a wallet what a scanned text is. What leads to an order of ours needs no rule: the wallet's library
// catches such addresses.
func (s *Simulator) identify(ctx context.Context, text string) (identify.Outcome, error) {
	decode := identify.Outcome{Supported: true, Action: identify.Decode, CodeValue: text}
	if _, known, err := s.network.Behind(ctx, text); err != nil || known {
		return decode, err
	}
	what := s.options.CodeRules.Identify(text)
	d := s.options.CodeDomains
	if !what.Supported && len(d.Private)+len(d.Entry) == 0 && s.addressOf(aps.UserInitiatedPay) != "" {
		return decode, nil
	}
	return what, nil
}
