// Package identify tells what a scanned text is: which product and which issuer it belongs to and what a wallet does
// with it, by rules that are data (mpp-api §7.2).
package identify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"mppsim/fixtures"
)

// Rules is a rule set, ready for use by any number of goroutines.
type Rules struct {
	version   string
	userAgent string
	rules     []compiled // the winner first
}

type compiled struct {
	Rule
	matches test
}

// Outcome is what a scanned text is.
type Outcome struct {
	Supported bool // false: no code of Alipay+; try local codes
	Ask       bool // only Alipay+ can tell: send identifyCode. The fields below are the rule's guess
	Rule      string
	Product   Product
	Issuer    string // alipayplus, alipaycn or an acquirer's id
	Action    Action
	CodeValue string // what userInitiatedPay gets
	URL       string // the page of OPEN_URL
	UserAgent string // what the web view calls itself on that page
}

// file is the form of a rule file.
type file struct {
	Version   string `yaml:"version" json:"version,omitzero"`
	UserAgent string `yaml:"userAgent" json:"userAgent,omitzero"`
	Rules     []Rule `yaml:"rules" json:"rules,omitzero"`
}

// Default returns the rules that ship with mppsim.
func Default() (*Rules, error) { return Load("coderules.yaml", fixtures.CodeRules) }

// Load reads rules. The errors name the file, the rule and the key.
func Load(name string, text []byte) (*Rules, error) {
	var f file
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, fmt.Errorf("%s: is empty; it needs rules", name)
	}
	if err := yaml.Load(text, &f, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if f.UserAgent == "" {
		f.UserAgent = "AlipayConnect"
	}
	r := &Rules{version: f.Version, userAgent: f.UserAgent}
	if len(f.Rules) == 0 {
		return nil, fmt.Errorf("%s: rules: there are none", name)
	}
	if err := r.add(f.Rules); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

func (r *Rules) add(rules []Rule) error {
	for i, rule := range rules {
		if slices.ContainsFunc(r.rules, func(c compiled) bool { return c.Name == rule.Name }) {
			return fmt.Errorf("rules[%d] %s: name: occurs twice", i, rule.Name)
		}
		if err := rule.check(); err != nil {
			return fmt.Errorf("rules[%d] %s: %w", i, rule.Name, err)
		}
		c := compiled{Rule: rule}
		var err error
		if c.matches, err = rule.Match.compile(); err != nil {
			return fmt.Errorf("rules[%d] %s: %w", i, rule.Name, err)
		}
		r.rules = append(r.rules, c)
	}
	slices.SortStableFunc(r.rules, func(a, b compiled) int { return a.priority() - b.priority() })
	return nil
}

// Version returns the rule set's name.
func (r *Rules) Version() string { return r.version }

// Text writes the rules as a rule file, in JSON, for wallets that ask for them.
func (r *Rules) Text() ([]byte, error) {
	f := file{Version: r.version, UserAgent: r.userAgent}
	for _, c := range r.rules {
		f.Rules = append(f.Rules, c.Rule)
	}
	text, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("rules %s: %w", r.version, err)
	}
	return text, nil
}

// Registration is what an acquirer registered with Alipay+, so that wallets can route its codes (acqp-api §9.3, §9.4).
type Registration struct {
	Acquirer string  // its id, which Outcome.Issuer repeats
	Product  Product // PrivateOrderCode or EntryCode
	Domain   string  // such as pay.example, or pay.example:9100
}

// With returns the rules and, after them, one for each registration.
func (r *Rules) With(registrations ...Registration) (*Rules, error) {
	extended := &Rules{version: r.version, userAgent: r.userAgent, rules: slices.Clone(r.rules)}
	for _, reg := range registrations {
		rule, err := reg.rule()
		if err != nil {
			return nil, fmt.Errorf("registration of acquirer %s: %w", reg.Acquirer, err)
		}
		if err := extended.add([]Rule{rule}); err != nil {
			return nil, fmt.Errorf("registration of acquirer %s: %w", reg.Acquirer, err)
		}
	}
	return extended, nil
}

// registeredPriority lets registered domains lose against every rule of a file that names no priority.
const registeredPriority = 20000

func (reg Registration) rule() (Rule, error) {
	u, err := url.Parse("https://" + reg.Domain + "/")
	if err != nil || reg.Domain == "" || u.Host != reg.Domain || u.Path != "/" {
		return Rule{}, fmt.Errorf("domain %q is no host name", reg.Domain)
	}
	priority := registeredPriority
	rule := Rule{
		Name: fmt.Sprintf("%s of %s on %s", reg.Product, reg.Acquirer, reg.Domain), Priority: &priority,
		Match: Matcher{Prefix: "https://" + reg.Domain + "/"}, Product: reg.Product, Issuer: reg.Acquirer, Action: Decode,
	}
	switch reg.Product {
	case PrivateOrderCode:
	case EntryCode:
		rule.Action, rule.URL = OpenURL, &Address{Direct: true}
	default:
		return Rule{}, fmt.Errorf("product %q instead of %s or %s", reg.Product, PrivateOrderCode, EntryCode)
	}
	return rule, nil
}

// Identify tells what a scanned text is. Blanks around it do not matter.
func (r *Rules) Identify(text string) Outcome {
	s := &scanned{text: strings.TrimSpace(text)}
	for _, c := range r.rules {
		if c.beyond() && c.trusted() || !c.matches(s) {
			continue
		}
		if outcome, ok := r.outcome(c.Rule, s); ok {
			return outcome
		}
	}
	return Outcome{CodeValue: s.text}
}

// outcome applies a rule that matched; false if the code lacks the page that the rule wants to open.
func (r *Rules) outcome(rule Rule, s *scanned) (Outcome, bool) {
	o := Outcome{
		Supported: true, Rule: rule.Name, Product: rule.Product, Issuer: rule.Issuer,
		Action: rule.Action, CodeValue: s.text, Ask: rule.beyond(),
	}
	if rule.Action != OpenURL {
		return o, true
	}
	o.UserAgent = rule.UserAgent
	if o.UserAgent == "" {
		o.UserAgent = r.userAgent
	}
	var ok bool
	o.URL, ok = rule.URL.of(s, rule.Issuer)
	return o, ok
}
