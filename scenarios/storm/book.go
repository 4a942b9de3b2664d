package storm

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v4"
)

//go:embed actions.yaml
var builtin []byte

// Action is something that can happen to a payment, as a step of the features.
type Action struct {
	Text    string   `yaml:"text"`    // of one step, or of several, one a line; the rows of a step's table begin with "|"
	Weight  int      `yaml:"weight"`  // how often it is chosen, against the others of its list; 0: 1
	Needs   []string `yaml:"needs"`   // capabilities without which an acquirer is not asked for it
	Gives   []string `yaml:"gives"`   // words that are true from then on
	Wants   []string `yaml:"wants"`   // words that must be true
	Bars    []string `yaml:"bars"`    // words that must not be true
	Amounts []string `yaml:"amounts"` // of a shop: prices in major units
}

// Troubles are faults by what they are aimed at. A story meets at most one of each kind.
type Troubles struct {
	Charge       []Action `yaml:"charge"` // of a payment code
	Order        []Action `yaml:"order"`  // of a payment that the payer comes to
	Inquiry      []Action `yaml:"inquiry"`
	Notification []Action `yaml:"notification"`
	Cancellation []Action `yaml:"cancellation"`
	Refund       []Action `yaml:"refund"`
}

// Book is everything that can happen in a storm.
type Book struct {
	Shops      []Action `yaml:"shops"`
	Openings   []Action `yaml:"openings"` // how a payment begins
	Payers     []Action `yaml:"payers"`   // of payment codes, and online
	Troubles   Troubles `yaml:"troubles"`
	Acts       []Action `yaml:"acts"`       // after the charge
	Afterwards []Action `yaml:"afterwards"` // once the shop sees the payment as paid
}

// Builtin is the book that comes with the program.
func Builtin() (Book, error) { return ParseBook("actions.yaml", builtin) }

// ParseBook reads a book; file is named in errors.
func ParseBook(file string, raw []byte) (Book, error) {
	var b Book
	if err := yaml.Load(raw, &b, yaml.WithKnownFields()); err != nil {
		return b, fmt.Errorf("%s: %w", file, err)
	}
	return b, b.check(file)
}

func (b Book) check(file string) error {
	var problems []error
	if len(b.Shops) == 0 || len(b.Openings) == 0 || len(b.Payers) == 0 {
		problems = append(problems, fmt.Errorf("%s: shops, openings and payers must not be empty", file))
	}
	for _, s := range b.Shops {
		if len(s.Amounts) == 0 {
			problems = append(problems, fmt.Errorf("%s: shops: %q has no amounts", file, s.Text))
		}
	}
	for _, a := range b.All()[len(b.Shops):] {
		if a.Text == "" || a.Weight < 0 {
			problems = append(problems, fmt.Errorf("%s: an action has no text, or a weight below zero: %+v", file, a))
		}
	}
	return errors.Join(problems...)
}

// All lists every action, shops first.
func (b Book) All() []Action {
	t := b.Troubles
	return slices.Concat(b.Shops, b.Openings, b.Payers, t.Charge, t.Order, t.Inquiry, t.Notification, t.Cancellation, t.Refund, b.Acts, b.Afterwards)
}
