// Package tolerance is the one place where the suite's waits and windows stand: each has a name, a
// bound for production timers, a reason and a source, and says whether it shrinks with the acquirer's timers.
package tolerance

import (
	_ "embed"
	"errors"
	"fmt"
	"time"

	"go.yaml.in/yaml/v4"
)

// Name names a tolerance.
type Name string

// The tolerances that steps and runner use; each has an entry in tolerances.yaml.
const (
	Reaction      Name = "reaction"
	CallAnswer    Name = "call-answer"
	PaySent       Name = "pay-sent"
	FirstInquiry  Name = "first-inquiry"
	NextInquiry   Name = "next-inquiry"
	Expiry        Name = "expiry"
	AfterExpiry   Name = "after-expiry"
	CancelSent    Name = "cancel-sent"
	RepeatSent    Name = "repeat-sent"
	RefundDecided Name = "refund-decided"
	Notification  Name = "notification"
	Decided       Name = "decided"
	Quiet         Name = "quiet"
	Watch         Name = "watch"
	Settle        Name = "settle"
	Outage        Name = "outage"
	Room          Name = "room"
)

// Floor is the shortest time that a scaled bound becomes: below it a busy machine decides, not the acquirer.
const Floor = 50 * time.Millisecond

// Tolerance is one named bound.
type Tolerance struct {
	Name   Name          `yaml:"name"`
	Bound  time.Duration `yaml:"bound"`  // for production timers
	Scales bool          `yaml:"scales"` // shrinks with the acquirer's timers
	Slack  time.Duration `yaml:"slack"`  // added after scaling
	Reason string        `yaml:"reason"`
	Source string        `yaml:"source"`
}

// At returns the bound for an acquirer whose timers are shortened by factor.
func (t Tolerance) At(factor float64) time.Duration {
	if !t.Scales {
		return t.Bound
	}
	return Scale(t.Bound, factor) + t.Slack
}

// Scale shortens a time by factor, to no less than Floor.
func Scale(d time.Duration, factor float64) time.Duration {
	return max(time.Duration(float64(d)*factor), Floor)
}

// Table holds the tolerances by name.
type Table map[Name]Tolerance

//go:embed tolerances.yaml
var builtin []byte

// Builtin returns the suite's own table.
func Builtin() (Table, error) { return Parse("tolerances.yaml", builtin) }

// Parse reads a table; file is named in errors.
func Parse(file string, raw []byte) (Table, error) {
	var list []Tolerance
	if err := yaml.Load(raw, &list, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	table := make(Table, len(list))
	var problems []error
	for _, t := range list {
		if _, twice := table[t.Name]; twice || t.Name == "" {
			problems = append(problems, fmt.Errorf("%s: name %q is empty or used twice", file, t.Name))
		}
		if t.Bound <= 0 || t.Reason == "" || t.Source == "" {
			problems = append(problems, fmt.Errorf("%s: %s: bound, reason and source must be set", file, t.Name))
		}
		table[t.Name] = t
	}
	return table, errors.Join(problems...)
}

// Get returns a tolerance; an unknown name is a mistake of the suite.
func (t Table) Get(name Name) (Tolerance, error) {
	found, ok := t[name]
	if !ok {
		return Tolerance{}, fmt.Errorf("tolerance %q is not in tolerances.yaml", name)
	}
	return found, nil
}
