package openapi

import (
	"reflect"
	"slices"
	"strings"

	"mppsim/wallet/catalogue"
	"mppsim/wallet/jsontree"
)

// schemas writes fields as JSON Schema 2020-12, which OpenAPI 3.1 holds verbatim.
type schemas struct {
	shared []catalogue.Type
	root   []catalogue.Field // of the message whose conditions are written
}

// message is the schema of a whole message: its fields, and one if-then for each conditional field.
func (s schemas) message(fields []catalogue.Field) *jsontree.Node {
	n := s.object(fields)
	s.root = fields
	conditions := list()
	catalogue.Walk(fields, func(path string, f *catalogue.Field) {
		if f.Need == catalogue.Conditional {
			conditions.Items = append(conditions.Items, object(
				of("if", s.condition(f.When)),
				of("then", requiredAt(path)),
			))
		}
	})
	if len(conditions.Items) > 0 {
		add(n, of("allOf", conditions))
	}
	return n
}

// object is open: members that the catalogue does not know are ignored by both sides.
func (s schemas) object(fields []catalogue.Field) *jsontree.Node {
	properties, required := object(), list()
	for i := range fields {
		f := &fields[i]
		add(properties, of(f.Name, s.field(f)))
		if f.Need == catalogue.Required {
			required.Items = append(required.Items, jsontree.Of(f.Name))
		}
	}
	n := object(text("type", "object"), of("properties", properties))
	if len(required.Items) > 0 {
		add(n, of("required", required))
	}
	return n
}

func (s schemas) field(f *catalogue.Field) *jsontree.Node {
	n := s.single(f)
	if f.List {
		n = object(text("type", "array"), of("items", n))
		if f.Items > 0 {
			add(n, number("maxItems", int64(f.Items)))
		}
	}
	if about := strings.Join(filled(f.Text, f.Words), "; "); about != "" {
		add(n, text("description", about))
	}
	if f.Confidence != "" {
		add(n, text("x-confidence", string(f.Confidence)))
	}
	if f.Source != "" {
		add(n, text("x-source", f.Source))
	}
	return n
}

func filled(values ...string) []string {
	return slices.DeleteFunc(values, func(s string) bool { return s == "" })
}

func (s schemas) single(f *catalogue.Field) *jsontree.Node {
	if f.Kind != catalogue.Object {
		return scalar(f)
	}
	if s.isShared(f) {
		return object(text("$ref", "#/components/schemas/"+f.TypeName()))
	}
	return s.object(f.Fields)
}

// isShared reports whether the field has its shared type unchanged.
func (s schemas) isShared(f *catalogue.Field) bool {
	return slices.ContainsFunc(s.shared, func(t catalogue.Type) bool {
		return t.Name == f.TypeName() && reflect.DeepEqual(t.Fields, f.Fields)
	})
}

func scalar(f *catalogue.Field) *jsontree.Node {
	switch f.Kind {
	case catalogue.Number:
		return object(text("type", "number"))
	case catalogue.Flag:
		return object(text("type", "boolean"))
	default:
		return texty(f)
	}
}

// texty is the schema of everything that is written as a JSON string.
func texty(f *catalogue.Field) *jsontree.Node {
	n := object(text("type", "string"), number("minLength", 1))
	if f.Max > 0 {
		add(n, number("maxLength", int64(f.Max)))
	}
	switch f.Kind {
	case catalogue.DateTime:
		add(n, text("format", "date-time"))
	case catalogue.URL:
		add(n, text("format", "uri"))
	default: // no format of JSON Schema says more
	}
	if p := pattern(f); p != "" {
		add(n, text("pattern", p))
	}
	if len(f.Enum) == 0 {
		return n
	}
	name := "enum"
	if f.Open {
		name = "examples"
	}
	add(n, of(name, texts(f.Enum)))
	return n
}

// pattern of a number that must not be zero leaves the zero out.
func pattern(f *catalogue.Field) string {
	if f.Least != nil && *f.Least == 1 {
		return "^[1-9][0-9]*$"
	}
	return f.Pattern()
}

func (s schemas) condition(c *catalogue.Condition) *jsontree.Node {
	switch {
	case c.Field != "":
		schema := object(of("enum", texts(c.Is)))
		if f := catalogue.Find(s.root, c.Field); f != nil && f.List {
			schema = object(of("contains", schema))
		}
		return at(c.Field, schema, true)
	case c.Given != "":
		return requiredAll(c.Given)
	case c.Missing != "":
		return object(of("not", requiredAll(c.Missing)))
	case c.Not != nil:
		return object(of("not", s.condition(c.Not)))
	case len(c.All) > 0:
		return object(of("allOf", s.conditions(c.All)))
	default:
		return object(of("anyOf", s.conditions(c.Any)))
	}
}

func (s schemas) conditions(c []catalogue.Condition) *jsontree.Node {
	n := list()
	for i := range c {
		n.Items = append(n.Items, s.condition(&c[i]))
	}
	return n
}

// at puts a schema at a path; firm also demands that the path is there.
func at(path string, schema *jsontree.Node, firm bool) *jsontree.Node {
	name, rest, deeper := strings.Cut(path, ".")
	if deeper {
		schema = at(rest, schema, firm)
	}
	n := object(of("properties", object(of(name, schema))))
	if firm {
		add(n, of("required", texts([]string{name})))
	}
	return n
}

// requiredAll demands that every step of a path is there.
func requiredAll(path string) *jsontree.Node {
	name, rest, deeper := strings.Cut(path, ".")
	n := object(of("required", texts([]string{name})))
	if deeper {
		add(n, of("properties", object(of(name, requiredAll(rest)))))
	}
	return n
}

// requiredAt demands the last step of a path where the steps before it are there.
func requiredAt(path string) *jsontree.Node {
	path = strings.TrimSuffix(path, "[]")
	i := strings.LastIndexByte(path, '.')
	last := object(of("required", texts([]string{path[i+1:]})))
	if i < 0 {
		return last
	}
	return at(path[:i], last, false)
}
