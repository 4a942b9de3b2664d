package features

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Level says how binding a requirement is.
type Level string

// The levels.
const (
	Must   Level = "MUST"
	Should Level = "SHOULD"
	May    Level = "MAY"
)

// Catalogue is the whole set of requirements with the words that organise it.
type Catalogue struct {
	Name         string            `yaml:"catalogue"`
	Version      string            `yaml:"version"`
	Areas        map[string]string `yaml:"areas"`        // code → title
	Capabilities map[string]string `yaml:"capabilities"` // name → what an acquirer that declares it can do
	Requirements []Requirement     `yaml:"requirements"` // in the order of the catalogue
	NotObserved  []NotObserved     `yaml:"not_observed"`

	index map[string]int
}

// Requirement is one testable rule for acquirers.
type Requirement struct {
	ID          string   `yaml:"id"` // ACQ-<AREA>-<NN>, never reused
	Level       Level    `yaml:"level"`
	Money       bool     `yaml:"money"`    // breaking it can lose, duplicate or misplace money
	Attested    bool     `yaml:"attested"` // judged by a person
	Title       string   `yaml:"title"`
	Requirement string   `yaml:"requirement"`
	Needs       []string `yaml:"needs"` // capabilities, all of them; empty: every acquirer that sends pay
	Stimulus    string   `yaml:"stimulus"`
	Observe     Observe  `yaml:"observe"`
	Defect      string   `yaml:"defect"`  // the mistake that breaks it
	Dialect     string   `yaml:"dialect"` // aps, ams or both
	Source      []string `yaml:"source"`
	Confidence  string   `yaml:"confidence"` // documented, sdk, ams, observed, engineering
}

// Observe says where a requirement is seen and what decides it.
type Observe struct {
	By   string   `yaml:"by"` // wire, merchant or both
	Pass string   `yaml:"pass"`
	Fail []string `yaml:"fail"`
}

// NotObserved is a rule of the sources that no test from outside can judge.
type NotObserved struct {
	Rule   string `yaml:"rule"`
	Source string `yaml:"source"`
	Reason string `yaml:"reason"`
}

// Area returns the area's code, the middle of the id: CAN of ACQ-CAN-03.
func (r Requirement) Area() string { return strings.Split(r.ID, "-")[1] }

// Speaks reports whether the requirement is about a dialect (aps, ams).
func (r Requirement) Speaks(dialect string) bool { return r.Dialect == "both" || r.Dialect == dialect }

// Missing returns the needed capabilities that are not among the declared ones.
func (r Requirement) Missing(declared []string) []string {
	var missing []string
	for _, need := range r.Needs {
		if !slices.Contains(declared, need) {
			missing = append(missing, need)
		}
	}
	return missing
}

// Parse reads a catalogue strictly; name is the file named in errors. All mistakes are reported together.
func Parse(name string, raw []byte) (*Catalogue, error) {
	c := &Catalogue{}
	if err := yaml.Load(raw, c, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	c.index = make(map[string]int, len(c.Requirements))
	problems := c.check()
	if len(problems) > 0 {
		return nil, fmt.Errorf("%s: %w", name, errors.Join(problems...))
	}
	return c, nil
}

// Find returns a requirement by id; letter case does not matter.
func (c *Catalogue) Find(id string) (Requirement, bool) {
	i, ok := c.index[strings.ToUpper(id)]
	if !ok {
		return Requirement{}, false
	}
	return c.Requirements[i], true
}

func (c *Catalogue) check() []error {
	var problems []error
	if c.Name == "" || c.Version == "" {
		problems = append(problems, errors.New("catalogue and version must be set"))
	}
	if len(c.Requirements) == 0 {
		problems = append(problems, errors.New("requirements: none"))
	}
	for i, r := range c.Requirements {
		if _, twice := c.index[r.ID]; twice {
			problems = append(problems, fmt.Errorf("%s: id used twice", r.ID))
		}
		c.index[r.ID] = i
		for _, p := range c.mistakes(r) {
			problems = append(problems, fmt.Errorf("requirement %q: %s", r.ID, p))
		}
	}
	return problems
}

// mistakes lists what is wrong with one entry.
func (c *Catalogue) mistakes(r Requirement) []string {
	var m []string
	if !idForm().MatchString(r.ID) {
		return []string{"id is not of the form ACQ-AREA-NN"}
	}
	if _, ok := c.Areas[r.Area()]; !ok {
		m = append(m, "unknown area "+r.Area())
	}
	for _, need := range r.Needs {
		if _, ok := c.Capabilities[need]; !ok {
			m = append(m, "needs: unknown capability "+need)
		}
	}
	oneOf := func(key, value string, allowed ...string) {
		if !slices.Contains(allowed, value) {
			m = append(m, fmt.Sprintf("%s: %q is none of %s", key, value, strings.Join(allowed, ", ")))
		}
	}
	oneOf("level", string(r.Level), string(Must), string(Should), string(May))
	oneOf("dialect", r.Dialect, "aps", "ams", "both")
	oneOf("observe.by", r.Observe.By, "wire", "merchant", "both")
	oneOf("confidence", r.Confidence, "documented", "sdk", "ams", "observed", "engineering")
	return append(m, r.blanks()...)
}

// blanks names the texts that an entry must have and lacks.
func (r Requirement) blanks() []string {
	var m []string
	texts := []struct{ key, text string }{
		{"title", r.Title},
		{"requirement", r.Requirement},
		{"stimulus", r.Stimulus},
		{"observe.pass", r.Observe.Pass},
		{"defect", r.Defect},
	}
	for _, t := range texts {
		if strings.TrimSpace(t.text) == "" {
			m = append(m, t.key+" is missing")
		}
	}
	if len(r.Observe.Fail) == 0 {
		m = append(m, "observe.fail is missing")
	}
	if len(r.Source) == 0 {
		m = append(m, "source is missing")
	}
	return m
}

// idForm matches a requirement's id.
func idForm() *regexp.Regexp { return regexp.MustCompile(`^ACQ-[A-Z]{2,3}-[0-9]{2}$`) }
