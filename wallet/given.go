package wallet

import (
	"mppsim/wallet/code"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

// What people and programs give to the simulator is checked before anything is done with it.

// mostMoney is the largest amount that a payer is given at once, in minor units: what many payers have can be added up.
const mostMoney = 900_000_000_000_000

// checkFunds refuses amounts that nobody can have; what says in errors what the amount is.
func checkFunds(what string, a money.Amount) error {
	if _, active := money.Decimals(a.Currency); !active {
		return control.Errorf(control.Invalid, "%s: %q is not an active ISO 4217 currency", what, a.Currency)
	}
	if a.Value < 0 || a.Value > mostMoney {
		return control.Errorf(control.Invalid, "%s: %s is not from 0 to %s", what, a, money.Of(a.Currency, mostMoney))
	}
	return nil
}

// checkPayer refuses payers whose money or promotions cannot be.
func checkPayer(spec control.PayerSpec) error {
	if spec.Balance != nil {
		if err := checkFunds("balance", *spec.Balance); err != nil {
			return err
		}
	}
	for i, p := range spec.Promotions {
		if p.Name == "" || p.Sponsor == "" {
			return control.Errorf(control.Invalid, "promotions[%d]: it needs a name, which the payer reads, and a sponsor, who pays", i)
		}
		if err := checkFunds("promotions: "+p.Name, p.Savings); err != nil {
			return err
		}
		if p.Savings.Value == 0 {
			return control.Errorf(control.Invalid, "promotions: %s saves nothing", p.Name)
		}
	}
	return nil
}

// checkCampaigns refuses campaigns where they would do nothing: a foreign Alipay+ takes its own off.
func (s *Simulator) checkCampaigns() error {
	if f := s.options.ForeignNetwork; f != nil {
		return control.Errorf(control.Conflict, "this wallet works for the Alipay+ at %s: campaigns are opened there", f.URL)
	}
	return nil
}

// checkCodes refuses payment codes that cannot be issued.
func checkCodes(spec control.CodesSpec) error {
	if spec.Quantity < 0 || spec.Quantity > 10 {
		return control.Errorf(control.Invalid, "quantity: %d instead of 1 to 10", spec.Quantity)
	}
	if err := checkRegion(spec.Region); err != nil {
		return err
	}
	if err := (code.Format{Prefix: spec.Prefix, Length: spec.Length}).Check(); err != nil {
		return control.Errorf(control.Invalid, "%v", err)
	}
	return nil
}

// checkRegion refuses what is not written like a region; none is allowed.
func checkRegion(region string) error {
	if region != "" && !isRegion(region) {
		return control.Errorf(control.Invalid, "region: %q instead of two capital letters, such as SG", region)
	}
	return nil
}

// isRegion reports whether a text has the form of a region in ISO 3166-1 alpha-2.
func isRegion(text string) bool {
	return len(text) == 2 && 'A' <= text[0] && text[0] <= 'Z' && 'A' <= text[1] && text[1] <= 'Z'
}
