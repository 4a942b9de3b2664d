// Package plan decides what a run executes: it reads the features, picks the scenarios that are
// asked for and that the acquirer's capabilities allow, orders them by a seed, and checks that
// catalogue, features and steps fit together before anything runs.
package plan

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	gherkin "github.com/cucumber/gherkin/go/v26"
	messages "github.com/cucumber/messages/go/v21"

	"mppsim/reports/journal"
)

// Script is one scenario, or one example of an outline, ready to run.
type Script struct {
	Scenario journal.Scenario
	Needs    []string // capabilities that its tags name beyond those of its requirements (@needs:refund)
	Steps    []Step
	Source   []byte // its feature file with everything else blanked, line numbers kept
	RuleTags []string
}

// Step is one step of a script, background steps included.
type Step struct {
	Keyword string // as written, "And" stays "And"
	Text    string
	Line    int
	Outcome bool // a Then, or an And after it: what accuses when it fails
}

// Read reads all *.feature files below root, in order of their paths. The error names every file that
// does not parse.
func Read(root fs.FS) ([]Script, error) {
	var scripts []Script
	var problems []error
	said := words{}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".feature" {
			return err
		}
		raw, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		read, err := readFile(name, raw, said)
		if err != nil {
			problems = append(problems, err)
		}
		scripts = append(scripts, read...)
		return nil
	})
	return scripts, errors.Join(append(problems, err)...)
}

// source is one parsed feature file.
type source struct {
	name     string
	raw      []byte
	feature  *messages.Feature
	rules    map[string]*messages.Rule // by scenario id
	authored map[string]*messages.Scenario
	steps    map[string]*messages.Step
	rows     map[string]int // example row id → number, from 1
	said     words
}

// words holds one copy of each text. A storm writes the same steps, tags and rules into thousands of files, and no script
// is to hold on to the lines of its own.
type words map[string]string

func (w words) one(text string) string {
	if known, before := w[text]; before {
		return known
	}
	text = strings.Clone(text)
	w[text] = text
	return text
}

func readFile(name string, raw []byte, said words) ([]Script, error) {
	number := 0
	newID := func() string { number++; return strconv.Itoa(number) }
	doc, err := gherkin.ParseGherkinDocument(bytes.NewReader(raw), newID)
	if err != nil {
		return nil, misread(name, err)
	}
	if doc.Feature == nil {
		return nil, fmt.Errorf("%s:1: the file holds no feature; begin with \"Feature:\" and a name, or delete the file", name)
	}
	s := index(name, raw, doc.Feature)
	s.said = said
	if err := s.barren(); err != nil {
		return nil, err
	}
	var scripts []Script
	for _, pickle := range gherkin.Pickles(*doc, name, newID) {
		scripts = append(scripts, s.script(pickle))
	}
	return scripts, nil
}

// index finds the authored nodes behind the compiled ones.
func index(name string, raw []byte, f *messages.Feature) *source {
	s := &source{
		name: name, raw: raw, feature: f, rules: map[string]*messages.Rule{},
		authored: map[string]*messages.Scenario{}, steps: map[string]*messages.Step{}, rows: map[string]int{},
	}
	for _, child := range f.Children {
		s.take(child.Background, child.Scenario, nil)
		if child.Rule == nil {
			continue
		}
		for _, inner := range child.Rule.Children {
			s.take(inner.Background, inner.Scenario, child.Rule)
		}
	}
	return s
}

func (s *source) take(b *messages.Background, sc *messages.Scenario, rule *messages.Rule) {
	if b != nil {
		s.takeSteps(b.Steps)
	}
	if sc == nil {
		return
	}
	s.takeSteps(sc.Steps)
	s.authored[sc.Id], s.rules[sc.Id] = sc, rule
	example := 0
	for _, table := range sc.Examples {
		for _, row := range table.TableBody {
			example++
			s.rows[row.Id] = example
		}
	}
}

func (s *source) takeSteps(steps []*messages.Step) {
	for _, step := range steps {
		s.steps[step.Id] = step
	}
}

// script turns a compiled scenario into one that can be planned.
func (s *source) script(p *messages.Pickle) Script {
	authored := s.authored[p.AstNodeIds[0]]
	out := Script{Scenario: journal.Scenario{
		Feature: s.said.one(s.feature.Name), File: s.name, Line: int(authored.Location.Line), Name: strings.Clone(p.Name),
	}}
	if rule := s.rules[authored.Id]; rule != nil {
		out.Scenario.Rule = s.said.one(rule.Name)
		for _, tag := range rule.Tags {
			out.RuleTags = append(out.RuleTags, s.said.one(tag.Name))
		}
	}
	for _, tag := range p.Tags {
		out.take(s.said.one(tag.Name))
	}
	row := ""
	if len(p.AstNodeIds) > 1 {
		row = p.AstNodeIds[1]
	}
	out.Scenario.ID = scenarioID(s.name, out.Scenario, s.rows[row])
	for _, step := range p.Steps {
		out.Steps = append(out.Steps, s.step(step))
	}
	out.Source = s.only(authored, row)
	return out
}

// take reads one tag.
func (s *Script) take(tag string) {
	sc := &s.Scenario
	if !slices.Contains(sc.Tags, tag) {
		sc.Tags = append(sc.Tags, tag)
	}
	name := strings.TrimPrefix(tag, "@")
	switch need, isNeed := strings.CutPrefix(name, "needs:"); {
	case name == "alone":
		sc.Alone = true
	case isNeed:
		s.Needs = append(s.Needs, need)
	case strings.HasPrefix(name, "ACQ-") && !slices.Contains(sc.Requirements, name):
		sc.Requirements = append(sc.Requirements, name)
	}
}

func (s *source) step(p *messages.PickleStep) Step {
	authored := s.steps[p.AstNodeIds[0]]
	return Step{
		Keyword: s.said.one(strings.TrimSpace(authored.Keyword)), Text: s.said.one(p.Text), Line: int(authored.Location.Line),
		Outcome: p.Type == messages.PickleStepType_OUTCOME,
	}
}

// scenarioID names a scenario for people and for later runs: file, first requirement, name and number of the example.
func scenarioID(file string, sc journal.Scenario, example int) string {
	name := sc.Name
	if len(sc.Requirements) > 0 {
		name = sc.Requirements[0] + " " + name
	}
	id := strings.TrimSuffix(path.Base(file), ".feature") + "/" + slug(name)
	if example > 0 {
		id += "-" + strconv.Itoa(example)
	}
	return id
}

// slug writes a text with lower-case letters, digits and dashes.
func slug(text string) string {
	words := regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(text), "-")
	return strings.Trim(words, "-")
}
