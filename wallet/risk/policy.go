// Package risk holds the strategies by which a wallet refuses payments (mpp-api §9.2): which they are and where their
// limits stand is data, and each refusal names its rule and reason. It also keeps what they need to know
// of devices and payers, and the cases that Alipay+ asks a wallet to look into.
package risk

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"
)

// What can go wrong, for errors.Is.
var (
	ErrPolicy  = errors.New("unusable risk policy")
	ErrUnknown = errors.New("unknown risk case")
	ErrClosed  = errors.New("risk case is answered")
)

// Policy is a version of all strategies. A strategy that is off refuses nothing, nor does the zero Policy. fixtures/risk.yaml explains its keys.
type Policy struct {
	Version  string   `yaml:"version" json:"version"`
	Scope    Scope    `yaml:"scope" json:"scope"`
	Lists    Lists    `yaml:"lists" json:"lists"`
	Location Location `yaml:"location" json:"location"`
	Device   Device   `yaml:"device" json:"device"`
	Accounts Accounts `yaml:"accounts" json:"accounts"`
}

// Scope says which payments the strategies look at.
type Scope string

// The scopes.
const (
	AllPayments Scope = "all"
	Promoted    Scope = "promoted" // only payments with a promotion
)

// Lists is strategy K-01: who and what is refused by name.
type Lists struct {
	Off       bool     `yaml:"off" json:"off"`
	Marks     []string `yaml:"marks" json:"marks"`         // of payers: promotion-abuse, gambling, bad-credit, …
	Payers    []string `yaml:"payers" json:"payers"`       // customer ids
	Merchants []string `yaml:"merchants" json:"merchants"` // merchant ids
	MCCs      []string `yaml:"mccs" json:"mccs"`
}

// Location is strategy K-02: the payer's phone must be where the store is.
type Location struct {
	Off           bool `yaml:"off" json:"off"`
	Region        bool `yaml:"region" json:"region"`               // the regions must be the same, where both are known
	MaxDistanceKm int  `yaml:"maxDistanceKm" json:"maxDistanceKm"` // 0: no limit
}

// Device is strategy K-03: conditions of a device that are refused.
type Device struct {
	Off    bool     `yaml:"off" json:"off"`
	Refuse []string `yaml:"refuse" json:"refuse"` // tampered, emulator, rooted
}

// Accounts is strategy K-04: Refuse or more accounts that logged in on a device Within a span are refused.
type Accounts struct {
	Off    bool          `yaml:"off" json:"off"`
	Refuse int           `yaml:"refuse" json:"refuse"`
	Within time.Duration `yaml:"within" json:"within"`
}

// Parse reads a risk.yaml; file names it in errors.
func Parse(file string, text []byte) (Policy, error) {
	p := Policy{Scope: AllPayments}
	if err := yaml.Load(text, &p, yaml.WithKnownFields()); err != nil {
		return Policy{}, fmt.Errorf("%s: %w: %w", file, ErrPolicy, err)
	}
	if err := p.Check(); err != nil {
		return Policy{}, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}

// Check refuses policies that cannot be applied.
func (p Policy) Check() error {
	switch {
	case p.Version == "":
		return fmt.Errorf("%w: version: every change needs one of its own", ErrPolicy)
	case p.Scope != AllPayments && p.Scope != Promoted:
		return fmt.Errorf("%w: scope: %q is neither all nor promoted", ErrPolicy, p.Scope)
	case p.Location.MaxDistanceKm < 0:
		return fmt.Errorf("%w: location.maxDistanceKm: it must not be negative; 0 is no limit", ErrPolicy)
	case !p.Accounts.Off && (p.Accounts.Refuse < 2 || p.Accounts.Within <= 0):
		return fmt.Errorf("%w: accounts: refuse must be at least 2 and within above 0; or say off: true", ErrPolicy)
	}
	for i, mcc := range p.Lists.MCCs {
		if len(mcc) != 4 {
			return fmt.Errorf("%w: lists.mccs[%d]: %q is no merchant category of four digits", ErrPolicy, i, mcc)
		}
	}
	return nil
}

// Facts is what is known of a payment when it is judged. What is unknown refuses nothing.
type Facts struct {
	CustomerID  string
	Marks       []string // of the payer
	Condition   []string // of the device
	PhoneRegion string   // ISO 3166-1 alpha-2
	DistanceKm  int      // from phone to store
	Merchant    string
	MCC         string
	StoreRegion string
	InStore     bool
	Promoted    bool
	Accounts    int // that logged in on the device within the policy's span
}

// Verdict is one reason to refuse a payment.
type Verdict struct {
	Rule    string `json:"rule"` // K-01 to K-04
	Reason  string `json:"reason"`
	Version string `json:"version"` // of the policy
}

// Judge returns every reason to refuse a payment, in the order of the rules; none: it may pass.
func (p Policy) Judge(f Facts) []Verdict {
	if p.Scope == Promoted && !f.Promoted {
		return nil
	}
	var verdicts []Verdict
	for _, s := range []struct {
		rule   string
		reason string
	}{
		{"K-01", p.Lists.reason(f)}, {"K-02", p.Location.reason(f)}, {"K-03", p.Device.reason(f)}, {"K-04", p.Accounts.reason(f)},
	} {
		if s.reason != "" {
			verdicts = append(verdicts, Verdict{Rule: s.rule, Reason: s.reason, Version: p.Version})
		}
	}
	return verdicts
}

func (l Lists) reason(f Facts) string {
	if l.Off {
		return ""
	}
	for _, mark := range f.Marks {
		if slices.Contains(l.Marks, mark) {
			return "the payer is marked for " + mark
		}
	}
	switch {
	case slices.Contains(l.Payers, f.CustomerID):
		return "the payer is on the list of refused payers"
	case slices.Contains(l.Merchants, f.Merchant):
		return "the merchant is on the list of refused merchants"
	case slices.Contains(l.MCCs, f.MCC):
		return "merchant category " + f.MCC + " is refused"
	}
	return ""
}

func (l Location) reason(f Facts) string {
	switch {
	case l.Off || !f.InStore:
		return ""
	case l.Region && f.PhoneRegion != "" && f.StoreRegion != "" && f.PhoneRegion != f.StoreRegion:
		return fmt.Sprintf("the phone is in %s and the store in %s", f.PhoneRegion, f.StoreRegion)
	case l.MaxDistanceKm > 0 && f.DistanceKm > l.MaxDistanceKm:
		return fmt.Sprintf("the phone is %d km from the store; %d are allowed", f.DistanceKm, l.MaxDistanceKm)
	}
	return ""
}

func (d Device) reason(f Facts) string {
	if d.Off {
		return ""
	}
	for _, condition := range f.Condition {
		if slices.Contains(d.Refuse, condition) {
			return "the app or device is " + article(condition)
		}
	}
	return ""
}

func article(condition string) string {
	if condition == "emulator" {
		return "an emulator"
	}
	return condition
}

func (a Accounts) reason(f Facts) string {
	if a.Off || a.Refuse == 0 || f.Accounts < a.Refuse {
		return ""
	}
	return fmt.Sprintf("%d accounts logged in on the device within %s", f.Accounts, a.Within)
}
