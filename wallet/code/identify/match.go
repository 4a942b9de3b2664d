package identify

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"mppsim/wallet/code/emv"
)

// Matcher says which texts a rule is about. One field is set.
type Matcher struct {
	Prefix string `yaml:"prefix" json:"prefix,omitzero"`
	Regex  string `yaml:"regex" json:"regex,omitzero"`
	EMV    *EMV   `yaml:"emv" json:"emv,omitzero"`
}

// EMV are conditions on an EMV code with the right checksum, by tag. All must hold.
type EMV struct {
	Merchant   map[string]string `yaml:"merchant" json:"merchant,omitzero"`
	Unreserved map[string]string `yaml:"unreserved" json:"unreserved,omitzero"`
	Primitive  []string          `yaml:"primitive" json:"primitive,omitzero"`
	Root       map[string]string `yaml:"root" json:"root,omitzero"`
}

// test is a compiled matcher.
type test func(*scanned) bool

// scanned is a text under identification, taken apart at most once.
type scanned struct {
	text   string
	parsed bool
	emv    emv.Payload // nil if the text is no EMV code
	path   string      // tag of the template that the winning rule matched, for extraction
}

func (s *scanned) payload() emv.Payload {
	if !s.parsed {
		s.parsed = true
		if p, err := emv.Parse(s.text); err == nil {
			s.emv = p
		}
	}
	return s.emv
}

// find returns what stands at a path; merchantTag and unreservedTag mean the template that the rule matched.
func (s *scanned) find(path string) (string, bool) {
	for _, name := range []string{"merchantTag", "unreservedTag"} {
		if rest, cut := strings.CutPrefix(path, name); cut {
			path = s.path + rest
		}
	}
	return s.payload().Find(path)
}

// compile makes the test; the error names the key.
func (m Matcher) compile() (test, error) {
	set := 0
	for _, given := range []bool{m.Prefix != "", m.Regex != "", m.EMV != nil} {
		if given {
			set++
		}
	}
	if set != 1 {
		return nil, errors.New("match: give exactly one of prefix, regex and emv")
	}
	switch {
	case m.Prefix != "":
		return func(s *scanned) bool { return hasPrefixFold(s.text, m.Prefix) }, nil
	case m.Regex != "":
		whole, err := wholeRegexp(m.Regex)
		if err != nil {
			return nil, fmt.Errorf("match.regex: %w", err)
		}
		return func(s *scanned) bool { return whole.MatchString(s.text) }, nil
	}
	return m.EMV.compile()
}

func hasPrefixFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

func wholeRegexp(expression string) (*regexp.Regexp, error) {
	if _, err := regexp.Compile(expression); err != nil {
		return nil, err
	}
	return regexp.Compile(`^(?s:` + expression + `)$`)
}

func (e EMV) compile() (test, error) {
	if len(e.Merchant)+len(e.Unreserved)+len(e.Primitive)+len(e.Root) == 0 {
		return nil, errors.New("match.emv: has no condition")
	}
	merchant, err1 := compileValues("match.emv.merchant", e.Merchant, anyTag)
	unreserved, err2 := compileValues("match.emv.unreserved", e.Unreserved, anyTag)
	root, err3 := compileValues("match.emv.root", e.Root, rootTag)
	if err := errors.Join(err1, err2, err3, checkPrimitive(e.Primitive)); err != nil {
		return nil, err
	}
	return func(s *scanned) bool {
		p := s.payload()
		return p != nil && root.hold(p) && hasOneOf(p, e.Primitive) &&
			merchant.holdIn(s, "26", "51") && unreserved.holdIn(s, "80", "99")
	}, nil
}

func checkPrimitive(tags []string) error {
	for _, tag := range tags {
		if !anyTag(tag) || tag < "02" || tag > "25" {
			return fmt.Errorf("match.emv.primitive: tag %q is none of 02 to 25", tag)
		}
	}
	return nil
}

func hasOneOf(p emv.Payload, tags []string) bool {
	return len(tags) == 0 || slices.ContainsFunc(p, func(o emv.Object) bool { return slices.Contains(tags, o.Tag) })
}

func anyTag(tag string) bool {
	return len(tag) == 2 && strings.Trim(tag, "0123456789") == ""
}

func rootTag(tag string) bool {
	return slices.Contains([]string{"00", "01", "52", "53", "54", "55", "56", "57", "58"}, tag)
}

// values are conditions on the tags of one list of objects.
type values map[string]func(value string, found bool) bool

func compileValues(key string, patterns map[string]string, legal func(string) bool) (values, error) {
	compiled := make(values)
	for tag, pattern := range patterns {
		if !legal(tag) {
			return nil, fmt.Errorf("%s: tag %q is not possible here", key, tag)
		}
		hold, err := compileValue(pattern)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", key, tag, err)
		}
		compiled[tag] = hold
	}
	return compiled, nil
}

// compileValue reads S<x>, C<x>, R<x>, N<NULL> or a plain value.
func compileValue(pattern string) (func(string, bool) bool, error) {
	if pattern == "N<NULL>" {
		return func(_ string, found bool) bool { return !found }, nil
	}
	if len(pattern) < 3 || pattern[1] != '<' || !strings.HasSuffix(pattern, ">") {
		return func(v string, found bool) bool { return found && v == pattern }, nil
	}
	inner := pattern[2 : len(pattern)-1]
	switch pattern[0] {
	case 'S':
		return func(v string, found bool) bool { return found && strings.HasPrefix(v, inner) }, nil
	case 'C':
		return func(v string, found bool) bool { return found && strings.Contains(v, inner) }, nil
	case 'R':
		whole, err := wholeRegexp(inner)
		if err != nil {
			return nil, err
		}
		return func(v string, found bool) bool { return found && whole.MatchString(v) }, nil
	}
	return nil, fmt.Errorf("%q is none of S<…>, C<…>, R<…>, N<NULL>", pattern)
}

func (v values) hold(p emv.Payload) bool {
	for tag, hold := range v {
		if value, found := p.Get(tag); !hold(value, found) {
			return false
		}
	}
	return true
}

// holdIn reports whether the conditions hold inside one of the templates from low to high, and keeps its tag.
func (v values) holdIn(s *scanned, low, high string) bool {
	if len(v) == 0 {
		return true
	}
	for _, o := range s.payload() {
		if o.Tag < low || o.Tag > high {
			continue
		}
		if inside, err := emv.ParseTemplate(o); err == nil && v.hold(inside) {
			s.path = o.Tag
			return true
		}
	}
	return false
}
