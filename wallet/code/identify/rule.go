package identify

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Product is the kind of payment that a code belongs to.
type Product string

// The products that rules can name (mpp-api §7.1, §10).
const (
	OrderCode        Product = "order-code"
	PrivateOrderCode Product = "private-order-code"
	EntryCode        Product = "entry-code"
	PromotionCode    Product = "promotion-code"
	RedPacketCode    Product = "red-packet-code"
	AggregatedCode   Product = "aggregated-code"
)

// Action is what a wallet does with a code.
type Action string

// The actions.
const (
	Decode  Action = "DECODE"   // hand it to userInitiatedPay
	OpenURL Action = "OPEN_URL" // open a page
)

// Engine is the version of the rule language that this package understands.
const Engine = 1

// defaultPriority is the priority of rules that name none. The lowest number wins.
const defaultPriority = 10000

// Rule is a matcher and what follows from it. fixtures/coderules.yaml explains the fields.
type Rule struct {
	Name      string   `yaml:"name" json:"name,omitzero"`
	Priority  *int     `yaml:"priority" json:"priority,omitzero"`
	Match     Matcher  `yaml:"match" json:"match,omitzero"`
	Product   Product  `yaml:"product" json:"product,omitzero"`
	Issuer    string   `yaml:"issuer" json:"issuer,omitzero"`
	Action    Action   `yaml:"action" json:"action,omitzero"`
	URL       *Address `yaml:"url" json:"url,omitzero"`
	UserAgent string   `yaml:"userAgent" json:"userAgent,omitzero"`
	Engine    int      `yaml:"engine" json:"engine,omitzero"`
	Trust     *bool    `yaml:"trust" json:"trust,omitzero"`
}

// Address says which page an OPEN_URL rule opens. One field is set.
type Address struct {
	Direct    bool   `yaml:"direct" json:"direct,omitzero"`
	Construct string `yaml:"construct" json:"construct,omitzero"`
	Extract   string `yaml:"extract" json:"extract,omitzero"`
}

func (r Rule) priority() int {
	if r.Priority == nil {
		return defaultPriority
	}
	return *r.Priority
}

// beyond reports whether this package does not understand the rule.
func (r Rule) beyond() bool { return r.Engine > Engine }

func (r Rule) trusted() bool { return r.Trust == nil || *r.Trust }

// check tells what is wrong with a rule, naming the key and the mend.
func (r Rule) check() error {
	products := []Product{OrderCode, PrivateOrderCode, EntryCode, PromotionCode, RedPacketCode, AggregatedCode}
	switch {
	case r.Name == "":
		return errors.New("name: is missing")
	case r.beyond() && r.trusted():
		return nil // passed over
	case !slices.Contains(products, r.Product):
		return fmt.Errorf("product: %q is none of %v", r.Product, products)
	case r.Issuer == "":
		return errors.New("issuer: is missing; name alipayplus, alipaycn or the acquirer")
	case r.Action != Decode && r.Action != OpenURL:
		return fmt.Errorf("action: %q instead of DECODE or OPEN_URL", r.Action)
	case (r.Action == OpenURL) != (r.URL != nil):
		return errors.New("url: belongs to action OPEN_URL, and to no other")
	}
	if r.URL != nil {
		return r.URL.check()
	}
	return nil
}

// extractPath is what extract may name.
var extractPath = regexp.MustCompile(`^(merchantTag|unreservedTag|\d\d)(\.\d\d)*$`)

func (a Address) check() error {
	set := 0
	for _, given := range []bool{a.Direct, a.Construct != "", a.Extract != ""} {
		if given {
			set++
		}
	}
	switch {
	case set != 1:
		return errors.New("url: give exactly one of direct, construct and extract")
	case a.Extract != "" && !extractPath.MatchString(a.Extract):
		return fmt.Errorf("url.extract: %q is no path of tags such as merchantTag.03", a.Extract)
	case a.Construct != "" && !strings.HasPrefix(a.Construct, "https://"):
		return fmt.Errorf("url.construct: %q is no HTTPS address", a.Construct)
	}
	return nil
}

// of returns the page for a code, and false if the code does not contain one.
func (a Address) of(s *scanned, issuer string) (string, bool) {
	switch {
	case a.Construct != "":
		return strings.NewReplacer("${codeValue}", url.QueryEscape(s.text), "${issuer}", url.QueryEscape(issuer)).Replace(a.Construct), true
	case a.Extract != "":
		value, found := s.find(a.Extract)
		start := strings.Index(strings.ToLower(value), "http")
		if !found || start < 0 {
			return "", false
		}
		return value[start:], true
	}
	return s.text, true
}
