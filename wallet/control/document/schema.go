package document

import (
	"cmp"
	"encoding/json"
	"path"
	"reflect"
	"strings"
	"time"

	"mppsim/wallet/money"
)

// schema is what JSON Schema 2020-12 says of a value.
type schema struct {
	Ref         string             `json:"$ref,omitempty"`
	Description string             `json:"description,omitempty"`
	Type        string             `json:"type,omitempty"`
	Format      string             `json:"format,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	Encoding    string             `json:"contentEncoding,omitempty"`
	Examples    []string           `json:"examples,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	// Others says what other members an object may have: false, or their schema.
	Others any `json:"additionalProperties,omitempty"`
}

// of returns the schema of a type. Types with a name stand among the components.
func (w *writer) of(t reflect.Type) *schema {
	if t.Kind() == reflect.Pointer {
		return w.of(t.Elem())
	}
	if s := special(t); s != nil {
		return s
	}
	switch t.Kind() {
	case reflect.Struct:
		return w.named(t)
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return &schema{Type: "string", Encoding: "base64"}
		}
		return &schema{Type: "array", Items: w.of(t.Elem())}
	case reflect.Map:
		return &schema{Type: "object", Others: w.of(t.Elem())}
	case reflect.String:
		return &schema{Type: "string"}
	case reflect.Bool:
		return &schema{Type: "boolean"}
	case reflect.Interface:
		return &schema{}
	default: // numbers; nothing else has JSON
		return &schema{Type: "integer"}
	}
}

// special are the types that write themselves.
func special(t reflect.Type) *schema {
	switch t {
	case reflect.TypeFor[time.Time]():
		return &schema{Type: "string", Format: "date-time"}
	case reflect.TypeFor[time.Duration]():
		return &schema{Type: "string", Description: "a duration", Pattern: `^-?([0-9.]+(ns|us|µs|ms|s|m|h))+$|^0$`, Examples: []string{"1.5s", "24h0m0s"}}
	case reflect.TypeFor[money.Amount]():
		return &schema{
			Type: "object", Description: "an amount of money; the value in minor units", Others: false,
			Properties: map[string]*schema{
				"currency": {Type: "string", Description: "ISO 4217, or empty where there is no amount", Examples: []string{"SGD"}},
				"value":    {Type: "string", Pattern: "^-?[0-9]+$", Examples: []string{"2500"}},
			},
		}
	case reflect.TypeFor[json.RawMessage]():
		return &schema{Description: "any JSON value"}
	}
	return nil
}

// named enters a struct among the components, at once, because a type may hold itself.
func (w *writer) named(t reflect.Type) *schema {
	if t.Name() == "" || t.NumField() == 0 {
		return w.object(t)
	}
	name := w.name(t)
	if _, known := w.schemas[name]; !known {
		w.schemas[name] = nil
		w.schemas[name] = w.object(t)
	}
	return &schema{Ref: "#/components/schemas/" + name}
}

// name is that of the type; those of other packages than the interface's own carry their package.
func (w *writer) name(t reflect.Type) string {
	if t.PkgPath() == w.home {
		return t.Name()
	}
	return path.Base(t.PkgPath()) + "." + t.Name()
}

// object lists the members; there are no others: a misspelled one would have no effect, and so it is refused.
func (w *writer) object(t reflect.Type) *schema {
	s := &schema{Type: "object", Description: w.words[w.name(t)], Properties: make(map[string]*schema), Others: false}
	w.members(t, s.Properties)
	return s
}

func (w *writer) members(t reflect.Type, into map[string]*schema) {
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			w.members(f.Type, into)
		case f.IsExported() && name != "-":
			into[cmp.Or(name, f.Name)] = w.described(w.of(f.Type), w.words[w.name(t)+"."+f.Name])
		}
	}
}

func (w *writer) described(s *schema, words string) *schema {
	if words != "" {
		s.Description = words
	}
	return s
}
