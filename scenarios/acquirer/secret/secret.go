// Package secret holds the passwords and tokens of an acquirer's merchant API and keeps them
// out of everything that is written: a Store prints its names only, and Redact takes every
// form of its values out of recorded bytes.
package secret

import (
	"encoding/json"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// MinLength is the shortest secret, in bytes: anything shorter would tear holes in recorded
// traffic wherever its letters occur by chance.
const MinLength = 4

// Store is a set of named secrets.
type Store struct {
	values map[string]string

	mu    sync.RWMutex
	forms map[string]string // what a value looks like when it travels → what is written instead
	hide  *strings.Replacer
}

// New returns a store of the given values, by name.
func New(values map[string]string) *Store {
	s := &Store{values: maps.Clone(values), forms: map[string]string{}}
	for name, value := range values {
		for _, form := range formsOf(value) {
			s.forms[form] = mark(name)
		}
	}
	s.rebuild()
	return s
}

// Value returns a secret. Its bytes must go nowhere but into a request.
func (s *Store) Value(name string) (string, bool) {
	v, ok := s.values[name]
	return v, ok
}

// Names lists the secrets in alphabetical order.
func (s *Store) Names() []string { return slices.Sorted(maps.Keys(s.values)) }

// Conceal hides a text that was computed from secrets, such as the value of a basic
// authorization header. A text in which no secret stood is left alone.
func (s *Store) Conceal(source, derived string) {
	if len(derived) < MinLength || s.Redact(source) == source {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, form := range formsOf(derived) {
		s.forms[form] = "[secret]"
	}
	s.rebuild()
}

// Redact replaces every form of every secret in a text by its name in brackets.
func (s *Store) Redact(text string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.hide.Replace(text)
}

// RedactBytes is Redact for recorded bytes; nil stays nil.
func (s *Store) RedactBytes(b []byte) []byte {
	if b == nil {
		return nil
	}
	return []byte(s.Redact(string(b)))
}

// String names the secrets without their values.
func (s *Store) String() string { return "secrets(" + strings.Join(s.Names(), ", ") + ")" }

// GoString is String: %#v shows no value either.
func (s *Store) GoString() string { return s.String() }

// LogValue keeps the values out of logs.
func (s *Store) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON writes the names only.
func (s *Store) MarshalJSON() ([]byte, error) { return json.Marshal(s.Names()) }

// rebuild prepares the replacer, longest form first, so that a secret that contains another
// one is hidden as a whole.
func (s *Store) rebuild() {
	forms := slices.SortedFunc(maps.Keys(s.forms), func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	pairs := make([]string, 0, 2*len(forms))
	for _, form := range forms {
		pairs = append(pairs, form, s.forms[form])
	}
	s.hide = strings.NewReplacer(pairs...)
}

// formsOf lists how a value may look on the wire: as it is, in a path, in a form, in JSON.
func formsOf(value string) []string {
	if len(value) < MinLength {
		return nil
	}
	forms := []string{value, url.PathEscape(value), url.QueryEscape(value)}
	if quoted, err := json.Marshal(value); err == nil {
		forms = append(forms, string(quoted[1:len(quoted)-1]))
	}
	var plain strings.Builder
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err == nil {
		text := strings.TrimSuffix(plain.String(), "\n")
		forms = append(forms, text[1:len(text)-1])
	}
	return forms
}

func mark(name string) string { return "[secret " + name + "]" }
