// Package trait overrides fields of what people describe in YAML by single values, as --trait and --set give them.
package trait

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// Override replaces fields of the struct that target points to. Fields are named, and values written, as in YAML; of a list
// a single item will do. refused are signs that YAML would read as its own. An error names the field and what it takes.
func Override(target any, traits map[string]string, refused string) error {
	fields := fieldsOf(reflect.TypeOf(target).Elem())
	for _, name := range slices.Sorted(maps.Keys(traits)) {
		kind, known := fields[name]
		if !known {
			return fmt.Errorf("there is no %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
		}
		value := traits[name]
		if strings.ContainsAny(value, "\r\n"+refused) {
			return fmt.Errorf("%s: %q has a sign that YAML reads as its own", name, value)
		}
		if list := kind.Kind() == reflect.Slice; list && !strings.HasPrefix(value, "[") {
			value = "[" + value + "]"
		}
		if err := yaml.Load([]byte(name+": "+value), target, yaml.WithKnownFields()); err != nil {
			return fmt.Errorf("%s: %q is not %s", name, traits[name], wants(kind))
		}
	}
	return nil
}

// fieldsOf are the types of a struct's fields by their names in YAML, those of embedded ones among them.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := make(map[string]reflect.Type)
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			maps.Copy(fields, fieldsOf(f.Type))
		case name != "":
			fields[name] = f.Type
		}
	}
	return fields
}

// wants says in words what a field takes.
func wants(t reflect.Type) string {
	if t == reflect.TypeFor[time.Duration]() {
		return "a span of time such as 2s"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return wants(t.Elem())
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Slice:
		return "a list such as [a, b]"
	default:
		return "a text"
	}
}
