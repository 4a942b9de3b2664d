package document_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"mppsim/wallet/control/document"
	"mppsim/wallet/money"
)

type (
	refusal struct{ Code string }
	inner   struct {
		Depth int `json:"depth"`
	}
	shape struct {
		inner
		Name   string             `json:"name,omitempty"`
		Price  *money.Amount      `json:"price"`
		After  time.Duration      `json:"after"`
		At     time.Time          `json:"at,omitzero"`
		Body   []byte             `json:"body"`
		Header http.Header        `json:"header"`
		Any    json.RawMessage    `json:"any"`
		Self   []shape            `json:"self"`
		Alias  map[string]refusal `json:"alias"`
		Plain  bool
		Hidden string `json:"-"`
		secret string
	}
)

func write(t *testing.T, o document.Operation) map[string]any {
	t.Helper()
	words := document.Words{"shape": "what is tested", "shape.Name": "its name", "refusal": "why not"}
	raw, err := document.Write(document.Title{Name: "T", Version: "1", Base: "/b"}, []document.Operation{o}, reflect.TypeFor[refusal](), words)
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(raw, &root); err != nil {
		t.Fatal(err)
	}
	return root
}

// at follows names; nil where they lead nowhere.
func at(v any, names ...string) any {
	for _, name := range names {
		members, _ := v.(map[string]any)
		v = members[name]
	}
	return v
}

func TestTypesBecomeSchemas(t *testing.T) {
	t.Parallel()
	_ = shape{secret: ""}.secret
	root := write(t, document.Operation{Method: "POST", Path: "/a/{id}", Name: "n", Words: "w", In: reflect.TypeFor[shape](), Out: reflect.TypeFor[[]shape]()})
	s := at(root, "components", "schemas", "shape")
	if at(s, "description") != "what is tested" || at(s, "additionalProperties") != false {
		t.Errorf("shape is %v", s)
	}
	ref := func(name string) map[string]any { return map[string]any{"$ref": "#/components/schemas/" + name} }
	for name, want := range map[string]any{
		"depth":  map[string]any{"type": "integer"},
		"name":   map[string]any{"type": "string", "description": "its name"},
		"at":     map[string]any{"type": "string", "format": "date-time"},
		"body":   map[string]any{"type": "string", "contentEncoding": "base64"},
		"header": map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "array", "items": map[string]any{"type": "string"}}},
		"self":   map[string]any{"type": "array", "items": ref("shape")},
		"alias":  map[string]any{"type": "object", "additionalProperties": ref("refusal")},
		"Plain":  map[string]any{"type": "boolean"},
		"Hidden": nil,
		"secret": nil,
	} {
		if diff := cmp.Diff(want, at(s, "properties", name)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if at(s, "properties", "price", "properties", "value", "pattern") == nil || at(s, "properties", "after", "pattern") == nil {
		t.Errorf("amounts and durations are not explained: %v", s)
	}
}

func TestOperationsBecomePaths(t *testing.T) {
	t.Parallel()
	root := write(t, document.Operation{
		Method: "GET", Path: "/a/{id}", Name: "n", Words: "w", Out: reflect.TypeFor[refusal](),
		Query: []document.Parameter{{Name: "q", Words: "how", Type: reflect.TypeFor[int]()}},
	})
	o := at(root, "paths", "/a/{id}", "get")
	parameters, _ := at(o, "parameters").([]any)
	if len(parameters) != 2 || at(parameters[0], "name") != "id" || at(parameters[0], "required") != true || at(parameters[1], "schema", "type") != "integer" {
		t.Errorf("parameters %v", parameters)
	}
	for _, status := range []string{"200", "default"} {
		if at(o, "responses", status, "content", "application/json", "schema", "$ref") != "#/components/schemas/refusal" {
			t.Errorf("%s: %v", status, at(o, "responses", status))
		}
	}
	if at(o, "requestBody") != nil || at(o, "operationId") != "n" || at(o, "summary") != "w" {
		t.Errorf("operation %v", o)
	}
}

func TestWordsAreDocComments(t *testing.T) {
	t.Parallel()
	words, err := document.Read(fstest.MapFS{"a.go": {Data: []byte(`package a

// A is
// one.
type A struct {
	// X is before.
	X, Y int
	Z int // is behind
	N int
}

type (
	// B is two.
	B int
)

// C is no type.
const C = 1
`)}})
	if diff := cmp.Diff(document.Words{"A": "A is one.", "A.X": "X is before.", "A.Y": "X is before.", "A.Z": "is behind", "B": "B is two."}, words); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if _, err := document.Read(fstest.MapFS{"b.go": {Data: []byte("no Go")}}); err == nil || !strings.Contains(err.Error(), "b.go") {
		t.Errorf("a file that is no Go: %v", err)
	}
}
